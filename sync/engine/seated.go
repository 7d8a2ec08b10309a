package engine

import (
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// party tells whether an actor changes a record as its author or as its reviewer (R4, R8).
func (s *session) party(actor record.Actor, rec *record.Record) (review.Party, bool, error) {
	return partyTo(s.tx, s.world.places, actor, rec, s.now)
}

// partyTo tells it of one snapshot.
func partyTo(r Reader, places *record.Places, actor record.Actor, rec *record.Record, now record.Instant) (review.Party, bool, error) {
	if rec.Author == actor.Account || rec.Type != record.Entry && recordsAt(places, actor, rec.Type, rec.Unit) ||
		actor.WorksAt(rec.Unit) && access.Entry(actor, places, rec, now) == access.Whole {
		return review.ByAuthor, true, nil
	}
	ok, err := reviewsTo(r, places, actor, rec, now)
	return review.ByReviewer, ok, err
}

// records reports whether an actor records for a unit; a register is also kept
// by the unit above, and entries for a village by its reviewers (S14, S26).
func (s *session) records(actor record.Actor, typ record.Type, unit string) bool {
	return recordsAt(s.world.places, actor, typ, unit)
}

func recordsAt(places *record.Places, actor record.Actor, typ record.Type, unit string) bool {
	also := access.RecordsFor
	if typ != record.Entry {
		also = access.KeepsRegister
	}
	return actor.WorksAt(unit) || also(actor, places, unit)
}

// forAnother says what keeps an entry out that its author records for a unit
// at which she does not work: nobody says who did the work (S26). What she
// recorded there before she left is her own work.
func forAnother(actor record.Actor, sheet *catalogue.Form, c *change.Change, content record.Content) *result {
	if c.Type != record.Entry || actor.WorksAt(c.Unit) || slices.Contains(actor.Past, c.Unit) || content[catalogue.KeyDoneBy] != "" {
		return nil
	}
	res := reject(record.MissingField, catalogue.KeyDoneBy)
	if sheet.Field(catalogue.KeyDoneBy) == nil {
		res = reject(record.NotAllowed, "form")
	}
	return &res
}

// patience is how long an entry waits before the level above may decide (R4).
const patience = 7 * record.DayMS

// reviews reports whether the actor may decide on the record (R4).
func (s *session) reviews(actor record.Actor, rec *record.Record) (bool, error) {
	return reviewsTo(s.tx, s.world.places, actor, rec, s.now)
}

func reviewsTo(r Reader, places *record.Places, actor record.Actor, rec *record.Record, now record.Instant) (bool, error) {
	if actor.Has(record.Reviewer, places.Reviewing(rec.Unit)) {
		return true, nil
	}
	return standsIn(r, places, actor, rec, now)
}

// standsIn reports whether the actor may decide on the record as the level
// above its right reviewers.
func standsIn(r Reader, places *record.Places, actor record.Actor, rec *record.Record, now record.Instant) (bool, error) {
	right := places.Reviewing(rec.Unit)
	up := places.Reviewing(right)
	if up == right || !actor.Has(record.Reviewer, up) {
		return false, nil
	}
	if rec.SubmittedAt > 0 && now-rec.SubmittedAt >= patience {
		return true, nil
	}
	reviewers, err := r.ReviewersAt(right)
	if err != nil {
		return false, err
	}
	for _, r := range reviewers {
		if r != rec.Author && !slices.Contains(rec.Pending, r) {
			return false, nil
		}
	}
	return true, nil
}

// seat says what becomes of an author's change to a unit that she lost.
func (s *session) seat(actor record.Actor, rec *record.Record) *result {
	if s.records(actor, rec.Type, rec.Unit) {
		return nil
	}
	var res result
	if slices.Contains(actor.Past, rec.Unit) {
		res = park(record.NoSeat, "seat:"+actor.Account)
	} else {
		res = reject(record.ForeignUnit, "unit")
	}
	return &res
}
