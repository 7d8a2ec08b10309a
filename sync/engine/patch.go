package engine

import (
	"cmp"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/merge"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// changes says as what somebody changes a record, or what is answered to who may not.
func (s *session) changes(actor record.Actor, rec *record.Record) (party review.Party, refused *result, err error) {
	party, ok, err := s.party(actor, rec)
	if err != nil {
		return party, nil, err
	}
	if !ok {
		res := reject(record.NotAllowed, "")
		return party, &res, nil
	}
	if party == review.ByAuthor {
		refused = s.seat(actor, rec)
	}
	return party, refused, nil
}

func (s *session) patch(actor record.Actor, c *change.Change, rec *record.Record) (result, error) {
	party, refused, err := s.changes(actor, rec)
	if err != nil {
		return result{}, err
	}
	if refused != nil {
		return *refused, nil
	}
	sheet := s.sheet(rec.Type, rec.Form)
	if sheet == nil || c.FormVersion > sheet.Version {
		return park(record.UnknownForm, formOf(rec.Type, rec.Form)), nil
	}
	fields, bad := sheet.NormaliseFrom(c.Fields, c.FormVersion)
	if bad != nil {
		return fail(bad)
	}
	if done, named := fields[catalogue.KeyDoneBy]; named && done == "" && rec.Content[catalogue.KeyDoneBy] != "" {
		return reject(record.MissingField, catalogue.KeyDoneBy), nil // S26
	}
	if res, err := s.references(sheet, rec.Unit, fields); res != nil || err != nil {
		return deref(res), err
	}
	if len(c.Resolve) > 0 { // M7
		ok, err := s.reviews(actor, rec)
		if err != nil {
			return result{}, err
		}
		if !ok {
			return reject(record.NotAllowed, ""), nil
		}
		if c.Trunk != rec.Version {
			return result{result: change.Stale, before: rec}, nil
		}
	}
	next := *rec
	if rec.Type == record.Entry {
		to, ok := review.Next(rec.State, review.Edit, party)
		if !ok {
			return reject(record.IllegalTransition, ""), nil
		}
		next.State = to
	}
	switch {
	case c.Event == "":
	case c.Event != review.Submit || party != review.ByAuthor || rec.Type != record.Entry: // R6
		return reject(record.IllegalTransition, "event"), nil
	default:
		if to, ok := review.Next(next.State, review.Submit, party); ok {
			next.State, next.SubmittedAt = to, s.now
		} // submitted, approved and amended have nothing to submit: the edit alone counts
	}

	trunk, err := s.trunk(rec, c.Trunk)
	if err != nil {
		return result{}, err
	}
	var failed error
	own := func(field string, w record.Writer) bool {
		seen, err := s.saw(c, field, w)
		failed = cmp.Or(failed, err)
		return seen
	}
	said := func(field string) []string {
		list, err := s.said(c, field)
		failed = cmp.Or(failed, err)
		return list
	}
	m := merge.Merge(rec, trunk, merge.Patch{
		Epoch: c.Epoch, Account: actor.Account, At: s.now, Fields: fields, Resolve: c.Resolve, Own: own, Said: said,
	}, sheet.Meets)

	if failed != nil {
		return result{}, failed
	}
	next.Content, next.Writers, next.Conflicts = m.Content, m.Writers, m.Conflicts
	next.Version = next.Content.Version()
	if rec.State == review.Approved && !m.Changed && len(m.Conflicts) == len(rec.Conflicts) {
		next.State = rec.State
	}
	s.amend(rec, &next)
	if m.Changed && ownWords(rec, fields, c.Resolve) && !slices.Contains(next.Pending, actor.Account) && next.State != review.Approved {
		next.Pending = append(slices.Clone(next.Pending), actor.Account)
	}
	if !m.Changed && !m.Conflict && next.State == rec.State && len(next.Conflicts) == len(rec.Conflicts) {
		return result{result: change.Duplicate, before: rec}, nil
	}
	next.UpdatedAt = s.now
	if rec.Type == record.Entry {
		s.flag(&next, c)
	}
	// An older form did not ask for what is required since, and a reviewer who decides between two values fills in nothing.
	present := rec.Type != record.Entry || c.FormVersion == sheet.Version && len(c.Resolve) == 0
	// What others wrote meanwhile, or a reviewer chose, is not what this author's phone could check.
	alone := present && !m.Merged && !m.Conflict
	if code, field := held(sheet, &next, present, alone); code != "" {
		return reject(code, field), nil
	}
	if err := s.mark(sheet, &next); err != nil {
		return result{}, err
	}
	res := result{result: change.Applied, before: rec, record: &next}
	switch {
	case m.Conflict:
		res.result = change.Conflict
	case m.Merged:
		res.result = change.Merged
	}
	return res, nil
}

// ownWords reports whether a patch brings anything of its author's own. Who
// decides a conflict for a value that another wrote has chosen, not written,
// and may still approve (R3).
func ownWords(rec *record.Record, fields record.Content, resolve []string) bool {
	for key, v := range fields {
		chosen := slices.Contains(resolve, key) &&
			slices.ContainsFunc(rec.Conflicts, func(c record.Conflict) bool { return c.Field == key && c.Value == v })
		if v != rec.Content[key] && !chosen {
			return true
		}
	}
	return false
}

// amend settles the state of an edited entry that had been approved: content
// that is the approved one again needs no second approval (R5).
func (s *session) amend(before, next *record.Record) {
	if next.State != review.Amended {
		return
	}
	if next.Version == next.ApprovedVersion && len(next.Conflicts) == 0 {
		next.State, next.Pending, next.SubmittedAt = review.Approved, nil, 0
		return
	}
	if before.State != review.Amended {
		next.SubmittedAt = s.now
	}
}

// trunk is the content that the author saw, nil where it is not known (M6).
func (s *session) trunk(rec *record.Record, version string) (record.Content, error) {
	switch version {
	case "":
		return nil, nil
	case rec.Version:
		return rec.Content, nil
	case rec.ApprovedVersion:
		return rec.Approved, nil
	}
	return s.tx.Version(rec.ID, version)
}
