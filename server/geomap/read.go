// Package geomap reads the outlines of units from a GeoJSON file (RFC 7946), and draws those of one page for a screen:
// docs/decisions/0053-townships-as-a-map.md.
package geomap

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"
)

// Bounds of a file. A city's townships as surveyors give them have some ten MiB.
const (
	MaxBytes    = 64 << 20
	maxFeatures = 50_000
)

// nameKeys are properties under which a unit's code is looked for, in this order, whatever their case; then the feature's own id.
var nameKeys = []string{"code", "adcode", "xzqdm", "id"}

// Fault says what is wrong with a file, and where. Feature counts from one; 0 is the file itself.
type Fault struct {
	File    string
	Feature int
	Unit    string // its code, as far as it was read
	Reason  string
}

func (f *Fault) Error() string {
	switch {
	case f.Feature == 0:
		return fmt.Sprintf("map %s: %s", f.File, f.Reason)
	case f.Unit == "":
		return fmt.Sprintf("map %s, feature %d: %s", f.File, f.Feature, f.Reason)
	}
	return fmt.Sprintf("map %s, feature %d (%s): %s", f.File, f.Feature, f.Unit, f.Reason)
}

// Outlines are the areas of units by their code, in degrees (WGS 84). The zero Outlines has none.
type Outlines struct {
	areas map[string]orb.MultiPolygon

	mu    sync.Mutex
	drawn map[string]*Drawing // by their units; of a city some hundred are ever asked for
}

// Has reports whether any of some units has an area.
func (o *Outlines) Has(units []string) bool {
	return slices.ContainsFunc(units, func(unit string) bool { return len(o.areas[unit]) > 0 })
}

type collection struct {
	Type     string            `json:"type"`
	CRS      *crs              `json:"crs"`
	Features []json.RawMessage `json:"features"`
}

type crs struct {
	Properties struct {
		Name string `json:"name"`
	} `json:"properties"`
}

type feature struct {
	Type       string         `json:"type"`
	ID         any            `json:"id"`
	Properties map[string]any `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// Load reads a file. known says whether a unit lies in the divisions: one that does not is left out, and told in notes, as is a
// feature without an area. Anything else that is wrong is a *Fault: half a map would be taken for a whole one.
func Load(path string, known func(code string) bool) (_ *Outlines, notes []*Fault, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, nil, fmt.Errorf("map: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	raw, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return nil, nil, fmt.Errorf("map: %w", err)
	}
	return Read(filepath.Base(path), raw, known)
}

// Read is Load of what a file has in it.
func Read(name string, raw []byte, known func(code string) bool) (*Outlines, []*Fault, error) {
	fault := func(reason string, args ...any) error {
		return &Fault{File: name, Reason: fmt.Sprintf(reason, args...)}
	}
	if len(raw) > MaxBytes {
		return nil, nil, fault("it has more than %d MiB: simplify it, or leave out what is no unit of yours", MaxBytes>>20)
	}
	raw = []byte(strings.TrimPrefix(string(raw), "\ufeff"))
	var all collection
	if err := json.Unmarshal(raw, &all); err != nil {
		at := ""
		var bad *json.SyntaxError
		if errors.As(err, &bad) {
			at = fmt.Sprintf(" at byte %d", bad.Offset)
		}
		return nil, nil, fault("it is no GeoJSON%s: %v", at, err)
	}
	switch {
	case all.Type == "Topology":
		return nil, nil, fault("it is TopoJSON: export it as GeoJSON")
	case all.Type != "FeatureCollection":
		return nil, nil, fault("it is no FeatureCollection (its type is %q)", all.Type)
	case len(all.Features) == 0:
		return nil, nil, fault("it has no features")
	case len(all.Features) > maxFeatures:
		return nil, nil, fault("it has %d features, more than %d", len(all.Features), maxFeatures)
	case all.CRS != nil && !degrees.MatchString(all.CRS.Properties.Name):
		return nil, nil, fault("its coordinates are of %q: export it in WGS 84 (EPSG:4326) or CGCS2000 degrees (EPSG:4490)", all.CRS.Properties.Name)
	}
	out := &Outlines{areas: map[string]orb.MultiPolygon{}}
	var notes []*Fault
	for i, text := range all.Features {
		code, area, reason := read(text)
		at := &Fault{File: name, Feature: i + 1, Unit: code, Reason: reason}
		if reason == noArea {
			notes = append(notes, at)
			continue
		}
		if reason != "" {
			return nil, nil, at
		}
		if !known(code) {
			at.Reason = "no unit has this code: it is left out"
			notes = append(notes, at)
			continue
		}
		out.areas[code] = append(out.areas[code], area...)
	}
	if len(out.areas) == 0 {
		return nil, notes, fault("none of its %d features is one of the units (the first: %v)", len(all.Features), notes[0])
	}
	return out, notes, nil
}

// degrees are names of reference systems in which a point is a longitude and a latitude within a metre of WGS 84.
var degrees = regexp.MustCompile(`(?i)(CRS:?84|EPSG:+(\d*\.?\d*:)?(4326|4490))$`)

const noArea = "it has no geometry: it is left out"

// read is one feature: the code of its unit and its area, or what is wrong with it.
func read(text json.RawMessage) (code string, area orb.MultiPolygon, reason string) {
	var f feature
	if err := json.Unmarshal(text, &f); err != nil {
		return "", nil, fmt.Sprintf("it cannot be read: %v", err)
	}
	if f.Type != "Feature" {
		return "", nil, fmt.Sprintf("its type is %q, not Feature", f.Type)
	}
	if code, reason = codeOf(f); reason != "" {
		return code, nil, reason
	}
	if f.Geometry == nil {
		return code, nil, noArea
	}
	var rings [][][][]float64
	switch f.Geometry.Type {
	case "Polygon":
		rings = make([][][][]float64, 1)
		if err := json.Unmarshal(f.Geometry.Coordinates, &rings[0]); err != nil {
			return code, nil, fmt.Sprintf("its coordinates cannot be read: %v", err)
		}
	case "MultiPolygon":
		if err := json.Unmarshal(f.Geometry.Coordinates, &rings); err != nil {
			return code, nil, fmt.Sprintf("its coordinates cannot be read: %v", err)
		}
	default:
		return code, nil, fmt.Sprintf("its geometry is a %q, not a Polygon or MultiPolygon", f.Geometry.Type)
	}
	swapped := true
	for _, polygon := range rings {
		var p orb.Polygon
		for _, ring := range polygon {
			r, china, reason := ringOf(ring)
			if reason != "" {
				return code, nil, reason
			}
			p, swapped = append(p, r), swapped && china
		}
		if len(p) > 0 {
			area = append(area, p)
		}
	}
	if len(area) == 0 {
		return code, nil, "it has no ring"
	}
	if swapped {
		return code, nil, looksSwapped
	}
	return code, area, ""
}

const looksSwapped = "longitude and latitude look swapped: GeoJSON has the longitude first"

// ringOf reads a ring; swapped says that all of it lay in China if its latitude stood first.
func ringOf(points [][]float64) (r orb.Ring, swapped bool, reason string) {
	if len(points) < 4 {
		return nil, false, fmt.Sprintf("a ring has %d points; the fewest are 4, of which the last is the first", len(points))
	}
	swapped = true
	for _, p := range points {
		if len(p) < 2 {
			return nil, false, "a point has no longitude and latitude"
		}
		x, y := p[0], p[1]
		switch {
		case math.Abs(x) <= 90 && math.Abs(y) > 90 && math.Abs(y) <= 180:
			return nil, false, looksSwapped
		case math.Abs(x) > 180 || math.Abs(y) > 90:
			return nil, false, fmt.Sprintf("%g, %g is no longitude and latitude in degrees", x, y)
		}
		swapped = swapped && x > 3 && x < 54 && y > 73 && y < 136
		r = append(r, orb.Point{x, y})
	}
	if r[0] != r[len(r)-1] {
		return nil, false, fmt.Sprintf("a ring is not closed: it begins at %g, %g and ends at %g, %g", r[0][0], r[0][1], r[len(r)-1][0], r[len(r)-1][1])
	}
	return r, swapped, ""
}

// divisionCode has the digits of a province, city, county, township or village.
var divisionCode = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$`)

func codeOf(f feature) (code, reason string) {
	lower := map[string]any{}
	for key, value := range f.Properties {
		lower[strings.ToLower(key)] = value
	}
	values := []any{}
	for _, key := range nameKeys {
		values = append(values, lower[key])
	}
	for _, value := range append(values, f.ID) {
		text := ""
		switch v := value.(type) {
		case string:
			text = strings.TrimSpace(v)
		case float64: // twelve digits are exact
			text = fmt.Sprintf("%.0f", v)
		}
		if divisionCode.MatchString(text) {
			return text + strings.Repeat("0", 12-len(text)), ""
		}
	}
	return "", "no property names its unit: code, adcode, XZQDM or id has the division code (2, 4, 6, 9 or 12 digits)"
}
