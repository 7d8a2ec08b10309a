package engine

import (
	"fmt"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// figureAt is a figure in a month. What is counted again is kept by it and then by the unit: a figure is found once for all
// the units above each other.
type figureAt struct {
	totals.Figure
	month int
}

type stepAt struct {
	figureAt
	prev int
}

type sumOf struct{ value, entries int64 }

// counts are what was counted again, by what it is of and by unit.
type counts[K comparable, N comparable] map[K]map[string]N

func (c counts[K, N]) of(at K) map[string]N {
	units := c[at]
	if units == nil {
		units = map[string]N{}
		c[at] = units
	}
	return units
}

func addTo(units map[string]sumOf, unit string, value, entries int64) {
	was := units[unit]
	units[unit] = sumOf{was.value + value, was.entries + entries}
}

// compare takes one of them out, and notes where it is not what is stored. Where says how it is called.
func (c counts[K, N]) compare(v *Verification, what string, at K, unit string, n N, where func(K, string) string) {
	units := c[at]
	if units[unit] != n {
		v.differ(what, where(at, unit), n, units[unit])
	}
	delete(units, unit)
}

// left notes what was counted and is not stored.
func (c counts[K, N]) left(v *Verification, what string, where func(K, string) string) {
	var none N
	for at, units := range c {
		for unit, n := range units {
			if n != none {
				v.differ(what, where(at, unit), 0, n)
			}
		}
	}
}

func whereTotal(at figureAt, unit string) string {
	return fmt.Sprint(totals.Cell{Indicator: at.Indicator, Group: at.Group, Unit: unit}, at.month)
}

func whereStep(at stepAt, unit string) string {
	return fmt.Sprint(totals.Cell{Indicator: at.Indicator, Group: at.Group, Unit: unit}, at.month, at.prev)
}

// figures counts again from the replayed records: contributions by the
// catalogue's rules, then plain sums and sets for every unit above.
func (v *Verification) figures(have, right Reader, w *world) error {
	wanted := map[string][]totals.Contribution{}                     // by record
	sums, of := counts[figureAt, sumOf]{}, counts[figureAt, sumOf]{} // of is what a unit has by itself
	stands := map[keyedAt][]standsAt{}
	standings := standingCount{}
	waiting, err := uncounted(right)
	if err != nil {
		return err
	}
	kept := keptNumbers{days: counts[dayAt, sumOf]{}, sums: sums, worked: map[Worked]int64{}, places: w.places}
	if err := kept.decisions(right); err != nil {
		return err
	}
	err = right.Records(func(r *record.Record) error {
		kept.note(r)
		if Waits(r.State) {
			waits := sums.of(figureAt{totals.Figure{Group: r.Form}, waitingMonth(r)})
			for _, unit := range w.places.Up(r.Unit) {
				addTo(waits, unit, 0, 1)
			}
		}
		list := totals.Of(w.counts(), r, totals.Elsewhere{Level: w.levelOf, Met: func(r *record.Record, due *catalogue.Due) bool {
			ok, err := met(right, r, due)
			return err == nil && ok
		}})
		if waiting[r.ID] { // by the definition before, which is kept nowhere: what is compared is what its rows add up to
			var err error
			if list, err = right.Contributions(r.ID); err != nil {
				return err
			}
		}
		if len(list) > 0 {
			wanted[r.ID] = list
		}
		for _, c := range list {
			kept.counted(c)
			switch kind := c.Kind(); {
			case kind == totals.Standing:
				for _, unit := range w.places.Up(c.Unit) {
					standings.note(totals.Cell{Indicator: c.Indicator, Group: c.Kept(), Unit: unit}, c)
				}
			case kind.Keyed():
				at := keyedAt{totals.Figure{Indicator: c.Indicator, Group: c.Kept()}, c.Key}
				stands[at] = append(stands[at], standsAt{c.Unit, c.Month()})
			default:
				addTo(of.of(figureAt{totals.Figure{Indicator: c.Indicator, Group: c.Kept()}, c.Month()}), c.Unit, c.Value, 1)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for at, units := range of {
		all := sums.of(at)
		for unit, n := range units {
			for _, above := range w.places.Up(unit) {
				addTo(all, above, n.value, n.entries)
			}
		}
	}
	err = have.AllContributions(func(c Counted) error {
		v.Contributions++
		list := wanted[c.Entity]
		i := slices.Index(list, c.Contribution)
		if i < 0 {
			v.differ("contribution", c.Entity, text(c), "none")
			return nil
		}
		list[i] = list[len(list)-1]
		wanted[c.Entity] = list[:len(list)-1]
		return nil
	})
	if err != nil {
		return err
	}
	for id, list := range wanted {
		for _, c := range list {
			v.differ("contribution", id, "missing", text(Counted{id, c}))
		}
	}

	steps := counts[stepAt, int64]{}
	for at, list := range stands {
		for unit, months := range monthsOf(list, w.places.Up) {
			prev := totals.Never
			for _, m := range months {
				steps.of(stepAt{figureAt{at.Figure, m}, prev})[unit]++
				prev = m
			}
		}
	}
	err = have.AllTotals(func(cell totals.Cell, month int, value, entries int64) error {
		v.Totals++
		at := figureAt{totals.Figure{Indicator: cell.Indicator, Group: cell.Group}, month}
		sums.compare(v, "total", at, cell.Unit, sumOf{value, entries}, whereTotal)
		return nil
	})
	if err != nil {
		return err
	}
	err = have.AllSteps(func(cell totals.Cell, month, prev int, n int64) error {
		v.Totals++
		at := stepAt{figureAt{totals.Figure{Indicator: cell.Indicator, Group: cell.Group}, month}, prev}
		steps.compare(v, "distinct count", at, cell.Unit, n, whereStep)
		return nil
	})
	if err != nil {
		return err
	}
	if err := v.standings(have, standings); err != nil {
		return err
	}
	if err := v.wide(have, w); err != nil {
		return err
	}
	if err := v.years(have, w); err != nil {
		return err
	}
	if err := v.worked(have, kept.worked); err != nil {
		return err
	}
	if err := v.days(have, kept.days); err != nil {
		return err
	}
	sums.left(v, "total", whereTotal)
	steps.left(v, "distinct count", whereStep)
	return nil
}

// keyedAt is a key of a distinct count; standsAt a month in which an entry says that it stands, by its own unit.
type keyedAt struct {
	totals.Figure
	key string
}

type standsAt struct {
	unit  string
	month int
}

// monthsOf are the months in which a key stands, by every unit where it does and all above, each once and in order.
func monthsOf(list []standsAt, up func(string) []string) map[string][]int {
	out := map[string][]int{}
	for _, s := range list {
		for _, unit := range up(s.unit) {
			if at, twice := slices.BinarySearch(out[unit], s.month); !twice {
				out[unit] = slices.Insert(out[unit], at, s.month)
			}
		}
	}
	return out
}
