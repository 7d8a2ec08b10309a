package totals

import (
	"cmp"
	"maps"
	"slices"
)

// Cell is one figure's place: an indicator, a group of it, and a unit.
type Cell struct {
	Indicator string
	Group     string
	Unit      string
}

// Never is the "month before" of a key's first month.
const Never = 0

// KeyPlace says what a key's contributions to a figure at a unit in a month add up to: how many there are of a distinct
// key, how many begin, less those that end, of one that stands.
type KeyPlace struct {
	Unit  string
	Month int
	N     int64
}

// Store keeps the figures. A store may gather the additions of a transaction
// and write each figure once.
type Store interface {
	// AddTotal adds to the sum of a cell in a month, and to the number of contributions that it is made of.
	AddTotal(cell Cell, month int, value, entries int64) error
	// AddStep adds to the number of keys of a cell that stand in month and stood last in prev before it.
	AddStep(cell Cell, month, prev int, delta int64) error
	// AddStanding adds to how many more keys of a cell stand at the end of month than of the month before.
	AddStanding(cell Cell, month int, delta int64) error
	// KeyPlaces tells where and when a key of a figure stands, from the contributions themselves; it may leave out nought.
	KeyPlaces(indicator, group, key string) ([]KeyPlace, error)
	// KeyMonths tells of some units how often a key of a figure stands there and below, by month; up lists a unit and those
	// above. A unit where it does not may be missing. What it gives is the caller's, to be changed.
	KeyMonths(indicator, group, key string, units []string, up func(unit string) []string) (map[string]MonthCounts, error)
	// AddKeyMonth adds to how often a key stands at a cell's unit and below in a month, where a store keeps that.
	AddKeyMonth(cell Cell, key string, month int, delta int64) error
}

// Apply takes contributions out of the figures and puts others in, for the
// unit and every unit above it; up lists a unit and those above (T3, T4). The
// contributions themselves must be as they were before.
func Apply(s Store, out, in []Contribution, up func(unit string) []string) error {
	var keyed []signed
	take := func(list []Contribution, sign int64) error {
		for _, c := range list {
			if c.Kind().Keyed() {
				keyed = append(keyed, signed{c, sign})
			} else if err := addTotals(s, c, sign, up); err != nil {
				return err
			}
		}
		return nil
	}
	if err := take(out, -1); err != nil {
		return err
	}
	if err := take(in, +1); err != nil {
		return err
	}
	slices.SortStableFunc(keyed, func(a, b signed) int { return compareKeys(a.Contribution, b.Contribution) })
	for len(keyed) > 0 {
		n := 1
		for n < len(keyed) && compareKeys(keyed[0].Contribution, keyed[n].Contribution) == 0 {
			n++
		}
		if err := addKeys(s, keyed[:n], up); err != nil {
			return err
		}
		keyed = keyed[n:]
	}
	return nil
}

// Move takes the figures of contributions along when the units above theirs
// change: before and after list a unit and those above it.
func Move(s Store, list []Contribution, before, after func(unit string) []string) error {
	moved := slices.Clone(list)
	slices.SortFunc(moved, compareKeys)
	for i, c := range moved {
		if !c.Kind().Keyed() {
			if err := addTotals(s, c, -1, before); err != nil {
				return err
			}
			if err := addTotals(s, c, +1, after); err != nil {
				return err
			}
			continue
		}
		if i > 0 && compareKeys(moved[i-1], c) == 0 {
			continue // all of the key is moved at once
		}
		places, err := s.KeyPlaces(c.Indicator, c.Group, c.Key)
		if err != nil {
			return err
		}
		move := addSteps
		if c.Kind() == Standing {
			move = addTurns
		}
		if err := move(s, c, MonthsOf(places, before), -1); err != nil {
			return err
		}
		if err := move(s, c, MonthsOf(places, after), +1); err != nil {
			return err
		}
	}
	return nil
}

// addSteps adds, or takes out, all steps of a key.
func addSteps(s Store, c Contribution, standing map[string]MonthCounts, sign int64) error {
	for unit, months := range standing {
		prev := Never
		for _, m := range slices.Sorted(maps.Keys(months)) {
			if err := s.AddStep(Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, m, prev, sign); err != nil {
				return err
			}
			prev = m
		}
	}
	return nil
}

type signed struct {
	Contribution
	sign int64
}

// compareKeys orders by figure and key.
func compareKeys(a, b Contribution) int {
	return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Key, b.Key))
}

func addTotals(s Store, c Contribution, sign int64, up func(string) []string) error {
	cell, month := Cell{Indicator: c.Indicator, Group: c.Kept()}, c.Month()
	for _, unit := range up(c.Unit) {
		cell.Unit = unit
		if err := s.AddTotal(cell, month, sign*c.Value, sign); err != nil {
			return err
		}
	}
	return nil
}

// addKeys keeps, for a distinct count, one step (month, month before) for every
// month in which a key stands. The keys in a span of months are then the steps
// whose month lies in the span and whose month before lies before it: exact for
// any span, from a few small rows (docs/decisions/0001-distinct-steps.md). The
// list is of one key of one figure.
func addKeys(s Store, list []signed, up func(string) []string) error {
	c := list[0]
	var units []string
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
		}
	}
	standing, err := s.KeyMonths(c.Indicator, c.Group, c.Key, units, up)
	if err != nil {
		return err
	}
	for _, unit := range units {
		if standing[unit] == nil {
			standing[unit] = MonthCounts{}
		}
	}
	if c.Kind() == Standing {
		err = turn(s, list, standing, up)
	} else {
		err = step(s, list, standing, up)
	}
	if err != nil {
		return err
	}
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			if err := s.AddKeyMonth(Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, c.Key, c.Month(), c.sign*c.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// step brings the steps of a key up to date; standing is where it stands without the contributions of the list.
func step(s Store, list []signed, standing map[string]MonthCounts, up func(string) []string) error {
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			if err := addMonth(s, Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, standing[unit], c.Month(), c.sign); err != nil {
				return err
			}
		}
	}
	return nil
}

func addMonth(s Store, cell Cell, months MonthCounts, month int, sign int64) error {
	before := months[month]
	after := before + sign
	if months[month] = after; after == 0 {
		delete(months, month)
	}
	if (before == 0) == (after == 0) {
		return nil
	}
	prev, next := months.neighbours(month)
	if err := s.AddStep(cell, month, prev, sign); err != nil {
		return err
	}
	if next == Never {
		return nil
	}
	// The next month's step now begins at this month, or again at the one before.
	if err := s.AddStep(cell, next, prev, -sign); err != nil {
		return err
	}
	return s.AddStep(cell, next, month, sign)
}

// MonthCounts is what a key's contributions add up to, by month.
type MonthCounts map[int]int64

// MonthsOf adds up the places of a key for the units and all above them.
func MonthsOf(places []KeyPlace, up func(string) []string) map[string]MonthCounts {
	out := map[string]MonthCounts{}
	for _, p := range places {
		for _, unit := range up(p.Unit) {
			if out[unit] == nil {
				out[unit] = MonthCounts{}
			}
			out[unit][p.Month] += p.N
		}
	}
	return out
}

// neighbours are the months before and after one in which the key stands.
func (m MonthCounts) neighbours(month int) (prev, next int) {
	prev, next = Never, Never
	for at := range m {
		if at < month {
			prev = max(prev, at)
		} else if at > month && (next == Never || at < next) {
			next = at
		}
	}
	return prev, next
}
