package engine

import (
	"fmt"

	"niangjia/sync/totals"
)

// years compares each unit's year with its months, which were counted again: a
// store may keep a year by itself.
func (v *Verification) years(have Reader, w *world) error {
	first, last := 0, 0
	note := func(month int) {
		if month > 0 && (first == 0 || month < first) {
			first = month
		}
		last = max(last, month)
	}
	type sum struct {
		sumAt
		sumOf
	}
	type step struct {
		stepAt
		n int64
	}
	sums, steps := map[string][]sum{}, map[string][]step{} // by unit
	err := have.AllTotals(func(cell totals.Cell, month int, value, entries int64) error {
		note(month)
		sums[cell.Unit] = append(sums[cell.Unit], sum{sumAt{cell, month}, sumOf{value, entries}})
		return nil
	})
	if err != nil {
		return err
	}
	err = have.AllSteps(func(cell totals.Cell, month, prev int, n int64) error {
		note(month)
		steps[cell.Unit] = append(steps[cell.Unit], step{stepAt{cell, month, prev}, n})
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range w.places.All() {
		for from := first / 12 * 12; from > 0 && from <= last; from += 12 {
			year := map[totals.Cell]sumOf{}
			for _, at := range sums[d.Code] {
				if at.month >= from && at.month < from+12 {
					was := year[at.Cell]
					year[at.Cell] = sumOf{was.value + at.value, was.entries + at.entries}
				}
			}
			for _, at := range steps[d.Code] {
				if at.month >= from && at.month < from+12 && at.prev < from {
					year[at.Cell] = sumOf{value: year[at.Cell].value + at.n}
				}
			}
			if err := v.year(have, d.Code, from, year); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *Verification) year(have Reader, unit string, from int, right map[totals.Cell]sumOf) error {
	for _, read := range []func(string, int, int, ...string) ([]Figure, error){have.Totals, have.DistinctTotals} {
		list, err := read(unit, from, from+11)
		if err != nil {
			return err
		}
		for _, f := range list {
			compare(v, fmt.Sprintf("figure of %d", from/12), right, f.Cell, sumOf{f.Value, f.Entries})
		}
	}
	for cell, n := range right {
		if n != (sumOf{}) {
			v.differ(fmt.Sprintf("figure of %d", from/12), fmt.Sprint(cell), 0, n)
		}
	}
	return nil
}
