package engine

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

// kindDisclosure opens an entry to a reader for a day (D1).
const kindDisclosure = "disclosure"

// MaxDisclosed is how many entries one stated reason opens at most: who needs
// more names a smaller unit or a shorter time.
const MaxDisclosed = 20

// Disclose opens a sensitive entry to a reader of a higher level for a day, for
// a reason that its author and its reviewers are told (D1). Again within the
// day it does nothing.
func (e *Engine) Disclose(ctx context.Context, actor record.Actor, id, reason string) error {
	return e.disclose(ctx, actor, []string{id}, reason)
}

// DiscloseFigure does so for every sensitive entry behind a figure that this
// reader may see, and tells how many there are. There are at most MaxDisclosed.
func (e *Engine) DiscloseFigure(ctx context.Context, actor record.Actor, q EntriesQuery, reason string) (int, error) {
	span, err := e.mayOpen(ctx, actor, q)
	if err != nil {
		return 0, err
	}
	var ids []string
	err = e.view(ctx, func(r Reader, w *world) error {
		ind := w.counts().Indicator(q.Indicator)
		f := figures{r: r, world: w.telling(ind), actor: actor, today: Day(e.opt.Now()), top: q.Unit, memo: newMemo()}
		behind, err := f.behind(q, ind, span, maxEntries)
		if err != nil {
			return err
		}
		_, err = behind.walk(f.below(q.Unit), q.After.Place, func(c Counted, rec *record.Record) (bool, error) {
			if slices.Contains(ids, c.Entity) || !discloses(actor, w.places, rec) {
				return true, nil
			}
			if ids = append(ids, c.Entity); len(ids) > MaxDisclosed {
				return false, record.Errorf(record.TooMany, "more than %d sensitive entries behind the figure", MaxDisclosed)
			}
			return true, nil
		})
		return err
	})
	if err != nil {
		return 0, storeError(err)
	}
	return len(ids), e.disclose(ctx, actor, ids, reason)
}

// discloses reports whether a stated reason opens a record to a reader: only
// what she is otherwise told as a number.
func discloses(actor record.Actor, places *record.Places, rec *record.Record) bool {
	return rec.Type == record.Entry && rec.Sensitive && !access.Unsubmitted(rec) &&
		access.To(actor, places, rec.Unit, rec.Author) == access.Higher
}

func (e *Engine) disclose(ctx context.Context, actor record.Actor, ids []string, reason string) error {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return &record.Error{Code: record.MissingField, Field: "reason"}
	case utf8.RuneCountInString(reason) > change.MaxText:
		return &record.Error{Code: record.TooLong, Field: "reason"}
	}
	now := e.opt.Now()
	err := e.store.Update(ctx, func(tx Tx) error {
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			rec, err := tx.Record(id)
			if err != nil {
				return err
			}
			if rec == nil || !discloses(actor, s.world.places, rec) {
				return record.Errorf(record.NotFound, "nothing to disclose in %s", id)
			}
			if rec.OpenTo(actor.Account, now) {
				continue
			}
			if err := s.put(ownLine{Kind: kindDisclosure, Entity: id, Account: actor.Account, Reason: reason}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return storeError(err)
	}
	return nil
}

// setDisclosure keeps with the record who reads it and why, and so brings it to
// the phones of those who are to be told.
func (s *session) setDisclosure(l ownLine) error {
	before, err := s.tx.Record(l.Entity)
	if err != nil {
		return err
	}
	if before == nil {
		return record.Errorf(record.NotFound, "disclosed record %s", l.Entity)
	}
	rec := *before
	rec.Disclosures = append(slices.Clone(rec.Disclosures), record.Disclosure{By: l.Account, At: s.now, Reason: l.Reason})
	if over := len(rec.Disclosures) - record.MaxDisclosures; over > 0 { // the log keeps them all
		rec.Disclosures = rec.Disclosures[over:]
	}
	if err := s.tx.PutRecord(&rec); err != nil {
		return err
	}
	return s.publish(before, &rec)
}

// disclosedTo lists what stands open to an account: the lines of the last day
// in the server's own log.
func (e *Engine) disclosedTo(r Reader, account string) (map[string]bool, error) {
	log, err := r.Log(e.epoch)
	if err != nil {
		return nil, err
	}
	open := map[string]bool{}
	for n := log.Through; n > 0; n-- {
		l, err := r.Line(e.epoch, n)
		if err != nil || l == nil || l.Received+record.DisclosureMS <= e.opt.Now() {
			return open, err
		}
		if l.Entity == "" {
			continue
		}
		if own, err := parseOwn(l.Bytes); err == nil && own.Account == account {
			open[l.Entity] = true
		}
	}
	return open, nil
}
