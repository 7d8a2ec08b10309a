package engine

import (
	"context"
	"encoding/json"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Appoint says which seats accounts hold from now on, in order and in one transaction: an account named twice passes
// through both. also joins the same transaction; what it writes beside the log stands or falls with it.
func (e *Engine) Appoint(ctx context.Context, actors []record.Actor, also func(Tx) error) error {
	places := e.Places()
	lines := make([]json.RawMessage, 0, len(actors))
	for _, a := range actors {
		if err := seatable(places, a.Seats); err != nil {
			return err
		}
		raw, err := json.Marshal(ownLine{Kind: "seats", Actor: &record.Actor{Account: a.Account, Seats: a.Seats}})
		if err != nil {
			return err
		}
		lines = append(lines, raw)
	}
	now := e.opt.Now()
	return e.store.Update(ctx, func(tx Tx) error {
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		for _, raw := range lines {
			if err := s.own(raw); err != nil {
				return err
			}
		}
		if also == nil {
			return nil
		}
		return also(tx)
	})
}

func seatable(places *record.Places, seats []record.Seat) error {
	for _, s := range seats {
		if _, ok := places.Get(s.Unit); !ok || !s.Role.Valid() {
			return record.Errorf(record.BadRequest, "no seat %s at %s", s.Role, s.Unit)
		}
	}
	return nil
}

// Held is an account with the seats that it holds and what of its work waits for one that it lost.
type Held struct {
	record.Actor
	Awaiting []Awaiting
}

// Awaiting counts the lines of one account that are parked for want of a seat at a unit (S8, S14).
type Awaiting struct {
	Unit    string
	Changes int
	Records int
}

// Held gives accounts in the order asked for, from one snapshot.
func (e *Engine) Held(ctx context.Context, accounts []string) (out []Held, err error) {
	err = e.store.View(ctx, func(r Reader) error {
		out = make([]Held, 0, len(accounts))
		for _, account := range accounts {
			actor, err := r.Actor(account)
			if err != nil {
				return err
			}
			actor.Account = account
			waits, err := awaiting(r, account)
			if err != nil {
				return err
			}
			out = append(out, Held{actor, waits})
		}
		return nil
	})
	return out, err
}

// awaiting counts what waits for a seat, with what waits behind it.
func awaiting(r Reader, account string) (out []Awaiting, err error) {
	parked, err := r.ParkedOn("seat:" + account)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, p := range parked {
		if seen[p.Entity] {
			continue
		}
		seen[p.Entity] = true
		unit, err := parkedUnit(r, p)
		if err != nil {
			return nil, err
		}
		behind, err := r.ParkedOf(p.Entity)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(out, func(a Awaiting) bool { return a.Unit == unit })
		if i < 0 {
			out = append(out, Awaiting{Unit: unit})
			i = len(out) - 1
		}
		out[i].Records++
		out[i].Changes += len(behind)
	}
	return out, nil
}

// parkedUnit is the unit that a parked line is for: a create names it, what comes later means the record's.
func parkedUnit(r Reader, p Parked) (string, error) {
	rec, err := r.Record(p.Entity)
	if err != nil {
		return "", err
	}
	if rec != nil {
		return rec.Unit, nil
	}
	line, err := r.Line(p.Epoch, p.N)
	if err != nil || line == nil {
		return "", err
	}
	c, err := change.Decode(line.Bytes)
	if err != nil {
		return "", err
	}
	return c.Unit, nil
}
