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
	unit := rows[0].Division.Code
	path := []string{unit} // from the highest unit whose figures she may ask for
	for up := f.world.places.Parent(unit); up != "" && access.Scope(f.actor, f.world.places, up); up = f.world.places.Parent(up) {
		path = append([]string{up}, path...)
	}
	// What is withheld of a unit depends on those beside it, so the way down
	// from the top decides: asked for by itself it is withheld just the same.
	known, err := f.withheld(path[:1], nil, span)
	if err != nil {
		return err
	}
	for _, at := range path {
		below, err := f.withheld(f.world.places.Children(at), known[at], span)
		if err != nil {
			return err
		}
		for code, hidden := range below {
			known[code] = hidden
		}
	}
	for i := range rows {
		f.hide(&rows[i], known[rows[i].Division.Code])
	}
	return nil
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
	sensitive := func(x totals.Figure) bool {
		ind := f.world.catalogue.Indicator(x.Indicator)
		return ind != nil && ind.IsSensitive(x.Group)
	}
	years := make([]*yearOf, len(units))
	for i, unit := range units {
		var err error
		if years[i], err = f.year(unit, year); err != nil {
			return nil, err
		}
	}
	for _, s := range spans {
		counts := make([]totals.Counts, len(units))
		for i, unit := range units {
			counts[i].Open = access.SeesSmall(f.actor, f.world.places, unit)
			counts[i].N = f.counts(years[i], s, counts[i].Open)
			f.choices(counts[i].N)
		}
		for i, hidden := range totals.Withhold(counts, sensitive, given, access.SmallCount) {
			if out[units[i]] == nil {
				out[units[i]] = map[totals.Figure]bool{}
			}
			for figure := range hidden {
				out[units[i]][figure] = true
			}
		}
	}
	return out, nil
}

// choices gives every part of a figure that has a sensitive part, also those of
// which there is none: what is withheld must stand among what could be there.
func (f figures) choices(n map[totals.Figure]int64) {
	for _, ind := range f.world.catalogue.Indicators {
		if len(ind.Sensitive.Groups) == 0 {
			continue
		}
		for _, src := range ind.Sources {
			form := f.world.catalogue.Form(src.Form)
			for _, key := range ind.Groups {
				for _, c := range form.Field(key).Choices {
					n[totals.Figure{Indicator: ind.ID, Group: key + "=" + c.Key}] += 0
				}
			}
		}
	}
}

// yearOf are a unit's figures of the indicators that have anything sensitive, by
// month: what is withheld never reaches another indicator.
type yearOf struct {
	totals []MonthTotal
	steps  []MonthStep
}

type yearAt struct {
	unit string
	from int
}

func (f figures) year(unit string, year totals.Period) (*yearOf, error) {
	at := yearAt{unit, year.From}
	if y, known := f.memo.years[at]; known {
		return y, nil
	}
	var ids []string
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Sensitive.All || len(ind.Sensitive.Groups) > 0 {
			ids = append(ids, ind.ID)
		}
	}
	y := &yearOf{}
	var err error
	if y.totals, err = f.r.MonthTotals(unit, year.From, year.To, ids); err != nil {
		return nil, err
	}
	y.steps, err = f.r.MonthSteps(unit, year.From, year.To, ids)
	f.memo.years[at] = y
	return y, err
}

// counts are a unit's figures of a span as small counts are judged: of a sum of
// a sensitive kind the entries behind it, since an amount of money is as telling
// as the count of those who got it.
func (f figures) counts(y *yearOf, s totals.Period, open bool) map[totals.Figure]int64 {
	out := map[totals.Figure]int64{}
	for _, m := range y.totals {
		if m.Month < s.From || m.Month > s.To {
			continue
		}
		n := m.Value
		if ind := f.world.catalogue.Indicator(m.Indicator); !open && ind.Measure == catalogue.MeasureSum && ind.IsSensitive(m.Group) {
			n = m.Entries
		}
		out[m.Figure] += n
	}
	for _, m := range y.steps {
		if m.Month >= s.From && m.Month <= s.To && m.Prev < s.From {
			out[m.Figure] += m.N
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
	shown := map[totals.Figure]bool{}
	for i := range row.Values {
		r := &row.Values[i]
		shown[totals.Figure{Indicator: r.Indicator, Group: r.Group}] = true
		ind := f.world.catalogue.Indicator(r.Indicator)
		if hidden[totals.Figure{Indicator: r.Indicator, Group: r.Group}] ||
			hidden[totals.Figure{Indicator: ind.Numerator, Group: r.Group}] ||
			hidden[totals.Figure{Indicator: ind.Denominator, Group: r.Group}] {
			r.Hide()
		}
	}
	var all []totals.Reading
	for _, ind := range f.world.catalogue.Indicators {
		var own []totals.Reading
		for _, r := range row.Values {
			if r.Indicator == ind.ID {
				own = append(own, r)
			}
		}
		for figure := range hidden {
			if figure.Indicator == ind.ID && !shown[figure] {
				own = append(own, totals.Reading{Indicator: ind.ID, Group: figure.Group, Withheld: true})
			}
		}
		slices.SortStableFunc(own, func(a, b totals.Reading) int { return strings.Compare(a.Group, b.Group) })
		all = append(all, own...)
	}
	row.Values = all
}
