package catalogue

import (
	"encoding/json"
	"reflect"
)

// sectionsFile has the sections in which forms are found. A catalogue may do without.
const sectionsFile = "sections.json"

// part is a section with its place.
type part struct {
	origin
	section *Section
}

func (r *reading) sections(f *filler, source []byte) {
	n, bad := scan(source)
	if bad != nil {
		f.problems = append(f.problems, Problem{f.file, bad.Line, "", bad.Reason})
		return
	}
	f.nodes[""] = n
	if n.kind != "a list" {
		f.problem("", "sections are a list, not %s", n.kind)
		return
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(source, &raws); err != nil {
		f.problem("", "not JSON: %v", err)
		return
	}
	for i, item := range n.items {
		p := &part{origin{f, at("", i)}, &Section{}}
		f.fill(item, reflect.ValueOf(p.section).Elem(), p.prefix)
		r.parts = append(r.parts, p)
		r.raw[p.section] = compact(raws[i])
	}
}

func (p *part) check(c *Catalogue) {
	p.id(p.path("id"), p.section.ID)
	p.text(p.path("name"), p.section.Name)
	if p.section.ID != "" && c.Section(p.section.ID) != nil {
		p.problem(p.path("id"), "section %q stands twice", p.section.ID)
	}
	c.Sections = append(c.Sections, p.section)
}

// checkSection holds a form to the sections, where the catalogue has any.
func (s *sheet) checkSection(c *Catalogue) {
	path := s.path("section")
	switch {
	case s.register && s.has(path):
		s.problem(path, `a register has no "section"`)
	case s.register:
	case len(c.Sections) > 0:
		s.need(path, s.form.Section)
		fallthrough
	default:
		if s.form.Section != "" && c.Section(s.form.Section) == nil {
			s.problem(path, "no section %q", s.form.Section)
		}
	}
}
