package catalogue

// checkColumns looks at what a register says of its spreadsheets.
func (s *sheet) checkColumns() {
	path := s.path("columns")
	if !s.register {
		if s.has(path) {
			s.problem(path, `only a register has "columns"`)
		}
		for i, field := range s.form.Fields {
			if field.Headings != nil {
				s.problem(join(at(s.path("fields"), i), "headings"), `only a register's field has "headings"`)
			}
		}
		s.checkTicked()
		return
	}
	s.checkTicked()
	for i, c := range s.form.Columns {
		to := at(path, i)
		if s.nodes[to].kind == "an object" {
			s.checkColumn(c, to)
		}
	}
}

// checkTicked looks at the choices that have a column of their own.
func (s *sheet) checkTicked() {
	for i, field := range s.form.Fields {
		for j, c := range field.Choices {
			path := join(at(join(at(s.path("fields"), i), "choices"), j), "headings")
			switch {
			case c.Headings == nil:
			case !s.register || field.Type != TypeMany:
				s.problem(path, `only a choice of a register's many-of field has "headings"`)
			default:
				s.twice(path, c.Headings, "heading")
			}
		}
	}
}

func (s *sheet) checkColumn(c *Column, path string) {
	s.need(join(path, "as"), c.As)
	s.oneOf(join(path, "as"), c.As, []string{ColumnID, ColumnBegins, ColumnBefore, ColumnYear, ColumnIDNumber}, "column")
	if len(c.Headings) == 0 {
		s.problem(path, `"headings" is missing`)
	}
	s.twice(join(path, "headings"), c.Headings, "heading")
	switch c.As {
	case ColumnBegins:
		if len(c.Words) == 0 {
			s.problem(path, `"words" is missing`)
		}
	case ColumnBefore:
		s.filledBy(c.Of, join(path, "of"), TypeText)
	case ColumnYear, ColumnIDNumber:
		s.filledBy(c.Of, join(path, "of"), TypeInteger)
	}
	if p := c.Parity; p != nil {
		if field := s.filledBy(p.Field, join(path, "parity.field"), TypeOne); field != nil && (field.Choice(p.Odd) == nil || field.Choice(p.Even) == nil) {
			s.problem(join(path, "parity"), "%q and %q are not both choices of %q", p.Odd, p.Even, p.Field)
		}
	}
}

// filledBy reports a field that is not there or not of the type that a column gives.
func (s *sheet) filledBy(key, path, typ string) *Field {
	field := s.form.Field(key)
	if field == nil || field.Type != typ {
		s.problem(path, "no field %q of type %s", key, typ)
		return nil
	}
	return field
}
