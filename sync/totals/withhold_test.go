package totals_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/totals"
)

// Small counts are withheld, and no subtraction gives them away.
func TestWithhold(t *testing.T) {
	sensitive := func(f totals.Figure) bool {
		return f.Indicator == "s" || f.Group == "kind=v" || f.Group == "programme=c" || strings.HasPrefix(f.Group, "kind=v+")
	}
	type row = map[string]int64 // "a", "a kind=v": n
	for _, c := range []struct {
		story string
		rows  []row
		open  []bool
		given string
		want  []string // what is withheld of each unit, sorted
	}{
		{"nothing small, nothing withheld", []row{{"s": 5}, {"s": 9}}, nil, "", []string{"", ""}},
		{"the smallest that is not zero goes along", []row{{"s": 2}, {"s": 9}, {"s": 6}, {}}, nil, "", []string{"s", "", "s", ""}},
		{"two that are two together are one each: a third goes along", []row{{"s": 1}, {"s": 1}, {"s": 9}}, nil, "", []string{"s", "s", "s"}},
		{"zeros beside it give it away: all are withheld", []row{{"s": 2}, {}, {}}, nil, "", []string{"s", "s", "s"}},
		{"who may know a unit's small counts is told them", []row{{"s": 2}, {"s": 3}}, []bool{true, true}, "", []string{"", ""}},
		{"what is withheld of the unit above is withheld of all in it", []row{{"s": 9}, {}}, nil, "s", []string{"s", "s"}},
		{"a part takes another part of the same field along", []row{{"a": 12, "a kind=v": 2, "a kind=f": 6, "a kind=g": 4, "a programme=x": 12}}, nil, "",
			[]string{"a kind=g,a kind=v"}},
		{"a hidden part of one field covers none of another", []row{{"a": 20, "a kind=v": 2, "a kind=f": 18, "a programme=c": 3, "a programme=x": 17}}, nil, "",
			[]string{"a kind=f,a kind=v,a programme=c,a programme=x"}},
		{"a part that is the whole takes every other part along", []row{{"a": 2, "a kind=v": 2, "a kind=f": 0, "a kind=g": 0}}, nil, "",
			[]string{"a kind=f,a kind=g,a kind=v"}},
		{"a small part by two fields takes along all such parts, and all by either field: rows and columns would tell it",
			[]row{{"a": 20, "a kind=v": 8, "a kind=f": 12, "a level=x": 11, "a level=y": 9, "a kind=v+level=x": 2, "a kind=v+level=y": 6, "a kind=f+level=x": 9, "a kind=f+level=y": 3, "b": 7}}, nil, "",
			[]string{"a kind=f,a kind=f+level=x,a kind=f+level=y,a kind=v,a kind=v+level=x,a kind=v+level=y,a level=x,a level=y"}},
		{"parts by two fields of which none is small are told", []row{{"a": 20, "a kind=v": 8, "a kind=f": 12, "a kind=v+level=x": 8, "a kind=f+level=x": 3}}, nil, "", []string{""}},
		{"parts that together are a small count take every part along", []row{{"a": 2, "a kind=v": 1, "a kind=f": 1, "a kind=g": 0}}, nil, "",
			[]string{"a kind=f,a kind=g,a kind=v"}},
	} {
		units := make([]totals.Counts, len(c.rows))
		figure := func(name string) totals.Figure {
			ind, group, _ := strings.Cut(name, " ")
			return totals.Figure{Indicator: ind, Group: group}
		}
		for i, r := range c.rows {
			units[i].N = map[totals.Figure]int64{}
			for name, n := range r {
				units[i].N[figure(name)] = n
			}
			units[i].Open = c.open != nil && c.open[i]
		}
		given := map[totals.Figure]bool{}
		if c.given != "" {
			given[figure(c.given)] = true
		}
		for i, hidden := range totals.Withhold(units, sensitive, given, 5) {
			var got []string
			for f := range maps.Keys(hidden) {
				got = append(got, strings.TrimSpace(f.Indicator+" "+f.Group))
			}
			slices.Sort(got)
			if s := strings.Join(got, ","); s != c.want[i] {
				t.Errorf("%s: unit %d withholds %q, want %q", c.story, i, s, c.want[i])
			}
		}
	}
}
