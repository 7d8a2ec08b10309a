package catalogue

import (
	"encoding/json"
	"maps"
	"slices"
)

// Differs finds what counts otherwise by one catalogue than by another: the forms whose entries say something else (what
// is sensitive, urgent or due) or add something else to a figure, and the indicators whose figures that may change. Names,
// texts, order, what is asked and how a figure is shown change neither. A form that the old catalogue does not have has
// no entries that were counted by it.
func Differs(old, new *Catalogue) (forms, indicators []string) {
	concerned := map[string]bool{}
	for id, form := range old.Forms {
		if now := new.Forms[id]; now != nil && meansOtherwise(old, new, form, now) {
			concerned[id] = true
		}
	}
	changed := map[string]bool{}
	for _, ind := range slices.Concat(old.Indicators, new.Indicators) {
		was, is := old.indicators[ind.ID], new.indicators[ind.ID]
		if was != nil && is != nil && same(wayOf(was), wayOf(is)) {
			continue
		}
		for _, one := range []*Indicator{was, is} {
			for _, src := range sourcesOf(one) {
				// Where only one source of several is another, the entries of the others add what they added.
				if old.Forms[src.Form] != nil && !same(from(was, src.Form), from(is, src.Form)) {
					concerned[src.Form], changed[ind.ID] = true, true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(concerned)), new.touched(concerned, changed)
}

// CountedFrom gives the indicators that count anything from some forms.
func (c *Catalogue) CountedFrom(forms []string) []string {
	concerned := map[string]bool{}
	for _, id := range forms {
		concerned[id] = true
	}
	changed := map[string]bool{}
	for _, ind := range c.Indicators {
		changed[ind.ID] = slices.ContainsFunc(ind.Sources, func(s *Source) bool { return concerned[s.Form] })
	}
	return c.touched(concerned, changed)
}

// touched are the indicators among some that are changed, those that a form with another meaning feeds, and the
// quotients of both; in the catalogue's order.
func (c *Catalogue) touched(forms, changed map[string]bool) (out []string) {
	is := func(ind *Indicator) bool {
		return ind != nil && (changed[ind.ID] || slices.ContainsFunc(ind.Sources, func(s *Source) bool { return forms[s.Form] }))
	}
	for _, ind := range c.Indicators {
		if is(ind) || ind.Quotient() && (is(c.indicators[ind.Numerator]) || is(c.indicators[ind.Denominator])) {
			out = append(out, ind.ID)
		}
	}
	return out
}

// meansOtherwise reports whether an entry of a form may say something else: whether it is sensitive, urgent or due, or
// the value of a field that was there before and still is. A field that was added is empty in every entry, and what is
// counted by it names it; one that went is named by nothing.
func meansOtherwise(old, new *Catalogue, was, is *Form) bool {
	if !same(was.Sensitive, is.Sensitive) || !same(urgentOf(was), urgentOf(is)) || !same(was.Due, is.Due) || fieldsDiffer(was, is) {
		return true
	}
	return was.Due != nil && fieldsDiffer(old.Forms[was.Due.Form], new.Forms[is.Due.Form]) // over which its condition is
}

func urgentOf(f *Form) *Condition {
	if f.Urgent == nil {
		return nil
	}
	return f.Urgent.When
}

func fieldsDiffer(was, is *Form) bool {
	if was == nil || is == nil {
		return was != is
	}
	for _, f := range was.Fields {
		now := is.Field(f.Key)
		if now != nil && (f.Type != now.Type || f.Scale != now.Scale || f.Result != now.Result || !same(f.Value, now.Value)) {
			return true
		}
	}
	return false
}

// way is how an indicator counts one entry.
type way struct {
	Measure string
	Groups  []string
	Sources []*Source
}

func wayOf(ind *Indicator) way { return way{ind.Measure, ind.Groups, ind.Sources} }

// from is how an indicator counts the entries of one form.
func from(ind *Indicator, form string) *way {
	if ind == nil {
		return nil
	}
	w := way{Measure: ind.Measure, Groups: ind.Groups}
	for _, s := range ind.Sources {
		if s.Form == form {
			w.Sources = append(w.Sources, s)
		}
	}
	return &w
}

func sourcesOf(ind *Indicator) []*Source {
	if ind == nil {
		return nil
	}
	return ind.Sources
}

// same compares definitions as they are written: conditions by their texts.
func same(a, b any) bool {
	x, bad := json.Marshal(a)
	y, worse := json.Marshal(b)
	return bad == nil && worse == nil && string(x) == string(y)
}
