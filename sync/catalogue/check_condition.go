package catalogue

func (o origin) needCondition(c *Condition, path string, f *Form) {
	if c == nil {
		o.problem(path, "%q is missing", keyOf(path))
		return
	}
	o.condition(c, path, f)
}

// condition checks a condition on the content of a form; f is nil where the form itself is unknown.
func (o origin) condition(c *Condition, path string, f *Form) {
	if c == nil || f == nil || o.nodes[path].kind != "an object" {
		return
	}
	if (c.All == nil) == (c.Any == nil) {
		o.problem(path, `a condition has either "all" or "any"`)
		return
	}
	key, tests := "all", c.All
	if c.Any != nil {
		key, tests = "any", c.Any
	}
	if len(tests) == 0 {
		o.problem(join(path, key), "a condition without a test")
	}
	for i, t := range tests {
		o.test(t, at(join(path, key), i), f)
	}
}

func (o origin) test(t *Test, path string, f *Form) {
	if o.nodes[path].kind != "an object" {
		return
	}
	given := 0
	for _, key := range []string{"in", "not_in", "filled"} {
		if o.has(join(path, key)) {
			given++
		}
	}
	if given != 1 {
		o.problem(path, `a test has one of "in", "not_in" and "filled"`)
	}
	o.need(join(path, "field"), t.Field)
	if t.Field == "" {
		return
	}
	field := f.Field(t.Field)
	if field == nil {
		o.problem(join(path, "field"), "form %q has no field %q", f.ID, t.Field)
		return
	}
	for key, choices := range map[string][]string{"in": t.In, "not_in": t.NotIn} {
		to := join(path, key)
		if choices == nil {
			continue
		}
		if field.Type != TypeOne && field.Type != TypeMany {
			o.problem(to, "field %q of type %s has no choices to test", t.Field, field.Type)
			continue
		}
		if len(choices) == 0 {
			o.problem(to, "%q without a choice", key)
		}
		for i, choice := range choices {
			if choice != "" && field.Choice(choice) == nil {
				o.problem(at(to, i), "field %q has no choice %q", t.Field, choice)
			}
		}
	}
}
