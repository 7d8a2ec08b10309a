package catalogue

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// The same cases run in TypeScript: server and phone must agree on what is asked, hidden, urgent and computed.
func TestExpressionsAsOnThePhone(t *testing.T) {
	b, err := os.ReadFile("../testdata/expressions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Form  json.RawMessage `json:"form"`
		Cases []struct {
			Name       string         `json:"name"`
			Expression string         `json:"expression"`
			Content    map[string]any `json:"content"`
			Holds      bool           `json:"holds"`
			Fails      *bool          `json:"fails"` // where it is not the opposite of holds
		} `json:"cases"`
		Derived []struct {
			Name    string         `json:"name"`
			Content map[string]any `json:"content"`
			Values  map[string]any `json:"values"` // null: empty
		} `json:"derived"`
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	cat, err := Parse(fstest.MapFS{"forms/sample.json": {Data: cases.Form}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases.Cases {
		t.Run(c.Name, func(t *testing.T) {
			condition := cat.Form("sample").Condition(c.Expression)
			if err := condition.Check(); err != nil {
				t.Fatal(err)
			}
			if got := condition.Match(content(t, c.Content)); got != c.Holds {
				t.Errorf("got %v", got)
			}
			fails := !c.Holds
			if c.Fails != nil {
				fails = *c.Fails
			}
			if got := condition.Fails(content(t, c.Content)); got != fails {
				t.Errorf("fails: got %v", got)
			}
		})
	}
	for _, c := range cases.Derived {
		t.Run(c.Name, func(t *testing.T) {
			given := content(t, c.Content)
			before := given.Version()
			got := cat.Form("sample").Derive(given)
			if given.Version() != before {
				t.Error("the content itself was changed")
			}
			for key, want := range content(t, c.Values) {
				if got[key] != want {
					t.Errorf("%s: got %q, want %q", key, got[key], want)
				}
			}
			if got.Version() == given.Version() {
				t.Error("nothing was derived")
			}
		})
	}
	if !(*Condition)(nil).Match(nil) {
		t.Error("no condition is met by everything")
	}
}

// A ledger that was begun before conditions were CEL has lists of tests: they say what they said then.
func TestConditionsOfAnOldLedger(t *testing.T) {
	files := good(t)
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		old     string
		content map[string]any
		holds   bool
	}{
		{`{"any":[{"field":"signs","in":["debt"]}]}`, map[string]any{"signs": []string{"debt"}}, true},
		{`{"any":[{"field":"signs","in":["debt","quarrel"]}]}`, map[string]any{"signs": []string{"quarrel"}}, true},
		{`{"any":[{"field":"signs","in":["debt"]}]}`, map[string]any{"signs": []string{"quarrel"}}, false},
		{`{"any":[{"field":"signs","in":["debt"]}]}`, nil, false},
		{`{"all":[{"field":"signs","not_in":["debt"]}]}`, nil, true},
		{`{"all":[{"field":"signs","not_in":["debt"]}]}`, map[string]any{"signs": []string{"debt", "quarrel"}}, false},
		{`{"all":[{"field":"household","filled":true},{"field":"hours","filled":true}]}`, map[string]any{"household": "h", "hours": 0}, true},
		{`{"all":[{"field":"household","filled":true},{"field":"hours","filled":true}]}`, map[string]any{"household": "h"}, false},
		{`{"any":[{"field":"household","filled":false},{"field":"hours","filled":true}]}`, nil, true},
		{`{"any":[{"field":"household","filled":false}]}`, map[string]any{"household": "h"}, false},
	} {
		source := strings.Replace(string(c.JSON()), `"sensitive":"'debt' in signs"`, `"sensitive":`+one.old, 1)
		if source == string(c.JSON()) {
			t.Fatal("the form has another condition")
		}
		old, err := ParseJSON([]byte(source))
		if err != nil {
			t.Fatal(err)
		}
		visit := old.Form("visit")
		if err := visit.Sensitive.Check(); err != nil {
			t.Errorf("%s: %s: %v", one.old, visit.Sensitive.Source, err)
		}
		if got := visit.IsSensitive(content(t, one.content)); got != one.holds {
			t.Errorf("%s on %v: %v", one.old, one.content, got)
		}
	}
}
