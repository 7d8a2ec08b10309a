package totals

import (
	"maps"
	"slices"
)

// turns are the months at whose end a key stands and did not at the end of the month before (+1), or the other way
// round (-1). Its contributions add up to how often it stands: where several times overlap it stands until the last of
// them has ended, and counts once.
func (m MonthCounts) turns() map[int]int64 {
	out := map[int]int64{}
	var deep int64
	for _, month := range slices.Sorted(maps.Keys(m)) {
		before := deep > 0
		deep += m[month]
		if now := deep > 0; now && !before {
			out[month] = 1
		} else if before && !now {
			out[month] = -1
		}
	}
	return out
}

// turn brings up to date how many keys stand: what a key's turns are with these contributions, less what they were. The
// list is of one key of one figure; months is where it stands without them.
func turn(s Store, list []signed, months map[string]MonthCounts, up func(string) []string) error {
	before := map[string]map[int]int64{}
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			if months[unit] == nil {
				months[unit] = MonthCounts{}
			}
			if before[unit] == nil {
				before[unit] = months[unit].turns()
			}
		}
	}
	for _, c := range list {
		for _, unit := range up(c.Unit) {
			months[unit][c.Month()] += c.sign * c.Value
		}
	}
	c := list[0]
	for unit, was := range before {
		delta := months[unit].turns()
		for month, n := range was {
			delta[month] -= n
		}
		for month, n := range delta {
			if n == 0 {
				continue
			}
			if err := s.AddStanding(Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, month, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// addTurns adds, or takes out, all turns of a key.
func addTurns(s Store, c Contribution, standing map[string]MonthCounts, sign int64) error {
	for unit, months := range standing {
		for month, n := range months.turns() {
			if err := s.AddStanding(Cell{Indicator: c.Indicator, Group: c.Group, Unit: unit}, month, sign*n); err != nil {
				return err
			}
		}
	}
	return nil
}
