package catalogue

import (
	"maps"
	"slices"

	"niangjia/sync/expression"
)

// What is counted beside the definitions: a campaign may count entries by a condition of its own. It is held to what any
// expression of a definition is held to, and to more: it is written by whoever may run a campaign, who may not ask by it
// what she may not read.

// Narrow makes a condition on the entries of a form for whoever counts some of them alone; "" stands for all.
func (f *Form) Narrow(source string) (*Condition, Problems) {
	if source == "" {
		return nil, nil
	}
	c := f.Condition(source)
	o := origin{filler: &filler{nodes: map[string]*node{}}}
	if !o.expression(source, c.is, "where", f) {
		return nil, o.problems
	}
	for _, name := range c.is.Names() {
		if name == expression.Entry || !f.Asks(name) {
			o.problem("where", "field %q cannot be asked for by a campaign", name)
		}
	}
	if len(o.problems) > 0 {
		return nil, o.problems
	}
	return c, nil
}

// Asks reports whether a number may be told of the entries that have one value of a field or another. What is withheld
// from higher levels cannot be asked for; of a form whose entries may be sensitive only numbers and choices can, and none
// by which they are: by the others an entry could be asked one by one what it says.
func (f *Form) Asks(key string) bool {
	field := f.Field(key)
	switch {
	case field == nil || field.Personal || field.Sensitive || field.Attached() || field.Type == TypePlace || field.Type == TypeNote:
		return false
	case f.Sensitive == nil:
		return true
	case f.Sensitive.names(key) || f.Sensitive.names(expression.Entry):
		return false
	}
	return slices.Contains([]string{TypeOne, TypeMany, TypeYesNo, TypeInteger, TypeMoney, TypeDecimal}, field.Type)
}

// With gives the catalogue with more indicators beside its own. They are no part of what is sent.
func (c *Catalogue) With(more []*Indicator) *Catalogue {
	if len(more) == 0 {
		return c
	}
	out := *c
	out.Indicators = slices.Concat(c.Indicators, more)
	out.indicators = maps.Clone(c.indicators)
	for _, ind := range more {
		out.indicators[ind.ID] = ind
	}
	out.index()
	return &out
}

// Only gives the catalogue with one indicator alone; what is withheld never reaches another, so it is judged as among all.
func (c *Catalogue) Only(ind *Indicator) *Catalogue {
	out := *c
	out.Indicators, out.indicators = []*Indicator{ind}, map[string]*Indicator{ind.ID: ind}
	out.index()
	return &out
}
