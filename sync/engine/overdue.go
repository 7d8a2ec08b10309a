package engine

import (
	"context"

	"niangjia/sync/record"
)

// decidesAbove reports whether an entry waits for this actor to decide on it in
// the stead of its right reviewers (R4). Her own never does.
func (e *Engine) decidesAbove(r Reader, w *world, actor record.Actor, rec *record.Record) (bool, error) {
	if rec.Type != record.Entry || !Waits(rec.State) || rec.Author == actor.Account ||
		actor.Has(record.Reviewer, w.places.Reviewing(rec.Unit)) {
		return false, nil
	}
	return standsIn(r, w.places, actor, rec, e.opt.Now())
}

// Overdue lists entries that wait for a decision and on which the actor may
// decide although another unit's reviewers should have; no content.
func (e *Engine) Overdue(ctx context.Context, actor record.Actor) ([]*record.Record, error) {
	var out []*record.Record
	err := e.view(ctx, func(r Reader, w *world) error {
		var units []string
		for _, seat := range actor.Seats {
			if seat.Role != record.Reviewer {
				continue
			}
			for _, right := range w.places.Children(seat.Unit) {
				units = append(units, w.places.Children(right)...)
			}
		}
		if len(units) == 0 {
			return nil
		}
		list, err := r.Undecided(units)
		if err != nil {
			return err
		}
		for _, rec := range list {
			hers, err := e.decidesAbove(r, w, actor, rec)
			if err != nil {
				return err
			}
			if hers {
				out = append(out, &record.Record{Type: rec.Type, ID: rec.ID, Unit: rec.Unit, State: rec.State, SubmittedAt: rec.SubmittedAt})
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}
