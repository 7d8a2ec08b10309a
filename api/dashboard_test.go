package api_test

import (
	"fmt"
	"strings"
	"testing"

	rules "niangjia/sync/campaign"
	"niangjia/sync/record"
)

// T19 T20: a county's dashboard tells what its townships have done and what is asked of them; an approval is in the next
// answer, what waits stands apart, and every unit of it opens.
func TestADashboardFromTheCountyDown(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty}, record.Seat{Role: record.Reviewer, Unit: theCounty})
	runs := record.Actor{Account: id("account clerk"), Seats: []record.Seat{{Role: record.Manager, Unit: theCounty}}}
	err := c.app.Engine.PutCampaign(t.Context(), runs, rules.Campaign{ID: id("year"), Version: 1, Unit: theCounty, State: rules.Running, Title: "全年走访",
		Counts: rules.Counts{Indicator: "visits"}, Start: "2026-01-01", Deadline: "2026-12-31", Targets: rules.Each([]string{theTownship, another}, 2)})
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) *reply { return c.get(clerk, path).want(200) }
	at := func(r *reply, path ...any) any {
		var v any = r.json
		for _, k := range path {
			switch k := k.(type) {
			case string:
				v = v.(map[string]any)[k]
			case int:
				v = v.([]any)[k]
			}
		}
		return v
	}
	is := func(what string, got any, want string) {
		t.Helper()
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", what, got, want)
		}
	}
	r := read("/api/v1/dashboard?unit=" + theCounty + "&year=2026")
	is("entries of the week", at(r, "week", "entries", "value"), "1")
	is("what waits", at(r, "waiting", "count"), "2")
	is("which wait in", at(r, "waiting", "units", 0, "unit"), theTownship)
	is("decided", at(r, "quality", "whole", "decided"), "1")
	is("the deadline that comes first", at(r, "targets", 0, "campaign"), id("campaign"))
	is("households of odd days are counted elsewhere", at(r, "targets", 0, "elsewhere"), "true")
	is("and not here", at(r, "targets", 0, "whole", "approved"), "<nil>")
	year := at(r, "targets", 1).(map[string]any)
	is("its target", year["whole"].(map[string]any)["target"], "4")
	is("its gap", year["whole"].(map[string]any)["gap"], "3")
	is("its pace", year["whole"].(map[string]any)["pace"], "behind")
	is("what waits for it", year["whole"].(map[string]any)["waiting"], "2")
	is("at the townships", len(year["units"].([]any)), "2")
	c.get(clerk, "/api/v1/totals/entries?unit="+theCounty+"&indicator=visits&period="+year["period"].(string)).want(200)
	c.get(clerk, "/api/v1/totals/entries?unit="+theCounty+"&indicator=visits&period="+at(r, "week", "period").(string)).want(200)

	tiles := read("/api/v1/dashboard/units?unit=" + theCounty + "&year=2026&indicator=visits&deep=1")
	is("the county's", at(tiles, "rows", 0, "value", "value"), "1")
	for _, x := range at(tiles, "rows").([]any) {
		row := x.(map[string]any)
		switch row["unit"] {
		case theTownship:
			is("its share", row["share"], "10000")
			is("its place", row["rank"], "1")
		case another:
			is("another's place", row["rank"], "2")
		}
	}
	league := read("/api/v1/dashboard/units?unit=" + theCounty + "&year=2026&campaign=" + id("year"))
	is("who has a target", len(at(league, "rows").([]any)), "3")
	is("the first", at(league, "rows", 1, "rank"), "1")

	list := read("/api/v1/dashboard/waiting?unit=" + theCounty)
	is("waiting entries", len(at(list, "rows").([]any)), "2")
	entry := at(list, "rows", 0, "entry").(string)
	c.get(clerk, "/api/v1/entries/"+entry).want(200)
	clerk.exchange(clerk.line(map[string]any{"type": "entry", "entity": entry, "kind": "transition", "event": "return", "trunk": c.versionOf(entry),
		"reason": map[string]any{"text": "请补充"}})).want(200)
	r = read("/api/v1/dashboard?unit=" + theCounty + "&year=2026")
	is("returned", fmt.Sprint(at(r, "quality", "whole", "returned"), " of ", at(r, "quality", "whole", "decided")), "1 of 2")
	is("what waits still", at(r, "waiting", "count"), "1")

	silent := read("/api/v1/dashboard/silent?unit=" + theTownship)
	is("villages without an entry", len(at(silent, "rows").([]any)), fmt.Sprint(at(silent, "villages")))
	is("by township", at(r, "coverage", "silent"), fmt.Sprint(at(r, "coverage", "villages")))
}

// versionOf is the version of a record that a decision names.
func (c *city) versionOf(entity string) string {
	c.t.Helper()
	who := record.Actor{Account: "reader", Seats: []record.Seat{{Role: record.Reviewer, Unit: theCounty}}}
	e, err := c.app.Engine.Entry(c.t.Context(), who, entity)
	if err != nil {
		c.t.Fatal(err)
	}
	return e.Record.Version
}

// T19: what makes no sense is told by its name, and nothing answers with a five hundred.
func TestDashboardsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	p := c.join("shi", record.Seat{Role: record.Manager, Unit: theCity})
	one, of := "/api/v1/dashboard?unit="+theCity, "/api/v1/dashboard/units?unit="+theCity+"&year=2026"
	for path, want := range map[string]string{
		"/api/v1/dashboard?year=2026":                       "not_found",
		"/api/v1/dashboard?unit=530999000000&year=2026":     "not_found",
		"/api/v1/dashboard?unit=x&year=2026":                "not_found",
		one:                                                 "bad_request year",
		one + "&year=2027":                                  "bad_request year",
		one + "&year=9999":                                  "bad_request year",
		one + "&year=1999":                                  "bad_request year",
		one + "&year=20x6":                                  "bad_request year",
		one + "&year=2026-01":                               "bad_request year",
		one + "&year=2026&quarter=0":                        "bad_request quarter",
		one + "&year=2026&quarter=5":                        "bad_request quarter",
		one + "&year=2026&quarter=x":                        "bad_request quarter",
		one + "&year=2026&indicators=visits,none":           "not_found",
		one + "&year=2026&indicators=" + many("visits", 25): "bad_request indicators",
		of:                                  "bad_request indicator",
		of + "&indicator=none":              "not_found",
		of + "&indicator=visits&deep=2":     "bad_request deep",
		of + "&campaign=" + id("none"):      "not_found",
		of + "&campaign=%27--":              "not_found",
		of + "&indicator=visits&campaign=x": "bad_request indicator",
		"/api/v1/dashboard/silent":          "not_found",
		"/api/v1/dashboard/map?unit=x":      "not_found",
		"/api/v1/dashboard/map?unit=" + theCity + "&deep=3":                                                     "bad_request deep",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2026&indicator=work:none":                           "not_found",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2026-01&indicator=work:returned":                    "bad_request period",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2026Q&indicator=work:returned":                      "bad_request period",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2027&indicator=work:waiting":                        "bad_request period",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2026&indicator=work:waiting&group=kind=x":           "bad_request group",
		"/api/v1/totals/entries?unit=" + theCity + "&period=2026&indicator=work:waiting&after=eyJVbml0IjoieCJ9": "bad_request after",
		"/api/v1/totals/entries?unit=530999000000&period=2026&indicator=work:waiting":                           "not_found",
		"/api/v1/dashboard/silent?unit=" + theCity + "&days=6":                                                  "bad_request days",
		"/api/v1/dashboard/silent?unit=" + theCity + "&days=9999":                                               "bad_request days",
		"/api/v1/dashboard/waiting?unit=" + theCity + "&limit=0":                                                "bad_request limit",
		"/api/v1/dashboard/waiting?unit=":                                                                       "not_found",
	} {
		r := c.get(p, path)
		got := r.text("code")
		if field := r.text("field"); field != "" {
			got += " " + field
		}
		if r.status == 200 || got != want {
			t.Errorf("%s: %d %s, want %s: %s", path, r.status, got, want, r.body)
		}
	}
	for _, path := range []string{one + "&year=2026&quarter=4", one + "&year=2000", of + "&indicator=village_federation_coverage&deep=1"} {
		c.get(p, path).want(200)
	}
}

func many(word string, n int) string { return strings.TrimSuffix(strings.Repeat(word+",", n), ",") }
