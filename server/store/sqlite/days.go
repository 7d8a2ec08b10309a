package sqlite

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// seeks is up to how many places are looked for one by one: figures in every unit, or days in every unit. Where they are
// more, a range is read.
const seeks = 64

// daySeeks is the same of days: a township's month.
const daySeeks = 2000

func (r reader) DayRows(figures []totals.Figure, list []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	if fromDay > toDay {
		return nil
	}
	if len(figures) > 0 && len(figures) <= seeks {
		return r.figureRows(figures, list, fromDay, toDay, f)
	}
	days := daysOf(fromDay, toDay)
	if len(days)*len(list) > daySeeks {
		days = nil
	}
	wanted := map[totals.Figure]bool{}
	for _, at := range figures {
		wanted[at] = true
	}
	return r.dated(days, list, fromDay, toDay, func(row engine.DayRow) error {
		if len(wanted) > 0 && !wanted[row.Figure] {
			return nil
		}
		return f(row)
	})
}

// DoneIn looks for each day by itself: a range of days would go through those of all units.
func (r reader) DoneIn(unit string, forms []string, from, to string) ([]*record.Record, error) {
	days, err := json.Marshal(daysOf(from, to))
	if err != nil {
		return nil, err
	}
	and, args := "", []any{string(days), unit}
	if forms != nil {
		list, err := units(forms)
		if err != nil {
			return nil, err
		}
		and, args = " AND r.form IN (SELECT value FROM json_each(?))", append(args, list)
	}
	return r.list(`SELECT r.body FROM json_each(?) d CROSS JOIN records r INDEXED BY records_by_day
		ON r.counted_on = d.value AND r.unit = ? WHERE r.counted_on <> ''`+and+` ORDER BY r.id`, args...)
}

// LaterRows reads a range: of what is dated after today there is little, however many days they are.
func (r reader) LaterRows(list []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	if fromDay > toDay {
		return nil
	}
	return r.dated(nil, list, fromDay, toDay, f)
}

// figureRows reads figure by figure and unit by unit, each a range of the primary key; CROSS JOIN keeps that order.
func (r reader) figureRows(figures []totals.Figure, list []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	pairs, err := json.Marshal(pairsOf(figures))
	if err != nil {
		return err
	}
	unitList, err := units(list)
	if err != nil {
		return err
	}
	return r.c.each(`WITH p (indicator, grp) AS MATERIALIZED (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)),
		u (unit) AS MATERIALIZED (SELECT value FROM json_each(?)), at AS (SELECT indicator, grp, unit FROM p CROSS JOIN u)
		SELECT c.indicator, c.grp, c.unit, c.key, sum(c.value), count(*) FROM at CROSS JOIN contributions c
		ON c.indicator = at.indicator AND c.grp = at.grp AND c.unit = at.unit AND c.day BETWEEN ? AND ?
		WHERE substr(c.key, 1, 1) <> '@' GROUP BY c.indicator, c.grp, c.unit, c.key`,
		[]any{string(pairs), unitList, fromDay, toDay}, func(scan func(...any) error) error {
			var d engine.DayRow
			if err := scan(&d.Indicator, &d.Group, &d.Unit, &d.Key, &d.Value, &d.Entries); err != nil {
				return err
			}
			return f(d)
		})
}

// dated reads what is counted on some days, contribution by contribution: of the entries that were done on them what
// they count there, and what is dated apart from its entry where that was done on other days. The days are those of the
// span, or none: then the span is read as a range.
func (r reader) dated(days, list []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	unitList, err := units(list)
	if err != nil {
		return err
	}
	dayList, err := json.Marshal(days)
	if err != nil {
		return err
	}
	place, args := `records r INDEXED BY records_by_day WHERE r.counted_on BETWEEN ? AND ? AND r.unit IN (SELECT value FROM json_each(?))`,
		[]any{fromDay, toDay, unitList}
	if len(days) > 0 {
		place, args = `json_each(?) d CROSS JOIN json_each(?) u CROSS JOIN records r INDEXED BY records_by_day
			ON r.counted_on = d.value AND r.unit = u.value WHERE true`, []any{string(dayList), unitList}
	}
	done := false // anything on these days
	err = r.c.each("SELECT r.unit, r.counted FROM "+place+" AND r.counted_on <> ''", args, func(scan func(...any) error) error {
		done = true
		var unit, counted string
		if err := scan(&unit, &counted); err != nil {
			return err
		}
		return eachCounted(counted, unit, func(c totals.Contribution) error {
			if c.Day < fromDay || c.Day > toDay || c.Kind() == totals.Standing {
				return nil
			}
			return f(rowOf(c))
		})
	})
	if err != nil {
		return err
	}
	place, args = `contributions c INDEXED BY contributions_apart WHERE c.day BETWEEN ? AND ? AND c.unit IN (SELECT value FROM json_each(?))`,
		[]any{fromDay, toDay, unitList}
	if len(days) > 0 {
		place, args = `json_each(?) d CROSS JOIN json_each(?) u CROSS JOIN contributions c INDEXED BY contributions_apart
			ON c.day = d.value AND c.unit = u.value WHERE true`, []any{string(dayList), unitList}
	}
	place += " AND c.apart = 1"
	if done { // else there is no entry that could have told it already: nothing is done after today
		place += " AND NOT EXISTS (SELECT 1 FROM records e WHERE e.id = c.entity AND e.counted_on BETWEEN ? AND ?)"
		args = append(args, fromDay, toDay)
	}
	var failed error
	err = r.rows(4, 1, together("c.indicator, c.grp, c.unit, c.key, c.value", place), args, func(t []string, n []int64) {
		if failed == nil {
			failed = f(rowOf(totals.Contribution{Indicator: t[0], Group: t[1], Unit: t[2], Key: t[3], Value: n[0]}))
		}
	})
	return errors.Join(err, failed)
}

func rowOf(c totals.Contribution) engine.DayRow {
	return engine.DayRow{Figure: totals.Figure{Indicator: c.Indicator, Group: c.Group}, Unit: c.Unit, Key: c.Key, Value: c.Value, Entries: 1}
}

// daysOf lists the days of a span; none where an end of it is no day.
func daysOf(from, to string) (out []string) {
	first, err1 := time.Parse(time.DateOnly, from)
	last, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return nil
	}
	for ; !first.After(last); first = first.AddDate(0, 0, 1) {
		if out = append(out, first.Format(time.DateOnly)); len(out) > daySeeks {
			return nil
		}
	}
	return out
}

func pairsOf(figures []totals.Figure) (out [][2]string) {
	for _, at := range figures {
		out = append(out, [2]string{at.Indicator, at.Group})
	}
	return out
}

// keysAtOnce is how many keys are handed to a statement.
const keysAtOnce = 5000

func (r reader) KeyRows(figure totals.Figure, keys []string, fromDay, toDay string, f func(key, unit string) error) error {
	for some := range slices.Chunk(keys, keysAtOnce) {
		arg, err := units(some)
		if err != nil {
			return err
		}
		err = r.c.each(`SELECT DISTINCT c.key, c.unit FROM json_each(?) k CROSS JOIN contributions c INDEXED BY contributions_by_key
			ON c.key = k.value AND c.key <> '' AND c.indicator = ? AND c.grp = ? WHERE c.day BETWEEN ? AND ?`,
			[]any{arg, figure.Indicator, figure.Group, fromDay, toDay}, func(scan func(...any) error) error {
				var key, unit string
				if err := scan(&key, &unit); err != nil {
					return err
				}
				return f(key, unit)
			})
		if err != nil {
			return err
		}
	}
	return nil
}

func (r reader) StandingRows(fromDay, toDay string, f func(totals.Contribution) error) error {
	// The two bounds of the key stand here as in the index contributions_turning.
	return r.c.each(`SELECT c.indicator, c.grp, c.unit, c.day, c.key, c.value
		FROM (SELECT DISTINCT indicator, grp, key FROM contributions WHERE key >= '@' AND key < 'A' AND day BETWEEN ? AND ?) k
		CROSS JOIN contributions c INDEXED BY contributions_by_key ON c.key = k.key AND c.key <> '' AND c.indicator = k.indicator AND c.grp = k.grp
		WHERE c.day <= ? ORDER BY c.indicator, c.grp, c.key`, []any{fromDay, toDay, toDay}, func(scan func(...any) error) error {
		var c totals.Contribution
		if err := scan(&c.Indicator, &c.Group, &c.Unit, &c.Day, &c.Key, &c.Value); err != nil {
			return err
		}
		return f(c)
	})
}
