package api

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Figures leave the server as files just as they stand on the page: what is withheld there is withheld here.

// exportQuery is what the page shows that is taken away as a file.
type exportQuery struct {
	unit       string
	period     totals.Period
	indicators []*catalogue.Indicator
	compare    bool
	alike      totals.Period // what of the period is compared: all of it, or the months of it that are over
	before     totals.Period // the same stretch of the year before
	rows       []string      // units in the order of the screen
	words      exportWords
}

// maxExported bounds the columns of a file; a catalogue has some dozens of indicators.
const maxExported = 400

// maxOrdered bounds the units that a file names the order of; a county has some dozens below it, a large township a hundred.
const maxOrdered = 1000

func (s *Server) exportTotals(c echo.Context) error {
	q, err := s.exportQuery(c)
	if err != nil {
		return err
	}
	var table fileTable
	switch by := c.QueryParam("by"); by {
	case "", "unit":
		table, err = s.unitTable(c, q)
	case "month":
		table, err = s.monthTable(c, q)
	default:
		err = &record.Error{Code: record.BadRequest, Field: "by"}
	}
	if err != nil {
		return err
	}
	return table.file(q.words).send(c, c.QueryParam("format"), q.unit+"-"+q.period.Name, fmt.Sprintf("%s-%s", table.place, table.when))
}

func (s *Server) exportQuery(c echo.Context) (*exportQuery, error) {
	q := &exportQuery{unit: c.QueryParam("unit"), words: exportIn(c.QueryParam("lang")), compare: c.QueryParam("compare") == "1"}
	_, err := fileFormat(c)
	if err != nil {
		return nil, err
	}
	if q.period, err = periodOf(c.QueryParam("period")); err != nil {
		return nil, err
	}
	q.alike = q.period
	if until := c.QueryParam("through"); until != "" {
		month, err := periodOf(until)
		if err != nil || month.From != month.To {
			return nil, &record.Error{Code: record.BadRequest, Field: "through", Err: err}
		}
		var ok bool
		if q.alike, ok = q.period.Until(month.From); !ok {
			return nil, &record.Error{Code: record.BadRequest, Field: "through"}
		}
	}
	q.before = q.alike.YearBefore()
	if order := c.QueryParam("rows"); order != "" {
		q.rows = strings.Split(order, ",")
		if len(q.rows) > maxOrdered {
			return nil, &record.Error{Code: record.BadRequest, Field: "rows"}
		}
	}
	all := s.Engine.Catalogue()
	ids := strings.Split(c.QueryParam("indicators"), ",")
	if len(ids) > maxExported {
		return nil, &record.Error{Code: record.BadRequest, Field: "indicators"}
	}
	for _, id := range ids {
		ind := all.Indicator(id)
		if ind == nil || slices.Contains(q.indicators, ind) {
			return nil, &record.Error{Code: record.BadRequest, Field: "indicators", Err: errors.New("no such indicator, or twice")}
		}
		q.indicators = append(q.indicators, ind)
	}
	return q, nil
}

// periodOf reads a period of years that figures can be of; "0001" is a slip of the pen.
func periodOf(name string) (totals.Period, error) {
	p, err := totals.ParsePeriod(name)
	for _, year := range []int{p.From / 12, p.To / 12} {
		if err == nil && (year < 2000 || year > 2100) {
			err = fmt.Errorf("no figures of the year %d", year)
		}
	}
	if err != nil {
		return p, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	return p, nil
}

// unitTable has the units as rows and the indicators as columns, as the page of figures has them.
func (s *Server) unitTable(c echo.Context, q *exportQuery) (fileTable, error) {
	ctx, who := c.Request().Context(), callerOf(c).Actor
	now, err := s.Engine.Page(ctx, who, q.unit, q.period.Name)
	if err != nil {
		return fileTable{}, err
	}
	alike, before := now, &engine.TotalsTable{}
	if q.compare {
		if q.partly() {
			if alike, err = s.Engine.Page(ctx, who, q.unit, q.alike.Name); err != nil {
				return fileTable{}, err
			}
		}
		if before, err = s.Engine.Page(ctx, who, q.unit, q.before.Name); err != nil {
			return fileTable{}, err
		}
	}
	t := s.newTable(q, now.AsOf, now.Recount)
	t.rowHead = q.words.unit
	for _, ind := range q.indicators {
		t.column(q, ind, s.Engine.Catalogue())
	}
	for _, r := range q.ordered(now.Rows) {
		row := fileRow{head: r.Division.Name}
		for _, ind := range q.indicators {
			in := func(in *engine.TotalsTable) *totals.Reading { return readingOf(in, r.Division.Code, ind.ID) }
			row.put(q, ind, in(now), in(alike), in(before))
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// partly reports whether only a part of the period is compared, so that it stands beside the whole.
func (q *exportQuery) partly() bool { return q.compare && q.alike != q.period }

// ordered gives the units below in the order of the screen; those that it does not name follow by their codes. The unit
// that all of them lie in comes first, as there.
func (q *exportQuery) ordered(rows []engine.TotalsRow) []engine.TotalsRow {
	place := func(r engine.TotalsRow) int {
		if at := slices.Index(q.rows, r.Division.Code); at >= 0 {
			return at
		}
		return len(q.rows)
	}
	out := slices.Clone(rows)
	slices.SortStableFunc(out[1:], func(a, b engine.TotalsRow) int { return place(a) - place(b) })
	return out
}

// monthTable has the months of a year as rows, and one indicator in that year and the year before.
func (s *Server) monthTable(c echo.Context, q *exportQuery) (fileTable, error) {
	if len(q.indicators) != 1 {
		return fileTable{}, &record.Error{Code: record.BadRequest, Field: "indicators"}
	}
	ind := q.indicators[0]
	if q.period.Days() { // of the year in which they end, as it is drawn
		q.period.From = q.period.To
	}
	q.period, q.compare = q.period.Year(), true
	q.alike, q.before = q.period, q.period.YearBefore()
	months, err := s.Engine.Months(c.Request().Context(), callerOf(c).Actor, q.unit, ind.ID, q.period)
	if err != nil {
		return fileTable{}, err
	}
	t := s.newTable(q, months.AsOf, months.Recount)
	t.rowHead = q.words.month
	t.column(q, ind, s.Engine.Catalogue())
	in := func(month int) *totals.Reading {
		for i := range months.Months {
			if months.Months[i].Month.From == month {
				return &months.Months[i].Reading
			}
		}
		return nil
	}
	for m := range 12 {
		row := fileRow{head: fmt.Sprintf(q.words.monthName, m+1)}
		now := in(q.period.From + m)
		row.put(q, ind, now, now, in(q.before.From+m))
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// readingOf is a unit's figure of an indicator as a whole.
func readingOf(table *engine.TotalsTable, unit, indicator string) *totals.Reading {
	for _, row := range table.Rows {
		if row.Division.Code != unit {
			continue
		}
		for i := range row.Values {
			if row.Values[i].Indicator == indicator && row.Values[i].Group == "" {
				return &row.Values[i]
			}
		}
	}
	return nil
}
