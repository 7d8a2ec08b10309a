package report

import "slices"

// What is nought of a figure that somebody is not told is said all the same (empty), for that it is missing would tell her.
// Who is told reads on without it: 依法处置家庭暴力线索0件 is a sentence about nothing.

// lest notes that runs are said for the sake of those who are not told of figures: all of them leave with any of these.
func lest(runs []Run, wanting []string) []Run {
	if len(wanting) == 0 {
		return runs
	}
	for i := range runs {
		if len(runs[i].Lest) == 0 {
			runs[i].Lest = [][]string{wanting}
			continue
		}
		for j, one := range runs[i].Lest {
			runs[i].Lest[j] = append(slices.Clone(one), wanting...)
		}
	}
	return runs
}

// frame lets the words around the clauses of a sentence leave where each of its figures has left.
func frame(runs []Run) []Run {
	var all [][]string
	for _, r := range runs {
		if r.Figure == nil || r.Figure.Written == "" {
			continue
		}
		if len(r.Lest) == 0 {
			return runs
		}
		all = append(all, r.Lest...)
	}
	for i := range runs {
		if len(runs[i].Lest) == 0 {
			runs[i].Lest = all
		}
	}
	return runs
}

// lean is a paragraph as somebody reads it who is told its figures, but for those in withheld. It has Read where that is less.
func (p Paragraph) lean(withheld func(f *Figure) bool) Paragraph {
	nought := map[string]bool{}
	some := false
	for _, r := range p.Runs {
		some = some || len(r.Lest) > 0
		if f := r.Figure; f != nil && f.Style != Differ && f.Style != Before && f.nought() && !withheld(f) {
			nought[f.ID] = true
		}
	}
	if !some {
		return p
	}
	out := Paragraph{Key: p.Key, Runs: make([]Run, 0, len(p.Runs))}
	read := []Run{}
	for _, r := range p.Runs {
		leaves := len(r.Lest) > 0 && !slices.ContainsFunc(r.Lest, func(any []string) bool {
			return !slices.ContainsFunc(any, func(id string) bool { return nought[id] })
		})
		r.Lest = nil
		out.Runs = append(out.Runs, r)
		if !leaves {
			read = append(read, r)
		}
	}
	if len(read) < len(out.Runs) {
		read = tidy(read)
		out.Read = &read
	}
	out.Runs = join(out.Runs)
	return out
}

// same reports whether two paragraphs have the same words and figures, whichever numbers these have.
func same(a, b []Run) bool {
	plain := func(list []Run) []Run {
		list = slices.Clone(list)
		for i := range list {
			list[i].Lest = nil
		}
		return join(list)
	}
	return slices.EqualFunc(plain(a), plain(b), func(x, y Run) bool {
		if x.Figure == nil || y.Figure == nil {
			return x.Figure == y.Figure && x.Text == y.Text
		}
		return x.Figure.ID == y.Figure.ID && x.Figure.Style == y.Figure.Style
	})
}

// keepLest are a paragraph's new runs with what was noted of the old ones, where nobody has touched it; in her own words
// nothing leaves by itself.
func keepLest(was, runs []Run) []Run {
	if !slices.ContainsFunc(was, func(r Run) bool { return len(r.Lest) > 0 }) || !same(was, runs) {
		return runs
	}
	var fresh []*Figure
	for _, r := range runs {
		if r.Figure != nil {
			fresh = append(fresh, r.Figure)
		}
	}
	out := slices.Clone(was)
	for i := range out {
		if out[i].Figure != nil {
			out[i].Figure, fresh = fresh[0], fresh[1:]
		}
	}
	return out
}

// runs are those of each paragraph, by its place.
func (d *Document) runs() map[string][]Run {
	out := map[string][]Run{}
	for _, p := range d.Parts {
		for _, s := range p.Sections {
			for _, par := range s.Paragraphs {
				out[placeOf(p, s, par)] = par.Runs
			}
		}
	}
	return out
}

func placeOf(p Part, s Section, par Paragraph) string { return p.Key + "/" + s.Key + "/" + par.Key }

// AsRead is a document as its reader reads it, for a file: paragraphs that leave are not in it.
func (d *Document) AsRead() *Document {
	out := d.each(func(f Figure) *Figure { return &f })
	for i := range out.Parts {
		for j := range out.Parts[i].Sections {
			s := &out.Parts[i].Sections[j]
			kept := s.Paragraphs[:0]
			for _, p := range s.Paragraphs {
				if p.Read != nil {
					p = Paragraph{Key: p.Key, Runs: *p.Read}
				}
				if len(p.Runs) > 0 {
					kept = append(kept, p)
				}
			}
			s.Paragraphs = kept
		}
	}
	return out
}

// Whole is a document with what is read of it by who is told all.
func (d *Document) Whole() *Document {
	return d.leaned(func(*Figure) bool { return false })
}

func (d *Document) leaned(withheld func(f *Figure) bool) *Document {
	out := d.each(func(f Figure) *Figure { return &f })
	for i := range out.Parts {
		for j := range out.Parts[i].Sections {
			for k, p := range out.Parts[i].Sections[j].Paragraphs {
				out.Parts[i].Sections[j].Paragraphs[k] = p.lean(withheld)
			}
		}
	}
	return out
}
