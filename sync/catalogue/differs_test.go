package catalogue

import (
	"strings"
	"testing"
)

// more is a second file of figures beside the good ones: each measure that says something of days or values.
const more = `[
  {"id": "debts", "order": 11, "measure": "count", "name": {"zh": "债务", "en": "Debts"}, "unit": {"zh": "件", "en": "cases"}, "definition": {"zh": "债务。", "en": "Debts."},
    "sources": [{"form": "visit", "where": "'debt' in signs"}], "sensitive": true},
  {"id": "closed", "order": 12, "measure": "count", "name": {"zh": "办结", "en": "Closed"}, "unit": {"zh": "件", "en": "cases"}, "definition": {"zh": "办结。", "en": "Closed."},
    "sources": [{"form": "visit", "since": "back_on"}]},
  {"id": "pairs", "order": 13, "measure": "standing", "name": {"zh": "在册", "en": "Standing"}, "unit": {"zh": "户", "en": "households"}, "definition": {"zh": "在册。", "en": "Standing."},
    "sources": [{"form": "visit", "key": "household", "until": "back_on"}]},
  {"id": "talks", "order": 14, "measure": "count", "name": {"zh": "调解", "en": "Talks"}, "unit": {"zh": "起", "en": "talks"}, "definition": {"zh": "调解。", "en": "Talks."},
    "sources": [{"form": "talk"}], "groups": ["kind"]},
  {"id": "covered", "order": 15, "measure": "distinct", "name": {"zh": "村数", "en": "Villages"}, "unit": {"zh": "个", "en": "villages"}, "definition": {"zh": "村数。", "en": "Villages."},
    "sources": [{"form": "visit", "levels": ["village"], "key": "own_unit"}]},
  {"id": "coverage", "order": 16, "measure": "coverage", "level": "village", "display": "percent", "name": {"zh": "覆盖率", "en": "Coverage"}, "unit": {"zh": "%", "en": "%"}, "definition": {"zh": "覆盖率。", "en": "Coverage."},
    "numerator": "covered"},
  {"id": "middle", "order": 17, "measure": "median", "name": {"zh": "天数", "en": "Days"}, "unit": {"zh": "天", "en": "days"}, "definition": {"zh": "天数。", "en": "Days."},
    "sources": [{"form": "visit", "value": {"days": ["occurred_on", "back_on"]}}]}
]`

// differing parses the good files with the figures of more, and with what pairs say otherwise in one of them.
func differing(t *testing.T, file string, pairs ...string) *Catalogue {
	t.Helper()
	files := good(t)
	set := func(name, to string) {
		f := *files["forms/visit.json"]
		f.Data = []byte(to)
		files[name] = &f
	}
	set("indicators/talk.json", more)
	// A computed field, and one of the others' shapes that the good form lacks.
	set("forms/visit.json", strings.Replace(string(files["forms/visit.json"].Data), `    {"key": "hours",`,
		`    {"key": "area", "type": "decimal", "scale": 1, "label": {"zh": "面积", "en": "Area"}},
    {"key": "twice", "type": "computed", "result": "decimal", "scale": 1, "label": {"zh": "两倍", "en": "Twice"}, "value": "area * 2.0"},
    {"key": "hours",`, 1))
	if file != "" {
		said := string(files[file].Data)
		for i := 0; i < len(pairs); i += 2 {
			if strings.Count(said, pairs[i]) == 0 {
				t.Fatalf("%s does not say %s", file, pairs[i])
			}
			said = strings.Replace(said, pairs[i], pairs[i+1], 1)
		}
		set(file, said)
	}
	c, err := Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// T15: whatever is changed of a definition, exactly those entries are counted anew that say or count something else by it.
func TestWhatIsCountedAnew(t *testing.T) {
	const visit, talk, tallies, others = "forms/visit.json", "forms/talk.json", "indicators/visit.json", "indicators/talk.json"
	of := func(list ...string) []string { return list }
	// Everything that is counted from a visit, and the quotients of it.
	const visits = "households visits money share debts closed pairs covered coverage middle"
	for _, c := range []struct {
		name       string
		file       string
		pairs      []string
		forms      string
		indicators string
	}{
		// What is shown, asked and offered says nothing else of what was recorded.
		{"nothing", "", nil, "", ""},
		{"names, words on buttons, the icon", visit, of(`"name": {"zh": "走访"`, `"name": {"zh": "家访"`, `"action": {"zh": "记走访"`, `"action": {"zh": "记家访"`, `"icon": "visit"`, `"icon": "home"`), "", ""},
		{"the form's place and its section's order", visit, of(`"order": 1`, `"order": 40`), "", ""},
		{"a form that is hidden", visit, of(`"order": 1`, `"hidden": true, "order": 1`), "", ""},
		{"who records it", visit, of(`["village", "city"]`, `["village", "township", "county", "city"]`), "", ""},
		{"its line in a list", visit, of(`["household", "signs"]`, `["signs"]`), "", ""},
		{"its version", visit, of(`"version": 1`, `"version": 2`), "", ""},
		{"a hint", visit, of(`"type": "money",`, `"type": "money", "hint": {"zh": "元", "en": "Yuan"},`), "", ""},
		{"the order of choices", visit, of("        {\"key\": \"quarrel\", \"label\": {\"zh\": \"吵架\", \"en\": \"Quarrel\"}},\n", "", `"en": "Debt"}}`, `"en": "Debt"}}, {"key": "quarrel", "label": {"zh": "吵架", "en": "Quarrel"}}`), "", ""},
		{"a further choice", visit, of(`"en": "Debt"}}`, `"en": "Debt"}}, {"key": "noise", "label": {"zh": "噪声", "en": "Noise"}}`), "", ""},
		{"a choice that is hidden, and one that is worded otherwise", visit, of(`"en": "Quarrel"}}`, `"en": "Row"}, "hidden": true}`), "", ""},
		{"a field's label, place, screen and fold", visit, of(`"label": {"zh": "钱", "en": "Money"}`, `"label": {"zh": "现金", "en": "Cash"}, "screen": 2, "folded": true`), "", ""},
		{"what a field begins with, and within which bounds", visit, of(`"default": 1`, `"default": 3`, `"max": 1000`, `"max": 9000`, `"today+7"`, `"today+14"`), "", ""},
		{"what is required, hidden, personal, and when it is asked", visit, of(`"type": "money",`, `"type": "money", "personal": true,`, `"default": 1`, `"required": true, "default": 1, "hidden": true`, `"visible": "'debt' in signs"`, `"visible": "'quarrel' in signs"`), "", ""},
		{"one of which one must be filled", visit, of(`  "require_any": [["heads", "household"]],`, ""), "", ""},
		{"a check", visit, of(`  "offers"`, `  "checks": [{"rule": "cash < 900", "field": "cash", "message": {"zh": "太多", "en": "Too much"}}], "offers"`), "", ""},
		{"what is offered", visit, of(`"size(signs) > 0"`, `"'quarrel' in signs"`, `"carry": {"household": "household"},`, ""), "", ""},
		{"the advice alone", visit, of(`{"zh": "打电话", "en": "Call"}`, `{"zh": "打 110", "en": "Call 110"}`), "", ""},
		{"a further field", visit, of(`    {"key": "hours",`, `    {"key": "minutes", "type": "integer", "label": {"zh": "分钟", "en": "Minutes"}}, {"key": "hours",`), "", ""},
		{"a figure's name, unit, words, place and display", tallies, of(`"name": {"zh": "钱"`, `"name": {"zh": "金额"`, `{"zh": "万元", "en": "10,000 yuan"}`, `{"zh": "元", "en": "yuan"}`, `{"zh": "钱。"`, `{"zh": "给了多少钱。"`, `"order": 3`, `"order": 30`, `"wan_yuan"`, `"yuan"`), "", ""},
		{"what of a figure is withheld, hidden, beside", tallies, of(`["signs=debt"]`, `true, "hidden": true`, `"order": 1,`, `"order": 1, "beside": "visits",`), "", ""},
		{"what is counted from first", tallies, of(`[{"form": "visit", "key": "household", "date": "back_on", "fulfilled": true}, {"form": "talk", "key": "household"}]`,
			`[{"form": "talk", "key": "household"}, {"form": "visit", "key": "household", "date": "back_on", "fulfilled": true}]`), "", ""},
		{"by what a rate is had", tallies, of(`"numerator": "households", "denominator": "visits"`, `"numerator": "visits", "denominator": "households"`), "", ""},

		// What entries say.
		{"what is sensitive", visit, of(`"sensitive": "'debt' in signs"`, `"sensitive": "size(signs) > 0"`), "visit", ""},
		{"nothing is sensitive", visit, of(`  "sensitive": "'debt' in signs",`, ""), "visit", ""},
		{"what is urgent", visit, of(`{"when": "'debt' in signs"`, `{"when": "size(signs) > 0"`), "visit", ""},
		{"another form is sensitive", talk, of(`"summary"`, `"sensitive": "kind == 'family'", "summary"`), "talk", ""},
		{"what is due after it", visit, of(`"due": {"on": "back_on", "form": "visit", "same": "household"}`, `"due": {"on": "back_on", "form": "talk", "same": "household"}`), "visit", "households share"},
		{"which of those that are due will do", visit, of(`"same": "household"}`, `"same": "household", "where": "cash > 0"}`), "visit", "households share"},

		// What a value is.
		{"the decimals of a field", visit, of(`"decimal", "scale": 1, "label": {"zh": "面积"`, `"decimal", "scale": 2, "label": {"zh": "面积"`), "visit", visits},
		{"how a value is computed", visit, of(`"area * 2.0"`, `"area * 3.0"`), "visit", visits},
		{"what comes out of it", visit, of(`"result": "decimal", "scale": 1`, `"result": "integer"`), "visit", visits},
		{"the type of a field", visit, of(`{"key": "hours", "type": "integer"`, `{"key": "hours", "type": "decimal", "scale": 1`, `"default": 1`, `"default": 10`), "visit", visits},

		// How it is counted.
		{"a filter", others, of(`"where": "'debt' in signs"`, `"where": "'quarrel' in signs"`), "visit", "debts"},
		{"a filter that is new", others, of(`{"form": "talk"}`, `{"form": "talk", "where": "kind == 'family'"}`), "talk", "talks"},
		{"a filter that is gone", others, of(`, "where": "'debt' in signs"`, ""), "visit", "debts"},
		{"a kind of parts more", tallies, of(`["signs"]`, `["signs"]`, `"value": {"field": "cash"}}]`, `"value": {"field": "cash"}}], "groups": ["signs"]`), "visit", "money"},
		{"a kind of parts less, of what a rate divides by", tallies, of("\n    \"groups\": [\"signs\"],\n    \"sensitive\": [\"signs=debt\"]", "\n    \"hidden\": false"), "visit", "visits share"},
		{"another value", others, of(`{"days": ["occurred_on", "back_on"]}`, `{"field": "hours"}`), "visit", "middle"},
		{"the day by which it counts", tallies, of(`"value": {"field": "cash"}`, `"value": {"field": "cash"}, "date": "back_on"`), "visit", "money"},
		{"until when it holds", others, of(`, "until": "back_on"`, ""), "visit", "pairs"},
		{"since when it counts", others, of(`, "since": "back_on"`, ""), "visit", "closed"},
		{"what is told apart", others, of(`"key": "household", "until"`, `"key": "own_unit", "until"`), "visit", "pairs"},
		{"whose entries count, also in a coverage", others, of(`"levels": ["village"], "key"`, `"levels": ["village"], "where": "cash > 0", "key"`), "visit", "covered coverage"},
		{"what was due, whether it was done or not", tallies, of(`"fulfilled": true`, `"fulfilled": false`), "visit", "households share"},
		{"one source of two is gone", tallies, of(`, {"form": "talk", "key": "household"}`, ""), "talk", "households share"},
		{"one source of two is another", tallies, of(`{"form": "talk", "key": "household"}`, `{"form": "talk", "key": "household", "where": "kind == 'family'"}`), "talk", "households share"},
		{"another measure", others, of(`"id": "talks", "order": 14, "measure": "count"`, `"id": "talks", "order": 14, "measure": "distinct"`, `[{"form": "talk"}], "groups": ["kind"]`, `[{"form": "talk", "key": "household"}]`), "talk", "talks"},
		{"a figure more", others, of(`"id": "talks"`, `"id": "talks_too", "order": 18, "measure": "count", "name": {"zh": "又", "en": "Too"}, "unit": {"zh": "起", "en": "talks"}, "definition": {"zh": "又。", "en": "Too."}, "sources": [{"form": "talk"}]}, {"id": "talks"`), "talk", "talks_too"},
		{"a figure less", others, of(`, "groups": ["kind"]},`, `},`, `{"form": "talk"}`, `{"form": "visit", "where": "cash > 0"}`), "talk visit", "talks"},
		{"a figure under another name", others, of(`"id": "debts"`, `"id": "debts_of_now"`), "visit", "debts_of_now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			forms, indicators := Differs(differing(t, ""), differing(t, c.file, c.pairs...))
			if strings.Join(forms, " ") != c.forms || strings.Join(indicators, " ") != c.indicators {
				t.Errorf("of %v: %v\nwant of %s: %s", forms, indicators, c.forms, c.indicators)
			}
		})
	}
}

// What is counted anew is asked of the whole, so that the order in which a definition was written changes nothing.
func TestWhatIsCountedAnewOfSeveral(t *testing.T) {
	base := differing(t, "indicators/talk.json", `"sources": [{"form": "visit", "where": "'debt' in signs"}]`, `"sources": [{"form": "visit", "where": "'debt' in signs", "levels": ["village", "city"]}], "groups": ["signs"]`)
	turned := differing(t, "indicators/talk.json", `"sources": [{"form": "visit", "where": "'debt' in signs"}]`, `"sources": [{"form": "visit", "where": "'debt' in signs", "levels": ["city", "village"]}], "groups": ["signs"]`)
	if forms, indicators := Differs(base, turned); len(forms)+len(indicators) > 0 {
		t.Errorf("levels in another order: %v %v", forms, indicators)
	}
	// A form that was not there has no entries, whatever is counted from it; what was counted from one that goes is taken out.
	plain := differing(t, "")
	if c := laid(t, owned(t, `{"forms": [`+survey+`], "indicators": [`+surveys+`]}`), plain, InForce{plain, &Own{}}); c.Indicator("surveys") == nil {
		t.Error("the city's own figure is not there")
	} else if forms, indicators := Differs(plain, c); len(forms)+len(indicators) > 0 {
		t.Errorf("a form that is new: %v %v", forms, indicators)
	} else if forms, indicators := Differs(c, plain); strings.Join(forms, " ") != "survey" || len(indicators) > 0 {
		t.Errorf("a form that is gone: %v %v", forms, indicators)
	}
	// Together they are the two apart.
	both := differing(t, "forms/visit.json", `"area * 2.0"`, `"area * 4.0"`, `"sensitive": "'debt' in signs"`, `"sensitive": "size(signs) > 0"`)
	if forms, indicators := Differs(plain, both); strings.Join(forms, " ") != "visit" || len(indicators) != 10 {
		t.Errorf("several at once: %v %v", forms, indicators)
	}
}
