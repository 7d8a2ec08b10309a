package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Dashboard is how a unit stands in a year or a quarter, as a reader may be told (T19 to T21): all of one snapshot, and all
// from what is kept, whatever has been recorded. docs/decisions/0049-the-dashboard.md.
type Dashboard struct {
	Division record.Division
	Period   totals.Period
	Compare  Compare
	AsOf     record.Instant
	Seq      int64
	Today    string
	Recount  *Recount

	Week     Week
	Figures  []Compared
	Targets  []Target
	Waiting  WaitingNow
	Coverage Coverage
	Quality  []Quality // the unit, then those right below
}

// Compare has the spans that a figure is told of. Through and ThroughBefore are the whole months of the period that are over,
// and the same of last year; nil where no month is over, and where all are.
type Compare struct {
	Before                 totals.Period
	Through, ThroughBefore *totals.Period
}

// Compared is a figure of each of these spans.
type Compared struct {
	Value, Before          totals.Reading
	Through, ThroughBefore *totals.Reading
}

// Week is the last seven days, today included, beside the seven before them.
type Week struct {
	Period, Before totals.Period
	// Untold: entries, and what waits, are not told (T14).
	Untold                 bool
	Entries, EntriesBefore int64 // approved ones
	Waiting                int64 // sent in these days
	Figures                []WeekFigure
}

// WeekFigure is a count or a sum of both weeks.
type WeekFigure struct {
	Indicator     string
	Value, Before int64
	Withheld      bool
}

// The days that a week and a silence are made of.
const (
	weekDays   = 7
	SilentDays = 30
	slowDays   = 3 // from then on a decision is slow to come; from weekDays on the level above may decide (R4)
)

// maxKeyFigures is how many figures may be asked for beside last year's.
const maxKeyFigures = 24

// DashboardSpan reads a year and, where it is not "", a quarter of it. Errors: bad_request with year or quarter.
func DashboardSpan(year, quarter, today string) (totals.Period, error) {
	bad := func(field string) (totals.Period, error) {
		return totals.Period{}, &record.Error{Code: record.BadRequest, Field: field}
	}
	if len(year) != 4 || year < "2000" || year > today[:4] {
		return bad("year")
	}
	span, err := totals.ParsePeriod(year)
	if err != nil || quarter == "" {
		if err != nil {
			return bad("year")
		}
		return span, nil
	}
	if span, err = totals.ParsePeriod(year + "Q" + quarter); err != nil || span.FirstDay() > today {
		return bad("quarter")
	}
	return span, nil
}

// Dashboard reads one of a unit. indicators are those beside last year's, the key figures where none is named. Errors:
// not_found, forbidden, bad_request with a field.
func (e *Engine) Dashboard(ctx context.Context, actor record.Actor, unit, year, quarter string, indicators []string) (*Dashboard, error) {
	out := &Dashboard{}
	err := e.dashboard(ctx, actor, unit, year, quarter, func(d dashboarding) (err error) {
		out.Division, out.Period, out.AsOf, out.Today, out.Seq, out.Recount = d.division, d.span, d.now, d.today, d.seq, d.recount
		out.Compare = d.compare()
		if len(indicators) == 0 {
			indicators = KeyFigures(d.world.catalogue)
		}
		if out.Figures, err = d.compared(out.Compare, indicators); err != nil {
			return err
		}
		if out.Targets, err = d.targets(); err != nil {
			return err
		}
		if out.Waiting, err = d.waiting(); err != nil {
			return err
		}
		if out.Week, err = d.week(out.Waiting); err != nil {
			return err
		}
		if out.Coverage, err = d.coverage(SilentDays); err != nil {
			return err
		}
		out.Quality, err = d.quality()
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// dashboarding reads of one snapshot, for one reader and unit.
type dashboarding struct {
	figures
	unit     string
	division record.Division
	span     totals.Period
	now      record.Instant
	seq      int64
	recount  *Recount
}

func (e *Engine) dashboard(ctx context.Context, actor record.Actor, unit, year, quarter string, f func(dashboarding) error) error {
	now := e.opt.Now()
	err := e.view(ctx, func(r Reader, w *world) (err error) {
		d := dashboarding{unit: unit, now: now}
		var known bool
		if d.division, known = w.places.Get(unit); !known {
			return record.Errorf(record.NotFound, "unit %s", unit)
		}
		if !access.Scope(actor, w.places, unit) {
			return record.Errorf(record.Forbidden, "dashboard of %s", unit)
		}
		if d.span, err = DashboardSpan(year, quarter, Day(now)); err != nil {
			return err
		}
		if d.seq, err = r.LastSeq(); err != nil {
			return err
		}
		if d.recount, err = toldRecounting(r); err != nil {
			return err
		}
		d.figures = figures{r: r, world: w, actor: actor, today: Day(now), top: unit, parted: noParts, memo: newMemo()}
		return f(d)
	})
	if err != nil {
		return storeError(err)
	}
	return nil
}

// children are the units right below that the reader may ask for by themselves.
func (d dashboarding) children() []string {
	return slices.DeleteFunc(slices.Clone(d.world.places.Children(d.unit)), func(unit string) bool { return !access.Scope(d.actor, d.world.places, unit) })
}

// KeyFigures are the first that is shown of each form, in the catalogue's order: what a form is for comes first in it.
func KeyFigures(cat *catalogue.Catalogue) (out []string) {
	seen := map[string]bool{}
	for _, ind := range cat.Indicators {
		if ind.Hidden || len(ind.Sources) == 0 || seen[ind.Sources[0].Form] {
			continue
		}
		seen[ind.Sources[0].Form] = true
		if out = append(out, ind.ID); len(out) == maxKeyFigures {
			break
		}
	}
	return out
}

// compare says what the period is compared with (docs/decisions/0029).
func (d dashboarding) compare() Compare {
	out := Compare{Before: d.span.YearBefore()}
	over := totals.MonthOf(d.today) - 1
	if over >= d.span.To {
		return out
	}
	if part, ok := d.span.Until(over); ok {
		before := part.YearBefore()
		out.Through, out.ThroughBefore = &part, &before
	}
	return out
}

func (d dashboarding) compared(c Compare, indicators []string) ([]Compared, error) {
	if len(indicators) > maxKeyFigures {
		return nil, &record.Error{Code: record.BadRequest, Field: "indicators"}
	}
	for _, id := range indicators {
		if d.world.catalogue.Indicator(id) == nil {
			return nil, record.Errorf(record.NotFound, "indicator %s", id)
		}
	}
	f := d.figures
	f.memo = d.memo.page() // what it reads is of these alone
	f = f.only(indicators)
	read := func(span *totals.Period) (map[string]totals.Reading, error) {
		if span == nil {
			return nil, nil
		}
		return f.told(d.unit, *span)
	}
	var spans [4]map[string]totals.Reading
	for i, span := range []*totals.Period{&d.span, &c.Before, c.Through, c.ThroughBefore} {
		var err error
		if spans[i], err = read(span); err != nil {
			return nil, err
		}
	}
	out := make([]Compared, 0, len(indicators))
	for _, ind := range d.world.catalogue.Indicators {
		if !slices.Contains(indicators, ind.ID) {
			continue
		}
		one := Compared{Value: spans[0][ind.ID], Before: spans[1][ind.ID]}
		if c.Through != nil {
			through, before := spans[2][ind.ID], spans[3][ind.ID]
			one.Through, one.ThroughBefore = &through, &before
		}
		out = append(out, one)
	}
	return out, nil
}

// only narrows figures to some of the catalogue and what these are computed from: the others are not read.
func (f figures) only(ids []string) figures {
	var list []*catalogue.Indicator
	put := func(ind *catalogue.Indicator) {
		if ind != nil && !slices.Contains(list, ind) {
			list = append(list, ind)
		}
	}
	for _, id := range ids {
		ind := f.world.catalogue.Indicator(id)
		put(ind)
		if ind != nil && ind.Quotient() {
			put(f.world.catalogue.Indicator(ind.Numerator))
			put(f.world.catalogue.Indicator(ind.Denominator))
		}
	}
	if len(list) == 0 {
		return f
	}
	narrow := *f.world
	narrow.catalogue = f.world.catalogue.Only(list[0]).With(list[1:])
	f.world, f.named = &narrow, true
	return f
}

// told reads wholes of a unit by indicator, as this reader is told them.
func (f figures) told(unit string, span totals.Period) (map[string]totals.Reading, error) {
	row, err := f.row(unit, span)
	if err != nil {
		return nil, err
	}
	hidden, err := f.hiddenAt(unit, span)
	if err != nil {
		return nil, err
	}
	f.hide(&row, hidden[unit])
	return wholesOf(row), nil
}

func wholesOf(row TotalsRow) map[string]totals.Reading {
	out := make(map[string]totals.Reading, len(row.Values))
	for _, v := range row.Values {
		if v.Group == "" {
			out[v.Indicator] = v
		}
	}
	return out
}

// week is counted from what is kept by the day.
func (d dashboarding) week(waiting WaitingNow) (Week, error) {
	out := Week{Waiting: waiting.Count - waiting.Ages.Overdue, Untold: !access.SeesSmall(d.actor, d.world.places, d.unit)}
	last, first := d.today, backTo(d.today, weekDays-1)
	before := backTo(first, weekDays)
	var err error
	if out.Period, err = totals.ParsePeriod(first + "--" + last); err != nil {
		return out, err
	}
	if out.Before, err = totals.ParsePeriod(before + "--" + totals.DayBefore(first)); err != nil {
		return out, err
	}
	now, err := d.days(d.unit, first, last)
	if err != nil {
		return out, err
	}
	was, err := d.days(d.unit, before, totals.DayBefore(first))
	if err != nil {
		return out, err
	}
	out.Entries, out.EntriesBefore = now[""], was[""]
	if out.Untold {
		out.Entries, out.EntriesBefore, out.Waiting = 0, 0, 0
	}
	for _, ind := range d.world.catalogue.Indicators {
		if ind.Hidden || ind.Measure != catalogue.MeasureCount && ind.Measure != catalogue.MeasureSum || bySince(ind) {
			continue
		}
		one := WeekFigure{Indicator: ind.ID, Value: now[ind.ID], Before: was[ind.ID], Withheld: out.Untold && d.tells(ind)}
		if one.Withheld { // T14
			one.Value, one.Before = 0, 0
		}
		if one.Withheld || one.Value != 0 || one.Before != 0 {
			out.Figures = append(out.Figures, one)
		}
	}
	return out, nil
}

// days is what counts in a unit on some days up to today: of each count and sum its whole, of "" the entries. Of a village
// the few entries of these days are read, of all others what is kept.
func (f figures) days(unit, first, last string) (map[string]int64, error) {
	out := map[string]int64{}
	list, err := f.r.DayTotals(unit, first, last)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		out[x.Indicator] = x.Value
	}
	if d, _ := f.world.places.Get(unit); d.Level != record.Village {
		return out, nil
	}
	return out, f.r.DayRows(nil, []string{unit}, first, last, func(row DayRow) error {
		if row.Group == "" && totals.KindOf(row.Key) == totals.Plain {
			out[strings.Clone(row.Indicator)] += row.Value
		}
		return nil
	})
}

// backTo is the day so many days before another.
func backTo(day string, n int) string {
	for range n {
		day = totals.DayBefore(day)
	}
	return day
}

// beginOf is the first moment of a local day.
func beginOf(day string) record.Instant {
	at, err := time.ParseInLocation(time.DateOnly, day, beijing)
	if err != nil {
		return 0
	}
	return record.Instant(at.UnixMilli())
}
