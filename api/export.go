package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
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
	before     totals.Period // the same stretch of the year before
	indicators []*catalogue.Indicator
	compare    bool
	words      exportWords
}

// maxExported bounds the columns of a file; a catalogue has some dozens of indicators.
const maxExported = 400

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
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	name := fmt.Sprintf("%s-%s", table.place, table.when)
	switch c.QueryParam("format") {
	case "xlsx":
		h.Set(echo.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		h.Set(echo.HeaderContentDisposition, attachment(q, name, "xlsx"))
		c.Response().WriteHeader(http.StatusOK)
		return table.xlsx(c.Response(), q.words)
	case "csv":
		h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
		h.Set(echo.HeaderContentDisposition, attachment(q, name, "csv"))
		c.Response().WriteHeader(http.StatusOK)
		return table.csv(c.Response(), q.words)
	}
	return &record.Error{Code: record.BadRequest, Field: "format"}
}

// attachment names a file for browsers of every age (RFC 6266): plainly, and in Chinese.
func attachment(q *exportQuery, name, kind string) string {
	return fmt.Sprintf(`attachment; filename="%s-%s.%s"; filename*=UTF-8''%s.%s`, q.unit, q.period.Name, kind, url.PathEscape(name), kind)
}

func (s *Server) exportQuery(c echo.Context) (*exportQuery, error) {
	q := &exportQuery{unit: c.QueryParam("unit"), words: exportIn(c.QueryParam("lang")), compare: c.QueryParam("compare") == "1"}
	if f := c.QueryParam("format"); f != "xlsx" && f != "csv" { // before anything is counted
		return nil, &record.Error{Code: record.BadRequest, Field: "format"}
	}
	var err error
	if q.period, err = periodOf(c.QueryParam("period")); err != nil {
		return nil, err
	}
	if q.before, err = totals.ParsePeriod(yearBefore(q.period)); err != nil {
		return nil, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
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
	if year := p.From / 12; err == nil && (year < 2000 || year > 2100) {
		err = fmt.Errorf("no figures of the year %d", year)
	}
	if err != nil {
		return p, &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	return p, nil
}

// yearBefore is the name of the same stretch of the year before.
func yearBefore(p totals.Period) string {
	return fmt.Sprintf("%04d%s", p.From/12-1, p.Name[4:])
}

// unitTable has the units as rows and the indicators as columns, as the page of figures has them.
func (s *Server) unitTable(c echo.Context, q *exportQuery) (fileTable, error) {
	ctx, who := c.Request().Context(), callerOf(c).Actor
	now, err := s.Engine.Totals(ctx, who, q.unit, q.period.Name)
	if err != nil {
		return fileTable{}, err
	}
	before := &engine.TotalsTable{}
	if q.compare {
		if before, err = s.Engine.Totals(ctx, who, q.unit, q.before.Name); err != nil {
			return fileTable{}, err
		}
	}
	t := s.newTable(q, now.AsOf)
	t.rowHead = q.words.unit
	for _, ind := range q.indicators {
		t.column(q, ind, q.words.period(q.period), q.words.period(q.before))
	}
	for _, r := range now.Rows {
		row := fileRow{head: r.Division.Name}
		for _, ind := range q.indicators {
			was := readingOf(nil, ind.ID)
			if at := slices.IndexFunc(before.Rows, func(b engine.TotalsRow) bool { return b.Division.Code == r.Division.Code }); at >= 0 {
				was = readingOf(before.Rows[at].Values, ind.ID)
			}
			row.put(q, readingOf(r.Values, ind.ID), was)
		}
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// monthTable has the months of a year as rows, and one indicator in that year and the year before.
func (s *Server) monthTable(c echo.Context, q *exportQuery) (fileTable, error) {
	if len(q.indicators) != 1 {
		return fileTable{}, &record.Error{Code: record.BadRequest, Field: "indicators"}
	}
	ind := q.indicators[0]
	q.period, q.before, q.compare = q.period.Year(), q.before.Year(), true
	months, err := s.Engine.Months(c.Request().Context(), callerOf(c).Actor, q.unit, ind.ID, q.period)
	if err != nil {
		return fileTable{}, err
	}
	t := s.newTable(q, months.AsOf)
	t.rowHead = q.words.month
	t.column(q, ind, q.words.period(q.period), q.words.period(q.before))
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
		row.put(q, in(q.period.From+m), in(q.before.From+m))
		t.rows = append(t.rows, row)
	}
	return t, nil
}

// readingOf is a unit's figure of an indicator as a whole.
func readingOf(values []totals.Reading, indicator string) *totals.Reading {
	for i := range values {
		if values[i].Indicator == indicator && values[i].Group == "" {
			return &values[i]
		}
	}
	return nil
}
