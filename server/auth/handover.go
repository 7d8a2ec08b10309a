package auth

import (
	"context"
	"slices"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Handover is to whom a seat goes: an account that exists, or a new one.
type Handover struct {
	Seat  record.Seat
	To    string // id; "" for a new account
	Name  string
	Login string
}

// HandOver takes a seat from one account and gives it to another in one transaction. The account that loses it stays
// open: what its phones still hold goes up and waits (S14) until the manager receives it. A new account gets a code.
func (s *Service) HandOver(ctx context.Context, by, from string, to Handover) (*Account, *Code, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	_, held, err := s.target(ctx, m, from)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(held.Seats, to.Seat) || to.To == from {
		return nil, nil, &record.Error{Code: record.BadRequest, Field: "seat"}
	}
	rest := slices.DeleteFunc(slices.Clone(held.Seats), func(seat record.Seat) bool { return seat == to.Seat })
	if err := m.changes(from, held.Seats, rest); err != nil {
		return nil, nil, err
	}
	if err := m.gives([]record.Seat{to.Seat}); err != nil {
		return nil, nil, err
	}
	var successor *Account
	var b Beside
	now := []record.Seat{to.Seat}
	if to.To == "" {
		if successor, err = s.prepare(ctx, NewAccount{Name: to.Name, Login: to.Login, Seats: now, Invited: true}); err != nil {
			return nil, nil, err
		}
		b.Accounts = []Account{*successor}
		b.Events = append(b.Events, s.event(by, successor.ID, Opened, EventDetail{}))
	} else {
		var has *engine.Held
		if successor, has, err = s.target(ctx, m, to.To); err != nil {
			return nil, nil, err
		}
		if !successor.Active || slices.Contains(has.Seats, to.Seat) || to.To == by {
			return nil, nil, &record.Error{Code: record.NotAllowed}
		}
		now = append(slices.Clone(has.Seats), to.Seat)
	}
	b.Events = append(b.Events,
		s.event(by, from, HandedOver, EventDetail{Took: []record.Seat{to.Seat}, Other: successor.ID}),
		s.event(by, successor.ID, TookOver, EventDetail{Gave: []record.Seat{to.Seat}, Other: from}))
	// The successor first: a unit is never without the seat.
	err = s.seats.Appoint(ctx, []record.Actor{{Account: successor.ID, Seats: now}, {Account: from, Seats: rest}}, func(tx engine.Tx) error {
		return s.store.WriteBeside(tx, b)
	})
	if err != nil || to.To != "" {
		return successor, nil, err
	}
	codes, err := s.issue(ctx, by, []Holder{{*successor, now}}, false)
	if err != nil {
		return nil, nil, err
	}
	return successor, &codes[0], nil
}

// Received tells an account who took in what it had recorded where it no longer works, newest first.
func (s *Service) Received(ctx context.Context, account string) ([]Event, error) {
	events, err := s.store.EventsOf(ctx, account, eventsShown)
	return slices.DeleteFunc(events, func(e Event) bool { return e.What != WorkReceived }), err
}

// Receive takes in what an account recorded at a unit that it has left: in one transaction it gets a volunteer's seat
// there, by which what waits is decided in the log's order, and loses it again. It returns how many records waited.
func (s *Service) Receive(ctx context.Context, by, id, unit string) (int, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return 0, err
	}
	_, held, err := s.target(ctx, m, id)
	if err != nil {
		return 0, err
	}
	lent := record.Seat{Role: record.Volunteer, Unit: unit}
	if id == by || !MayGive(m.Actor, m.places, lent) {
		return 0, &record.Error{Code: record.ForeignUnit, Field: "unit"}
	}
	i := slices.IndexFunc(held.Awaiting, func(a engine.Awaiting) bool { return a.Unit == unit })
	if i < 0 {
		return 0, nil // received by another a moment ago, or nothing there: the same to who asks
	}
	n := held.Awaiting[i].Records
	with := append(slices.Clone(held.Seats), lent)
	err = s.seats.Appoint(ctx, []record.Actor{{Account: id, Seats: with}, {Account: id, Seats: held.Seats}}, func(tx engine.Tx) error {
		return s.store.WriteBeside(tx, Beside{Events: []Event{s.event(by, id, WorkReceived, EventDetail{Unit: unit, N: n})}})
	})
	return n, err
}
