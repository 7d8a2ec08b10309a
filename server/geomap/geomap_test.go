package geomap

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// square is a ring with a corner at x, y, of that size.
func square(x, y, size float64) [][]float64 {
	return [][]float64{{x, y}, {x + size, y}, {x + size, y + size}, {x, y + size}, {x, y}}
}

func feature1(properties, kind string, coordinates any) string {
	raw, err := json.Marshal(coordinates)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"type":"Feature","properties":%s,"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, raw)
}

func file(features ...string) []byte {
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`)
}

var ours = func(code string) bool { return strings.HasPrefix(code, "53") }

// A unit is known by any of the names that such files give its code, long or short, as a text or as a number.
func TestAUnitIsKnownByItsCode(t *testing.T) {
	for properties, want := range map[string]string{
		`{"code":"530923000000"}`:                     "530923000000",
		`{"code":530923}`:                             "530923000000",
		`{"adcode":530923}`:                           "530923000000",
		`{"XZQDM":"530923101"}`:                       "530923101000",
		`{"xzqdm":" 530923101201 ","code":"x"}`:       "530923101201",
		`{"id":"5309"}`:                               "530900000000",
		`{"Code":"530923101000","id":7,"name":"德党镇"}`: "530923101000",
	} {
		m, notes, err := Read("f", file(feature1(properties, "Polygon", [][][]float64{square(99, 24, 1)})), ours)
		if err != nil || len(notes) > 0 || !m.Has([]string{want}) {
			t.Errorf("%s: %v %v", properties, notes, err)
		}
	}
	m, _, err := Read("f", []byte("\ufeff"+`{"type":"FeatureCollection","features":[{"type":"Feature","id":530923,"properties":null,"geometry":{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}}]}`), ours)
	if err != nil || !m.Has([]string{"530923000000"}) {
		t.Error(err)
	}
}

// A broken file is told by file, feature and reason.
func TestABrokenMapIsToldByItsPlace(t *testing.T) {
	one := func(kind string, coordinates any) []byte {
		return file(feature1(`{"code":"530921000000"}`, "Polygon", [][][]float64{square(99, 24, 1)}), feature1(`{"code":"530923000000"}`, kind, coordinates))
	}
	open := square(99, 24, 1)[:4]
	for what, c := range map[string]struct {
		raw     []byte
		feature int
		says    string
	}{
		"no JSON":             {[]byte(`{"type":"FeatureCollection","features":[}`), 0, "no GeoJSON at byte"},
		"another file":        {[]byte(`PK\x03\x04`), 0, "no GeoJSON"},
		"an empty one":        {nil, 0, "no GeoJSON"},
		"TopoJSON":            {[]byte(`{"type":"Topology"}`), 0, "export it as GeoJSON"},
		"one feature alone":   {[]byte(`{"type":"Feature"}`), 0, "no FeatureCollection"},
		"no features":         {file(), 0, "no features"},
		"metres":              {[]byte(`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4528"}},"features":[{}]}`), 0, "EPSG::4528"},
		"too large":           {make([]byte, MaxBytes+1), 0, "64 MiB"},
		"no unit":             {file(feature1(`{"name":"德党镇","pac":"530923"}`, "Polygon", [][][]float64{square(99, 24, 1)})), 1, "no property names its unit"},
		"a code of 8 digits":  {file(feature1(`{"code":"53092310"}`, "Polygon", [][][]float64{square(99, 24, 1)})), 1, "no property names its unit"},
		"a line":              {one("LineString", open), 2, "not a Polygon"},
		"no numbers":          {one("Polygon", "x"), 2, "cannot be read"},
		"an open ring":        {one("Polygon", [][][]float64{open}), 2, "a ring is not closed: it begins at 99, 24"},
		"three points":        {one("Polygon", [][][]float64{{{99, 24}, {98, 24}, {99, 24}}}), 2, "3 points"},
		"a point of one":      {one("Polygon", [][][]float64{{{99}, {98, 24}, {97, 1}, {99, 24}}}), 2, "no longitude"},
		"no ring":             {one("MultiPolygon", [][][][]float64{}), 2, "no ring"},
		"metres unsaid":       {one("Polygon", [][][]float64{square(33_512_000, 2_660_000, 1000)}), 2, "in degrees"},
		"swapped in the east": {one("Polygon", [][][]float64{square(24, 99, 1)}), 2, "longitude first"},
		"swapped in the west": {one("MultiPolygon", [][][][]float64{{square(38, 75, 1)}}), 2, "longitude first"},
		"not of ours":         {file(feature1(`{"code":"110101000000"}`, "Polygon", [][][]float64{square(116, 39, 1)})), 0, "none of its 1 features"},
	} {
		_, _, err := Read("city.geojson", c.raw, ours)
		var f *Fault
		if !errors.As(err, &f) || f.Feature != c.feature || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "city.geojson") {
			t.Errorf("%s: %v", what, err)
		}
		if c.feature == 2 && !strings.Contains(fmt.Sprint(err), "feature 2 (530923000000)") {
			t.Errorf("%s: %v does not say where", what, err)
		}
	}
	// What is no unit of ours, or has no area, is told and left out.
	path := filepath.Join(t.TempDir(), "city.geojson")
	raw := file(feature1(`{"code":"530921000000"}`, "Polygon", [][][]float64{square(99, 24, 1)}), feature1(`{"code":"110101000000"}`, "Polygon", [][][]float64{square(116, 39, 1)}),
		`{"type":"Feature","properties":{"code":"530922"},"geometry":null}`)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	m, notes, err := Load(path, ours)
	if err != nil || len(notes) != 2 || notes[0].Feature != 2 || notes[1].Feature != 3 || !m.Has([]string{"530921000000"}) || m.Has([]string{"110101000000", "530922000000"}) {
		t.Errorf("%v %v", notes, err)
	}
	if _, _, err := Load(path+"x", ours); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

var numbers = regexp.MustCompile(`-?\d+`)

// A drawing has the units that were asked for and have an area, within its page, north up, and no more points than it may.
func TestADrawingIsBounded(t *testing.T) {
	// A coast of a hundred thousand points round a circle, an island beside it, and a lake in it.
	circle := func(x, y, r, rough float64, n int) (ring [][]float64) {
		for i := range n {
			a := 2 * math.Pi * float64(i) / float64(n)
			d := r * (1 + rough*math.Sin(a*9999)*math.Cos(a*777))
			ring = append(ring, []float64{x + d*math.Cos(a), y + d*math.Sin(a)})
		}
		return append(ring, ring[0])
	}
	raw := file(feature1(`{"code":"530921000000"}`, "MultiPolygon", [][][][]float64{{circle(99, 24, 0.5, 0.05, 100_000), circle(99, 24, 0.1, 0.01, 5000)}, {square(99.6, 24.6, 0.0001)}}),
		feature1(`{"code":"530922000000"}`, "Polygon", [][][]float64{square(100, 23.5, 1)}), feature1(`{"code":"530923000000"}`, "Polygon", [][][]float64{square(99.2, 22.9, 0.00001)}))
	m, _, err := Read("f", raw, ours)
	if err != nil {
		t.Fatal(err)
	}
	if m.Draw([]string{"530924000000"}) != nil || m.Draw(nil) != nil {
		t.Error("units without an area are drawn")
	}
	d := m.Draw([]string{"530921000000", "530924000000", "530922000000", "530923000000"})
	if d.Width < Width-1 || d.Width > Width+1 || len(d.Areas) != 3 {
		t.Fatalf("%d wide, %d areas", d.Width, len(d.Areas))
	}
	points := 0
	for _, a := range d.Areas {
		list := numbers.FindAllString(a.Path, -1)
		points += len(list) / 2
		if len(list) < 6 || !strings.HasPrefix(a.Path, "M") || !strings.HasSuffix(a.Path, "Z") {
			t.Errorf("%s is %q", a.Unit, a.Path)
		}
		for i, n := range list {
			if v, err := strconv.Atoi(n); err != nil || v < -2 || v > []int{d.Width, d.Height}[i%2]+2 {
				t.Fatalf("%s: %s lies outside of %d x %d", a.Unit, n, d.Width, d.Height)
			}
		}
	}
	if points > maxPoints || points < 100 {
		t.Errorf("%d points", points)
	}
	if west, east := d.Areas[0], d.Areas[1]; west.X >= east.X || east.Room < 100 {
		t.Errorf("%+v", d.Areas)
	}
	if north, south := d.Areas[0], d.Areas[2]; north.Y >= south.Y {
		t.Error("south is up")
	}
	// The name of the first does not stand in its lake.
	if x, lake := d.Areas[0].X, float64(d.Areas[0].Room); lake < 20 || strings.Contains(d.Areas[0].Path, fmt.Sprintf("M%d ", x)) {
		t.Errorf("%+v", d.Areas[0].Room)
	}
	// A degree of longitude is as wide as it is in the north.
	wide, _, err := Read("f", file(feature1(`{"code":"530921000000"}`, "Polygon", [][][]float64{{{10, 60}, {12, 60}, {12, 61}, {10, 61}, {10, 60}}})), ours)
	if err != nil {
		t.Fatal(err)
	}
	if d := wide.Draw([]string{"530921000000"}); math.Abs(float64(d.Width)/float64(d.Height)-1) > 0.03 {
		t.Errorf("%d x %d", d.Width, d.Height)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(feature1(`{"code":"530921000000"}`, "Polygon", [][][]float64{square(99, 24, 1)})))
	f.Add(file(feature1(`{"id":5309}`, "MultiPolygon", [][][][]float64{{square(99, 24, 0)}, {}})))
	f.Add([]byte(`{"type":"FeatureCollection","features":[null,{"type":"Feature"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, _, err := Read("f", raw, func(string) bool { return true })
		if err != nil {
			return
		}
		var units []string
		for unit := range m.areas {
			units = append(units, unit)
		}
		if d := m.Draw(units); d == nil || len(d.Areas) != len(units) || d.Width > Width+1 || d.Height > maxHeight+1 {
			t.Errorf("%+v", d)
		}
	})
}
