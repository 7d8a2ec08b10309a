package catalogue

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"niangjia/sync/expression"
	"niangjia/sync/record"
)

// Formula gives a computed field its value: a CEL expression over the fields of its form. Its twin runs on the
// phones: sync/testdata/expressions.json holds both to the same values.
type Formula struct {
	Source string
	is     *expression.Expression
}

// results are the types of computed fields, and what their expressions may give.
var results = map[string][]expression.Type{
	TypeInteger: {expression.Whole, expression.Number},
	TypeMoney:   {expression.Whole, expression.Number},
	TypeDecimal: {expression.Whole, expression.Number},
	TypeText:    {expression.Text},
	TypeYesNo:   {expression.YesNo},
	TypeDate:    {expression.Text, expression.Moment},
}

func (m *Formula) bind(f *Form, field *Field) {
	if gives := results[field.Result]; m != nil && gives != nil {
		m.is = f.scope().New(m.Source, gives...)
	}
}

// MarshalJSON writes the expression.
func (m *Formula) MarshalJSON() ([]byte, error) { return json.Marshal(m.Source) }

// Derive gives the content with its computed values: the same map where the form has none. They are never stored
// and never sent: whoever reads a content derives them.
func (f *Form) Derive(c record.Content) record.Content {
	if f == nil || c == nil || len(f.computed) == 0 {
		return c
	}
	out, from := c.Clone(), f.derivation(c)
	for _, field := range f.computed {
		if v := from.value(field.Key); v != "" {
			out[field.Key] = v
		} else {
			delete(out, field.Key)
		}
	}
	return out
}

// derivation is a content with its computed values, each evaluated when it is first asked for.
type derivation struct {
	form    *Form
	content record.Content
	known   map[string]record.Value
}

func (f *Form) derivation(c record.Content) *derivation { return &derivation{form: f, content: c} }

// value is that of a field. What a content holds under the key of a computed field, from an older version of the form, is not it.
func (d *derivation) value(key string) record.Value {
	field := d.form.fields[key]
	if field == nil || field.Type != TypeComputed {
		return d.content[key]
	}
	v, known := d.known[key]
	if known {
		return v
	}
	if d.known == nil {
		d.known = map[string]record.Value{}
	}
	d.known[key] = "" // a circle, which no checked definition has, ends here
	if m := field.Value; m != nil && m.is != nil {
		v = field.result(m.is.Value(d.variables(m.is.Names())))
	}
	d.known[key] = v
	return v
}

// variables are the values as expressions see them. entry has all fields that are filled, or only those that
// are named: a computed value that asks whether a field is filled must not wait for itself.
func (d *derivation) variables(named []string) expression.Variables {
	return func(name string) any {
		if field := d.form.fields[name]; field != nil {
			return valueIn(d.value(name), field)
		}
		if name != expression.Entry {
			return nil
		}
		filled := map[string]any{}
		add := func(key string) {
			if field := d.form.fields[key]; field != nil {
				if v := d.value(key); v != "" {
					filled[key] = valueIn(v, field)
				}
			}
		}
		if named != nil {
			for _, key := range named {
				add(key)
			}
			return filled
		}
		for key := range d.content {
			add(key)
		}
		for _, field := range d.form.computed {
			add(field.Key)
		}
		return filled
	}
}

// maxSafe is the largest number that phones keep exactly (W1).
const maxSafe = 1<<53 - 1

// result is what an expression gave as the value of the field: none where it gave nothing, or what no value can be.
func (f *Field) result(v any) record.Value {
	switch f.Result {
	case TypeYesNo:
		if yes, ok := v.(bool); ok {
			return record.Value(strconv.FormatBool(yes))
		}
		return ""
	case TypeText:
		if s, ok := v.(string); ok && utf8.RuneCountInString(s) <= longest[TypeLongText] {
			return record.Text(s)
		}
		return ""
	case TypeDate:
		day, _ := v.(string)
		if at, ok := v.(time.Time); ok {
			day = at.UTC().Format(time.DateOnly)
		}
		if validDate(day) {
			return record.Text(day)
		}
		return ""
	}
	switch v := v.(type) {
	case int64:
		if most := maxSafe / f.Steps(); v <= most && v >= -most {
			return record.Int(v * f.Steps())
		}
	case float64:
		// Half a step is rounded away from nought, by these very operations on both sides. The conversion keeps a
		// processor from joining two of them into one that rounds once.
		n := math.Floor(float64(math.Abs(v)*float64(f.Steps())) + 0.5)
		if n <= maxSafe { // not so of what is no number
			return record.Int(int64(math.Copysign(n, v)))
		}
	}
	return ""
}

// Steps is how many steps of the field's value make one: ten of a decimal of scale 1.
func (f *Field) Steps() int64 {
	if f.ValueType() != TypeDecimal {
		return 1
	}
	return [...]int64{1, 10, 100, 1_000, 10_000}[min(max(f.Scale, 0), 4)]
}
