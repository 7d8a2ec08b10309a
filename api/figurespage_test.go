package api

import (
	"bytes"
	"encoding/json"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// A page of figures that is written by hand is the JSON that the contract names, whatever a unit is called.
func TestFiguresAsJSON(t *testing.T) {
	n, none := int64(-7), int64(0)
	row := engine.TotalsRow{Division: record.Division{Code: "530923101201", Level: record.Village, Name: "忙岗\"村\\\n<&>\u2028"}, Values: []totals.Reading{
		{Indicator: "visits", Value: &n}, {Indicator: "visits", Group: `kind=父"`, Value: &none}, {Indicator: "rate", Numerator: &none, Denominator: &none},
		{Indicator: "rate", Group: "kind=a+level=b", Value: &n, Numerator: &n, Denominator: &n}, {Indicator: "signs", Withheld: true}}}
	type value struct {
		Indicator   string `json:"indicator"`
		Group       string `json:"group"`
		Value       *int64 `json:"value"`
		Numerator   *int64 `json:"numerator,omitempty"`
		Denominator *int64 `json:"denominator,omitempty"`
		Withheld    bool   `json:"withheld,omitempty"`
	}
	want := struct {
		Unit   string  `json:"unit"`
		Level  string  `json:"level"`
		Name   string  `json:"name"`
		Values []value `json:"values"`
	}{row.Division.Code, string(row.Division.Level), row.Division.Name, nil}
	for _, v := range row.Values {
		want.Values = append(want.Values, value(v))
	}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if appendFigures(&b, row); b.String() != string(text) {
		t.Errorf("%s\nwant\n%s", b.String(), text)
	}
	b.Reset()
	appendFigures(&b, engine.TotalsRow{})
	if want := `{"unit":"","level":"","name":"","values":[]}`; b.String() != want {
		t.Errorf("of a unit without figures %s, want %s", b.String(), want)
	}
}
