package catalogue

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"niangjia/sync/record"
)

// What a retouch may be.
const (
	maxOrder = 1_000_000
	maxHint  = 200 // characters
	maxLabel = 50
)

// retouching checks what a city says otherwise of the forms of a catalogue that is right by itself.
type retouching struct {
	c        *Catalogue
	own      *Own
	problems Problems
}

func (t *retouching) problem(path, format string, args ...any) {
	t.problems = append(t.problems, problem("", 0, path, format, args...))
}

func (o *Own) checkRetouch(c *Catalogue) Problems {
	t := &retouching{c: c, own: o}
	for _, id := range slices.Sorted(maps.Keys(o.Retouch)) {
		r, path := o.Retouch[id], join(ownRetouch, id)
		form := c.Form(id)
		if form == nil {
			t.problem(path, "no form %q", id)
			continue
		}
		if r.Order != nil && (*r.Order < 0 || *r.Order > maxOrder) {
			t.problem(join(path, "order"), `"order" is from 0 to %d`, maxOrder)
		}
		if r.Hidden != nil && *r.Hidden {
			t.hideForm(form, join(path, "hidden"))
		}
		for _, key := range slices.Sorted(maps.Keys(r.Fields)) {
			to := join(join(path, "fields"), key)
			if field := form.Field(key); field != nil {
				t.field(form, field, r.Fields[key], to)
			} else {
				t.problem(to, "form %q has no field %q", id, key)
			}
		}
	}
	return t.problems
}

// hideForm: what another form asks for on a day must be there to be recorded.
func (t *retouching) hideForm(form *Form, path string) {
	for _, other := range Sorted(t.c.Forms) {
		if r := t.own.Retouch[other.ID]; r != nil && r.Hidden != nil && *r.Hidden || other.Hidden {
			continue
		}
		if other.ID != form.ID && other.Due != nil && other.Due.Form == form.ID {
			t.problem(path, "form %q is due after %q: nobody could record it", form.Name, other.Name)
		}
	}
}

func (t *retouching) field(form *Form, field *Field, r *RetouchedField, path string) {
	if r.Hint != nil {
		t.text(join(path, "hint"), *r.Hint, maxHint)
	}
	if r.Hidden != nil {
		to := join(path, "hidden")
		switch {
		case field.Hidden && !*r.Hidden && t.lone(form.ID):
			t.problem(to, "field %q is hidden by the form itself: it is filled in another way", field.Label)
		case *r.Hidden && field.Required:
			t.problem(to, "field %q is required: it cannot be hidden", field.Label)
		case *r.Hidden:
			t.needed(form, field, to)
		}
	}
	if r.Choices != nil {
		t.choices(field, r.Choices, join(path, "choices"))
	}
}

// lone: a form of the city's own says by itself what it hides, and may be written anew.
func (t *retouching) lone(form string) bool { return of(t.own.Forms, form) < 0 }

func (t *retouching) text(path string, text Text, most int) {
	if strings.TrimSpace(text.ZH) == "" {
		t.problem(join(path, "zh"), "%q has no %q text", keyOf(path), "zh")
	}
	for key, s := range map[string]string{"zh": text.ZH, "en": text.EN} {
		if utf8.RuneCountInString(s) > most*len(key) { // a word of English is longer
			t.problem(join(path, key), "this text is too long: %d characters are the most", most)
		}
	}
}

// needed tells what would be asked in vain of a field that nobody fills in.
func (t *retouching) needed(form *Form, field *Field, path string) {
	key := field.Key
	for _, c := range []*Condition{form.Sensitive, urgentOf(form)} {
		if c.names(key) {
			t.problem(path, "field %q tells what is sensitive or urgent: it cannot be hidden", field.Label)
		}
	}
	for _, other := range form.Fields {
		if other.Visible.names(key) {
			t.problem(path, "field %q decides whether %q is asked: it cannot be hidden", field.Label, other.Label)
		}
		if other.Type == TypeComputed && other.Value != nil && other.Value.is != nil && slices.Contains(other.Value.is.Names(), key) {
			t.problem(path, "%q is computed from %q: it cannot be hidden", other.Label, field.Label)
		}
	}
	for _, check := range form.Checks {
		if check.Field == key || check.Rule.names(key) {
			t.problem(path, "field %q is needed by a check: it cannot be hidden", field.Label)
		}
	}
	for _, keys := range form.RequireAny {
		if slices.Contains(keys, key) {
			t.problem(path, "field %q is one of those of which one must be filled: it cannot be hidden", field.Label)
		}
	}
	for _, offer := range form.Offers {
		if offer.When.names(key) { // one that is only carried on is empty there too
			t.problem(path, "field %q tells whether %q is offered: it cannot be hidden", field.Label, offer.Label)
		}
	}
	if b := form.Balance; b != nil && (b.Of == key || b.Value == key || b.Spent.names(key)) {
		t.problem(path, "field %q is needed for the balance: it cannot be hidden", field.Label)
	}
	for _, other := range Sorted(t.c.Forms) {
		due := other.Due
		if due == nil {
			continue
		}
		if other == form && (due.On == key || due.Same == key) || due.Form == form.ID && (due.Same == key || due.Where.names(key)) {
			t.problem(path, "field %q tells what is due: it cannot be hidden", field.Label)
		}
	}
	for _, ind := range t.c.Indicators {
		if slices.ContainsFunc(ind.Sources, func(s *Source) bool { return s.Form == form.ID && s.names(ind, key) }) {
			t.problem(path, "field %q is needed for the figure %q: it cannot be hidden", field.Label, ind.Name)
		}
	}
}

// names says whether the source counts by a field.
func (s *Source) names(ind *Indicator, key string) bool {
	if slices.Contains([]string{s.Date, s.Until, s.Since, s.Key}, key) || s.Where.names(key) ||
		slices.ContainsFunc(ind.Groups, func(g string) bool { return slices.Contains(GroupFields(g), key) }) {
		return true
	}
	v := s.Value
	return v != nil && (slices.Contains([]string{v.Field, v.Size, v.Heads, v.Unnamed, v.Items}, key) || slices.Contains(v.Days, key))
}

func (t *retouching) choices(field *Field, list []*RetouchedChoice, path string) {
	if !field.Chosen() {
		t.problem(path, "field %q: a field of type %s has no choices", field.Key, field.Type)
		return
	}
	seen, hidden, labels := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i, c := range list {
		to := at(path, i)
		switch {
		case !snake.MatchString(c.Key):
			t.problem(join(to, "key"), "%q must be a snake_case name, not %q", "key", c.Key)
		case record.ValidID(c.Key):
			t.problem(join(to, "key"), "choice %q looks like an id", c.Key)
		case seen[c.Key]:
			t.problem(join(to, "key"), "field %q: choice %q stands twice", field.Key, c.Key)
		}
		seen[c.Key] = true
		hidden[c.Key] = c.Hidden
		have := field.Choice(c.Key)
		switch {
		case have == nil && c.Label == nil:
			t.problem(join(to, "label"), "%q is missing", "label")
		case have == nil:
			t.text(join(to, "label"), *c.Label, maxLabel)
		case c.Label != nil && *c.Label != have.Label:
			t.problem(join(to, "label"), "choice %q means the same in all cities: hide it and add one of your own", have.Label)
		}
		label := c.Label
		if have != nil {
			label = &have.Label
		}
		if label != nil && !c.Hidden {
			if labels[label.ZH] {
				t.problem(join(to, "label"), "two choices are called %q", *label)
			}
			labels[label.ZH] = true
		}
	}
	t.left(field, seen, hidden, path)
}

// left: something must be there to choose, and what a form begins with too.
func (t *retouching) left(field *Field, seen, hidden map[string]bool, path string) {
	shown := len(seen)
	for _, h := range hidden {
		if h {
			shown--
		}
	}
	for _, c := range field.Choices {
		if !seen[c.Key] && !c.Hidden {
			shown++
		}
	}
	if shown == 0 {
		t.problem(path, "every choice of %q would be hidden", field.Label)
	}
	begins, _ := field.Default.([]string)
	if one, ok := field.Default.(string); ok {
		begins = []string{one}
	}
	for _, key := range begins {
		if c := field.Choice(key); c != nil && hidden[key] {
			t.problem(path, "%q is chosen at first: it cannot be hidden", c.Label)
		}
	}
}
