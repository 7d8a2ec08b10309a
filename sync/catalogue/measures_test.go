package catalogue

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// one puts a single indicator beside those of the small catalogue, in a file of its own so that its line is 1.
func one(t *testing.T, indicator string) error {
	t.Helper()
	files := good(t)
	const text = `"name": {"zh": "数", "en": "N"}, "unit": {"zh": "个", "en": "n"}, "definition": {"zh": "数。", "en": "N."}`
	files["indicators/talk.json"] = &fstest.MapFile{Data: []byte(`[{"id": "extra", "order": 9, ` + text + `, ` + indicator + `}]`)}
	_, err := Parse(files)
	return err
}

// T5, T9 to T12: what each measure can be made of; everything else is refused with file, line and reason.
func TestMeasures(t *testing.T) {
	const visit = `"form": "visit"`
	for _, good := range []string{
		`"measure": "standing", "sources": [{` + visit + `, "date": "back_on"}]`,
		`"measure": "standing", "sources": [{` + visit + `, "until": "back_on", "key": "own_unit", "levels": ["village"]}], "groups": ["signs"]`,
		`"measure": "distinct", "sources": [{` + visit + `, "key": "own_unit"}, {"form": "talk", "key": "own_unit"}]`,
		`"measure": "distinct", "sources": [{"form": "talk", "key": "kind"}]`,
		`"measure": "count", "sources": [{` + visit + `, "date": "back_on", "since": "occurred_on"}]`,
		`"measure": "sum", "sources": [{` + visit + `, "value": {"unnamed": "heads"}}]`,
		`"measure": "sum", "sources": [{` + visit + `, "value": {"days": ["occurred_on", "back_on"]}}]`,
		`"measure": "median", "display": "decimal", "scale": 1, "sources": [{` + visit + `, "value": {"days": ["occurred_on", "back_on"]}}]`,
		`"measure": "median", "display": "yuan", "sources": [{` + visit + `, "value": {"field": "cash"}}]`,
		`"measure": "ratio", "numerator": "households", "denominator": "visits"`,
		`"measure": "ratio", "display": "yuan", "numerator": "money", "denominator": "visits"`,
		`"measure": "ratio", "display": "decimal", "scale": 2, "numerator": "households", "denominator": "visits"`,
		`"measure": "count", "beside": "visits", "sources": [{` + visit + `}]`,
	} {
		if err := one(t, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, c := range []struct{ indicator, want string }{
		{`"measure": "count", "sources": [{` + visit + `, "until": "back_on"}]`, `only a standing has a "until"`},
		{`"measure": "standing", "sources": [{` + visit + `, "until": "cash"}]`, `"cash" is not a date field of form "visit"`},
		{`"measure": "standing", "sources": [{` + visit + `, "until": "occurred_on"}]`, `"until" and "date" are the same field`},
		{`"measure": "standing", "sources": [{` + visit + `, "since": "back_on"}]`, `only a count or a sum has a "since"`},
		{`"measure": "standing", "sources": [{` + visit + `, "value": {"field": "cash"}}]`, `only a sum or a median has a "value"`},
		{`"measure": "standing", "sources": [{` + visit + `}, {` + visit + `, "key": "household"}]`, `the sources count different things: here households`},
		{`"measure": "standing", "display": "decimal", "scale": 1, "sources": [{` + visit + `}]`, `a standing is a whole number`},
		{`"measure": "median", "sources": [{` + visit + `}]`, `a median needs a "value"`},
		{`"measure": "median", "sources": [{` + visit + `, "value": {"field": "cash"}}]`, `money is shown as yuan or wan_yuan`},
		{`"measure": "median", "sources": [{` + visit + `, "value": {"days": ["back_on"]}}]`, `"days" has two date fields, from and to`},
		{`"measure": "median", "sources": [{` + visit + `, "value": {"days": ["cash", "back_on"]}}]`, `"cash" is not a date field of form "visit"`},
		{`"measure": "sum", "display": "decimal", "scale": 1, "sources": [{` + visit + `, "value": {"field": "hours"}}]`, `a sum is shown with the decimals of what is added up: numbers`},
		{`"measure": "sum", "sources": [{` + visit + `, "value": {"unnamed": "hours"}}]`, `"hours" is not a field of type people of form "visit"`},
		{`"measure": "count", "display": "decimal", "sources": [{` + visit + `}]`, `what is shown as decimal needs a "scale" from 0 to 4`},
		{`"measure": "count", "scale": 1, "sources": [{` + visit + `}]`, `only what is shown as decimal has a "scale"`},
		{`"measure": "ratio", "display": "decimal", "scale": 5, "numerator": "households", "denominator": "visits"`, `"scale" is from 0 to 4`},
		{`"measure": "ratio", "display": "percent", "numerator": "money", "denominator": "visits"`, `money by a number is shown as yuan or wan_yuan`},
		{`"measure": "ratio", "display": "yuan", "numerator": "households", "denominator": "visits"`, `only money by a number is shown as yuan`},
		{`"measure": "count", "beside": "nothing", "sources": [{` + visit + `}]`, `no indicator "nothing"`},
		{`"measure": "count", "beside": "extra", "sources": [{` + visit + `}]`, `"extra" cannot stand beside itself`},
		{`"measure": "count", "level": "village", "sources": [{` + visit + `}]`, `only a coverage has a "level"`},
		{`"measure": "count", "sources": [{` + visit + `, "levels": ["county"]}]`, `form "visit" is not recorded at level county`},
		{`"measure": "count", "sources": [{` + visit + `, "levels": ["moon"]}]`, `level "moon" is none of`},
		{`"measure": "count", "sources": [{` + visit + `, "levels": []}]`, `"levels" is empty: nothing would count`},
		{`"measure": "count", "sources": [{` + visit + `}], "groups": ["signs+back_on"]`, `group "back_on" is not a one-of or many-of field of form "visit"`},
		{`"measure": "count", "sources": [{` + visit + `}], "groups": ["signs+signs"]`, `group "signs+signs" is not of one field or of two`},
		{`"measure": "count", "sources": [{` + visit + `}], "groups": ["signs"], "sensitive": ["signs=debt+signs=debt"]`, `sensitive: no group`},
		{`"measure": "coverage", "level": "village", "numerator": "visits"`, `"visits" counts no distinct units: it is a count`},
		{`"measure": "coverage", "level": "village", "numerator": "households"`, `"households" counts no units: its key in form "visit" is "household"`},
		{`"measure": "coverage", "numerator": "nothing"`, `"level" is missing`},
		{`"measure": "coverage", "level": "village", "numerator": "nothing"`, `no indicator "nothing"`},
		{`"measure": "coverage", "level": "village", "numerator": "visits", "display": "integer"`, `a coverage is shown as percent`},
		{`"measure": "coverage", "level": "village", "numerator": "visits", "denominator": "visits"`, `a coverage has no "denominator"`},
		{`"measure": "distinct", "sources": [{"form": "visit", "key": "own_unit"}, {"form": "talk", "key": "household"}]`, `the sources count different things: here households`},
	} {
		err := one(t, c.indicator)
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s was taken", c.indicator)
			continue
		}
		if got := problems.Error(); !strings.Contains(got, "indicators/talk.json:1: "+c.want) {
			t.Errorf("%s:\n got %s\nwant %s", c.indicator, got, c.want)
		}
	}
}

// T12: a coverage counts units of its own level alone, or it could be more than all.
func TestCoverageIsOfUnitsOfItsLevel(t *testing.T) {
	for levels, want := range map[string]string{
		``: `"units" counts units of other levels than village in form "visit"`, `, "levels": ["village"]`: ``,
		`, "levels": ["city"]`: `"units" counts units of other levels than village in form "visit"`,
	} {
		files := good(t)
		source := string(files["indicators/visit.json"].Data)
		source = strings.Replace(source, "[\n", `[
  {"id": "units", "order": 8, "measure": "distinct", "name": {"zh": "村", "en": "V"}, "unit": {"zh": "个", "en": "n"}, "definition": {"zh": "村。", "en": "V."},
    "sources": [{"form": "visit", "key": "own_unit"`+levels+`}]},
  {"id": "covered", "order": 9, "measure": "coverage", "level": "village", "numerator": "units", "name": {"zh": "率", "en": "C"}, "unit": {"zh": "%", "en": "%"}, "definition": {"zh": "率。", "en": "C."}},
`, 1)
		files["indicators/visit.json"] = &fstest.MapFile{Data: []byte(source)}
		c, err := Parse(files)
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, "indicators/visit.json:4: "+want) {
				t.Errorf("%s: %s, want %q", levels, got, want)
			}
		} else if want != "" || c.Indicator("covered").Display != DisplayPercent {
			t.Errorf("%s was taken", levels)
		}
	}
}
