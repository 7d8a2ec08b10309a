package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
)

type wireReadToken struct {
	ID         string `json:"id"`
	Unit       string `json:"unit"`
	Name       string `json:"name"`
	MadeBy     string `json:"made_by"`
	MadeByName string `json:"made_by_name,omitempty"`
	MadeAt     int64  `json:"made_at"`
	ExpiresAt  int64  `json:"expires_at"`
	EndedAt    int64  `json:"ended_at,omitempty"`
	UsedAt     int64  `json:"used_at,omitempty"`
}

func readTokenToWire(t auth.ReadToken, names map[string]string) wireReadToken {
	w := wireReadToken{ID: t.ID, Unit: t.Unit, Name: t.Name, MadeBy: t.Account, MadeByName: names[t.Account],
		MadeAt: t.MadeAt.UnixMilli(), ExpiresAt: t.ExpiresAt.UnixMilli()}
	if !t.EndedAt.IsZero() {
		w.EndedAt = t.EndedAt.UnixMilli()
	}
	if !t.UsedAt.IsZero() {
		w.UsedAt = t.UsedAt.UnixMilli()
	}
	return w
}

func (s *Server) readTokens(c echo.Context) error {
	list, names, err := s.Auth.ReadTokensOf(c.Request().Context(), callerOf(c).Account.ID)
	if err != nil {
		return err
	}
	out := make([]wireReadToken, 0, len(list))
	for _, t := range list {
		out = append(out, readTokenToWire(t, names))
	}
	return respond(c, map[string]any{"tokens": out})
}

// makeReadToken answers with the token itself, this once.
func (s *Server) makeReadToken(c echo.Context) error {
	var in struct {
		Unit string `json:"unit"`
		Name string `json:"name"`
		Days int    `json:"days"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.knownUnit(in.Unit); err != nil {
		return err
	}
	t, clear, err := s.Auth.MakeReadToken(c.Request().Context(), callerOf(c).Account.ID, auth.NewReadToken{Unit: in.Unit, Name: in.Name, Days: in.Days})
	if err != nil {
		return err
	}
	return respond(c, struct {
		wireReadToken
		Token string `json:"token"`
	}{readTokenToWire(*t, nil), clear})
}

func (s *Server) endReadToken(c echo.Context) error {
	id := c.Param("id")
	if err := validID("id", id); err != nil {
		return err
	}
	if err := s.Auth.EndReadToken(c.Request().Context(), callerOf(c).Account.ID, id); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
