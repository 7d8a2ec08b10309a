package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	service "niangjia/server/campaign"
	"niangjia/server/sheet"
	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

func (s *Server) campaignTargets(c echo.Context) error {
	var in struct {
		Unit  string      `json:"unit"`
		Level string      `json:"level"`
		Way   string      `json:"way"`
		N     json.Number `json:"n"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	n, err := in.N.Int64()
	if err != nil {
		return &record.Error{Code: record.BadTarget, Field: "n"}
	}
	list, err := s.Campaigns.Targets(c.Request().Context(), callerOf(c).Actor, in.Unit, record.Level(in.Level), in.Way, n)
	if err != nil {
		return err
	}
	return respondTargets(c, list, nil)
}

func respondTargets(c echo.Context, list []campaign.Target, faults []service.Fault) error {
	out := make([]wireTarget, 0, len(list))
	for _, t := range list {
		out = append(out, wireTarget(t))
	}
	wrong := make([]wireRosterFault, 0, len(faults))
	for _, f := range faults {
		wrong = append(wrong, wireRosterFault(f))
	}
	return respond(c, map[string]any{"targets": out, "faults": wrong})
}

func (s *Server) importTargets(c echo.Context) error {
	file, _, err := upload(c)
	if err != nil {
		return err
	}
	list, faults, err := s.Campaigns.Import(callerOf(c).Actor, c.QueryParam("unit"), file)
	var unread *sheet.Fault
	if errors.As(err, &unread) {
		faults, err = []service.Fault{{Code: string(unread.Code), Sheet: unread.Sheet, Row: unread.Row, Cell: unread.Cell, Value: unread.Value,
			Sentence: unread.Sentence()}}, nil
	}
	if err != nil {
		return err
	}
	return respondTargets(c, list, faults)
}

func (s *Server) targetsTemplate(c echo.Context) error {
	unit := c.QueryParam("unit")
	if err := s.knownUnit(unit); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Campaigns.Template(c.Request().Context(), callerOf(c).Actor, unit, record.Level(c.QueryParam("level")), &b); err != nil {
		return err
	}
	d, _ := s.Engine.Places().Get(unit)
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(d.Name+"目标")+".xlsx")
	h.Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, xlsxType, b.Bytes())
}
