package demo_test

import (
	"testing"
	"time"

	built_in "niangjia/server/catalogue"
	"niangjia/server/demo"
	"niangjia/server/divisions"
	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

// Whatever day a demo city is made on, its campaigns can be published by the built-in forms and figures, and run in whole months.
func TestCampaignsOfAnyDay(t *testing.T) {
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	list, err := divisions.Read(demo.Divisions())
	if err != nil {
		t.Fatal(err)
	}
	places, err := record.NewPlaces(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2026-01-01", "2026-02-28", "2026-11-22", "2026-12-31"} {
		until, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		all, err := demo.Campaigns(places, until)
		if err != nil || len(all) < 3 {
			t.Fatalf("%d campaigns, %v", len(all), err)
		}
		for _, c := range all {
			if wrong := campaign.Check(&c, cat, places, day); len(wrong) > 0 {
				t.Errorf("%s on %s: %v", c.Title, day, wrong)
			}
			last, err := time.Parse(time.DateOnly, c.Deadline)
			if err != nil || c.Start[8:] != "01" || last.AddDate(0, 0, 1).Day() != 1 || c.Start[:4] != c.Deadline[:4] {
				t.Errorf("%s runs from %s to %s", c.Title, c.Start, c.Deadline)
			}
		}
	}
}
