package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

type wireDivision struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Level  string `json:"level"`
	Parent string `json:"parent"`
}

type wireDivisions struct {
	Divisions []wireDivision `json:"divisions"`
	Hash      string         `json:"hash"`
}

func (s *Server) divisions(c echo.Context) error {
	list := s.Engine.Divisions(c.Request().Context(), callerOf(c).Actor)
	w := wireDivisions{Divisions: make([]wireDivision, 0, len(list))}
	for _, d := range list {
		w.Divisions = append(w.Divisions, wireDivision{Code: d.Code, Name: d.Name, Level: string(d.Level), Parent: d.Parent})
	}
	var raw bytes.Buffer
	if err := writeJSON(&raw, w.Divisions); err != nil {
		return err
	}
	sum := sha256.Sum256(raw.Bytes())
	w.Hash = hex.EncodeToString(sum[:])
	return respondTagged(c, w.Hash, func(to io.Writer) error { return writeJSON(to, w) })
}

// catalogueFormat is that of the definitions. An older app names an older one, or none: it could not read them, and
// goes on with the catalogue that it has until it is updated.
const catalogueFormat = "3"

func (s *Server) catalogue(c echo.Context) error {
	if c.QueryParam("format") != catalogueFormat {
		return &record.Error{Code: record.UpgradeRequired, Field: "format"}
	}
	cat, err := s.Engine.Present(c.Request().Context()) // another process may have published it
	if err != nil {
		return err
	}
	return respondTagged(c, cat.Hash, func(to io.Writer) error {
		_, err := to.Write(cat.JSON())
		return err
	})
}
