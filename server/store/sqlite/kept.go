package sqlite

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// What a dashboard asks for beside figures: numbers by the day, and what waits (docs/decisions/0049-the-dashboard.md).

func (t *tx) AddDay(at engine.DayCell, value, entries int64) error {
	n := t.days[at]
	t.days[at] = total{n.value + value, n.entries + entries}
	return nil
}

// flushDays hands them over in the order of their table.
func (t *tx) flushDays() error {
	cells := slices.SortedFunc(maps.Keys(t.days), func(a, b engine.DayCell) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Indicator, b.Indicator))
	})
	for _, at := range cells {
		delta := t.days[at]
		if delta == (total{}) {
			continue
		}
		err := t.pipe.put(`INSERT INTO days (unit, day, indicator, value, entries) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = value + excluded.value, entries = entries + excluded.entries`,
			at.Unit, at.Day, at.Indicator, delta.value, delta.entries)
		if err != nil {
			return err
		}
	}
	clear(t.days)
	return nil
}

func (r reader) DayTotals(unit, fromDay, toDay string, of ...string) ([]engine.Figure, error) {
	and, args := "", []any{unit, fromDay, toDay}
	if len(of) > 0 {
		list, err := units(of)
		if err != nil {
			return nil, err
		}
		and, args = " AND indicator IN (SELECT value FROM json_each(?))", append(args, list)
	}
	list, err := r.figures(unit, `(SELECT indicator, '' AS grp, sum(value) AS value, sum(entries) AS entries FROM days
		WHERE unit = ? AND day BETWEEN ? AND ?`+and+` GROUP BY indicator)`, args...)
	return slices.DeleteFunc(list, func(f engine.Figure) bool { return f.Value == 0 && f.Entries == 0 }), err
}

func (t *tx) DayTotals(unit, fromDay, toDay string, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.DayTotals(unit, fromDay, toDay, of...) })
}

// LastDays looks for each unit's by itself, from the end: a village's day is one row.
func (r reader) LastDays(list []string, upTo string) (map[string]string, error) {
	codes, err := units(list)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	err = r.c.each(`SELECT u.value, (SELECT d.day FROM days d WHERE d.unit = u.value AND d.day > '' AND d.day <= ? AND d.indicator = '' AND d.entries > 0
		ORDER BY d.day DESC LIMIT 1) FROM json_each(?) u`, []any{upTo, codes}, func(scan func(...any) error) error {
		var unit string
		var day *string
		if err := scan(&unit, &day); err != nil {
			return err
		}
		if day != nil {
			out[unit] = *day
		}
		return nil
	})
	return out, err
}

func (t *tx) LastDays(list []string, upTo string) (map[string]string, error) {
	return written(t, func(r reader) (map[string]string, error) { return r.LastDays(list, upTo) })
}

func (r reader) AllDays(f func(engine.DayCell, int64, int64) error) error {
	return r.c.each("SELECT unit, day, indicator, value, entries FROM days WHERE value != 0 OR entries != 0", nil, func(scan func(...any) error) error {
		var at engine.DayCell
		var value, entries int64
		if err := scan(&at.Unit, &at.Day, &at.Indicator, &value, &entries); err != nil {
			return err
		}
		return f(at, value, entries)
	})
}

func (t *tx) AllDays(f func(engine.DayCell, int64, int64) error) error {
	return t.walk(func(r reader) error { return r.AllDays(f) })
}

// SentDays reads an index that has what waits alone: the figures have their rows of a day for ever. The name stands here as in
// the index days_waiting.
func (r reader) SentDays(list []string) (map[string][]engine.SentDay, error) {
	codes, err := units(list)
	if err != nil {
		return nil, err
	}
	out := map[string][]engine.SentDay{}
	err = r.rows(2, 1, together("unit, day, entries", `(SELECT d.unit, d.day, d.entries FROM json_each(?) u CROSS JOIN days d INDEXED BY days_waiting
		ON d.unit = u.value AND d.indicator = 'work:waiting' WHERE d.entries <> 0)`), []any{codes}, func(t []string, n []int64) {
		unit := strings.Clone(t[0])
		out[unit] = append(out[unit], engine.SentDay{Day: strings.Clone(t[1]), Entries: n[0]})
	})
	for _, days := range out {
		slices.SortFunc(days, func(a, b engine.SentDay) int { return cmp.Compare(a.Day, b.Day) })
	}
	return out, err
}

func (t *tx) SentDays(list []string) (map[string][]engine.SentDay, error) {
	return written(t, func(r reader) (map[string][]engine.SentDay, error) { return r.SentDays(list) })
}

// Longest takes from each unit no more than could be among them, which is the beginning of a range, and then puts these in
// order.
func (r reader) Longest(list []string, limit int) ([]*record.Record, error) {
	codes, err := units(list)
	if err != nil {
		return nil, err
	}
	return r.list(`SELECT r.body FROM json_each(?1) u CROSS JOIN records r ON r.num IN (SELECT w.num FROM records w INDEXED BY records_undecided
		WHERE w.unit = u.value AND w.state IN ('submitted', 'amended') ORDER BY w.sent, w.id LIMIT ?2) ORDER BY r.sent, r.id LIMIT ?2`, codes, limit)
}

func (t *tx) Longest(list []string, limit int) ([]*record.Record, error) {
	return written(t, func(r reader) ([]*record.Record, error) { return r.Longest(list, limit) })
}

// sentOf is since when a record waits for a decision, 0 where it does not.
func sentOf(r *record.Record) int64 {
	if !engine.Waits(r.State) {
		return 0
	}
	return int64(r.SubmittedAt)
}
