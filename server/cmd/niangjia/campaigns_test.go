package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestCampaignsAreListed(t *testing.T) {
	data := t.TempDir()
	if out := want(t, 0, data, "demo", "--entries", "40", "--until", "2026-11-22"); !strings.Contains(out, "demo city made") {
		t.Fatal(out)
	}
	out := want(t, 0, data, "campaigns")
	for _, part := range []string{"7 campaigns", "2026-11-01 to 2026-12-31", "of 955 units finished", "2026-01-01 to 2026-12-31", "of 8 units finished"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not said:\n%s", part, out)
		}
	}
	want(t, 0, data, "verify")
	// Of the county's campaign: each mark with its morning, who would be told and of which villages, and nobody is told by it.
	const county = "de000000000000000000000000ca0002"
	said := want(t, 0, data, "notices", "plan", county)
	for _, part := range []string{"政策宣传进家门, 2026-11-01 to 2026-12-31: ", "of 123 units have to record", "\n\n2026-12-24 08:00 (7 days before; until 2026-12-27 if it is missed): ",
		"\n\n2026-12-31 08:00 (on the day; ", "\n    530923101201 忙岗村民委员会: "} {
		if !strings.Contains(said, part) {
			t.Errorf("the plan does not say %q:\n%s", part, said)
		}
	}
	var plan planned
	if err := json.Unmarshal([]byte(want(t, 0, data, "notices", "plan", county, "--json")), &plan); err != nil {
		t.Fatal(err)
	}
	if plan.Campaign != county || plan.Units != 123 || plan.Open == 0 || len(plan.Stages) != 5 {
		t.Errorf("%+v", plan)
	}
	for _, stage := range plan.Stages {
		for _, one := range stage.People {
			if one.Told || one.Name == "" || len(one.Record)+len(one.Review) == 0 {
				t.Errorf("%d days before: %+v", stage.Days, one)
			}
			for _, unit := range slices.Concat(one.Record, one.Review) {
				if unit.Missing < 1 || unit.Unit[:6] != "530923" || unit.Name == "" {
					t.Errorf("%d days before, %s: %+v", stage.Days, one.Name, unit)
				}
			}
		}
	}
	if again := want(t, 0, data, "notices", "plan", county); again != said {
		t.Errorf("asked again it says\n%s", again)
	}
}
