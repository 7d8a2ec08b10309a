package review_test

import (
	"encoding/json"
	"os"
	"testing"

	"niangjia/sync/review"
)

// R1: every pair of state and event, by both parties; the same cases run in pwa/src/domain.
func TestTable(t *testing.T) {
	var cases []struct {
		From  review.State
		Event review.Event
		By    review.Party
		To    *review.State
	}
	raw, err := os.ReadFile("../testdata/review.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) != 8*9*2 {
		t.Fatalf("%d cases, not every pair", len(cases))
	}
	for _, c := range cases {
		to, ok := review.Next(c.From, c.Event, c.By)
		if ok != (c.To != nil) || ok && to != *c.To {
			t.Errorf("%q %s by %s: got %q %v", c.From, c.Event, c.By, to, ok)
		}
	}
}
