package engine

import (
	"fmt"
	"strconv"

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
	type yearOf struct {
		unit string
		from int
	}
	years := map[yearOf]map[totals.Figure]sumOf{}
	add := func(cell totals.Cell, month int, n sumOf) {
		at := yearOf{cell.Unit, month / 12 * 12}
		year := years[at]
		if year == nil {
			year = map[totals.Figure]sumOf{}
			years[at] = year
		}
		figure := totals.Figure{Indicator: cell.Indicator, Group: cell.Group}
		was := year[figure]
		year[figure] = sumOf{was.value + n.value, was.entries + n.entries}
	}
	err := have.AllTotals(func(cell totals.Cell, month int, value, entries int64) error {
		note(month)
		add(cell, month, sumOf{value, entries})
		return nil
	})
	if err != nil {
		return err
	}
	err = have.AllSteps(func(cell totals.Cell, month, prev int, n int64) error {
		note(month)
		if prev < month/12*12 {
			add(cell, month, sumOf{value: n})
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, d := range w.places.All() {
		for from := first / 12 * 12; from > 0 && from <= last; from += 12 {
			if err := v.year(have, d.Code, from, years[yearOf{d.Code, from}]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *Verification) year(have Reader, unit string, from int, right map[totals.Figure]sumOf) error {
	what := "figure of " + strconv.Itoa(from/12)
	for _, read := range []func(string, int, int, ...string) ([]Figure, error){have.Totals, have.DistinctTotals} {
		list, err := read(unit, from, from+11)
		if err != nil {
			return err
		}
		for _, f := range list {
			figure, n := totals.Figure{Indicator: f.Indicator, Group: f.Group}, sumOf{f.Value, f.Entries}
			if right[figure] != n || f.Unit != unit {
				v.differ(what, fmt.Sprint(f.Cell), n, right[figure])
			}
			delete(right, figure)
		}
	}
	for figure, n := range right {
		if n != (sumOf{}) {
			v.differ(what, fmt.Sprint(totals.Cell{Indicator: figure.Indicator, Group: figure.Group, Unit: unit}), 0, n)
		}
	}
	return nil
}
