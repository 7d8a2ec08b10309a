package engine

import (
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// stands reports whether anything of the catalogue stands.
func (f figures) stands() bool {
	return slices.ContainsFunc(f.world.catalogue.Indicators, func(i *catalogue.Indicator) bool { return i.Measure == catalogue.MeasureStanding })
}

func (f figures) standingIDs() (out []string) {
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Measure == catalogue.MeasureStanding {
			out = append(out, ind.ID)
		}
	}
	return out
}

// addStanding adds how many keys stand at the end of a day, or today where that is earlier (T9): those of the end of its
// month, put right by the few that begin or cease to stand between the two.
func (f figures) addStanding(out *counted, unit, day string) error {
	if !f.stands() {
		return nil
	}
	day = min(day, f.today)
	month := totals.MonthOf(day)
	var list []Figure
	var err error
	switch {
	case f.tellsPart(unit, anyPart):
		list, err = f.r.Standing(unit, month)
	case f.named:
		list, err = f.r.WholeStanding(unit, month, f.standingIDs()...)
	default:
		list, err = f.r.WholeStanding(unit, month)
	}
	if err != nil {
		return err
	}
	for _, x := range list {
		out.n[totals.Figure{Indicator: x.Indicator, Group: x.Group}] += x.Value
	}
	turned, err := f.turned(day)
	for at, n := range turned[unit] {
		if f.tellsPart(unit, at.Group) {
			out.n[at] += n
		}
	}
	return err
}

// turned is, for each unit of the page, how many more keys stand at the end of a day than at the end of its month.
func (f figures) turned(day string) (map[string]map[totals.Figure]int64, error) {
	if known, ok := f.memo.turned[day]; ok {
		return known, nil
	}
	out := map[string]map[totals.Figure]int64{}
	f.memo.turned[day] = out
	month := totals.MonthName(totals.MonthOf(day)) + "-31"
	owners := f.owners()
	var key totals.Contribution
	var list []totals.Contribution
	put := func() {
		at := totals.Figure{Indicator: key.Indicator, Group: key.Group}
		deep := map[string][2]int64{} // by unit of the page: on the day, and at the end of the month
		for _, c := range list {
			for _, unit := range owners(c.Unit) {
				n := deep[unit]
				if c.Day <= day {
					n[0] += c.Value
				}
				n[1] += c.Value
				deep[unit] = n
			}
		}
		for unit, n := range deep {
			if out[unit] == nil {
				out[unit] = map[totals.Figure]int64{}
			}
			if n[0] > 0 && n[1] <= 0 {
				out[unit][at]++
			} else if n[0] <= 0 && n[1] > 0 {
				out[unit][at]--
			}
		}
		list = list[:0]
	}
	err := f.r.StandingRows(totals.DayAfter(day), month, func(c totals.Contribution) error {
		if c.Indicator != key.Indicator || c.Group != key.Group || c.Key != key.Key {
			put()
			key = c
		}
		list = append(list, c)
		return nil
	})
	put()
	return out, err
}

// owners gives, of a unit, the units of the page that it lies in: the one that the page is of, and one of those below.
func (f figures) owners() func(unit string) []string {
	in := map[string][]string{f.top: {f.top}}
	for _, child := range f.world.places.Children(f.top) {
		for _, code := range f.below(child) {
			in[code] = []string{f.top, child}
		}
	}
	return func(unit string) []string { return in[unit] }
}
