package sqlite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// tx writes. Records, logs, totals, steps and feed heads are gathered and written once a transaction: a city's total
// would otherwise be written for every entry.
type tx struct {
	hold   *hold
	pipe   *pipe
	read   *conn // what is committed
	dirty  []*held
	logs   []engine.Log // to write; the last of an epoch is the one in hold
	moved  []*feed
	totals map[totalAt]total
	steps  map[stepAt]int64
	stand  map[totalAt]int64 // how many more keys stand at the end of a month than before it
	months map[wideAt]int64  // what is added to wide keys
	days   map[engine.DayCell]total
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

func newTx(w *writer) *tx {
	return &tx{hold: w.hold, pipe: w.pipe, read: w.read, totals: map[totalAt]total{}, steps: map[stepAt]int64{}, stand: map[totalAt]int64{}, months: map[wideAt]int64{}, days: map[engine.DayCell]total{}}
}

// flush hands over what was gathered.
func (t *tx) flush() error {
	if err := t.putRecords(); err != nil {
		return err
	}
	written := map[string]bool{}
	for _, l := range t.logs {
		if written[l.Epoch] {
			continue
		}
		written[l.Epoch] = true
		l = t.hold.logs[l.Epoch]
		if err := t.pipe.put(`INSERT INTO logs (epoch, account, device, through, chain, durable) VALUES (?, ?, ?, ?, ?, ?)
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

// flushTotals hands figures over in the order of their tables: what lies together is written together.
func (t *tx) flushTotals() error {
	cells := slices.AppendSeq(make([]totalAt, 0, len(t.totals)), maps.Keys(t.totals)) // of a large commit megabytes
	slices.SortFunc(cells, totalAt.compare)
	for _, at := range cells {
		delta := t.totals[at]
		if delta == (total{}) {
			continue
		}
		err := t.pipe.put(`INSERT INTO totals (unit, month, indicator, grp, value, entries) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = value + excluded.value, entries = entries + excluded.entries`,
			at.Unit, at.month, at.Indicator, at.Group, delta.value, delta.entries)
		if err != nil {
			return err
		}
	}
	steps := slices.SortedFunc(maps.Keys(t.steps), func(a, b stepAt) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.month, b.month), cmp.Compare(a.Indicator, b.Indicator),
			cmp.Compare(a.Group, b.Group), cmp.Compare(a.prev, b.prev))
	})
	for _, at := range steps {
		delta := t.steps[at]
		if delta == 0 {
			continue
		}
		err := t.pipe.put(`INSERT INTO steps (unit, month, indicator, grp, prev, n) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, at.Unit, at.month, at.Indicator, at.Group, at.prev, delta)
		if err != nil {
			return err
		}
	}
	for _, at := range slices.SortedFunc(maps.Keys(t.stand), totalAt.compare) {
		delta := t.stand[at]
		if delta == 0 {
			continue
		}
		err := t.pipe.put(`INSERT INTO standings (unit, month, indicator, grp, n) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, at.Unit, at.month, at.Indicator, at.Group, delta)
		if err != nil {
			return err
		}
	}
	clear(t.totals)
	clear(t.steps)
	clear(t.stand)
	if err := t.flushDays(); err != nil {
		return err
	}
	return t.flushMonths()
}

// compare is the order of their tables.
func (a totalAt) compare(b totalAt) int {
	return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.month, b.month), cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Group, b.Group))
}

func (t *tx) putRecords() error {
	for _, h := range t.dirty {
		if err := t.writeRecord(h); err != nil {
			return err
		}
		h.dirty, h.fresh = false, false
	}
	t.dirty = t.dirty[:0]
	return nil
}

// setApart notes which contributions lie on another day than their record, where that has got another one and they have
// stayed.
func (t *tx) setApart(h *held) error {
	if !h.redated {
		return nil
	}
	h.redated = false
	for _, c := range h.counted {
		if !apart(h, c) {
			continue
		}
		if err := t.pipe.put(`UPDATE contributions SET apart = 1
			WHERE indicator = ? AND grp = ? AND unit = ? AND day = ? AND entity = ? AND key = ? AND apart = 0`,
			c.Indicator, c.Group, c.Unit, c.Day, h.record.ID, c.Key); err != nil {
			return err
		}
	}
	return nil
}

// apart reports whether a contribution is found by its own day, since its record is not found by it.
func apart(h *held, c totals.Contribution) bool {
	return c.Kind() != totals.Standing && c.Day != countingOf(h.record).countedOn
}

func (t *tx) writeRecord(h *held) error {
	r := h.record
	if err := t.setApart(h); err != nil {
		return err
	}
	body, err := encodeBody(r)
	if err != nil {
		return err
	}
	now, before := columnsOf(h), h.columns
	h.columns = now
	counted, err := encodeCounted(h.counted)
	if err != nil {
		return err
	}
	if h.fresh {
		return t.pipe.put(`INSERT INTO records (num, id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, sent, feeds, counted, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			h.num, r.ID, string(r.Type), r.Unit, r.Form, now.state, now.urgent, now.occurred, now.household, now.countedOn, now.dueOn, now.follows, now.sent,
			encodePlaces(h.feeds), counted, body)
	}
	// What an index has is named only where it changes: SQLite would look for its place in each of them.
	switch {
	case now == before:
		return t.pipe.put("UPDATE records SET feeds = ?, counted = ?, body = ? WHERE num = ?", encodePlaces(h.feeds), counted, body, h.num)
	case now.occurred == before.occurred && now.follows == before.follows && now.urgent == before.urgent:
		return t.pipe.put("UPDATE records SET state = ?, household = ?, counted_on = ?, due_on = ?, sent = ?, feeds = ?, counted = ?, body = ? WHERE num = ?",
			now.state, now.household, now.countedOn, now.dueOn, now.sent, encodePlaces(h.feeds), counted, body, h.num)
	}
	return t.pipe.put(`UPDATE records SET state = ?, urgent = ?, occurred = ?, household = ?, counted_on = ?, due_on = ?, follows = ?, sent = ?,
			feeds = ?, counted = ?, body = ? WHERE num = ?`,
		now.state, now.urgent, now.occurred, now.household, now.countedOn, now.dueOn, now.follows, now.sent, encodePlaces(h.feeds), counted, body, h.num)
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

func (t *tx) AddStanding(cell totals.Cell, month int, delta int64) error {
	if t.stand[totalAt{cell, month}] += delta; month >= 12 { // a date that is none has no year
		t.stand[totalAt{cell, yearOf(month)}] += delta
	}
	return nil
}

func (t *tx) SetMeta(key, value string) error {
	t.hold.meta[key] = value
	return t.pipe.put("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
}

func (t *tx) SetDivisions(list []record.Division) error {
	t.hold.apart = true
	if err := t.narrowAll(); err != nil {
		return err
	}
	if err := t.pipe.put("DELETE FROM divisions"); err != nil {
		return err
	}
	for i, d := range list {
		if err := t.pipe.put("INSERT INTO divisions (place, code, name, level, parent) VALUES (?, ?, ?, ?, ?)",
			i, d.Code, d.Name, string(d.Level), d.Parent); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) SetActor(a record.Actor) error {
	t.hold.apart = true
	delete(t.hold.actors, a.Account)
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := t.pipe.put("INSERT INTO actors (account, body) VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body", a.Account, string(body)); err != nil {
		return err
	}
	if err := t.pipe.put("DELETE FROM seats WHERE account = ?", a.Account); err != nil {
		return err
	}
	for _, s := range a.Seats {
		if err := t.pipe.put("INSERT OR IGNORE INTO seats (unit, role, account) VALUES (?, ?, ?)", s.Unit, string(s.Role), a.Account); err != nil {
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
	t.hold.logs, t.hold.apart = map[string]engine.Log{}, true // what is held of them is no longer true
	// The last line of a log up to the place is found from its end: few are behind it.
	return t.pipe.put(`UPDATE logs SET durable = f.n FROM (
			SELECT l.epoch, (SELECT g.n FROM ledger g WHERE g.epoch = l.epoch AND g.seq <= ? ORDER BY g.n DESC LIMIT 1) AS n
			FROM logs l WHERE l.account <> '' AND coalesce(l.durable, 0) < l.through) f
		WHERE f.epoch = logs.epoch AND f.n > coalesce(logs.durable, 0)`, seq)
}

func (t *tx) AppendLine(l engine.Line) (int64, error) {
	outcome, err := encodeOutcome(l.Outcome)
	if err != nil {
		return 0, err
	}
	bytes := l.Bytes
	if bytes == nil {
		bytes = []byte{} // an empty line is still a line
	}
	seq, err := t.next(&t.hold.lastLine, "SELECT coalesce(max(seq), 0) FROM ledger")
	if err != nil {
		return 0, err
	}
	t.hold.lines[l.Epoch] = true
	return seq, t.pipe.put("INSERT INTO ledger (seq, epoch, n, hash, bytes, entity, account, received, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		seq, l.Epoch, l.N, l.Hash, bytes, l.Entity, l.Account, int64(l.Received), outcome)
}

// next gives out the number after the last, which is read where it is not known: then nothing was given out that is not
// committed.
func (t *tx) next(last *int64, query string) (int64, error) {
	if *last == 0 {
		if _, err := t.read.one(query, nil, last); err != nil {
			return 0, err
		}
	}
	*last++
	return *last, nil
}

func (t *tx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	outcome, err := encodeOutcome(o)
	if err != nil {
		return err
	}
	t.hold.lines[epoch] = true
	return t.pipe.put("UPDATE ledger SET outcome = ? WHERE epoch = ? AND n = ?", outcome, epoch, n)
}

func (t *tx) PutRecord(r *record.Record) error {
	h, err := t.hold.record(t.read, r.ID)
	if err != nil {
		return err
	}
	if h.num == 0 {
		if h.num, err = t.next(&t.hold.lastRecord, "SELECT coalesce(max(num), 0) FROM records"); err != nil {
			return err
		}
		h.fresh = true
	}
	if was := countingOf(h.record).countedOn; was != "" && was != countingOf(r).countedOn {
		h.redated = true
	}
	h.record = r
	t.hold.put(h)
	t.touch(h)
	return nil
}

func (t *tx) PutVersion(id, version string, c record.Content) error {
	t.hold.versions[id] = true
	return t.pipe.put("INSERT OR IGNORE INTO versions (id, version, content) VALUES (?, ?, ?)", id, version, string(c.Bytes()))
}

func (t *tx) PutParked(p engine.Parked) error {
	w, err := t.hold.waiting(t.read)
	if err != nil {
		return err
	}
	if !w.many {
		w.put(p)
	}
	return t.pipe.put(`INSERT INTO parked (epoch, n, seq, entity, waits_for) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET waits_for = excluded.waits_for`, p.Epoch, p.N, p.Seq, p.Entity, p.WaitsFor)
}

func (t *tx) DeleteParked(epoch string, n int64) error {
	w, err := t.hold.waiting(t.read)
	if err != nil {
		return err
	}
	w.remove(lineAt{epoch, n})
	return t.pipe.put("DELETE FROM parked WHERE epoch = ? AND n = ?", epoch, n)
}

func (t *tx) PutFeedRow(name, entity string, _ record.Type, v engine.View) error {
	h, err := t.hold.record(t.read, entity)
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
	} else if err := t.pipe.gone("a record's place in a feed", "DELETE FROM feed_rows WHERE feed = ? AND seq = ?", f.num, h.feeds[at].seq); err != nil {
		return err
	}
	h.feeds[at].seq = f.at.Head
	t.touch(h)
	return t.pipe.put("INSERT INTO feed_rows (feed, seq, record, view) VALUES (?, ?, ?, ?)", f.num, f.at.Head, h.num, int(v))
}

func (t *tx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	h, err := t.hold.record(t.read, entity)
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
		if err := t.note(c, -1); err != nil {
			return err
		}
		if err := t.pipe.gone("a record's contribution", "DELETE FROM contributions WHERE indicator = ? AND grp = ? AND unit = ? AND day = ? AND entity = ? AND key = ?",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key); err != nil {
			return err
		}
	}
	for _, c := range in {
		if c.Unit != h.record.Unit {
			return fmt.Errorf("contribution %+v of %s is of another unit", c, entity)
		}
		if err := t.note(c, 1); err != nil {
			return err
		}
		if err := t.pipe.put("INSERT INTO contributions (indicator, grp, unit, day, entity, key, value, apart) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			c.Indicator, c.Group, c.Unit, c.Day, entity, c.Key, c.Value, apart(h, c)); err != nil {
			return err
		}
	}
	h.counted = append(list, in...)
	t.touch(h)
	return nil
}
