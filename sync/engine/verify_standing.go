package engine

import (
	"fmt"

	"niangjia/sync/totals"
)

// standingCount is when each key of a cell begins and ends: by key and day.
type standingCount map[totals.Cell]map[string]map[string]int64

func (s standingCount) note(cell totals.Cell, c totals.Contribution) {
	if s[cell] == nil {
		s[cell] = map[string]map[string]int64{}
	}
	if s[cell][c.Key] == nil {
		s[cell][c.Key] = map[string]int64{}
	}
	s[cell][c.Key][c.Day] += c.Value
}

// at counts by brute force the keys of a cell that stand at the end of a month.
func (s standingCount) at(cell totals.Cell, month int) (n int64) {
	for _, days := range s[cell] {
		var deep int64
		for day, value := range days {
			if totals.MonthOf(day) <= month {
				deep += value
			}
		}
		if deep > 0 {
			n++
		}
	}
	return n
}

// standings compares how many keys stand at the end of every month in which that may have changed, as it is read: the
// months and the years that a store keeps.
func (v *Verification) standings(have Reader, right standingCount) error {
	type standingAt struct {
		totals.Cell
		month int
	}
	months := map[totals.Cell]map[int]bool{}
	note := func(cell totals.Cell, month int) {
		if months[cell] == nil {
			months[cell] = map[int]bool{}
		}
		months[cell][month] = true
	}
	stored := map[standingAt]int64{}
	err := have.AllStandings(func(cell totals.Cell, month int, n int64) error {
		v.Totals++
		note(cell, month)
		stored[standingAt{cell, month}] = n
		return nil
	})
	if err != nil {
		return err
	}
	for cell, keys := range right {
		for _, days := range keys {
			for day := range days {
				note(cell, totals.MonthOf(day))
			}
		}
	}
	read := map[string]map[int]map[totals.Figure]int64{} // by unit and month
	for cell, list := range months {
		for month := range list {
			wanted := right.at(cell, month)
			if n, was := stored[standingAt{cell, month}], wanted-right.at(cell, month-1); n != was {
				v.differ("standing", fmt.Sprint(cell, totals.MonthName(month)), n, was)
			}
			if read[cell.Unit] == nil {
				read[cell.Unit] = map[int]map[totals.Figure]int64{}
			}
			if read[cell.Unit][month] == nil {
				all, err := have.Standing(cell.Unit, month)
				if err != nil {
					return err
				}
				read[cell.Unit][month] = map[totals.Figure]int64{}
				for _, f := range all {
					read[cell.Unit][month][totals.Figure{Indicator: f.Indicator, Group: f.Group}] += f.Value
				}
			}
			if n := read[cell.Unit][month][totals.Figure{Indicator: cell.Indicator, Group: cell.Group}]; n != wanted {
				v.differ("standing up to", fmt.Sprint(cell, totals.MonthName(month)), n, wanted)
			}
		}
	}
	return nil
}
