package catalogue

import (
	"regexp"
	"slices"
	"strings"

	"niangjia/sync/record"
)

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

var (
	types = []string{TypeText, TypeLongText, TypePhone, TypeInteger, TypeMoney, TypeDate, TypeOne, TypeMany, TypeYesNo, TypeHousehold, TypeEntry, TypePeople, TypeItems,
		TypeDecimal, TypeMonth, TypeUnit, TypePerson, TypePlace, TypePhoto, TypeSignature, TypeVoice, TypeComputed, TypeNote}
	levels = []string{"village", "township", "county", "city"}
	fixed  = map[string]string{KeyOccurredOn: TypeDate, KeyText: TypeLongText, KeyHousehold: TypeHousehold, KeyFollows: TypeEntry, KeyDoneBy: TypeText}
	// What a field cannot be called, for expressions could not name it.
	taken = []string{"entry", "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let", "loop", "namespace", "null",
		"package", "return", "true", "var", "void", "while", "bool", "bytes", "double", "dyn", "int", "list", "map", "null_type", "string", "type", "uint"}
	// The protocol knows these two registers; their fields are free.
	registerIDs = []string{"household", "person"}
)

// origin is where a definition stands, so that a check can name the line.
type origin struct {
	*filler
	prefix string // path of the definition in its file, "" where the file is the definition
}

func (o origin) path(key string) string { return join(o.prefix, key) }

// sheet is a form or register with its place.
type sheet struct {
	origin
	form     *Form
	register bool
}

// oneOf reports a word outside a closed set, once; a missing or mistyped word is reported elsewhere.
func (o origin) oneOf(path, word string, words []string, what string) {
	if word != "" && !slices.Contains(words, word) {
		o.problem(path, "%s %q is none of %s", what, word, strings.Join(words, ", "))
	}
}

// need reports a text that is missing or empty; one of the wrong type is reported already.
func (o origin) need(path, value string) {
	if value == "" && (!o.has(path) || o.nodes[path].kind == "a text") {
		o.problem(path, "%q is missing", keyOf(path))
	}
}

func (o origin) id(path, value string) {
	o.need(path, value)
	if value != "" && !snake.MatchString(value) {
		o.problem(path, "%q must be a snake_case name, not %q", keyOf(path), value)
	}
}

func (o origin) text(path string, t Text) {
	if !o.has(path) {
		o.problem(path, "%q is missing", keyOf(path))
		return
	}
	if o.nodes[path].kind != "an object" {
		return
	}
	for _, part := range []struct{ key, value string }{{"zh", t.ZH}, {"en", t.EN}} {
		to := join(path, part.key)
		if strings.TrimSpace(part.value) == "" && (!o.has(to) || o.nodes[to].kind == "a text") {
			o.problem(to, "%q has no %q text", keyOf(path), part.key)
		}
	}
}

func (o origin) optionalText(path string, t *Text) {
	if t != nil {
		o.text(path, *t)
	}
}

// twice reports values that repeat in a list.
func (o origin) twice(path string, values []string, what string) {
	for i, v := range values {
		if v != "" && slices.Index(values, v) < i {
			o.problem(at(path, i), "%s %q stands twice", what, v)
		}
	}
}

// check looks at everything inside one form or register.
func (s *sheet) check() {
	f := s.form
	s.id(s.path("id"), f.ID)
	if f.Version < 1 && !s.badNumber("version") {
		s.problem(s.path("version"), `"version" must be a whole number from 1`)
	}
	s.text(s.path("name"), f.Name)
	s.text(s.path("action"), f.Action)
	s.need(s.path("icon"), f.Icon)
	s.optionalText(s.path("save"), f.Save)
	s.optionalText(s.path("more"), f.More)
	if f.More != nil && f.Save == nil && !s.has(s.path("save")) {
		s.problem(s.path("more"), `"more" needs "save"`)
	}
	s.checkFields()
	s.checkColumns()
	s.checkLevels()
	s.checkKeys(s.path("summary"), f.Summary)
	if len(f.Summary) == 0 && (!s.has(s.path("summary")) || s.nodes[s.path("summary")].kind == "a list") {
		s.problem(s.path("summary"), `"summary" is missing`)
	}
	for i, keys := range f.RequireAny {
		path := at(s.path("require_any"), i)
		s.checkKeys(path, keys)
		s.filled(path, keys)
		if len(keys) == 0 && s.nodes[path].kind == "a list" {
			s.problem(path, `a list of "require_any" is empty`)
		}
	}
	s.checkComputed()
	s.checkChecks()
	s.checkBalance()
	s.condition(f.Sensitive, s.path("sensitive"), f)
	if f.Urgent != nil {
		path := s.path("urgent")
		s.text(join(path, "advice"), f.Urgent.Advice)
		s.needCondition(f.Urgent.When, join(path, "when"), f)
	}
}

func (s *sheet) badNumber(key string) bool {
	n, ok := s.nodes[s.path(key)]
	if !ok {
		return false
	}
	_, whole := integer(n)
	return !whole
}

func (s *sheet) checkLevels() {
	path := s.path("levels")
	if s.register {
		if s.has(path) {
			s.problem(path, `a register has no "levels"`)
		}
		return
	}
	if len(s.form.Levels) == 0 && (!s.has(path) || s.nodes[path].kind == "a list") {
		s.problem(path, `"levels" is missing`)
	}
	for i, level := range s.form.Levels {
		s.oneOf(at(path, i), level, levels, "level")
	}
	s.twice(path, s.form.Levels, "level")
}

// checkKeys reports keys that are no fields.
func (s *sheet) checkKeys(path string, keys []string) {
	for i, key := range keys {
		if key != "" && s.form.Field(key) == nil {
			s.problem(at(path, i), "%s: no field %q", keyOf(path), key)
		}
	}
	s.twice(path, keys, "field")
}

func (s *sheet) checkFields() {
	path := s.path("fields")
	if len(s.form.Fields) == 0 && (!s.has(path) || s.nodes[path].kind == "a list") {
		s.problem(path, `"fields" is missing`)
	}
	seen := map[string]bool{}
	for i, field := range s.form.Fields {
		to := at(path, i)
		if s.nodes[to].kind != "an object" {
			continue
		}
		if field.Key != "" && seen[field.Key] {
			s.problem(join(to, "key"), "field %q stands twice", field.Key)
		}
		seen[field.Key] = true
		s.checkField(field, to)
	}
	if occurred := s.form.Field(KeyOccurredOn); !s.register && len(s.form.Fields) > 0 && (occurred == nil || !occurred.Required) {
		s.problem(path, "a form needs the required date %q", KeyOccurredOn)
	}
}

func (s *sheet) checkField(field *Field, path string) {
	s.id(join(path, "key"), field.Key)
	s.need(join(path, "type"), field.Type)
	s.oneOf(join(path, "type"), field.Type, types, "type")
	if want := fixed[field.Key]; want != "" && field.Type != "" && field.Type != want {
		s.problem(join(path, "type"), "field %q is of type %s in every form, not %s", field.Key, want, field.Type)
	}
	if !s.trusted && slices.Contains(taken, field.Key) {
		s.problem(join(path, "key"), "%q is a word of the expressions' language: choose another key", field.Key)
	}
	s.text(join(path, "label"), field.Label)
	s.optionalText(join(path, "hint"), field.Hint)
	s.optionalText(join(path, "unit"), field.Unit)
	s.checkExtras(field, path)
	if s.has(join(path, "screen")) && field.Screen != 1 && field.Screen != 2 {
		s.problem(join(path, "screen"), `field %q: "screen" is 1 or 2`, field.Key)
	}
	if field.Screen == 2 && s.form.More == nil && !s.has(s.path("more")) {
		s.problem(join(path, "screen"), `field %q is on the second screen and the form has no "more"`, field.Key)
	}
	if field.Hidden && field.Required && field.Default == nil {
		s.problem(join(path, "required"), "field %q is hidden, required and has no default: nobody can fill it", field.Key)
	}
	s.condition(field.Visible, join(path, "visible"), s.form)
	if field.Visible.names(field.Key) {
		s.problem(join(path, "visible"), "field %q cannot be visible by its own value", field.Key)
	}
	s.checkChoices(field, path)
	s.checkRange(field, path)
	if s.has(join(path, "default")) {
		s.checkDefault(field, join(path, "default"))
	}
}

func (s *sheet) checkChoices(field *Field, path string) {
	to := join(path, "choices")
	chosen := field.Chosen()
	if chosen && len(field.Choices) == 0 && (!s.has(to) || s.nodes[to].kind == "a list") {
		s.problem(to, "field %q: no choices", field.Key)
	}
	if !chosen && s.has(to) {
		s.problem(to, "field %q: a field of type %s has no choices", field.Key, field.Type)
	}
	seen := map[string]bool{}
	for i, choice := range field.Choices {
		if s.nodes[at(to, i)].kind != "an object" {
			continue
		}
		key := join(at(to, i), "key")
		s.id(key, choice.Key)
		if choice.Key != "" && seen[choice.Key] {
			s.problem(key, "field %q: choice %q stands twice", field.Key, choice.Key)
		}
		if !s.trusted && record.ValidID(choice.Key) {
			s.problem(key, "choice %q looks like an id", choice.Key) // phones keep lists of ids in their order, choices sorted
		}
		seen[choice.Key] = true
		s.text(join(at(to, i), "label"), choice.Label)
	}
}
