package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// tx writes. Records, logs, totals, steps and feed heads are gathered and written once a transaction: a city's total
// would otherwise be written for every entry.
type tx struct {
	reader
	hold   *hold
	dirty  []*held
	logs   []engine.Log // to write; the last of an epoch is the one in hold
	moved  []*feed
	totals map[totalAt]total
	steps  map[stepAt]int64
}

type totalAt struct {
	totals.Cell
	month int
}

type total struct{ value, entries int64 }

type stepAt struct {
	totals.Cell
	month, prev int
}

var _ engine.Tx = (*tx)(nil)

func newTx(c *conn, h *hold) *tx {
	return &tx{reader: reader{c}, hold: h, totals: map[totalAt]total{}, steps: map[stepAt]int64{}}
}

// flush writes what was gathered.
func (t *tx) flush() error {
	if err := t.flushRecords(); err != nil {
		return err
	}
	written := map[string]bool{}
	for _, l := range t.logs {
		if written[l.Epoch] {
			continue
		}
		written[l.Epoch] = true
		l = t.hold.logs[l.Epoch]
		if err := t.c.exec(`INSERT INTO logs (epoch, account, device, through, chain, durable) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET through = excluded.through, chain = excluded.chain`, l.Epoch, l.Account, l.Device, l.Through, l.Chain, l.Durable); err != nil {
			return err
		}
	}
	for _, f := range t.moved {
		if err := t.writeFeed(f); err != nil {
			return err
		}
	}
	t.logs, t.moved = nil, nil
	return t.flushTotals()
}

func (t *tx) flushTotals() error {
	for at, delta := range t.totals {
		if delta == (total{}) {
			continue
		}
		err := t.c.exec(`INSERT INTO totals (unit, month, indicator, grp, value, entries) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = value + excluded.value, entries = entries + excluded.entries`,
			at.Unit, at.month, at.Indicator, at.Group, delta.value, delta.entries)
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
	clear(t.totals)
	clear(t.steps)
	return nil
}

func (t *tx) flushRecords() error {
	for _, h := range t.dirty {
		if err := t.writeRecord(h); err != nil {
			return err
		}
		h.dirty, h.fresh = false, false
	}
	t.dirty = t.dirty[:0]
	return nil
}

func (t *tx) writeRecord(h *held) error {
	r := h.record
	body, err := encodeBody(r)
	if err != nil {
		return err
	}
	feeds := encodePlaces(h.feeds)
	counted, err := encodeCounted(h.counted)
	if err != nil {
		return err
	}
	household, countedOn, dueOn := "", "", ""
	if r.Counts() {
		household = r.Approved[catalogue.KeyHousehold].String()
		countedOn, dueOn = r.Approved[catalogue.KeyOccurredOn].String(), r.DueOn
	}
	occurred, follows := r.Content[catalogue.KeyOccurredOn].String(), engine.Follows(r)
	if h.fresh {
		return t.c.exec(`INSERT INTO records (num, id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, feeds, counted, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			h.num, r.ID, string(r.Type), r.Unit, r.Form, string(r.State), r.Urgent, occurred, household, countedOn, dueOn, follows, feeds, counted, body)
	}
	return t.c.exec(`UPDATE records SET state = ?, urgent = ?, occurred = ?, household = ?, counted_on = ?, due_on = ?, follows = ?,
			feeds = ?, counted = ?, body = ? WHERE num = ?`,
		string(r.State), r.Urgent, occurred, household, countedOn, dueOn, follows, feeds, counted, body, h.num)
}

func (t *tx) touch(h *held) {
	if !h.dirty {
		h.dirty = true
		t.dirty = append(t.dirty, h)
	}
}

func (t *tx) AddTotal(cell totals.Cell, month int, value, entries int64) error {
	add := func(at totalAt) {
		n := t.totals[at]
		t.totals[at] = total{n.value + value, n.entries + entries}
	}
	if add(totalAt{cell, month}); month >= 12 { // a date that is none has no year
		add(totalAt{cell, yearOf(month)})
	}
	return nil
}

// yearOf is where a month's year stands in the tables.
func yearOf(month int) int { return -(month / 12) }

func (t *tx) AddStep(cell totals.Cell, month, prev int, delta int64) error {
	t.steps[stepAt{cell, month, prev}] += delta
	if prev < month/12*12 { // the key's first month of the year
		t.steps[stepAt{cell, yearOf(month), 0}] += delta
	}
	return nil
}

func (t *tx) KeyPlaces(indicator, group, key string) (list []totals.KeyPlace, err error) {
	err = t.c.each(`SELECT unit, substr(day, 1, 7), count(*) FROM contributions
		WHERE key = ? AND key <> '' AND indicator = ? AND grp = ? GROUP BY 1, 2`, []any{key, indicator, group}, func(scan func(...any) error) error {
		var p totals.KeyPlace
		var month string
		err := scan(&p.Unit, &month, &p.N)
		p.Month = totals.MonthOf(month)
		list = append(list, p)
		return err
	})
	return list, err
}

func (t *tx) SetMeta(key, value string) error {
	t.hold.meta[key] = value
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
	delete(t.hold.actors, a.Account)
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
	t.hold.logs[l.Epoch] = l
	t.logs = append(t.logs, l)
	return nil
}

func (t *tx) MarkDurable(seq int64) error {
	if err := t.flush(); err != nil {
		return err
	}
	t.hold.logs = map[string]engine.Log{} // what is held of them is no longer true
	// The last line of a log up to the place is found from its end: few are behind it.
	return t.c.exec(`UPDATE logs SET durable = f.n FROM (
			SELECT l.epoch, (SELECT g.n FROM ledger g WHERE g.epoch = l.epoch AND g.seq <= ? ORDER BY g.n DESC LIMIT 1) AS n
			FROM logs l WHERE l.account <> '' AND coalesce(l.durable, 0) < l.through) f
		WHERE f.epoch = logs.epoch AND f.n > coalesce(logs.durable, 0)`, seq)
}

func (t *tx) AppendLine(l engine.Line) (int64, error) {
	outcome, err := json.Marshal(l.Outcome)
	if err != nil {
		return 0, err
	}
	bytes := l.Bytes
	if bytes == nil {
		bytes = []byte{} // an empty line is still a line
	}
	res, err := t.c.run("INSERT INTO ledger (epoch, n, hash, bytes, entity, account, received, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		l.Epoch, l.N, l.Hash, bytes, l.Entity, l.Account, int64(l.Received), string(outcome))
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
	h, err := t.hold.record(t.c, r.ID)
	if err != nil {
		return err
	}
	if h.num == 0 {
		if t.hold.last == 0 {
			if _, err := t.c.one("SELECT coalesce(max(num), 0) FROM records", nil, &t.hold.last); err != nil {
				return err
			}
		}
		t.hold.last++
		h.num, h.fresh = t.hold.last, true
	}
	h.record = r
	t.touch(h)
	return nil
}

func (t *tx) PutVersion(id, version string, c record.Content) error {
	return t.c.exec("INSERT OR IGNORE INTO versions (id, version, content) VALUES (?, ?, ?)", id, version, string(c.Bytes()))
}

func (t *tx) PutParked(p engine.Parked) error {
	t.hold.parked = nil
	return t.c.exec(`INSERT INTO parked (epoch, n, seq, entity, waits_for) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET waits_for = excluded.waits_for`, p.Epoch, p.N, p.Seq, p.Entity, p.WaitsFor)
}

func (t *tx) DeleteParked(epoch string, n int64) error {
	t.hold.parked = nil
	return t.c.exec("DELETE FROM parked WHERE epoch = ? AND n = ?", epoch, n)
}

func (t *tx) PutFeedRow(name, entity string, _ record.Type, v engine.View) error {
	h, err := t.hold.record(t.c, entity)
	if err != nil {
		return err
	}
	if h.num == 0 {
		return fmt.Errorf("no record %s to put into feed %s", entity, name)
	}
	f, err := t.feed(name)
	if err != nil {
		return err
	}
	f.at.Head++
	t.move(f)
	h.feeds = slices.Clone(h.feeds)
	at := slices.IndexFunc(h.feeds, func(p feedPlace) bool { return p.feed == f.num })
	if at < 0 {
		at, h.feeds = len(h.feeds), append(h.feeds, feedPlace{feed: f.num})
	} else if err := t.gone("DELETE FROM feed_rows WHERE feed = ? AND seq = ?", f.num, h.feeds[at].seq); err != nil {
		return fmt.Errorf("place of record %s in feed %s: %w", entity, name, err)
	}
	h.feeds[at].seq = f.at.Head
	t.touch(h)
	return t.c.exec("INSERT INTO feed_rows (feed, seq, record, view) VALUES (?, ?, ?, ?)", f.num, f.at.Head, h.num, int(v))
}

// gone deletes one row, which must be there.
func (t *tx) gone(query string, args ...any) error {
	res, err := t.c.run(query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return errors.New("is not there")
}

func (t *tx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	h, err := t.hold.record(t.c, entity)
	if err != nil {
		return err
	}
	if h.num == 0 {
		return fmt.Errorf("no record %s to count", entity)
	}
	list := slices.Clone(h.counted)
	for _, c := range out {
		at := slices.Index(list, c)
		if at < 0 {
			return fmt.Errorf("contribution %+v of %s is not there", c, entity)
		}
		list = slices.Delete(list, at, at+1)
		if err := t.gone("DELETE FROM contributions WHERE indicator = ? AND grp = ? AND unit = ? AND day = ? AND entity = ? AND key = ?",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key); err != nil {
			return fmt.Errorf("contribution %+v of %s: %w", c, entity, err)
		}
	}
	for _, c := range in {
		if c.Unit != h.record.Unit {
			return fmt.Errorf("contribution %+v of %s is of another unit", c, entity)
		}
		if err := t.c.exec("INSERT INTO contributions (indicator, grp, unit, day, entity, key, value) VALUES (?, ?, ?, ?, ?, ?, ?)",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key, c.Value); err != nil {
			return err
		}
	}
	h.counted = append(list, in...)
	t.touch(h)
	return nil
}
