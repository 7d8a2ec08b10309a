package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

// Figures that are asked for by name are those of all that have this name, and wholes are all that are no part: over a year,
// which may stand by itself, a month, some months, and all there are; asked for twice they count once.
func named(t *testing.T, s engine.Store) {
	ctx := context.Background()
	random := rand.New(rand.NewPCG(1, 2))
	names := []string{"", "a", "b", "c", "d"}
	kept := []string{"", "~<2026-01", "~=7", "!", "kind", "kind~=7", "zz", "}"}
	begin := 2024 * 12
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		for range 400 {
			at := totals.Cell{Unit: []string{"u", "v"}[random.IntN(2)], Indicator: names[random.IntN(len(names))], Group: kept[random.IntN(len(kept))]}
			month := begin + random.IntN(30)
			prev := totals.Never
			if random.IntN(2) == 0 {
				prev = max(begin, month-random.IntN(9)-1)
			}
			if prev == month {
				prev = totals.Never
			}
			err := errors.Join(tx.AddStanding(at, month, 1+random.Int64N(3)), tx.AddTotal(at, month, 1+random.Int64N(9), 1), tx.AddStep(at, month, prev, 1+random.Int64N(3)))
			if err != nil {
				return err
			}
		}
		return nil
	}))
	type read = func(unit string, from, to int, of ...string) ([]engine.Figure, error)
	told := func(f read, from, to int, of ...string) []string {
		list, err := f("u", from, to, of...)
		must(t, err)
		var out []string
		for _, x := range list {
			if x.Value != 0 || x.Entries != 0 {
				out = append(out, fmt.Sprintf("%q %d %d", x.Indicator+"|"+x.Group, x.Value, x.Entries))
			}
		}
		slices.Sort(out)
		return out
	}
	same := func(what string, got, want []string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%v, want\n%v", what, got, want)
		}
	}
	lines := func(of map[totals.Figure][2]int64) (out []string) {
		for at, n := range of {
			if n != [2]int64{} {
				out = append(out, fmt.Sprintf("%q %d %d", at.Indicator+"|"+at.Group, n[0], n[1]))
			}
		}
		slices.Sort(out)
		return out
	}
	must(t, s.View(ctx, func(r engine.Reader) error {
		for _, span := range [][2]int{{begin, begin + 11}, {begin + 12, begin + 23}, {begin + 3, begin + 3}, {begin + 5, begin + 15}, {1, 10000 * 12}, {begin + 60, begin + 70}} {
			for name, f := range map[string][2]read{"totals": {r.Totals, r.WholeTotals}, "distinct": {r.DistinctTotals, r.WholeDistinctTotals}} {
				what := fmt.Sprint(name, " ", span)
				all := told(f[0], span[0], span[1])
				if (len(all) == 0) != (span[0] == begin+60) {
					t.Errorf("%s: %d figures", what, len(all))
				}
				whole := slices.DeleteFunc(slices.Clone(all), func(line string) bool {
					_, rest, _ := strings.Cut(line, "|")
					return rest[0] != '"' && rest[0] != '~'
				})
				same(what+" whole", told(f[1], span[0], span[1]), whole)
				for _, of := range [][]string{{"a"}, {""}, {"c", "a"}, {"b", "b"}, {"unheard"}} {
					mine := func(list []string) []string {
						return slices.DeleteFunc(slices.Clone(list), func(line string) bool {
							id, _, _ := strings.Cut(line[1:], "|")
							return !slices.Contains(of, id)
						})
					}
					same(fmt.Sprint(what, of), told(f[0], span[0], span[1], of...), mine(all))
					same(fmt.Sprint(what, " whole ", of), told(f[1], span[0], span[1], of...), mine(whole))
				}
			}
			// What stands may come in several rows of a figure, which add up.
			standing := func(of ...string) []string {
				sum := map[totals.Figure][2]int64{}
				list, err := r.WholeStanding("u", span[1], of...)
				must(t, err)
				for _, x := range list {
					at := totals.Figure{Indicator: x.Indicator, Group: x.Group}
					sum[at] = [2]int64{sum[at][0] + x.Value}
				}
				return lines(sum)
			}
			all := standing()
			for _, of := range [][]string{{"a"}, {"c", "a"}, {"b", "b"}} {
				same(fmt.Sprint("standing ", span, of), standing(of...), slices.DeleteFunc(slices.Clone(all), func(line string) bool {
					id, _, _ := strings.Cut(line[1:], "|")
					return !slices.Contains(of, id)
				}))
			}
			// What they are made of, month by month.
			months, err := r.MonthTotals("u", span[0], span[1], []string{"a", "c", "a"})
			must(t, err)
			steps, err := r.MonthSteps("u", span[0], span[1], []string{"a", "c", "a"})
			must(t, err)
			sum, keys := map[totals.Figure][2]int64{}, map[totals.Figure][2]int64{}
			for _, m := range months {
				n := sum[m.Figure]
				sum[m.Figure] = [2]int64{n[0] + m.Value, n[1] + m.Entries}
			}
			for _, m := range steps {
				if m.Prev < span[0] {
					keys[m.Figure] = [2]int64{keys[m.Figure][0] + m.N}
				}
			}
			same(fmt.Sprint("months ", span), lines(sum), told(r.Totals, span[0], span[1], "a", "c"))
			same(fmt.Sprint("steps ", span), lines(keys), told(r.DistinctTotals, span[0], span[1], "a", "c"))
		}
		return nil
	}))
}
