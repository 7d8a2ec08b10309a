package report

import (
	"slices"

	"niangjia/sync/totals"
)

// Several stands in a sentence for a number that its reader is not told.
const Several = "若干"

// Told is a document as a reader with these seats may have it. What is withheld of her has no number in it, neither of
// this year nor of the last, and no reason of an override, which might say it.
//
// Who is not told small counts of the unit (small, as access.SeesSmall has it) is not told by figure what waits of forms whose
// entries may be sensitive, as on the pages of figures (T8): less what she could list, it would tell of one, and of what kind.
func (n *Numbers) Told(d *Document, seats []Seat, small bool) *Document {
	now, before := n.withheldOf(seats, false), n.withheldOf(seats, true)
	// Before anything is taken out: what leaves is known by the numbers.
	d = d.leaned(func(f *Figure) bool { return n.any(now[f.Unit], nameOf(f)) })
	return d.each(func(f Figure) *Figure {
		name := nameOf(&f)
		if !small && n.mayHide(name) {
			f.Pending = nil
		}
		switch {
		case n.any(now[f.Unit], name):
			f.Value, f.LastYear, f.Change, f.Override, f.Link, f.Of, f.Withheld = Value{}, nil, nil, nil, "", nil, true
			if f.Written = Several; f.Style == Differ {
				f.Written = ""
			}
		case f.LastYear != nil && n.any(before[f.Unit], name):
			f.LastYear, f.Change = nil, nil
			if f.Style == Differ {
				f.Written = ""
			} else if f.Style == Before {
				f.Written, f.Withheld = Several, true
			}
		}
		return &f
	})
}

// withheldOf are the figures that a reader is not told, by unit. A kind of reader that nobody thought of when it was
// counted is told what everybody is.
func (n *Numbers) withheldOf(seats []Seat, before bool) map[string]map[totals.Figure]bool {
	out := map[string]map[totals.Figure]bool{}
	known := len(seats) > 0
	for _, s := range seats {
		known = known && slices.ContainsFunc(n.counted.Hidden, func(h Hidden) bool { return h.Seat == s })
	}
	for _, h := range n.counted.Hidden {
		if h.Before != before || known && !slices.Contains(seats, h.Seat) {
			continue
		}
		if out[h.Unit] == nil {
			out[h.Unit] = map[totals.Figure]bool{}
		}
		for _, f := range h.Figures {
			out[h.Unit][f] = true
		}
	}
	return out
}

// any reports whether a figure is, or is made of, one of some.
func (n *Numbers) any(some map[totals.Figure]bool, name string) bool {
	return len(some) > 0 && slices.ContainsFunc(n.atoms(name), func(at totals.Figure) bool { return some[at] })
}

// each is a copy of a document with other figures; nil takes one out.
func (d *Document) each(f func(Figure) *Figure) *Document {
	out := *d
	out.Parts = make([]Part, len(d.Parts))
	for i, p := range d.Parts {
		out.Parts[i] = p
		out.Parts[i].Sections = make([]Section, len(p.Sections))
		for j, s := range p.Sections {
			out.Parts[i].Sections[j] = s
			out.Parts[i].Sections[j].Paragraphs = make([]Paragraph, len(s.Paragraphs))
			for k, par := range s.Paragraphs {
				to := Paragraph{Key: par.Key, Runs: eachRun(par.Runs, f)}
				if par.Read != nil {
					read := eachRun(*par.Read, f)
					to.Read = &read
				}
				out.Parts[i].Sections[j].Paragraphs[k] = to
			}
		}
	}
	out.Tables = make([]Table, len(d.Tables))
	for i, t := range d.Tables {
		out.Tables[i] = t
		out.Tables[i].Rows = make([]Row, len(t.Rows))
		for j, row := range t.Rows {
			out.Tables[i].Rows[j] = Row{Unit: row.Unit, Cells: make([]Figure, 0, len(row.Cells))}
			for _, c := range row.Cells {
				if cell := f(c); cell != nil {
					out.Tables[i].Rows[j].Cells = append(out.Tables[i].Rows[j].Cells, *cell)
				}
			}
		}
	}
	return &out
}

func eachRun(list []Run, f func(Figure) *Figure) []Run {
	out := make([]Run, 0, len(list))
	for _, r := range list {
		if r.Figure != nil {
			if r.Figure = f(*r.Figure); r.Figure == nil {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}
