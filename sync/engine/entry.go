package engine

import (
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// EntryView is one record as far as a reader may see it.
type EntryView struct {
	View     access.View
	Record   *record.Record
	Decide   bool                      // she may decide on it now
	Withheld []string                  // keys of fields that are held back
	Named    map[string]*record.Record // households, persons and entries that it names, by id, likewise masked
	History  []Event
}

// Event is one change in a record's life.
type Event struct {
	Kind    change.Kind
	Event   review.Event
	By      string
	At      record.Instant // when the server received it
	Version string
	Outcome change.Result
	Fields  []string
	Reason  string
}

// Disclosed is the kind of an event that no phone sent: a reader of a higher level stated her reason (D1).
const Disclosed change.Kind = kindDisclosure

// Entry reads one record with its history, for those who may see it at all.
func (e *Engine) Entry(ctx context.Context, actor record.Actor, id string) (*EntryView, error) {
	var out *EntryView
	err := e.view(ctx, func(r Reader, w *world) error {
		rec, err := r.Record(id)
		if err != nil {
			return err
		}
		if rec == nil {
			return record.Errorf(record.NotFound, "record %s", id)
		}
		now := e.opt.Now()
		out = &EntryView{View: access.Entry(actor, w.places, rec, now), Named: map[string]*record.Record{}}
		above, err := e.decidesAbove(r, w, actor, rec)
		if err != nil {
			return err
		}
		out.Decide = above || Waits(rec.State) && rec.Author != actor.Account && actor.Has(record.Reviewer, w.places.Reviewing(rec.Unit))
		if above { // she must see what she decides on
			out.View = max(out.View, access.As(access.Deciding, rec))
		}
		rel := access.Of(actor, w.places, rec, now)
		whole := above || rel == access.Disclosed // with all that it names
		switch {
		case out.View == access.Number && discloses(actor, w.places, rec):
			return record.Errorf(record.ReasonNeeded, "record %s", id)
		case out.View == access.Nothing || out.View == access.Number:
			return record.Errorf(record.NotFound, "record %s is not for this reader", id)
		case out.View == access.Exists:
			out.Record = &record.Record{Type: rec.Type, ID: rec.ID, Unit: rec.Unit, State: rec.State}
			return nil
		}
		if out.Record = rec; !whole {
			out.Record, out.Withheld = masked(w, actor, rec, now)
		}
		if err := named(r, w, actor, rec, out, whole, now); err != nil {
			return err
		}
		out.History, err = history(r, id, out.Record != rec) // a reason's free words may name people
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// masked takes away the personal fields that a reader may not see.
func masked(w *world, actor record.Actor, rec *record.Record, now record.Instant) (*record.Record, []string) {
	rel := access.Of(actor, w.places, rec, now)
	if access.May(access.Personal, rel) == access.Whole {
		return rec, nil
	}
	sheet := sheetOf(w.catalogue, rec)
	personal := func(key string) bool {
		f := sheet.Field(key)
		return f == nil || f.Personal || f.Sensitive
	}
	if sheet == nil {
		personal = func(string) bool { return true }
	}
	out := *rec
	var withheld []string
	strip := func(c record.Content) record.Content {
		kept := record.Content{}
		for k, v := range c {
			if personal(k) {
				if !slices.Contains(withheld, k) {
					withheld = append(withheld, k)
				}
				continue
			}
			kept[k] = v
		}
		return kept
	}
	out.Content = strip(rec.Content)
	if rec.Approved != nil {
		out.Approved = strip(rec.Approved)
	}
	out.Refused, out.Reason = nil, nil // free words may name people
	out.Conflicts, out.Disclosures = nil, nil
	slices.Sort(withheld)
	return &out, withheld
}

// Mask shows the first character of a name and hides the rest: 王*.
func Mask(name string) string {
	for _, r := range name {
		return string(r) + "*"
	}
	return ""
}

func sheetOf(cat *catalogue.Catalogue, rec *record.Record) *catalogue.Form {
	if rec.Type == record.Entry {
		return cat.Form(rec.Form)
	}
	return cat.Register(string(rec.Type))
}

// named fetches what the record names. A reader from higher up sees of a
// household or person the first character of its name, unless she may read the
// entry whole: because she decides on it, or for a stated reason.
func named(r Reader, w *world, actor record.Actor, rec *record.Record, out *EntryView, whole bool, now record.Instant) error {
	sheet := sheetOf(w.catalogue, rec)
	if sheet == nil {
		return nil
	}
	for _, f := range sheet.Fields {
		var ids []string
		switch f.Type {
		case catalogue.TypeHousehold, catalogue.TypeEntry, catalogue.TypePerson:
			ids = rec.Content[f.Key].Strings()
		case catalogue.TypePeople:
			p, _ := rec.Content[f.Key].People()
			ids = p.Persons
		}
		for _, id := range ids {
			ref, err := r.Record(id)
			if err != nil {
				return err
			}
			if ref == nil {
				continue
			}
			view := access.Entry(actor, w.places, ref, now)
			if whole && ref.Type != record.Entry {
				view = max(view, access.As(access.Deciding, ref))
			}
			switch {
			case view == access.Masked:
				out.Named[id] = initials(w, ref)
			case view > access.Masked && ref.Type == record.Entry:
				out.Named[id], _ = masked(w, actor, ref, now)
			case view > access.Masked:
				out.Named[id] = ref
			}
		}
	}
	return nil
}

// initials keeps of a register's record the first character of its first summary field.
func initials(w *world, ref *record.Record) *record.Record {
	out := &record.Record{Type: ref.Type, ID: ref.ID, Unit: ref.Unit, State: ref.State, Content: record.Content{}}
	if sheet := sheetOf(w.catalogue, ref); sheet != nil && len(sheet.Summary) > 0 {
		key := sheet.Summary[0]
		out.Content[key] = record.Text(Mask(ref.Content[key].String()))
	}
	return out
}

func history(r Reader, id string, mute bool) ([]Event, error) {
	lines, err := r.History(id)
	if err != nil {
		return nil, err
	}
	var out []Event
	for _, l := range lines {
		if l.Outcome.Outcome == change.Rejected || l.Outcome.Outcome == change.Parked {
			continue
		}
		if l.Account == "" { // the server's own: a disclosure
			own, err := parseOwn(l.Bytes)
			if err != nil {
				return nil, err
			}
			ev := Event{Kind: Disclosed, By: own.Account, At: l.Received, Outcome: change.Applied}
			if !mute {
				ev.Reason = own.Reason
			}
			out = append(out, ev)
			continue
		}
		c, err := change.Decode(l.Bytes)
		if err != nil {
			continue
		}
		ev := Event{Kind: c.Kind, Event: c.Event, By: l.Account, At: l.Received, Version: l.Outcome.Version, Outcome: l.Outcome.Outcome}
		if !mute {
			for k := range c.Fields {
				ev.Fields = append(ev.Fields, k)
			}
			slices.Sort(ev.Fields)
			if c.Reason != nil {
				ev.Reason = c.Reason.Text
			}
		}
		out = append(out, ev)
	}
	return out, nil
}

// Urgent lists urgent entries that wait for a decision, for the reviewers and
// managers of the unit above and of the one above that; no content.
func (e *Engine) Urgent(ctx context.Context, actor record.Actor) ([]*record.Record, error) {
	var out []*record.Record
	err := e.view(ctx, func(r Reader, w *world) error {
		list, err := r.Pressing()
		if err != nil {
			return err
		}
		for _, rec := range list {
			near := w.places.Reviewing(rec.Unit)
			for _, unit := range []string{near, w.places.Reviewing(near)} {
				if actor.Has(record.Reviewer, unit) || actor.Has(record.Manager, unit) {
					out = append(out, &record.Record{Type: rec.Type, ID: rec.ID, Unit: rec.Unit, State: rec.State, SubmittedAt: rec.SubmittedAt})
					break
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// Divisions lists the units of an actor's scope: her units, all below, and all above.
func (e *Engine) Divisions(_ context.Context, actor record.Actor) []record.Division {
	w := e.world.Load()
	var out []record.Division
	for _, d := range w.places.All() {
		if slices.ContainsFunc(actor.Seats, func(s record.Seat) bool {
			return w.places.Within(d.Code, s.Unit) || w.places.Within(s.Unit, d.Code)
		}) {
			out = append(out, d)
		}
	}
	return out
}
