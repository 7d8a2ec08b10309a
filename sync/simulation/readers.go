package simulation

import (
	"context"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// What follows says who keeps what on her phone, in words of its own: what the engine asks (sync/access) is not asked
// here, so that one mistake does not hold itself to be right.

// reads gives the audiences that somebody belongs to.
func (w *world) reads(account string) map[string]bool {
	out := map[string]bool{}
	if w.unseated[account] {
		return out
	}
	seat := w.seats[account]
	out["own:"+account], out["unit:"+seat.Unit] = true, true
	if seat.Role != record.Reviewer {
		return out
	}
	for _, d := range w.divisions {
		if d.Parent == seat.Unit || d.Code == seat.Unit && d.Level == record.City {
			out["unit:"+d.Code], out["review:"+d.Code] = true, true
		}
	}
	return out
}

// shows gives the audiences of a record: whole to some, to others only that it is there.
func shows(r *record.Record) (whole []string, stub string) {
	switch {
	case r.Type != record.Entry:
		return []string{"unit:" + r.Unit}, ""
	case r.State == review.Draft, r.State == review.Withdrawn && r.ApprovedAt == 0:
		return []string{"own:" + r.Author}, ""
	case r.Sensitive:
		return []string{"own:" + r.Author, "review:" + r.Unit}, "unit:" + r.Unit
	}
	return []string{"unit:" + r.Unit}, ""
}

// bare is all that a stub says.
func bare(r *record.Record) change.Row {
	return change.Row{Type: r.Type, Entity: r.ID, Unit: r.Unit, State: r.State, Stub: true}
}

// leaks holds every row of an answer to what this reader may see at this moment.
func (w *world) leaks(account string, rows []change.Row) {
	mine := w.reads(account)
	err := w.store.Store.View(context.Background(), func(r engine.Reader) error {
		for _, row := range rows {
			if !mine[row.Feed] {
				w.fail("%s was sent a row of %s", account, row.Feed)
			}
			if row.Gone {
				if !same(row, change.Row{Feed: row.Feed, Seq: row.Seq, Type: row.Type, Entity: row.Entity, Gone: true}) {
					w.fail("a tombstone of %s tells %s", row.Entity, text(row))
				}
				continue
			}
			rec, err := r.Record(row.Entity)
			if err != nil {
				return err
			}
			if rec == nil {
				w.fail("%s was sent record %s, which there is not", account, row.Entity)
				continue
			}
			if whole, stub := shows(rec); !slices.Contains(whole, row.Feed) {
				seq, feed := row.Seq, row.Feed
				row.Seq, row.Feed = 0, ""
				if feed != stub || !same(row, bare(rec)) {
					w.fail("%s was sent of record %s in %s at %d what is not for her", account, rec.ID, feed, seq)
				}
			}
		}
		return nil
	})
	if err != nil {
		w.fail("%v", err)
	}
}

// holdings are the rows that every audience should have now, by its feed and the record.
func holdings(r engine.Reader) (map[string]map[string]change.Row, error) {
	out := map[string]map[string]change.Row{}
	put := func(feed, id string, row change.Row) {
		if out[feed] == nil {
			out[feed] = map[string]change.Row{}
		}
		out[feed][id] = row
	}
	err := r.Records(func(rec *record.Record) error {
		whole, stub := shows(rec)
		for _, feed := range whole {
			put(feed, rec.ID, change.RowOf(rec))
		}
		if stub != "" {
			put(stub, rec.ID, bare(rec))
		}
		return nil
	})
	return out, err
}

// digests: what the server says a feed's rows add up to is so (S18).
func (w *world) digests(r engine.Reader, all map[string]map[string]change.Row) error {
	ids := sorted(all)
	feeds, err := r.Feeds(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var sum change.Digest
		for _, row := range all[id] {
			sum = sum.Plus(change.Of(row.Reckoned()))
		}
		if f := feeds[id]; !f.Counted || f.Digest != sum {
			w.fail("the digest of %s is %v and should be %v", id, f.Digest, sum)
		}
	}
	return nil
}

// agrees: the phone has exactly what its feeds are by the rules, found without the feeds' tables.
func (d *device) agrees(r engine.Reader, all map[string]map[string]change.Row) error {
	mine := d.w.reads(d.account)
	have := map[string]int{}
	var wrong []string
	d.ph.Each(func(kept *change.Row) {
		row := *kept
		row.Feed, row.Seq = "", 0
		have[kept.Feed]++
		want, there := all[kept.Feed][row.Entity]
		switch {
		case !there || !mine[kept.Feed]:
			wrong = append(wrong, "has "+row.Entity+" of "+kept.Feed+" and should not")
		case !same(row, want):
			wrong = append(wrong, "has of "+kept.Feed+"\n"+text(row)+"\nand should have\n"+text(want))
		}
	})
	for feed := range mine {
		if have[feed] != len(all[feed]) {
			wrong = append(wrong, "does not have all of "+feed)
		}
	}
	slices.Sort(wrong)
	for _, what := range wrong {
		d.w.fail("%s %s", d.account, what)
	}
	return d.proves(r, sorted(mine))
}
