package remind_test

import (
	"slices"
	"testing"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

var zone = time.FixedZone("CST", 8*60*60)

const (
	county   = "530923000000"
	township = "530923101000"
	village  = "530923101201"
	other    = "530923101202"
)

func places(t testing.TB) *record.Places {
	t.Helper()
	p, err := record.NewPlaces([]record.Division{
		{Code: "530900000000", Level: record.City}, {Code: county, Level: record.County, Parent: "530900000000"},
		{Code: township, Level: record.Township, Parent: county},
		{Code: village, Level: record.Village, Parent: township}, {Code: other, Level: record.Village, Parent: township},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func actor(account string, role record.Role, unit string) record.Actor {
	return record.Actor{Account: account, Seats: []record.Seat{{Role: role, Unit: unit}}}
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		panic(err)
	}
	return t
}

func nothing(string) bool { return false }

func accounts(list []remind.Reminder) (out []string) {
	for _, r := range list {
		out = append(out, r.Account)
	}
	return out
}

// N2: at its own marks, a missed one is made good until the next, of several missed ones the newest alone is told, and
// none that lay before the start.
func TestStages(t *testing.T) {
	c := remind.Campaign{Start: "2026-12-01", Deadline: "2026-12-31"}
	for _, x := range []struct {
		day  string
		mark int
		due  bool
	}{
		{"2026-12-23", 0, false}, {"2026-12-24", 7, true}, {"2026-12-27", 7, true}, {"2026-12-28", 3, true}, {"2026-12-30", 1, true},
		{"2026-12-31", 0, true}, {"2027-01-01", -1, true}, {"2027-01-07", -1, true}, {"2027-01-08", 0, false},
	} {
		if mark, due := c.Due(x.day); due != x.due || mark != x.mark {
			t.Errorf("%s: mark %d %v, want %d %v", x.day, mark, due, x.mark, x.due)
		}
	}
	c.Start = "2026-12-29"
	if _, due := c.Due("2026-12-29"); due {
		t.Error("a mark before the start is told")
	}
	c.Start, c.Marks = "2026-12-01", []int{3}
	if mark, due := c.Due("2026-12-31"); !due || mark != 3 {
		t.Error("three days before the deadline was missed and is not made good on it")
	}
	if _, due := c.Due("2027-01-01"); due {
		t.Error("told after the deadline, which this campaign did not choose")
	}
	if c.Marks = []int{}; len(c.Stages()) != 0 {
		t.Error("a campaign that chose no reminders has some")
	}
	c.Marks, c.Deadline = nil, "soon"
	if len(c.Stages()) != 0 {
		t.Error("a deadline that is none has marks")
	}
}

// N3: from 21:00 to 08:00, by the villages' clock, nobody is reminded.
func TestQuietHours(t *testing.T) {
	p, people := places(t), remind.NewPeople([]record.Actor{actor("v", record.Volunteer, village)})
	c := []remind.Campaign{{ID: "c", Start: "2026-12-01", Deadline: "2026-12-31", Gaps: []remind.Gap{{Unit: village, Target: 3}}}}
	for clock, told := range map[string]int{"07:59": 0, "08:00": 1, "20:59": 1, "21:00": 0, "00:00": 0} {
		now := at("2026-12-24 " + clock)
		if got := remind.Plan(now.UTC(), zone, p, people, c, nothing); len(got) != told {
			t.Errorf("at %s %d are told, want %d", clock, len(got), told)
		}
	}
	for clock, awake := range map[string]string{"2026-12-24 07:59": "2026-12-24 08:00", "2026-12-31 21:00": "2027-01-01 08:00", "2026-12-24 12:00": "2026-12-24 12:00"} {
		if got := remind.Awake(at(clock).UTC(), zone); !got.Equal(at(awake)) {
			t.Errorf("after %s somebody may be disturbed at %s, want %s", clock, got, awake)
		}
	}
}

// N5: who has a gap and can close it. A village whose entries wait is finished; its reviewer is not.
func TestWhoIsTold(t *testing.T) {
	p := places(t)
	all := []record.Actor{
		actor("volunteer", record.Volunteer, village), actor("reviewer", record.Reviewer, township), actor("manager", record.Manager, township),
		actor("auditor", record.Auditor, village), actor("countyreviewer", record.Reviewer, county), actor("countymanager", record.Manager, county),
	}
	only := func(names ...string) *remind.People {
		return remind.NewPeople(slices.DeleteFunc(slices.Clone(all), func(a record.Actor) bool { return !slices.Contains(names, a.Account) }))
	}
	everybody := remind.NewPeople(all)
	for _, x := range []struct {
		name   string
		people *remind.People
		gap    remind.Gap
		want   []string
	}{
		{"a gap", everybody, remind.Gap{Unit: village, Target: 10, Approved: 4, Submitted: 3}, []string{"volunteer"}},
		{"only approvals are missing", everybody, remind.Gap{Unit: village, Target: 10, Approved: 4, Submitted: 6}, []string{"reviewer"}},
		{"finished", everybody, remind.Gap{Unit: village, Target: 10, Approved: 10, Submitted: 2}, nil},
		{"no target", everybody, remind.Gap{Unit: village}, nil},
		{"nobody records there", everybody, remind.Gap{Unit: other, Target: 1}, []string{"reviewer"}},
		{"nor reviews", only("manager", "countymanager"), remind.Gap{Unit: other, Target: 1}, []string{"manager"}},
		{"the township has no reviewer", only("volunteer", "countyreviewer"), remind.Gap{Unit: village, Target: 1, Submitted: 1}, []string{"countyreviewer"}},
		{"a township's own gap", everybody, remind.Gap{Unit: township, Target: 1}, []string{"reviewer"}},
		{"of which nobody records", only("countyreviewer", "countymanager"), remind.Gap{Unit: township, Target: 1}, []string{"countymanager"}},
	} {
		c := remind.Campaign{ID: "c", Start: "2026-12-01", Deadline: "2026-12-31", Gaps: []remind.Gap{x.gap}}
		got := remind.Plan(at("2026-12-31 09:00"), zone, p, x.people, []remind.Campaign{c}, nothing)
		if !slices.Equal(accounts(got), x.want) {
			t.Errorf("%s: told are %v, want %v", x.name, accounts(got), x.want)
		}
	}
}

// N4: many campaigns on one day are one reminder, and what becomes due later that day waits for the next.
func TestOneReminderADay(t *testing.T) {
	p, people := places(t), remind.NewPeople([]record.Actor{actor("v", record.Volunteer, village)})
	gaps := []remind.Gap{{Unit: village, Target: 3, Approved: 1}}
	list := []remind.Campaign{
		{ID: "late", Title: "b", Start: "2026-12-01", Deadline: "2027-01-03", Gaps: gaps},
		{ID: "soon", Title: "a", Start: "2026-12-01", Deadline: "2026-12-31", Gaps: gaps},
	}
	told := map[string]bool{}
	is := func(id string) bool { return told[id] }
	got := remind.Plan(at("2026-12-31 09:00"), zone, p, people, list, is)
	if len(got) != 1 || len(got[0].Items) != 2 || got[0].Items[0].Campaign != "soon" || got[0].Items[1].Left != 3 || !got[0].Until.Equal(at("2026-12-31 21:00")) {
		t.Fatalf("%+v", got)
	}
	told[got[0].ID] = true
	for _, i := range got[0].Items {
		told[i.Key] = true
	}
	list = append(list, remind.Campaign{ID: "new", Start: "2026-12-31", Deadline: "2026-12-31", Gaps: gaps})
	if again := remind.Plan(at("2026-12-31 10:00"), zone, p, people, list, is); len(again) != 0 {
		t.Errorf("a second reminder on one day: %+v", again)
	}
	next := remind.Plan(at("2027-01-01 08:00"), zone, p, people, list, is)
	if len(next) != 1 || len(next[0].Items) != 2 { // both of which the deadline has passed; the third was told for this mark
		t.Errorf("on the next day %+v", next)
	}
	// N6: a deadline that was put off is told anew, for it is another one.
	list = []remind.Campaign{{ID: "soon", Start: "2026-12-01", Deadline: "2027-01-02", Gaps: gaps}}
	if put := remind.Plan(at("2027-01-01 08:00"), zone, p, people, list, is); len(put) != 1 || put[0].Items[0].Mark != 1 {
		t.Errorf("a deadline put off: %+v", put)
	}
}

// What a plan says is what is told when its day has come, if nothing has changed.
func TestForecasts(t *testing.T) {
	p, people := places(t), remind.NewPeople([]record.Actor{actor("v", record.Volunteer, village)})
	c := remind.Campaign{ID: "c", Start: "2026-12-01", Deadline: "2026-12-31", Gaps: []remind.Gap{{Unit: village, Target: 3}}}
	list := c.Forecasts(zone, p, people)
	if len(list) != 5 {
		t.Fatalf("%d stages", len(list))
	}
	for _, f := range list {
		got := remind.Plan(f.At, zone, p, people, []remind.Campaign{c}, nothing)
		if len(got) != 1 || got[0].Items[0].Key != f.Items["v"].Key || got[0].Items[0].Left != f.Mark {
			t.Errorf("mark %d: forecast %+v, told %+v", f.Mark, f.Items["v"], got)
		}
		if early := remind.Plan(f.At.Add(-time.Minute), zone, p, people, []remind.Campaign{c}, nothing); len(early) != 0 {
			t.Errorf("mark %d is told before its time", f.Mark)
		}
	}
}
