package catalogue

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"niangjia/sync/record"
)

// good gives the small correct catalogue of testdata/good as files in memory, to be spoilt by a test.
func good(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := filepath.Glob("testdata/good/*/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no test data", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rel, _ := filepath.Rel("testdata/good", name)
		files[filepath.ToSlash(rel)] = &fstest.MapFile{Data: b}
	}
	return files
}

func TestParse(t *testing.T) {
	c, err := Parse(good(t))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, i := range c.Indicators {
		ids = append(ids, i.ID)
	}
	if got := strings.Join(ids, " "); got != "households visits money share" {
		t.Errorf("indicators in order: %s", got)
	}
	visit := c.Form("visit")
	if visit.Field("signs").Choice("debt").Label.ZH != "债务" || visit.Field("nothing") != nil || visit.Field("signs").Choice("x") != nil {
		t.Error("fields and choices by key")
	}
	if visit.Field("hours").Default != int64(1) || visit.Field("household").Screen != 1 || visit.Field("signs").Screen != 2 {
		t.Error("defaults")
	}
	if c.Indicator("visits").Sources[0].Date != KeyOccurredOn || c.Indicator("visits").Display != DisplayInteger {
		t.Error("defaults of an indicator")
	}
	if !c.Indicator("visits").IsSensitive("signs=debt") || c.Indicator("visits").IsSensitive("") {
		t.Error("sensitive groups")
	}
	if c.Form("nothing") != nil || c.Indicator("nothing") != nil || c.Register("household") == nil {
		t.Error("lookups")
	}
	if len(c.Hash) != 64 {
		t.Errorf("hash %q", c.Hash)
	}
}

func TestJSONComesBackTheSame(t *testing.T) {
	c, err := Parse(good(t))
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseJSON(c.JSON())
	if err != nil {
		t.Fatal(err)
	}
	if string(again.JSON()) != string(c.JSON()) || again.Hash != c.Hash {
		t.Error("the catalogue of the ledger is another")
	}
	if _, err := ParseJSON([]byte(strings.Replace(string(c.JSON()), `"type":"money"`, `"type":"gold"`, 1))); err == nil {
		t.Error("a wrong catalogue was taken")
	}
}

func TestHashFollowsContentAndNames(t *testing.T) {
	files := good(t)
	a, _ := Parse(files)
	files["forms/talk.json"].Data = append(files["forms/talk.json"].Data, '\n')
	b, _ := Parse(files)
	if a.Hash == b.Hash {
		t.Error("another file, the same hash")
	}
}

func TestMissing(t *testing.T) {
	c, _ := Parse(good(t))
	visit := c.Form("visit")
	got := visit.Missing(content(t, map[string]any{"occurred_on": "2026-11-22"}))
	if strings.Join(got, " ") != "household" { // heads, which would do too, are asked after a sign alone
		t.Errorf("missing %v", got)
	}
	files := good(t)
	files["forms/visit.json"].Data = []byte(strings.Replace(string(files["forms/visit.json"].Data), `[["heads", "household"]]`, `[["heads", "hours"]]`, 1))
	either, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		why     string
		change  func(heads, hours *Field)
		content map[string]any
		want    string
	}{
		{"the first that is asked", func(_, _ *Field) {}, map[string]any{"signs": []string{"debt"}}, "heads"},
		{"heads are not asked", func(_, _ *Field) {}, nil, "hours"},
		{"one that is hidden is not asked", func(heads, _ *Field) { heads.Hidden = true }, map[string]any{"signs": []string{"debt"}}, "hours"},
		{"none is asked", func(_, hours *Field) { hours.Hidden = true }, nil, ""},
		{"one that is hidden since is filled", func(_, hours *Field) { hours.Hidden = true }, map[string]any{"signs": []string{"debt"}, "hours": 2}, ""},
	} {
		form := either.Form("visit")
		heads, hours := *form.Field("heads"), *form.Field("hours")
		c.change(form.Field("heads"), form.Field("hours"))
		of := content(t, map[string]any{"occurred_on": "2026-11-22", "household": "h"})
		for k, v := range content(t, c.content) {
			of[k] = v
		}
		if got := strings.Join(form.Missing(of), " "); got != c.want {
			t.Errorf("%s: missing %q, want %q", c.why, got, c.want)
		}
		*form.Field("heads"), *form.Field("hours") = heads, hours
	}
	if got := visit.Missing(content(t, map[string]any{"occurred_on": "2026-11-22", "household": "h"})); len(got) != 0 {
		t.Errorf("missing %v", got)
	}
	if visit.IsSensitive(content(t, map[string]any{"signs": []string{"quarrel"}})) || !visit.IsUrgent(content(t, map[string]any{"signs": []string{"debt"}})) || c.Form("talk").IsUrgent(record.Content{}) {
		t.Error("sensitive and urgent")
	}
	if visit.RecordedAt("county") || !visit.RecordedAt("city") {
		t.Error("levels")
	}
}

// content is a content of an entry, from JSON values.
func content(t *testing.T, of map[string]any) record.Content {
	t.Helper()
	out := record.Content{}
	for key, value := range of {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if out[key], err = record.Canonical(raw); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Each case spoils one place of the good catalogue and expects exactly these problems.
func TestWrongDefinitions(t *testing.T) {
	const visit, talk, tallies = "forms/visit.json", "forms/talk.json", "indicators/visit.json"
	for _, c := range []struct{ name, file, old, new, want string }{
		{"not JSON", visit, `"version": 1,`, `"version": 1`, `forms/visit.json:4: not JSON`},
		{"cut off", talk, "  ]\n}\n", "  ]\n", `forms/talk.json:16: not JSON: the file ends too early`},
		{"two values", talk, "  ]\n}\n", "  ]\n}\n{}", `forms/talk.json:18: more text after the end of the definition`},
		{"unknown key", visit, `"icon": "visit",`, `"icon": "visit", "colour": "red",`, `forms/visit.json:6: unknown key "colour"`},
		{"unknown key deep", visit, `"label": {"zh": "债务", "en": "Debt"}`, `"label": {"zh": "债务", "en": "Debt"}, "note": 1`, `forms/visit.json:18: unknown key "note"`},
		{"duplicate key", visit, `"order": 1,`, `"order": 1, "icon": "x",`, `forms/visit.json:7: key "icon" stands twice`},
		{"text for a number", visit, `"order": 1,`, `"order": "1",`, `forms/visit.json:7: "order" must be a whole number, not a text`},
		{"fraction", visit, `"max": 1000`, `"max": 10.5`, `forms/visit.json:22: "max" must be a whole number, not a number`},
		{"number for a text", visit, `"icon": "visit"`, `"icon": 7`, `forms/visit.json:6: "icon" must be a text, not a number`},
		{"text for yes or no", visit, `"required": true},`, `"required": "yes"},`, `forms/visit.json:13: "required" must be true or false, not a text`},
		{"object for a list", visit, `["village", "city"]`, `{}`, `forms/visit.json:8: "levels" must be a list, not an object`},
		{"null", visit, `["household", "signs"]`, `null`, `forms/visit.json:9: "summary" must be a list, not null`},
		{"no name", visit, `  "name": {"zh": "走访", "en": "Visit"},` + "\n", "", `forms/visit.json:1: "name" is missing`},
		{"no English", visit, `{"zh": "走访", "en": "Visit"}`, `{"zh": "走访"}`, `forms/visit.json:4: "name" has no "en" text`},
		{"empty Chinese", visit, `{"zh": "债务", "en": "Debt"}`, `{"zh": " ", "en": "Debt"}`, `forms/visit.json:18: "label" has no "zh" text`},
		{"version 0", visit, `"version": 1`, `"version": 0`, `forms/visit.json:3: "version" must be a whole number from 1`},
		{"bad id", visit, `"key": "debt"`, `"key": "Debt 1"`, `forms/visit.json:18: "key" must be a snake_case name, not "Debt 1"`},
		{"id not the file's", talk, `"id": "talk"`, `"id": "chat"`, `forms/talk.json:2: id "chat" is not the file's name`},
		{"unknown level", visit, `"city"]`, `"moon"]`, `forms/visit.json:8: level "moon" is none of village, township, county, city`},
		{"unknown type", visit, `"type": "money"`, `"type": "gold"`, `forms/visit.json:22: type "gold" is none of`},
		{"duplicate field", visit, `"key": "back_on"`, `"key": "signs"`, `forms/visit.json:20: field "signs" stands twice`},
		{"duplicate choice", visit, `"key": "debt"`, `"key": "quarrel"`, `forms/visit.json:18: field "signs": choice "quarrel" stands twice`},
		{"no choices", talk, `[{"key": "family", "label": {"zh": "家庭", "en": "Family"}}]`, `[]`, `forms/talk.json:15: field "kind": no choices`},
		{"choices of a text", visit, `"min": 0`, `"choices": [{"key": "a", "label": {"zh": "甲", "en": "A"}}]`, `forms/visit.json:22: field "cash": a field of type money has no choices`},
		{"fixed key", visit, `{"key": "household", "type": "household"`, `{"key": "household", "type": "text"`, `forms/visit.json:13: field "household" is of type household in every form, not text`},
		{"no date", talk, `"required": true, "default": "today"`, `"default": "today"`, `forms/talk.json:11: a form needs the required date "occurred_on"`},
		{"summary", visit, `["household", "signs"]`, `["household", "sings"]`, `forms/visit.json:9: summary: no field "sings"`},
		{"require_any", visit, `[["heads", "household"]]`, `[["nobody", "household"]]`, `forms/visit.json:25: require_any[0]: no field "nobody"`},
		{"more without save", visit, `  "save": {"zh": "保存", "en": "Save"},` + "\n", "", `forms/visit.json:10: "more" needs "save"`},
		{"second screen", talk, `"type": "one",`, `"type": "one", "screen": 2,`, `forms/talk.json:14: field "kind" is on the second screen and the form has no "more"`},
		{"screen 3", visit, `"screen": 2`, `"screen": 3`, `forms/visit.json:15: field "signs": "screen" is 1 or 2`},
		{"preset", visit, `"screen": 2`, `"preset": "guess"`, `forms/visit.json:15: preset "guess" is none of last_today, last`},
		{"hidden required", talk, `"type": "one",`, `"type": "one", "hidden": true, "required": true,`, `forms/talk.json:14: field "kind" is hidden, required and has no default: nobody can fill it`},
		{"default of a date", visit, `"today+7"`, `"tomorrow"`, `forms/visit.json:20: field "back_on": this default does not fit type date`},
		{"default of a number", visit, `"default": 1}`, `"default": "1"}`, `forms/visit.json:23: field "hours": this default does not fit type integer`},
		{"min above max", visit, `"max": 1000`, `"max": -1`, `forms/visit.json:22: field "cash": "min" is above "max"`},
		{"max of a date", visit, `"default": "today+7"`, `"max": 7`, `forms/visit.json:20: field "back_on": "max" of a date is "today", "today-N", "today+N" or a date`},
		{"condition on nothing", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "'debt' in sins"`, `forms/visit.json:26: form "visit" has no field "sins"`},
		{"condition on no choice", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "signs.exists(s, s == 'dept')"`, `forms/visit.json:26: field "signs" has no choice "dept"`},
		{"condition of another type", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "signs == 'debt'"`, `forms/visit.json:26: "signs == 'debt'": found no matching overload for '_==_' applied to '(list(string), string)'`},
		{"condition that gives a text", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "back_on"`, `forms/visit.json:26: "back_on": it gives string and must give bool`},
		{"condition that is no CEL", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "'debt' in"`, `forms/visit.json:26: "'debt' in": Syntax error`},
		{"empty condition", visit, `"sensitive": "'debt' in signs"`, `"sensitive": ""`, `forms/visit.json:26: "": Syntax error`},
		{"condition of the old kind", visit, `"sensitive": "'debt' in signs"`, `"sensitive": {"any": [{"field": "signs", "in": ["debt"]}]}`, `forms/visit.json:26: "sensitive" must be an expression in CEL, as a text, not an object`},
		{"condition that runs for ever", visit, `"sensitive": "'debt' in signs"`, `"sensitive": "signs.exists(a, signs.exists(b, signs.exists(c, signs.exists(d, a + b + c + d == ''))))"`, `forms/visit.json:26: "signs.exists(a, signs.exists(b, signs.exists(c, signs.exists(d, a + b + c + d == ''))))": it would run too long`},
		{"visible by itself", visit, `"visible": "'debt' in signs"`, `"visible": "has(entry.heads)"`, `forms/visit.json:21: field "heads" cannot be visible by its own value`},
		{"urgent without advice", visit, `, "advice": {"zh": "打电话", "en": "Call"}`, ``, `forms/visit.json:27: "advice" is missing`},
		{"offer of nothing", visit, `"form": "talk"`, `"form": "chat"`, `forms/visit.json:29: no form "chat"`},
		{"carry from nothing", visit, `"carry": {"household": "household"}`, `"carry": {"house": "household"}`, `forms/visit.json:31: form "visit" has no field "house"`},
		{"carry into another type", visit, `"carry": {"household": "household"}`, `"carry": {"back_on": "household"}`, `forms/visit.json:31: a value of "back_on" (date) does not fit "household" (household)`},
		{"map from no choice", visit, `{"quarrel": "family"}`, `{"row": "family"}`, `forms/visit.json:32: field "signs" has no choice "row"`},
		{"map into no choice", visit, `{"quarrel": "family"}`, `{"quarrel": "money"}`, `forms/visit.json:32: field "kind" of form "talk" has no choice "money"`},
		{"due on a choice", visit, `"due": {"on": "back_on"`, `"due": {"on": "signs"`, `forms/visit.json:34: due.on: "signs" is not a date field`},
		{"due about nothing", visit, `"same": "household"`, `"same": "heads"`, `forms/visit.json:34: due.same: "heads" is not a household field of form "visit"`},
		{"due of no such entry", visit, `"same": "household"}`, `"same": "household", "where": "'x' in signs"}`, `forms/visit.json:34: field "signs" has no choice "x"`},
		{"due of no form", visit, `"form": "visit", "same"`, `"form": "visits", "same"`, `forms/visit.json:34: no form "visits"`},
		{"levels of a register", "registers/household.json", `"order": 1,`, `"order": 1, "levels": ["village"],`, `registers/household.json:7: a register has no "levels"`},
		{"unknown register", "registers/household.json", `"id": "household"`, `"id": "cow"`, `registers/household.json:2: id "cow" is not the file's name; registers/household.json:2: register "cow" is none of household, person`},

		{"not a list", tallies, "[\n  {", "{\"a\": [\n  {", `indicators/visit.json:24: not JSON: the file ends too early`},
		{"duplicate indicator", tallies, `"id": "money"`, `"id": "visits"`, `indicators/visit.json:10: indicator "visits" stands twice`},
		{"unknown measure", tallies, `"measure": "count"`, `"measure": "guess"`, `indicators/visit.json:3: measure "guess" is none of count, sum, distinct, ratio`},
		{"no definition", tallies, `, "definition": {"zh": "次数。", "en": "Visits."}`, ``, `indicators/visit.json:2: "definition" is missing`},
		{"unknown form", tallies, `[{"form": "visit"}]`, `[{"form": "visits"}]`, `indicators/visit.json:5: no form "visits"; indicators/visit.json:7: sensitive: no group "signs=debt"`},
		{"no sources", tallies, `[{"form": "visit"}]`, `[]`, `indicators/visit.json:5: "sources" is missing; indicators/visit.json:7: sensitive: no group "signs=debt"`},
		{"value of a count", tallies, `[{"form": "visit"}]`, `[{"form": "visit", "value": {"field": "cash"}}]`, `indicators/visit.json:5: only a sum or a median has a "value"`},
		{"sum without a value", tallies, `, "value": {"field": "cash"}`, ``, `indicators/visit.json:12: a sum needs a "value"`},
		{"sum of a date", tallies, `{"field": "cash"}`, `{"field": "back_on"}`, `indicators/visit.json:12: "back_on" is not a field of type integer or money or decimal of form "visit"`},
		{"sum of two things", tallies, `{"field": "cash"}`, `{"field": "cash", "size": "signs"}`, `indicators/visit.json:10: only money is shown as wan_yuan; indicators/visit.json:12: a value is one of "field", "size", "heads", "unnamed", "items" and "days"`},
		{"else without heads", tallies, `{"field": "cash"}`, `{"field": "cash", "else": 1}`, `indicators/visit.json:12: "else" goes with "heads"`},
		{"hours as money", tallies, `{"field": "cash"}`, `{"field": "hours"}`, `indicators/visit.json:10: only money is shown as wan_yuan`},
		{"money as a number", tallies, `, "display": "wan_yuan"`, ``, `indicators/visit.json:9: money is shown as yuan or wan_yuan`},
		{"percent of a count", tallies, `"measure": "count",`, `"measure": "count", "display": "percent",`, `indicators/visit.json:3: only a ratio is shown as percent`},
		{"distinct dates", tallies, `"key": "household", "date"`, `"key": "back_on", "date"`, `indicators/visit.json:17: key "back_on" is no household, people, person, unit, text or one-of field of form "visit" and not "case" or "own_unit"`},
		{"households and persons", tallies, `"key": "household", "date"`, `"key": "heads", "date"`, `indicators/visit.json:17: the sources count different things: here households`},
		{"date of another type", tallies, `"date": "back_on", "fulfilled": true`, `"date": "signs"`, `indicators/visit.json:17: "signs" is not a date field of form "visit"`},
		{"fulfilled on another day", tallies, `"date": "back_on", "fulfilled": true`, `"fulfilled": true`, `indicators/visit.json:17: what is fulfilled counts on its due date: "date" must be "back_on"`},
		{"fulfilled without due", tallies, `{"form": "talk", "key": "household"}`, `{"form": "talk", "key": "household", "fulfilled": true}`, `indicators/visit.json:17: form "talk" has no "due" to fulfil`},
		{"where on nothing", tallies, `[{"form": "visit"}]`, `[{"form": "visit", "where": "x != ''"}]`, `indicators/visit.json:5: form "visit" has no field "x"`},
		{"group by a date", tallies, `"groups": ["signs"]`, `"groups": ["signs", "back_on"]`, `indicators/visit.json:6: group "back_on" is not a one-of or many-of field of form "visit"`},
		{"size by its own choices", tallies, `{"field": "cash"}}]`, `{"size": "signs"}}], "groups": ["signs"]`, `indicators/visit.json:10: only money is shown as wan_yuan; indicators/visit.json:12: a number of choices cannot be grouped by these choices; count the entries grouped by "signs"`},
		{"sensitive nothing", tallies, `"signs=debt"`, `"signs=x"`, `indicators/visit.json:7: sensitive: no group "signs=x"`},
		{"sensitive number", tallies, `["signs=debt"]`, `1`, `indicators/visit.json:7: "sensitive" must be true or a list of groups, not a number`},
		{"ratio of a ratio", tallies, `"numerator": "households"`, `"numerator": "share"`, `indicators/visit.json:22: "share" is a ratio itself: a ratio is made of counts, sums, distincts and standings`},
		{"ratio of nothing", tallies, `"denominator": "visits"`, `"denominator": "calls"`, `indicators/visit.json:22: no indicator "calls"`},
		{"half a ratio", tallies, `, "denominator": "visits"`, ``, `indicators/visit.json:19: "denominator" is missing`},
		{"ratio with sources", tallies, `"numerator": "households"`, `"sources": [], "numerator": "households"`, `indicators/visit.json:22: a ratio has no "sources"`},
		{"groups of a ratio", tallies, `"denominator": "visits"`, `"denominator": "visits", "groups": ["signs"]`, `indicators/visit.json:22: "households" is not counted by "signs"`},
		{"numerator of a count", tallies, `[{"form": "visit"}],`, `[{"form": "visit"}], "numerator": "money",`, `indicators/visit.json:5: only a ratio or a coverage has a "numerator"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := good(t)
			source := string(files[c.file].Data)
			if !strings.Contains(source, c.old) {
				t.Fatalf("%s does not contain %q", c.file, c.old)
			}
			files[c.file] = &fstest.MapFile{Data: []byte(strings.Replace(source, c.old, c.new, 1))}
			_, err := Parse(files)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("no problems: %v", err)
			}
			// What refers to the spoilt place may be wrong now too; the cause comes first or nearby, and is named.
			if got := strings.ReplaceAll(problems.Error(), "\n", "; "); !strings.HasPrefix(got, c.want) {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// A form that cannot be read is one problem, not one more for each definition that names it.
func TestBrokenFileIsOneProblem(t *testing.T) {
	files := good(t)
	files["forms/talk.json"].Data = []byte("{")
	_, err := Parse(files)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Errorf("%v", err)
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	files := good(t)
	files["forms/visit.json"].Data = []byte(strings.NewReplacer(`"order": 1`, `"order": "x"`, `"type": "money"`, `"type": "gold"`).Replace(string(files["forms/visit.json"].Data)))
	files["indicators/lost.json"] = &fstest.MapFile{Data: []byte("[]")}
	_, err := Parse(files)
	var problems Problems
	if !errors.As(err, &problems) || len(problems) < 3 {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(err.Error(), `indicators/lost.json:1: no form "lost" for this file of indicators`) {
		t.Error(err)
	}
}
