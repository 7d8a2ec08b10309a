package sqlite

import (
	"encoding/json"
	"slices"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

// seeks is up to how many figures are looked for in every unit. Of more it is first asked which of them each unit has in
// the months of these days.
const seeks = 64

func (r reader) DayRows(figures []totals.Figure, list []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	if fromDay > toDay {
		return nil
	}
	unitList, err := units(list)
	if err != nil {
		return err
	}
	row := func(scan func(...any) error) error {
		var d engine.DayRow
		if err := scan(&d.Indicator, &d.Group, &d.Unit, &d.Key, &d.Value, &d.Entries); err != nil {
			return err
		}
		if len(figures) > 0 && !slices.Contains(figures, d.Figure) {
			return nil
		}
		return f(d)
	}
	// Figure by figure and unit by unit, each a range of the primary key; CROSS JOIN keeps that order.
	const rows = `SELECT c.indicator, c.grp, c.unit, c.key, sum(c.value), count(*) FROM at CROSS JOIN contributions c
		ON c.indicator = at.indicator AND c.grp = at.grp AND c.unit = at.unit AND c.day BETWEEN ? AND ?
		WHERE substr(c.key, 1, 1) <> '@' GROUP BY c.indicator, c.grp, c.unit, c.key`
	if n := len(figures); n > 0 && n <= seeks {
		pairs, err := json.Marshal(pairsOf(figures))
		if err != nil {
			return err
		}
		return r.c.each(`WITH p (indicator, grp) AS MATERIALIZED (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)),
			u (unit) AS MATERIALIZED (SELECT value FROM json_each(?)), at AS (SELECT indicator, grp, unit FROM p CROSS JOIN u) `+rows,
			[]any{string(pairs), unitList, fromDay, toDay}, row)
	}
	from, to := totals.MonthOf(fromDay), totals.MonthOf(toDay)
	// A total may be kept under more than its group (totals.GroupOf).
	const total = "t.unit, t.indicator, iif(instr(t.grp, '~'), substr(t.grp, 1, instr(t.grp, '~') - 1), t.grp)"
	if len(figures) == 0 {
		return r.c.each(`WITH at (unit, indicator, grp) AS MATERIALIZED (
			SELECT `+total+` FROM json_each(?) u CROSS JOIN totals t ON t.unit = u.value AND t.month BETWEEN ? AND ? WHERE t.indicator <> ''
			UNION SELECT s.unit, s.indicator, s.grp FROM json_each(?) u CROSS JOIN steps s ON s.unit = u.value AND s.month BETWEEN ? AND ?) `+rows,
			[]any{unitList, from, to, unitList, from, to, fromDay, toDay}, row)
	}
	var ids []string
	for _, at := range figures {
		if !slices.Contains(ids, at.Indicator) {
			ids = append(ids, at.Indicator)
		}
	}
	months := make([]int, 0, to-from+1)
	for m := from; m <= to; m++ {
		months = append(months, m)
	}
	idList, err := units(ids)
	if err != nil {
		return err
	}
	monthList, err := json.Marshal(months)
	if err != nil {
		return err
	}
	const look = ` FROM json_each(?) u CROSS JOIN m CROSS JOIN i CROSS JOIN `
	return r.c.each(`WITH m (value) AS MATERIALIZED (SELECT value FROM json_each(?)), i (value) AS MATERIALIZED (SELECT value FROM json_each(?)), at (unit, indicator, grp) AS MATERIALIZED (
		SELECT `+total+look+`totals t ON t.unit = u.value AND t.month = m.value AND t.indicator = i.value
		UNION SELECT s.unit, s.indicator, s.grp`+look+`steps s ON s.unit = u.value AND s.month = m.value AND s.indicator = i.value) `+rows,
		[]any{string(monthList), idList, unitList, unitList, fromDay, toDay}, row)
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
		err = r.c.each(`SELECT DISTINCT c.key, c.unit FROM json_each(?) k CROSS JOIN contributions c
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
