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
	if o.trusted {
		return // to compile all of them again would cost a start its speed
	}
	unknown := false
	for _, name := range c.is.Names() {
		if name != expression.Entry && f.Field(name) == nil {
			o.problem(path, "form %q has no field %q", f.ID, name)
			unknown = true
		}
	}
	if unknown {
		return
	}
	if err := c.Check(); err != nil {
		o.problem(path, "%q: %v", c.Source, err)
		return
	}
	for _, m := range c.is.Mentions() {
		if field := f.Field(m.Name); field != nil && field.Chosen() && m.Text != "" && field.Choice(m.Text) == nil {
			o.problem(path, "field %q has no choice %q", m.Name, m.Text)
		}
	}
}
