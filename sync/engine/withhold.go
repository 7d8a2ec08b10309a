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
	judge := func(of func(y *yearOf, open bool) map[totals.Figure]int64) {
		counts := make([]totals.Counts, len(units))
		for i, unit := range units {
			counts[i].Open = access.SeesSmall(f.actor, f.world.places, unit)
			counts[i].N = of(years[i], counts[i].Open)
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
	for _, s := range spans {
		judge(func(y *yearOf, open bool) map[totals.Figure]int64 { return f.counts(y, s, open) })
	}
	if len(spans) > 1 {
		f.judgeTurns(years, year, judge)
	}
	return out, nil
}

// judgeTurns judges what the spans of a year tell beside their own numbers: of what must hold another day too each pair
// of months, for four spans give it away; of what stands how many more or fewer it is than a month before.
func (f figures) judgeTurns(years []*yearOf, year totals.Period, judge func(func(*yearOf, bool) map[totals.Figure]int64)) {
	pairs := map[monthsAt]bool{}
	stands := false
	for _, y := range years {
		stands = stands || len(y.standing) > 0
		for _, m := range y.totals {
			if _, key := totals.GroupOf(m.Group); totals.KindOf(key) == totals.Since {
				if from := totals.MonthOf(totals.SinceDay(key)); year.From <= from && from <= year.To {
					pairs[monthsAt{from, m.Month}] = true
				}
			}
		}
	}
	for at := range pairs {
		judge(func(y *yearOf, open bool) map[totals.Figure]int64 {
			out := map[totals.Figure]int64{}
			for _, m := range y.totals {
				if group, key := totals.GroupOf(m.Group); m.Month == at.to && totals.KindOf(key) == totals.Since && totals.MonthOf(totals.SinceDay(key)) == at.from {
					out[totals.Figure{Indicator: m.Indicator, Group: group}] += f.telltale(m, group, open)
				}
			}
			return out
		})
	}
	for month := year.From + 1; stands && month <= year.To; month++ {
		judge(func(y *yearOf, _ bool) map[totals.Figure]int64 {
			out := map[totals.Figure]int64{}
			for _, from := range []map[totals.Figure]int64{y.standing[month-1], y.standing[month]} {
				for at := range from {
					if d := y.standing[month][at] - y.standing[month-1][at]; y.standing[month] != nil {
						out[at] = max(d, -d)
					}
				}
			}
			return out
		})
	}
}

// telltale is the number by which a total is judged: of a sum of a sensitive kind the entries behind it, since an amount
// of money is as telling as the count of those who got it; of a median those as well.
func (f figures) telltale(m MonthTotal, group string, open bool) int64 {
	if ind := f.world.catalogue.Indicator(m.Indicator); !open && ind.Measure == catalogue.MeasureSum && ind.IsSensitive(group) {
		return m.Entries
	}
	return m.Value
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

// choices gives every part of a figure that has a sensitive part, also those of
// which there is none: what is withheld must stand among what could be there.
func (f figures) choices(n map[totals.Figure]int64) {
	for _, ind := range f.world.catalogue.Indicators {
		if len(ind.Sensitive.Groups) == 0 {
			continue
		}
		for _, group := range f.choicesOf(ind) {
			if group != "" {
				n[totals.Figure{Indicator: ind.ID, Group: group}] += 0
			}
		}
	}
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

// yearOf are a unit's figures of the indicators that have anything sensitive, by
// month: what is withheld never reaches another indicator.
type yearOf struct {
	totals   []MonthTotal
	steps    []MonthStep
	standing map[int]map[totals.Figure]int64 // at the end of each month that has begun
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
	stands := false
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Sensitive.Some() {
			ids = append(ids, ind.ID)
			stands = stands || ind.Measure == catalogue.MeasureStanding
		}
	}
	y := &yearOf{standing: map[int]map[totals.Figure]int64{}}
	var err error
	if y.totals, err = f.r.MonthTotals(unit, year.From, year.To, ids); err != nil {
		return nil, err
	}
	if y.steps, err = f.r.MonthSteps(unit, year.From, year.To, ids); err != nil {
		return nil, err
	}
	for month := year.From; stands && month <= min(year.To, totals.MonthOf(f.today)); month++ {
		all := newCounted()
		if err := f.addStanding(all, unit, totals.MonthName(month)+"-31"); err != nil {
			return nil, err
		}
		for at := range all.n {
			if !f.world.catalogue.Indicator(at.Indicator).Sensitive.Some() {
				delete(all.n, at)
			}
		}
		y.standing[month] = all.n
	}
	f.memo.years[at] = y
	return y, nil
}

// counts are a unit's figures of a span as small counts are judged.
func (f figures) counts(y *yearOf, s totals.Period, open bool) map[totals.Figure]int64 {
	out := map[totals.Figure]int64{}
	for _, m := range y.totals {
		if m.Month < s.From || m.Month > s.To {
			continue
		}
		group, key := totals.GroupOf(m.Group)
		if totals.KindOf(key) == totals.Since {
			if month := totals.MonthOf(totals.SinceDay(key)); month < s.From || month > s.To {
				continue
			}
		}
		out[totals.Figure{Indicator: m.Indicator, Group: group}] += f.telltale(m, group, open)
	}
	for _, m := range y.steps {
		if m.Month >= s.From && m.Month <= s.To && m.Prev < s.From {
			out[m.Figure] += m.N
		}
	}
	for at, n := range y.standing[min(s.To, totals.MonthOf(f.today))] {
		out[at] = n
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
