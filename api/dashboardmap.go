package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/labstack/echo/v4"

	"niangjia/server/geomap"
	"niangjia/sync/access"
	"niangjia/sync/record"
)

type wireArea struct {
	Unit string `json:"unit"`
	Name string `json:"name"`
	Path string `json:"path"`
	X    int    `json:"x"`
	Y    int    `json:"y"`
	Room int    `json:"room"`
}

type wireMap struct {
	Unit    string     `json:"unit"`
	Width   int        `json:"width"`
	Height  int        `json:"height"`
	Areas   []wireArea `json:"areas"`
	Missing []string   `json:"missing"`
}

// dashboardMap is where the units below lie, for who may see their dashboards.
func (s *Server) dashboardMap(c echo.Context) error {
	who, unit, deep := callerOf(c).Actor, c.QueryParam("unit"), c.QueryParam("deep")
	if deep != "" && deep != "0" && deep != "1" {
		return &record.Error{Code: record.BadRequest, Field: "deep"}
	}
	places := s.Engine.Places()
	if _, ok := places.Get(unit); !ok {
		return record.Errorf(record.NotFound, "unit %s", unit)
	}
	if !access.Scope(who, places, unit) {
		return record.Errorf(record.Forbidden, "map of %s", unit)
	}
	list := below(who, places, unit, deep == "1")
	w := wireMap{Unit: unit, Areas: []wireArea{}, Missing: []string{}}
	drawn := map[string]bool{}
	if d := s.outlines().Draw(list); d != nil {
		w.Width, w.Height = d.Width, d.Height
		for _, a := range d.Areas {
			division, _ := places.Get(a.Unit)
			drawn[a.Unit] = true
			w.Areas = append(w.Areas, wireArea{a.Unit, division.Name, a.Path, a.X, a.Y, a.Room})
		}
	}
	for _, code := range list {
		if !drawn[code] {
			w.Missing = append(w.Missing, code)
		}
	}
	var text bytes.Buffer
	if err := writeJSON(&text, w); err != nil {
		return err
	}
	sum := sha256.Sum256(text.Bytes())
	return respondTagged(c, hex.EncodeToString(sum[:16]), func(to io.Writer) error {
		_, err := text.WriteTo(to)
		return err
	})
}

// below are the units right below one, or those below them, that the caller may ask for by themselves.
func below(who record.Actor, places *record.Places, unit string, deep bool) (out []string) {
	for _, child := range places.Children(unit) {
		list := []string{child}
		if deep {
			list = places.Children(child)
		}
		for _, code := range list {
			if access.Scope(who, places, code) {
				out = append(out, code)
			}
		}
	}
	return out
}

// outlines are none where the server was started without a map.
func (s *Server) outlines() *geomap.Outlines {
	if s.Map == nil {
		return &geomap.Outlines{}
	}
	return s.Map
}

// mapped reports whether any unit on one of the two pages below has an area.
func (s *Server) mapped(who record.Actor, unit string) bool {
	places := s.Engine.Places()
	return s.outlines().Has(append(below(who, places, unit, false), below(who, places, unit, true)...))
}
