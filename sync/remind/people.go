package remind

import (
	"slices"

	"niangjia/sync/record"
)

// People are the accounts that sign in, by their seats.
type People struct {
	at map[record.Seat][]string
}

// NewPeople sorts actors by their seats.
func NewPeople(list []record.Actor) *People {
	p := &People{at: make(map[record.Seat][]string, len(list))}
	for _, a := range list {
		for _, s := range a.Seats {
			p.at[s] = append(p.at[s], a.Account)
		}
	}
	for _, accounts := range p.at {
		slices.Sort(accounts)
	}
	return p
}

// At lists who has one of the roles at exactly this unit, each once.
func (p *People) At(unit string, roles ...record.Role) []string {
	var out []string
	for _, role := range roles {
		out = append(out, p.at[record.Seat{Role: role, Unit: unit}]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recording are those who can close a unit's gap: who records there; where nobody
// does, for a village the reviewers who may record for it (S26), and else the managers
// above, who can give somebody the seat.
func (p *People) recording(places *record.Places, unit string) []string {
	if at := p.At(unit, record.Volunteer, record.Reviewer); len(at) > 0 {
		return at
	}
	up := places.Reviewing(unit)
	if d, ok := places.Get(unit); ok && d.Level == record.Village {
		if at := p.At(up, record.Reviewer); len(at) > 0 {
			return at
		}
	}
	return p.At(up, record.Manager)
}

// approving are those who can decide on what waits at a unit; where the unit above has
// no reviewer it is one level higher (R4).
func (p *People) approving(places *record.Places, unit string) []string {
	up := places.Reviewing(unit)
	if at := p.At(up, record.Reviewer); len(at) > 0 {
		return at
	}
	return p.At(places.Reviewing(up), record.Reviewer)
}
