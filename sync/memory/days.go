package memory

import (
	"cmp"
	"slices"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

func (t *tx) AddDay(at engine.DayCell, value, entries int64) error {
	n := total{t.d.days[at].value + value, t.d.days[at].entries + entries}
	if n == (total{}) {
		drop(t, t.d.days, at)
	} else {
		put(t, t.d.days, at, n)
	}
	return nil
}

func (r reader) DayTotals(unit, from, to string, of ...string) ([]engine.Figure, error) {
	sum := map[totals.Cell]total{}
	for at, n := range r.d.days {
		if at.Unit == unit && from <= at.Day && at.Day <= to && named(of, at.Indicator) {
			cell := totals.Cell{Unit: unit, Indicator: at.Indicator}
			sum[cell] = total{sum[cell].value + n.value, sum[cell].entries + n.entries}
		}
	}
	return figures(sum), nil
}

func (r reader) LastDays(units []string, upTo string) (map[string]string, error) {
	out := map[string]string{}
	for at, n := range r.d.days {
		if at.Indicator == "" && n.entries > 0 && at.Day != "" && at.Day <= upTo && at.Day > out[at.Unit] && slices.Contains(units, at.Unit) {
			out[at.Unit] = at.Day
		}
	}
	return out, nil
}

func (r reader) AllDays(f func(engine.DayCell, int64, int64) error) error {
	for at, n := range r.d.days {
		if err := f(at, n.value, n.entries); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) SentDays(unit string) (out []engine.SentDay, err error) {
	for at, n := range r.d.days {
		if at.Unit == unit && at.Indicator == engine.WorkWaiting && n.entries != 0 {
			out = append(out, engine.SentDay{Day: at.Day, Entries: n.entries})
		}
	}
	slices.SortFunc(out, func(a, b engine.SentDay) int { return cmp.Compare(a.Day, b.Day) })
	return out, nil
}

func (r reader) Backlog(units []string) (int64, error) {
	list, err := r.Undecided(units)
	return int64(len(list)), err
}

func (r reader) Longest(units []string, limit int) ([]*record.Record, error) {
	list, err := r.Undecided(units)
	slices.SortFunc(list, func(a, b *record.Record) int {
		return cmp.Or(cmp.Compare(a.SubmittedAt, b.SubmittedAt), cmp.Compare(a.ID, b.ID))
	})
	return list[:min(limit, len(list))], err
}
