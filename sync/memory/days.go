package memory

import (
	"cmp"
	"slices"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

func (t *tx) AddDay(at engine.DayCell, value, entries int64) error {
	addBoth(t, within(t.d.days, dayAt{at.Day, at.Indicator}), at.Unit, value, entries)
	return nil
}

func (r reader) DayTotals(unit, from, to string, of ...string) ([]engine.Figure, error) {
	sum := map[totals.Cell]total{}
	for at, units := range r.d.days {
		if n, there := units[unit]; there && from <= at.day && at.day <= to && named(of, at.indicator) {
			cell := totals.Cell{Unit: unit, Indicator: at.indicator}
			sum[cell] = total{sum[cell].value + n.value, sum[cell].entries + n.entries}
		}
	}
	return figures(sum), nil
}

func (r reader) LastDays(units []string, upTo string) (map[string]string, error) {
	out := map[string]string{}
	for at, kept := range r.d.days {
		if at.indicator != "" || at.day == "" || at.day > upTo {
			continue
		}
		for _, unit := range units {
			if kept[unit].entries > 0 && at.day > out[unit] {
				out[unit] = at.day
			}
		}
	}
	return out, nil
}

func (r reader) AllDays(f func(engine.DayCell, int64, int64) error) error {
	for at, units := range r.d.days {
		for unit, n := range units {
			if err := f(engine.DayCell{Unit: unit, Day: at.day, Indicator: at.indicator}, n.value, n.entries); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r reader) SentDays(list []string) (map[string][]engine.SentDay, error) {
	out := map[string][]engine.SentDay{}
	for at, units := range r.d.days {
		if at.indicator != engine.WorkWaiting {
			continue
		}
		for _, unit := range list {
			if n := units[unit]; n.entries != 0 {
				out[unit] = append(out[unit], engine.SentDay{Day: at.day, Entries: n.entries})
			}
		}
	}
	for _, days := range out {
		slices.SortFunc(days, func(a, b engine.SentDay) int { return cmp.Compare(a.Day, b.Day) })
	}
	return out, nil
}

func (t *tx) AddWorked(at engine.Worked) error {
	n := at.N
	at.N = 0
	if n += t.d.worked[at]; n == 0 {
		drop(t, t.d.worked, at)
	} else {
		put(t, t.d.worked, at, n)
	}
	return nil
}

func (r reader) Worked(indicator, unit string, forms []string, from, to int, after engine.Worked, limit int) (out []engine.Worked, err error) {
	for at, n := range r.d.worked {
		if at.Indicator == indicator && at.Unit == unit && from <= at.Month && at.Month <= to && (forms == nil || slices.Contains(forms, at.Form)) && compareWorked(at, after) > 0 {
			at.N = n
			out = append(out, at)
		}
	}
	slices.SortFunc(out, compareWorked)
	return out[:min(limit, len(out))], nil
}

func compareWorked(a, b engine.Worked) int {
	return cmp.Or(cmp.Compare(a.Month, b.Month), cmp.Compare(a.Entity, b.Entity))
}

func (r reader) AllWorked(f func(engine.Worked) error) error {
	for at, n := range r.d.worked {
		at.N = n
		if err := f(at); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) Longest(units []string, limit int) ([]*record.Record, error) {
	list, err := r.Undecided(units)
	slices.SortFunc(list, func(a, b *record.Record) int {
		return cmp.Or(cmp.Compare(a.SubmittedAt, b.SubmittedAt), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))], err
}
