package engine

import (
	"maps"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// later is what of a page is dated after today, of indicators that count by such days: little, where the whole span is
// much.
type later struct {
	rows map[totals.Figure][]DayRow
}

// takeLater takes off what is dated after today by another field than occurred_on (T6), of indicators that were put in.
func (f figures) takeLater(out *counted, unit string, span totals.Period, in func(*catalogue.Indicator) bool) error {
	if span.LastDay() <= f.today {
		return nil
	}
	l, err := f.later(span)
	if err != nil {
		return err
	}
	for at, rows := range l.rows {
		ind := f.world.catalogue.Indicator(at.Indicator)
		if !in(ind) || !f.tellsPart(unit, at.Group) {
			continue
		}
		if ind.Measure == catalogue.MeasureDistinct {
			if err := f.takeLaterKeys(out, unit, span, at, rows); err != nil {
				return err
			}
			continue
		}
		for _, row := range rows {
			if f.world.places.Within(row.Unit, unit) && sinceIn(row.Key, span) {
				out.add(at, row.Key, -row.Value)
			}
		}
	}
	return nil
}

// takeLaterKeys takes off the keys of later days that do not stand on earlier ones too.
func (f figures) takeLaterKeys(out *counted, unit string, span totals.Period, at totals.Figure, rows []DayRow) error {
	keys := map[string]bool{}
	for _, row := range rows {
		if f.world.places.Within(row.Unit, unit) {
			keys[row.Key] = true
		}
	}
	if len(keys) == 0 {
		return nil
	}
	err := f.r.KeyRows(at, slices.Sorted(maps.Keys(keys)), span.FirstDay(), f.today, func(key, in string) error {
		if f.world.places.Within(in, unit) {
			delete(keys, key)
		}
		return nil
	})
	out.n[at] -= int64(len(keys))
	return err
}

// sinceIn reports whether what has this key counts in a span: of one that must hold another day too, whether it does.
func sinceIn(key string, span totals.Period) bool {
	if totals.KindOf(key) != totals.Since {
		return true
	}
	day := totals.SinceDay(key)
	return span.FirstDay() <= day && day <= span.LastDay()
}

// later reads it of all units of the page at once, which begins with the one that the others lie in.
func (f figures) later(span totals.Period) (*later, error) {
	at := monthsAt{span.From, span.To}
	if l, known := f.memo.later[at]; known {
		return l, nil
	}
	l := &later{rows: map[totals.Figure][]DayRow{}}
	f.memo.later[at] = l
	first := max(span.FirstDay(), totals.DayAfter(f.today))
	return l, f.r.LaterRows(f.below(f.top), first, span.LastDay(), func(row DayRow) error {
		if ind := f.world.catalogue.Indicator(row.Indicator); ind != nil && datedApart(ind) {
			l.rows[row.Figure] = append(l.rows[row.Figure], row)
		}
		return nil
	})
}

// some lists the figures of some indicators that the page's unit has in a span of months.
func (f figures) some(from, to int, of func(*catalogue.Indicator) bool) (out []totals.Figure, err error) {
	seen := map[totals.Figure]bool{}
	for _, read := range []func(string, int, int, ...string) ([]Figure, error){f.r.Totals, f.r.DistinctTotals} {
		list, err := read(f.top, from, to)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			group, _ := totals.GroupOf(x.Group)
			at := totals.Figure{Indicator: x.Indicator, Group: group}
			if ind := f.world.catalogue.Indicator(x.Indicator); ind != nil && of(ind) && !seen[at] {
				seen[at] = true
				out = append(out, at)
			}
		}
	}
	return out, nil
}
