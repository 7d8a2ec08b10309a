package auth

import (
	"slices"

	"niangjia/sync/record"
)

// Standing is how a unit lies to the unit of a manager's seat.
type Standing int

const (
	Elsewhere Standing = iota
	Own                // her own unit, which the one above looks after
	Top                // her own unit, and nobody above looks after it: the city
	Below              // right below or further down
)

// grants is the one table of who may give and take which role where: what a manager does at a unit that lies so to hers.
// Nobody appoints herself or her own reviewer, but at the top, where nobody else could: a city's entries are reviewed by
// a second account of the city.
var grants = map[Standing][]record.Role{
	Below: {record.Volunteer, record.Reviewer, record.Manager, record.Auditor},
	Top:   {record.Volunteer, record.Reviewer, record.Manager, record.Auditor},
	Own:   {},
}

// held says at which levels a role has its seat. Every level records; nothing is reviewed in a village.
var held = map[record.Role][]record.Level{
	record.Volunteer: {record.Village, record.Township, record.County, record.City, record.Province},
	record.Reviewer:  {record.Township, record.County, record.City, record.Province},
	record.Manager:   {record.Township, record.County, record.City, record.Province},
	record.Auditor:   {record.Village, record.Township, record.County, record.City, record.Province},
}

// StandingOf is the best that any of the actor's manager's seats gives.
func StandingOf(a record.Actor, p *record.Places, unit string) Standing {
	best := Elsewhere
	if _, known := p.Get(unit); !known {
		return best
	}
	for _, s := range a.Seats {
		if s.Role != record.Manager || !p.Within(unit, s.Unit) {
			continue
		}
		standing := Below
		if s.Unit == unit {
			standing = Own
			if p.Reviewing(unit) == unit {
				standing = Top
			}
		}
		best = max(best, standing)
	}
	return best
}

// Fits reports whether the role has a seat at the unit's level.
func Fits(p *record.Places, seat record.Seat) bool {
	unit, known := p.Get(seat.Unit)
	return known && slices.Contains(held[seat.Role], unit.Level)
}

// MayTake reports whether the actor may take a seat away from another account.
func MayTake(a record.Actor, p *record.Places, seat record.Seat) bool {
	return slices.Contains(grants[StandingOf(a, p, seat.Unit)], seat.Role)
}

// MayGive reports whether the actor may give a seat to another account.
func MayGive(a record.Actor, p *record.Places, seat record.Seat) bool {
	return Fits(p, seat) && MayTake(a, p, seat)
}

// MayHandle reports whether an account is the actor's to reset, close and rename: another's, with no seat beyond the
// actor's reach. An account that has a seat beyond it would otherwise be a way to what lies there.
func MayHandle(a record.Actor, p *record.Places, target record.Actor) bool {
	if target.Account == a.Account {
		return false
	}
	for _, s := range target.Seats {
		if !MayTake(a, p, s) {
			return false
		}
	}
	if len(target.Seats) > 0 {
		return true
	}
	for _, unit := range target.Past {
		if !reaches(a, p, unit) {
			return false
		}
	}
	return len(target.Past) > 0
}

// Sees reports whether an account is on the actor's list: it has or had a seat within her reach.
func Sees(a record.Actor, p *record.Places, target record.Actor) bool {
	for _, s := range target.Seats {
		if reaches(a, p, s.Unit) {
			return true
		}
	}
	return slices.ContainsFunc(target.Past, func(unit string) bool { return reaches(a, p, unit) })
}

func reaches(a record.Actor, p *record.Places, unit string) bool {
	return len(grants[StandingOf(a, p, unit)]) > 0
}
