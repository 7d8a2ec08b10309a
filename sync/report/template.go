package report

import (
	"path"
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Template says what a report of some levels of units says: parts, sections, and sentences with marks where figures
// stand. docs/catalogue.md has the file format.
type Template struct {
	ID      string            `json:"id"`
	Levels  []string          `json:"levels"`
	Title   string            `json:"title"`
	Figures []*ComputedFigure `json:"figures"`
	Parts   []*TemplatePart   `json:"parts"`
	Tables  []*TemplateTable  `json:"tables"`
	// Spoken are shorter names by which people ask for figures in a Word file of their own: 场次 for 活动场次, with brackets
	// behind it too. They stand here and are not guessed.
	Spoken map[string]string `json:"spoken"`
	byID   map[string]*ComputedFigure
}

// ComputedFigure is a figure made of others: one of Sum, Less and Ratio is set.
type ComputedFigure struct {
	ID         string         `json:"id"`
	Name       catalogue.Text `json:"name"`
	Unit       catalogue.Text `json:"unit"`
	Definition catalogue.Text `json:"definition"`
	Sum        []string       `json:"sum"`
	Less       []string       `json:"less"`  // the first less the second
	Ratio      []string       `json:"ratio"` // the first by the second
}

// of are the figures that it is made of.
func (c *ComputedFigure) of() []string {
	switch {
	case len(c.Sum) > 0:
		return c.Sum
	case len(c.Less) > 0:
		return c.Less
	}
	return c.Ratio
}

// TemplatePart is one of the three parts.
type TemplatePart struct {
	Key      string             `json:"key"`
	Title    string             `json:"title"`
	Sections []*TemplateSection `json:"sections"`
}

// TemplateSection is a heading with its sentences.
type TemplateSection struct {
	Key       string      `json:"key"`
	Title     string      `json:"title"`
	Sentences []*Sentence `json:"sentences"`
}

// Sentence is a text with marks. It is left out where a figure of it has nothing to say, a clause in [ ] by itself.
type Sentence struct {
	Key   string     `json:"key"`
	Text  string     `json:"text"`
	Each  string     `json:"each"`  // said once for each: campaigns that fell short, or those of the next year
	Lead  string     `json:"lead"`  // of a sentence with each: said before the first
	Below *Threshold `json:"below"` // said only where a rate is lower
	// Without: said only where these figures have nothing to say. Two sentences that exclude each other say one thing each
	// in its way: money and goods, or goods alone.
	Without []string `json:"without"`
	New     bool     `json:"new"` // begins a paragraph; the first of a section always does

	said, lead []segment
}

// Threshold is a rate in percent.
type Threshold struct {
	Figure  string `json:"figure"`
	Percent int64  `json:"percent"`
}

// TemplateTable has one row a unit right below, and one for all.
type TemplateTable struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Figures []string `json:"figures"`
}

// What a sentence may be said for each of.
const (
	EachGap  = "gap"  // a campaign whose deadline lies in the report's span and that fell short there
	EachNext = "next" // one of the year after the report's
)

// The keys of parts.
const (
	PartReview  = "review"
	PartLacking = "lacking"
	PartNext    = "next"
)

// Parse reads a template and checks it against the definitions that its figures are counted by. The error is
// catalogue.Problems, each with its line: a figure that is not known, a filter that its figure does not have, a figure
// that is made of itself.
func Parse(file string, source []byte, cat *catalogue.Catalogue) (*Template, error) {
	t := &Template{byID: map[string]*ComputedFigure{}}
	c := &checking{Filled: catalogue.Fill(file, source, t), template: t, cat: cat}
	if len(c.Problems()) == 0 {
		if want := strings.TrimSuffix(path.Base(file), ".json"); t.ID != want {
			c.Wrong("id", "id %q is not the file's name", "编号 %q 和文件名不一样", t.ID)
		}
		c.check()
	}
	if bad := c.Problems(); len(bad) > 0 {
		return nil, bad
	}
	return t, nil
}

// For reports whether the template is for units of a level.
func (t *Template) For(level record.Level) bool {
	for _, l := range t.Levels {
		if l == string(level) {
			return true
		}
	}
	return false
}

// lacks reports whether a figure is said among what is lacking where it is low.
func (t *Template) lacks(figure string) bool {
	for _, p := range t.Parts {
		for _, s := range p.Sections {
			if slices.ContainsFunc(s.Sentences, func(one *Sentence) bool {
				return one.Below != nil && one.Below.Figure == figure && one.Below.Percent > 0
			}) {
				return true
			}
		}
	}
	return false
}

// SectionOf is the first section with a figure that counts from a form, "" where there is none.
func (t *Template) SectionOf(cat *catalogue.Catalogue, form string) string {
	n := &Numbers{template: t, cat: cat}
	for _, p := range t.Parts {
		for _, s := range p.Sections {
			for _, sentence := range s.Sentences {
				for _, m := range marksOf(sentence.said) {
					if words[m.name] || eachWords[m.name] {
						continue
					}
					for _, at := range n.atoms(m.name) {
						for _, src := range n.sources(at.Indicator) {
							if src.Form == form {
								return s.Key
							}
						}
					}
				}
			}
		}
	}
	return ""
}
