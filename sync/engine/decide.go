package engine

import (
	"cmp"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/merge"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// result is what a change comes to, before anything is written.
type result struct {
	result   change.Result
	code     record.Code
	field    string
	waitsFor string
	before   *record.Record // nil for a create
	record   *record.Record // nil where nothing changes
}

func (r result) outcome(n int64) change.Outcome {
	o := change.Outcome{N: n, Outcome: r.result, Code: r.code, Field: r.field}
	rec := r.record
	if rec == nil {
		rec = r.before
	}
	if rec != nil {
		o.Version, o.State = rec.Version, rec.State
	}
	return o
}

func reject(code record.Code, field string) result {
	return result{result: change.Rejected, code: code, field: field}
}

func park(code record.Code, waitsFor string) result {
	return result{result: change.Parked, code: code, waitsFor: waitsFor}
}

// fail turns a *record.Error into a rejection; any other error is the store's.
func fail(err error) (result, error) {
	if e, ok := err.(*record.Error); ok {
		return reject(e.Code, e.Field), nil
	}
	return result{}, err
}

// decide says what a change comes to (S7, S8). seq is its place in the ledger:
// only what was parked before it holds it up.
func (s *session) decide(actor record.Actor, p prepared, seq int64) (result, error) {
	c := p.change
	switch {
	case !record.ValidID(c.Entity):
		return reject(record.WrongType, "entity"), nil
	case len(c.Fields) > change.MaxFields:
		return reject(record.TooLarge, "fields"), nil
	}
	if word, key := s.world.words.strange(c); word != "" {
		return s.unknown(actor, c, word, key, seq)
	}
	rec, err := s.tx.Record(c.Entity)
	if err != nil {
		return result{}, err
	}
	if c.Kind == change.Create {
		return s.create(actor, p, rec)
	}
	if rec == nil {
		return park(record.MissingEntity, c.Entity), nil
	}
	if rec.Type != c.Type {
		return reject(record.WrongType, "type"), nil
	}
	if held, err := s.held(c.Entity, seq); err != nil || held {
		return park(record.BehindParked, "behind:"+c.Entity), err
	}
	if c.Kind == change.Patch {
		return s.patch(actor, c, rec)
	}
	return s.transition(actor, c, rec)
}

// sheet is the form or register that says what a record's fields are.
func (s *session) sheet(typ record.Type, form string) *catalogue.Form {
	return s.world.sheet(typ, form)
}

func (w *world) sheet(typ record.Type, form string) *catalogue.Form {
	if typ == record.Entry {
		return w.catalogue.Form(form)
	}
	return w.catalogue.Register(string(typ))
}

// formOf names the form or register that a parked change waits for.
func formOf(typ record.Type, form string) string {
	if typ == record.Entry {
		return "form:" + form
	}
	return "form:" + string(typ)
}

func (s *session) create(actor record.Actor, p prepared, existing *record.Record) (result, error) {
	c := p.change
	if c.Event != "" && c.Event != review.Submit {
		return reject(record.IllegalTransition, "event"), nil
	}
	unit, ok := s.world.places.Get(c.Unit)
	if !ok {
		return reject(record.ForeignUnit, "unit"), nil
	}
	if !s.records(actor, c.Type, c.Unit) {
		if slices.Contains(actor.Past, c.Unit) {
			return park(record.NoSeat, "seat:"+actor.Account), nil
		}
		return reject(record.ForeignUnit, "unit"), nil
	}
	sheet := s.sheet(c.Type, c.Form)
	if sheet == nil || c.FormVersion > sheet.Version {
		return park(record.UnknownForm, formOf(c.Type, c.Form)), nil
	}
	if c.Type == record.Entry && !sheet.RecordedAt(string(unit.Level)) {
		return reject(record.NotAllowed, "form"), nil
	}
	f := p.filled
	if f == nil || f.sheet != sheet {
		f = fill(sheet, c)
	}
	if f.bad != nil {
		return fail(f.bad)
	}
	content := f.content
	if existing != nil { // S13
		if existing.Epoch == c.Epoch && existing.Type == c.Type && existing.Version == f.version {
			return result{result: change.Duplicate, before: existing}, nil
		}
		return reject(record.Exists, ""), nil
	}
	if res, err := s.references(sheet, c.Unit, content); res != nil || err != nil {
		return deref(res), err
	}

	rec := &record.Record{
		Type: c.Type, ID: c.Entity, Unit: c.Unit, Author: actor.Account, Epoch: c.Epoch,
		State: record.Active, Content: content, Version: f.version,
		Writers: map[string]record.Writer{}, Pending: []string{actor.Account},
		CreatedAt: s.now, UpdatedAt: s.now,
	}
	for k := range content {
		rec.Writers[k] = record.Writer{Epoch: c.Epoch, Account: actor.Account}
	}
	if c.Type == record.Entry {
		rec.Form, rec.FormVersion = c.Form, c.FormVersion
		rec.State, _ = review.Next(review.None, review.Create, review.ByAuthor)
		if c.Event == review.Submit {
			rec.State, _ = review.Next(rec.State, review.Submit, review.ByAuthor)
			rec.SubmittedAt = s.now
		}
		s.flag(rec, c)
	}
	if missing := s.missing(sheet, rec); missing != "" {
		return reject(record.MissingField, missing), nil
	}
	if err := s.mark(sheet, rec); err != nil {
		return result{}, err
	}
	return result{result: change.Applied, record: rec}, nil
}

// missing names the first required field that is empty, for what is no draft any more (R6).
func (s *session) missing(sheet *catalogue.Form, rec *record.Record) string {
	switch rec.State {
	case review.Draft, review.Returned, review.Withdrawn:
		return ""
	}
	if keys := sheet.Missing(rec.Content); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

func deref(r *result) result {
	if r == nil {
		return result{}
	}
	return *r
}

// references holds what a record names to what is there, and to its own unit
// (S8, S14). A nil result means that all is well.
func (s *session) references(sheet *catalogue.Form, unit string, fields record.Content) (*result, error) {
	for _, f := range sheet.Fields {
		v := fields[f.Key]
		if v == "" {
			continue
		}
		var ids []string
		want := record.Person
		switch f.Type {
		case catalogue.TypeHousehold:
			ids, want = []string{v.String()}, record.Household
		case catalogue.TypeEntry:
			ids, want = []string{v.String()}, record.Entry
		case catalogue.TypePeople:
			p, _ := v.People()
			ids = p.Persons
		}
		for _, id := range ids {
			ref, err := s.tx.Record(id)
			if err != nil {
				return nil, err
			}
			var res result
			switch {
			case ref == nil:
				res = park(record.MissingReference, id)
			case ref.Type != want:
				res = reject(record.WrongType, f.Key)
			case ref.Unit != unit && (want != record.Entry || !s.world.places.Within(ref.Unit, unit)):
				res = reject(record.ForeignHousehold, f.Key)
			default:
				continue
			}
			res.field = f.Key
			return &res, nil
		}
	}
	return nil, nil
}

// party tells whether an actor changes a record as its author or as its reviewer (R4, R8).
func (s *session) party(actor record.Actor, rec *record.Record) (review.Party, bool, error) {
	if rec.Author == actor.Account || rec.Type != record.Entry && s.records(actor, rec.Type, rec.Unit) ||
		actor.WorksAt(rec.Unit) && access.Entry(actor, s.world.places, rec, s.now) == access.Whole {
		return review.ByAuthor, true, nil
	}
	ok, err := s.reviews(actor, rec)
	return review.ByReviewer, ok, err
}

// records reports whether an actor records for a unit; a register is also kept
// by the unit above (S14).
func (s *session) records(actor record.Actor, typ record.Type, unit string) bool {
	return actor.WorksAt(unit) || typ != record.Entry && access.KeepsRegister(actor, s.world.places, unit)
}

// patience is how long an entry waits before the level above may decide (R4).
const patience = 7 * record.DayMS

// reviews reports whether the actor may decide on the record (R4).
func (s *session) reviews(actor record.Actor, rec *record.Record) (bool, error) {
	if actor.Has(record.Reviewer, s.world.places.Reviewing(rec.Unit)) {
		return true, nil
	}
	return standsIn(s.tx, s.world.places, actor, rec, s.now)
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

func (s *session) patch(actor record.Actor, c *change.Change, rec *record.Record) (result, error) {
	party, ok, err := s.party(actor, rec)
	if err != nil {
		return result{}, err
	}
	if !ok {
		return reject(record.NotAllowed, ""), nil
	}
	if party == review.ByAuthor {
		if res := s.seat(actor, rec); res != nil {
			return *res, nil
		}
	}
	sheet := s.sheet(rec.Type, rec.Form)
	if sheet == nil || c.FormVersion > sheet.Version {
		return park(record.UnknownForm, formOf(rec.Type, rec.Form)), nil
	}
	fields, bad := sheet.NormaliseFrom(c.Fields, c.FormVersion)
	if bad != nil {
		return fail(bad)
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
	m := merge.Merge(rec, trunk, merge.Patch{
		Epoch: c.Epoch, Account: actor.Account, At: s.now, Fields: fields, Resolve: c.Resolve, Own: own,
	}, func(key string) bool { f := sheet.Field(key); return f != nil && f.Type == catalogue.TypeMany })

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
	if missing := s.missing(sheet, &next); missing != "" {
		return reject(record.MissingField, missing), nil
	}
	if !m.Changed && !m.Conflict && next.State == rec.State && len(next.Conflicts) == len(rec.Conflicts) {
		return result{result: change.Duplicate, before: rec}, nil
	}
	next.UpdatedAt = s.now
	if rec.Type == record.Entry {
		s.flag(&next, c)
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
