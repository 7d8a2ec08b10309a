package auth

import (
	"context"
	"slices"

	"niangjia/sync/record"
)

// Contact is whom to telephone at a unit.
type Contact struct {
	Name  string
	Roles []record.Role
	Phone string // "" where none is known
}

// Telephones gives who works at some units below a manager's, with the telephones that they sign in with: a number that a
// city's clerk calls is the one that the account was opened by. Other units of the list have nobody. It is kept that she
// has asked, in the name of the unit of which she did, for such a list leaves the house on paper. Errors: forbidden.
func (s *Service) Telephones(ctx context.Context, by, of string, units []string) (map[string][]Contact, error) {
	m, err := s.asManager(ctx, by)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, unit := range units {
		wanted[unit] = StandingOf(m.Actor, m.places, unit) == Below
	}
	all, err := s.store.Invitees(ctx, s.now())
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(i Invitee) bool { return !i.Active })
	ids := make([]string, len(all))
	for i, a := range all {
		ids[i] = a.ID
	}
	held, err := s.seats.Held(ctx, ids)
	if err != nil {
		return nil, err
	}
	out, n := map[string][]Contact{}, 0
	for i, a := range all {
		at := map[string][]record.Role{}
		for _, seat := range held[i].Seats {
			if wanted[seat.Unit] && seat.Role != record.Auditor {
				at[seat.Unit] = append(at[seat.Unit], seat.Role)
			}
		}
		for unit, roles := range at {
			c := Contact{Name: a.Name, Roles: roles}
			if mobile.MatchString(a.Login) {
				c.Phone = a.Login
			}
			out[unit] = append(out[unit], c)
			n++
		}
	}
	return out, s.store.Keep(ctx, s.event(by, by, Telephoned, EventDetail{Unit: of, N: n}))
}
