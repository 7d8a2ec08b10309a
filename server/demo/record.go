package demo

import (
	"slices"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/phone"
	"niangjia/sync/record"
)

// record makes an entry on a phone of the unit, with what of the register it needs.
func (y *year) record(u *unit, day int, midnight time.Time, f following) error {
	form := y.server.Catalogue().Form(f.form)
	w := f.by
	if w == nil {
		w = one(y.dice, u.recorders)
	}
	at := instant(midnight.Add(8*time.Hour + time.Duration(y.IntN(10*60))*time.Minute))
	about := f.home
	var failed error
	fill := y.filler(form, midnight, func(must bool) *home {
		if about == nil && (must || u.roomFor > 0) {
			if about, failed = y.home(u, w, at, midnight); failed != nil {
				return &home{}
			}
		}
		return about
	})
	content := fill.fill(f.given)
	for range 50 {
		if u.left[kept(form, content)]+adds(form, content) >= 0 {
			break
		}
		content = fill.fill(f.given) // nobody spends what she does not have
	}
	if failed != nil {
		return failed
	}
	if key := kept(form, content); key != "" {
		u.left[key] += adds(form, content)
	}
	id := y.id()
	y.made.Entries++
	if err := w.phone.Create(at, phone.Draft{
		Type: record.Entry, Entity: id, Unit: u.Code, Form: form.ID, Fields: content, Submit: true,
	}); err != nil {
		return err
	}
	u.reviewer.came(day)
	y.follow(u, w, day, form, id, content, about)
	y.plans(u, w, day, form, id, content)
	return nil
}

func (y *year) filler(sheet *catalogue.Form, day time.Time, home func(must bool) *home) *filler {
	return &filler{dice: y.dice, weights: y.weights, sheet: sheet, day: day, home: home}
}

// came notes that something will wait for a reviewer.
func (w *worker) came(day int) {
	if w.toCome == 0 {
		w.since = day
	}
	w.toCome++
}

// home is a household of the unit: a new one while there is room, else one that is known.
func (y *year) home(u *unit, w *worker, at record.Instant, midnight time.Time) (*home, error) {
	known := slices.DeleteFunc(slices.Clone(u.homes), func(h *home) bool { return !h.knownTo(w) })
	if n := len(known); n > 0 && (n >= u.roomFor || y.chance(float64(n)/float64(u.roomFor))) {
		return one(y.dice, known), nil
	}
	h := &home{id: y.id(), by: w}
	if err := y.register(u, w, at, midnight, record.Household, h, h.id); err != nil {
		return nil, err
	}
	y.made.Households++
	for range y.between(1, 3) {
		id := y.id()
		if err := y.register(u, w, at, midnight, record.Person, h, id); err != nil {
			return nil, err
		}
		y.made.Persons++
		h.persons = append(h.persons, id)
	}
	h.n = w.phone.Last()
	u.homes = append(u.homes, h)
	return h, nil
}

// knownTo reports whether a worker can have the household on her phone: it is hers, or was sent.
func (h *home) knownTo(w *worker) bool {
	return h.by == w || h.n <= h.by.phone.Last()-int64(h.by.phone.Waiting())
}

func (y *year) register(u *unit, w *worker, at record.Instant, midnight time.Time, typ record.Type, h *home, id string) error {
	content := y.filler(y.server.Catalogue().Register(string(typ)), midnight, func(bool) *home { return h }).fill(nil)
	return w.phone.Create(at, phone.Draft{Type: typ, Entity: id, Unit: u.Code, Fields: content})
}

// follow notes what an entry asks for: the visit on its due day, and the entry that it offers.
func (y *year) follow(u *unit, w *worker, day int, form *catalogue.Form, id string, content record.Content, about *home) {
	if due := form.Due; due != nil && content[due.On] != "" && about != nil &&
		y.server.Catalogue().Form(due.Form).RecordedAt(string(u.Level)) && y.chance(0.85) {
		on, err := time.ParseInLocation(time.DateOnly, content[due.On].String(), beijing)
		if err == nil {
			in := int(on.Sub(y.first) / (24 * time.Hour))
			if y.chance(0.85) {
				in -= int(y.between(0, 2)) // in time
			} else {
				in += int(y.between(1, 5)) // late
			}
			u.next = append(u.next, following{day: max(in, day+1), form: due.Form, by: w, home: about,
				given: followUp(y.server.Catalogue().Form(due.Form), due, id, content)})
		}
	}
	for _, offer := range form.Offers {
		to := y.server.Catalogue().Form(offer.Form)
		if offer.When.Match(content) && to.RecordedAt(string(u.Level)) && y.chance(0.6) {
			u.next = append(u.next, following{day: day + int(y.between(1, 6)), form: offer.Form, by: w, home: about,
				given: carried(offer, to, id, content)})
		}
	}
}

func followUp(to *catalogue.Form, due *catalogue.Due, id string, content record.Content) record.Content {
	given := record.Content{due.Same: content[due.Same]}
	if to.Field(catalogue.KeyFollows) != nil {
		given[catalogue.KeyFollows] = record.Text(id)
	}
	return given
}

// carried is what the app would put into the entry that is offered.
func carried(offer *catalogue.Offer, to *catalogue.Form, id string, content record.Content) record.Content {
	given := record.Content{}
	if to.Field(catalogue.KeyFollows) != nil {
		given[catalogue.KeyFollows] = record.Text(id)
	}
	for from, into := range offer.Carry {
		given[into] = content[from]
	}
	for _, m := range offer.Map {
		for _, choice := range content[m.From].Strings() {
			if v := m.Values[choice]; v != "" {
				given[m.To] = record.Text(v)
				if to.Field(m.To).Type == catalogue.TypeMany {
					given[m.To] = record.Set([]string{v})
				}
				break
			}
		}
	}
	return given
}
