package catalogue

import (
	"maps"
	"slices"
)

// checkLinks looks at what a form says about other forms.
func (s *sheet) checkLinks(forms map[string]*Form) {
	for i, offer := range s.form.Offers {
		s.checkOffer(offer, at(s.path("offers"), i), forms)
	}
	if s.form.Due != nil {
		s.checkDue(forms)
	}
}

func (s *sheet) checkOffer(offer *Offer, path string, forms map[string]*Form) {
	s.text(join(path, "label"), offer.Label)
	s.condition(offer.When, join(path, "when"), s.form)
	s.need(join(path, "form"), offer.Form)
	target := forms[offer.Form]
	if target == nil {
		s.noForm(join(path, "form"), offer.Form)
		return
	}
	for _, from := range slices.Sorted(maps.Keys(offer.Carry)) {
		to := offer.Carry[from]
		s.pair(join(join(path, "carry"), from), from, to, target, func(a, b *Field) bool {
			return a.Type == b.Type && !a.Chosen() && a.Stored() && !a.Attached() && a.Scale == b.Scale && (b.Level == "" || a.Level == b.Level)
		})
	}
	for i, m := range offer.Map {
		into := at(join(path, "map"), i)
		if !s.pair(into, m.From, m.To, target, func(a, b *Field) bool { return a.Chosen() && b.Chosen() }) {
			continue
		}
		for _, from := range slices.Sorted(maps.Keys(m.Values)) {
			value := join(join(into, "values"), from)
			if s.form.Field(m.From).Choice(from) == nil {
				s.problem(value, "field %q has no choice %q", m.From, from)
			}
			if to := m.Values[from]; to != "" && target.Field(m.To).Choice(to) == nil {
				s.problem(value, "field %q of form %q has no choice %q", m.To, target.ID, to)
			}
		}
	}
}

// pair checks that a field here and one of the target form exist and go together.
func (s *sheet) pair(path, from, to string, target *Form, fits func(a, b *Field) bool) bool {
	a, b := s.form.Field(from), target.Field(to)
	if a == nil {
		s.problem(path, "form %q has no field %q", s.form.ID, from)
	}
	if b == nil && to != "" {
		s.problem(path, "form %q has no field %q", target.ID, to)
	}
	if a == nil || b == nil {
		return false
	}
	if !fits(a, b) {
		s.problem(path, "a value of %q (%s) does not fit %q (%s)", from, a.Type, to, b.Type)
		return false
	}
	return true
}

func (s *sheet) checkDue(forms map[string]*Form) {
	due, path := s.form.Due, s.path("due")
	s.need(join(path, "on"), due.On)
	s.need(join(path, "form"), due.Form)
	s.need(join(path, "same"), due.Same)
	if on := s.form.Field(due.On); due.On != "" && (on == nil || on.Type != TypeDate) {
		s.problem(join(path, "on"), "due.on: %q is not a date field", due.On)
	}
	target := forms[due.Form]
	if target == nil {
		s.noForm(join(path, "form"), due.Form)
	}
	if target != nil && due.Where != nil {
		s.condition(due.Where, join(path, "where"), target)
	}
	for _, f := range []*Form{s.form, target} {
		if f == nil || due.Same == "" {
			continue
		}
		if same := f.Field(due.Same); same == nil || same.Type != TypeHousehold {
			s.problem(join(path, "same"), "due.same: %q is not a household field of form %q", due.Same, f.ID)
			break
		}
	}
}
