package catalogue

import (
	"maps"
	"slices"
	"strings"

	"niangjia/sync/expression"
)

// checkComputed checks the computed fields: each by itself, then that none is computed from itself, and that
// all together are quick enough to be shown while somebody types.
func (s *sheet) checkComputed() {
	var cost uint64
	sound := true
	for i, field := range s.form.Fields {
		if field.Type != TypeComputed {
			continue
		}
		path := at(s.path("fields"), i)
		s.need(join(path, "result"), field.Result)
		s.oneOf(join(path, "result"), field.Result, slices.Sorted(maps.Keys(results)), "result")
		if field.Value == nil {
			s.problem(join(path, "value"), `"value" is missing`)
		}
		if field.Value == nil || field.Value.is == nil || s.trusted {
			sound = false
			continue
		}
		one, ok := s.formula(field, join(path, "value"))
		cost += one
		sound = sound && ok
	}
	if cost > expression.MaxCost {
		s.problem(s.path("fields"), "the computed fields would run too long together (%d steps where %d are the most)", cost, expression.MaxCost)
	}
	if sound {
		s.circles()
	}
}

// formula checks the expression of a computed field and gives its cost.
func (s *sheet) formula(field *Field, path string) (cost uint64, ok bool) {
	m := field.Value
	if m.Source == "" && s.nodes[path].kind != "a text" {
		return 0, false // of a wrong kind, reported already
	}
	if !s.expression(m.Source, m.is, path, s.form) {
		return 0, false
	}
	cost, _ = m.is.Cost()
	names := m.is.Names()
	if len(names) == 0 {
		s.problem(path, "field %q is computed and names no field", field.Key)
	}
	for _, name := range names {
		from := s.form.Field(name)
		switch {
		case name == expression.Entry:
			// All of the entry has this value in it too.
			s.problem(path, "field %q: a computed value names a field of the entry, as in has(entry.x), never the whole", field.Key)
		case (from.Personal || from.Sensitive) && !field.Personal && !field.Sensitive:
			s.problem(path, "field %q is computed from %q, which is withheld: it must be personal or sensitive too", field.Key, name)
		}
	}
	return cost, true
}

// circles reports computed fields that wait for each other, once each circle.
func (s *sheet) circles() {
	const (
		open = 1
		done = 2
	)
	state := map[string]int{}
	var way []string
	var visit func(field *Field)
	visit = func(field *Field) {
		state[field.Key] = open
		way = append(way, field.Key)
		for _, name := range field.Value.is.Names() {
			from := s.form.Field(name)
			if from == nil || from.Type != TypeComputed {
				continue
			}
			switch state[name] {
			case open:
				circle := append(slices.Clone(way[slices.Index(way, name):]), name)
				i := slices.Index(s.form.Fields, from)
				s.problem(join(at(s.path("fields"), i), "value"), "field %q is computed from itself: %s", name, strings.Join(circle, ", "))
			case done:
			default:
				visit(from)
			}
		}
		way = way[:len(way)-1]
		state[field.Key] = done
	}
	for _, field := range s.form.computed {
		if state[field.Key] == 0 {
			visit(field)
		}
	}
}

// checkChecks checks the rules that an entry must keep.
func (s *sheet) checkChecks() {
	to := s.path("checks")
	if s.register && s.has(to) {
		s.problem(to, `a register has no "checks"`)
		return
	}
	for i, check := range s.form.Checks {
		path := at(to, i)
		if s.nodes[path].kind != "an object" {
			continue
		}
		s.needCondition(check.Rule, join(path, "rule"), s.form)
		s.text(join(path, "message"), check.Message)
		s.need(join(path, "field"), check.Field)
		field := s.form.Field(check.Field)
		switch {
		case check.Field == "":
		case field == nil:
			s.problem(join(path, "field"), "form %q has no field %q", s.form.ID, check.Field)
		case field.Hidden:
			s.problem(join(path, "field"), "field %q is hidden: nobody would read what is wrong there", check.Field)
		}
	}
}

// filled reports fields that nobody can fill.
func (s *sheet) filled(path string, keys []string) {
	for i, key := range keys {
		if field := s.form.Field(key); field != nil && !field.Stored() {
			s.problem(at(path, i), "field %q of type %s cannot be filled in", key, field.Type)
		}
	}
}
