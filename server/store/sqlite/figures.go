package sqlite

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

func (r reader) Contributions(entity string) ([]totals.Contribution, error) {
	var counted, unit string
	found, err := r.c.one("SELECT counted, unit FROM records WHERE id = ?", []any{entity}, &counted, &unit)
	if err != nil || !found {
		return nil, err
	}
	return decodeCounted(counted, unit)
}

func scanCounted(scan func(...any) error) (c engine.Counted, err error) {
	err = scan(&c.Entity, &c.Indicator, &c.Group, &c.Unit, &c.Day, &c.Key, &c.Value)
	return c, err
}

func (r reader) AllContributions(f func(engine.Counted) error) error {
	return r.c.each("SELECT entity, indicator, grp, unit, day, key, value FROM contributions", nil, func(scan func(...any) error) error {
		c, err := scanCounted(scan)
		if err != nil {
			return err
		}
		return f(c)
	})
}

// units hands a list of units to a statement as one JSON parameter.
func units(list []string) (string, error) {
	raw, err := json.Marshal(list)
	return string(raw), err
}

func (r reader) Counted(indicator, group string, list []string, fromDay, toDay string, after engine.Place, limit int) (out []engine.Counted, err error) {
	// Unit by unit: each is a range of the primary key, and a page stops early.
	skip := after.Unit != ""
	for _, unit := range list {
		place := engine.Place{}
		if skip {
			if unit != after.Unit {
				continue
			}
			skip, place = false, after
		}
		err = r.c.each(`SELECT entity, indicator, grp, unit, day, key, value FROM contributions
			WHERE indicator = ? AND grp = ? AND unit = ? AND day BETWEEN ? AND ? AND (day, entity, key) > (?, ?, ?)
			ORDER BY day, entity, key LIMIT ?`,
			[]any{indicator, group, unit, fromDay, toDay, place.Day, place.Entity, place.Key, limit - len(out)},
			func(scan func(...any) error) error {
				c, err := scanCounted(scan)
				out = append(out, c)
				return err
			})
		if err != nil || len(out) >= limit {
			return out, err
		}
	}
	return out, nil
}

// Figures come by the thousand, and what a driver takes for a row is more than what SQLite takes to find it: they are put
// together by SQLite, with characters between them that no key has.
const (
	betweenRows   = "\x1e"
	betweenFields = "\x1f"
)

// together is a query of one text with the fields of all rows that another one gives.
func together(fields, from string) string {
	return "SELECT coalesce(group_concat(concat_ws(char(31), " + fields + "), char(30)), '') FROM " + from
}

// rows reads what together gives: f takes a row's texts first and then its numbers, of which there are so many.
func (r reader) rows(texts, numbers int, query string, args []any, f func(texts []string, numbers []int64)) error {
	var all string
	if _, err := r.c.one(query, args, &all); err != nil || all == "" {
		return err
	}
	row, n := make([]string, texts+numbers), make([]int64, numbers)
	for all != "" {
		line := all
		if end := strings.IndexByte(all, betweenRows[0]); end >= 0 {
			line, all = all[:end], all[end+1:]
		} else {
			all = ""
		}
		for i := range row {
			var more bool
			if row[i], line, more = strings.Cut(line, betweenFields); more != (i+1 < len(row)) {
				return fmt.Errorf("a row of figures of %d fields, and not %d", i+1, len(row))
			}
		}
		for i := range n {
			var err error
			if n[i], err = strconv.ParseInt(row[texts+i], 10, 64); err != nil {
				return fmt.Errorf("figures: %w", err)
			}
		}
		f(row[:texts], n)
	}
	return nil
}

// figures reads a unit's: indicator, group, value and entries of each.
func (r reader) figures(unit, from string, args ...any) (list []engine.Figure, err error) {
	err = r.rows(2, 2, together("indicator, grp, value, entries", from), args, func(t []string, n []int64) {
		list = append(list, engine.Figure{Cell: totals.Cell{Unit: unit, Indicator: t[0], Group: t[1]}, Value: n[0], Entries: n[1]})
	})
	return list, err
}

func (r reader) Totals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return r.totals(unit, from, to, false, of)
}

func (r reader) DistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return r.distinctTotals(unit, from, to, false, of)
}

func (r reader) WholeTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return r.totals(unit, from, to, true, of)
}

func (r reader) WholeDistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return r.distinctTotals(unit, from, to, true, of)
}

func (r reader) totals(unit string, from, to int, whole bool, of []string) ([]engine.Figure, error) {
	if isYear(from, to) {
		from, to = yearOf(from), yearOf(from)
	}
	p, err := placesOf("totals", unit, from, to, of)
	if err != nil {
		return nil, err
	}
	list := "(" + p.each("t.indicator, t.grp, t.value, t.entries", whole, "") + ")"
	if from < to { // else it is the usual page: nothing to add up
		list = "(SELECT indicator, grp, sum(value) AS value, sum(entries) AS entries FROM " + list + " GROUP BY indicator, grp)"
	}
	return r.figures(unit, p.with(list), p.args...)
}

func (r reader) distinctTotals(unit string, from, to int, whole bool, of []string) ([]engine.Figure, error) {
	first := " AND t.prev < ?2" // of each key in the span the month in which it stands first
	year := isYear(from, to)
	if year {
		from, to, first = yearOf(from), yearOf(from), ""
	}
	p, err := placesOf("steps", unit, from, to, of)
	if err != nil {
		return nil, err
	}
	list := "(" + p.each("t.indicator, t.grp, t.n AS value, 0 AS entries", whole, first) + ")"
	if !year {
		list = "(SELECT indicator, grp, sum(value) AS value, 0 AS entries FROM " + list + " GROUP BY indicator, grp)"
	}
	return r.figures(unit, p.with(list), p.args...)
}

// places is where figures of a unit stand in a table whose key is unit, month, indicator and group. Of all indicators a
// range of months is read; where some are named each is looked for in each month that there is, so that what is read is
// what is asked for, however much else is kept there.
type places struct {
	table string
	args  []any // ?1 is the unit, ?2 and ?3 the months, ?4 the indicators
}

func placesOf(table, unit string, from, to int, of []string) (places, error) {
	p := places{table, []any{unit, from, to}}
	if len(of) > 0 {
		list, err := units(of)
		if err != nil {
			return p, err
		}
		p.args = append(p.args, list)
	}
	return p, nil
}

// wholes leaves parts out: a whole is kept under no group, or under what begins with the character that comes after all
// of those that keys of fields are made of (totals.GroupOf).
const wholes = " AND grp NOT BETWEEN '!' AND '}'"

// each reads fields of t at every place, of all groups or of wholes alone, under a further condition.
func (p places) each(fields string, whole bool, and string) string {
	if len(p.args) == 3 {
		if whole {
			and += wholes
		}
		return "SELECT " + fields + " FROM " + p.table + " t WHERE t.unit = ?1 AND t.month BETWEEN ?2 AND ?3" + and
	}
	from := "SELECT " + fields + " FROM months m CROSS JOIN named i CROSS JOIN " + p.table + " t WHERE t.unit = ?1 AND t.month = m.month AND t.indicator = i.id" + and
	if whole { // on both sides of the parts: each is looked for
		return from + " AND t.grp < '!' UNION ALL " + from + " AND t.grp > '}'"
	}
	return from
}

// with is a query's source with what each refers to: the months of the unit, found one after the other, and the indicators.
func (p places) with(source string) string {
	if len(p.args) == 3 {
		return source
	}
	return "(WITH RECURSIVE months (month) AS (SELECT min(month) FROM " + p.table + " WHERE unit = ?1 AND month BETWEEN ?2 AND ?3" +
		" UNION ALL SELECT (SELECT min(n.month) FROM " + p.table + " n WHERE n.unit = ?1 AND n.month > m.month AND n.month <= ?3) FROM months m WHERE m.month IS NOT NULL)," +
		" named (id) AS MATERIALIZED (SELECT DISTINCT value FROM json_each(?4)) SELECT * FROM " + source + ")"
}

// isYear reports whether a span is a calendar year, whose figures stand by themselves.
func isYear(from, to int) bool { return from > 0 && from%12 == 0 && to == from+11 }

func (r reader) MonthTotals(unit string, from, to int, indicators []string) (list []engine.MonthTotal, err error) {
	if len(indicators) == 0 {
		return nil, nil
	}
	p, err := placesOf("totals", unit, from, to, indicators)
	if err != nil {
		return nil, err
	}
	source := p.with("(" + p.each("t.indicator, t.grp, t.month, t.value, t.entries", false, "") + ")")
	err = r.rows(2, 3, together("indicator, grp, month, value, entries", source), p.args, func(t []string, n []int64) {
		list = append(list, engine.MonthTotal{Figure: totals.Figure{Indicator: t[0], Group: t[1]}, Month: int(n[0]), Value: n[1], Entries: n[2]})
	})
	return list, err
}

func (r reader) MonthSteps(unit string, from, to int, indicators []string) (list []engine.MonthStep, err error) {
	if len(indicators) == 0 {
		return nil, nil
	}
	p, err := placesOf("steps", unit, from, to, indicators)
	if err != nil {
		return nil, err
	}
	source := p.with("(" + p.each("t.indicator, t.grp, t.month, t.prev, t.n", false, "") + ")")
	err = r.rows(2, 3, together("indicator, grp, month, prev, n", source), p.args, func(t []string, n []int64) {
		list = append(list, engine.MonthStep{Figure: totals.Figure{Indicator: t[0], Group: t[1]}, Month: int(n[0]), Prev: int(n[1]), N: n[2]})
	})
	return list, err
}

func (r reader) CountedRows(indicator, group string, list []string, fromDay, toDay, sinceTo string) (n int64, err error) {
	arg, err := units(list)
	if err != nil {
		return 0, err
	}
	_, err = r.c.one(`SELECT count(*) FROM contributions
		WHERE indicator = ? AND grp = ? AND unit IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ?
		AND (substr(key, 1, 1) <> '<' OR substr(key, 2) BETWEEN ? AND ?)`,
		[]any{indicator, group, arg, fromDay, toDay, fromDay, sinceTo}, &n)
	return n, err
}

func (r reader) Standing(unit string, month int) ([]engine.Figure, error) {
	return r.standing(unit, month, "")
}

// WholeStanding looks for some by name, each in the years and months that there are.
func (r reader) WholeStanding(unit string, month int, of ...string) ([]engine.Figure, error) {
	if len(of) == 0 {
		return r.standing(unit, month, wholes)
	}
	var out []engine.Figure
	for _, span := range [][2]int{{yearOf(month) + 1, -1}, {month / 12 * 12, month}} {
		p, err := placesOf("standings", unit, span[0], span[1], of)
		if err != nil {
			return nil, err
		}
		list, err := r.figures(unit, p.with("("+p.each("t.indicator, t.grp, t.n AS value, 0 AS entries", true, "")+")"), p.args...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// standing gives a figure once for each year and month in which keys of it begin or cease to stand: that SQLite puts them
// in order to add them up takes longer than all the rest.
func (r reader) standing(unit string, month int, and string) ([]engine.Figure, error) {
	return r.figures(unit, `(SELECT indicator, grp, n AS value, 0 AS entries FROM standings WHERE unit = ? AND month BETWEEN ? AND -1`+and+`
		UNION ALL SELECT indicator, grp, n, 0 FROM standings WHERE unit = ? AND month BETWEEN ? AND ?`+and+`)`,
		unit, yearOf(month)+1, unit, month/12*12, month)
}

// AllTotals leaves out what has come back to nought: its row stays, so that the next entry finds its place.
func (r reader) AllTotals(f func(totals.Cell, int, int64, int64) error) error {
	return r.c.each("SELECT unit, month, indicator, grp, value, entries FROM totals WHERE month >= 0 AND (value != 0 OR entries != 0)", nil, func(scan func(...any) error) error {
		var c totals.Cell
		var month int
		var value, entries int64
		if err := scan(&c.Unit, &month, &c.Indicator, &c.Group, &value, &entries); err != nil {
			return err
		}
		return f(c, month, value, entries)
	})
}

func (r reader) AllSteps(f func(totals.Cell, int, int, int64) error) error {
	return r.c.each("SELECT unit, month, indicator, grp, prev, n FROM steps WHERE month > 0 AND n != 0", nil, func(scan func(...any) error) error {
		var c totals.Cell
		var month, prev int
		var n int64
		if err := scan(&c.Unit, &month, &c.Indicator, &c.Group, &prev, &n); err != nil {
			return err
		}
		return f(c, month, prev, n)
	})
}

func (r reader) AllStandings(f func(totals.Cell, int, int64) error) error {
	return r.c.each("SELECT unit, month, indicator, grp, n FROM standings WHERE month > 0 AND n != 0", nil, func(scan func(...any) error) error {
		var c totals.Cell
		var month int
		var n int64
		if err := scan(&c.Unit, &month, &c.Indicator, &c.Group, &n); err != nil {
			return err
		}
		return f(c, month, n)
	})
}
