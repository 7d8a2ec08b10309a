package simulation

import (
	"slices"

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
	ph      handset
	cat     *catalogue.Catalogue // that the phone has fetched
	skew    record.Instant       // what its clock shows beyond the true time
	silent  record.Instant       // no signal until then
	garbled record.Instant       // since when a row of it is not what it was, 0 if none is
	leads   bool                 // one of the app's tabs has an exchange under way
	copy    *device              // as it was when it was copied, until it goes back to that
	homes   []string             // households that it made
	entries []string             // entries that it made
	forms   struct {             // that a village records by
		of   *catalogue.Catalogue
		list []*catalogue.Form
	}
}

func (d *device) clock() record.Instant { return d.w.now + d.skew + d.w.cfg.Shift }

// jump sets the clock by up to 400 days.
func (d *device) jump() {
	d.skew += record.Instant((d.w.rng.Int64N(3) - 1) * d.w.rng.Int64N(int64(400*record.DayMS)))
}

// again is the same phone once more.
func (d *device) again() *device {
	c := *d
	c.ph, c.homes, c.entries, c.leads = handset{Phone: d.ph.Copy()}, slices.Clone(d.homes), slices.Clone(d.entries), false
	return &c
}

// save writes something into the phone, or does not: then nobody is told that it was saved. What the phone itself
// refuses is a failure.
func (d *device) save(what string, do func() error) bool {
	w := d.w
	if w.strikes(phoneFull, w.faults.PhoneFull) {
		return false
	}
	var before *phone.Phone // what lies on it: what it has in memory is gone when it dies
	at := 0                 // the write at which it does; where there are fewer, before the commit
	switch {
	case w.left > 0:
		before, at = d.ph.Copy(), w.left
	case !w.chance(w.faults.PhoneCrash):
	case w.chance(0.7):
		before, at = d.ph.Copy(), 1+w.rng.IntN(20)
	default:
		w.strikes(phoneAfter, 1)
	}
	w.tell("%s %s", d.account, what)
	last := d.ph.Last()
	left, died, err := at, false, error(nil)
	if before == nil {
		err = do()
	} else {
		left, died, err = d.dies(at, do)
	}
	if err != nil {
		w.fail("%s %s: %v", d.account, what, err)
	}
	switch {
	case before == nil || w.left > 0 && !died:
		if w.left > 0 {
			w.left = left
		}
		if d.ph.Last() > last {
			w.keeps(d.ph.Written())
		}
		return true
	case died:
		w.strikes(phoneAt, 1)
	default:
		w.strikes(phoneBefore, 1)
	}
	w.left = 0
	d.ph.Phone = before
	return false
}

// dies writes something into the phone, which dies at a write of it; where there are fewer it tells how many were left.
func (d *device) dies(at int, do func() error) (left int, died bool, err error) {
	type power struct{}
	d.ph.Failing(func() {
		if at--; at == 0 {
			panic(power{})
		}
	})
	defer func() {
		d.ph.Failing(nil)
		if gone := recover(); gone != nil {
			if _, died = gone.(power); !died {
				panic(gone)
			}
		}
		left = at
	}()
	return 0, false, do()
}

// walk is a volunteer's working day. It takes hours, and others walk at the same time: her phone alone is that much ahead
// when she saves, and the server's clock, which all others see, stays where it is. It once went on with every walk, and back
// at midnight: with 200 phones by six days.
func (d *device) walk() {
	w := d.w
	day, began := engine.Day(w.now), w.now
	defer func() { w.now = began }()
	for range w.rng.IntN(2*w.cfg.Entries + 1) {
		w.now += record.Instant(w.rng.Int64N(int64(hour / 2)))
		d.record(day)
	}
	if len(d.entries) > 0 && w.chance(0.3) {
		d.edit(d.entries[w.rng.IntN(len(d.entries))])
	}
	if !d.ph.Empty() && w.chance(0.5) { // a colleague's, if it is one
		others := d.lately(12)
		d.edit(others[w.rng.IntN(len(others))])
	}
	if len(d.entries) > 0 && w.chance(0.15) {
		id := d.entries[w.rng.IntN(len(d.entries))]
		if r := d.ph.Record(id); r != nil && (r.State == review.Draft || r.State == review.Submitted) {
			d.save("withdraw", func() error { return d.ph.Transition(d.clock(), id, review.Withdraw, nil) })
		}
	}
	for _, id := range d.entries {
		// Only a row says that an entry has come back: nothing that a volunteer does returns it.
		if row := d.ph.Row(id); row == nil || row.State != review.Returned {
			continue
		}
		if r := d.ph.Record(id); r != nil && r.State == review.Returned && d.sheet(r) != nil && w.chance(0.7) {
			d.correct(id)
		}
	}
	if w.strikes(poison, w.faults.Poison) {
		// No server takes a number for a text; what comes after it must not wait for it.
		d.save("poison", func() error {
			return d.ph.Create(d.clock(), phone.Draft{Type: record.Household, Entity: w.id(), Unit: d.seat.Unit,
				Fields: record.Content{"head": record.Int(w.rng.Int64N(100))}})
		})
	}
}

// lately are the newest records that have come to the phone: ids grow.
func (d *device) lately(n int) []string {
	var ids []string
	d.ph.Each(func(row *change.Row) {
		if len(ids) == n && row.Entity <= ids[0] {
			return
		}
		at, twice := slices.BinarySearch(ids, row.Entity)
		if twice {
			return
		}
		if ids = slices.Insert(ids, at, row.Entity); len(ids) > n {
			ids = ids[1:]
		}
	})
	return ids
}

// record makes an entry, and the household that it is about where that is new.
func (d *device) record(day string) {
	w := d.w
	if len(d.homes) == 0 || w.chance(0.2) {
		id := w.id()
		sheet := d.cat.Register(string(record.Household))
		fields := w.content(sheet, day, "", "")
		if !d.save("household", func() error {
			return d.ph.Create(d.clock(), phone.Draft{Type: record.Household, Entity: id, Unit: d.seat.Unit, Fields: fields})
		}) {
			return
		}
		d.homes = append(d.homes, id)
		if w.strikes(clockInSave, w.faults.Clock/20) { // the household and the entry are saved in one sitting
			d.jump()
		}
	}
	if d.forms.of != d.cat {
		d.forms.of, d.forms.list = d.cat, nil
		for _, id := range sorted(d.cat.Forms) {
			if f := d.cat.Form(id); f.RecordedAt(string(record.Village)) {
				d.forms.list = append(d.forms.list, f)
			}
		}
	}
	forms := d.forms.list
	form := forms[w.rng.IntN(len(forms))]
	before := ""
	if len(d.entries) > 0 && w.chance(0.1) {
		before = d.entries[w.rng.IntN(len(d.entries))]
	}
	id := w.id()
	fields := w.content(form, day, d.homes[w.rng.IntN(len(d.homes))], before)
	submit := w.chance(0.9)
	if d.save("entry", func() error {
		return d.ph.Create(d.clock(), phone.Draft{Type: record.Entry, Entity: id, Unit: d.seat.Unit, Form: form.ID, Fields: fields, Submit: submit})
	}) {
		d.entries = append(d.entries, id)
	}
	if form.Version < w.catalogue.Form(form.ID).Version {
		w.report.Counts[oldForm]++
	}
}

// edit changes a field or two of a record.
func (d *device) edit(id string) {
	r := d.ph.Record(id)
	sheet := d.sheet(r)
	if sheet == nil || r.Content == nil || r.State == review.Voided {
		return
	}
	news := d.news(r, sheet, 1+d.w.rng.IntN(2))
	d.save("edit", func() error { return d.ph.Patch(d.clock(), id, phone.Edit{Fields: news}) })
}

func (d *device) correct(id string) {
	r := d.ph.Record(id)
	news := d.news(r, d.sheet(r), 1)
	d.save("correct", func() error { return d.ph.Patch(d.clock(), id, phone.Edit{Fields: news, Submit: true}) })
}

func (d *device) sheet(r *record.Record) *catalogue.Form {
	switch {
	case r == nil:
		return nil
	case r.Type == record.Entry:
		return d.cat.Form(r.Form)
	}
	return d.cat.Register(string(r.Type))
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

// queue are the entries that wait for a decision, by what the server or the phone itself says, by id.
func (d *device) queue() []string {
	var ids []string
	d.ph.Each(func(row *change.Row) {
		if row.Type == record.Entry && !row.Stub && engine.Waits(row.State) {
			ids = append(ids, row.Entity)
		}
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

// review goes through a reviewer's queue.
func (d *device) review() {
	w := d.w
	for _, id := range d.queue() {
		r := w.cfg.look(d, id)
		if r == nil || r.Author == d.account || r.Content == nil || !engine.Waits(r.State) || w.chance(0.2) {
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
			d.save("resolve", func() error {
				return d.ph.Patch(d.clock(), id, phone.Edit{Fields: record.Content{c.Field: pick}, Resolve: []string{c.Field}})
			})
			continue
		}
		event, why := review.Approve, &change.Reason{Text: "请再写清楚"}
		switch {
		case w.chance(0.85):
			why = nil
		case r.State == review.Amended:
			event = review.Refuse
		default:
			event = review.Return
		}
		w.shown[sight{d.account, id, r.Content.Version()}] = true
		d.save(string(event), func() error { return w.cfg.decide(d, id, event, why) })
	}
}
