package merge_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"testing"

	"niangjia/sync/merge"
	"niangjia/sync/record"
)

// M1 to M7 M9 M10: the same cases run in pwa/src/domain.
func TestMerge(t *testing.T) {
	var cases []struct {
		Name   string
		Many   []string
		Most   map[string]int      // of a field of attachments, how many it takes
		Said   map[string][]string // what the author's own log has put there since the trunk
		Record struct {
			Content   record.Content
			Writers   map[string]record.Writer
			Conflicts []record.Conflict
		}
		Trunk record.Content
		Patch merge.Patch
		Want  struct {
			Content   record.Content
			Conflicts []record.Conflict
			Changed   bool
			Conflict  bool
			Merged    bool
		}
	}
	raw, err := os.ReadFile("../testdata/merge.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			current := &record.Record{Content: c.Record.Content, Writers: c.Record.Writers, Conflicts: c.Record.Conflicts}
			before := string(current.Content.Bytes())
			patch := c.Patch
			patch.Said = func(f string) []string { return c.Said[f] }
			got := merge.Merge(current, c.Trunk, patch, func(f string) merge.Shape {
				return merge.Shape{Set: slices.Contains(c.Many, f), Most: c.Most[f]}
			})
			if string(got.Content.Bytes()) != string(c.Want.Content.Bytes()) {
				t.Errorf("content %s, want %s", got.Content.Bytes(), c.Want.Content.Bytes())
			}
			if len(got.Conflicts)+len(c.Want.Conflicts) > 0 && !reflect.DeepEqual(got.Conflicts, c.Want.Conflicts) {
				t.Errorf("conflicts %+v, want %+v", got.Conflicts, c.Want.Conflicts)
			}
			if got.Changed != c.Want.Changed || got.Conflict != c.Want.Conflict || got.Merged != c.Want.Merged {
				t.Errorf("changed %v conflict %v merged %v, want %+v", got.Changed, got.Conflict, got.Merged, c.Want)
			}
			if string(current.Content.Bytes()) != before {
				t.Error("the record that was merged into has been changed")
			}
		})
	}
}
