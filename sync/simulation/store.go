package simulation

import (
	"context"
	"errors"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// errDead is a server that has crashed: its caller learns nothing.
var errDead = errors.New("the server has crashed")

// frail is a store whose process may die in any transaction: before a write of
// it, before the commit, or after it.
type frail struct {
	Store
	// plan gives how a transaction ends: die at write n (from 1), -1 after the commit, 0 not at all.
	plan func() int
	dead bool
}

func (f *frail) Update(ctx context.Context, do func(engine.Tx) error) error {
	if f.dead {
		return errDead
	}
	at := f.plan()
	err := f.Store.Update(ctx, func(tx engine.Tx) error {
		if at <= 0 {
			return do(tx)
		}
		left := at
		if err := do(&frailTx{Tx: tx, left: &left}); err != nil {
			return err
		}
		return errDead // fewer writes than it lasted for: it dies before the commit
	})
	if at != 0 {
		f.dead = true
		return errDead
	}
	return err
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

// frailTx dies at a write.
type frailTx struct {
	engine.Tx
	left *int
}

func (t *frailTx) dies() error {
	if *t.left--; *t.left <= 0 {
		return errDead
	}
	return nil
}

func (t *frailTx) SetMeta(key, value string) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.SetMeta(key, value)
}

func (t *frailTx) SetActor(a record.Actor) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.SetActor(a)
}

func (t *frailTx) PutLog(l engine.Log) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.PutLog(l)
}

func (t *frailTx) AppendLine(l engine.Line) (int64, error) {
	if err := t.dies(); err != nil {
		return 0, err
	}
	return t.Tx.AppendLine(l)
}

func (t *frailTx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.SetOutcome(epoch, n, o)
}

func (t *frailTx) PutRecord(r *record.Record) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.PutRecord(r)
}

func (t *frailTx) PutVersion(id, version string, c record.Content) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.PutVersion(id, version, c)
}

func (t *frailTx) PutParked(p engine.Parked) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.PutParked(p)
}

func (t *frailTx) DeleteParked(epoch string, n int64) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.DeleteParked(epoch, n)
}

func (t *frailTx) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.PutFeedRow(feed, entity, typ, v)
}

func (t *frailTx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	if err := t.dies(); err != nil {
		return err
	}
	return t.Tx.ChangeContributions(entity, out, in)
}
