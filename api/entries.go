package api

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

type wireEntryRow struct {
	wireBody
	Withheld []string `json:"withheld,omitempty"`
}

// wireEntryStub is all that a reader gets who may know only that an entry exists.
type wireEntryStub struct {
	Type   string `json:"type"`
	Entity string `json:"entity"`
	Unit   string `json:"unit"`
	State  string `json:"state"`
	Stub   bool   `json:"stub"`
}

type wireRegister struct {
	Entity  string         `json:"entity"`
	Content record.Content `json:"content"`
}

type wireEvent struct {
	Event   string   `json:"event"`
	By      string   `json:"by"`
	ByName  string   `json:"by_name"`
	At      int64    `json:"at"`
	Version string   `json:"version,omitempty"`
	Fields  []string `json:"fields,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Outcome string   `json:"outcome"`
}

type wireEntryView struct {
	Row       any               `json:"row"` // wireEntryRow or wireEntryStub
	Decide    bool              `json:"decide,omitempty"`
	Household *wireRegister     `json:"household,omitempty"`
	Persons   []wireRegister    `json:"persons,omitempty"`
	History   []wireEvent       `json:"history"`
	Names     map[string]string `json:"names"`
}

func (s *Server) entry(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	ctx := c.Request().Context()
	v, err := s.Engine.Entry(ctx, callerOf(c).Actor, id)
	if err != nil {
		return err
	}
	if v.Record.Type != record.Entry {
		return record.Errorf(record.NotFound, "%s is no entry", id)
	}
	w := wireEntryView{Decide: v.Decide, History: []wireEvent{}, Names: map[string]string{}}
	// An urgent entry that somebody has opened need not be told to the level above (N8).
	if err := s.Notices.Opened(ctx, id, callerOf(c).Account.ID); err != nil {
		return err
	}
	if v.View == access.Exists {
		r := v.Record
		w.Row = wireEntryStub{Type: string(r.Type), Entity: r.ID, Unit: r.Unit, State: string(r.State), Stub: true}
		return respond(c, w)
	}
	row := change.RowOf(v.Record)
	w.Row = wireEntryRow{wireBody: bodyToWire(row), Withheld: v.Withheld}
	people := map[string]bool{}
	for _, id := range row.Mentions() {
		people[id] = true
	}
	for _, e := range v.History {
		people[e.By] = true
	}
	if w.Names, err = s.names(ctx, people); err != nil {
		return err
	}
	w.Household, w.Persons = registersToWire(v)
	for _, e := range v.History {
		w.History = append(w.History, eventsToWire(e, w.Names)...)
	}
	return respond(c, w)
}

// disclose opens a sensitive entry to a reader of a higher level for a day.
func (s *Server) disclose(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	var in wireReasonGiven
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.Engine.Disclose(c.Request().Context(), callerOf(c).Actor, id, in.Reason); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// wireReasonGiven is why a reader of a higher level must read what is sensitive.
type wireReasonGiven struct {
	Reason string `json:"reason"`
}

// eventsToWire: a create or an edit that also submits is two events to a reader.
func eventsToWire(e engine.Event, names map[string]string) []wireEvent {
	w := wireEvent{By: e.By, ByName: names[e.By], At: int64(e.At), Version: e.Version, Fields: e.Fields, Reason: e.Reason, Outcome: string(e.Outcome)}
	var kinds []string
	switch {
	case e.Kind == engine.Disclosed:
		kinds = append(kinds, "disclose")
	case e.Kind == change.Create:
		kinds = append(kinds, "create")
	case e.Kind == change.Patch && len(e.Fields) > 0:
		kinds = append(kinds, "edit")
	}
	if e.Event != "" {
		kinds = append(kinds, string(e.Event))
	}
	if len(kinds) == 0 {
		kinds = append(kinds, "edit") // a reader who may not see which fields
	}
	out := make([]wireEvent, 0, len(kinds))
	for _, kind := range kinds {
		w.Event = kind
		out = append(out, w)
	}
	return out
}

func registersToWire(v *engine.EntryView) (household *wireRegister, persons []wireRegister) {
	about := v.Record.Content[catalogue.KeyHousehold].String()
	for _, id := range slices.Sorted(maps.Keys(v.Named)) {
		r := v.Named[id]
		shown := wireRegister{Entity: id, Content: filled(r.Content)}
		switch {
		case r.Type == record.Person:
			persons = append(persons, shown)
		case r.Type == record.Household && (household == nil || id == about):
			household = &shown
		}
	}
	return household, persons
}

func (s *Server) names(ctx context.Context, ids map[string]bool) (map[string]string, error) {
	delete(ids, "")
	return s.Auth.Names(ctx, slices.Sorted(maps.Keys(ids)))
}

// wireWaiting is an entry that waits for a decision, without what it says.
type wireWaiting struct {
	Entity      string `json:"entity"`
	Unit        string `json:"unit"`
	UnitName    string `json:"unit_name"`
	State       string `json:"state"`
	SubmittedAt int64  `json:"submitted_at,omitempty"`
}

func (s *Server) urgent(c echo.Context) error { return s.waiting(c, s.Engine.Urgent) }

func (s *Server) overdue(c echo.Context) error { return s.waiting(c, s.Engine.Overdue) }

func (s *Server) waiting(c echo.Context, find func(context.Context, record.Actor) ([]*record.Record, error)) error {
	list, err := find(c.Request().Context(), callerOf(c).Actor)
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b *record.Record) int { return cmp.Compare(a.SubmittedAt, b.SubmittedAt) })
	places := s.Engine.Places()
	entries := make([]wireWaiting, 0, len(list))
	for _, r := range list {
		unit, _ := places.Get(r.Unit)
		entries = append(entries, wireWaiting{Entity: r.ID, Unit: r.Unit, UnitName: unit.Name, State: string(r.State), SubmittedAt: int64(r.SubmittedAt)})
	}
	return respond(c, map[string]any{"entries": entries})
}
