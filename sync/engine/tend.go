package engine

import (
	"context"

	"niangjia/sync/record"
)

// How long what left a feed is remembered there (S19), and how it is taken out.
const (
	// KeepGone is how long a tombstone is kept at least. A phone that was away
	// longer fetches the feed anew.
	KeepGone = 400 * record.DayMS
	// markEvery is how far the marks of a feed lie apart: a tombstone is kept
	// this much longer at most.
	markEvery = 30 * record.DayMS
	// goneAtOnce bounds a piece: the writer, for whom everybody waits, is held for some milliseconds.
	goneAtOnce = 200
)

// Tend does one piece of what the store needs done from time to time, and
// reports whether there is more of it: entries are counted anew by another
// catalogue (T15), feeds that an older program wrote are counted (S18), and old
// tombstones are taken away (S19).
func (e *Engine) Tend(ctx context.Context) (more bool, err error) {
	now := e.opt.Now()
	var uncounted []string
	var old []Mark
	var walk *Recount
	defer func() {
		if err != nil {
			err = storeError(err)
		}
	}()
	err = e.store.View(ctx, func(r Reader) (err error) {
		if walk, err = recounting(r); err != nil {
			return err
		}
		if uncounted, err = r.Uncounted(1); err != nil {
			return err
		}
		old, err = r.Marks(now-KeepGone, 1)
		return err
	})
	switch {
	case err != nil:
		return false, err
	case walk != nil:
		return true, e.recountPiece(ctx)
	case len(uncounted) > 0:
		return true, e.count(ctx, uncounted[0])
	case len(old) > 0:
		return true, e.compact(ctx, old[0])
	}
	return false, e.store.Update(ctx, func(tx Tx) error { return tx.PutMarks(now, now-markEvery) })
}

// compact takes a piece of the tombstones before a mark away, and the mark with the last of them.
func (e *Engine) compact(ctx context.Context, m Mark) error {
	return e.store.Update(ctx, func(tx Tx) error {
		n, err := tx.DropGone(m.Feed, m.Seq, goneAtOnce)
		if err != nil || n == goneAtOnce {
			return err
		}
		return tx.DropMark(m)
	})
}
