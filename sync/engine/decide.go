package engine

import (
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
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
	if res := forAnother(actor, sheet, c, content); res != nil {
		return *res, nil
	}
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
	present := c.Type != record.Entry || c.FormVersion == sheet.Version
	if code, field := held(sheet, rec, present, present); code != "" {
		return reject(code, field), nil
	}
	if err := s.mark(sheet, rec); err != nil {
		return result{}, err
	}
	return result{result: change.Applied, record: rec}, nil
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
		case catalogue.TypePerson:
			ids = []string{v.String()}
		case catalogue.TypePeople:
			p, _ := v.People()
			ids = p.Persons
		case catalogue.TypeUnit:
			if d, known := s.world.places.Get(v.String()); !known || f.Level != "" && string(d.Level) != f.Level {
				res := reject(record.ForeignUnit, f.Key)
				return &res, nil
			}
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
