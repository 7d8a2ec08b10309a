package catalogue

import (
	"encoding/json"
	"os"
	"testing"
)

// The same cases run in TypeScript: server and phone must agree on what is asked, hidden and urgent.
func TestConditions(t *testing.T) {
	b, err := os.ReadFile("../testdata/conditions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name      string     `json:"name"`
		Condition *Condition `json:"condition"`
		Content   content    `json:"content"`
		Match     bool       `json:"match"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if got := c.Condition.Match(c.Content); got != c.Match {
				t.Errorf("got %v", got)
			}
		})
	}
}
