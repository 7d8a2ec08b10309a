package report

import (
	"net/url"
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// Numbers are the figures of a report, as they stand in sentences and tables.
type Numbers struct {
	template *Template
	cat      *catalogue.Catalogue
	counted  *Counted
	now      figures
	before   figures
	past     Past
	hidden   map[string]map[totals.Figure]bool // by unit: what somebody is not told
	names    []named                           // all that marks may name, once it was asked for: there are thousands
}

// named is a figure with its name as plainMark has it.
type named struct{ id, called string }

// NumbersOf reads what was counted. past may be nil.
func NumbersOf(t *Template, cat *catalogue.Catalogue, c *Counted, past Past) *Numbers {
	n := &Numbers{template: t, cat: cat, counted: c, now: indexed(c.Rows), before: indexed(c.Before), past: past, hidden: map[string]map[totals.Figure]bool{}}
	for _, h := range c.Hidden {
		if h.Before {
			continue
		}
		if n.hidden[h.Unit] == nil {
			n.hidden[h.Unit] = map[totals.Figure]bool{}
		}
		for _, f := range h.Figures {
			n.hidden[h.Unit][f] = true
		}
	}
	return n
}

// split is a figure's name as the figures are known by.
func split(name string) totals.Figure {
	id, group, _ := strings.Cut(name, "/")
	return totals.Figure{Indicator: id, Group: group}
}

// value finds a figure of a unit, or computes it; known is false where nothing of the unit was counted at all.
func (n *Numbers) value(name, unit string, from figures) (v Value, known bool) {
	own := n.template.byID[name]
	if own == nil {
		of, there := from[unit]
		if !there {
			return Value{}, false
		}
		at := split(name)
		if v, known = of[at]; known {
			return v, true
		}
		ind := n.cat.Indicator(at.Indicator)
		if ind == nil || ind.Quotient() || ind.Measure == catalogue.MeasureMedian {
			return Value{}, true
		}
		zero := int64(0)
		return Value{N: &zero}, true
	}
	var parts []int64
	for _, part := range own.of() {
		v, known := n.value(part, unit, from)
		if !known || v.N == nil {
			return Value{}, known
		}
		parts = append(parts, *v.N)
	}
	sum := int64(0)
	switch {
	case len(own.Ratio) > 0:
		v := Value{Numerator: &parts[0], Denominator: &parts[1]}
		if parts[1] != 0 {
			rate := totals.Quotient(parts[0], parts[1], 0, 0, 4)
			v.N = &rate
		}
		return v, true
	case len(own.Less) > 0:
		sum = parts[0] - parts[1]
	default:
		for _, p := range parts {
			sum += p
		}
	}
	return Value{N: &sum}, true
}

// atoms are the figures of the catalogue that one is made of, with the parts of ratios.
func (n *Numbers) atoms(name string) (out []totals.Figure) {
	if own := n.template.byID[name]; own != nil {
		for _, part := range own.of() {
			out = append(out, n.atoms(part)...)
		}
		return out
	}
	at := split(name)
	out = append(out, at)
	if ind := n.cat.Indicator(at.Indicator); ind != nil && ind.Quotient() {
		out = append(out, totals.Figure{Indicator: ind.Numerator, Group: at.Group}, totals.Figure{Indicator: ind.Denominator, Group: at.Group})
	}
	return out
}

func (n *Numbers) manner(name string) manner {
	own := n.template.byID[name]
	if own == nil {
		return mannerOf(n.cat.Indicator(split(name).Indicator))
	}
	if len(own.Ratio) > 0 {
		return manner{display: catalogue.DisplayPercent}
	}
	m := n.manner(own.of()[0])
	if own.Unit.ZH != "" && m.word != "元" {
		m.word = own.Unit.ZH
	}
	return m
}

func (n *Numbers) name(name string) string {
	if own := n.template.byID[name]; own != nil {
		return own.Name.ZH
	}
	at := split(name)
	ind := n.cat.Indicator(at.Indicator)
	var labels []string
	for part := range strings.SplitSeq(at.Group, "+") {
		key, choice, is := strings.Cut(part, "=")
		for _, src := range n.sources(at.Indicator) {
			if form := n.cat.Form(src.Form); is && form != nil && form.Field(key) != nil && form.Field(key).Choice(choice) != nil {
				labels = append(labels, form.Field(key).Choice(choice).Label.ZH)
				break
			}
		}
	}
	if len(labels) == 0 {
		return ind.Name.ZH
	}
	return ind.Name.ZH + "（" + strings.Join(labels, "，") + "）"
}

func (n *Numbers) sources(indicator string) []*catalogue.Source {
	ind := n.cat.Indicator(indicator)
	if ind == nil {
		return nil
	}
	out := slices.Clone(ind.Sources)
	for _, part := range []string{ind.Numerator, ind.Denominator} {
		if part != "" {
			out = append(out, n.sources(part)...)
		}
	}
	return out
}

// Known reports whether a figure can be put into a sentence of this report.
func (n *Numbers) Known(name string) bool {
	if n.template.byID[name] != nil {
		return true
	}
	at := split(name)
	ind := n.cat.Indicator(at.Indicator)
	return ind != nil && (at.Group == "" || HasGroup(n.cat, ind, at.Group))
}

// Figure is one as it stands in a sentence, nil where nothing of its unit is known.
func (n *Numbers) Figure(name, unit string, style Style) *Figure {
	v, known := n.value(name, unit, n.now)
	if !known {
		return nil
	}
	m := n.manner(name)
	waits := n.pending(name, unit)
	f := &Figure{ID: name, Unit: unit, Name: n.name(name), Value: v, Style: style, UnitWord: m.word, Pending: &waits}
	if unit != n.counted.Unit.Code {
		f.ID += "@" + unit
	}
	if own := n.template.byID[name]; own != nil {
		f.Definition, f.Link, f.Of = own.Definition.ZH, n.page(unit), n.behind(name, unit)
	} else {
		at := split(name)
		ind := n.cat.Indicator(at.Indicator)
		f.Indicator, f.Group, f.Definition, f.Link = at.Indicator, at.Group, ind.Definition.ZH, n.page(unit)
		if ind.Quotient() {
			f.Of = n.behind(name, unit)
		} else {
			f.Link = n.entries(at, unit)
		}
	}
	n.beside(f, name, m)
	f.write(m)
	return f
}

// behind lists the counted figures that a computed one is made of, each once: a rate has no entries, its two parts have.
func (n *Numbers) behind(name, unit string) (out []Behind) {
	seen := map[totals.Figure]bool{}
	for _, at := range n.atoms(name) {
		if ind := n.cat.Indicator(at.Indicator); seen[at] || ind == nil || ind.Quotient() {
			continue
		}
		seen[at] = true
		word := at.Indicator
		if at.Group != "" {
			word += "/" + at.Group
		}
		out = append(out, Behind{n.name(word), n.entries(at, unit)})
	}
	return out
}

// entries is the page of what is behind a figure.
func (n *Numbers) entries(at totals.Figure, unit string) string {
	q := url.Values{"unit": {unit}, "period": {n.counted.Period}, "indicator": {at.Indicator}}
	if at.Group != "" {
		q.Set("group", at.Group)
	}
	return "/totals/entries?" + q.Encode()
}

// pending counts what waits of the forms that a figure counts from.
func (n *Numbers) pending(name, unit string) (all int64) {
	if unit != n.counted.Unit.Code {
		return 0 // it is known of the report's unit alone
	}
	for _, form := range n.forms(name) {
		all += n.counted.Waiting[form]
	}
	return all
}

// forms are those that a figure counts from.
func (n *Numbers) forms(name string) (forms []string) {
	for _, at := range n.atoms(name) {
		for _, src := range n.sources(at.Indicator) {
			if !slices.Contains(forms, src.Form) {
				forms = append(forms, src.Form)
			}
		}
	}
	return forms
}

// mayHide reports whether an entry of the forms that a figure counts from may be sensitive.
func (n *Numbers) mayHide(name string) bool {
	return slices.ContainsFunc(n.forms(name), func(id string) bool {
		form := n.cat.Form(id)
		return form == nil || form.Sensitive != nil
	})
}

// beside puts last year's figure and the change beside one: what was imported, or what was counted, where that is of the whole stretch.
func (n *Numbers) beside(f *Figure, name string, m manner) {
	var before Value
	if at, imported := n.past[name]; imported && f.Unit == n.counted.Unit.Code {
		before, f.Imported = Value{N: &at}, true
	} else if n.counted.Compares {
		before, _ = n.value(name, f.Unit, n.before)
	}
	if before.N == nil {
		return
	}
	f.LastYear = &before
	if f.Value.N != nil {
		f.Change = m.change(*f.Value.N, *before.N)
	}
}

// write says a figure by its style.
func (f *Figure) write(m manner) {
	switch {
	case f.Style == Differ:
		f.Written, f.UnitWord = "", ""
		if f.Change != nil && f.Change.Written != "" {
			f.Written = "，" + f.Change.Written
		}
	case f.Style == Before:
		f.Written = ""
		if f.LastYear != nil {
			f.Written = m.write(*f.LastYear.N, Plain)
		}
	case f.Value.N == nil:
		f.Written = "—"
	default:
		f.Written = m.write(*f.Value.N, f.Style)
	}
}

// empty reports whether a figure has nothing to say. What somebody is not told is said in any case, a nought too: that a
// sentence is missing would tell what it was.
func (n *Numbers) empty(f *Figure) bool {
	if n.hides(f) {
		return false
	}
	switch f.Style {
	case Differ:
		return false // it brings its comma, and leaves nothing behind
	case Before:
		return f.LastYear == nil || *f.LastYear.N == 0
	}
	return f.nought()
}

// hides reports whether somebody is not told a figure.
func (n *Numbers) hides(f *Figure) bool { return n.any(n.hidden[f.Unit], nameOf(f)) }

// nought reports whether a figure says nothing by its value.
func (f *Figure) nought() bool {
	return f.Value.N == nil || *f.Value.N == 0 && f.Value.Denominator == nil
}

// Scale is how many of a figure's own steps make one of what people write it in: a million fen make one 万元.
func (n *Numbers) Scale(name string) int64 {
	m := n.manner(name)
	switch m.display {
	case catalogue.DisplayPercent:
		return 100
	case catalogue.DisplayYuan:
		return 100
	case catalogue.DisplayWanYuan:
		return 100 * wan
	case catalogue.DisplayDecimal:
		steps := int64(1)
		for range m.scale {
			steps *= 10
		}
		return steps
	}
	return 1
}

// Askable is a figure of a template as somebody is asked for it.
type Askable struct {
	ID, Name, Word string
	Steps          int64
}

// Askable lists the figures of a template's sentences and tables, each once, in their order.
func (t *Template) Askable(cat *catalogue.Catalogue) (out []Askable) {
	n := &Numbers{template: t, cat: cat, counted: &Counted{}}
	seen := map[string]bool{}
	add := func(name string) {
		if words[name] || eachWords[name] || seen[name] {
			return
		}
		seen[name] = true
		m := n.manner(name)
		word := m.word
		switch m.display {
		case catalogue.DisplayPercent:
			word = "%"
		case catalogue.DisplayWanYuan:
			word = "万元"
		}
		out = append(out, Askable{name, n.name(name), word, n.Scale(name)})
	}
	for _, p := range t.Parts {
		for _, s := range p.Sections {
			for _, sentence := range s.Sentences {
				for _, m := range marksOf(sentence.said) {
					add(m.name)
				}
			}
		}
	}
	for _, table := range t.Tables {
		for _, name := range table.Figures {
			add(name)
		}
	}
	return out
}
