package totals

import "strings"

// Reading is one figure on its way to a reader. Withheld figures have no value.
type Reading struct {
	Indicator   string
	Group       string
	Value       *int64 // nil: withheld, or a ratio with nothing below the line
	Numerator   *int64
	Denominator *int64
	Withheld    bool
}

// Hide takes a figure away.
func (r *Reading) Hide() {
	r.Value, r.Numerator, r.Denominator, r.Withheld = nil, nil, nil, true
}

// Figure is an indicator, the whole or a group of it.
type Figure struct{ Indicator, Group string }

// Whole is the figure that this one is a part of.
func (f Figure) Whole() Figure { return Figure{f.Indicator, ""} }

// Counts are one unit's figures as small counts are judged: the number of a
// count, the entries behind a sum of a sensitive kind, any other sum's value.
type Counts struct {
	N    map[Figure]int64
	Open bool // the reader may know this unit's small counts
}

// Withhold says which figures of units that lie side by side a reader is not
// told: counts of a sensitive kind below least, and with each as many others as
// it takes that no subtraction gives it away, neither from the whole that it is
// a part of nor from the unit that all of them lie in. given are the figures
// that are withheld of that unit: then they are withheld of all.
func Withhold(units []Counts, sensitive func(Figure) bool, given map[Figure]bool, least int64) []map[Figure]bool {
	w := withholding{units: units, least: least, hidden: make([]map[Figure]bool, len(units)), all: map[Figure]bool{}}
	for i, u := range units {
		w.hidden[i] = map[Figure]bool{}
		for f := range u.N {
			w.all[f] = true
		}
	}
	for f := range given {
		w.all[f] = true
	}
	for i, u := range units {
		for f := range w.all {
			if given[f] || u.N[f] > 0 && u.N[f] < least && sensitive(f) {
				w.hide(i, f)
			}
		}
	}
	for w.changed {
		w.changed = false
		for i := range units {
			w.parts(i)
		}
		for f := range w.all {
			w.beside(f)
		}
	}
	return w.hidden
}

type withholding struct {
	units   []Counts
	hidden  []map[Figure]bool
	all     map[Figure]bool
	least   int64
	changed bool
}

func (w *withholding) hide(i int, f Figure) {
	if !w.units[i].Open && !w.hidden[i][f] {
		w.hidden[i][f], w.changed = true, true
	}
}

// place is a figure of a unit.
type place struct {
	unit   int
	figure Figure
}

// cover hides the smallest others of a list until what is hidden cannot be
// worked out from its sum: two at least, and together no small count, since of
// two that are together two each is one. It reports false where the list has no
// others to hide; a zero is none, for who guesses it can still subtract.
func (w *withholding) cover(list []place) bool {
	for {
		count, sum := 0, int64(0)
		var second *place
		for i, p := range list {
			n := w.units[p.unit].N[p.figure]
			switch {
			case w.hidden[p.unit][p.figure]:
				count++
				sum += n
			case n == 0 || w.units[p.unit].Open:
			case second == nil || n < w.units[second.unit].N[second.figure] ||
				n == w.units[second.unit].N[second.figure] && p.figure.Group < second.figure.Group:
				second = &list[i]
			}
		}
		switch {
		case count == 0 || count > 1 && sum >= w.least:
			return true
		case second == nil:
			return false
		}
		w.hide(second.unit, second.figure)
	}
}

// parts covers the hidden parts of each whole of one unit, field by field: the
// choices of one field add up to the whole. Where no other has any, every choice
// is withheld, zeros too: the whole stays and does not say which it was.
func (w *withholding) parts(unit int) {
	fields := map[Figure][]place{} // by indicator and field
	for f := range w.all {
		if f.Group == "" {
			continue
		}
		if w.hidden[unit][f.Whole()] {
			w.hide(unit, f)
			continue
		}
		at := Figure{f.Indicator, FieldOf(f.Group)}
		fields[at] = append(fields[at], place{unit, f})
	}
	for at, list := range fields {
		if two := strings.Split(at.Group, "+"); len(two) == 2 {
			w.pairs(list, fields[Figure{at.Indicator, two[0]}], fields[Figure{at.Indicator, two[1]}])
			continue
		}
		w.coverOrAll(list)
	}
}

// FieldOf is the field that a part goes by, "title+level" of one by two: "title=x+level=y".
func FieldOf(group string) string {
	parts := strings.Split(group, "+")
	for i, part := range parts {
		parts[i], _, _ = strings.Cut(part, "=")
	}
	return strings.Join(parts, "+")
}

// pairs withholds all parts by two fields, and all by either of them, where any of these is withheld: the rows and the
// columns of a table of two fields add up to what stands at its edges, and no few of them cover one.
func (w *withholding) pairs(lists ...[]place) {
	for _, list := range lists {
		for _, p := range list {
			if !w.hidden[p.unit][p.figure] {
				continue
			}
			for _, all := range lists {
				for _, p := range all {
					w.hide(p.unit, p.figure)
				}
			}
			return
		}
	}
}

// beside covers a figure that is hidden of one unit by the same of others.
func (w *withholding) beside(f Figure) {
	list := make([]place, len(w.units))
	for i := range w.units {
		list[i] = place{i, f}
	}
	w.coverOrAll(list)
}

// coverOrAll withholds a whole list where there is nothing to cover with:
// zeros that are shown would give away what is not.
func (w *withholding) coverOrAll(list []place) {
	if w.cover(list) {
		return
	}
	for _, p := range list {
		w.hide(p.unit, p.figure)
	}
}
