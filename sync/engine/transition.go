package engine

import (
	"slices"
	"strings"
	"unicode/utf8"

	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// transition moves an entry on without changing its content (SPEC section 5).
func (s *session) transition(actor record.Actor, c *change.Change, rec *record.Record) (result, error) {
	if rec.Type != record.Entry {
		return reject(record.WrongType, "type"), nil
	}
	if c.Event.Decision() {
		return s.decision(actor, c, rec)
	}
	party, ok, err := s.party(actor, rec)
	if err != nil {
		return result{}, err
	}
	if !ok || party != review.ByAuthor {
		return reject(record.NotAllowed, ""), nil
	}
	if res := s.seat(actor, rec); res != nil {
		return *res, nil
	}
	if review.Already(rec.State, c.Event) {
		return result{result: change.Duplicate, before: rec}, nil
	}
	to, ok := review.Next(rec.State, c.Event, party)
	if !ok { // R1
		return reject(record.IllegalTransition, "event"), nil
	}
	next := *rec
	next.State, next.UpdatedAt, next.SubmittedAt = to, s.now, 0
	if to == review.Submitted {
		next.SubmittedAt = s.now
	}
	sheet := s.sheet(rec.Type, rec.Form)
	if sheet == nil {
		return park(record.UnknownForm, formOf(rec.Type, rec.Form)), nil
	}
	present := rec.FormVersion == sheet.Version
	if code, field := held(sheet, &next, present, present); code != "" {
		return reject(code, field), nil
	}
	return result{result: change.Applied, before: rec, record: &next}, nil
}

// decision is a reviewer's word on the version that she saw (R2 to R5).
func (s *session) decision(actor record.Actor, c *change.Change, rec *record.Record) (result, error) {
	ok, err := s.reviews(actor, rec)
	if err != nil {
		return result{}, err
	}
	if !ok {
		return reject(record.NotAllowed, ""), nil
	}
	text := ""
	if c.Reason != nil {
		text = strings.TrimSpace(c.Reason.Text)
	}
	if c.Event.NeedsReason() && text == "" {
		return reject(record.MissingField, "reason"), nil
	}
	if utf8.RuneCountInString(text) > change.MaxText {
		return reject(record.TooLong, "reason"), nil
	}
	if rec.Author == actor.Account || c.Event == review.Approve && slices.Contains(rec.Pending, actor.Account) { // R3
		return reject(record.OwnEntry, ""), nil
	}
	if review.Already(rec.State, c.Event) && c.Trunk == rec.Version {
		return result{result: change.Duplicate, before: rec}, nil
	}
	to, legal := review.Next(rec.State, c.Event, review.ByReviewer)
	if c.Trunk != rec.Version {
		lost, err := s.lost(actor, c, rec)
		if err != nil {
			return result{}, err
		}
		if lost {
			return park(record.MissingVersion, versionOf(c.Entity, c.Trunk)), nil
		}
	}
	if !legal || c.Trunk != rec.Version { // R1, R2
		return result{result: change.Stale, before: rec}, nil
	}
	if c.Event == review.Approve && len(rec.Conflicts) > 0 { // M8
		return reject(record.OpenConflict, rec.Conflicts[0].Field), nil
	}

	next := *rec
	next.State, next.UpdatedAt, next.SubmittedAt = to, s.now, 0
	var reason *record.Reason
	if c.Event.NeedsReason() {
		reason = &record.Reason{Event: c.Event, Text: text, Fields: c.Reason.Fields, By: actor.Account, At: s.now}
	}
	switch c.Event {
	case review.Approve:
		next.Approved, next.ApprovedVersion = rec.Content, rec.Version
		next.ApprovedBy, next.ApprovedAt = actor.Account, s.now
		next.Pending, next.Reason, next.Refused = nil, nil, nil
	case review.Return, review.Void:
		next.Reason = reason
	case review.Refuse:
		next.Refused = &record.Refused{Content: rec.Content, Reason: *reason}
		next.Content, next.Version = rec.Approved, rec.ApprovedVersion
		next.Pending, next.Conflicts = nil, nil
	case review.Reinstate:
		next.Reason = nil
		if rec.Version != rec.ApprovedVersion || len(rec.Conflicts) > 0 { // an amendment was waiting when it was voided
			next.State, next.SubmittedAt = review.Amended, s.now
		}
	}
	if sheet := s.sheet(rec.Type, rec.Form); sheet != nil {
		if err := s.mark(sheet, &next); err != nil {
			return result{}, err
		}
	}
	return result{result: change.Applied, before: rec, record: &next}, nil
}
