package engine

import (
	"context"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Attached is a place where an attachment belongs: its id stands in a record's content.
type Attached struct{ Entity, ID string }

// Attaches reports whether the value of a field's type is ids of attachments.
func Attaches(typ string) bool {
	return typ == catalogue.TypePhoto || typ == catalogue.TypeSignature || typ == catalogue.TypeVoice
}

// Attaching says of which kind (a field's type) an attachment of a record's field is, and to which unit the record
// belongs, if this actor may send one (F2): who may change the record, and its author even where she no longer works,
// since what she recorded there is the unit's. Errors: missing_entity until the record has come, not_allowed,
// unknown_field where the form has no such field.
func (e *Engine) Attaching(ctx context.Context, actor record.Actor, entity, field string) (kind, unit string, err error) {
	err = e.view(ctx, func(r Reader, w *world) error {
		rec, err := r.Record(entity)
		if err != nil {
			return err
		}
		if rec == nil {
			return record.Errorf(record.MissingEntity, "record %s", entity)
		}
		_, may, err := partyTo(r, w.places, actor, rec, e.opt.Now())
		if err != nil {
			return err
		}
		if !may {
			return record.Errorf(record.NotAllowed, "record %s", entity)
		}
		sheet := sheetOf(w.catalogue, rec)
		if sheet == nil {
			return record.Errorf(record.UnknownForm, "form %s", rec.Form)
		}
		f := sheet.Field(field)
		if f == nil || !Attaches(f.Type) {
			return &record.Error{Code: record.UnknownField, Field: "field"}
		}
		kind, unit = f.Type, rec.Unit
		return nil
	})
	if err != nil {
		return "", "", storeError(err)
	}
	return kind, unit, nil
}

// ReadsAttachment is nil where a reader may have an attachment: where a record names it, and she may read that record's
// personal fields (F5). Errors: reason_needed where a stated reason would open the record, forbidden where she reads the
// record without its personal fields, and for all others not_found, as if there were none.
func (e *Engine) ReadsAttachment(ctx context.Context, actor record.Actor, a Attached) error {
	err := e.view(ctx, func(r Reader, w *world) error {
		gone := record.Errorf(record.NotFound, "attachment %s of record %s", a.ID, a.Entity)
		rec, err := r.Record(a.Entity)
		if err != nil {
			return err
		}
		if rec == nil || !names(rec, a.ID) {
			return gone
		}
		now := e.opt.Now()
		above, err := e.decidesAbove(r, w, actor, rec)
		if err != nil {
			return err
		}
		rel := access.Of(actor, w.places, rec, now)
		view := access.As(rel, rec)
		if above { // she must see what she decides on
			view = max(view, access.As(access.Deciding, rec))
		}
		switch {
		case view == access.Number && discloses(actor, w.places, rec):
			return record.Errorf(record.ReasonNeeded, "record %s", rec.ID)
		case view <= access.Exists:
			return gone
		case above, rel == access.Disclosed, view != access.Masked && access.May(access.Personal, rel) == access.Whole:
			return nil
		}
		return record.Errorf(record.Forbidden, "attachment %s is withheld", a.ID)
	})
	if err != nil {
		return storeError(err)
	}
	return nil
}

// Unnamed gives those of some attachments that no content of their records names.
func (e *Engine) Unnamed(ctx context.Context, list []Attached) (unnamed []Attached, err error) {
	err = e.view(ctx, func(r Reader, _ *world) error {
		unnamed = nil
		for _, a := range list {
			rec, err := r.Record(a.Entity)
			if err != nil {
				return err
			}
			if rec == nil || !names(rec, a.ID) {
				unnamed = append(unnamed, a)
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return unnamed, nil
}

// names reports whether anything that is shown of a record names an attachment: its content, what is approved, an
// amendment that was refused, a value that stands against another. The form is not asked: a newer one may have dropped
// the field, and what was taken under it is still the record's.
func names(rec *record.Record, id string) bool {
	in := func(c record.Content) bool {
		for _, v := range c {
			if slices.Contains(v.Strings(), id) {
				return true
			}
		}
		return false
	}
	return in(rec.Content) || in(rec.Approved) || rec.Refused != nil && in(rec.Refused.Content) ||
		slices.ContainsFunc(rec.Conflicts, func(c record.Conflict) bool { return slices.Contains(c.Value.Strings(), id) })
}
