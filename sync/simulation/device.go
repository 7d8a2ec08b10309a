package simulation

import (
	"context"
	"errors"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// device is a phone in somebody's hand.
type device struct {
	w       *world
	account string
	id      string
	seat    record.Seat
	ph      *phone.Phone
	skew    record.Instant // what its clock shows beyond the true time
	silent  record.Instant // no signal until then
	garbled record.Instant // since when a row of it is not what it was, 0 if none is
	copy    *device        // as it was when it was copied, until it goes back to that
	homes   []string       // households that it made
	entries []string       // entries that it made
}

func (d *device) clock() record.Instant { return d.w.now + d.skew + d.w.cfg.Shift }

// did is told of every act; one that the phone itself refuses is a failure.
func (d *device) did(what string, err error) {
	d.w.tell("%s %s", d.account, what)
	if err != nil {
		d.w.fail("%s %s: %v", d.account, what, err)
	}
}

// walk is a volunteer's working day.
func (d *device) walk() {
	w := d.w
	day := engine.Day(w.now)
	for range w.rng.IntN(2*w.cfg.Entries + 1) {
		w.now += record.Instant(w.rng.Int64N(int64(hour / 2)))
		d.record(day)
	}
	if len(d.entries) > 0 && w.chance(0.3) {
		d.edit(d.entries[w.rng.IntN(len(d.entries))])
	}
	if others := d.ph.Entities(); len(others) > 0 && w.chance(0.5) { // a colleague's, if it is one; ids grow, so these are of late
		from := max(0, len(others)-12)
		d.edit(others[from+w.rng.IntN(len(others)-from)])
	}
	if len(d.entries) > 0 && w.chance(0.15) {
		id := d.entries[w.rng.IntN(len(d.entries))]
		if r := d.ph.Record(id); r != nil && (r.State == review.Draft || r.State == review.Submitted) {
			d.did("withdraw", d.ph.Transition(d.clock(), id, review.Withdraw, nil))
		}
	}
	for _, id := range d.entries {
		if r := d.ph.Record(id); r != nil && r.State == review.Returned && w.chance(0.7) {
			d.correct(id)
		}
	}
	if w.strikes("poison", w.faults.Poison) {
		// No server takes a number for a text; what comes after it must not wait for it.
		d.did("poison", d.ph.Create(d.clock(), phone.Draft{Type: record.Household, Entity: w.id(), Unit: d.seat.Unit,
			Fields: record.Content{"head": record.Int(w.rng.Int64N(100))}}))
	}
}

// record makes an entry, and the household that it is about where that is new.
func (d *device) record(day string) {
	w := d.w
	if len(d.homes) == 0 || w.chance(0.2) {
		id := w.id()
		sheet := w.cfg.Catalogue.Register(string(record.Household))
		d.did("household", d.ph.Create(d.clock(), phone.Draft{Type: record.Household, Entity: id, Unit: d.seat.Unit, Fields: w.content(sheet, day, "", "")}))
		d.homes = append(d.homes, id)
	}
	form := w.forms[w.rng.IntN(len(w.forms))]
	before := ""
	if len(d.entries) > 0 && w.chance(0.1) {
		before = d.entries[w.rng.IntN(len(d.entries))]
	}
	id := w.id()
	d.did("entry", d.ph.Create(d.clock(), phone.Draft{Type: record.Entry, Entity: id, Unit: d.seat.Unit, Form: form.ID,
		Fields: w.content(form, day, d.homes[w.rng.IntN(len(d.homes))], before), Submit: w.chance(0.9)}))
	d.entries = append(d.entries, id)
}

// edit changes a field or two of a record.
func (d *device) edit(id string) {
	r := d.ph.Record(id)
	sheet := d.sheet(r)
	if sheet == nil || r.Content == nil || r.State == review.Voided {
		return
	}
	d.did("edit", d.ph.Patch(d.clock(), id, phone.Edit{Fields: d.news(r, sheet, 1+d.w.rng.IntN(2))}))
}

func (d *device) correct(id string) {
	r := d.ph.Record(id)
	d.did("correct", d.ph.Patch(d.clock(), id, phone.Edit{Fields: d.news(r, d.sheet(r), 1), Submit: true}))
}

func (d *device) sheet(r *record.Record) *catalogue.Form {
	switch {
	case r == nil:
		return nil
	case r.Type == record.Entry:
		return d.w.cfg.Catalogue.Form(r.Form)
	}
	return d.w.cfg.Catalogue.Register(string(r.Type))
}

// news are new values for some fields of a record.
func (d *device) news(r *record.Record, sheet *catalogue.Form, n int) record.Content {
	out := record.Content{}
	day := r.Content[catalogue.KeyOccurredOn].String()
	for range n {
		f := sheet.Fields[d.w.rng.IntN(len(sheet.Fields))]
		if f.Type == catalogue.TypeHousehold || f.Type == catalogue.TypeEntry || !f.Shown(r.Content) {
			continue
		}
		if v := d.w.value(f, day, "", ""); v != "" {
			out[f.Key] = v
		}
	}
	return out
}

// review goes through a reviewer's queue.
func (d *device) review() {
	w := d.w
	for _, id := range d.ph.Entities() {
		r := d.ph.Record(id)
		if r == nil || r.Type != record.Entry || r.Author == d.account || r.Content == nil || !engine.Waits(r.State) || w.chance(0.2) {
			continue
		}
		if w.engine.Places().Reviewing(r.Unit) != d.seat.Unit {
			continue
		}
		if len(r.Conflicts) > 0 {
			c := r.Conflicts[w.rng.IntN(len(r.Conflicts))]
			pick := c.Value
			if w.chance(0.5) {
				pick = r.Content[c.Field]
			}
			d.did("resolve", d.ph.Patch(d.clock(), id, phone.Edit{Fields: record.Content{c.Field: pick}, Resolve: []string{c.Field}}))
			continue
		}
		switch why := (&change.Reason{Text: "请再写清楚"}); {
		case w.chance(0.85):
			d.did("approve", d.ph.Transition(d.clock(), id, review.Approve, nil))
		case r.State == review.Amended:
			d.did("refuse", d.ph.Transition(d.clock(), id, review.Refuse, why))
		default:
			d.did("return", d.ph.Transition(d.clock(), id, review.Return, why))
		}
	}
}

// sync exchanges until nothing is left or the line fails.
func (d *device) sync() {
	if d.w.now < d.silent {
		return
	}
	d.reckon()
	for range 100 {
		more, ok := d.exchange()
		if ok && !more {
			ok = d.mend()
		}
		if !ok || !more {
			return
		}
	}
	d.w.fail("%s: an exchange that never ends", d.account)
}

type request struct {
	head  change.Head
	lines [][]byte
}

// exchange is one request and its answer, through what may happen to both.
func (d *device) exchange() (more, ok bool) {
	w := d.w
	head, lines := d.ph.Request(phone.BatchChanges)
	r := request{head, lines}
	if w.strikes("request lost", w.faults.RequestLost) {
		return false, false
	}
	if w.strikes("late", w.faults.Late) {
		w.plan(w.now+record.Instant(w.rng.Int64N(int64(48*hour))), func() { _, _ = d.serve(r) })
	}
	if w.strikes("twice", w.faults.Twice) {
		_, _ = d.serve(r)
	}
	answer, err := d.serve(r)
	var parted *change.Fork
	if errors.As(err, &parted) {
		d.fork(parted.Common)
		return true, true
	}
	if err != nil {
		return false, false
	}
	if w.strikes("portal", w.faults.Portal) {
		if d.ph.Receive(&change.Answer{}) == nil {
			w.fail("%s takes a portal's page for an answer", d.account)
		}
		return false, false
	}
	if w.strikes("answer lost", w.faults.AnswerLost) {
		return false, false
	}
	var ahead phone.ErrFork
	if err := w.cfg.hear(d, answer); errors.As(err, &ahead) {
		d.fork(ahead.Common)
		return true, true
	} else if err != nil {
		w.fail("%s: %v", d.account, err)
		return false, false
	}
	return d.ph.Waiting() > 0 || answer.Pull.More, true
}

// fork lets the phone's log go on after what it and the server's have in common.
func (d *device) fork(common int64) {
	d.w.report.Counts["fork"]++
	d.did("fork", d.ph.Fork(common, d.w.id()))
}

// serve is the server's side of an exchange.
func (d *device) serve(r request) (*change.Answer, error) {
	w := d.w
	answer, err := w.engine.Sync(context.Background(), engine.Who{Account: d.account, Device: d.id}, r.head, r.lines)
	if err != nil {
		var refused *record.Error
		if w.store.dead {
			w.reboot()
		} else if errors.As(err, &refused) && refused.Code != record.Unavailable && refused.Code != record.Fork {
			w.fail("%s is refused: %v", d.account, err)
		}
		return nil, err
	}
	w.tell("%s through %d of %d, %d rows", d.account, answer.Push.Through, d.ph.Last(), len(answer.Pull.Rows))
	for _, o := range answer.Push.Outcomes {
		w.report.Counts["outcome "+string(o.Outcome)]++
		w.tell("%d %s %s", o.N, o.Outcome, o.Code)
	}
	d.leaks(answer.Pull.Rows)
	return answer, nil
}

// leaks holds every row of an answer to what this reader may see at this moment.
func (d *device) leaks(rows []change.Row) {
	err := d.w.store.View(context.Background(), func(r engine.Reader) error {
		actor, err := r.Actor(d.account)
		if err != nil {
			return err
		}
		feeds := access.Feeds(actor, d.w.engine.Places())
		for _, row := range rows {
			if !slices.Contains(feeds, row.Feed) {
				d.w.fail("%s was sent a row of %s", d.account, row.Feed)
			}
			rec, err := r.Record(row.Entity)
			if err != nil {
				return err
			}
			if row.Gone || rec == nil {
				continue
			}
			may := access.Entry(actor, d.w.engine.Places(), rec, d.w.now)
			if may < access.Exists || may < access.Whole && len(row.Content) > 0 {
				d.w.fail("%s was sent record %s, of which she may see %d", d.account, row.Entity, may)
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDead) {
		d.w.fail("%v", err)
	}
}
