package totals_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"niangjia/sync/totals"
)

// T11: the middle value, between two what lies halfway, as it is when the values are put in order.
func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values          totals.Values
		decimals, shown int64
		want            int64
		none            bool
	}{
		{nil, 0, 0, 0, true}, {totals.Values{4: 0}, 0, 0, 0, true},
		{totals.Values{7: 1}, 0, 0, 7, false}, {totals.Values{3: 1, 4: 1}, 0, 1, 35, false},
		{totals.Values{3: 1, 4: 1}, 0, 0, 4, false}, {totals.Values{-3: 1, -4: 1}, 0, 0, -4, false},
		{totals.Values{1: 5, 100: 1}, 0, 1, 10, false}, {totals.Values{125: 1}, 1, 0, 13, false}, {totals.Values{0: 3}, 0, 1, 0, false},
	} {
		if got, ok := c.values.Median(c.decimals, c.shown); got != c.want || ok == c.none {
			t.Errorf("%v with %d decimals, shown with %d: %d %v, want %d", c.values, c.decimals, c.shown, got, ok, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(-20, 20), 1, 30).Draw(t, "values")
		values := totals.Values{}
		for _, v := range list {
			values[v]++
		}
		slices.Sort(list)
		want := (list[(len(list)-1)/2] + list[len(list)/2]) * 5 // with one decimal
		if got, ok := values.Median(0, 1); !ok || got != want {
			t.Fatalf("%v: %d, want %d", list, got, want)
		}
	})
}

// T5: a quotient is rounded half away from nought, whatever decimals its parts have; great amounts overflow nothing.
func TestQuotient(t *testing.T) {
	for _, c := range []struct{ num, den, above, below, shown, want int64 }{
		{1, 3, 0, 0, 4, 3333}, {2, 3, 0, 0, 4, 6667}, {1, 8, 0, 0, 2, 13}, {-1, 8, 0, 0, 2, -13},
		{100000, 3, 2, 0, 2, 33333}, {125, 10, 1, 0, 1, 13}, {125, 10, 0, 1, 1, 1250},
		{9_000_000_000_000_000, 9_000_000_000_000_000, 2, 2, 4, 10000},
	} {
		if got := totals.Quotient(c.num, c.den, c.above, c.below, c.shown); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}

// T9: however intervals of one key overlap, meet and are taken out again, and wherever units move, a key that stands at
// the end of a month counts once, at every level.
func TestStanding(t *testing.T) {
	first := func(unit string) []string { return []string{unit, "town"} }
	second := func(unit string) []string {
		if unit == "v2" {
			return []string{unit, "other"}
		}
		return first(unit)
	}
	day := func(month int) string { return totals.MonthName(24300+month) + "-05" }
	rapid.Check(t, func(t *rapid.T) {
		f, up := newFigures(), first
		gen := rapid.Custom(func(t *rapid.T) []totals.Contribution {
			from := rapid.IntRange(0, 8).Draw(t, "from")
			c := totals.Contribution{Indicator: "s", Value: 1, Day: day(from),
				Unit: rapid.SampledFrom([]string{"v1", "v2"}).Draw(t, "unit"), Key: "@" + rapid.SampledFrom([]string{"a", "b"}).Draw(t, "key")}
			if !rapid.Bool().Draw(t, "ends") {
				return []totals.Contribution{c}
			}
			end := c
			end.Value, end.Day = -1, day(rapid.IntRange(from, 9).Draw(t, "to"))
			return []totals.Contribution{c, end}
		})
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			var out, in []totals.Contribution
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				old := up
				if up = first; rapid.Bool().Draw(t, "tree") {
					up = second
				}
				if err := totals.Move(f, f.standing, old, up); err != nil {
					t.Fatal(err)
				}
				continue
			case 1:
				if n := len(f.standing); n > 0 {
					out = f.standing[rapid.IntRange(0, n-1).Draw(t, "at"):]
				}
			}
			for _, list := range rapid.SliceOfN(gen, 0, 2).Draw(t, "in") {
				in = append(in, list...)
			}
			if err := totals.Apply(f, out, in, up); err != nil {
				t.Fatal(err)
			}
			f.standing = append(slices.Clone(f.standing[:len(f.standing)-len(out)]), in...)
		}
		for _, unit := range []string{"v1", "v2", "town", "other"} {
			for month := 24300; month <= 24310; month++ {
				deep := map[string]int64{}
				for _, c := range f.standing {
					if slices.Contains(up(c.Unit), unit) && c.Month() <= month {
						deep[c.Key] += c.Value
					}
				}
				var got, want int64
				for _, n := range deep {
					if n > 0 {
						want++
					}
				}
				for at, n := range f.turns[totals.Cell{Indicator: "s", Unit: unit}] {
					if at <= month {
						got += n
					}
				}
				if got != want {
					t.Fatalf("%s at the end of %s: %d, want %d", unit, totals.MonthName(month), got, want)
				}
			}
		}
	})
}

// T13: any days are a period; whole months of one year are read as such.
func TestSpansOfDays(t *testing.T) {
	for name, want := range map[string]struct {
		days        bool
		first, last string
		months      string // the whole months in it
		before      string
	}{
		"2026-03-05--2026-06-20": {true, "2026-03-05", "2026-06-20", "2026-04--2026-05", "2025-03-05--2025-06-20"},
		"2026-03-01--2026-06-20": {true, "2026-03-01", "2026-06-20", "2026-03--2026-05", "2025-03-01--2025-06-20"},
		"2026-03-05--2026-05-31": {true, "2026-03-05", "2026-05-31", "2026-04--2026-05", "2025-03-05--2025-05-31"},
		"2026-03-05--2026-03-05": {true, "2026-03-05", "2026-03-05", "", "2025-03-05--2025-03-05"},
		"2025-11-01--2026-02-28": {true, "2025-11-01", "2026-02-28", "2025-11--2026-02", "2024-11-01--2025-02-28"},
		"2024-02-29--2024-03-10": {true, "2024-02-29", "2024-03-10", "", "2023-02-28--2023-03-10"},
		"2024-02-01--2024-02-29": {false, "2024-02-01", "2024-02-31", "2024-02--2024-02", "2023-02-01--2023-02-28"},
		"2025-01-01--2025-02-28": {false, "2025-01-01", "2025-02-31", "2025-01--2025-02", "2024-01-01--2024-02-29"},
		"2026-01-01--2026-12-31": {false, "2026-01-01", "2026-12-31", "2026-01--2026-12", "2025-01-01--2025-12-31"},
	} {
		p, err := totals.ParsePeriod(name)
		if err != nil || p.Days() != want.days || p.FirstDay() != want.first || p.LastDay() != want.last {
			t.Errorf("%s: %+v %v", name, p, err)
		}
		months := ""
		if whole, ok := p.Months(); ok {
			months = totals.MonthName(whole.From) + "--" + totals.MonthName(whole.To)
		}
		if months != want.months || p.YearBefore().Name != want.before {
			t.Errorf("%s has the months %q, before it %q", name, months, p.YearBefore().Name)
		}
		if again, err := totals.ParsePeriod(p.YearBefore().Name); err != nil || again != p.YearBefore() {
			t.Errorf("%s reads as %+v %v", p.YearBefore().Name, again, err)
		}
	}
	for _, bad := range []string{"2026-03-05--2026-03-04", "2026-02-30--2026-03-01", "2026-03-01--2026-13-01", "2026-03-01", "2026-03-01--2026-03",
		"2010-01-01--2026-03-01", "2026-03-01--", "0000-00-00--0000-00-00"} {
		if _, err := totals.ParsePeriod(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	p, _ := totals.ParsePeriod("2026-03-05--2026-06-20")
	if part, ok := p.Until(p.From); ok {
		t.Errorf("a part of some days by months: %+v", part)
	}
}
