package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
)

// Own is what a city has defined itself, and what it has retouched of other definitions. It lies over a base: the
// definitions that come with the program, or those of a folder.
type Own struct {
	Forms      []json.RawMessage // whole, as in a file; one with the id of a form beneath takes its place
	Indicators []json.RawMessage
	Sections   []json.RawMessage
	Retouch    map[string]*Retouch // by form
}

// Retouch changes what of a form means nothing to what was recorded by it.
type Retouch struct {
	Hidden *bool                      `json:"hidden"` // nobody begins one any more
	Order  *int64                     `json:"order"`
	Fields map[string]*RetouchedField `json:"fields"` // by key
}

// RetouchedField is what a city says otherwise of a field.
type RetouchedField struct {
	Hint   *Text `json:"hint"`
	Hidden *bool `json:"hidden"` // not asked any more
	// Choices in the wanted order. Those of the form that are not named stay, at the end.
	Choices []*RetouchedChoice `json:"choices"`
}

// RetouchedChoice is a choice in its place, or one that the form does not have by itself.
type RetouchedChoice struct {
	Key    string `json:"key"`
	Label  *Text  `json:"label"`
	Hidden bool   `json:"hidden"`
}

// Bounds of what a city may have of its own, far beyond what people can use.
const (
	maxOwnForms      = 200
	maxOwnIndicators = 1000
)

// Paths of an own's parts.
const (
	ownForms      = "forms"
	ownIndicators = "indicators"
	ownSections   = "sections"
	ownRetouch    = "retouch"
)

// Empty says whether there is nothing of its own.
func (o *Own) Empty() bool {
	return o == nil || len(o.Forms)+len(o.Indicators)+len(o.Sections)+len(o.Retouch) == 0
}

// ParseOwn reads what a city has of its own. The error is Problems; a definition is only looked at as far as it is JSON,
// what is wrong in it Over says.
func ParseOwn(source []byte) (*Own, error) {
	o := &Own{}
	if len(bytes.TrimSpace(source)) == 0 {
		return o, nil
	}
	source = plain(source)
	n, bad := scan(source)
	if bad != nil {
		bad.Line = 0 // of no file
		return nil, Problems{*bad}
	}
	f := &filler{nodes: map[string]*node{"": n}}
	if n.kind != "an object" {
		f.problem("", "%s, not %s", "own definitions are an object", n.kind)
		return nil, f.problems
	}
	var parts struct {
		Forms, Indicators, Sections []json.RawMessage
	}
	f.members(n, "", func(m member, to string) {
		f.nodes[to] = m.node
		switch to {
		case ownForms, ownIndicators, ownSections:
			if m.node.kind != "a list" {
				f.wrong(to, m.node, "a list")
			}
		case ownRetouch:
			f.fill(m.node, reflect.ValueOf(o).Elem().FieldByName("Retouch"), to)
		default:
			f.problem(to, "unknown key %q", m.key)
		}
	})
	if len(f.problems) > 0 {
		return nil, f.problems
	}
	if err := json.Unmarshal(source, &parts); err != nil {
		return nil, Problems{problem("", 0, "", "not JSON: %v", err)}
	}
	o.Forms, o.Indicators, o.Sections = parts.Forms, parts.Indicators, parts.Sections
	for _, one := range []struct {
		path string
		have int
		most int
	}{{ownForms, len(o.Forms), maxOwnForms}, {ownIndicators, len(o.Indicators), maxOwnIndicators}, {ownSections, len(o.Sections), maxOwnForms}} {
		if one.have > one.most {
			f.problem(one.path, "%q: %d are too many, %d are the most", one.path, one.have, one.most)
		}
	}
	if len(f.problems) > 0 {
		return nil, f.problems
	}
	o.tidy()
	return o, nil
}

// tidy takes away what says nothing, and puts the Chinese text where a retouch has no English one: what a village reads
// need not wait for a translator.
func (o *Own) tidy() {
	both := func(t *Text) {
		if t != nil && t.EN == "" {
			t.EN = t.ZH
		}
	}
	for id, r := range o.Retouch {
		for key, field := range r.Fields {
			both(field.Hint)
			for _, c := range field.Choices {
				both(c.Label)
			}
			if field.Hint == nil && field.Hidden == nil && field.Choices == nil {
				delete(r.Fields, key)
			}
		}
		if r.Hidden == nil && r.Order == nil && len(r.Fields) == 0 {
			delete(o.Retouch, id)
		}
	}
}

// JSON writes the own definitions, the same for the same.
func (o *Own) JSON() []byte {
	var b bytes.Buffer
	begin := byte('{')
	key := func(name string) {
		b.WriteByte(begin)
		begin = ','
		fmt.Fprintf(&b, "%q:", name)
	}
	for _, part := range []struct {
		name string
		list []json.RawMessage
	}{{ownForms, o.Forms}, {ownIndicators, o.Indicators}, {ownSections, o.Sections}} {
		if len(part.list) == 0 {
			continue
		}
		key(part.name)
		b.WriteByte('[')
		for i, raw := range part.list {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(compact(raw))
		}
		b.WriteByte(']')
	}
	if len(o.Retouch) > 0 {
		key(ownRetouch)
		b.Write(encoded(o.Retouch))
	}
	if begin == '{' {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes()
}

// MarshalJSON writes what is said alone.
func (r *Retouch) MarshalJSON() ([]byte, error) {
	return encoded(struct {
		Hidden *bool                      `json:"hidden,omitempty"`
		Order  *int64                     `json:"order,omitempty"`
		Fields map[string]*RetouchedField `json:"fields,omitempty"`
	}{r.Hidden, r.Order, r.Fields}), nil
}

// MarshalJSON writes what is said alone.
func (f *RetouchedField) MarshalJSON() ([]byte, error) {
	return encoded(struct {
		Hint    *Text              `json:"hint,omitempty"`
		Hidden  *bool              `json:"hidden,omitempty"`
		Choices []*RetouchedChoice `json:"choices,omitempty"`
	}{f.Hint, f.Hidden, f.Choices}), nil
}

// MarshalJSON writes what is said alone.
func (c *RetouchedChoice) MarshalJSON() ([]byte, error) {
	return encoded(struct {
		Key    string `json:"key"`
		Label  *Text  `json:"label,omitempty"`
		Hidden bool   `json:"hidden,omitempty"`
	}{c.Key, c.Label, c.Hidden}), nil
}

// encoded is the JSON of a value of this package's own types, of which all have one.
func encoded(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil // not reached
	}
	return bytes.TrimSpace(b.Bytes())
}

// escape is one escape of a JSON text; encoding/json writes <, > and & by one, in what the ledger has too.
var escape = regexp.MustCompile(`\\(u00(?:3c|3e|26)|.)`)

// plain writes <, > and & as an author does: an exported file is to be edited.
func plain(source []byte) []byte {
	of := map[string]string{`\u003c`: "<", `\u003e`: ">", `\u0026`: "&"}
	return escape.ReplaceAllFunc(source, func(found []byte) []byte {
		if sign, ok := of[string(found)]; ok {
			return []byte(sign)
		}
		return found
	})
}

// idOf is the id that a definition gives itself, "" where it gives none.
func idOf(raw []byte) string {
	var of struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &of) != nil {
		return ""
	}
	return of.ID
}

// of says where in a list the definition with an id stands, -1 where it is not there.
func of(list []json.RawMessage, id string) int {
	return slices.IndexFunc(list, func(raw json.RawMessage) bool { return idOf(raw) == id })
}

// Touches says whether anything of a form is the city's own.
func (o *Own) Touches(form string) bool {
	return o != nil && (o.Retouch[form] != nil || of(o.Forms, form) >= 0)
}

// Defines says whether an indicator is the city's own.
func (o *Own) Defines(indicator string) bool { return o != nil && of(o.Indicators, indicator) >= 0 }

// With gives these definitions with others over them: one of the same id takes the place of the one before.
func (o *Own) With(more *Own) *Own {
	out := &Own{Forms: slices.Clone(o.Forms), Indicators: slices.Clone(o.Indicators), Sections: slices.Clone(o.Sections), Retouch: maps.Clone(o.Retouch)}
	for _, part := range []struct {
		into *[]json.RawMessage
		from []json.RawMessage
	}{{&out.Forms, more.Forms}, {&out.Indicators, more.Indicators}, {&out.Sections, more.Sections}} {
		for _, raw := range part.from {
			if i := of(*part.into, idOf(raw)); i >= 0 {
				(*part.into)[i] = raw
			} else {
				*part.into = append(*part.into, raw)
			}
		}
	}
	for id, r := range more.Retouch {
		if out.Retouch == nil {
			out.Retouch = map[string]*Retouch{}
		}
		out.Retouch[id] = r
	}
	return out
}
