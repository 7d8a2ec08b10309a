package totals

import "slices"

// Cell is one figure's place: an indicator, a group of it, and a unit.
type Cell struct {
	Indicator string
	Group     string
	Unit      string
}

// Never is the "month before" of a key's first month.
const Never = 0

// Store keeps the figures. A store may gather the additions of a transaction
// and write each figure once.
type Store interface {
	// AddTotal adds to the sum of a cell in a month.
	AddTotal(cell Cell, month int, delta int64) error
	// KeyMonths gives in how many contributions a key stands in a cell, by month.
	KeyMonths(cell Cell, key string) (map[int]int64, error)
	// SetKeyMonth writes such a number; 0 removes it.
	SetKeyMonth(cell Cell, key string, month int, n int64) error
	// AddStep adds to the number of keys of a cell that stand in month and stood last in prev before it.
	AddStep(cell Cell, month, prev int, delta int64) error
}

// Apply takes contributions out of the figures and puts others in, for the
// unit and every unit above it; up lists a unit and those above (T3, T4).
func Apply(s Store, out, in []Contribution, up func(unit string) []string) error {
	if err := add(s, out, -1, up); err != nil {
		return err
	}
	return add(s, in, +1, up)
}

func add(s Store, list []Contribution, sign int64, up func(string) []string) error {
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			cell := Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}
			var err error
			if c.Key == "" {
				err = s.AddTotal(cell, c.Month(), sign*c.Value)
			} else {
				err = addKey(s, cell, c.Key, c.Month(), sign)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// addKey keeps, for a distinct count, one step (month, month before) for every
// month in which a key stands. The keys in a span of months are then the steps
// whose month lies in the span and whose month before lies before it: exact for
// any span, from a few small rows (docs/decisions/0001-distinct-steps.md).
func addKey(s Store, cell Cell, key string, month int, sign int64) error {
	months, err := s.KeyMonths(cell, key)
	if err != nil {
		return err
	}
	before := months[month]
	after := before + sign
	if err := s.SetKeyMonth(cell, key, month, after); err != nil {
		return err
	}
	if (before == 0) == (after == 0) {
		return nil
	}
	prev, next := neighbours(months, month)
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

func neighbours(months map[int]int64, month int) (prev, next int) {
	all := make([]int, 0, len(months))
	for m, n := range months {
		if n != 0 && m != month {
			all = append(all, m)
		}
	}
	slices.Sort(all)
	for _, m := range all {
		if m < month {
			prev = m
		} else {
			return prev, m
		}
	}
	return prev, Never
}
