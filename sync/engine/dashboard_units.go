package engine

import (
	"cmp"
	"context"
	"slices"

	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// UnitsTable is one figure, or one target, of a unit and of those below: what tiles and rankings are drawn from.
type UnitsTable struct {
	Unit           string
	Period, Before totals.Period
	Indicator      string
	Target         *Target // its campaign; Units are in Rows
	AsOf           record.Instant
	Seq            int64
	Recount        *Recount
	Rows           []UnitRow // the unit, then level by level
}

// UnitRow is one unit. Share is of the first unit's value in ten-thousandths, -1 where it has none; Rank is among those of
// its level, 0 where it has none.
type UnitRow struct {
	Division      record.Division
	Value, Before totals.Reading
	Part          *TargetUnit
	Share         int64
	Rank          int
}

// DashboardUnits reads an indicator's whole, or a campaign's target, of a unit and of those right below; deep: and of those
// right below these. Errors: not_found, forbidden, bad_request with a field.
func (e *Engine) DashboardUnits(ctx context.Context, actor record.Actor, unit, year, quarter, indicator, id string, deep bool) (*UnitsTable, error) {
	out := &UnitsTable{Unit: unit, Indicator: indicator}
	if (indicator == "") == (id == "") {
		return nil, &record.Error{Code: record.BadRequest, Field: "indicator"}
	}
	err := e.dashboard(ctx, actor, unit, year, quarter, func(d dashboarding) error {
		out.Period, out.Before, out.AsOf, out.Seq, out.Recount = d.span, d.span.YearBefore(), d.now, d.seq, d.recount
		if id != "" {
			return d.targetUnits(out, id, deep)
		}
		if d.world.catalogue.Indicator(indicator) == nil {
			return record.Errorf(record.NotFound, "indicator %s", indicator)
		}
		return d.figureUnits(out, deep)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (d dashboarding) figureUnits(out *UnitsTable, deep bool) error {
	ind := d.world.catalogue.Indicator(out.Indicator)
	rows, err := d.figurePage(d.unit, out)
	if err != nil {
		return err
	}
	out.Rows = rows
	if deep {
		for _, child := range d.children() {
			rows, err := d.figurePage(child, out)
			if err != nil {
				return err
			}
			out.Rows = append(out.Rows, rows[1:]...)
		}
	}
	addsUp := ind.Measure == catalogue.MeasureCount || ind.Measure == catalogue.MeasureSum
	whole := out.Rows[0].Value.Value
	for i := range out.Rows {
		row := &out.Rows[i]
		if row.Share = -1; addsUp && whole != nil && *whole > 0 && row.Value.Value != nil && *row.Value.Value >= 0 {
			row.Share = totals.Quotient(*row.Value.Value, *whole, 0, 0, percentDecimals)
		}
	}
	rank(out.Rows, func(a, b UnitRow) int {
		return cmp.Compare(*b.Value.Value, *a.Value.Value)
	}, func(r UnitRow) bool { return r.Value.Value != nil })
	return nil
}

// figurePage reads a unit and those right below as a page of figures has them.
func (d dashboarding) figurePage(unit string, out *UnitsTable) (rows []UnitRow, err error) {
	f := d.figures
	f.top, f.memo = unit, d.memo.page()
	f = f.only([]string{out.Indicator})
	var pages [2][]TotalsRow
	for i, span := range []totals.Period{out.Period, out.Before} {
		for _, code := range append([]string{unit}, d.world.places.Children(unit)...) {
			row, err := f.row(code, span)
			if err != nil {
				return nil, err
			}
			pages[i] = append(pages[i], row)
		}
		if err := f.protect(pages[i], span); err != nil {
			return nil, err
		}
	}
	for i, row := range pages[0] {
		rows = append(rows, UnitRow{Division: row.Division, Value: wholesOf(row)[out.Indicator], Before: wholesOf(pages[1][i])[out.Indicator]})
	}
	return rows, nil
}

// page is a memo for another unit's page: what is kept of the years by unit is the same there.
func (m *memo) page() *memo {
	out := newMemo()
	out.years, out.forms = m.years, m.forms
	return out
}

func (d dashboarding) targetUnits(out *UnitsTable, id string, deep bool) error {
	c := d.world.campaign(id)
	if c == nil || !d.world.places.Within(d.unit, c.Unit) || c.TargetOf(d.world.places, d.unit) == 0 {
		return record.Errorf(record.NotFound, "campaign %s", id)
	}
	span, err := totals.ParsePeriod(c.Period())
	if err != nil {
		return err
	}
	out.Period, out.Before = span, span.YearBefore()
	units := append([]string{d.unit}, d.children()...)
	if deep {
		for _, child := range units[1:] {
			units = append(units, d.world.places.Children(child)...)
		}
	}
	one, err := d.target(c, units)
	if err != nil {
		return err
	}
	out.Target, out.Indicator = &one, c.Figure()
	for i := range one.Units {
		out.Rows = append(out.Rows, UnitRow{Division: one.Units[i].Division, Part: &one.Units[i], Share: -1})
	}
	rank(out.Rows, func(a, b UnitRow) int {
		return cmp.Compare(float64(b.Part.Approved)/float64(b.Part.Target), float64(a.Part.Approved)/float64(a.Part.Target))
	}, func(r UnitRow) bool { return r.Part.Pacing.Pace != campaign.Untold })
	return nil
}

// rank gives places among the rows of a level of which something is told: who is equally far shares one.
func rank(rows []UnitRow, compare func(a, b UnitRow) int, told func(UnitRow) bool) {
	levels := map[record.Level][]int{}
	for i, r := range rows {
		if i > 0 && told(r) {
			levels[r.Division.Level] = append(levels[r.Division.Level], i)
		}
	}
	for _, list := range levels {
		slices.SortStableFunc(list, func(a, b int) int { return compare(rows[a], rows[b]) })
		for at, i := range list {
			if rows[i].Rank = at + 1; at > 0 && compare(rows[list[at-1]], rows[i]) == 0 {
				rows[i].Rank = rows[list[at-1]].Rank
			}
		}
	}
}
