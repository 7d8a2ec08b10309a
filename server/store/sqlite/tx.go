package sqlite

import (
	"encoding/json"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// tx writes. Totals, steps and feed heads are gathered and written once a
// transaction: a city's total would otherwise be written for every entry.
type tx struct {
	reader
	totals map[totalAt]int64
	steps  map[stepAt]int64
	heads  map[string]int64
	moved  map[string]bool // feeds whose head must be written
}

type totalAt struct {
	totals.Cell
	month int
}

type stepAt struct {
	totals.Cell
	month, prev int
}

var _ engine.Tx = (*tx)(nil)

func newTx(c *conn) *tx {
	return &tx{reader: reader{c}, totals: map[totalAt]int64{}, steps: map[stepAt]int64{}, heads: map[string]int64{}, moved: map[string]bool{}}
}

func (t *tx) flush() error {
	for at, delta := range t.totals {
		if delta == 0 {
			continue
		}
		err := t.c.exec(`INSERT INTO totals (unit, month, indicator, grp, value) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = value + excluded.value`, at.Unit, at.month, at.Indicator, at.Group, delta)
		if err != nil {
			return err
		}
	}
	for at, delta := range t.steps {
		if delta == 0 {
			continue
		}
		err := t.c.exec(`INSERT INTO steps (unit, month, indicator, grp, prev, n) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, at.Unit, at.month, at.Indicator, at.Group, at.prev, delta)
		if err != nil {
			return err
		}
	}
	for feed := range t.moved {
		err := t.c.exec("INSERT INTO feeds (feed, head) VALUES (?, ?) ON CONFLICT DO UPDATE SET head = excluded.head", feed, t.heads[feed])
		if err != nil {
			return err
		}
	}
	clear(t.totals)
	clear(t.steps)
	clear(t.moved)
	return nil
}

// A transaction reads its own writes: what is gathered is written first.

func (t *tx) Totals(unit string, from, to int) ([]engine.Figure, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.Totals(unit, from, to)
}

func (t *tx) DistinctTotals(unit string, from, to int) ([]engine.Figure, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.DistinctTotals(unit, from, to)
}

func (t *tx) AllTotals(f func(totals.Cell, int, int64) error) error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.reader.AllTotals(f)
}

func (t *tx) AllSteps(f func(totals.Cell, int, int, int64) error) error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.reader.AllSteps(f)
}

func (t *tx) FeedHead(feed string) (int64, error) {
	if head, ok := t.heads[feed]; ok {
		return head, nil
	}
	head, err := t.reader.FeedHead(feed)
	t.heads[feed] = head
	return head, err
}

func (t *tx) AddTotal(cell totals.Cell, month int, delta int64) error {
	t.totals[totalAt{cell, month}] += delta
	return nil
}

func (t *tx) AddStep(cell totals.Cell, month, prev int, delta int64) error {
	t.steps[stepAt{cell, month, prev}] += delta
	return nil
}

func (t *tx) KeyMonths(cell totals.Cell, key string) (map[int]int64, error) {
	months := map[int]int64{}
	err := t.c.each("SELECT month, n FROM key_months WHERE unit = ? AND indicator = ? AND grp = ? AND key = ?",
		[]any{cell.Unit, cell.Indicator, cell.Group, key}, func(scan func(...any) error) error {
			var month int
			var n int64
			err := scan(&month, &n)
			months[month] = n
			return err
		})
	return months, err
}

func (t *tx) SetKeyMonth(cell totals.Cell, key string, month int, n int64) error {
	if n == 0 {
		return t.c.exec("DELETE FROM key_months WHERE unit = ? AND indicator = ? AND grp = ? AND key = ? AND month = ?",
			cell.Unit, cell.Indicator, cell.Group, key, month)
	}
	return t.c.exec(`INSERT INTO key_months (unit, indicator, grp, key, month, n) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET n = excluded.n`, cell.Unit, cell.Indicator, cell.Group, key, month, n)
}

func (t *tx) SetMeta(key, value string) error {
	return t.c.exec("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
}

func (t *tx) SetDivisions(list []record.Division) error {
	if err := t.c.exec("DELETE FROM divisions"); err != nil {
		return err
	}
	for i, d := range list {
		if err := t.c.exec("INSERT INTO divisions (place, code, name, level, parent) VALUES (?, ?, ?, ?, ?)",
			i, d.Code, d.Name, string(d.Level), d.Parent); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SetActor(a record.Actor) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := t.c.exec("INSERT INTO actors (account, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", a.Account, string(body)); err != nil {
		return err
	}
	if err := t.c.exec("DELETE FROM seats WHERE account = ?", a.Account); err != nil {
		return err
	}
	for _, s := range a.Seats {
		if err := t.c.exec("INSERT OR IGNORE INTO seats (unit, role, account) VALUES (?, ?, ?)", s.Unit, string(s.Role), a.Account); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) PutLog(l engine.Log) error {
	return t.c.exec(`INSERT INTO logs (epoch, account, device, through, chain) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET through = excluded.through, chain = excluded.chain`, l.Epoch, l.Account, l.Device, l.Through, l.Chain)
}

func (t *tx) AppendLine(l engine.Line) (int64, error) {
	outcome, err := json.Marshal(l.Outcome)
	if err != nil {
		return 0, err
	}
	s, err := t.c.stmt(`INSERT INTO ledger (epoch, n, hash, bytes, entity, account, received, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	bytes := l.Bytes
	if bytes == nil {
		bytes = []byte{} // an empty line is still a line
	}
	res, err := s.ExecContext(t.c.ctx, l.Epoch, l.N, l.Hash, bytes, l.Entity, l.Account, int64(l.Received), string(outcome))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

func (t *tx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	outcome, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return t.c.exec("UPDATE ledger SET outcome = ? WHERE epoch = ? AND n = ?", string(outcome), epoch, n)
}

func (t *tx) PutRecord(r *record.Record) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	household, countedOn, dueOn := "", "", ""
	if r.Counts() {
		household = r.Approved[catalogue.KeyHousehold].String()
		countedOn, dueOn = r.Approved[catalogue.KeyOccurredOn].String(), r.DueOn
	}
	return t.c.exec(`INSERT INTO records (id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, body)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, urgent = excluded.urgent, occurred = excluded.occurred,
			household = excluded.household, counted_on = excluded.counted_on, due_on = excluded.due_on,
			follows = excluded.follows, body = excluded.body`,
		r.ID, string(r.Type), r.Unit, r.Form, string(r.State), r.Urgent, r.Content[catalogue.KeyOccurredOn].String(),
		household, countedOn, dueOn, engine.Follows(r), string(body))
}

func (t *tx) PutVersion(id, version string, c record.Content) error {
	return t.c.exec("INSERT OR IGNORE INTO versions (id, version, content) VALUES (?, ?, ?)", id, version, string(c.Bytes()))
}

func (t *tx) PutParked(p engine.Parked) error {
	return t.c.exec(`INSERT INTO parked (epoch, n, seq, entity, waits_for) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET waits_for = excluded.waits_for`, p.Epoch, p.N, p.Seq, p.Entity, p.WaitsFor)
}

func (t *tx) DeleteParked(epoch string, n int64) error {
	return t.c.exec("DELETE FROM parked WHERE epoch = ? AND n = ?", epoch, n)
}

func (t *tx) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	head, err := t.FeedHead(feed)
	if err != nil {
		return err
	}
	head++
	t.heads[feed], t.moved[feed] = head, true
	if err := t.c.exec("DELETE FROM feed_rows WHERE entity = ? AND feed = ?", entity, feed); err != nil {
		return err
	}
	return t.c.exec("INSERT INTO feed_rows (feed, seq, entity, type, view) VALUES (?, ?, ?, ?, ?)", feed, head, entity, string(typ), int(v))
}

func (t *tx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	for _, c := range out {
		if err := t.c.exec("DELETE FROM contributions WHERE indicator = ? AND grp = ? AND unit = ? AND day = ? AND entity = ? AND key = ?",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key); err != nil {
			return err
		}
	}
	for _, c := range in {
		if err := t.c.exec("INSERT INTO contributions (indicator, grp, unit, day, entity, key, value) VALUES (?, ?, ?, ?, ?, ?, ?)",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key, c.Value); err != nil {
			return err
		}
	}
	return nil
}
