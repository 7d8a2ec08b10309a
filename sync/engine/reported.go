package engine

import (
	"context"
	"fmt"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

// Report counts all that a report of a unit and a span may say, at the newest place of the log: exact, and with what each
// kind of reader is not told of it. Errors: not_found; bad_level of a village; bad_period; recounting while entries are
// counted anew, for its figures would be of two definitions (T16).
func (e *Engine) Report(ctx context.Context, unit, from, to string) (*report.Counted, error) {
	return e.report(ctx, unit, from, to, e.opt.Now())
}

// ReportedAgain counts the same in a store that holds the log up to a mark (Replay), as of its day.
func ReportedAgain(ctx context.Context, store Store, m report.Mark, unit, from, to string) (*report.Counted, error) {
	e := &Engine{store: store}
	err := store.View(ctx, func(r Reader) (err error) {
		w := &world{}
		if w.places, err = placesOf(r); err != nil {
			return err
		}
		if w.divisions, err = r.Meta(MetaDivisions); err != nil {
			return err
		}
		hash, err := r.Meta(metaCatalogue)
		if err != nil {
			return err
		}
		if w.catalogue, err = e.catalogueOf(r, hash); err != nil {
			return err
		}
		if w.catalogue == nil {
			return errNotKept
		}
		if err := w.readCampaigns(r); err != nil {
			return err
		}
		w.weigh()
		e.world.Store(w)
		e.epoch, err = r.Meta(metaEpoch)
		return err
	})
	if err != nil {
		return nil, err
	}
	c, err := e.report(ctx, unit, from, to, m.At)
	if err == nil {
		c.Mark.Server = m.Server // the store itself says no more than the epoch before it was restored
	}
	return c, err
}

// ReportSpan reads the span of a report. It may end with the present month and not later: of what has not come nothing can
// be said.
func ReportSpan(from, to, today string) (totals.Period, error) {
	span, err := totals.ParsePeriod(from + "--" + to)
	if err != nil {
		return span, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	if from > today || totals.MonthOf(to) > totals.MonthOf(today) {
		return span, &record.Error{Code: record.PeriodFuture, Field: "period"}
	}
	return span, nil
}

func (e *Engine) report(ctx context.Context, unit, from, to string, now record.Instant) (*report.Counted, error) {
	span, err := ReportSpan(from, to, Day(now))
	if err != nil {
		return nil, err
	}
	var out *report.Counted
	err = e.view(ctx, func(r Reader, w *world) (err error) {
		out, err = reported(r, w, e.epoch, unit, span, [2]string{from, to}, now)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}

// reported counts in one snapshot.
func reported(r Reader, w *world, epoch, unit string, span totals.Period, days [2]string, now record.Instant) (*report.Counted, error) {
	d, known := w.places.Get(unit)
	if !known {
		return nil, &record.Error{Code: record.NotFound, Field: "unit", Err: fmt.Errorf("no unit %s", unit)}
	}
	if d.Level == record.Village || d.Level == record.Province {
		return nil, &record.Error{Code: record.BadLevel, Field: "unit"}
	}
	again, err := toldRecounting(r)
	if err != nil {
		return nil, err
	}
	if again != nil {
		return nil, &record.Error{Code: record.Recounting}
	}
	out := &report.Counted{Unit: unitOf(d), From: days[0], To: days[1], Period: span.Name, YearBefore: span.YearBefore().Name, Waiting: map[string]int64{},
		Silent: []report.Unit{}, Gaps: []report.Asked{}, Next: []report.Asked{}, Hidden: []report.Hidden{}}
	c := reporting{Counted: out, r: r, w: w, now: now, span: span, unit: unit}
	if err := c.mark(epoch); err != nil {
		return nil, err
	}
	return out, c.count()
}

// reporting counts for one report, in one snapshot.
type reporting struct {
	*report.Counted
	r    Reader
	w    *world
	now  record.Instant
	span totals.Period
	unit string
}

func unitOf(d record.Division) report.Unit {
	return report.Unit{Code: d.Code, Name: d.Name, Level: d.Level}
}

func (c reporting) mark(epoch string) error {
	seq, err := c.r.LastSeq()
	if err != nil {
		return err
	}
	c.Mark = report.Mark{Server: epoch, Seq: seq, Definitions: c.w.catalogue.Hash, Divisions: c.w.divisions, At: c.now}
	if seq == 0 {
		return nil
	}
	line, err := c.r.LineAt(seq)
	if err == nil && line != nil {
		c.Mark.Line = line.Hash
	}
	return err
}

func (c reporting) figures(actor record.Actor) figures {
	return figures{r: c.r, world: c.w, actor: actor, today: Day(c.now), top: c.unit, parted: ownParts, memo: newMemo()}
}

func (c reporting) count() error {
	before := c.span.YearBefore()
	f := c.figures(record.Actor{})
	now, err := c.rows(f, c.span)
	if err != nil {
		return err
	}
	c.Rows = countedRows(now)
	for _, w := range f.pending(c.unit) {
		c.Waiting[w.Form] += w.Count
	}
	f.memo = newMemo()
	then, err := c.rows(f, before)
	if err != nil {
		return err
	}
	c.Before = countedRows(then)
	if c.Compares, err = c.recorded(before.From); err != nil {
		return err
	}
	if err := c.hide(now, c.span, false); err != nil {
		return err
	}
	if err := c.hide(then, before, true); err != nil {
		return err
	}
	if err := c.silent(); err != nil {
		return err
	}
	return c.campaigns()
}

// recorded reports whether anything in the whole city counts in a month: the program was there.
func (c reporting) recorded(month int) (bool, error) {
	up := c.w.places.Up(c.unit)
	return c.anything(up[len(up)-1], month)
}

// anything reports whether an entry of a unit counts in a month.
func (c reporting) anything(unit string, month int) (bool, error) {
	list, err := c.r.WholeTotals(unit, month, month)
	return slices.ContainsFunc(list, func(x Figure) bool { return x.Indicator != "" && x.Entries > 0 }), err
}

func (c reporting) rows(f figures, span totals.Period) (out []TotalsRow, err error) {
	for _, code := range append([]string{c.unit}, c.w.places.Children(c.unit)...) {
		row, err := f.row(code, span)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func countedRows(rows []TotalsRow) []report.CountedRow {
	out := make([]report.CountedRow, 0, len(rows))
	for _, row := range rows {
		r := report.CountedRow{Unit: unitOf(row.Division), Cells: []report.Cell{}}
		for _, v := range row.Values {
			if v.Group != "" && v.Numerator == nil && (v.Value == nil || *v.Value == 0) {
				continue
			}
			r.Cells = append(r.Cells, report.Cell{Indicator: v.Indicator, Group: v.Group, Value: report.Value{N: v.Value, Numerator: v.Numerator, Denominator: v.Denominator}})
		}
		out = append(out, r)
	}
	return out
}

// hide notes what each kind of reader is not told: who has a seat at the unit or above it. A reader has what the pages of
// figures withhold of her, by the same rule and at the same moment.
func (c reporting) hide(rows []TotalsRow, span totals.Period, before bool) error {
	read := c.figures(record.Actor{})
	for _, at := range c.w.places.Up(c.unit) {
		for _, decides := range []bool{true, false} {
			role := record.Auditor
			if decides {
				role = record.Manager
			}
			f := c.figures(record.Actor{Seats: []record.Seat{{Role: role, Unit: at}}})
			f.memo = read.memo // what was read is the same for all of them
			told := slices.Clone(rows)
			if err := f.protect(told, span); err != nil {
				return err
			}
			for _, row := range told {
				h := report.Hidden{Seat: report.Seat{Unit: at, Decides: decides}, Unit: row.Division.Code, Before: before, Figures: []totals.Figure{}}
				for _, v := range row.Values {
					if v.Withheld {
						h.Figures = append(h.Figures, totals.Figure{Indicator: v.Indicator, Group: v.Group})
					}
				}
				if len(h.Figures) > 0 || row.Division.Code == c.unit { // that there is such a reader is to be known
					c.Hidden = append(c.Hidden, h)
				}
			}
		}
	}
	return nil
}

// silent lists the units of the lowest level of which nothing counts in the span. Days are told by their months here: what
// was done a week before the span is no silence.
func (c reporting) silent() error {
	f := c.figures(record.Actor{})
	for _, code := range f.below(c.unit) {
		if code == c.unit || len(c.w.places.Children(code)) > 0 {
			continue
		}
		c.Places++
		found := false
		for month := c.span.To; month >= c.span.From && !found; month-- { // nearly all have something in the newest
			var err error
			if found, err = c.anything(code, month); err != nil {
				return err
			}
		}
		if found {
			continue
		}
		d, _ := c.w.places.Get(code)
		unit := unitOf(d)
		if up, known := c.w.places.Get(d.Parent); known && up.Code != c.unit { // two villages may bear one name
			unit.Name = up.Name + unit.Name
		}
		c.Silent = append(c.Silent, unit)
	}
	return nil
}

// campaigns are those that fell short in the span, and those of the year after. One that counts anything of a sensitive kind
// is told on its own page, to those who may know.
func (c reporting) campaigns() error {
	year := c.span.To/12 + 1
	for _, one := range c.w.campaigns {
		target := one.TargetOf(c.w.places, c.unit)
		if target == 0 || !c.w.places.Within(c.unit, one.Unit) && !c.w.places.Within(one.Unit, c.unit) {
			continue
		}
		ind, bad := one.Indicator(c.w.catalogue)
		if bad != nil || (figures{world: c.w}).tells(ind) && ind.Sensitive.Some() {
			continue
		}
		asked := report.Asked{ID: one.ID, Title: one.Title, Deadline: one.Deadline, Target: target, UnitWord: ind.Unit.ZH, Money: ind.Money(), Decimals: ind.Decimals()}
		switch {
		case one.Counts.Measure == campaign.Households:
			asked.UnitWord = "户"
		case one.Counts.Measure == campaign.Entries:
			asked.UnitWord = "次"
		}
		if totals.MonthOf(one.Start)/12 == year {
			c.Next = append(c.Next, asked)
		}
		if one.Deadline < c.From || one.Deadline > c.To || one.Deadline > Day(c.now) {
			continue
		}
		done, err := c.done(one, ind)
		if err != nil {
			return err
		}
		if asked.Done = done; done < target {
			c.Gaps = append(c.Gaps, asked)
		}
	}
	return nil
}

func (c reporting) done(one *campaign.Campaign, ind *catalogue.Indicator) (int64, error) {
	g := gauge{r: c.r, world: c.w.alone(ind), c: one, ind: ind, today: Day(c.now)}
	var err error
	if g.span, err = totals.ParsePeriod(one.Period()); err != nil {
		return 0, err
	}
	if err := g.read([]string{c.unit}); err != nil {
		return 0, err
	}
	return g.approved[c.unit], nil
}

// MayReport reports whether an actor reads the report of a unit.
func (e *Engine) MayReport(actor record.Actor, unit string) bool {
	return access.Scope(actor, e.Places(), unit)
}
