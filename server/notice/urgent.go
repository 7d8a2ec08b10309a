package notice

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// opensWithin is how long those who were told have to open an urgent entry before the level above is told (N8).
const opensWithin = 2 * time.Hour

// urgentLasts is for how long it is tried to reach somebody outside the inbox.
const urgentLasts = 24 * time.Hour

// Alarm tells of what has come, and raises what nobody has opened.
func (s *Service) Alarm(ctx context.Context) error {
	untold, err := s.opt.Store.Untold(ctx)
	if err != nil {
		return err
	}
	now := s.opt.Now()
	unopened, err := s.opt.Store.Unopened(ctx, now.Add(-opensWithin), now)
	if err != nil || len(untold)+len(unopened) == 0 {
		return err
	}
	actors, err := s.opt.Store.People(ctx)
	if err != nil {
		return err
	}
	people := remind.NewPeople(actors)
	for _, c := range untold {
		c.ToldAt = now
		near, above := s.above(c.Unit)
		if _, err := s.tell(ctx, s.alarms(Urgent, c, people, now, near, above), &c); err != nil {
			return err
		}
	}
	for _, c := range unopened {
		if c.ToldAt.After(now) {
			// By a clock that has been set back since: the two hours would be over when it says so again, in a year perhaps.
			c.ToldAt = now
			if err := s.opt.Store.Retime(ctx, c); err != nil {
				return err
			}
			continue
		}
		near, above := s.above(c.Unit)
		// To a higher level a sensitive entry is a number (DOMAIN's table): it is told which township is to be asked.
		c.Unit = near
		if err := s.opt.Store.Raise(ctx, c, s.alarms(Raised, c, people, now, s.opt.Places().Reviewing(above)), now, s.opt.Hook); err != nil {
			return err
		}
		s.wake()
	}
	return nil
}

// above are the unit that decides on a unit's entries and the one above that: a village's township and county. They are
// who sees an urgent entry in their lists too (engine.Urgent).
func (s *Service) above(unit string) (near, above string) {
	places := s.opt.Places()
	near = places.Reviewing(unit)
	return near, places.Reviewing(near)
}

// alarms says nothing but that something is urgent, and where: what it is about is read by who may open it.
func (s *Service) alarms(kind Kind, c Case, people *remind.People, now time.Time, units ...string) []Telling {
	var list []Telling
	var seen []string
	for _, unit := range units {
		for _, account := range people.At(unit, record.Reviewer, record.Manager) {
			if slices.Contains(seen, account) {
				continue
			}
			seen = append(seen, account)
			list = append(list, Telling{Notice: Notice{ID: idOf(kind, c.Entity, account), Account: account, Kind: kind, At: now, Unit: c.Unit,
				Ref: c.Entity, Params: json.RawMessage("{}")}, Out: &Out{Due: now, Expires: now.Add(urgentLasts), Night: true}})
		}
	}
	return list
}

// Opened notes that somebody has opened an entry. Of entries that are not urgent, and of people who were told of none,
// nothing is written.
func (s *Service) Opened(ctx context.Context, entity, account string) error {
	return s.opt.Store.Open(ctx, entity, account, s.opt.Now())
}
