package api

import (
	"github.com/labstack/echo/v4"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// wireWorkShare is what a unit has of a number of work.
type wireWorkShare struct {
	Unit  string `json:"unit"`
	Name  string `json:"name"`
	Own   bool   `json:"own,omitempty"`
	Count int64  `json:"count"`
}

// workEntries opens a number of the dashboard's that no form counts: what was sent back, what waits, what is odd.
func (s *Server) workEntries(c echo.Context, q engine.EntriesQuery) error {
	page, err := s.Engine.WorkEntries(c.Request().Context(), callerOf(c).Actor, q)
	if err != nil {
		return err
	}
	w := wireTotalEntries{Rows: make([]wireCounted, 0, len(page.List)), Hidden: page.Hidden, Next: pageToWire(page.Next), Count: &page.Count}
	for _, u := range page.Units {
		w.Units = append(w.Units, wireWorkShare{u.Division.Code, u.Division.Name, u.Own, u.Count})
	}
	approvers := map[string]bool{}
	for _, e := range page.List {
		if q.Indicator == engine.WorkCounted {
			approvers[e.Record.ApprovedBy] = true
		}
	}
	names, err := s.names(c.Request().Context(), approvers)
	if err != nil {
		return err
	}
	for _, e := range page.List {
		unit, _ := s.Engine.Places().Get(e.Unit)
		r := e.Record
		row := wireCounted{Entry: e.Entity, Type: string(r.Type), Stub: r.Content == nil, Unit: e.Unit, UnitName: unit.Name, Day: e.Day, Value: e.Adds(), State: string(r.State)}
		if q.Indicator == engine.WorkCounted && !row.Stub {
			s.fillCounted(&row, e, names)
		} else if form := s.Engine.Catalogue().Form(r.Form); !row.Stub && r.Type == record.Entry {
			row.Form, row.Flags = r.Form, r.Flags
			row.Summary = record.Content{}
			if form != nil {
				for _, key := range form.Summary {
					if v, filled := r.Content[key]; filled {
						row.Summary[key] = v
					}
				}
			}
		}
		w.Rows = append(w.Rows, row)
	}
	return respond(c, w)
}
