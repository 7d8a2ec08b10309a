package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

type wirePublication struct {
	At record.Instant `json:"at"`
	By string         `json:"by,omitempty"`
}

type wireCatalogueHistory struct {
	Publications []wirePublication `json:"publications"`
	Recount      *wireRecount      `json:"recount,omitempty"`
}

// catalogueHistory says who put definitions in force, newest first, and how far what they changed is counted anew.
func (s *Server) catalogueHistory(c echo.Context) error {
	if _, err := s.defining(c); err != nil {
		return err
	}
	ctx := c.Request().Context()
	list, names, err := s.publications(ctx)
	if err != nil {
		return err
	}
	recount, err := s.Engine.Recounting(ctx)
	if err != nil {
		return err
	}
	out := wireCatalogueHistory{Publications: make([]wirePublication, 0, len(list)), Recount: recountOf(recount)}
	for _, p := range list {
		out.Publications = append(out.Publications, wirePublication{p.At, names[p.Account]})
	}
	return respond(c, out)
}

// publications are the latest, with the names of who made them.
func (s *Server) publications(ctx context.Context) ([]engine.Publication, map[string]string, error) {
	list, err := s.Engine.Publications(ctx)
	if err != nil {
		return nil, nil, err
	}
	var ids []string
	for _, p := range list {
		if p.Account != "" {
			ids = append(ids, p.Account)
		}
	}
	names, err := s.Auth.Names(ctx, ids)
	return list, names, err
}
