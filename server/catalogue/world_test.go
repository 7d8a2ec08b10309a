package catalogue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	built_in "niangjia/server/catalogue"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// today of the small city below; nothing in it was done later.
const today = "2026-11-22"

// A city of two counties, with two townships in each and two villages in each of those.
const (
	city     = "530900000000"
	county   = "530921000000"
	township = "530921101000"
	village  = "530921101201"
)

// town is a small city in memory with a phone for each of its units and each that reviews.
type town struct {
	t     *testing.T
	dice  *rand.Rand
	cat   *catalogue.Catalogue
	store engine.Store
	eng   *engine.Engine
	units []record.Division
	hands map[string]*phone.Phone // of who records, by unit
	eyes  map[string]*phone.Phone // of who reviews, by the unit that reviews
	homes map[string][]string     // households, by unit
	heads map[string][]string     // persons
	ids   int
	now   record.Instant
}

func newTown(t *testing.T, seed uint64) *town {
	t.Helper()
	return newTownIn(t, seed, memory.New())
}

// newTownIn builds it in a store.
func newTownIn(t *testing.T, seed uint64, store engine.Store) *town {
	t.Helper()
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, dice: rand.New(rand.NewPCG(seed, 5)), cat: cat, store: store,
		hands: map[string]*phone.Phone{}, eyes: map[string]*phone.Phone{}, homes: map[string][]string{}, heads: map[string][]string{}}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		t.Fatal(err)
	}
	w.now = record.Instant(now.Add(4 * time.Hour).UnixMilli())
	w.eng, err = engine.Open(t.Context(), w.store, cat, engine.Options{Now: w.at, NewID: w.id})
	w.must(err)
	w.units = []record.Division{{Code: city, Name: "试验市", Level: record.City}}
	for c := 1; c <= 2; c++ {
		of := fmt.Sprintf("53092%d000000", c)
		w.units = append(w.units, record.Division{Code: of, Name: fmt.Sprintf("%d县", c), Level: record.County, Parent: city})
		for s := 1; s <= 2; s++ {
			in := fmt.Sprintf("53092%d10%d000", c, s)
			w.units = append(w.units, record.Division{Code: in, Name: fmt.Sprintf("%d镇", s), Level: record.Township, Parent: of})
			for v := 1; v <= 2; v++ {
				code := fmt.Sprintf("53092%d10%d20%d", c, s, v)
				w.units = append(w.units, record.Division{Code: code, Name: fmt.Sprintf("%d村", v), Level: record.Village, Parent: in})
			}
		}
	}
	w.must(w.eng.SetDivisions(t.Context(), w.units))
	for _, u := range w.units {
		w.hands[u.Code] = w.person("hand"+u.Code, record.Seat{Role: record.Volunteer, Unit: u.Code})
		if u.Level != record.Village {
			w.eyes[u.Code] = w.person("eye"+u.Code, record.Seat{Role: record.Reviewer, Unit: u.Code})
		}
	}
	w.register()
	return w
}

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) id() string { w.ids++; return fmt.Sprintf("%032x", w.ids) }

func (w *town) person(account string, seat record.Seat) *phone.Phone {
	w.must(w.eng.SetSeats(w.t.Context(), account, []record.Seat{seat}))
	return phone.New(w.cat, account, w.id())
}

// sync exchanges until all is sent and all has come; nothing may be refused.
func (w *town) sync(p *phone.Phone) {
	w.t.Helper()
	for {
		head, lines := p.Request(phone.BatchChanges)
		answer, err := w.eng.Sync(context.Background(), engine.Who{Account: p.Account(), Device: "device-" + p.Account()}, head, lines)
		w.must(err)
		for _, o := range answer.Push.Outcomes {
			if o.Outcome != change.Applied && o.Outcome != change.Merged {
				w.t.Fatalf("%s, change %d: %s %s %s", p.Account(), o.N, o.Outcome, o.Code, o.Field)
			}
		}
		w.must(p.Receive(answer))
		if p.Waiting() == 0 && !answer.Pull.More {
			return
		}
	}
}

func (w *town) at() record.Instant { return w.now }

// register gives every unit three households with two persons each: an entry names those of its own unit.
func (w *town) register() {
	for _, u := range w.units {
		p := w.hands[u.Code]
		for range 3 {
			home := w.id()
			w.must(p.Create(w.at(), phone.Draft{Type: record.Household, Entity: home, Unit: u.Code, Fields: record.Content{"head": record.Text("甲")}}))
			w.homes[u.Code] = append(w.homes[u.Code], home)
			for range 2 {
				one := w.id()
				fields := record.Content{"name": record.Text("乙"), "household": record.Text(home)}
				w.must(p.Create(w.at(), phone.Draft{Type: record.Person, Entity: one, Unit: u.Code, Fields: fields}))
				w.heads[u.Code] = append(w.heads[u.Code], one)
			}
		}
		w.sync(p)
	}
}

// enter records an entry with random valid content on the unit's phone, such that aim counts it if there is one, and submits it.
func (w *town) enter(form *catalogue.Form, unit record.Division, follows string, aim *catalogue.Source) string {
	w.t.Helper()
	entity := w.id()
	content := w.content(form, unit, aim)
	if follows != "" && form.Field(catalogue.KeyFollows) != nil {
		content[catalogue.KeyFollows] = record.Text(follows)
	}
	w.put(form, unit, entity, content)
	if due := form.Due; due != nil && aim != nil && aim.Fulfilled {
		next := w.content(w.cat.Form(due.Form), unit, nil)
		for !due.Where.Match(next) {
			next = w.content(w.cat.Form(due.Form), unit, nil)
		}
		next[due.Same], next[catalogue.KeyOccurredOn] = content[due.Same], content[due.On]
		w.put(w.cat.Form(due.Form), unit, w.id(), next)
	}
	return entity
}

func (w *town) put(form *catalogue.Form, unit record.Division, entity string, content record.Content) {
	w.t.Helper()
	w.must(w.hands[unit.Code].Create(w.at(), phone.Draft{
		Type: record.Entry, Entity: entity, Unit: unit.Code, Form: form.ID, Fields: content, Submit: true,
	}))
}

// amend gives an entry other random valid content.
func (w *town) amend(r *record.Record) {
	w.t.Helper()
	unit, _ := w.eng.Places().Get(r.Unit)
	fields := w.content(w.cat.Form(r.Form), unit, nil)
	for key := range r.Content {
		if _, stays := fields[key]; !stays && key != catalogue.KeyFollows {
			fields[key] = ""
		}
	}
	w.must(w.hands[r.Unit].Patch(w.at(), r.ID, phone.Edit{Fields: fields}))
}

// exchange sends what all who record have, lets every reviewer decide, and brings the decisions back.
func (w *town) exchange(decide func(r *record.Record) review.Event) {
	w.t.Helper()
	for _, u := range w.units {
		w.sync(w.hands[u.Code])
	}
	for _, u := range w.units {
		p := w.eyes[u.Code]
		if p == nil {
			continue
		}
		w.sync(p)
		for _, id := range p.Entities() {
			r := p.Record(id)
			if r.Type != record.Entry || w.eng.Places().Reviewing(r.Unit) != u.Code {
				continue
			}
			event := decide(r)
			if event == "" {
				continue
			}
			var reason *change.Reason
			if event.NeedsReason() {
				reason = &change.Reason{Text: "试"}
			}
			w.must(p.Transition(w.at(), id, event, reason))
		}
		w.sync(p)
	}
	for _, u := range w.units {
		w.sync(w.hands[u.Code])
	}
}

// entries are all entries as the server has them, in the order of their ids.
func (w *town) entries() []*record.Record {
	w.t.Helper()
	var out []*record.Record
	w.must(w.store.View(context.Background(), func(r engine.Reader) error {
		return r.Records(func(one *record.Record) error {
			if one.Type == record.Entry {
				out = append(out, one)
			}
			return nil
		})
	}))
	slices.SortFunc(out, func(a, b *record.Record) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}
