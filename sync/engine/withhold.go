package engine

import (
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// withheld is what a reader is not told, by unit.
type withheld map[string]map[totals.Figure]bool

// protect takes away what this reader is not told (DOMAIN: small counts of a
// sensitive kind): rows are a unit's and those of the units right below it.
func (f figures) protect(rows []TotalsRow, span totals.Period) error {
	if span.Days() {
		hidden := f.telling()
		for i := range rows {
			if !access.SeesSmall(f.actor, f.world.places, rows[i].Division.Code) {
				f.hide(&rows[i], hidden)
			}
		}
		return nil
	}
	known, err := f.hiddenBelow(rows[0].Division.Code, span)
	if err != nil {
		return err
	}
	for i := range rows {
		f.hide(&rows[i], known[rows[i].Division.Code])
	}
	return nil
}

// hiddenBelow is what is withheld of a unit and of those right below it, of a span of whole months of a year.
func (f figures) hiddenBelow(unit string, span totals.Period) (withheld, error) {
	return f.hiddenDown(unit, span, true)
}

// hiddenAt is the same without those below.
func (f figures) hiddenAt(unit string, span totals.Period) (withheld, error) {
	return f.hiddenDown(unit, span, false)
}

func (f figures) hiddenDown(unit string, span totals.Period, below bool) (withheld, error) {
	path := []string{unit} // from the highest unit whose figures she may ask for
	for up := f.world.places.Parent(unit); up != "" && access.Scope(f.actor, f.world.places, up); up = f.world.places.Parent(up) {
		path = append([]string{up}, path...)
	}
	// What is withheld of a unit depends on those beside it, so the way down
	// from the top decides: asked for by itself it is withheld just the same.
	known, err := f.withheld(path[:1], nil, span)
	if err != nil {
		return nil, err
	}
	if !below {
		path = path[:len(path)-1]
	}
	for _, at := range path {
		below, err := f.withheld(f.world.places.Children(at), known[at], span)
		if err != nil {
			return nil, err
		}
		for code, hidden := range below {
			known[code] = hidden
		}
	}
	return known, nil
}

// withheld decides for units that lie side by side. Within a year it withholds
// the same for every span, or one span could be subtracted from another.
func (f figures) withheld(units []string, given map[totals.Figure]bool, span totals.Period) (withheld, error) {
	out := withheld{}
	if !slices.ContainsFunc(units, func(u string) bool { return !access.SeesSmall(f.actor, f.world.places, u) }) {
		return out, nil
	}
	year := span.Year()
	spans := []totals.Period{year}
	if span.From != year.From || span.To != year.To {
		for _, months := range []int{1, 3, 6} {
			for from := year.From; from <= year.To; from += months {
				spans = append(spans, totals.Period{From: from, To: from + months - 1})
			}
		}
	}
	years := make([]*yearOf, len(units))
	for i, unit := range units {
		var err error
		if years[i], err = f.year(unit, year, len(spans) == 1); err != nil {
			return nil, err
		}
	}
	j := f.judging(units, years, given)
	for _, s := range spans {
		j.judge(func(i int, add func(figure int, n int64)) { j.years[i].counts(s, j.open[i], add) })
	}
	if len(spans) > 1 {
		j.turns(year)
	}
	for i, unit := range units {
		out[unit] = map[totals.Figure]bool{}
		for at, hidden := range j.hidden[i] {
			if hidden {
				out[unit][j.Figures[at]] = true
			}
		}
	}
	return out, nil
}

// telling are the figures that are not told of days to who may not be told a unit's small counts (T14): whatever counts
// something from a form whose entries may be sensitive, and every sensitive figure. By days, what is not sensitive and
// the entries that may be listed would together say on which day the sensitive ones lie.
func (f figures) telling() map[totals.Figure]bool {
	out := map[totals.Figure]bool{}
	for _, ind := range f.world.catalogue.Indicators {
		if f.tells(ind) {
			for _, group := range f.choicesOf(ind) {
				out[totals.Figure{Indicator: ind.ID, Group: group}] = true
			}
		}
	}
	return out
}

func (f figures) tells(ind *catalogue.Indicator) bool {
	return ind.Sensitive.Some() || slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool {
		form := f.world.catalogue.Form(s.Form)
		return form != nil && form.Sensitive != nil
	})
}

// choices lists every part of a figure that has a sensitive part, also those of
// which there is none: what is withheld must stand among what could be there.
func (f figures) choices() (out []totals.Figure) {
	for _, ind := range f.world.catalogue.Indicators {
		if len(ind.Sensitive.Groups) == 0 {
			continue
		}
		for _, group := range f.choicesOf(ind) {
			if group != "" {
				out = append(out, totals.Figure{Indicator: ind.ID, Group: group})
			}
		}
	}
	return out
}

// choicesOf lists the whole of an indicator and all parts that it could have, some more than once.
func (f figures) choicesOf(ind *catalogue.Indicator) []string {
	out := []string{""}
	for _, src := range ind.Sources {
		form := f.world.catalogue.Form(src.Form)
		for _, by := range ind.Groups {
			parts := []string{""}
			for _, key := range catalogue.GroupFields(by) {
				var longer []string
				for _, part := range parts {
					if part != "" {
						part += "+"
					}
					for _, c := range form.Field(key).Choices {
						longer = append(longer, part+key+"="+c.Key)
					}
				}
				parts = longer
			}
			out = append(out, parts...)
		}
	}
	return out
}

// hide takes figures out of a row, and with them the ratios that they are parts
// of. A figure that would be left out as nothing stands there as withheld too.
func (f figures) hide(row *TotalsRow, hidden map[totals.Figure]bool) {
	if len(hidden) == 0 {
		return
	}
	missing := map[string][]string{} // by indicator
	for at := range hidden {
		if f.tellsPart(row.Division.Code, at.Group) {
			missing[at.Indicator] = append(missing[at.Indicator], at.Group)
		}
	}
	all := make([]totals.Reading, 0, len(row.Values)+len(hidden))
	for _, ind := range f.world.catalogue.Indicators {
		from := len(all)
		for _, r := range row.Values {
			if r.Indicator != ind.ID {
				break // they stand in this order
			}
			row.Values = row.Values[1:]
			at := totals.Figure{Indicator: r.Indicator, Group: r.Group}
			if hidden[at] || hidden[totals.Figure{Indicator: ind.Numerator, Group: r.Group}] ||
				hidden[totals.Figure{Indicator: ind.Denominator, Group: r.Group}] {
				r.Hide()
			}
			all = append(all, r)
		}
		own := all[from:]
		for _, group := range missing[ind.ID] {
			if !slices.ContainsFunc(own, func(r totals.Reading) bool { return r.Group == group }) {
				all = append(all, totals.Reading{Indicator: ind.ID, Group: group, Withheld: true})
			}
		}
		slices.SortFunc(all[from:], func(a, b totals.Reading) int { return strings.Compare(a.Group, b.Group) })
	}
	row.Values = all
}
