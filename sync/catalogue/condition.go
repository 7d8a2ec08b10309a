package catalogue

import (
	"encoding/json"
	"slices"

	"niangjia/sync/expression"
	"niangjia/sync/record"
)

// Condition is a CEL expression over the fields of a form that is true or false. Its twin runs on the phones:
// sync/testdata/expressions.json holds both to the same answers.
type Condition struct {
	Source string
	form   *Form
	is     *expression.Expression
}

// Condition makes a condition on the content of this form; what is wrong with it, its Check says.
func (f *Form) Condition(source string) *Condition {
	c := &Condition{Source: source}
	c.bind(f)
	return c
}

// bind says on the content of which form the condition is. An unknown form is a problem that is told elsewhere.
func (c *Condition) bind(f *Form) {
	if c != nil && f != nil {
		c.form, c.is = f, f.scope().New(c.Source, expression.YesNo)
	}
}

// Check says what is wrong with the condition.
func (c *Condition) Check() error { return c.is.Check() }

// Match says whether the content meets the condition. No condition is met by everything, so that
// a field without `visible` is shown and a source without `where` counts every entry.
func (c *Condition) Match(content record.Content) bool {
	return c == nil || c.is != nil && c.is.Holds(c.form.variables(content))
}

// MatchValues is Match of a content whose values were taken out of it already, by the form of the condition.
func (c *Condition) MatchValues(v expression.Variables) bool {
	return c == nil || c.is != nil && c.is.Holds(v)
}

// Fails says whether the content is known not to meet the condition; one that cannot be evaluated fails nothing.
func (c *Condition) Fails(content record.Content) bool {
	return c != nil && c.is != nil && c.is.Denied(c.form.variables(content))
}

// MarshalJSON writes the expression.
func (c *Condition) MarshalJSON() ([]byte, error) { return json.Marshal(c.Source) }

// typesOf are the types of fields' values in an expression. A type that is not here is a text.
var typesOf = map[string]expression.Type{
	TypeInteger: expression.Whole, TypeMoney: expression.Whole, TypeDecimal: expression.Number,
	TypeMany: expression.Texts, TypeYesNo: expression.YesNo,
	TypePeople: expression.People, TypeItems: expression.Items, TypePlace: expression.Point,
	TypePhoto: expression.Texts, TypeSignature: expression.Texts, TypeVoice: expression.Texts,
}

// scope is the variables of the form's expressions: its fields, and those that are filled.
func (f *Form) scope() *expression.Scope {
	if f.vars == nil {
		vars := make(map[string]expression.Type, len(f.Fields))
		for _, field := range f.Fields {
			if field.Type != TypeNote {
				vars[field.Key] = typesOf[field.ValueType()]
			}
		}
		f.vars = expression.NewScope(vars)
	}
	return f.vars
}

// variables are the values of a content as expressions see them.
func (f *Form) variables(content record.Content) expression.Variables {
	return f.derivation(content).variables(nil)
}

// Values are the values of a content for many conditions on it: each is taken out once. For one goroutine.
func (f *Form) Values(content record.Content) expression.Variables {
	type value struct {
		name string
		is   any
	}
	var known []value
	all := f.variables(content)
	return func(name string) any {
		for i := range known {
			if known[i].name == name {
				return known[i].is
			}
		}
		is := all(name)
		known = append(known, value{name, is})
		return is
	}
}

// degree is how many steps of a place make one.
const degree = 1_000_000

// valueIn is a field's value as CEL takes it; one of another type is taken as none.
func valueIn(v record.Value, f *Field) any {
	switch typesOf[f.ValueType()] {
	case expression.Texts:
		return v.Strings()
	case expression.Whole:
		n, _ := v.Int64()
		return n
	case expression.Number:
		n, _ := v.Int64()
		return float64(n) / float64(f.Steps())
	case expression.YesNo:
		yes, _ := v.Bool()
		return yes
	case expression.People:
		p, _ := v.People()
		return map[string]any{"persons": p.Persons, "unnamed": p.Unnamed}
	case expression.Point:
		p, _ := v.Place()
		return map[string]any{"lat": float64(p.Lat) / degree, "lon": float64(p.Lon) / degree, "accuracy": p.Accuracy}
	case expression.Items:
		items, _ := v.Items()
		list := make([]map[string]any, len(items))
		for i, it := range items {
			list[i] = map[string]any{"name": it.Name, "quantity": it.Quantity, "value": it.Value}
		}
		return list
	}
	return v.String()
}

// conditions calls each condition of a form that is on its own content.
func (f *Form) conditions(each func(c *Condition)) {
	each(f.Sensitive)
	if f.Urgent != nil {
		each(f.Urgent.When)
	}
	if f.Balance != nil {
		each(f.Balance.Spent)
	}
	for _, field := range f.Fields {
		each(field.Visible)
	}
	for _, offer := range f.Offers {
		each(offer.When)
	}
	for _, check := range f.Checks {
		each(check.Rule)
	}
}

// bind ties all conditions to the forms that they are on.
func (c *Catalogue) bind() {
	for _, forms := range []map[string]*Form{c.Forms, c.Registers} {
		for _, f := range forms {
			f.scope() // here, for many use a catalogue at once
			f.conditions(func(one *Condition) { one.bind(f) })
			for _, field := range f.computed {
				field.Value.bind(f, field)
			}
			if f.Due != nil {
				f.Due.Where.bind(c.Forms[f.Due.Form])
			}
		}
	}
	for _, ind := range c.Indicators {
		for _, source := range ind.Sources {
			source.Where.bind(c.Forms[source.Form])
		}
	}
}

// names says whether the condition names a field.
func (c *Condition) names(key string) bool {
	return c != nil && c.is != nil && slices.Contains(c.is.Names(), key)
}
