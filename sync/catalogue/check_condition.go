package catalogue

import "niangjia/sync/expression"

func (o origin) needCondition(c *Condition, path string, f *Form) {
	if c == nil {
		o.problem(path, "%q is missing", keyOf(path))
		return
	}
	o.condition(c, path, f)
}

// condition checks a condition on the content of a form; f is nil where the form itself is unknown.
func (o origin) condition(c *Condition, path string, f *Form) {
	if c == nil || f == nil || c.Source == "" && o.nodes[path].kind != "a text" {
		return // of a wrong kind, reported already
	}
	if c.is == nil {
		return // of a form that stands twice, which is told
	}
	if o.trusted {
		return // to compile all of them again would cost a start its speed
	}
	o.expression(c.Source, c.is, path, f)
}

// expression checks what any expression over the fields of a form is held to, and says whether it is right.
func (o origin) expression(source string, is *expression.Expression, path string, f *Form) bool {
	for _, name := range is.Names() {
		field := f.Field(name)
		switch {
		case name == expression.Entry:
		case field == nil:
			o.problem(path, "form %q has no field %q", f.ID, name)
			return false
		case field.Type == TypeNote:
			o.problem(path, "field %q is a note and has no value", name)
			return false
		}
	}
	if err := is.Check(); err != nil {
		o.problem(path, "%q: %v", source, err)
		return false
	}
	ok := true
	for _, m := range is.Mentions() {
		if field := f.Field(m.Name); field != nil && field.Chosen() && m.Text != "" && field.Choice(m.Text) == nil {
			o.problem(path, "field %q has no choice %q", m.Name, m.Text)
			ok = false
		}
	}
	return ok
}
