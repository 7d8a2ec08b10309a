package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
)

// copyOffSite is the nightly copy of a server that is in order; phones forget what it has after their time.
func (w *world) copyOffSite() {
	w.insist(func() error {
		var last int64
		err := w.store.Store.View(context.Background(), func(r engine.Reader) (err error) {
			last, err = r.LastSeq()
			return err
		})
		if err != nil {
			return err
		}
		return engine.Copied(context.Background(), w.store, last)
	})
	w.insist(func() error {
		for range 20 { // what is counted anew goes on in the days after
			if more, err := w.engine.Tend(context.Background()); err != nil || !more {
				return err
			}
		}
		return nil
	})
}

// backup copies the store; 1 hour to 30 days later the server is lost and comes back from that.
func (w *world) backup() {
	c, taken := w.store.Copy(), w.now
	if c == nil {
		return
	}
	away := hour + record.Instant(w.rng.Int64N(int64(3*record.DayMS)))
	if w.chance(0.3) {
		away = hour + record.Instant(w.rng.Int64N(int64(30*record.DayMS-hour)))
	}
	if w.cfg.Trace != nil && w.cfg.Trace.OffSite { // further than any phone remembers: then something is lost, and said
		away += 32 * record.DayMS
	}
	w.plan(w.now+away, func() { w.rewind(c, taken) })
}

// rewind loses the server; it comes back from a copy.
func (w *world) rewind(c Store, taken record.Instant) {
	// A copy of what is no more. Of two things at one moment nobody can say which was first: a copy of the moment at which
	// the server was lost may be of what was lost.
	if slices.ContainsFunc(w.rewinds, func(p past) bool { return p.to < taken && taken <= p.at }) {
		return
	}
	w.rewinds = append(w.rewinds, past{w.now, taken})
	w.strikes(rewound, 1)
	w.store = &frail{Store: c, plan: sound}
	opt := engine.Options{Now: w.serverNow, NewID: w.id}
	if _, err := engine.Renew(context.Background(), w.store, opt); err != nil {
		w.fail("restore: %v", err)
	}
	w.reboot()
	w.store.plan = w.doom
	for one := range w.lone { // whose phone is gone; the copy may have it or not
		delete(w.saved, one)
	}
	clear(w.lone)
	// What the copy has is promised still; of what it does not have, what phones keep: and they keep all that such a
	// copy may lack, unless they were lost themselves.
	clear(w.through)
	kept := map[place]bool{}
	for _, d := range w.devices {
		note(d.ph.Phone, kept)
	}
	err := c.View(context.Background(), func(r engine.Reader) error {
		lost := 0
		for at := range w.ledger {
			l, err := r.Line(at.epoch, at.n)
			if err != nil {
				return err
			}
			if l != nil {
				continue
			}
			delete(w.ledger, at)
			if w.told[at] && !kept[at] && !w.gone[at] {
				lost++
			}
		}
		if lost > 0 {
			w.fail("the server lost %d changes that no phone has any more", lost)
		}
		return nil
	})
	if err != nil {
		w.fail("%v", err)
	}
	w.divide() // what a manager has done since
	for _, d := range w.devices {
		w.seat(d.account)
	}
}

// note adds all that a phone keeps.
func note(p *phone.Phone, to map[place]bool) {
	_ = p.Lines(func(epoch string, n int64, _ []byte) error {
		to[place{epoch, n}] = true
		return nil
	})
}

// clone copies somebody's phone to another one; both are used from now on.
func (w *world) clone() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	w.strikes(cloned, 1)
	c := d.again()
	c.copy = nil
	w.devices = append(w.devices, c)
}

// restorePhone copies a phone, and some days later sets it back to that.
func (w *world) restorePhone() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	if d.copy != nil {
		return
	}
	d.ph.keep()
	d.copy = d.again()
	w.plan(w.now+record.Instant(1+w.rng.Int64N(20))*record.DayMS, func() {
		if d.copy == nil {
			return
		}
		w.strikes(restored, 1)
		note(d.ph.Phone, w.gone)
		at := d.copy
		w.lost(d.ph.Phone, at.ph.Phone)
		d.ph, d.cat, d.id, d.homes, d.entries, d.copy = d.ph.back(at.ph), at.cat, at.id, at.homes, at.entries, nil
		if at.seat != d.seat {
			d.homes = nil
		}
	})
}

// evict empties a phone; she signs in again. What was sent comes back.
func (w *world) evict() {
	d := w.devices[w.rng.IntN(len(w.devices))]
	w.strikes(evicted, 1)
	note(d.ph.Phone, w.gone)
	w.lost(d.ph.Phone, nil)
	d.id, d.cat = w.id(), w.catalogue
	d.ph = handset{Phone: phone.New(d.cat, d.account, w.id())}
	d.homes, d.entries, d.copy = nil, nil, nil
}

// busiest is one of three phones, that with the longest queue.
func (w *world) busiest() *device {
	d := w.devices[w.rng.IntN(len(w.devices))]
	if w.cfg.Trace != nil {
		return d // recorded worlds were chosen for what happens in them
	}
	for range 2 {
		if o := w.devices[w.rng.IntN(len(w.devices))]; o.seat.Role == record.Volunteer && (d.seat.Role != record.Volunteer || o.ph.Waiting() > d.ph.Waiting()) {
			d = o
		}
	}
	return d
}

// fallBack starts the server by a program that does not know a word of what phones send; some days later by one that does.
func (w *world) fallBack() {
	if w.words != nil {
		return
	}
	w.strikes(behind, 1)
	all := []string{
		"type:entry", "type:household", "type:person", "kind:create", "kind:patch", "kind:transition",
		"event:submit", "event:withdraw", "event:approve", "event:return", "event:refuse", "event:void", "event:reinstate",
	}
	at := w.rng.IntN(len(all))
	w.words = slices.Delete(slices.Clone(all), at, at+1)
	w.reboot()
	w.tell("without %s", all[at])
	w.plan(w.now+record.Instant(1+w.rng.Int64N(5))*record.DayMS, func() {
		w.words = nil
		w.reboot()
	})
}

// unseat takes a volunteer's seat for some days, whatever waits on her phone.
func (w *world) unseat() {
	d := w.busiest()
	if d.seat.Role != record.Volunteer || w.unseated[d.account] {
		return
	}
	w.strikes(seatLost, 1)
	if d.ph.Waiting() > 0 {
		w.strikes(seatQueue, 1)
	}
	w.unseated[d.account] = true
	w.seat(d.account)
	w.plan(w.now+record.Instant(1+w.rng.Int64N(10))*record.DayMS, func() {
		delete(w.unseated, d.account)
		w.seat(d.account)
	})
}

// move gives a volunteer a seat in another village instead of hers.
func (w *world) move() {
	d := w.busiest()
	village := w.village()
	if d.seat.Role != record.Volunteer || village.Code == d.seat.Unit {
		return
	}
	w.strikes(accountMoved, 1)
	if d.ph.Waiting() > 0 {
		w.strikes(movedQueue, 1)
	}
	w.seats[d.account] = record.Seat{Role: record.Volunteer, Unit: village.Code}
	for _, o := range w.devices {
		if o.account == d.account {
			o.seat, o.homes = w.seats[d.account], nil
		}
	}
	w.seat(d.account)
}

// seat gives an account its seat or takes it.
func (w *world) seat(account string) {
	var seats []record.Seat
	held := !w.unseated[account]
	if held {
		seats = []record.Seat{w.seats[account]}
	}
	w.insist(func() error { return w.engine.SetSeats(context.Background(), account, seats) })
	w.tell("seat %s %v", account, seats)
}

func (w *world) village() *record.Division {
	for {
		if d := &w.divisions[w.rng.IntN(len(w.divisions))]; d.Level == record.Village {
			return d
		}
	}
}

// redivide renames a village, or puts it under another township.
func (w *world) redivide() {
	w.divisions = slices.Clone(w.divisions)
	d := w.village()
	var towns []string
	for _, t := range w.divisions {
		if t.Level == record.Township && t.Code != d.Parent {
			towns = append(towns, t.Code)
		}
	}
	if len(towns) == 0 || w.chance(0.5) {
		w.strikes(unitRenamed, 1)
		d.Name += "改"
	} else {
		w.strikes(unitMoved, 1)
		d.Parent = towns[w.rng.IntN(len(towns))]
	}
	if slices.ContainsFunc(w.devices, func(o *device) bool { return o.seat.Unit == d.Code && o.ph.Waiting() > 0 }) {
		w.strikes(unitQueue, 1)
	}
	w.divide()
}

// divide puts the divisions in force.
func (w *world) divide() {
	w.insist(func() error { return w.engine.SetDivisions(context.Background(), w.divisions) })
	w.tell("divisions")
}

// reform starts the server with a catalogue in which a form has one more field, and an indicator counts otherwise. Phones
// learn of it when they come.
func (w *world) reform() {
	which := w.rng.IntN(len(w.catalogue.Forms))
	to := []func(map[string]any){newer(which)}
	if w.cfg.Trace == nil { // recorded worlds stay what they are
		w.strikes(figureChanged, 1)
		to = append(to, w.otherwise(which))
	}
	cat, err := remade(w.cfg.shelf.read, w.catalogue, to...)
	if err != nil {
		w.fail("another catalogue: %v", err)
		return
	}
	w.strikes(formChanged, 1)
	w.catalogue, w.catalogues[cat.Hash] = cat, cat
	w.reboot()
	w.tell("catalogue %s", cat.Hash)
}

// campaign publishes a campaign that counts by a condition of its own, and extends the one before: entries are counted anew
// by both.
func (w *world) campaign() {
	top := w.divisions[slices.IndexFunc(w.divisions, func(d record.Division) bool { return d.Level == record.City })].Code
	chief := record.Actor{Account: "chief", Seats: []record.Seat{{Role: record.Manager, Unit: top}}}
	forms := sorted(w.catalogue.Forms)
	today := engine.Day(w.now)
	next := campaign.Campaign{ID: w.id(), Version: 1, Unit: top, State: campaign.Running, Title: "x",
		Counts: campaign.Counts{Form: forms[w.rng.IntN(len(forms))], Measure: campaign.Entries},
		Start:  dayAfter(today, -5), Deadline: dayAfter(today, 2), Targets: campaign.Each([]string{w.village().Code}, 3)}
	w.insist(func() error { // what was committed before a death is not done again
		list, _, err := w.engine.Campaigns(context.Background())
		if err != nil || slices.ContainsFunc(list, func(c campaign.Campaign) bool { return c.ID == next.ID }) {
			return err
		}
		for _, c := range list {
			if c.Deadline < next.Deadline {
				longer, err := c.Extended(next.Deadline, today)
				if err != nil {
					return err
				}
				if err := w.engine.PutCampaign(context.Background(), chief, longer); err != nil {
					return err
				}
				break
			}
		}
		return w.engine.PutCampaign(context.Background(), chief, next)
	})
	w.tell("campaign %s", next.ID)
}

// pieces are small, and none is done with the catalogue itself: exchanges come between them.
func (w *world) pieces() engine.Pieces {
	if w.cfg.Trace != nil {
		return engine.Pieces{}
	}
	return engine.Pieces{AtOnce: -1, Entries: 5}
}

// countOn counts a piece anew, if another catalogue left anything to be counted.
func (w *world) countOn() {
	if w.store.dead || w.healing || w.cfg.Trace != nil {
		return
	}
	walk, err := w.engine.Recounting(context.Background())
	if err != nil || walk == nil {
		return
	}
	w.strikes(countedBetween, 1)
	if _, err := w.engine.Tend(context.Background()); err != nil && w.store.dead {
		w.strikes(diedCounting, 1)
		w.reboot()
	}
}

// remade lets some change a catalogue one after the other, and reads what it is then. Its hash is of each change.
func remade(read engine.Reading, cat *catalogue.Catalogue, to ...func(whole map[string]any)) (*catalogue.Catalogue, error) {
	var whole map[string]any
	if err := json.Unmarshal(cat.JSON(), &whole); err != nil {
		return nil, err
	}
	for _, change := range to {
		change(whole)
		raw, err := json.Marshal(whole)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(raw)
		whole["hash"] = hex.EncodeToString(sum[:])
	}
	raw, err := json.Marshal(struct { // as it will stand in the ledger
		Hash       any `json:"hash"`
		Sections   any `json:"sections,omitempty"`
		Forms      any `json:"forms"`
		Registers  any `json:"registers"`
		Indicators any `json:"indicators"`
	}{whole["hash"], whole["sections"], whole["forms"], whole["registers"], whole["indicators"]})
	if err != nil {
		return nil, err
	}
	return read(raw)
}

// otherwise lets an indicator count only entries with one answer to a question; or, the next time, all that it counted
// before.
func (w *world) otherwise(which int) func(whole map[string]any) {
	return func(whole map[string]any) {
		list, _ := whole["indicators"].([]any)
		for i := range list {
			ind, _ := list[(which+w.report.Counts[figureChanged]+i)%len(list)].(map[string]any)
			sources, _ := ind["sources"].([]any)
			if len(sources) == 0 {
				continue
			}
			source, _ := sources[0].(map[string]any)
			id, _ := ind["id"].(string)
			if was, narrowed := w.narrowed[id]; narrowed {
				if delete(w.narrowed, id); was == "" {
					delete(source, "where")
				} else {
					source["where"] = was
				}
				return
			}
			form, _ := source["form"].(string)
			for _, f := range w.catalogue.Form(form).Fields {
				if f.Type != catalogue.TypeOne {
					continue
				}
				was, _ := source["where"].(string)
				w.narrowed[id] = was
				source["where"] = f.Key + " == '" + f.Choices[len(f.Choices)-1].Key + "'"
				return
			}
		}
	}
}

// newer lets one form have a new version.
func newer(which int) func(whole map[string]any) {
	return func(whole map[string]any) {
		forms, _ := whole["forms"].([]any)
		form, _ := forms[which].(map[string]any)
		fields, _ := form["fields"].([]any)
		version, _ := form["version"].(float64)
		form["version"] = version + 1
		form["fields"] = append(fields, map[string]any{
			"key": "added_" + string(rune('a'+len(fields)%26)), "type": "text", "label": map[string]any{"zh": "新问", "en": "New question"},
		})
	}
}
