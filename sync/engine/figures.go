package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

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
	err = e.store.View(ctx, func(r Reader) error {
		var err error
		if table.Seq, err = r.LastSeq(); err != nil {
			return err
		}
		f := figures{r: r, world: w, actor: actor, today: Day(now)}
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
		table.Pending, err = f.pending(unit, span)
		return err
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
}

type figureOf struct{ indicator, group string }

// values reads every figure of one unit.
func (f figures) values(unit string, span totals.Period) (map[figureOf]int64, error) {
	out := map[figureOf]int64{}
	for _, read := range []func(string, int, int) ([]Figure, error){f.r.Totals, f.r.DistinctTotals} {
		list, err := read(unit, span.From, span.To)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			out[figureOf{x.Indicator, x.Group}] = x.Value
		}
	}
	if span.LastDay() <= f.today {
		return out, nil
	}
	// T6: what is dated by another field may lie ahead of today.
	for _, ind := range f.world.catalogue.Indicators {
		if !datedApart(ind) {
			continue
		}
		for at := range out {
			if at.indicator != ind.ID {
				continue
			}
			sum, keys, err := f.r.DayTotal(ind.ID, at.group, f.below(unit), span.FirstDay(), f.today)
			if err != nil {
				return nil, err
			}
			out[at] = sum
			if ind.Measure == catalogue.MeasureDistinct {
				out[at] = keys
			}
		}
	}
	return out, nil
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
	values, err := f.values(unit, span)
	if err != nil {
		return row, err
	}
	for _, ind := range f.world.catalogue.Indicators {
		if ind.Measure == catalogue.MeasureRatio {
			row.Values = append(row.Values, f.ratios(ind, values)...)
			continue
		}
		for _, group := range f.groups(ind, values) {
			n := values[figureOf{ind.ID, group}]
			row.Values = append(row.Values, totals.Reading{Indicator: ind.ID, Group: group, Value: &n})
		}
	}
	return row, nil
}

// groups lists the whole and then the parts that have a figure, in the order of the choices.
func (f figures) groups(ind *catalogue.Indicator, values map[figureOf]int64) []string {
	out := []string{""}
	var parts []string
	for at, n := range values {
		if at.indicator == ind.ID && at.group != "" && n != 0 {
			parts = append(parts, at.group)
		}
	}
	slices.Sort(parts)
	return append(out, parts...)
}

// ratios are computed from their two parts, in ten-thousandths (T5).
func (f figures) ratios(ind *catalogue.Indicator, values map[figureOf]int64) []totals.Reading {
	below := f.world.catalogue.Indicator(ind.Denominator)
	if below == nil {
		return nil
	}
	var out []totals.Reading
	for _, group := range f.groups(below, values) {
		num, den := values[figureOf{ind.Numerator, group}], values[figureOf{ind.Denominator, group}]
		r := totals.Reading{Indicator: ind.ID, Group: group, Numerator: &num, Denominator: &den}
		if den != 0 {
			v := (num*10000 + den/2) / den
			r.Value = &v
		}
		out = append(out, r)
	}
	return out
}

// protect withholds small counts of sensitive kinds from readers who may not
// see them (DOMAIN: fewer than 5), and covers each with a second one.
func (f figures) protect(rows []TotalsRow, span totals.Period) error {
	below := map[figureOf][]*totals.Reading{}
	for i := range rows {
		row := &rows[i]
		if !access.SeesSmall(f.actor, f.world.places, row.Division.Code) {
			if err := f.hideSmall(row, span); err != nil {
				return err
			}
		}
		parts := map[string][]*totals.Reading{}
		for j := range row.Values {
			r := &row.Values[j]
			if r.Group != "" {
				parts[r.Indicator] = append(parts[r.Indicator], r)
			}
			if i > 0 {
				at := figureOf{r.Indicator, r.Group}
				below[at] = append(below[at], r)
			}
		}
		for _, list := range parts {
			totals.Cover(list)
		}
	}
	for _, list := range below {
		totals.Cover(list)
	}
	return nil
}

func small(n *int64) bool { return n != nil && *n > 0 && *n < access.SmallCount }

// hideSmall hides one unit's small counts. In less than a year it also hides
// what is large enough itself but would, subtracted from the year, give away a
// month that is not.
func (f figures) hideSmall(row *TotalsRow, span totals.Period) error {
	year := span.Year()
	given := map[figureOf]bool{}
	for m := year.From; m <= year.To && (span.From != year.From || span.To != year.To); m++ {
		month, err := f.values(row.Division.Code, totals.Period{From: m, To: m})
		if err != nil {
			return err
		}
		for at, n := range month {
			if small(&n) {
				given[at] = true
			}
		}
	}
	for j := range row.Values {
		r := &row.Values[j]
		ind := f.world.catalogue.Indicator(r.Indicator)
		if ind == nil || !ind.IsSensitive(r.Group) {
			continue
		}
		if small(r.Value) && ind.Measure != catalogue.MeasureRatio || small(r.Denominator) || small(r.Numerator) ||
			given[figureOf{r.Indicator, r.Group}] || given[figureOf{ind.Numerator, r.Group}] || given[figureOf{ind.Denominator, r.Group}] {
			r.Hide()
		}
	}
	return nil
}

// pending counts, by form, what waits for a decision in the unit and below.
func (f figures) pending(unit string, span totals.Period) ([]Waiting, error) {
	list, err := f.r.Waiting(span.FirstDay(), span.LastDay())
	if err != nil {
		return nil, err
	}
	sum := map[string]int64{}
	for _, w := range list {
		if f.world.places.Within(w.Unit, unit) {
			sum[w.Form] += w.Count
		}
	}
	out := make([]Waiting, 0, len(sum))
	for form, n := range sum {
		out = append(out, Waiting{Unit: unit, Form: form, Count: n})
	}
	slices.SortFunc(out, func(a, b Waiting) int { return strings.Compare(a.Form, b.Form) })
	return out, nil
}

// EntriesQuery asks for the entries behind one figure.
type EntriesQuery struct {
	Unit, Period, Indicator, Group string
	After                          Place
	Limit                          int
}

// CountedEntry is one line behind a figure: what it adds, and the entry as far
// as the reader may see it.
type CountedEntry struct {
	Counted
	View   access.View
	Record *record.Record // nil unless View is Online or Whole
}

// maxEntries is the longest page of entries behind a figure.
const maxEntries = 200

// TotalEntries opens a figure down to its entries. next is the place where the
// following page begins, zero at the end.
func (e *Engine) TotalEntries(ctx context.Context, actor record.Actor, q EntriesQuery) (list []CountedEntry, next Place, err error) {
	w := e.world.Load()
	ind := w.catalogue.Indicator(q.Indicator)
	if _, ok := w.places.Get(q.Unit); !ok || ind == nil {
		return nil, next, record.Errorf(record.NotFound, "figure %s of %s", q.Indicator, q.Unit)
	}
	if !access.Scope(actor, w.places, q.Unit) {
		return nil, next, record.Errorf(record.Forbidden, "entries of %s", q.Unit)
	}
	if ind.Measure == catalogue.MeasureRatio {
		return nil, next, &record.Error{Code: record.BadRequest, Field: "indicator"}
	}
	span, err := totals.ParsePeriod(q.Period)
	if err != nil {
		return nil, next, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	if q.Limit <= 0 || q.Limit > maxEntries {
		q.Limit = maxEntries
	}
	last := span.LastDay()
	if today := Day(e.opt.Now()); datedApart(ind) && last > today {
		last = today
	}
	// A list of entries counts them: the figure must be one that this reader may see.
	table, err := e.Totals(ctx, actor, q.Unit, q.Period)
	if err != nil {
		return nil, next, err
	}
	for _, r := range table.Rows[0].Values {
		if r.Indicator == q.Indicator && r.Group == q.Group && r.Withheld {
			return nil, next, record.Errorf(record.Forbidden, "figure withheld")
		}
	}
	err = e.store.View(ctx, func(r Reader) error {
		f := figures{r: r, world: w, actor: actor}
		rows, err := r.Counted(q.Indicator, q.Group, f.open(ind, q.Group, q.Unit), span.FirstDay(), last, q.After, q.Limit+1)
		if err != nil {
			return err
		}
		if len(rows) > q.Limit {
			rows = rows[:q.Limit]
			at := rows[q.Limit-1]
			next = Place{Unit: at.Unit, Day: at.Day, Entity: at.Entity, Key: at.Key}
		}
		for _, c := range rows {
			line := CountedEntry{Counted: c}
			rec, err := r.Record(c.Entity)
			if err != nil {
				return err
			}
			if rec != nil {
				line.View = access.Entry(actor, w.places, rec)
				if line.View >= access.Masked {
					line.Record, _ = masked(w, actor, rec)
				}
			}
			list = append(list, line)
		}
		return nil
	})
	if err != nil {
		return nil, Place{}, storeError(err)
	}
	return list, next, nil
}

// open lists the units below whose entries may stand in a list for this
// reader. Of a sensitive figure those are only the units whose small counts she
// may see: a list by village would say how many each had.
func (f figures) open(ind *catalogue.Indicator, group, unit string) []string {
	all := f.below(unit)
	if !ind.IsSensitive(group) {
		return all
	}
	return slices.DeleteFunc(all, func(code string) bool {
		return !access.SeesSmall(f.actor, f.world.places, code)
	})
}
