package sqlite

import (
	"encoding/json"

	"niangjia/sync/engine"
)

// What the numbers of work count, record by record (docs/decisions/0052-numbers-of-work-open.md).

func (t *tx) AddWorked(at engine.Worked) error {
	err := t.pipe.put(`INSERT INTO worked (indicator, unit, month, entity, form, n) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET n = n + excluded.n`, at.Indicator, at.Unit, at.Month, at.Entity, at.Form, at.N)
	if err != nil || at.N > 0 {
		return err
	}
	return t.pipe.put("DELETE FROM worked WHERE indicator = ? AND unit = ? AND month = ? AND entity = ? AND n = 0", at.Indicator, at.Unit, at.Month, at.Entity)
}

const workedColumns = "indicator, unit, month, entity, form, n"

func scanWorked(scan func(...any) error) (w engine.Worked, err error) {
	err = scan(&w.Indicator, &w.Unit, &w.Month, &w.Entity, &w.Form, &w.N)
	return w, err
}

func (r reader) Worked(indicator, unit string, forms []string, from, to int, after engine.Worked, limit int) (out []engine.Worked, err error) {
	and, args := "", []any{indicator, unit, from, to, after.Month, after.Entity}
	if forms != nil {
		list, err := json.Marshal(forms)
		if err != nil {
			return nil, err
		}
		and, args = " AND form IN (SELECT value FROM json_each(?))", append(args, string(list))
	}
	err = r.c.each("SELECT "+workedColumns+" FROM worked WHERE indicator = ? AND unit = ? AND month BETWEEN ? AND ? AND (month, entity) > (?, ?)"+and+
		" ORDER BY month, entity LIMIT ?", append(args, limit), func(scan func(...any) error) error {
		w, err := scanWorked(scan)
		out = append(out, w)
		return err
	})
	return out, err
}

func (t *tx) Worked(indicator, unit string, forms []string, from, to int, after engine.Worked, limit int) ([]engine.Worked, error) {
	return written(t, func(r reader) ([]engine.Worked, error) {
		return r.Worked(indicator, unit, forms, from, to, after, limit)
	})
}

func (r reader) AllWorked(f func(engine.Worked) error) error {
	return r.c.each("SELECT "+workedColumns+" FROM worked", nil, func(scan func(...any) error) error {
		w, err := scanWorked(scan)
		if err != nil {
			return err
		}
		return f(w)
	})
}

func (t *tx) AllWorked(f func(engine.Worked) error) error {
	return t.walk(func(r reader) error { return r.AllWorked(f) })
}
