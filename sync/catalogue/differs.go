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
	concerned, changed := map[string]bool{}, map[string]bool{}
	for id, was := range old.Forms {
		is := new.Forms[id]
		if is == nil {
			continue
		}
		values, due := fieldsDiffer(was, is), dueDiffers(old, new, was, is)
		if values || due || !same(was.Sensitive, is.Sensitive) || !same(urgentOf(was), urgentOf(is)) {
			concerned[id] = true
		}
		for _, ind := range new.Indicators {
			if slices.ContainsFunc(ind.Sources, func(s *Source) bool { return s.Form == id && (values || due && s.Fulfilled) }) {
				changed[ind.ID] = true
			}
		}
	}
	for _, ind := range slices.Concat(old.Indicators, new.Indicators) {
		was, is := old.indicators[ind.ID], new.indicators[ind.ID]
		for _, src := range slices.Concat(sourcesOf(was), sourcesOf(is)) {
			// Where only one source of several is another, the entries of the others add what they added.
			if old.Forms[src.Form] != nil && !same(wayOf(was, src.Form), wayOf(is, src.Form)) {
				concerned[src.Form], changed[ind.ID] = true, true
			}
		}
	}
	return slices.Sorted(maps.Keys(concerned)), new.withQuotients(changed)
}

// CountedFrom gives the indicators that count anything from some forms.
func (c *Catalogue) CountedFrom(forms []string) []string {
	some := map[string]bool{}
	for _, ind := range c.Indicators {
		some[ind.ID] = slices.ContainsFunc(ind.Sources, func(s *Source) bool { return slices.Contains(forms, s.Form) })
	}
	return c.withQuotients(some)
}

// withQuotients lists some indicators and the quotients of any of them, in the catalogue's order.
func (c *Catalogue) withQuotients(some map[string]bool) (out []string) {
	for _, ind := range c.Indicators {
		if some[ind.ID] || ind.Quotient() && (some[ind.Numerator] || some[ind.Denominator]) {
			out = append(out, ind.ID)
		}
	}
	return out
}

// dueDiffers reports whether something else is due after an entry, or something else will do; the condition is over the
// fields of the form that is due.
func dueDiffers(old, new *Catalogue, was, is *Form) bool {
	return !same(was.Due, is.Due) || was.Due != nil && fieldsDiffer(old.Forms[was.Due.Form], new.Forms[is.Due.Form])
}

func urgentOf(f *Form) *Condition {
	if f.Urgent == nil {
		return nil
	}
	return f.Urgent.When
}

// fieldsDiffer reports whether a field that was there before and still is has another kind of value. One that was added
// is empty in every entry, and what is counted by it names it; one that went is named by nothing.
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

// way is how an indicator counts the entries of one form, whatever stands first in its definition.
type way struct {
	Measure string
	Groups  []string
	Sources []string
}

func wayOf(ind *Indicator, form string) *way {
	if ind == nil {
		return nil
	}
	w := way{Measure: ind.Measure, Groups: slices.Sorted(slices.Values(ind.Groups))}
	for _, s := range ind.Sources {
		if s.Form == form {
			one := *s
			one.Levels = slices.Sorted(slices.Values(s.Levels))
			w.Sources = append(w.Sources, string(encoded(one)))
		}
	}
	slices.Sort(w.Sources)
	if len(w.Sources) == 0 {
		return nil
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
