package campaign_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"niangjia/sync/campaign"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

const (
	city, county, town, other = "530900000000", "530923000000", "530923101000", "530923102000"
	one, two, three           = "530923101201", "530923101202", "530923102201"
)

func places(t testing.TB) *record.Places {
	t.Helper()
	p, err := record.NewPlaces([]record.Division{
		{Code: city, Name: "市", Level: record.City}, {Code: county, Name: "县", Level: record.County, Parent: city},
		{Code: town, Name: "甲镇", Level: record.Township, Parent: county}, {Code: other, Name: "乙镇", Level: record.Township, Parent: county},
		{Code: one, Name: "一村", Level: record.Village, Parent: town}, {Code: two, Name: "二村", Level: record.Village, Parent: town},
		{Code: three, Name: "三村", Level: record.Village, Parent: other},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func autumn() campaign.Campaign {
	return campaign.Campaign{ID: strings.Repeat("a", 32), Version: 1, Unit: county, State: campaign.Running, Title: "秋季走访",
		Counts: campaign.Counts{Indicator: "homes"}, Start: "2026-11-01", Deadline: "2026-12-31", Targets: campaign.Each([]string{one, two, three}, 4)}
}

// S29: everything that is wrong is said at once, each at its place, and nothing of what is right.
func TestCheck(t *testing.T) {
	cat := simtest.Catalogue(t)
	own := func(measure, field, where string) func(c *campaign.Campaign) {
		return func(c *campaign.Campaign) {
			c.Counts = campaign.Counts{Form: "call", Measure: measure, Field: field, Where: where}
		}
	}
	for _, x := range []struct {
		change func(c *campaign.Campaign)
		want   string // codes with their fields
	}{
		{func(*campaign.Campaign) {}, ""},
		{func(c *campaign.Campaign) { c.Title, c.Targets = " ", nil }, "missing_field title, missing_field targets"},
		{func(c *campaign.Campaign) { c.Title = strings.Repeat("走", 61) }, "too_long title"},
		{func(c *campaign.Campaign) { c.Text = strings.Repeat("走", 2001) }, "too_long text"},
		{func(c *campaign.Campaign) { c.Start = "2026-1-1" }, "bad_date start"},
		{func(c *campaign.Campaign) { c.Deadline = "2026-10-31" }, "bad_deadline deadline"},
		{func(c *campaign.Campaign) { c.Start, c.Deadline = "2026-01-01", "2026-11-21" }, "deadline_past deadline"},
		{func(c *campaign.Campaign) { c.Deadline = "2037-01-01" }, "out_of_range deadline"},
		{func(c *campaign.Campaign) { c.Start, c.Deadline = "2027-01-01", "2027-12-31" }, ""}, // of a year
		{func(c *campaign.Campaign) { c.Targets = []campaign.Target{{Unit: county, N: 10}, {Unit: town, N: 3}} }, ""},
		{func(c *campaign.Campaign) {
			c.Targets = []campaign.Target{{Unit: city, N: 1}, {Unit: "x", N: 1}, {Unit: one, N: 0}, {Unit: two, N: -3}, {Unit: three, N: 2}, {Unit: three, N: 2}}
		}, "foreign_target targets, foreign_target targets, bad_target targets, bad_target targets, target_twice targets"},
		{func(c *campaign.Campaign) { c.Counts = campaign.Counts{} }, "unknown_figure counts.indicator"},
		{func(c *campaign.Campaign) { c.Counts.Indicator = "kept_rate" }, "no_target_figure counts.indicator"},
		{func(c *campaign.Campaign) { c.Counts.Indicator = "expecting" }, "no_target_figure counts.indicator"},
		{func(c *campaign.Campaign) { c.Counts.Group = "purposes=check" }, "unknown_figure counts.group"}, // it has no groups
		{func(c *campaign.Campaign) { c.Counts = campaign.Counts{Indicator: "calls", Group: "purposes=check"} }, ""},
		{func(c *campaign.Campaign) { c.Counts = campaign.Counts{Indicator: "calls", Group: "purposes=dance"} }, "unknown_figure counts.group"},
		{own("entries", "", ""), ""}, {own("households", "", "met == 'yes' && 'greet' in purposes"), ""}, {own("sum", "amount", "amount > 500"), ""},
		{own("often", "", ""), "unknown_figure counts.measure"}, {own("sum", "text", ""), "unknown_figure counts.field"},
		{own("sum", "", ""), "unknown_figure counts.field"}, {own("entries", "", "met =="), "bad_filter counts.where"},
		{own("entries", "", "dance == 'x'"), "bad_filter counts.where"}, {own("entries", "", "'x' + met"), "bad_filter counts.where"},
		{own("entries", "", "text != ''"), "bad_filter counts.where"}, {own("entries", "", "'quarrel' in signs"), "bad_filter counts.where"},
		{func(c *campaign.Campaign) { c.Remind = []int{7, -2} }, "out_of_range remind"},
		{func(c *campaign.Campaign) {
			c.Preset = record.Content{"purposes": record.Set([]string{"check"}), "met": record.Text("yes")}
		}, ""},
		{func(c *campaign.Campaign) { c.Preset = record.Content{"met": record.Text("perhaps")} }, "unknown_choice preset.met"},
		{func(c *campaign.Campaign) { c.Preset = record.Content{"text": record.Text("一样的话")} }, "unknown_field preset.text"},
		{func(c *campaign.Campaign) { c.Unit = "999999999999"; c.Targets = c.Targets[:1] }, "not_found unit, foreign_target targets"},
	} {
		c := autumn()
		x.change(&c)
		var got []string
		for _, p := range campaign.Check(&c, cat, places(t), "2026-11-22") {
			got = append(got, string(p.Code)+" "+p.Field)
			if p.Code == record.BadFilter && p.Says == "" {
				t.Errorf("%s: nothing is said", p.Error())
			}
		}
		if list := strings.Join(got, ", "); list != x.want {
			t.Errorf("%+v: %q, want %q", c, list, x.want)
		}
	}
}

// S29: what a campaign is about stays what it is.
func TestFollows(t *testing.T) {
	old := autumn()
	for _, x := range []struct {
		change func(c *campaign.Campaign)
		want   record.Code
	}{
		{func(*campaign.Campaign) {}, ""}, {func(c *campaign.Campaign) { c.Deadline = "2027-01-05" }, ""},
		{func(c *campaign.Campaign) { c.State = campaign.Closed }, ""},
		{func(c *campaign.Campaign) { c.Version = 1 }, record.CampaignChanged}, {func(c *campaign.Campaign) { c.Version = 3 }, record.CampaignChanged},
		{func(c *campaign.Campaign) { c.Deadline = "2026-12-30" }, record.BadDeadline},
		{func(c *campaign.Campaign) { c.Counts.Indicator = "calls" }, record.BadRequest},
		{func(c *campaign.Campaign) { c.Start = "2026-11-02" }, record.BadRequest}, {func(c *campaign.Campaign) { c.Unit = town }, record.BadRequest},
	} {
		next := autumn()
		next.Version = 2
		x.change(&next)
		var got record.Code
		if e, wrong := campaign.Follows(&old, &next).(*record.Error); wrong {
			got = e.Code
		}
		if got != x.want {
			t.Errorf("%+v: %q, want %q", next, got, x.want)
		}
	}
	again := func(start, deadline string) string {
		c := autumn()
		c.Start, c.Deadline = start, deadline
		c.Targets = append(c.Targets, campaign.Target{Unit: "530923103000", N: 2}) // which is no more
		next := c.Again("b", places(t))
		return fmt.Sprint(next.Start, " ", next.Deadline, " ", len(next.Targets), " ", next.Version, " ", next.ID)
	}
	for days, want := range map[[2]string]string{
		{"2028-02-29", "2028-12-31"}: "2029-02-28 2029-12-31", {"2026-10-01", "2027-02-28"}: "2027-10-01 2028-02-29", {"2028-02-01", "2028-02-29"}: "2029-02-01 2029-02-28",
		{"2027-02-01", "2027-02-27"}: "2028-02-01 2028-02-27", {"2026-04-01", "2026-04-30"}: "2027-04-01 2027-04-30", {"2026-12-30", "2027-01-30"}: "2027-12-30 2028-01-30",
	} {
		if got := again(days[0], days[1]); got != want+" 3 0 b" {
			t.Errorf("of %v: %s, want %s", days, got, want)
		}
	}
}

// S30: what is mended follows as a version of its own, with what is checked of it; what it leaves is not asked again, and
// what was changed is told, of targets to whom it concerns.
func TestMended(t *testing.T) {
	old, p := autumn(), places(t)
	old.Tidy()
	same := campaign.Mending{Title: " 秋季走访 ", Targets: old.Targets, Remind: []int{-1, 0, 7, 3, 1}}
	if next, err := old.Mended(same); err != nil || next.Version != 1 {
		t.Errorf("nothing is changed: %d %v", next.Version, err)
	}
	m := campaign.Mending{Title: "冬季走访", Text: "每户都去", Targets: []campaign.Target{{Unit: three, N: 4}, {Unit: one, N: 7}, {Unit: town, N: 20}}, Remind: []int{3}}
	next, err := old.Mended(m)
	if err != nil || campaign.Follows(&old, &next) != nil {
		t.Fatal(err, campaign.Follows(&old, &next))
	}
	next.Deadline = "2026-12-31" // which may be past by now, as the figure may be gone: neither is asked again
	if wrong := campaign.CheckNext(&old, &next, p); wrong != nil {
		t.Error(wrong)
	}
	told := campaign.ChangeOf(&old, &next, 5, "li")
	if got := fmt.Sprint(told.Version, told.At, told.Account, *told.Title, *told.Text, told.Deadline, told.Remind, told.Targets); got !=
		"2 5li{秋季走访 冬季走访} { 每户都去} <nil> true [{"+town+" 0 20} {"+one+" 4 7} {"+two+" 4 0}]" {
		t.Error(got)
	}
	if got := fmt.Sprint(told.For(p, []string{two}).Targets, told.For(p, []string{three}).Targets); got != "[{"+town+" 0 20} {"+two+" 4 0}] []" {
		t.Error(got)
	}
	if first := campaign.ChangeOf(nil, &old, 5, "li"); first.Title != nil || first.Targets != nil || first.Version != 1 {
		t.Errorf("%+v", first)
	}
	for code, change := range map[string]func(m *campaign.Mending){
		"missing_field title": func(m *campaign.Mending) { m.Title = "" }, "missing_field targets": func(m *campaign.Mending) { m.Targets = nil },
		"foreign_target targets": func(m *campaign.Mending) { m.Targets = []campaign.Target{{Unit: city, N: 1}} },
		"out_of_range remind":    func(m *campaign.Mending) { m.Remind = []int{99} },
	} {
		bad := m
		change(&bad)
		next, _ := old.Mended(bad)
		if wrong := campaign.CheckNext(&old, &next, p); len(wrong) != 1 || string(wrong[0].Code)+" "+wrong[0].Field != code {
			t.Errorf("%v, want %s", wrong, code)
		}
	}
	old.State = campaign.Closed
	if _, err := old.Mended(m); err == nil {
		t.Error("a closed one is mended")
	}
}

// Targets that divide a whole add up to it, differ by less than one from their share, and none is asked for nothing.
func TestShared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 5000), 1, 40).Draw(t, "weights")
		whole := rapid.Int64Range(1, campaign.MaxTarget).Draw(t, "whole")
		var units []string
		var all int64
		for i, w := range weights {
			units = append(units, fmt.Sprint(i))
			all += w
		}
		list := campaign.Shared(whole, units, func(unit string) int64 { return weights[slices.Index(units, unit)] })
		var sum int64
		for _, x := range list {
			sum += x.N
			share := float64(whole) * float64(weights[slices.Index(units, x.Unit)]) / float64(all)
			if x.N < 1 || float64(x.N) < share*(1-1e-9)-1 || float64(x.N) > share*(1+1e-9)+1 {
				t.Fatalf("%s gets %d, its share is %f", x.Unit, x.N, share)
			}
		}
		if all > 0 && sum != whole || all == 0 && len(list) > 0 {
			t.Fatalf("%d of %d are given", sum, whole)
		}
	})
	if got := fmt.Sprint(campaign.Percent(50, []string{"a", "b", "c"}, func(u string) int64 { return map[string]int64{"a": 3, "b": 4}[u] })); got != "[{a 2} {b 2}]" {
		t.Error(got)
	}
}

// T18: a unit is finished when what waits reaches its target too; those who are equally far share a place; a unit without
// a target of its own is asked what those below it are.
func TestLeague(t *testing.T) {
	list := campaign.League([]campaign.UnitProgress{
		{Unit: "a", Target: 10, Approved: 5}, {Unit: "b", Target: 4, Approved: 2, Submitted: 2}, {Unit: "c", Approved: 9},
		{Unit: "d", Target: 3, Approved: 6}, {Unit: "e", Target: 2, Withheld: true},
	})
	var got []string
	for i, rank := range campaign.Ranks(list) {
		got = append(got, fmt.Sprint(list[i].Unit, rank, list[i].Gap(), list[i].Finished()))
	}
	if text := strings.Join(got, " "); text != "d1 0 true a2 5 false b2 2 true c0 0 true e0 2 false" {
		t.Error(text)
	}
	c := autumn()
	c.Targets = []campaign.Target{{Unit: town, N: 7}, {Unit: one, N: 4}, {Unit: three, N: 5}}
	asked := c.Asked(places(t))
	if got := fmt.Sprint(asked(city), asked(town), asked(one), asked(two), asked(other), asked(three)); got != "12 7 4 0 5 5" {
		t.Error(got)
	}
}

// A campaign is told to who works in, above or below the units that it is for, with no more of the targets.
func TestConcerns(t *testing.T) {
	c, p := autumn(), places(t)
	c.Targets = campaign.Each([]string{one, three}, 4)
	for unit, want := range map[string]string{city: "true 2", county: "true 2", town: "true 1", one: "true 1", two: "false 0", other: "true 1"} {
		if got := fmt.Sprint(c.Concerns(p, []string{unit}), " ", len(c.For(p, []string{unit}).Targets)); got != want {
			t.Errorf("%s: %s, want %s", unit, got, want)
		}
	}
}
