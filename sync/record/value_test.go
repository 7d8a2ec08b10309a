package record_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"niangjia/sync/record"
)

// W1: the same cases run in pwa/src/domain.
func TestCanonical(t *testing.T) {
	var cases []struct {
		Name, JSON, Canonical, Version, Error string
	}
	raw, err := os.ReadFile("../testdata/canonical.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			var content record.Content
			err := json.Unmarshal([]byte(c.JSON), &content)
			if c.Error != "" {
				e, ok := err.(*record.Error)
				if !ok || string(e.Code) != c.Error {
					t.Fatalf("got %v, want code %s", err, c.Error)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := string(content.Bytes()); got != c.Canonical {
				t.Errorf("got  %s\nwant %s", got, c.Canonical)
			}
			if got := content.Version(); got != c.Version {
				t.Errorf("version %s, want %s", got, c.Version)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	city := record.Division{Code: "441900000000", Name: "市", Level: record.City}
	town := record.Division{Code: "441900003000", Name: "镇", Level: record.Township, Parent: city.Code}
	village := record.Division{Code: "441900003001", Name: "村", Level: record.Village, Parent: town.Code}
	p, err := record.NewPlaces([]record.Division{city, town, village})
	if err != nil {
		t.Fatal(err)
	}
	// A city without counties: the township's entries are reviewed by the city, the city's by itself.
	for unit, want := range map[string]string{village.Code: town.Code, town.Code: city.Code, city.Code: city.Code} {
		if got := p.Reviewing(unit); got != want {
			t.Errorf("Reviewing(%s) = %s, want %s", unit, got, want)
		}
	}
	if up := p.Up(village.Code); len(up) != 3 || up[2] != city.Code {
		t.Errorf("Up = %v", up)
	}
	for _, bad := range [][]record.Division{
		{city, city},
		{town},
		{{Code: "4419", Level: record.City}},
		{city, {Code: "441900000001", Level: record.City, Parent: city.Code}},
		{{Code: "441900000000", Level: "parish"}},
	} {
		if _, err := record.NewPlaces(bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

// The short ways of reading give what the long ones give.
func TestPlainTexts(t *testing.T) {
	for v, want := range map[record.Value][]string{
		`["a","b"]`: {"a", "b"}, `["a"]`: {"a"}, `["a,b","]"]`: {"a,b", "]"}, `["a\"b"]`: {`a"b`}, `["村"]`: {"村"},
		`[1]`: nil, `["a",1]`: nil, `["a"`: nil, `["a",]`: nil, `[""]`: {""}, `"x"`: {"x"}, `"\n"`: {"\n"}, `5`: nil, `[`: nil, `["`: nil,
	} {
		if got := v.Strings(); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", v, got, want)
		}
	}
}
