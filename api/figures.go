package api

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/labstack/echo/v4"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

type wirePending struct {
	Form  string `json:"form"`
	Count int64  `json:"count"`
}

type wireTotals struct {
	Unit    string        `json:"unit"`
	Period  string        `json:"period"`
	AsOf    int64         `json:"as_of"`
	Seq     int64         `json:"seq"`
	Rows    []struct{}    `json:"rows"` // put in by respondTotals
	Pending []wirePending `json:"pending"`
	Recount *wireRecount  `json:"recount,omitempty"`
}

// wireRecount says that entries are being counted anew: the figures of these indicators are not done (T16).
type wireRecount struct {
	Done       int64    `json:"done"`
	All        int64    `json:"all"`
	Indicators []string `json:"indicators"`
}

func recountOf(r *engine.Recount) *wireRecount {
	if r == nil {
		return nil
	}
	return &wireRecount{Done: r.Done, All: r.All, Indicators: append([]string{}, r.Indicators...)}
}

func (s *Server) totals(c echo.Context) error {
	unit, period := c.QueryParam("unit"), c.QueryParam("period")
	if err := s.figuresOf(unit, period); err != nil {
		return err
	}
	t, err := s.Engine.Page(c.Request().Context(), callerOf(c).Actor, unit, period)
	if err != nil {
		return err
	}
	w := wireTotals{Unit: t.Unit, Period: period, AsOf: int64(t.AsOf), Seq: t.Seq,
		Rows: []struct{}{}, Pending: make([]wirePending, 0, len(t.Pending)), Recount: recountOf(t.Recount)}
	for _, p := range t.Pending {
		w.Pending = append(w.Pending, wirePending{Form: p.Form, Count: p.Count})
	}
	return respondTotals(c, w, t.Rows)
}

// figuresOf refuses a unit that is not there, and then a period that nothing can be of.
func (s *Server) figuresOf(unit, period string) error {
	if _, ok := s.Engine.Places().Get(unit); !ok {
		return record.Errorf(record.NotFound, "unit %s", unit)
	}
	_, err := periodOf(period)
	return err
}

type wireMonth struct {
	Month       string `json:"month"`
	Value       *int64 `json:"value"`
	Numerator   *int64 `json:"numerator,omitempty"`
	Denominator *int64 `json:"denominator,omitempty"`
	Withheld    bool   `json:"withheld,omitempty"`
}

type wireMonths struct {
	Unit      string       `json:"unit"`
	Indicator string       `json:"indicator"`
	Year      string       `json:"year"`
	AsOf      int64        `json:"as_of"`
	Seq       int64        `json:"seq"`
	Months    []wireMonth  `json:"months"`
	Recount   *wireRecount `json:"recount,omitempty"`
}

// totalMonths is one figure through a year and the year before it: what a line is drawn from.
func (s *Server) totalMonths(c echo.Context) error {
	unit, year := c.QueryParam("unit"), c.QueryParam("year")
	span, err := periodOf(year)
	if err != nil || len(year) != 4 {
		return &record.Error{Code: record.BadRequest, Field: "year", Err: err}
	}
	t, err := s.Engine.Months(c.Request().Context(), callerOf(c).Actor, unit, c.QueryParam("indicator"), span)
	if err != nil {
		return err
	}
	w := wireMonths{Unit: t.Unit, Indicator: t.Indicator, Year: year, AsOf: int64(t.AsOf), Seq: t.Seq, Months: make([]wireMonth, 0, len(t.Months)),
		Recount: recountOf(t.Recount)}
	for _, m := range t.Months {
		w.Months = append(w.Months, wireMonth{Month: m.Month.Name, Value: m.Value, Numerator: m.Numerator, Denominator: m.Denominator, Withheld: m.Withheld})
	}
	return respond(c, w)
}

type wireCounted struct {
	Entry          string         `json:"entry"`
	Type           string         `json:"type,omitempty"`
	Stub           bool           `json:"stub,omitempty"`
	Form           string         `json:"form,omitempty"`
	Unit           string         `json:"unit"`
	UnitName       string         `json:"unit_name"`
	Day            string         `json:"day,omitempty"`
	Value          int64          `json:"value"`
	Key            string         `json:"key,omitempty"`
	State          string         `json:"state"`
	ApprovedByName string         `json:"approved_by_name,omitempty"`
	ApprovedAt     int64          `json:"approved_at,omitempty"`
	Summary        record.Content `json:"summary,omitempty"`
	Flags          []string       `json:"flags,omitempty"`
}

type wireTotalEntries struct {
	Rows   []wireCounted   `json:"rows"`
	Hidden int64           `json:"hidden,omitempty"`
	Next   string          `json:"next,omitempty"`
	Count  *int64          `json:"count,omitempty"`
	Units  []wireWorkShare `json:"units,omitempty"`
}

// pageLimit is how many entries a page has when the caller does not say.
const pageLimit = 50

func (s *Server) totalEntries(c echo.Context) error {
	q := engine.EntriesQuery{Unit: c.QueryParam("unit"), Period: c.QueryParam("period"),
		Indicator: c.QueryParam("indicator"), Group: c.QueryParam("group"), Limit: pageLimit}
	var err error
	if text := c.QueryParam("limit"); text != "" {
		if q.Limit, err = strconv.Atoi(text); err != nil || q.Limit < 1 || q.Limit > 200 {
			return &record.Error{Code: record.BadRequest, Field: "limit"}
		}
	}
	if q.After, err = pageFromWire(c.QueryParam("after")); err != nil {
		return err
	}
	if engine.IsWork(q.Indicator) {
		return s.workEntries(c, q)
	}
	ctx, who := c.Request().Context(), callerOf(c).Actor
	page, err := s.Engine.TotalEntries(ctx, who, q)
	if err != nil {
		return err
	}
	approvers := map[string]bool{}
	for _, e := range page.List {
		approvers[e.Record.ApprovedBy] = true
	}
	names, err := s.names(ctx, approvers)
	if err != nil {
		return err
	}
	places := s.Engine.Places()
	w := wireTotalEntries{Rows: make([]wireCounted, 0, len(page.List)), Hidden: page.Hidden, Next: pageToWire(page.Next)}
	for _, e := range page.List {
		unit, _ := places.Get(e.Unit)
		row := wireCounted{Entry: e.Entity, Unit: e.Unit, UnitName: unit.Name, Day: e.Day, Value: e.Adds()}
		s.fillCounted(&row, e, names)
		w.Rows = append(w.Rows, row)
	}
	return respond(c, w)
}

// discloseFigure opens the sensitive entries behind a figure to a reader of a higher level for a day.
func (s *Server) discloseFigure(c echo.Context) error {
	q := engine.EntriesQuery{Unit: c.QueryParam("unit"), Period: c.QueryParam("period"),
		Indicator: c.QueryParam("indicator"), Group: c.QueryParam("group")}
	var in wireReasonGiven
	if err := readJSON(c, &in); err != nil {
		return err
	}
	n, err := s.Engine.DiscloseFigure(c.Request().Context(), callerOf(c).Actor, q, in.Reason)
	if err != nil {
		return err
	}
	return respond(c, map[string]int{"entries": n})
}

func (s *Server) fillCounted(row *wireCounted, e engine.CountedEntry, names map[string]string) {
	r := e.Record
	row.Form, row.State, row.Key = r.Form, string(r.State), totals.Named(e.Key)
	row.ApprovedByName, row.ApprovedAt = names[r.ApprovedBy], int64(r.ApprovedAt)
	row.Summary = record.Content{}
	form := s.Engine.Catalogue().Form(r.Form)
	if form == nil {
		return
	}
	// What counts is the approved content; a pending amendment of it is not what the figure says.
	for _, key := range form.Summary {
		if v, filled := r.Approved[key]; filled {
			row.Summary[key] = v
		}
	}
}

// Where a list goes on travels as one word. It names only what its reader was shown.

func pageToWire(p engine.Page) string {
	if p == (engine.Page{}) {
		return ""
	}
	raw, err := json.Marshal(p)
	if err != nil { // strings and a number
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func pageFromWire(word string) (p engine.Page, err error) {
	if word == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(word)
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return p, &record.Error{Code: record.BadRequest, Field: "after"}
	}
	return p, nil
}
