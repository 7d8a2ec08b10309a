package api

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

// maxAsked bounds the lines that a phone asks for at once.
const maxAsked = 200

type wireBecome struct {
	N       int64  `json:"n"`
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
}

type wireWorkReceived struct {
	Unit     string `json:"unit"`
	UnitName string `json:"unit_name"`
	Records  int    `json:"records"`
	At       int64  `json:"at"`
	ByName   string `json:"by_name"`
}

type wireOutcomes struct {
	Outcomes []wireBecome       `json:"outcomes"`
	Received []wireWorkReceived `json:"received"`
}

// outcomes tells a phone what has become of what the server had parked, and who received it.
func (s *Server) outcomes(c echo.Context) error {
	log := c.QueryParam("log")
	if err := validID("log", log); err != nil {
		return err
	}
	asked := strings.Split(c.QueryParam("lines"), ",")
	if len(asked) > maxAsked {
		return &record.Error{Code: record.BadRequest, Field: "lines"}
	}
	lines := make([]int64, 0, len(asked))
	for _, text := range asked {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return &record.Error{Code: record.BadRequest, Field: "lines"}
		}
		lines = append(lines, n)
	}
	ctx, account := c.Request().Context(), callerOf(c).Account.ID
	list, err := s.Engine.Outcomes(ctx, account, log, lines)
	if err != nil {
		return err
	}
	events, err := s.Auth.Received(ctx, account)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, e := range events {
		people[e.By] = true
	}
	names, err := s.names(ctx, people)
	if err != nil {
		return err
	}
	w := wireOutcomes{Outcomes: make([]wireBecome, 0, len(list)), Received: make([]wireWorkReceived, 0, len(events))}
	for _, o := range list {
		w.Outcomes = append(w.Outcomes, wireBecome{N: o.N, Outcome: string(o.Outcome), Code: string(o.Code)})
	}
	places := s.Engine.Places()
	for _, e := range events {
		unit, _ := places.Get(e.Detail.Unit)
		w.Received = append(w.Received, wireWorkReceived{Unit: e.Detail.Unit, UnitName: unit.Name, Records: e.Detail.N, At: e.At.UnixMilli(), ByName: names[e.By]})
	}
	return respond(c, w)
}
