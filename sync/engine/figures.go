package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// TotalsTable is a page of figures: a unit, and the units right below it.
type TotalsTable struct {
	Unit    string
	Period  totals.Period
	AsOf    record.Instant
	Seq     int64 // of the ledger: the figures are those of this moment
	Rows    []TotalsRow
	Pending []Waiting // by form, for the unit and below: 待审, not counted
}

// TotalsRow has one unit's figures, in the catalogue's order.
type TotalsRow struct {
	Division record.Division
	Values   []totals.Reading
}

// Totals reads the figures of a unit and of the units right below it.
func (e *Engine) Totals(ctx context.Context, actor record.Actor, unit, period string) (*TotalsTable, error) {
	w := e.world.Load()
	if _, ok := w.places.Get(unit); !ok {
		return nil, record.Errorf(record.NotFound, "unit %s", unit)
	}
	if !access.Scope(actor, w.places, unit) {
		return nil, record.Errorf(record.Forbidden, "totals of %s", unit)
	}
	span, err := totals.ParsePeriod(period)
	if err != nil {
		return nil, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	now := e.opt.Now()
	table := &TotalsTable{Unit: unit, Period: span, AsOf: now}
	err = e.view(ctx, func(r Reader, w *world) error {
		var err error
		if table.Seq, err = r.LastSeq(); err != nil {
			return err
		}
		f := figures{r: r, world: w, actor: actor, today: Day(now), top: unit, memo: newMemo()}
		for _, code := range append([]string{unit}, w.places.Children(unit)...) {
			row, err := f.row(code, span)
			if err != nil {
				return err
			}
			table.Rows = append(table.Rows, row)
		}
		if err := f.protect(table.Rows, span); err != nil {
			return err
		}
		table.Pending = f.pending(unit)
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return table, nil
}

func storeError(err error) error {
	var e *record.Error // a store may have joined its own to it
	if errors.As(err, &e) {
		return e
	}
	return &record.Error{Code: record.Unavailable, Err: err}
}

type figures struct {
	r     Reader
	world *world
	actor record.Actor
	today string
	top   string // the unit whose page it is: the others lie in it
	memo  *memo
}

// values reads every figure of one unit. With due, what is dated by another
// field than occurred_on counts up to today only (T6).
func (f figures) values(unit string, span totals.Period, due bool) (map[totals.Figure]int64, error) {
	out := map[totals.Figure]int64{}
	for _, read := range []func(string, int, int) ([]Figure, error){f.r.Totals, f.r.DistinctTotals} {
		list, err := read(unit, span.From, span.To)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			if x.Indicator == "" { // what waits
				if unit == f.top && x.Entries > 0 {
					f.memo.waiting[x.Group] = x.Entries
				}
				continue
			}
			out[totals.Figure{Indicator: x.Indicator, Group: x.Group}] = x.Value
		}
	}
	if !due || span.LastDay() <= f.today {
		return out, nil
	}
	for _, ind := range f.world.catalogue.Indicators {
		if !datedApart(ind) {
			continue
		}
		for at := range out {
			if at.Indicator != ind.ID {
				continue
			}
			if ind.Measure == catalogue.MeasureDistinct { // keys of later days may stand on earlier ones too
				_, keys, err := f.r.DayTotal(ind.ID, at.Group, f.below(unit), span.FirstDay(), f.today)
				if err != nil {
					return nil, err
				}
				out[at] = keys
				continue
			}
			later, err := f.later(at, unit, span)
			if err != nil {
				return nil, err
			}
			out[at] -= later
		}
	}
	return out, nil
}

// later is what of a figure is dated after today: little, where the whole span is much.
func (f figures) later(at totals.Figure, unit string, span totals.Period) (sum int64, err error) {
	key := laterAt{at, span.From, span.To}
	byUnit, known := f.memo.later[key]
	if !known {
		// Of all units of the page at once, which begins with the one that the others lie in.
		byUnit, err = f.r.DaySums(at.Indicator, at.Group, f.below(f.top), dayAfter(f.today), span.LastDay())
		if err != nil {
			return 0, err
		}
		f.memo.later[key] = byUnit
	}
	for code, n := range byUnit {
		if f.world.places.Within(code, unit) {
			sum += n
		}
	}
	return sum, nil
}

type laterAt struct {
	totals.Figure
	from, to int
}

// memo is what a page of figures has read already.
type memo struct {
	later map[laterAt]map[string]int64
	years map[yearAt]*yearOf
	// waiting counts what waits in the page's unit, by form.
	waiting map[string]int64
}

func newMemo() *memo {
	return &memo{map[laterAt]map[string]int64{}, map[yearAt]*yearOf{}, map[string]int64{}}
}

func dayAfter(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil { // Day writes no other
		return day
	}
	return d.AddDate(0, 0, 1).Format(time.DateOnly)
}

func datedApart(ind *catalogue.Indicator) bool {
	return slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool { return s.Date != catalogue.KeyOccurredOn })
}

// below lists a unit and all units in it.
func (f figures) below(unit string) []string {
	out := []string{unit}
	for i := 0; i < len(out); i++ {
		out = append(out, f.world.places.Children(out[i])...)
	}
	return out
}

func (f figures) row(unit string, span totals.Period) (TotalsRow, error) {
	division, _ := f.world.places.Get(unit)
	row := TotalsRow{Division: division}
	values, err := f.values(unit, span, true)
	if err != nil {
		return row, err
	}
	parts := partsOf(values)
	row.Values = make([]totals.Reading, 0, len(values)+len(f.world.catalogue.Indicators))
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Measure == catalogue.MeasureRatio {
			row.Values = append(row.Values, f.ratios(ind, values, parts)...)
			continue
		}
		for _, group := range parts.of(ind) {
			n := values[totals.Figure{Indicator: ind.ID, Group: group}]
			row.Values = append(row.Values, totals.Reading{Indicator: ind.ID, Group: group, Value: &n})
		}
	}
	return row, nil
}

// parts are the groups of each indicator that have a figure.
type parts map[string][]string

func partsOf(values map[totals.Figure]int64) parts {
	out := parts{}
	for at, n := range values {
		if at.Group != "" && n != 0 {
			out[at.Indicator] = append(out[at.Indicator], at.Group)
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}

// of lists the whole and then the parts that have a figure, in the order of the choices.
func (p parts) of(ind *catalogue.Indicator) []string {
	return append([]string{""}, p[ind.ID]...)
}

// ratios are computed from their two parts, in ten-thousandths (T5).
func (f figures) ratios(ind *catalogue.Indicator, values map[totals.Figure]int64, p parts) []totals.Reading {
	below := f.world.catalogue.Indicator(ind.Denominator)
	if below == nil {
		return nil
	}
	var out []totals.Reading
	for _, group := range p.of(below) {
		num, den := values[totals.Figure{Indicator: ind.Numerator, Group: group}], values[totals.Figure{Indicator: ind.Denominator, Group: group}]
		r := totals.Reading{Indicator: ind.ID, Group: group, Numerator: &num, Denominator: &den}
		if den != 0 {
			v := (num*10000 + den/2) / den
			r.Value = &v
		}
		out = append(out, r)
	}
	return out
}

// pending tells, by form, what waits for a decision in the page's unit and below: as it was read with its figures.
func (f figures) pending(unit string) []Waiting {
	out := make([]Waiting, 0, len(f.memo.waiting))
	for form, n := range f.memo.waiting {
		out = append(out, Waiting{Unit: unit, Form: form, Count: n})
	}
	slices.SortFunc(out, func(a, b Waiting) int { return strings.Compare(a.Form, b.Form) })
	return out
}
