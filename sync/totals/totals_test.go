package totals_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"niangjia/sync/totals"
)

// figures is the simplest Store.
type figures struct {
	sums     map[totals.Cell]map[int]int64
	steps    map[totals.Cell]map[[2]int]int64
	turns    map[totals.Cell]map[int]int64
	standing []totals.Contribution
}

func newFigures() *figures {
	return &figures{sums: map[totals.Cell]map[int]int64{}, steps: map[totals.Cell]map[[2]int]int64{}, turns: map[totals.Cell]map[int]int64{}}
}

func (f *figures) AddTotal(c totals.Cell, month int, delta, _ int64) error {
	if f.sums[c] == nil {
		f.sums[c] = map[int]int64{}
	}
	f.sums[c][month] += delta
	return nil
}

func (f *figures) KeyPlaces(indicator, group, key string) (out []totals.KeyPlace, err error) {
	for _, c := range f.standing {
		if c.Indicator == indicator && c.Group == group && c.Key == key {
			out = append(out, totals.KeyPlace{Unit: c.Unit, Month: c.Month(), N: c.Value})
		}
	}
	return out, nil
}

func (f *figures) KeyMonths(indicator, group, key string, _ []string, up func(string) []string) (map[string]totals.MonthCounts, error) {
	places, err := f.KeyPlaces(indicator, group, key)
	return totals.MonthsOf(places, up), err
}

func (*figures) AddKeyMonth(totals.Cell, string, int, int64) error { return nil }

func (f *figures) AddStep(c totals.Cell, month, prev int, delta int64) error {
	if f.steps[c] == nil {
		f.steps[c] = map[[2]int]int64{}
	}
	f.steps[c][[2]int{month, prev}] += delta
	return nil
}

func (f *figures) AddStanding(c totals.Cell, month int, delta int64) error {
	if f.turns[c] == nil {
		f.turns[c] = map[int]int64{}
	}
	f.turns[c][month] += delta
	return nil
}

// T3, T4: whatever goes in and out, and whatever moves under another unit, every
// span of months has the sum and the number of distinct keys that counting by
// hand gives, at every level.
func TestApply(t *testing.T) {
	first := func(unit string) []string { return []string{unit, "town"} }
	second := func(unit string) []string {
		if unit == "v2" {
			return []string{unit, "other"}
		}
		return first(unit)
	}
	rapid.Check(t, func(t *rapid.T) {
		f, up := newFigures(), first
		gen := rapid.Custom(func(t *rapid.T) totals.Contribution {
			c := totals.Contribution{
				Indicator: "i",
				Unit:      rapid.SampledFrom([]string{"v1", "v2"}).Draw(t, "unit"),
				Day:       totals.MonthName(rapid.IntRange(24300, 24306).Draw(t, "month")) + "-05",
				Value:     1,
			}
			if rapid.Bool().Draw(t, "distinct") {
				c.Indicator, c.Key = "d", rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
			} else {
				c.Value = rapid.Int64Range(1, 9).Draw(t, "value")
			}
			return c
		})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			var out, in []totals.Contribution
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				next := rapid.SampledFrom([]string{"first", "second"}).Draw(t, "tree")
				old := up
				if up = first; next == "second" {
					up = second
				}
				if err := totals.Move(f, f.standing, old, up); err != nil {
					t.Fatal(err)
				}
				continue
			case 1:
				if n := len(f.standing); n > 0 {
					out = f.standing[rapid.IntRange(0, n-1).Draw(t, "from"):]
				}
			}
			in = rapid.SliceOfN(gen, 0, 3).Draw(t, "in")
			if err := totals.Apply(f, out, in, up); err != nil {
				t.Fatal(err)
			}
			f.standing = append(slices.Clone(f.standing[:len(f.standing)-len(out)]), in...)
		}
		for _, unit := range []string{"v1", "v2", "town", "other"} {
			for from := 24300; from <= 24306; from++ {
				for to := from; to <= 24306; to++ {
					var sum, wantSum, keys int64
					set := map[string]bool{}
					for _, c := range f.standing {
						if slices.Contains(up(c.Unit), unit) && c.Month() >= from && c.Month() <= to {
							if c.Key != "" {
								set[c.Key] = true
							} else {
								wantSum += c.Value
							}
						}
					}
					for m, n := range f.sums[totals.Cell{Indicator: "i", Unit: unit}] {
						if m >= from && m <= to {
							sum += n
						}
					}
					for at, n := range f.steps[totals.Cell{Indicator: "d", Unit: unit}] {
						if at[0] >= from && at[0] <= to && at[1] < from {
							keys += n
						}
					}
					if sum != wantSum || keys != int64(len(set)) {
						t.Fatalf("%s %s…%s: sum %d want %d, keys %d want %d", unit, totals.MonthName(from), totals.MonthName(to), sum, wantSum, keys, len(set))
					}
				}
			}
		}
	})
}

func TestPeriods(t *testing.T) {
	for name, want := range map[string][2]string{
		"2026": {"2026-01-01", "2026-12-31"}, "2026H2": {"2026-07-01", "2026-12-31"},
		"2026Q1": {"2026-01-01", "2026-03-31"}, "2026-11": {"2026-11-01", "2026-11-31"},
		"2026-01--2026-10": {"2026-01-01", "2026-10-31"}, "2026-10--2026-11": {"2026-10-01", "2026-11-31"},
	} {
		p, err := totals.ParsePeriod(name)
		if err != nil || p.FirstDay() != want[0] || p.LastDay() != want[1] {
			t.Errorf("%s: %+v %v", name, p, err)
		}
	}
	for _, bad := range []string{"", "26", "2026-13", "2026-00", "2026Q5", "2026H3", "2026-11-01", "二〇二六",
		"2026-10--2027-01", "2026-10--2026-10", "2026-10--2026-09", "2026-00--2026-09", "2026-01--2026-13", "2026-01--", "2026-01--10"} {
		if _, err := totals.ParsePeriod(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// A year that is not over is compared in the months that are.
func TestPartsOfAPeriodAndTheYearBefore(t *testing.T) {
	for _, c := range []struct{ of, month, part, before string }{
		{"2026", "2026-10", "2026-01--2026-10", "2025-01--2025-10"}, {"2026", "2026-01", "2026-01", "2025-01"},
		{"2026", "2026-12", "2026", "2025"}, {"2026H2", "2026-10", "2026-07--2026-10", "2025-07--2025-10"},
		{"2026Q4", "2026-10", "2026-10", "2025-10"}, {"2026-11", "2026-11", "2026-11", "2025-11"},
		{"2026-01--2026-10", "2026-03", "2026-01--2026-03", "2025-01--2025-03"},
	} {
		p, err := totals.ParsePeriod(c.of)
		if err != nil {
			t.Fatal(err)
		}
		part, ok := p.Until(totals.MonthOf(c.month))
		was := part.YearBefore()
		if !ok || part.Name != c.part || was.Name != c.before {
			t.Errorf("%s until %s: %+v %v, before it %+v", c.of, c.month, part, ok, was)
		}
		for _, mine := range []totals.Period{part, was} {
			if read, err := totals.ParsePeriod(mine.Name); err != nil || read != mine {
				t.Errorf("%s reads as %+v, %v: want %+v", mine.Name, read, err, mine)
			}
		}
	}
	p, _ := totals.ParsePeriod("2026Q4")
	for _, outside := range []string{"2026-09", "2027-01"} {
		if part, ok := p.Until(totals.MonthOf(outside)); ok {
			t.Errorf("%s lies in %s as %+v", outside, p.Name, part)
		}
	}
}
