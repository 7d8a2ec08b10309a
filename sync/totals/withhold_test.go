package totals_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

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
		figure := func(name string) totals.Figure {
			ind, group, _ := strings.Cut(name, " ")
			return totals.Figure{Indicator: ind, Group: group}
		}
		units := make([]countsOf, len(c.rows))
		for i, r := range c.rows {
			units[i].n = map[totals.Figure]int64{}
			for name, n := range r {
				units[i].n[figure(name)] = n
			}
			units[i].open = c.open != nil && c.open[i]
		}
		given := map[totals.Figure]bool{}
		if c.given != "" {
			given[figure(c.given)] = true
		}
		for i, hidden := range judged(units, sensitive, given, 5) {
			var got []string
			for f := range hidden {
				got = append(got, strings.TrimSpace(f.Indicator+" "+f.Group))
			}
			slices.Sort(got)
			if s := strings.Join(got, ","); s != c.want[i] {
				t.Errorf("%s: unit %d withholds %q, want %q", c.story, i, s, c.want[i])
			}
		}
	}
}

// countsOf are a unit's figures by name.
type countsOf struct {
	n    map[totals.Figure]int64
	open bool
}

// judged asks a judge of all figures that there are.
func judged(units []countsOf, sensitive func(totals.Figure) bool, given map[totals.Figure]bool, least int64) []map[totals.Figure]bool {
	var all []totals.Figure
	for _, u := range units {
		all = slices.AppendSeq(all, maps.Keys(u.n))
	}
	j := totals.NewJudge(slices.AppendSeq(all, maps.Keys(given)), sensitive, least)
	among, flags := make([]bool, len(j.Figures)), make([]bool, len(j.Figures))
	for _, f := range all {
		among[j.Place(f)] = true
	}
	for f := range given {
		among[j.Place(f)], flags[j.Place(f)] = true, true
	}
	counts := make([]totals.Counts, len(units))
	for i, u := range units {
		counts[i] = totals.Counts{N: make([]int64, len(j.Figures)), Open: u.open}
		for f, n := range u.n {
			counts[i].N[j.Place(f)] = n
		}
	}
	out := make([]map[totals.Figure]bool, len(units))
	for i := range out {
		out[i] = map[totals.Figure]bool{}
	}
	for i, hidden := range j.Withhold(counts, among, flags) {
		for f, h := range hidden {
			if h {
				out[i][j.Figures[f]] = true
			}
		}
	}
	return out
}

// T8. What is withheld is what the rule says when it is followed to the letter, figure by figure, of any numbers. The plain
// way looked at every figure for each span, in whatever order a map has: two requests could withhold different others,
// and together tell what each of them hid.
func TestWithholdToTheLetter(t *testing.T) {
	var all []totals.Figure
	for _, ind := range []string{"s", "a", "b"} {
		all = append(all, totals.Figure{Indicator: ind})
		for _, kind := range []string{"f", "g", "v"} {
			all = append(all, totals.Figure{Indicator: ind, Group: "kind=" + kind})
			for _, level := range []string{"x", "y"} {
				all = append(all, totals.Figure{Indicator: ind, Group: "kind=" + kind + "+level=" + level})
			}
		}
		for _, level := range []string{"x", "y"} {
			all = append(all, totals.Figure{Indicator: ind, Group: "level=" + level})
		}
	}
	sensitive := func(f totals.Figure) bool {
		return f.Indicator == "s" || f.Indicator == "a" && strings.HasPrefix(f.Group, "kind=v")
	}
	rapid.Check(t, func(t *rapid.T) {
		units := make([]countsOf, rapid.IntRange(1, 5).Draw(t, "units"))
		for i := range units {
			units[i] = countsOf{map[totals.Figure]int64{}, rapid.IntRange(0, 4).Draw(t, "open") == 0}
			for _, f := range all {
				if n := rapid.SampledFrom([]int64{-1, 0, 1, 2, 4, 5, 9, 30}).Draw(t, "n"); n >= 0 {
					units[i].n[f] = n
				}
			}
		}
		given := map[totals.Figure]bool{}
		if rapid.Bool().Draw(t, "some are withheld above") {
			given[rapid.SampledFrom(all).Draw(t, "given")] = true
		}
		want, got := toTheLetter(units, sensitive, given, 5), judged(units, sensitive, given, 5)
		for i := range want {
			if !maps.Equal(want[i], got[i]) {
				t.Fatalf("unit %d of %+v: %v, by the letter %v", i, units, got[i], want[i])
			}
		}
	})
}

// toTheLetter is the rule without any haste.
func toTheLetter(units []countsOf, sensitive func(totals.Figure) bool, given map[totals.Figure]bool, least int64) []map[totals.Figure]bool {
	hidden := make([]map[totals.Figure]bool, len(units))
	names := maps.Clone(given)
	for i, u := range units {
		hidden[i] = map[totals.Figure]bool{}
		for f := range u.n {
			names[f] = true
		}
	}
	all := slices.SortedFunc(maps.Keys(names), totals.Figure.Compare)
	changed := true
	hide := func(i int, f totals.Figure) {
		if !units[i].open && !hidden[i][f] {
			hidden[i][f], changed = true, true
		}
	}
	type place struct {
		unit int
		f    totals.Figure
	}
	cover := func(list []place) {
		for {
			count, sum, second := 0, int64(0), -1
			for at, p := range list {
				n := units[p.unit].n[p.f]
				switch {
				case hidden[p.unit][p.f]:
					count++
					sum += n
				case n == 0 || units[p.unit].open:
				case second < 0 || n < units[list[second].unit].n[list[second].f]:
					second = at
				}
			}
			if count == 0 || count > 1 && sum >= least {
				return
			}
			if second < 0 {
				for _, p := range list {
					hide(p.unit, p.f)
				}
				return
			}
			hide(list[second].unit, list[second].f)
		}
	}
	for i, u := range units {
		for _, f := range all {
			if given[f] || u.n[f] > 0 && u.n[f] < least && sensitive(f) {
				hide(i, f)
			}
		}
	}
	for changed {
		changed = false
		for i := range units {
			fields := map[totals.Figure][]place{}
			var order []totals.Figure
			for _, f := range all {
				switch at := (totals.Figure{Indicator: f.Indicator, Group: totals.FieldOf(f.Group)}); {
				case f.Group == "":
				case hidden[i][f.Whole()]:
					hide(i, f)
				default:
					if fields[at] == nil {
						order = append(order, at)
					}
					fields[at] = append(fields[at], place{i, f})
				}
			}
			for _, at := range order {
				two := strings.Split(at.Group, "+")
				if len(two) < 2 {
					cover(fields[at])
					continue
				}
				edge := func(field string) []place { return fields[totals.Figure{Indicator: at.Indicator, Group: field}] }
				cells := slices.Concat(fields[at], edge(two[0]), edge(two[1]))
				if slices.ContainsFunc(cells, func(p place) bool { return hidden[i][p.f] }) {
					for _, p := range cells {
						hide(i, p.f)
					}
				}
			}
		}
		for _, f := range all {
			var list []place
			for i := range units {
				list = append(list, place{i, f})
			}
			cover(list)
		}
	}
	return hidden
}
