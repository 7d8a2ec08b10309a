package api

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/server/sheet"
	"niangjia/sync/record"
)

type wireRosterFault struct {
	Code     string `json:"code"`
	Sheet    string `json:"sheet,omitempty"`
	Row      int    `json:"row,omitempty"`
	Cell     string `json:"cell,omitempty"`
	Value    string `json:"value,omitempty"`
	Sentence string `json:"sentence"`
}

type wireRosterRow struct {
	Row   int        `json:"row"`
	Name  string     `json:"name"`
	Seats []wireSeat `json:"seats"`
	Kind  string     `json:"kind"`
	Known string     `json:"known,omitempty"`
}

type wireRoster struct {
	State    string            `json:"state"`
	Sheet    string            `json:"sheet"`
	Columns  []string          `json:"columns"`
	Ignored  []string          `json:"ignored"`
	Nameless int               `json:"nameless"`
	Rows     []wireRosterRow   `json:"rows"`
	Faults   []wireRosterFault `json:"faults"`
}

func rosterToWire(p *auth.Plan) wireRoster {
	w := wireRoster{State: p.State, Sheet: p.Sheet, Columns: append([]string{}, p.Columns...), Ignored: append([]string{}, p.Ignored...),
		Nameless: p.Nameless, Rows: make([]wireRosterRow, 0, len(p.Rows)), Faults: make([]wireRosterFault, 0, len(p.Faults))}
	for _, r := range p.Rows {
		w.Rows = append(w.Rows, wireRosterRow{r.Row, r.Name, seatsToWire(r.Seats), string(r.Kind), r.Known})
	}
	for _, f := range p.Faults {
		w.Faults = append(w.Faults, wireRosterFault(f))
	}
	return w
}

// previewRoster reads a spreadsheet of people and says what importing it would do. A file that is no such table is one
// fault without rows, so that the page has one way to show what is wrong.
func (s *Server) previewRoster(c echo.Context) error {
	file, _, err := upload(c)
	if err != nil {
		return err
	}
	plan, err := s.Auth.PlanRoster(c.Request().Context(), callerOf(c).Account.ID, file)
	var unread *sheet.Fault
	if errors.As(err, &unread) {
		plan, err = &auth.Plan{Sheet: unread.Sheet, Faults: []auth.Fault{{Code: string(unread.Code), Sheet: unread.Sheet, Row: unread.Row,
			Cell: unread.Cell, Value: unread.Value, Sentence: unread.Sentence()}}}, nil
	}
	if err != nil {
		return err
	}
	return respond(c, rosterToWire(plan))
}

func (s *Server) importRoster(c echo.Context) error {
	state := c.QueryParam("state")
	if state == "" {
		return &record.Error{Code: record.BadRequest, Field: "state"}
	}
	file, _, err := upload(c)
	if err != nil {
		return err
	}
	opened, _, err := s.Auth.ImportRoster(c.Request().Context(), callerOf(c).Account.ID, state, file)
	var unread *sheet.Fault
	if errors.As(err, &unread) {
		return &record.Error{Code: record.ImportOpen, Err: unread}
	} else if err != nil {
		return err
	}
	ids := make([]string, 0, len(opened))
	for _, h := range opened {
		ids = append(ids, h.ID)
	}
	return respond(c, map[string]any{"opened": ids})
}

func (s *Server) rosterTemplate(c echo.Context) error {
	unit := c.QueryParam("unit")
	if err := s.knownUnit(unit); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Auth.RosterTemplate(c.Request().Context(), callerOf(c).Account.ID, unit, &b); err != nil {
		return err
	}
	d, _ := s.Engine.Places().Get(unit)
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(d.Name+"人员")+".xlsx")
	h.Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, xlsxType, b.Bytes())
}
