package engine

import (
	"maps"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
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
	byDay, byRow := f.laterBy(unit, in)
	if len(byDay) > 0 {
		list, err := f.r.DayTotals(unit, f.firstLater(span), span.LastDay(), byDay...)
		if err != nil {
			return err
		}
		for _, x := range list {
			out.n[totals.Figure{Indicator: x.Indicator}] -= x.Value
		}
	}
	if !byRow {
		return nil
	}
	l, err := f.later(span)
	if err != nil {
		return err
	}
	for at, rows := range l.rows {
		ind := f.world.catalogue.Indicator(at.Indicator)
		if !in(ind) || !f.tellsPart(unit, at.Group) || slices.Contains(byDay, at.Indicator) {
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

// laterBy says how what is dated after today is known. Where no part is asked for, the whole of what adds up is kept by the
// day above villages: ten times as many entries leave no more of it. Of all else there are its rows, if there is any.
func (f figures) laterBy(unit string, in func(*catalogue.Indicator) bool) (byDay []string, byRow bool) {
	division, _ := f.world.places.Get(unit)
	kept := f.parted == noParts && division.Level != record.Village
	for _, ind := range f.world.catalogue.Indicators {
		switch {
		case !datedApart(ind) || !in(ind):
		case kept && (ind.Measure == catalogue.MeasureCount || ind.Measure == catalogue.MeasureSum) && !bySince(ind):
			byDay = append(byDay, ind.ID)
		default:
			byRow = true
		}
	}
	return byDay, byRow
}

// firstLater is the first day of a span that comes after today.
func (f figures) firstLater(span totals.Period) string {
	return max(span.FirstDay(), totals.DayAfter(f.today))
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
	return l, f.r.LaterRows(f.below(f.top), f.firstLater(span), span.LastDay(), func(row DayRow) error {
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
