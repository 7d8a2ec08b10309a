package catalogue

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// InForce is the catalogue that a city works with, and what of it is its own. The zero value is a city that has none yet.
type InForce struct {
	Catalogue *Catalogue
	Own       *Own
}

// Over lays the own definitions over a base. A form that says something else than the one in force gets the version after
// that one's, so that whoever recorded by the form of before is known by it. The error is Problems, with all there are;
// what was written for the app has its path in the own definitions and no file. Kept says whether entries bear it.
func (o *Own) Over(base *Catalogue, was InForce) (*Catalogue, error) {
	parts := split(base)
	laid, err := o.lay(parts)
	if err != nil {
		return nil, err
	}
	if problems := o.checkRetouch(laid); len(problems) > 0 {
		return nil, problems
	}
	forms, changed := o.retouched(parts), !o.Empty()
	var before map[string]json.RawMessage
	if was.Catalogue != nil {
		before = byID(split(was.Catalogue).forms)
	}
	for i, raw := range forms {
		next, raised := raise(raw, before[idOf(raw)])
		forms[i] = next
		changed = changed || raised
	}
	if !changed {
		return base, nil
	}
	r := newReading()
	r.ledger, r.trusted = true, true // all of it was checked above
	for _, raw := range forms {
		r.place("forms", raw, false)
	}
	for _, raw := range parts.registers {
		r.place("registers", raw, true)
	}
	r.sections(r.filler("sections"), listOf(over(parts.sections, o.Sections)))
	for i, raw := range over(parts.indicators, o.Indicators) {
		f := r.filler(at("indicators", i))
		if n, bad := scan(raw); bad == nil {
			r.indicator(f, n, "", raw)
		}
	}
	c, err := r.catalogue("")
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(canonical(c.wire, "hash")) // the same however the ledger writes a text
	c.Hash = hex.EncodeToString(sum[:])
	c.wire = r.wire(c)
	return c, nil
}

// definitions are the parts of a catalogue as their authors wrote them.
type definitions struct {
	forms, registers, indicators, sections []json.RawMessage
}

func split(c *Catalogue) (d definitions) {
	var whole struct {
		Forms, Registers, Indicators, Sections []json.RawMessage
	}
	_ = json.Unmarshal(c.wire, &whole) // it was written by wire
	return definitions{whole.Forms, whole.Registers, whole.Indicators, whole.Sections}
}

func byID(list []json.RawMessage) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(list))
	for _, raw := range list {
		out[idOf(raw)] = raw
	}
	return out
}

// over gives the definitions of a base with those of an own in their place, or behind them.
func over(base, own []json.RawMessage) []json.RawMessage {
	out := slices.Clone(base)
	for _, raw := range own {
		if i := of(out, idOf(raw)); i >= 0 {
			out[i] = raw
		} else {
			out = append(out, raw)
		}
	}
	return out
}

// place reads one form or register, each by itself.
func (r *reading) place(what string, raw json.RawMessage, register bool) *sheet {
	f := r.filler("")
	n, bad := scan(raw)
	if bad != nil {
		f.problems = append(f.problems, *bad)
		return nil
	}
	return r.form(f, n, "base."+what+"."+idOf(raw), raw, register)
}

// lay reads the own definitions over the base, without the retouches, and checks all together. What the base says of
// itself was checked when it was read; what it says of a form that the city has put in the place of another is not.
func (o *Own) lay(parts definitions) (*Catalogue, error) {
	r := newReading()
	r.ledger = true
	replaced := map[string]bool{}
	for _, raw := range o.Forms {
		replaced[idOf(raw)] = true
	}
	own := r.filler("")
	own.ledger = false
	each := func(path string, list []json.RawMessage, read func(n *node, path string, raw []byte)) {
		for i, raw := range list {
			n, bad := scan(raw)
			if bad != nil {
				bad.Path, bad.Line = at(path, i), 0
				own.problems = append(own.problems, *bad)
				continue
			}
			read(n, at(path, i), raw)
		}
	}
	each(ownForms, o.Forms, func(n *node, path string, raw []byte) {
		if n.kind == "an object" && !slices.ContainsFunc(n.members, func(m member) bool { return m.key == "version" }) {
			n.members = append(n.members, member{"version", n.line, &node{line: n.line, kind: "a number", value: json.Number("1")}})
		}
		r.form(own, n, path, raw, false)
	})
	for _, raw := range parts.forms {
		if replaced[idOf(raw)] {
			continue
		}
		if s := r.place("forms", raw, false); s != nil {
			s.trusted = s.form.Due == nil || !replaced[s.form.Due.Form]
		}
	}
	for _, raw := range parts.registers {
		if s := r.place("registers", raw, true); s != nil {
			s.trusted = true
		}
	}
	for _, raw := range parts.sections {
		if of(o.Sections, idOf(raw)) < 0 {
			n, _ := scan(raw)
			r.section(r.filler(""), n, "base.sections."+idOf(raw), raw)
		}
	}
	each(ownSections, o.Sections, func(n *node, path string, raw []byte) { r.section(own, n, path, raw) })
	for _, raw := range parts.indicators {
		if of(o.Indicators, idOf(raw)) >= 0 {
			continue
		}
		f := r.filler("")
		n, _ := scan(raw)
		r.indicator(f, n, "base.indicators."+idOf(raw), raw)
		f.trusted = !slices.ContainsFunc(r.tallies[len(r.tallies)-1].indicator.Sources, func(s *Source) bool { return replaced[s.Form] })
	}
	each(ownIndicators, o.Indicators, func(n *node, path string, raw []byte) { r.indicator(own, n, path, raw) })
	c, err := r.catalogue("")
	if err != nil {
		return nil, err
	}
	if problems := o.protected(c, parts); len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

// protected holds the city's own indicators to what its forms protect: by an indicator over a form that may be sensitive
// somebody who is told numbers alone could ask its entries what they say.
func (o *Own) protected(c *Catalogue, parts definitions) (problems Problems) {
	beneath := byID(parts.indicators)
	for i, raw := range o.Indicators {
		ind := c.Indicator(idOf(raw))
		if ind == nil || ind.Sensitive.All || bytes.Equal(canonical(raw, ""), canonical(beneath[ind.ID], "")) {
			continue
		}
		for n, s := range ind.Sources {
			if form := c.Form(s.Form); form != nil && form.Sensitive != nil {
				problems = append(problems, problem("", 0, at(join(at(ownIndicators, i), "sources"), n),
					`form %q may be sensitive: what is counted from it needs "sensitive": true`, form.Name))
				break
			}
		}
	}
	return problems
}

// retouched gives the forms with all that is retouched of them.
func (o *Own) retouched(parts definitions) []json.RawMessage {
	list := over(parts.forms, o.Forms)
	for i, raw := range list {
		if r := o.Retouch[idOf(raw)]; r != nil {
			list[i] = r.apply(raw)
		}
	}
	return list
}

func (r *Retouch) apply(raw json.RawMessage) json.RawMessage {
	form := readObject(raw)
	if r.Hidden != nil {
		form.flag("hidden", *r.Hidden)
	}
	if r.Order != nil {
		form.set("order", json.RawMessage(strconv.FormatInt(*r.Order, 10)))
	}
	if len(r.Fields) > 0 {
		fields := form.list("fields")
		for i, one := range fields {
			field := readObject(one)
			if to := r.Fields[field.text("key")]; to != nil {
				to.apply(field)
				fields[i] = field.json()
			}
		}
		form.set("fields", listOf(fields))
	}
	return form.json()
}

func (r *RetouchedField) apply(field *object) {
	if r.Hint != nil {
		field.set("hint", encoded(r.Hint))
	}
	if r.Hidden != nil {
		field.flag("hidden", *r.Hidden)
		if *r.Hidden { // nobody sees it: nothing is to be recorded in her name
			field.remove("default")
			field.remove("preset")
		}
	}
	if r.Choices == nil {
		return
	}
	have := map[string]*object{}
	var rest []string
	for _, raw := range field.list("choices") {
		choice := readObject(raw)
		have[choice.text("key")] = choice
		rest = append(rest, choice.text("key"))
	}
	var list []json.RawMessage
	for _, named := range r.Choices {
		choice := have[named.Key]
		if choice == nil {
			choice = &object{values: map[string]json.RawMessage{}}
			choice.set("key", encoded(named.Key))
			choice.set("label", encoded(named.Label))
		}
		choice.flag("hidden", named.Hidden)
		list = append(list, choice.json())
		rest = slices.DeleteFunc(rest, func(key string) bool { return key == named.Key })
	}
	for _, key := range rest {
		list = append(list, have[key].json())
	}
	field.set("choices", listOf(list))
}

// raise gives a form the version after that of the one in force where it says something else, and never a lower one.
func raise(raw, before json.RawMessage) (next json.RawMessage, raised bool) {
	form := readObject(raw)
	version := max(form.number("version"), 1)
	if before != nil {
		least := readObject(before).number("version")
		if !bytes.Equal(canonical(raw, "version"), canonical(before, "version")) {
			least++
		}
		version = max(version, least)
	}
	if version == form.number("version") {
		return raw, false
	}
	form.set("version", json.RawMessage(fmt.Sprint(version)))
	return form.json(), true
}

// canonical is a definition without one of its keys, the same for the same however it is written.
func canonical(raw json.RawMessage, without string) []byte {
	if raw == nil {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return raw
	}
	if object, ok := v.(map[string]any); ok {
		maps.DeleteFunc(object, func(key string, _ any) bool { return key == without })
	}
	return encoded(v)
}

// place is where the own definitions speak of a form; "" where they do not.
func (o *Own) place(form string) string {
	if i := of(o.Forms, form); i >= 0 {
		return at(ownForms, i)
	}
	if o.Retouch[form] != nil {
		return join(ownRetouch, form)
	}
	return ""
}

// placeOf is where they speak of a field of it, or of a key of that field.
func (o *Own) placeOf(form, field string, keys ...string) string {
	rest := strings.Join(keys, ".")
	if i := of(o.Forms, form); i >= 0 {
		fields := join(at(ownForms, i), "fields")
		for n, raw := range readObject(o.Forms[i]).list("fields") {
			if readObject(raw).text("key") == field {
				return strings.TrimSuffix(join(at(fields, n), rest), ".")
			}
		}
		return fields
	}
	if r := o.Retouch[form]; r != nil && r.Fields[field] != nil {
		return strings.TrimSuffix(join(join(join(ownRetouch, form), "fields."+field), rest), ".")
	}
	return o.place(form)
}
