package auth

import (
	"context"
	"slices"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Audit is a page of what was done to the accounts within an auditor's reach, newest first. It names accounts by what
// they sign in with: whose a seat is, is the managers' to know.
type Audit struct {
	Events   []Event
	Accounts map[string]AuditAccount // by id, of all accounts that an event mentions
	Next     int64                   // what comes before it is the next page; 0 where nothing does
}

// AuditAccount is an account as an auditor sees it: with the seats that it holds now within her reach.
type AuditAccount struct {
	Login string
	Seats []record.Seat
}

// auditPage bounds a page, auditRead what is read of the record at once in search of it.
const (
	auditPage = 50
	auditRead = 500
)

// Audit lists what was done to accounts that hold or held a seat at the auditor's units or below them, before an event
// (0: from the newest). Of what else such an account holds nothing is told. Errors: forbidden for who is no auditor.
func (s *Service) Audit(ctx context.Context, by record.Actor, before int64) (*Audit, error) {
	return s.audit(ctx, by, before, auditPage)
}

// AuditList lists the newest of it, for a file: Next says that there is more. Errors: as of Audit.
func (s *Service) AuditList(ctx context.Context, by record.Actor, most int) (*Audit, error) {
	return s.audit(ctx, by, 0, most)
}

func (s *Service) audit(ctx context.Context, by record.Actor, before int64, most int) (*Audit, error) {
	places := s.seats.Places()
	var tops []string
	for _, seat := range by.Seats {
		if seat.Role == record.Auditor {
			tops = append(tops, seat.Unit)
		}
	}
	if len(tops) == 0 {
		return nil, &record.Error{Code: record.Forbidden}
	}
	a := &auditing{service: s, held: map[string]engine.Held{}, here: func(unit string) bool {
		return slices.ContainsFunc(tops, func(top string) bool { return places.Within(unit, top) })
	}}
	out := &Audit{Accounts: map[string]AuditAccount{}}
	for {
		list, err := s.store.EventsBefore(ctx, before, auditRead)
		if err != nil {
			return nil, err
		}
		if err := a.know(ctx, list); err != nil {
			return nil, err
		}
		for _, e := range list {
			if len(out.Events) == most {
				out.Next = before
				return out, a.name(ctx, out)
			}
			before = e.Seq
			if told, ok := a.told(e); ok {
				out.Events = append(out.Events, told)
			}
		}
		if len(list) < auditRead {
			return out, a.name(ctx, out)
		}
	}
}

// auditing remembers what was asked for one page.
type auditing struct {
	service *Service
	here    func(unit string) bool
	held    map[string]engine.Held
}

// know reads the seats of the accounts that events are about.
func (a *auditing) know(ctx context.Context, list []Event) error {
	var ids []string
	for _, e := range list {
		if _, known := a.held[e.Account]; !known && !slices.Contains(ids, e.Account) {
			ids = append(ids, e.Account)
		}
	}
	held, err := a.service.seats.Held(ctx, ids)
	if err != nil {
		return err
	}
	for i, h := range held {
		a.held[ids[i]] = h
	}
	return nil
}

// told is an event as the auditor is told of it, if she is: without phones, and without seats and units beyond her reach.
func (a *auditing) told(e Event) (Event, bool) {
	h := a.held[e.Account]
	mine := len(a.seats(h.Seats)) > 0 || slices.ContainsFunc(h.Past, a.here)
	// A read token is its unit's: whose account made or revoked it does not matter.
	mine = mine || e.Detail.Token != ""
	seated := len(e.Detail.Gave)+len(e.Detail.Took) > 0
	e.Detail.Gave, e.Detail.Took, e.Detail.Phone = a.seats(e.Detail.Gave), a.seats(e.Detail.Took), ""
	if e.Detail.Unit != "" && !a.here(e.Detail.Unit) {
		return e, false
	}
	// A change of seats elsewhere is told to those elsewhere.
	if seated && len(e.Detail.Gave)+len(e.Detail.Took) == 0 {
		return e, false
	}
	return e, mine
}

func (a *auditing) seats(all []record.Seat) (out []record.Seat) {
	for _, seat := range all {
		if a.here(seat.Unit) {
			out = append(out, seat)
		}
	}
	return out
}

// name gives the accounts of a page.
func (a *auditing) name(ctx context.Context, out *Audit) error {
	for _, e := range out.Events {
		for _, id := range []string{e.Account, e.By, e.Detail.Other} {
			if _, known := out.Accounts[id]; known || id == "" {
				continue
			}
			account, err := a.service.store.AccountByID(ctx, id)
			if is(err, record.NotFound) {
				continue
			} else if err != nil {
				return err
			}
			out.Accounts[id] = AuditAccount{Login: account.Login, Seats: a.seats(a.held[id].Seats)}
		}
	}
	return nil
}
