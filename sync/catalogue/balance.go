package catalogue

// Balance is what the entries of a form add up to for a household: each adds Value, one for which Spent holds takes it
// away. An entry that would leave less than nought is shown to the reviewer.
type Balance struct {
	Of    string     `json:"of"`    // a household field
	Value string     `json:"value"` // an integer field
	Spent *Condition `json:"spent"`
}

func (s *sheet) checkBalance() {
	b, path := s.form.Balance, s.path("balance")
	if b == nil {
		return
	}
	for _, part := range []struct{ key, field, want string }{
		{"of", b.Of, TypeHousehold},
		{"value", b.Value, TypeInteger},
	} {
		to := join(path, part.key)
		s.need(to, part.field)
		if field := s.form.Field(part.field); part.field != "" && (field == nil || field.Type != part.want) {
			s.problem(to, "balance: %q is no field of type %s", part.field, part.want)
		}
	}
	s.needCondition(b.Spent, join(path, "spent"), s.form)
}
