package engine

import (
	"context"
	"errors"
	"slices"
	"strings"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
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
	Recount *Recount  // under way at this moment (T16), nil for none
}

// TotalsRow has one unit's figures, in the catalogue's order.
type TotalsRow struct {
	Division record.Division
	Values   []totals.Reading
}

// Totals reads the figures of a unit and of the units right below it.
func (e *Engine) Totals(ctx context.Context, actor record.Actor, unit, period string) (*TotalsTable, error) {
	return e.table(ctx, actor, unit, period, allParts, "")
}

// Page reads the same without the parts of the units below: a table of units has wholes alone, and each has a page of its
// own. It is most of what there is.
func (e *Engine) Page(ctx context.Context, actor record.Actor, unit, period string) (*TotalsTable, error) {
	return e.table(ctx, actor, unit, period, ownParts, "")
}

// parted says of which units a page has parts too.
type parted int

const (
	allParts parted = iota
	ownParts        // of the page's unit
	noParts
)

// tellsPart reports whether a page has a group of a unit's figures.
func (f figures) tellsPart(unit, group string) bool {
	return group == "" || f.parted == allParts || f.parted == ownParts && unit == f.top
}

// table reads a page; own is a campaign's own count that is asked for alone, or any other figure.
func (e *Engine) table(ctx context.Context, actor record.Actor, unit, period string, parted parted, own string) (*TotalsTable, error) {
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
		if table.Recount, err = toldRecounting(r); err != nil {
			return err
		}
		if campaign.Own(own) {
			w = w.telling(w.counts().Indicator(own))
		}
		f := figures{r: r, world: w, actor: actor, today: Day(now), top: unit, parted: parted, memo: newMemo()}
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
		table.Pending = f.toldPending(unit, f.pending(unit))
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
	parted
	named bool // the world has these indicators alone, and no others are read
	memo  *memo
}

// memo is what a page of figures has read already.
type memo struct {
	later  map[monthsAt]*later
	years  map[yearAt]*yearOf
	turned map[string]map[string]map[totals.Figure]int64 // by day and unit
	days   map[string]map[string]*counted                // by period and unit
	// waiting counts what waits in the page's unit, by form.
	waiting map[string]int64
	forms   map[waitAt]map[string]int64 // what waits in some units and months, by form
}

func newMemo() *memo {
	return &memo{later: map[monthsAt]*later{}, years: map[yearAt]*yearOf{}, turned: map[string]map[string]map[totals.Figure]int64{},
		days: map[string]map[string]*counted{}, waiting: map[string]int64{}, forms: map[waitAt]map[string]int64{}}
}

type monthsAt struct{ from, to int }

// counted are one unit's figures as they are kept: numbers, and of each median its values.
type counted struct {
	n      map[totals.Figure]int64
	values map[totals.Figure]totals.Values
}

func newCounted() *counted {
	return &counted{map[totals.Figure]int64{}, map[totals.Figure]totals.Values{}}
}

// add adds n of what is counted by a key.
func (c *counted) add(at totals.Figure, key string, n int64) {
	if totals.KindOf(key) != totals.Valued {
		c.n[at] += n
		return
	}
	if c.values[at] == nil {
		c.values[at] = totals.Values{}
	}
	c.values[at][totals.KeyValue(key)] += n
}

// addTotal adds a total of a span of months. What counts only in spans that hold another day too is kept by the month of
// that day (T10).
func (c *counted) addTotal(x Figure, span totals.Period) {
	group, key := totals.GroupOf(x.Group)
	if totals.KindOf(key) == totals.Since {
		if month := totals.MonthOf(totals.SinceDay(key)); month < span.From || month > span.To {
			return
		}
	}
	c.add(totals.Figure{Indicator: x.Indicator, Group: group}, key, x.Value)
}

// counted reads every figure of one unit (T3, T4, T9 to T12).
func (f figures) counted(unit string, span totals.Period) (*counted, error) {
	if span.Days() {
		return f.dayFigures(unit, span)
	}
	out := newCounted()
	list, err := f.totals(unit, span)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.Indicator == "" {
			f.wait(unit, x)
			continue
		}
		out.addTotal(x, span)
	}
	if list, err = f.distinct(unit, span); err != nil {
		return nil, err
	}
	for _, x := range list {
		out.n[totals.Figure{Indicator: x.Indicator, Group: x.Group}] = x.Value
	}
	if err := f.takeLater(out, unit, span, func(*catalogue.Indicator) bool { return true }); err != nil {
		return nil, err
	}
	return out, f.addStanding(out, unit, span.LastDay())
}

// totals and distinct read a unit's figures of a span of months, as far as the page has them. What waits comes with the
// page's unit.
func (f figures) totals(unit string, span totals.Period) ([]Figure, error) {
	switch {
	case f.named:
		return f.r.WholeTotals(unit, span.From, span.To, f.ids()...)
	case f.tellsPart(unit, anyPart):
		return f.r.Totals(unit, span.From, span.To)
	}
	return f.r.WholeTotals(unit, span.From, span.To)
}

func (f figures) distinct(unit string, span totals.Period) ([]Figure, error) {
	switch {
	case f.named:
		return f.r.WholeDistinctTotals(unit, span.From, span.To, f.ids()...)
	case f.tellsPart(unit, anyPart):
		return f.r.DistinctTotals(unit, span.From, span.To)
	}
	return f.r.WholeDistinctTotals(unit, span.From, span.To)
}

func (f figures) ids() (out []string) {
	for _, ind := range f.world.catalogue.Indicators {
		out = append(out, ind.ID)
	}
	return out
}

// anyPart stands for any group that is not the whole.
const anyPart = "?"

// wait notes what waits in the page's unit.
func (f figures) wait(unit string, x Figure) {
	if unit == f.top && x.Entries > 0 {
		f.memo.waiting[x.Group] = x.Entries
	}
}

// datedApart reports whether an indicator counts by another day than the one on which something was done: it may lie in
// the future.
func datedApart(ind *catalogue.Indicator) bool {
	return ind.Measure != catalogue.MeasureStanding &&
		slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool { return s.Date != catalogue.KeyOccurredOn })
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
	counted, err := f.counted(unit, span)
	if err != nil {
		return TotalsRow{}, err
	}
	return f.rowOf(unit, counted), nil
}

// rowOf puts what is counted of a unit in the catalogue's order, and computes the rest of it.
func (f figures) rowOf(unit string, counted *counted) TotalsRow {
	division, _ := f.world.places.Get(unit)
	row := TotalsRow{Division: division}
	parts := partsOf(counted)
	row.Values = make([]totals.Reading, 0, len(counted.n)+len(f.world.catalogue.Indicators))
	for _, ind := range f.world.catalogue.Indicators {
		switch ind.Measure {
		case catalogue.MeasureRatio, catalogue.MeasureCoverage:
			row.Values = append(row.Values, f.quotients(ind, unit, counted, parts)...)
		case catalogue.MeasureMedian:
			row.Values = append(row.Values, f.medians(ind, counted, parts)...)
		default:
			for _, group := range parts.of(ind) {
				n := counted.n[totals.Figure{Indicator: ind.ID, Group: group}]
				row.Values = append(row.Values, totals.Reading{Indicator: ind.ID, Group: group, Value: &n})
			}
		}
	}
	return row
}

// parts are the groups of each indicator that have a figure.
type parts map[string][]string

func partsOf(c *counted) parts {
	out := parts{}
	for at, n := range c.n {
		if at.Group != "" && n != 0 {
			out[at.Indicator] = append(out[at.Indicator], at.Group)
		}
	}
	for at := range c.values {
		if at.Group != "" {
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

// pending tells, by form, what waits for a decision in the page's unit and below: as it was read with its figures.
func (f figures) pending(unit string) []Waiting {
	out := make([]Waiting, 0, len(f.memo.waiting))
	for form, n := range f.memo.waiting {
		out = append(out, Waiting{Unit: unit, Form: form, Count: n})
	}
	slices.SortFunc(out, func(a, b Waiting) int { return strings.Compare(a.Form, b.Form) })
	return out
}

// toldPending is what waits as this reader may have it by form: who is not told a unit's small counts has what waits of the
// forms whose entries may be sensitive in one number, under "", as T18 has it. What waits comes and goes within hours: by
// form, less what she could list, it would tell of one that is sensitive, and of what kind.
func (f figures) toldPending(unit string, list []Waiting) []Waiting {
	if access.SeesSmall(f.actor, f.world.places, unit) {
		return list
	}
	together := Waiting{Unit: unit}
	out := make([]Waiting, 0, len(list))
	for _, w := range list {
		if form := f.world.catalogue.Form(w.Form); form != nil && form.Sensitive == nil {
			out = append(out, w)
			continue
		}
		together.Count += w.Count
	}
	if together.Count > 0 {
		out = append(out, together)
	}
	return out
}
