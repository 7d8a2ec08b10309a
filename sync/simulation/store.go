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
	left      *int // a test counts the writes until it dies, nil for none
}

// sound is a store that has no faults for now.
func sound() ending { return ending{} }

func (f *frail) Update(ctx context.Context, do func(engine.Tx) error) error {
	if f.dead {
		return errDead
	}
	if f.left != nil && *f.left > 0 {
		err := f.Store.Update(ctx, func(tx engine.Tx) error { return do(&frailTx{Tx: tx, left: f.left, fault: errDead}) })
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

// frailTx fails at a write.
type frailTx struct {
	engine.Tx
	left  *int
	fault error
}

func (t *frailTx) fails() error {
	if *t.left--; *t.left <= 0 {
		return t.fault
	}
	return nil
}

func (t *frailTx) SetMeta(key, value string) error {
	return errors.Join(t.fails(), t.Tx.SetMeta(key, value))
}

func (t *frailTx) SetDivisions(list []record.Division) error {
	return errors.Join(t.fails(), t.Tx.SetDivisions(list))
}

func (t *frailTx) SetActor(a record.Actor) error {
	return errors.Join(t.fails(), t.Tx.SetActor(a))
}

func (t *frailTx) PutLog(l engine.Log) error {
	return errors.Join(t.fails(), t.Tx.PutLog(l))
}

func (t *frailTx) AppendLine(l engine.Line) (int64, error) {
	if err := t.fails(); err != nil {
		return 0, err
	}
	return t.Tx.AppendLine(l)
}

func (t *frailTx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	return errors.Join(t.fails(), t.Tx.SetOutcome(epoch, n, o))
}

func (t *frailTx) PutRecord(r *record.Record) error {
	return errors.Join(t.fails(), t.Tx.PutRecord(r))
}

func (t *frailTx) PutVersion(id, version string, c record.Content) error {
	return errors.Join(t.fails(), t.Tx.PutVersion(id, version, c))
}

func (t *frailTx) PutParked(p engine.Parked) error {
	return errors.Join(t.fails(), t.Tx.PutParked(p))
}

func (t *frailTx) DeleteParked(epoch string, n int64) error {
	return errors.Join(t.fails(), t.Tx.DeleteParked(epoch, n))
}

func (t *frailTx) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	return errors.Join(t.fails(), t.Tx.PutFeedRow(feed, entity, typ, v))
}

func (t *frailTx) MarkDurable(seq int64) error {
	return errors.Join(t.fails(), t.Tx.MarkDurable(seq))
}

func (t *frailTx) AddDigest(feed string, d change.Digest) error {
	return errors.Join(t.fails(), t.Tx.AddDigest(feed, d))
}

func (t *frailTx) SetDigest(feed string, d change.Digest) error {
	return errors.Join(t.fails(), t.Tx.SetDigest(feed, d))
}

func (t *frailTx) PutMarks(at, until record.Instant) error {
	return errors.Join(t.fails(), t.Tx.PutMarks(at, until))
}

func (t *frailTx) DropMark(m engine.Mark) error {
	return errors.Join(t.fails(), t.Tx.DropMark(m))
}

func (t *frailTx) DropGone(feed string, upTo int64, limit int) (int, error) {
	if err := t.fails(); err != nil {
		return 0, err
	}
	return t.Tx.DropGone(feed, upTo, limit)
}

func (t *frailTx) Narrow(feed string) error {
	return errors.Join(t.fails(), t.Tx.Narrow(feed))
}

func (t *frailTx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	return errors.Join(t.fails(), t.Tx.ChangeContributions(entity, out, in))
}

func (t *frailTx) AddTotal(cell totals.Cell, month int, value, entries int64) error {
	return errors.Join(t.fails(), t.Tx.AddTotal(cell, month, value, entries))
}

func (t *frailTx) AddStep(cell totals.Cell, month, prev int, delta int64) error {
	return errors.Join(t.fails(), t.Tx.AddStep(cell, month, prev, delta))
}
