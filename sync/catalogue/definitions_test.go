package catalogue

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// with is the good catalogue with more fields in its visit, from line 24 on, and more keys of the form after them.
func with(t *testing.T, fields []string, form string) fstest.MapFS {
	t.Helper()
	files := good(t)
	const last = `"default": 1}` + "\n  ],"
	source := string(files["forms/visit.json"].Data)
	if !strings.Contains(source, last) {
		t.Fatal("the good form ends otherwise")
	}
	added := `"default": 1}`
	for _, f := range fields {
		added += ",\n    " + strings.Replace(f, `"type"`, `"label": {"zh": "字", "en": "Word"}, "type"`, 1)
	}
	files["forms/visit.json"] = &fstest.MapFile{Data: []byte(strings.Replace(source, last, added+"\n  ],"+form, 1))}
	return files
}

func TestDefinitionsOfEveryType(t *testing.T) {
	files := with(t, []string{
		`{"key": "area", "type": "decimal", "scale": 1, "min": 0, "max": 1000, "default": 5}`,
		`{"key": "since", "type": "month", "default": "today", "preset": "last"}`,
		`{"key": "helped", "type": "unit", "level": "township"}`,
		`{"key": "helper", "type": "person"}`,
		`{"key": "spot", "type": "place"}`,
		`{"key": "photos", "type": "photo"}`,
		`{"key": "signed", "type": "signature"}`,
		`{"key": "voices", "type": "voice", "max": 2}`,
		`{"key": "born_on", "type": "date", "min": "1930-01-01", "max": "today-1", "default": "today-30"}`,
		`{"key": "read_me", "type": "note", "visible": "hours > 0"}`,
		`{"key": "rate", "type": "computed", "result": "decimal", "scale": 2, "value": "area / double(hours)"}`,
		`{"key": "photographed", "type": "computed", "result": "yes_no", "personal": true, "value": "size(photos) > 0"}`,
	}, `"checks": [{"rule": "born_on == '' || born_on < occurred_on", "field": "born_on", "message": {"zh": "生日在后", "en": "Born later"}}], "section": "visiting",`)
	files["sections.json"] = &fstest.MapFile{Data: []byte(`[
		{"id": "rights", "order": 2, "name": {"zh": "维权", "en": "Rights"}},
		{"id": "visiting", "order": 1, "name": {"zh": "走访服务", "en": "Visiting"}}]`)}
	files["forms/talk.json"].Data = []byte(strings.Replace(string(files["forms/talk.json"].Data), `"order": 2,`, `"order": 2, "section": "rights",`, 1))
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Sections) != 2 || c.Sections[0].ID != "visiting" || c.Section("rights").Name.ZH != "维权" || c.Section("x") != nil {
		t.Errorf("sections %v", c.Sections)
	}
	visit := c.Form("visit")
	for key, personal := range map[string]bool{"spot": true, "photos": true, "signed": true, "voices": true, "helper": false} {
		if visit.Field(key).Personal != personal {
			t.Errorf("%s personal: %v", key, !personal)
		}
	}
	if visit.Field("photos").Most() != 3 || visit.Field("voices").Most() != 2 || visit.Field("signed").Most() != 1 {
		t.Error("how many attachments")
	}
	again, err := ParseJSON(c.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.JSON()) != string(c.JSON()) || !strings.Contains(string(c.JSON()), `"sections":[{"id":"visiting"`) {
		t.Error("the catalogue of the ledger is another")
	}

	born := content(t, map[string]any{"occurred_on": "2026-11-22", "born_on": "2026-11-23"})
	if broken := visit.Broken(born); len(broken) != 1 || broken[0].Field != "born_on" || broken[0].Message.ZH != "生日在后" {
		t.Errorf("broken %v", broken)
	}
	if broken := visit.Broken(content(t, map[string]any{"occurred_on": "2026-11-22"})); broken != nil {
		t.Errorf("broken with nothing there: %v", broken)
	}
}

func TestWrongDefinitionsOfFieldsChecksAndSections(t *testing.T) {
	for _, c := range []struct {
		name   string
		fields []string
		form   string
		want   string
	}{
		{"no scale", []string{`{"key": "area", "type": "decimal"}`}, ``, `forms/visit.json:24: field "area": "scale" is 1, 2, 3 or 4`},
		{"too fine a scale", []string{`{"key": "area", "type": "decimal", "scale": 5}`}, ``, `forms/visit.json:24: field "area": "scale" is 1, 2, 3 or 4`},
		{"scale of money", []string{`{"key": "area", "type": "money", "scale": 2}`}, ``, `forms/visit.json:24: field "area": a field of type money has no "scale"`},
		{"decimal above its most", []string{`{"key": "area", "type": "decimal", "scale": 1, "max": 10, "default": 11}`}, ``, `forms/visit.json:24: field "area": this default does not fit type decimal`},
		{"words as bounds of a number", []string{`{"key": "area", "type": "integer", "max": "today"}`}, ``, `forms/visit.json:24: "max" must be a whole number, not a text`},
		{"bounds of a text", []string{`{"key": "area", "type": "text", "max": "today"}`}, ``, `forms/visit.json:24: field "area": a field of type text has no "max"`},
		{"no such day", []string{`{"key": "day", "type": "date", "max": "tomorrow"}`}, ``, `forms/visit.json:24: field "day": "max" of a date is "today", "today-N", "today+N" or a date`},
		{"two signs", []string{`{"key": "day", "type": "date", "max": "today+-1"}`}, ``, `forms/visit.json:24: field "day": "max" of a date is`},
		{"first day after the last", []string{`{"key": "day", "type": "date", "min": "today+1", "max": "today-1"}`}, ``, `forms/visit.json:24: field "day": "min" is above "max"`},
		{"first date after the last", []string{`{"key": "day", "type": "date", "min": "2026-02-01", "max": "2026-01-01"}`}, ``, `forms/visit.json:24: field "day": "min" is above "max"`},
		{"default outside", []string{`{"key": "day", "type": "date", "min": "2026-02-01", "default": "2026-01-01"}`}, ``, `forms/visit.json:24: field "day": this default does not fit type date`},
		{"default of a month", []string{`{"key": "since", "type": "month", "default": "2026-13"}`}, ``, `forms/visit.json:24: field "since": this default does not fit type month`},
		{"default of a person", []string{`{"key": "helper", "type": "person", "default": "x"}`}, ``, `forms/visit.json:24: field "helper": this default does not fit type person`},
		{"level of a text", []string{`{"key": "helper", "type": "text", "level": "village"}`}, ``, `forms/visit.json:24: field "helper": a field of type text has no "level"`},
		{"level that is not there", []string{`{"key": "helped", "type": "unit", "level": "moon"}`}, ``, `forms/visit.json:24: level "moon" is none of village, township, county, city`},
		{"ten photos", []string{`{"key": "photos", "type": "photo", "max": 10}`}, ``, `forms/visit.json:24: field "photos": "max" is 1 to 9`},
		{"four voice notes", []string{`{"key": "voices", "type": "voice", "max": 4}`}, ``, `forms/visit.json:24: field "voices": "max" is 1 to 3`},
		{"several signatures", []string{`{"key": "signed", "type": "signature", "max": 2}`}, ``, `forms/visit.json:24: field "signed": a field of type signature has no "max"`},
		{"photos of last time", []string{`{"key": "photos", "type": "photo", "preset": "last"}`}, ``, `forms/visit.json:24: field "photos": what one entry has of type photo is no other's`},
		{"a word of the language", []string{`{"key": "function", "type": "text"}`}, ``, `forms/visit.json:24: "function" is a word of the expressions' language: choose another key`},
		{"a choice like an id", []string{`{"key": "c", "type": "one", "choices": [{"key": "abcdefabcdefabcdefabcdefabcdefab", "label": {"zh": "甲", "en": "A"}}]}`}, ``, `forms/visit.json:24: choice "abcdefabcdefabcdefabcdefabcdefab" looks like an id`},

		{"no result", []string{`{"key": "twice", "type": "computed", "value": "hours * 2"}`}, ``, `forms/visit.json:24: "result" is missing`},
		{"no such result", []string{`{"key": "twice", "type": "computed", "result": "people", "value": "hours * 2"}`}, ``, `forms/visit.json:24: result "people" is none of date, decimal, integer, money, text, yes_no`},
		{"no value", []string{`{"key": "twice", "type": "computed", "result": "integer"}`}, ``, `forms/visit.json:24: "value" is missing`},
		{"value of an integer", []string{`{"key": "twice", "type": "integer", "value": "hours * 2"}`}, ``, `forms/visit.json:24: field "twice": a field of type integer has no "value"`},
		{"computed and required", []string{`{"key": "twice", "type": "computed", "result": "integer", "required": true, "value": "hours * 2"}`}, ``, `forms/visit.json:24: field "twice": a field of type computed has no "required"`},
		{"computed from nothing", []string{`{"key": "twice", "type": "computed", "result": "integer", "value": "1 + 1"}`}, ``, `forms/visit.json:24: field "twice" is computed and names no field`},
		{"computed from the whole entry", []string{`{"key": "twice", "type": "computed", "result": "integer", "value": "size(entry)"}`}, ``, `forms/visit.json:24: field "twice": a computed value names a field of the entry, as in has(entry.x), never the whole`},
		{"computed from what is not there", []string{`{"key": "twice", "type": "computed", "result": "integer", "value": "ours * 2"}`}, ``, `forms/visit.json:24: form "visit" has no field "ours"`},
		{"computed from a note", []string{`{"key": "twice", "type": "computed", "result": "text", "value": "read_me"}`, `{"key": "read_me", "type": "note"}`}, ``, `forms/visit.json:24: field "read_me" is a note and has no value`},
		{"computed into another type", []string{`{"key": "twice", "type": "computed", "result": "money", "value": "back_on"}`}, ``, `forms/visit.json:24: "back_on": it gives string and must give int or double`},
		{"computed with two kinds of numbers", []string{`{"key": "area", "type": "decimal", "scale": 1}`, `{"key": "twice", "type": "computed", "result": "money", "value": "area * 2"}`}, ``, `forms/visit.json:25: "area * 2": found no matching overload for '_*_' applied to '(double, int)'`},
		{"computed of no choice", []string{`{"key": "twice", "type": "computed", "result": "yes_no", "value": "'dept' in signs"}`}, ``, `forms/visit.json:24: field "signs" has no choice "dept"`},
		{"computed for ever", []string{`{"key": "twice", "type": "computed", "result": "yes_no", "value": "signs.exists(a, signs.exists(b, signs.exists(c, a + b == c)))"}`}, ``, `forms/visit.json:24: "signs.exists(a, signs.exists(b, signs.exists(c, a + b == c)))": it would run too long`},
		{"computed by what phones do not have", []string{`{"key": "born", "type": "month"}`, `{"key": "twice", "type": "computed", "result": "integer", "value": "int(born)"}`}, ``, `forms/visit.json:25: "int(born)": phones do not have int() as it is used here: take an integer field`},
		{"computed from itself", []string{`{"key": "twice", "type": "computed", "result": "integer", "value": "has(entry.twice) ? 1 : hours"}`}, ``, `forms/visit.json:24: field "twice" is computed from itself: twice, twice`},
		{"computed in a circle", []string{
			`{"key": "one", "type": "computed", "result": "integer", "value": "hours + three"}`,
			`{"key": "two", "type": "computed", "result": "integer", "value": "one + 1"}`,
			`{"key": "three", "type": "computed", "result": "integer", "value": "two + 1"}`,
		}, ``, `forms/visit.json:24: field "one" is computed from itself: one, three, two, one`},
		{"what is withheld comes out computed", []string{
			`{"key": "spot", "type": "place"}`,
			`{"key": "north", "type": "computed", "result": "yes_no", "value": "spot.lat > 24.0"}`,
		}, ``, `forms/visit.json:25: field "north" is computed from "spot", which is withheld: it must be personal or sensitive too`},
		{"computed asked for", []string{`{"key": "twice", "type": "computed", "result": "integer", "value": "hours * 2"}`}, `"require_any": [["twice"]], "x": 1,`, `forms/visit.json:25: field "twice" of type computed cannot be filled in`},
		{"default of a note", []string{`{"key": "read_me", "type": "note", "default": "x"}`}, ``, `forms/visit.json:24: field "read_me": a field of type note has no "default"`},

		{"check on nothing", nil, `"checks": [{"rule": "ours > 0", "field": "hours", "message": {"zh": "甲", "en": "A"}}],`, `forms/visit.json:24: form "visit" has no field "ours"`},
		{"check at nothing", nil, `"checks": [{"rule": "hours > 0", "field": "ours", "message": {"zh": "甲", "en": "A"}}],`, `forms/visit.json:24: form "visit" has no field "ours"`},
		{"check without words", nil, `"checks": [{"rule": "hours > 0", "field": "hours"}],`, `forms/visit.json:24: "message" is missing`},
		{"check without a rule", nil, `"checks": [{"field": "hours", "message": {"zh": "甲", "en": "A"}}],`, `forms/visit.json:24: "rule" is missing`},
		{"check that gives a number", nil, `"checks": [{"rule": "hours", "field": "hours", "message": {"zh": "甲", "en": "A"}}],`, `forms/visit.json:24: "hours": it gives int and must give bool`},
		{"check nobody sees", []string{`{"key": "code", "type": "text", "hidden": true}`}, `"checks": [{"rule": "code != ''", "field": "code", "message": {"zh": "甲", "en": "A"}}],`, `forms/visit.json:25: field "code" is hidden: nobody would read what is wrong there`},

		{"section where there are none", nil, `"section": "visiting",`, `forms/visit.json:24: no section "visiting"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := with(t, c.fields, c.form)
			if strings.Contains(c.form, `"x": 1`) { // the good form's own list goes
				source := string(files["forms/visit.json"].Data)
				source = strings.Replace(source, `, "x": 1`, "", 1)
				files["forms/visit.json"].Data = []byte(strings.Replace(source, "\n"+`  "require_any": [["heads", "household"]],`, "", 1))
			}
			refused(t, files, c.want)
		})
	}
}

func TestWrongSections(t *testing.T) {
	const one = `[{"id": "visiting", "order": 1, "name": {"zh": "走访服务", "en": "Visiting"}}]`
	for _, c := range []struct{ name, file, sections, want string }{
		{"unknown", `"section": "visits",`, one, `forms/visit.json:24: no section "visits"`},
		{"none named", ``, one, `forms/visit.json:1: "section" is missing`},
		{"no list", ``, `{}`, `sections.json:1: sections are a list, not an object`},
		{"twice", `"section": "visiting",`, strings.Replace(one, "]", ",\n"+one[1:], 1), `sections.json:2: section "visiting" stands twice`},
		{"no name", `"section": "visiting",`, `[{"id": "visiting", "order": 1}]`, `sections.json:1: "name" is missing`},
		{"cut off", `"section": "visiting",`, `[{"id":`, `forms/visit.json:24: no section "visiting"; sections.json:1: not JSON: the file ends too early`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := with(t, nil, c.file)
			talk := strings.Replace(string(files["forms/talk.json"].Data), `"order": 2,`, `"order": 2, "section": "visiting",`, 1)
			if c.name == "no list" || c.name == "cut off" {
				talk = string(files["forms/talk.json"].Data)
			}
			files["forms/talk.json"] = &fstest.MapFile{Data: []byte(talk)}
			files["sections.json"] = &fstest.MapFile{Data: []byte(c.sections)}
			refused(t, files, c.want)
		})
	}
}

// refused holds that a catalogue is refused with this problem first.
func refused(t *testing.T, files fstest.MapFS, want string) {
	t.Helper()
	_, err := Parse(files)
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("no problems: %v", err)
	}
	if got := strings.ReplaceAll(problems.Error(), "\n", "; "); !strings.HasPrefix(got, want) {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
