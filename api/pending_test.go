package api_test

import (
	"fmt"
	"testing"

	"niangjia/sync/record"
)

// T8 T18: what waits is told by form to who is told the unit's small counts. Everybody else has what waits of forms whose
// entries may be sensitive in one number: what waits, less what she could list, would tell of a sensitive one, and its kind.
func TestWhatWaitsIsNotToldByFormToEverybody(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	author := c.join("second", record.Seat{Role: record.Volunteer, Unit: theTownship})
	version := func(form string) int64 { return c.app.Engine.Catalogue().Form(form).Version }
	got := outcomes(author.exchange(
		author.line(map[string]any{"type": "entry", "entity": id("quarrel"), "kind": "create", "unit": theTownship, "form": "dispute_mediation", "form_version": version("dispute_mediation"),
			"event": "submit", "fields": map[string]any{"kind": "domestic_violence", "parties": map[string]any{"unnamed": 2}, "protection": []string{"police"}, "occurred_on": "2026-11-20"}}),
		author.line(map[string]any{"type": "entry", "entity": id("council"), "kind": "create", "unit": theTownship, "form": "council", "form_version": version("council"),
			"event": "submit", "fields": map[string]any{"topic": "村里的路", "women": 9, "proposals": 1, "adopted": 1, "occurred_on": "2026-11-20"}})).want(200))
	if fmt.Sprint(got) != "[applied applied]" {
		t.Fatal(got)
	}
	apart := "[map[count:1 form:council] map[count:1 form:dispute_mediation] map[count:2 form:home_visit]]"
	together := "[map[count:1 form:council] map[count:3 form:]]"
	for _, x := range []struct {
		role record.Role
		unit string
		want string
	}{
		{record.Manager, theCounty, apart},
		{record.Reviewer, theTownship, apart},
		{record.Auditor, theTownship, together},
		{record.Auditor, theCity, together},
		{record.Volunteer, theTownship, together},
		{record.Manager, theCity, together},
	} {
		p := c.join("r"+string(x.role)[:3]+x.unit, record.Seat{Role: x.role, Unit: x.unit})
		page := c.get(p, "/api/v1/totals?unit="+theTownship+"&period=2026").want(200).json["pending"]
		if got := fmt.Sprint(page); got != x.want {
			t.Errorf("%s of %s: the page of figures has %s", x.role, x.unit, got)
		}
		waiting := c.get(p, "/api/v1/dashboard?unit="+theTownship+"&year=2026").want(200).json["waiting"].(map[string]any)
		if got := fmt.Sprint(waiting["forms"]); got != x.want || waiting["count"] != 4.0 {
			t.Errorf("%s of %s: the dashboard has %v, %s", x.role, x.unit, waiting["count"], got)
		}
	}
}
