package catalogue

import (
	"bytes"
	"encoding/json"
)

// Change is one thing that a catalogue says otherwise than another, for whoever is about to publish it.
type Change struct {
	What      string `json:"what"`
	Form      string `json:"form,omitempty"`
	Field     string `json:"field,omitempty"`
	Choice    string `json:"choice,omitempty"`
	Indicator string `json:"indicator,omitempty"`
	Section   string `json:"section,omitempty"`
}

// What a change is.
const (
	FormAdded        = "form_added"
	FormChanged      = "form_changed" // in what no other word says
	FormHidden       = "form_hidden"
	FormShown        = "form_shown"
	FormMoved        = "form_moved"
	FieldAdded       = "field_added"
	FieldChanged     = "field_changed"
	FieldHidden      = "field_hidden"
	FieldShown       = "field_shown"
	ChoiceAdded      = "choice_added"
	ChoiceHidden     = "choice_hidden"
	ChoiceShown      = "choice_shown"
	ChoiceRenamed    = "choice_renamed"
	ChoicesMoved     = "choices_moved"
	IndicatorAdded   = "indicator_added"
	IndicatorChanged = "indicator_changed"
	SectionAdded     = "section_added"
	SectionChanged   = "section_changed"
)

// Changes lists what one catalogue says otherwise than another, in the order of the new one.
func Changes(was, is *Catalogue) []Change {
	c := changing{}
	before, after := split(was), split(is)
	c.definitions(before.sections, after.sections, func(id string, added bool) {
		c.add(Change{What: word(added, SectionAdded, SectionChanged), Section: id})
	})
	forms := byID(before.forms)
	for _, raw := range after.forms {
		id := idOf(raw)
		old := forms[id]
		if old == nil {
			c.add(Change{What: FormAdded, Form: id})
		} else if !bytes.Equal(canonical(raw, "version"), canonical(old, "version")) {
			c.form(id, readObject(old), readObject(raw))
		}
	}
	c.definitions(before.indicators, after.indicators, func(id string, added bool) {
		c.add(Change{What: word(added, IndicatorAdded, IndicatorChanged), Indicator: id})
	})
	return c.list
}

func word(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

type changing struct{ list []Change }

func (c *changing) add(one Change) { c.list = append(c.list, one) }

func (c *changing) definitions(was, is []json.RawMessage, tell func(id string, added bool)) {
	before := byID(was)
	for _, raw := range is {
		if id := idOf(raw); !bytes.Equal(canonical(raw, ""), canonical(before[id], "")) {
			tell(id, before[id] == nil)
		}
	}
}

// hidden tells where something was put out of sight or back.
func (c *changing) hidden(was, is *object, hide, show string, one Change) {
	a, b := string(was.values["hidden"]) == "true", string(is.values["hidden"]) == "true"
	if a != b {
		one.What = word(b, hide, show)
		c.add(one)
	}
}

// rest says whether two objects differ in anything but some keys.
func rest(was, is *object, but ...string) bool {
	a, b := was.json(), is.json()
	for _, key := range but {
		a, b = canonical(a, key), canonical(b, key)
	}
	return !bytes.Equal(canonical(a, ""), canonical(b, ""))
}

func (c *changing) form(id string, was, is *object) {
	c.hidden(was, is, FormHidden, FormShown, Change{Form: id})
	if string(was.values["order"]) != string(is.values["order"]) {
		c.add(Change{What: FormMoved, Form: id})
	}
	fields := keyed(was.list("fields"))
	for _, raw := range is.list("fields") {
		field := readObject(raw)
		key := field.text("key")
		if old := fields[key]; old == nil {
			c.add(Change{What: FieldAdded, Form: id, Field: key})
		} else {
			c.field(id, key, old, field)
		}
	}
	if rest(was, is, "version", "hidden", "order", "fields") {
		c.add(Change{What: FormChanged, Form: id})
	}
}

func keyed(list []json.RawMessage) map[string]*object {
	out := make(map[string]*object, len(list))
	for _, raw := range list {
		o := readObject(raw)
		out[o.text("key")] = o
	}
	return out
}

func (c *changing) field(form, key string, was, is *object) {
	c.hidden(was, is, FieldHidden, FieldShown, Change{Form: form, Field: key})
	same := []string{"hidden", "choices"}
	if string(was.values["hidden"]) != string(is.values["hidden"]) {
		same = append(same, "default", "preset") // which go with it
	}
	if rest(was, is, same...) {
		c.add(Change{What: FieldChanged, Form: form, Field: key})
	}
	before, after := was.list("choices"), is.list("choices")
	have := keyed(before)
	var kept, came []string // the choices of before, in their order and in the new one
	for _, raw := range before {
		kept = append(kept, readObject(raw).text("key"))
	}
	for _, raw := range after {
		choice := readObject(raw)
		name := choice.text("key")
		one := Change{Form: form, Field: key, Choice: name}
		old := have[name]
		if old == nil {
			one.What = ChoiceAdded
			c.add(one)
			continue
		}
		came = append(came, name)
		c.hidden(old, choice, ChoiceHidden, ChoiceShown, one)
		if rest(old, choice, "hidden") {
			one.What = ChoiceRenamed
			c.add(one)
		}
	}
	for i, name := range came {
		if i < len(kept) && kept[i] != name {
			c.add(Change{What: ChoicesMoved, Form: form, Field: key})
			return
		}
	}
}
