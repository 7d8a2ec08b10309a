package engine

import (
	"context"
	"errors"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// errEnough ends a walk through the ledger.
var errEnough = errors.New("enough")

// ReplayTo puts the lines of a store's ledger up to a mark through the engine again, into an empty store: it then holds what
// there was at that moment, to the last figure. Of a mark that is none of this log the error is mark_foreign, of one whose
// moment was lost with a server mark_lost. progress may be nil.
func ReplayTo(ctx context.Context, store, empty Store, m report.Mark, read Reading, progress func(done, all int64)) error {
	return store.View(ctx, func(have Reader) error {
		if err := Marked(have, m); err != nil {
			return err
		}
		v := &Verification{}
		again := newReplayed(v, empty, read)
		err := have.Lines(func(l Line) error {
			if l.Seq > m.Seq {
				return errEnough
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil && l.Seq%1000 == 0 {
				progress(l.Seq, m.Seq)
			}
			return again.take(ctx, l)
		})
		if err == nil || errors.Is(err, errEnough) {
			err = again.put(ctx)
		}
		if err == nil && !v.Holds() {
			err = &record.Error{Code: record.MarkForeign, Err: errors.New(v.Differences[0].What + " " + v.Differences[0].Where)}
		}
		return err
	})
}

// replayed plays a ledger's lines into an empty store, so many of them in a transaction.
type replayed struct {
	*Engine
	v     *Verification
	batch []Line
}

func newReplayed(v *Verification, empty Store, read Reading) *replayed {
	e := &Engine{store: empty, opt: Options{Read: read}}
	places, _ := record.NewPlaces(nil)
	e.world.Store(&world{places: places, catalogue: &catalogue.Catalogue{}, words: known})
	return &replayed{Engine: e, v: v}
}

func (r *replayed) take(ctx context.Context, l Line) error {
	if r.batch = append(r.batch, l); len(r.batch) < replayBatch {
		return nil
	}
	return r.put(ctx)
}

// put plays what was taken and not played yet.
func (r *replayed) put(ctx context.Context) error {
	err := r.store.Update(ctx, func(tx Tx) error {
		for _, l := range r.batch {
			if err := r.v.replayLine(r.Engine, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	r.batch = r.batch[:0]
	return err
}

// Marked finds a mark in the ledger: the same line at the same place, of the same server epoch. Another server's is
// mark_foreign; one whose place was given again after a restore is mark_lost.
func Marked(r Reader, m report.Mark) error {
	epoch, err := r.Meta(metaEpoch)
	if err != nil {
		return err
	}
	for epoch != m.Server {
		first, err := r.Line(epoch, 1)
		if err != nil {
			return err
		}
		if first == nil {
			return &record.Error{Code: record.MarkForeign}
		}
		own, err := parseOwn(first.Bytes)
		if err != nil || own.Kind != kindRestored {
			return &record.Error{Code: record.MarkForeign}
		}
		if known, err := r.Log(m.Server); err != nil {
			return err
		} else if known.Epoch != "" && m.Seq >= first.Seq {
			return &record.Error{Code: record.MarkLost}
		}
		epoch = own.Before
	}
	if m.Seq == 0 {
		return nil
	}
	line, err := r.LineAt(m.Seq)
	if err != nil {
		return err
	}
	if line == nil || line.Hash != m.Line {
		return &record.Error{Code: record.MarkForeign}
	}
	return nil
}
