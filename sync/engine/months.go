package engine

import (
	"context"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// MonthTable is one figure of one unit, month by month.
type MonthTable struct {
	Unit      string
	Indicator string
	AsOf      record.Instant
	Seq       int64
	Months    []MonthFigure
	Recount   *Recount // as of a page of figures
}

// MonthFigure is the figure in one month.
type MonthFigure struct {
	Month totals.Period
	totals.Reading
}

// Months reads an indicator of a unit in each month of a year and of the year
// before it, as Totals has it in that month. Months that have not begun are left out.
func (e *Engine) Months(ctx context.Context, actor record.Actor, unit, indicator string, year totals.Period) (*MonthTable, error) {
	w := e.world.Load()
	if _, ok := w.places.Get(unit); !ok {
		return nil, record.Errorf(record.NotFound, "unit %s", unit)
	}
	if !access.Scope(actor, w.places, unit) {
		return nil, record.Errorf(record.Forbidden, "totals of %s", unit)
	}
	if ind := w.catalogue.Indicator(indicator); ind == nil {
		return nil, record.Errorf(record.NotFound, "indicator %s", indicator)
	}
	now := e.opt.Now()
	table := &MonthTable{Unit: unit, Indicator: indicator, AsOf: now}
	last := totals.MonthOf(Day(now))
	err := e.view(ctx, func(r Reader, w *world) error {
		var err error
		if table.Seq, err = r.LastSeq(); err != nil {
			return err
		}
		if table.Recount, err = toldRecounting(r); err != nil {
			return err
		}
		f := figures{r: r, world: w, actor: actor, today: Day(now), top: unit, parted: noParts, memo: newMemo()}.only([]string{indicator})
		for _, from := range []int{year.From - 12, year.From} {
			var months []totals.Period
			var rows []TotalsRow
			for m := from; m < from+12 && m <= last; m++ {
				month, err := totals.ParsePeriod(totals.MonthName(m))
				if err != nil {
					return err
				}
				row, err := f.row(unit, month)
				if err != nil {
					return err
				}
				months, rows = append(months, month), append(rows, row)
			}
			if len(rows) == 0 {
				continue
			}
			// Within a year every span is withheld alike (T8): what holds of its first month holds of all.
			if err := f.protect(rows, months[0]); err != nil {
				return err
			}
			for i, row := range rows {
				for _, v := range row.Values {
					if v.Indicator == indicator && v.Group == "" {
						table.Months = append(table.Months, MonthFigure{Month: months[i], Reading: v})
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return table, nil
}
