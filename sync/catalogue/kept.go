package catalogue

import (
	"slices"
	"strings"
)

// Kept says what of a catalogue the entries that were recorded by the one in force do not bear (S27), nothing where they
// bear all of it. It looks at what is the city's own, now or by what is in force: for what comes with the program its
// authors answer.
func (o *Own) Kept(was InForce, next *Catalogue) Problems { return o.kept(was, next, false) }

// KeptAll is Kept of everything, for definitions beneath that somebody has written for this city.
func (o *Own) KeptAll(was InForce, next *Catalogue) Problems { return o.kept(was, next, true) }

func (o *Own) kept(was InForce, next *Catalogue, all bool) Problems {
	if was.Catalogue == nil {
		return nil
	}
	k := &keeping{own: o}
	for _, form := range Sorted(was.Catalogue.Forms) {
		if all || o.Touches(form.ID) || was.Own.Touches(form.ID) {
			k.form(form, next.Form(form.ID))
		}
	}
	for _, ind := range was.Catalogue.Indicators {
		if all || o.Defines(ind.ID) || was.Own.Defines(ind.ID) {
			k.indicator(ind, next.Indicator(ind.ID))
		}
	}
	return k.problems
}

type keeping struct {
	own      *Own
	problems Problems
}

func (k *keeping) problem(path, format string, args ...any) {
	k.problems = append(k.problems, problem("", 0, path, format, args...))
}

func (k *keeping) form(was, is *Form) {
	if is == nil {
		k.problem(ownForms, "form %q may have entries: it cannot go, hide it", was.Name)
		return
	}
	if was.Sensitive != nil && !wider(was.Sensitive, is.Sensitive) {
		k.problem(join(k.own.place(was.ID), "sensitive"), `what is sensitive in %q stays so: "sensitive" may only be widened, as in "(%s) || ..."`, was.Name, was.Sensitive.Source)
	}
	for _, field := range was.Fields {
		if field.Type == TypeNote {
			continue
		}
		now := is.Field(field.Key)
		if now == nil && field.Type == TypeComputed {
			continue // derived from what is there, and kept nowhere
		}
		if now == nil {
			k.problem(k.own.placeOf(was.ID, field.Key), "field %q may be filled in entries: it cannot go, hide it", field.Label)
			continue
		}
		k.field(was, field, now)
	}
}

// wider says whether a condition holds wherever another does, as far as their texts show it.
func wider(was, is *Condition) bool {
	return is != nil && (is.Source == was.Source || is.Source == "true" || strings.HasPrefix(is.Source, "("+was.Source+") || "))
}

func (k *keeping) field(form *Form, was, is *Field) {
	at := func(key string) string { return k.own.placeOf(form.ID, was.Key, key) }
	switch {
	case was.Type != is.Type || was.Result != is.Result:
		k.problem(at("type"), "field %q is of type %s in the entries: another type needs another key", was.Label, was.ValueType())
	case was.Scale != is.Scale:
		k.problem(at("scale"), "field %q has %d decimals in the entries: others need another key", was.Label, was.Scale)
	case unitOf(was) != unitOf(is):
		k.problem(at("unit"), "field %q is in %q in the entries: another unit needs another key", was.Label, unitOf(was))
	}
	if was.Personal && !is.Personal || was.Sensitive && !is.Sensitive {
		k.problem(at("personal"), "field %q is withheld from others: it stays so", was.Label)
	}
	for _, choice := range was.Choices {
		if is.Choice(choice.Key) == nil {
			k.problem(at("choices"), "choice %q of %q may stand in entries: it cannot go, hide it", choice.Label, was.Label)
		}
	}
}

func unitOf(f *Field) string {
	if f.Unit == nil {
		return ""
	}
	return f.Unit.ZH
}

func (k *keeping) indicator(was, is *Indicator) {
	if is == nil {
		k.problem(ownIndicators, "figure %q may stand in reports: it cannot go, hide it", was.Name)
		return
	}
	path := ownIndicators
	if i := of(k.own.Indicators, was.ID); i >= 0 {
		path = at(ownIndicators, i)
	}
	switch {
	case was.Measure != is.Measure:
		k.problem(join(path, "measure"), "figure %q is a %s: another measure needs another id", was.Name, was.Measure)
	case was.Display != is.Display || was.Scale != is.Scale:
		k.problem(join(path, "display"), "figure %q is shown as %s: another way needs another id", was.Name, was.Display)
	}
	if was.Sensitive.All && !is.Sensitive.All || !is.Sensitive.All && slices.ContainsFunc(was.Sensitive.Groups, func(g string) bool { return !slices.Contains(is.Sensitive.Groups, g) }) {
		k.problem(join(path, "sensitive"), "figure %q withholds small numbers: it goes on to", was.Name)
	}
}
