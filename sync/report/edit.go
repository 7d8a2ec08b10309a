package report

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"niangjia/sync/record"
)

// Bounds of what is written by hand.
const (
	maxSections   = 60
	maxParagraphs = 60 // of a section
	maxRuns       = 200
	maxWords      = 4_000 // characters of a run
	MaxReason     = 500
)

// nameOf is a figure's name without its unit.
func nameOf(f *Figure) string {
	name, _, _ := strings.Cut(f.ID, "@")
	return name
}

// counted reports whether a figure comes from the definitions, so that it can be counted, withheld and overridden.
func (n *Numbers) isCounted(f *Figure) bool {
	return n.Known(nameOf(f)) && !strings.HasPrefix(f.ID, "campaign:") && !words[f.ID]
}

// Edit puts other words into a document: its title and its parts. Of a figure in what is given only the id and the style
// are taken; the number is the one that was counted, or the override that stands. Errors: too_long, too_many,
// unknown_figure, missing_field, with the place. earlier is a version in which stands what was counted for this report alone
// (a campaign's target, villages without entries), so that a sentence that was taken out can come back; nil for none.
func (n *Numbers) Edit(d, earlier *Document, title string, parts []Part) (*Document, *record.Error) {
	known := map[string]*Figure{}
	if earlier != nil {
		earlier.each(func(f Figure) *Figure {
			if !n.isCounted(&f) {
				known[f.ID] = &f
			}
			return &f
		})
	}
	d.each(func(f Figure) *Figure {
		if was := known[f.ID]; was == nil || was.Override == nil {
			known[f.ID] = &f
		}
		return &f
	})
	was, began := d.runs(), map[string][]Run{}
	if earlier != nil {
		began = earlier.runs() // she may go back to how it was written first
	}
	wrong := func(code record.Code, where string) *record.Error { return &record.Error{Code: code, Field: where} }
	title = strings.TrimSpace(title)
	if title == "" {
		return nil, wrong(record.MissingField, "title")
	}
	if utf8.RuneCountInString(title) > 100 {
		return nil, wrong(record.TooLong, "title")
	}
	out := *d
	out.Title, out.Parts = title, []Part{}
	if len(parts) != len(d.Parts) {
		return nil, wrong(record.BadRequest, "parts")
	}
	for i, p := range parts {
		where := at("parts", i)
		if p.Key != d.Parts[i].Key {
			return nil, wrong(record.BadRequest, where+".key")
		}
		if len(p.Sections) > maxSections {
			return nil, wrong(record.TooLarge, where)
		}
		next := Part{Key: p.Key, Title: d.Parts[i].Title, Sections: []Section{}}
		for j, s := range p.Sections {
			where := at(where+".sections", j)
			if len(s.Paragraphs) > maxParagraphs {
				return nil, wrong(record.TooLarge, where)
			}
			if utf8.RuneCountInString(s.Title) > 100 || len(s.Key) > 64 {
				return nil, wrong(record.TooLong, where+".title")
			}
			section := Section{Key: s.Key, Title: strings.TrimSpace(s.Title), Paragraphs: []Paragraph{}}
			for k, par := range s.Paragraphs {
				where := at(where+".paragraphs", k)
				if len(par.Runs) > maxRuns || len(par.Key) > 64 {
					return nil, wrong(record.TooLarge, where)
				}
				runs := []Run{}
				for l, r := range par.Runs {
					where := at(where+".runs", l)
					if r.Figure == nil {
						if utf8.RuneCountInString(r.Text) > maxWords {
							return nil, wrong(record.TooLong, where)
						}
						if r.Text != "" {
							runs = append(runs, Run{Text: r.Text})
						}
						continue
					}
					f := n.again(r.Figure, known)
					if f == nil {
						return nil, wrong(record.UnknownFigure, where)
					}
					runs = append(runs, Run{Figure: f})
				}
				if len(runs) > 0 {
					section.Paragraphs = append(section.Paragraphs, Paragraph{Key: par.Key, Runs: keepLest(was[placeOf(p, s, par)], keepLest(began[placeOf(p, s, par)], runs))})
				}
			}
			next.Sections = append(next.Sections, section)
		}
		out.Parts = append(out.Parts, next)
	}
	return &out, nil
}

// again finds a figure by its id and style: as it was counted, with the override that stands; nil for none.
func (n *Numbers) again(asked *Figure, known map[string]*Figure) *Figure {
	was := known[asked.ID]
	name, unit, other := strings.Cut(asked.ID, "@")
	if !other {
		unit = n.counted.Unit.Code
	}
	if words[name] || strings.HasPrefix(name, "campaign:") {
		return was // counted for this report alone
	}
	if !n.Known(name) {
		return nil
	}
	switch asked.Style {
	case Plain, About, Differ, Before:
	default:
		return nil
	}
	f := n.Figure(name, unit, asked.Style)
	if f != nil && was != nil && was.Override != nil {
		n.override(f, *was.Override)
	}
	return f
}

// override puts a number in the place of the counted one.
func (n *Numbers) override(f *Figure, o Override) {
	if f.Override == nil {
		o.Was = f.Value
	} else {
		o.Was = f.Override.Was
	}
	value := o.Value
	f.Value, f.Override = Value{N: &value}, &o
	m := n.manner(nameOf(f))
	if f.Change = nil; f.LastYear != nil {
		f.Change = m.change(value, *f.LastYear.N)
	}
	f.write(m)
}

// Override marks a figure with another number and its reason, wherever it stands; nil takes the override back. Errors:
// not_found where the figure does not stand in it; unknown_figure for one that is not counted by definitions.
func (n *Numbers) Override(d *Document, id string, o *Override) (*Document, *record.Error) {
	found := false
	var bad *record.Error
	out := d.each(func(f Figure) *Figure {
		if f.ID != id {
			return &f
		}
		found = true
		if !n.isCounted(&f) {
			bad = &record.Error{Code: record.UnknownFigure, Field: "figure"}
			return &f
		}
		fresh := n.Figure(nameOf(&f), f.Unit, f.Style)
		if fresh == nil {
			return &f
		}
		if o != nil {
			n.override(fresh, *o)
		}
		return fresh
	})
	if !found {
		return nil, &record.Error{Code: record.NotFound, Field: "figure", Err: fmt.Errorf("figure %s", id)}
	}
	return out, bad
}

// Renew is a document with the figures of another moment: words and overrides stay as they are. A campaign or a unit that
// is in it no more keeps the number that it had.
func (n *Numbers) Renew(d *Document) *Document {
	out := d.each(func(f Figure) *Figure {
		if !n.isCounted(&f) {
			return &f
		}
		fresh := n.Figure(nameOf(&f), f.Unit, f.Style)
		if fresh == nil {
			return &f
		}
		if f.Override != nil {
			n.override(fresh, *f.Override)
		}
		return fresh
	})
	out.Mark, out.From, out.To = n.counted.Mark, n.counted.From, n.counted.To
	return out
}

// Overrides lists the overridden figures of a document, each once.
func (d *Document) Overrides() (out []Figure) {
	seen := map[string]bool{}
	d.each(func(f Figure) *Figure {
		if f.Override != nil && !seen[f.ID] {
			seen[f.ID] = true
			out = append(out, f)
		}
		return &f
	})
	return out
}

// Figures lists the figures of a document's sentences and tables, each once.
func (d *Document) Figures() (out []Figure) {
	seen := map[string]bool{}
	d.each(func(f Figure) *Figure {
		if key := f.ID + "|" + string(f.Style); !seen[key] {
			seen[key] = true
			out = append(out, f)
		}
		return &f
	})
	return out
}
