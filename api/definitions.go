package api

import (
	"encoding/json"

	"github.com/labstack/echo/v4"

	"niangjia/sync/access"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// maxOwn bounds what a city has of its own: some hundred times what one has.
const maxOwn = 1 << 20

type wireOwnCatalogue struct {
	Own     json.RawMessage `json:"own"`
	Base    json.RawMessage `json:"base"`
	InForce string          `json:"in_force"`
}

type wireCatalogueProblem struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Path    string `json:"path"`
	Message string `json:"message"`
	Reason  string `json:"reason"`
}

type wireCatalogueChange struct {
	What      string `json:"what"`
	Form      string `json:"form,omitempty"`
	Field     string `json:"field,omitempty"`
	Choice    string `json:"choice,omitempty"`
	Indicator string `json:"indicator,omitempty"`
	Section   string `json:"section,omitempty"`
}

type wireCatalogueCheck struct {
	Problems []wireCatalogueProblem `json:"problems"`
	Changes  []wireCatalogueChange  `json:"changes"`
	Recounts []string               `json:"recounts"`
	Entries  int64                  `json:"entries"`
	InForce  string                 `json:"in_force"`
}

type wireCataloguePublished struct {
	Hash    string `json:"hash"`
	Recount int64  `json:"recount"`
}

func problemsToWire(list catalogue.Problems) []wireCatalogueProblem {
	out := make([]wireCatalogueProblem, 0, len(list))
	for _, p := range list {
		out = append(out, wireCatalogueProblem{File: p.File, Line: p.Line, Path: p.Path, Message: p.ZH, Reason: p.Reason})
	}
	return out
}

// defining is the caller, if the forms of everybody are hers to change.
func (s *Server) defining(c echo.Context) (record.Actor, error) {
	who := callerOf(c).Actor
	if !access.Defines(who, s.Engine.Places()) {
		return who, &record.Error{Code: record.Forbidden}
	}
	return who, nil
}

func (s *Server) ownCatalogue(c echo.Context) error {
	if _, err := s.defining(c); err != nil {
		return err
	}
	is, err := s.Publishing.InForce(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, wireOwnCatalogue{Own: is.Own.JSON(), Base: s.Publishing.Base.JSON(), InForce: is.Catalogue.Hash})
}

func (s *Server) checkCatalogue(c echo.Context) error {
	if _, err := s.defining(c); err != nil {
		return err
	}
	var in struct {
		Own json.RawMessage `json:"own"`
	}
	if err := readJSONOf(c, maxOwn, &in); err != nil {
		return err
	}
	if in.Own == nil || string(in.Own) == "null" {
		return &record.Error{Code: record.BadRequest, Field: "own"}
	}
	plan, err := s.Publishing.Check(c.Request().Context(), in.Own)
	if err != nil {
		return err
	}
	out := wireCatalogueCheck{Problems: problemsToWire(plan.Problems), Changes: make([]wireCatalogueChange, 0, len(plan.Changes)),
		Recounts: append([]string{}, plan.Recounts...), Entries: plan.Entries, InForce: plan.InForce}
	for _, one := range plan.Changes {
		out.Changes = append(out.Changes, wireCatalogueChange(one))
	}
	return respond(c, out)
}

func (s *Server) publishCatalogue(c echo.Context) error {
	who, err := s.defining(c)
	if err != nil {
		return err
	}
	var in struct {
		Own     json.RawMessage `json:"own"`
		Against string          `json:"against"`
	}
	if err := readJSONOf(c, maxOwn, &in); err != nil {
		return err
	}
	if in.Own == nil || string(in.Own) == "null" {
		return &record.Error{Code: record.BadRequest, Field: "own"}
	}
	plan, err := s.Publishing.Publish(c.Request().Context(), who, in.Own, in.Against)
	if err != nil {
		return err
	}
	return respond(c, wireCataloguePublished{Hash: plan.Next.Hash, Recount: plan.Entries})
}
