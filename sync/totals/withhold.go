package totals

import (
	"slices"
	"strings"
)

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

// Compare is an order of figures: an indicator's stand together, its whole first.
func (f Figure) Compare(other Figure) int {
	if c := strings.Compare(f.Indicator, other.Indicator); c != 0 {
		return c
	}
	return strings.Compare(f.Group, other.Group)
}

// Counts are one unit's figures as small counts are judged, in the order of the judge's: the number of a count, the
// entries behind a sum of a sensitive kind, any other sum's value.
type Counts struct {
	N    []int64
	Open bool // the reader may know this unit's small counts
}

// Judge decides which figures a reader is not told. It is asked for a hundred spans of one page: what follows from the
// figures themselves is worked out once. The same numbers are always judged alike, whoever asks and how often: two
// choices of what else to withhold would together withhold less.
type Judge struct {
	Figures   []Figure // in their order; each indicator with its whole
	sensitive []bool
	least     int64
	kinds     []kind // of each indicator
	places    map[Figure]int
}

// kind has an indicator's figures: from the whole up to the next indicator's, and the parts by the field that they go by.
type kind struct {
	from, to int
	fields   []parting
}

// parting are the parts of one field; of two fields at once, first and second are those by either, -1 where there are none.
type parting struct {
	name          string
	parts         []int
	pair          bool
	first, second int
}

// NewJudge judges so many figures; counts of a sensitive kind below least are small.
func NewJudge(figures []Figure, sensitive func(Figure) bool, least int64) *Judge {
	all := slices.Clone(figures)
	for _, f := range figures {
		all = append(all, f.Whole())
	}
	slices.SortFunc(all, Figure.Compare)
	all = slices.Compact(all)
	j := &Judge{Figures: all, sensitive: make([]bool, len(all)), least: least, places: make(map[Figure]int, len(all))}
	for i, f := range all {
		j.sensitive[i], j.places[f] = sensitive(f), i
		if f.Group == "" {
			j.kinds = append(j.kinds, kind{from: i})
		}
		k := &j.kinds[len(j.kinds)-1]
		if k.to = i + 1; f.Group != "" {
			k.add(FieldOf(f.Group), i)
		}
	}
	for i := range j.kinds {
		j.kinds[i].pair()
	}
	return j
}

// Place is where a figure stands in the judge's order, -1 where it does not.
func (j *Judge) Place(f Figure) int {
	if at, ok := j.places[f]; ok {
		return at
	}
	return -1
}

func (k *kind) add(field string, part int) {
	at := slices.IndexFunc(k.fields, func(p parting) bool { return p.name == field })
	if at < 0 {
		at, k.fields = len(k.fields), append(k.fields, parting{name: field, first: -1, second: -1})
	}
	k.fields[at].parts = append(k.fields[at].parts, part)
}

func (k *kind) pair() {
	for i := range k.fields {
		p := &k.fields[i]
		if two := strings.Split(p.name, "+"); len(two) == 2 {
			named := func(name string) int {
				return slices.IndexFunc(k.fields, func(o parting) bool { return o.name == name })
			}
			p.pair, p.first, p.second = true, named(two[0]), named(two[1])
		}
	}
}

// Withhold says which figures of units that lie side by side a reader is not told: counts of a sensitive kind below
// least, and with each as many others as it takes that no subtraction gives it away, neither from the whole that it is a
// part of nor from the unit that all of them lie in. among are the figures that there could be; given those that are
// withheld of the unit above: then they are withheld of all. It is nil where all is told.
func (j *Judge) Withhold(units []Counts, among, given []bool) [][]bool {
	w := withholding{Judge: j, units: units, among: among}
	for i, u := range units {
		if u.Open {
			continue
		}
		for f, n := range u.N {
			if given[f] || n > 0 && n < j.least && j.sensitive[f] && among[f] {
				w.hide(i, f)
			}
		}
	}
	for w.changed {
		w.changed = false
		for i := range units {
			w.parts(i)
		}
		for f := range j.Figures {
			if w.any[f] {
				w.beside(f)
			}
		}
	}
	return w.hidden
}

type withholding struct {
	*Judge
	units   []Counts
	among   []bool
	hidden  [][]bool
	any     []bool // hidden of some unit
	list    []place
	changed bool
}

func (w *withholding) hide(i, f int) {
	if w.units[i].Open {
		return
	}
	if w.hidden == nil {
		w.hidden, w.any = make([][]bool, len(w.units)), make([]bool, len(w.Figures))
		for i := range w.hidden {
			w.hidden[i] = make([]bool, len(w.Figures))
		}
	}
	if !w.hidden[i][f] {
		w.hidden[i][f], w.any[f], w.changed = true, true, true
	}
}

// place is a figure of a unit.
type place struct{ unit, figure int }

// cover hides the smallest others of a list until what is hidden cannot be
// worked out from its sum: two at least, and together no small count, since of
// two that are together two each is one. It reports false where the list has no
// others to hide; a zero is none, for who guesses it can still subtract.
func (w *withholding) cover(list []place) bool {
	for {
		count, sum := 0, int64(0)
		second := -1
		for i, p := range list {
			n := w.units[p.unit].N[p.figure]
			switch {
			case w.hidden[p.unit][p.figure]:
				count++
				sum += n
			case n == 0 || w.units[p.unit].Open:
			case second < 0 || n < w.units[list[second].unit].N[list[second].figure]: // of equal ones the first
				second = i
			}
		}
		switch {
		case count == 0 || count > 1 && sum >= w.least:
			return true
		case second < 0:
			return false
		}
		w.hide(list[second].unit, list[second].figure)
	}
}

// parts covers the hidden parts of each whole of one unit, field by field: the
// choices of one field add up to the whole. Where no other has any, every choice
// is withheld, zeros too: the whole stays and does not say which it was.
func (w *withholding) parts(unit int) {
	for _, k := range w.kinds {
		hidden := w.hidden[unit]
		if !slices.Contains(hidden[k.from:k.to], true) {
			continue
		}
		for f := k.from + 1; f < k.to && hidden[k.from]; f++ {
			if w.among[f] {
				w.hide(unit, f)
			}
		}
		if hidden[k.from] {
			continue
		}
		for _, field := range k.fields {
			if field.pair {
				w.pairs(unit, k, field)
				continue
			}
			w.list = w.list[:0]
			for _, f := range field.parts {
				if w.among[f] {
					w.list = append(w.list, place{unit, f})
				}
			}
			w.coverOrAll(w.list)
		}
	}
}

// FieldOf is the field that a part goes by, "title+level" of one by two: "title=x+level=y".
func FieldOf(group string) string {
	field, rest, two := strings.Cut(group, "+")
	field, _, _ = strings.Cut(field, "=")
	if !two {
		return field
	}
	return field + "+" + FieldOf(rest)
}

// pairs withholds all parts by two fields, and all by either of them, where any of these is withheld: the rows and the
// columns of a table of two fields add up to what stands at its edges, and no few of them cover one.
func (w *withholding) pairs(unit int, k kind, field parting) {
	all := slices.Clone(field.parts)
	for _, at := range []int{field.first, field.second} {
		if at >= 0 {
			all = append(all, k.fields[at].parts...)
		}
	}
	if !slices.ContainsFunc(all, func(f int) bool { return w.hidden[unit][f] }) {
		return
	}
	for _, f := range all {
		if w.among[f] {
			w.hide(unit, f)
		}
	}
}

// beside covers a figure that is hidden of one unit by the same of others.
func (w *withholding) beside(f int) {
	w.list = w.list[:0]
	for i := range w.units {
		w.list = append(w.list, place{i, f})
	}
	w.coverOrAll(w.list)
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
