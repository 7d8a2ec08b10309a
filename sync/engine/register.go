package engine

import (
	"context"
	"errors"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Register gives the households and persons of a unit as they stand, in the
// order of its feed, for an actor who reads all of them.
func (e *Engine) Register(ctx context.Context, actor record.Actor, unit string) ([]*record.Record, error) {
	var out []*record.Record
	err := e.view(ctx, func(r Reader, w *world) error {
		if _, ok := w.places.Get(unit); !ok {
			return record.Errorf(record.NotFound, "no unit %s", unit)
		}
		if !access.ReadsRegister(actor, w.places, unit) {
			return record.Errorf(record.Forbidden, "register of %s", unit)
		}
		for after := int64(0); ; {
			rows, err := r.FeedRows(access.UnitFeed(unit), after, change.MaxRows)
			if err != nil {
				return err
			}
			for _, row := range rows {
				after = row.Seq
				if row.Type != record.Entry && row.View == Whole && row.Record != nil {
					out = append(out, row.Record)
				}
			}
			if len(rows) < change.MaxRows {
				return nil
			}
		}
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// MaxWhole is the most changes that are taken as a whole: what holds up every
// other writer for a second.
const MaxWhole = 20_000

// PushWhole takes a log as a whole, in one transaction (S16): where one of its changes
// would not be applied, none is, and the ledger does not have them either. The
// error then has that change's code. The same log again changes nothing.
func (e *Engine) PushWhole(ctx context.Context, who Who, epoch string, lines [][]byte) ([]change.Outcome, error) {
	if len(lines) > MaxWhole {
		return nil, record.Errorf(record.TooLarge, "%d changes at once", len(lines))
	}
	ready := make([]prepared, len(lines))
	for i, l := range lines {
		ready[i] = prepare(l)
	}
	now := e.opt.Now()
	var outcomes []change.Outcome
	var refused *record.Error
	err := e.store.Update(ctx, func(tx Tx) error {
		refused = nil
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		var not error
		outcomes, not, err = s.push(who, change.Head{Protocol: change.Protocol, Epoch: epoch, From: 1}, ready)
		if err != nil {
			return err
		}
		if errors.As(not, &refused) {
			return refused
		}
		for i, o := range outcomes {
			switch o.Outcome {
			case change.Applied, change.Merged, change.Duplicate:
				continue
			}
			refused = &record.Error{Code: o.Code, Field: o.Field}
			if o.Code == "" { // another hand changed the same field meanwhile
				refused.Code = record.OpenConflict
			}
			refused.Err = errors.New("change " + ready[i].change.Entity + " of a whole log")
			return refused
		}
		return nil
	})
	switch {
	case err == nil:
		return outcomes, nil
	case refused != nil:
		return nil, refused
	}
	return nil, &record.Error{Code: record.Unavailable, Err: err}
}

// Pushed gives the changes that the ledger has of an account's log, none for an unknown log.
func (e *Engine) Pushed(ctx context.Context, who Who, epoch string) ([]*change.Change, error) {
	var out []*change.Change
	err := e.view(ctx, func(r Reader, _ *world) error {
		log, err := r.Log(epoch)
		if err != nil || log.Account != who.Account || log.Device != who.Device {
			return err
		}
		for n := int64(1); n <= log.Through; n++ {
			line, err := r.Line(epoch, n)
			if err != nil {
				return err
			}
			if line == nil {
				continue
			}
			c, err := change.Decode(line.Bytes)
			if err != nil {
				return err
			}
			out = append(out, c)
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}
