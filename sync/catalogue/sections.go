package catalogue

import "reflect"

// sectionsFile has the sections in which forms are found. A catalogue may do without.
const sectionsFile = "sections.json"

// part is a section with its place.
type part struct {
	origin
	section *Section
}

func (r *reading) sections(f *filler, source []byte) {
	f.each(source, "sections are a list", func(item *node, prefix string, raw []byte) { r.section(f, item, prefix, raw) })
}

func (r *reading) section(f *filler, item *node, prefix string, raw []byte) {
	p := &part{origin{f, prefix}, &Section{}}
	f.fill(item, reflect.ValueOf(p.section).Elem(), prefix)
	r.parts = append(r.parts, p)
	r.raw[p.section] = compact(raw)
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
