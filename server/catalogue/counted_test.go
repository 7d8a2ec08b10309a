package catalogue_test

import (
	"math/big"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// Every form of the catalogue, from its definition alone: random valid entries are recorded at every level that may,
// approved, amended and voided, and after each of that every one of its figures is what a count of the entries by hand
// gives, at village, township, county and city, by month, quarter, half-year, year and a span of days.
func TestEveryIndicatorOfEveryForm(t *testing.T) {
	w := newTown(t, 1)
	const each = 44               // entries a form; some stay as they are, some change, some go
	before := map[string]string{} // an entry may follow one of its own unit
	for _, form := range catalogue.Sorted(w.cat.Forms) {
		for n := range each {
			unit := w.units[w.dice.IntN(len(w.units))]
			for !form.RecordedAt(string(unit.Level)) {
				unit = w.units[w.dice.IntN(len(w.units))]
			}
			follows := ""
			if n%4 == 0 {
				follows = before[unit.Code]
			}
			// Half are such as one of the figures counts, which chance alone would seldom give.
			var aim *catalogue.Source
			if all := sources(w.cat, form.ID); n%2 == 1 {
				aim = all[n/2%len(all)]
				if len(aim.Levels) > 0 {
					unit = w.units[len(w.units)-1-n%2] // villages stand last
				}
			}
			before[unit.Code] = w.enter(form, unit, follows, aim)
		}
	}
	n := 0
	w.exchange(func(r *record.Record) review.Event {
		if n++; r.State != review.Submitted || n%17 == 0 {
			return "" // what waits is not counted
		} else if n%19 == 0 {
			return review.Return
		}
		return review.Approve
	})
	compare(t, w, "approved")

	for i, r := range w.entries() {
		if i%4 == 0 && r.State == review.Approved {
			w.amend(r)
		}
	}
	w.exchange(func(*record.Record) review.Event { return "" })
	compare(t, w, "amended, the approved content counts still")

	w.exchange(func(r *record.Record) review.Event {
		switch n++; {
		case r.State == review.Amended && n%9 != 0:
			return review.Approve
		case r.State == review.Amended:
			return review.Refuse
		case r.State == review.Approved && n%6 == 0:
			return review.Void
		}
		return ""
	})
	compare(t, w, "amendments approved, others voided")
	report, err := engine.Verify(t.Context(), w.store, memory.New(), nil)
	w.must(err)
	if !report.Holds() {
		t.Errorf("verify: %v", report.Differences)
	}
}

// sources are all that counts from a form.
func sources(cat *catalogue.Catalogue, form string) (out []*catalogue.Source) {
	for _, ind := range cat.Indicators {
		for _, s := range ind.Sources {
			if s.Form == form {
				out = append(out, s)
			}
		}
	}
	return out
}

// spans are periods with the days that they are of, in words of their own.
var spans = []struct{ name, from, to string }{
	{"2026-03", "2026-03-01", "2026-03-31"},
	{"2026Q2", "2026-04-01", "2026-06-30"},
	{"2025H2", "2025-07-01", "2025-12-31"},
	{"2026", "2026-01-01", "2026-12-31"},
	{"2026-03-05--2026-06-20", "2026-03-05", "2026-06-20"},
}

// readers see small counts too: they review right below the unit. Of the city nobody does.
var readers = map[string]string{city: city, county: city, township: county, village: township}

func compare(t *testing.T, w *town, when string) {
	t.Helper()
	b := w.brute()
	compared, some := 0, map[string]bool{}
	for _, top := range []string{city, county, township, village} {
		actor := record.Actor{Account: "reader", Seats: []record.Seat{{Role: record.Reviewer, Unit: readers[top]}, {Role: record.Manager, Unit: readers[top]}}}
		for _, span := range spans {
			table, err := w.eng.Totals(t.Context(), actor, top, span.name)
			w.must(err)
			got := map[totals.Figure]totals.Reading{}
			for _, r := range table.Rows[0].Values {
				got[totals.Figure{Indicator: r.Indicator, Group: r.Group}] = r
			}
			for _, ind := range w.cat.Indicators {
				for _, group := range b.groups(ind) {
					r, there := got[totals.Figure{Indicator: ind.ID, Group: group}]
					if r.Withheld {
						t.Errorf("%s: %s %s of %s in %s is withheld from who may see it", when, ind.ID, group, top, span.name)
						continue
					}
					want := b.figure(ind, top, span.from, span.to, group)
					compared++
					if want.value != nil && want.value.Sign() != 0 {
						some[ind.ID] = true
					}
					if wrong := differs(r, there, want, ind); wrong != "" {
						t.Errorf("%s: %s %s of %s in %s: %s", when, ind.ID, group, top, span.name, wrong)
					}
				}
			}
		}
	}
	// Of all that is approved every figure has something; later a chance may take the last of it.
	for _, ind := range w.cat.Indicators {
		if when == "approved" && !some[ind.ID] {
			t.Errorf("nothing ever counts for %s", ind.ID)
		}
	}
	t.Logf("%s: %d figures compared", when, compared)
}

func differs(got totals.Reading, there bool, want figure, ind *catalogue.Indicator) string {
	if !there { // a group of which there is nothing is not told
		if want.num != 0 || want.value != nil && want.value.Sign() != 0 {
			return "not told, should be " + text(want.value)
		}
		return ""
	}
	if got.Numerator != nil && (*got.Numerator != want.num || *got.Denominator != want.den) {
		return "is " + text(big.NewRat(*got.Numerator, max(*got.Denominator, 1))) + " in its parts, should be " + text(want.value)
	}
	if (got.Value == nil) != (want.value == nil) {
		return "one is known, the other not: should be " + text(want.value)
	}
	if got.Value == nil {
		return ""
	}
	// Rounded to its last digit, halves away from nought.
	off := new(big.Rat).Sub(new(big.Rat).SetInt64(*got.Value), want.value)
	if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 || want.value.IsInt() && off.Sign() != 0 {
		return "is " + text(new(big.Rat).SetInt64(*got.Value)) + ", should be " + text(want.value)
	}
	return ""
}

func text(r *big.Rat) string {
	if r == nil {
		return "nothing"
	}
	return r.RatString()
}
