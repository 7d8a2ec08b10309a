package simulation

import (
	"context"
	"errors"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// What a store may answer beside its own errors.
var (
	errDead = errors.New("the server has crashed")         // its caller learns nothing
	errBusy = errors.New("the database is locked")         // SQLITE_BUSY
	errFull = errors.New("no space is left on the device") // SQLITE_FULL
)

// ending is how a transaction ends.
type ending struct {
	how ends
	at  int // of dies and full: the write at which, from 1; where there are fewer, at the commit
}

type ends int

const (
	well ends = iota
	dies
	diesAfter // the commit
	busy
	full
)

// frail is a store whose process may die in any transaction, before a write of it, before the commit or after it;
// whose disk may be full at any of these; and which may be busy.
type frail struct {
	Store
	plan func() ending
	dead bool
	// committed is told after each commit; nil for nobody.
	committed func()
	left      *int         // a test counts the writes until it dies, nil for none
	tried     func(string) // and is told of each
}

// sound is a store that has no faults for now.
func sound() ending { return ending{} }

func (f *frail) Update(ctx context.Context, do func(engine.Tx) error) error {
	if f.dead {
		return errDead
	}
	if f.left != nil && *f.left > 0 {
		err := f.Store.Update(ctx, func(tx engine.Tx) error { return do(&frailTx{Tx: tx, left: f.left, fault: errDead, tried: f.tried}) })
		if f.dead = *f.left <= 0; f.dead {
			return errDead
		}
		f.tell(err)
		return err
	}
	end := f.plan()
	var fault error
	switch end.how {
	case busy:
		return errBusy
	case dies, diesAfter:
		fault = errDead
	case full:
		fault = errFull
	}
	err := f.Store.Update(ctx, func(tx engine.Tx) error {
		if end.how != dies && end.how != full {
			return do(tx)
		}
		left := end.at
		if err := do(&frailTx{Tx: tx, left: &left, fault: fault}); err != nil {
			return err
		}
		return fault // fewer writes than it lasted for: the commit itself fails
	})
	f.tell(err)
	if end.how == dies || end.how == diesAfter {
		f.dead = true
		return errDead
	}
	return err
}

func (f *frail) tell(err error) {
	if err == nil && f.committed != nil {
		f.committed()
	}
}

func (f *frail) View(ctx context.Context, do func(engine.Reader) error) error {
	if f.dead {
		return errDead
	}
	return f.Store.View(ctx, do)
}

func (f *frail) Glance(ctx context.Context, epoch string, cursors []engine.Cursor) (engine.Glance, error) {
	if f.dead {
		return engine.Glance{}, errDead
	}
	return f.Store.Glance(ctx, epoch, cursors)
}

// frailTx fails at a write. Each method that writes is here (TestEveryWriteMayFail).
type frailTx struct {
	engine.Tx
	left  *int
	fault error
	tried func(write string) // told of each write; nil for nobody
}

// fails is the fault where this write is the one at which it comes: then nothing is written.
func (t *frailTx) fails(write string) error {
	if t.tried != nil {
		t.tried(write)
	}
	if *t.left--; *t.left > 0 {
		return nil
	}
	return t.fault
}

// write does a write, unless it fails.
func (t *frailTx) write(name string, do func() error) error {
	if err := t.fails(name); err != nil {
		return err
	}
	return do()
}

func (t *frailTx) SetMeta(key, value string) error {
	return t.write("SetMeta", func() error { return t.Tx.SetMeta(key, value) })
}

func (t *frailTx) PutCampaign(c engine.CampaignRow) error {
	return t.write("PutCampaign", func() error { return t.Tx.PutCampaign(c) })
}

func (t *frailTx) SetDivisions(list []record.Division) error {
	return t.write("SetDivisions", func() error { return t.Tx.SetDivisions(list) })
}

func (t *frailTx) SetActor(a record.Actor) error {
	return t.write("SetActor", func() error { return t.Tx.SetActor(a) })
}

func (t *frailTx) PutLog(l engine.Log) error {
	return t.write("PutLog", func() error { return t.Tx.PutLog(l) })
}

func (t *frailTx) MarkDurable(seq int64) error {
	return t.write("MarkDurable", func() error { return t.Tx.MarkDurable(seq) })
}

func (t *frailTx) AppendLine(l engine.Line) (seq int64, err error) {
	err = t.write("AppendLine", func() (err error) { seq, err = t.Tx.AppendLine(l); return err })
	return seq, err
}

func (t *frailTx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	return t.write("SetOutcome", func() error { return t.Tx.SetOutcome(epoch, n, o) })
}

func (t *frailTx) PutRecord(r *record.Record) error {
	return t.write("PutRecord", func() error { return t.Tx.PutRecord(r) })
}

func (t *frailTx) PutVersion(id, version string, c record.Content) error {
	return t.write("PutVersion", func() error { return t.Tx.PutVersion(id, version, c) })
}

func (t *frailTx) PutParked(p engine.Parked) error {
	return t.write("PutParked", func() error { return t.Tx.PutParked(p) })
}

func (t *frailTx) DeleteParked(epoch string, n int64) error {
	return t.write("DeleteParked", func() error { return t.Tx.DeleteParked(epoch, n) })
}

func (t *frailTx) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	return t.write("PutFeedRow", func() error { return t.Tx.PutFeedRow(feed, entity, typ, v) })
}

func (t *frailTx) AddDigest(feed string, d change.Digest) error {
	return t.write("AddDigest", func() error { return t.Tx.AddDigest(feed, d) })
}

func (t *frailTx) SetDigest(feed string, d change.Digest) error {
	return t.write("SetDigest", func() error { return t.Tx.SetDigest(feed, d) })
}

func (t *frailTx) PutMarks(at, until record.Instant) error {
	return t.write("PutMarks", func() error { return t.Tx.PutMarks(at, until) })
}

func (t *frailTx) DropMark(m engine.Mark) error {
	return t.write("DropMark", func() error { return t.Tx.DropMark(m) })
}

func (t *frailTx) DropGone(feed string, upTo int64, limit int) (n int, err error) {
	err = t.write("DropGone", func() (err error) { n, err = t.Tx.DropGone(feed, upTo, limit); return err })
	return n, err
}

func (t *frailTx) Narrow(feed string) error {
	return t.write("Narrow", func() error { return t.Tx.Narrow(feed) })
}

func (t *frailTx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	return t.write("ChangeContributions", func() error { return t.Tx.ChangeContributions(entity, out, in) })
}

func (t *frailTx) AddTotal(cell totals.Cell, month int, value, entries int64) error {
	return t.write("AddTotal", func() error { return t.Tx.AddTotal(cell, month, value, entries) })
}

func (t *frailTx) AddStep(cell totals.Cell, month, prev int, delta int64) error {
	return t.write("AddStep", func() error { return t.Tx.AddStep(cell, month, prev, delta) })
}

func (t *frailTx) AddStanding(cell totals.Cell, month int, delta int64) error {
	return t.write("AddStanding", func() error { return t.Tx.AddStanding(cell, month, delta) })
}

func (t *frailTx) AddDay(at engine.DayCell, value, entries int64) error {
	return t.write("AddDay", func() error { return t.Tx.AddDay(at, value, entries) })
}

func (t *frailTx) AddWorked(at engine.Worked) error {
	return t.write("AddWorked", func() error { return t.Tx.AddWorked(at) })
}

func (t *frailTx) AddKeyMonth(cell totals.Cell, key string, month int, delta int64) error {
	return t.write("AddKeyMonth", func() error { return t.Tx.AddKeyMonth(cell, key, month, delta) })
}
