package auth

import (
	"context"
	"slices"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// What managers do with the accounts of the units below theirs. Each asks authority.go, inside one lock, with the seats
// that the manager holds at that moment: of two managers who close one another's accounts only the first succeeds, and
// so a city always keeps one. Errors: forbidden for a caller who is no manager there, not_found for an account that she
// does not see, not_allowed for what is not hers to do, foreign_unit for a seat that is not hers to give.

// manager is a caller with what she may do now.
type manager struct {
	record.Actor
	places *record.Places
}

// Standing of an account by its state.
type AccountState string

const (
	NoCode  AccountState = "no_code" // opened; has neither a password nor a code that can be used
	Waiting AccountState = "invited" // has a code that can be used, and no password
	InUse   AccountState = "in_use"
	Shut    AccountState = "closed"
)

// Member is an account as a manager sees it.
type Member struct {
	Invitee
	Seats    []record.Seat
	State    AccountState
	Awaiting []engine.Awaiting // of the units within her reach
	Handle   bool              // hers to reset, close and rename
}

// MemberView is an account's page.
type MemberView struct {
	Member
	Phones []Phone
	Events []Event
	Names  map[string]string
}

// eventsShown bounds an account's page.
const eventsShown = 100

// asManager reads the caller's seats again, under the lock of who changes anything.
func (s *Service) asManager(ctx context.Context, by string) (*manager, error) {
	account, err := s.store.AccountByID(ctx, by)
	if err != nil {
		return nil, err
	}
	actor, err := s.seats.Actor(ctx, by)
	if err != nil {
		return nil, err
	}
	actor.Account = by
	if !account.Active || !slices.ContainsFunc(actor.Seats, func(seat record.Seat) bool { return seat.Role == record.Manager }) {
		return nil, &record.Error{Code: record.Forbidden}
	}
	return &manager{actor, s.seats.Places()}, nil
}

// target reads an account that the manager sees.
func (s *Service) target(ctx context.Context, m *manager, id string) (*Account, *engine.Held, error) {
	account, err := s.store.AccountByID(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	held, err := s.seats.Held(ctx, []string{id})
	if err != nil {
		return nil, nil, err
	}
	if !Sees(m.Actor, m.places, held[0].Actor) {
		return nil, nil, &record.Error{Code: record.NotFound}
	}
	return account, &held[0], nil
}

// handled reads an account that is the manager's to handle.
func (s *Service) handled(ctx context.Context, m *manager, id string) (*Account, *engine.Held, error) {
	account, held, err := s.target(ctx, m, id)
	if err != nil {
		return nil, nil, err
	}
	if !MayHandle(m.Actor, m.places, held.Actor) {
		return nil, nil, &record.Error{Code: record.NotAllowed}
	}
	return account, held, nil
}

func (m *manager) member(i Invitee, held engine.Held) Member {
	out := Member{Invitee: i, Seats: held.Seats, State: InUse, Handle: MayHandle(m.Actor, m.places, held.Actor)}
	switch {
	case !i.Active:
		out.State = Shut
	case i.Password == "" && i.CodeUntil.IsZero():
		out.State = NoCode
	case i.Password == "":
		out.State = Waiting
	}
	for _, a := range held.Awaiting {
		if reaches(m.Actor, m.places, a.Unit) {
			out.Awaiting = append(out.Awaiting, a)
		}
	}
	return out
}

// Roster lists the accounts that have a seat at the unit or below it, within the manager's reach, and those that had one
// and have none anywhere any more, or whose work there waits.
func (s *Service) Roster(ctx context.Context, by, unit string) ([]Member, error) {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, err
	}
	// Her own unit's page lists what is below it.
	if !slices.ContainsFunc(m.Seats, func(seat record.Seat) bool {
		return seat.Role == record.Manager && m.places.Within(unit, seat.Unit)
	}) {
		return nil, &record.Error{Code: record.ForeignUnit, Field: "unit"}
	}
	all, err := s.store.Invitees(ctx, s.now())
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(all))
	for i, a := range all {
		ids[i] = a.ID
	}
	held, err := s.seats.Held(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Member
	for i, a := range all {
		here := func(u string) bool { return m.places.Within(u, unit) && reaches(m.Actor, m.places, u) }
		listed := slices.ContainsFunc(held[i].Seats, func(seat record.Seat) bool { return here(seat.Unit) }) ||
			len(held[i].Seats) == 0 && slices.ContainsFunc(held[i].Past, here) ||
			slices.ContainsFunc(held[i].Awaiting, func(w engine.Awaiting) bool { return here(w.Unit) })
		if listed {
			out = append(out, m.member(a, held[i]))
		}
	}
	return out, nil
}

// Member shows one account. Phones and what was done to it are for who handles it.
func (s *Service) Member(ctx context.Context, by, id string) (*MemberView, error) {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, err
	}
	account, held, err := s.target(ctx, m, id)
	if err != nil {
		return nil, err
	}
	invitee := Invitee{Account: *account}
	e, err := s.store.EnrolmentOf(ctx, id)
	if err != nil && !is(err, record.NotFound) {
		return nil, err
	}
	if e != nil && e.UsedAt.IsZero() && s.now().Before(e.ExpiresAt) {
		invitee.CodeUntil = e.ExpiresAt
	}
	phones, err := s.store.Phones(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(phones) > 0 {
		invitee.LastSeen = phones[0].LastSeen
	}
	out := &MemberView{Member: m.member(invitee, *held)}
	if !out.Handle {
		return out, nil
	}
	out.Phones = phones
	if out.Events, err = s.store.EventsOf(ctx, id, eventsShown); err != nil {
		return nil, err
	}
	var ids []string
	for _, e := range out.Events {
		ids = append(ids, e.By, e.Detail.Other)
	}
	out.Names, err = s.Names(ctx, ids)
	return out, err
}

func (m *manager) gives(seats []record.Seat) error {
	for _, seat := range seats {
		if !MayGive(m.Actor, m.places, seat) {
			return &record.Error{Code: record.ForeignUnit, Field: "seats"}
		}
	}
	return nil
}

// OpenAccount opens an account without a password and gives the code that will set one.
func (s *Service) OpenAccount(ctx context.Context, by string, n NewAccount) (*Account, *Code, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, nil, err
	}
	if len(n.Seats) == 0 {
		return nil, nil, &record.Error{Code: record.BadRequest, Field: "seats"}
	}
	if err := checkSeats(n.Seats); err != nil {
		return nil, nil, err
	}
	if err := m.gives(n.Seats); err != nil {
		return nil, nil, err
	}
	n.Invited, n.ID, n.Password, n.Hash = true, "", "", ""
	a, err := s.add(ctx, by, n)
	if err != nil {
		return nil, nil, err
	}
	codes, err := s.issue(ctx, by, []Holder{{*a, n.Seats}}, false)
	if err != nil {
		return nil, nil, err
	}
	return a, &codes[0], nil
}

// IssueCodes gives each account a code in place of the one before. reset also takes the passwords away and ends all
// sessions: what was lost with a phone or told to somebody opens nothing any more.
func (s *Service) IssueCodes(ctx context.Context, by string, ids []string, reset bool) ([]Code, error) {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, err
	}
	holders := make([]Holder, 0, len(ids))
	for i, id := range ids {
		a, held, err := s.handled(ctx, m, id)
		if err != nil {
			return nil, err
		}
		if !a.Active || slices.Contains(ids[:i], id) {
			return nil, &record.Error{Code: record.NotAllowed}
		}
		holders = append(holders, Holder{*a, held.Seats})
	}
	return s.issue(ctx, by, holders, reset)
}

func (s *Service) issue(ctx context.Context, by string, holders []Holder, reset bool) ([]Code, error) {
	codes, list, events := make([]Code, 0, len(holders)), make([]Enrolment, 0, len(holders)), make([]Event, 0, len(holders))
	what := Invited
	if reset {
		what = WasReset
	}
	for _, h := range holders {
		c, e, err := s.newCode(h.Account, h.Seats)
		if err != nil {
			return nil, err
		}
		codes, list, events = append(codes, c), append(list, e), append(events, s.event(by, h.ID, what, EventDetail{}))
	}
	return codes, s.store.PutEnrolments(ctx, list, reset, events)
}

// Appoint replaces the seats of an account; only those that change must be the manager's to give and take.
func (s *Service) Appoint(ctx context.Context, by, id string, seats []record.Seat) error {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	if err := checkSeats(seats); err != nil {
		return err
	}
	_, held, err := s.target(ctx, m, id)
	if err != nil {
		return err
	}
	if err := m.changes(id, held.Seats, seats); err != nil {
		return err
	}
	return s.appoint(ctx, by, id, seats)
}

func (m *manager) changes(id string, before, after []record.Seat) error {
	if id == m.Account {
		return &record.Error{Code: record.NotAllowed}
	}
	gave, took := difference(before, after)
	if err := m.gives(gave); err != nil {
		return err
	}
	for _, seat := range took {
		if !MayTake(m.Actor, m.places, seat) {
			return &record.Error{Code: record.ForeignUnit, Field: "seats"}
		}
	}
	return nil
}

// SetOpen closes an account or opens it again. Its seats stay: what waits on its phones comes when it is open again.
func (s *Service) SetOpen(ctx context.Context, by, id string, open bool) error {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	if _, _, err := s.handled(ctx, m, id); err != nil {
		return err
	}
	return s.store.SetActive(ctx, id, open, s.event(by, id, whatOf(open), EventDetail{}))
}

// Rename sets the name that colleagues see.
func (s *Service) Rename(ctx context.Context, by, id, name string) error {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	if err := checkName(name); err != nil {
		return err
	}
	if _, _, err := s.handled(ctx, m, id); err != nil {
		return err
	}
	return s.store.SetName(ctx, id, strings.TrimSpace(name), s.event(by, id, Renamed, EventDetail{}))
}

// RevokePhone ends the sessions of an account on one phone. What waits there stays there, and goes up when somebody signs
// in with this account on it again.
func (s *Service) RevokePhone(ctx context.Context, by, id, device string) error {
	s.people.Lock()
	defer s.people.Unlock()
	m, err := s.asManager(ctx, by)
	if err != nil {
		return err
	}
	if _, _, err := s.handled(ctx, m, id); err != nil {
		return err
	}
	return s.store.EndPhone(ctx, id, device, s.event(by, id, PhoneEnded, EventDetail{Phone: device}))
}
