package change_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"

	"niangjia/sync/change"
)

// S22: the lines that were ever sent are read for ever as they were meant. A line is never taken out of the file, and
// none is changed; where the form of lines changes the new ones are added.
func TestLinesOfAllTimes(t *testing.T) {
	raw, err := os.ReadFile("../testdata/lines.json")
	if err != nil {
		t.Fatal(err)
	}
	type reading struct {
		N           int64    `json:"n"`
		Kind        string   `json:"kind"`
		Type        string   `json:"type"`
		Fields      []string `json:"fields"`
		Event       string   `json:"event"`
		FormVersion int64    `json:"form_version"`
		Reason      string   `json:"reason"`
		After       int64    `json:"after"`
	}
	var cases []struct {
		Story, Line, Hash string
		Reads             reading
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	prev := ""
	for _, one := range cases {
		c, err := change.Decode([]byte(one.Line))
		if err != nil {
			t.Fatalf("%s: %v", one.Story, err)
		}
		got := reading{N: c.N, Kind: string(c.Kind), Type: string(c.Type), Fields: slices.Sorted(maps.Keys(c.Fields)), Event: string(c.Event), FormVersion: c.FormVersion}
		if c.Reason != nil {
			got.Reason = c.Reason.Text
		}
		if c.After != nil {
			got.After = c.After.N
		}
		want, have := text(t, one.Reads), text(t, got)
		if got.Fields == nil {
			got.Fields = []string{}
			have = text(t, got)
		}
		if want != have {
			t.Errorf("%s is read as\n%s\nand meant\n%s", one.Story, have, want)
		}
		if change.Hash([]byte(one.Line)) != one.Hash || c.Prev != prev {
			t.Errorf("%s: hash %s, prev %s", one.Story, change.Hash([]byte(one.Line)), c.Prev)
		}
		prev = one.Hash
	}
	if len(cases) < 6 {
		t.Error("lines have been taken out")
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
