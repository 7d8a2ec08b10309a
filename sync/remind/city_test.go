package remind_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// city is a simulated one: 955 villages that record in their own time, two servers that plan over one book, and clocks
// that stop, jump and go back. The book is all that outlives a restart.
type city struct {
	t      *testing.T
	rnd    *rand.Rand
	places *record.Places
	people *remind.People
	list   []remind.Campaign
	told   map[string]bool
	// What is held against the rules: by account and day, and by key.
	days map[string]int
	keys map[string]int
	sent int
}

func newCity(t *testing.T, seed uint64) *city {
	c := &city{t: t, rnd: rand.New(rand.NewPCG(seed, 7)), told: map[string]bool{}, days: map[string]int{}, keys: map[string]int{}}
	divisions := []record.Division{{Code: "530900000000", Level: record.City}}
	var people []record.Actor
	var gaps []remind.Gap
	seat := func(role record.Role, unit string) {
		people = append(people, actor(fmt.Sprintf("%s %s", role, unit), role, unit))
	}
	villages := 0
	for county := 1; county <= 8; county++ {
		code := fmt.Sprintf("5309%02d000000", county)
		divisions = append(divisions, record.Division{Code: code, Level: record.County, Parent: "530900000000"})
		seat(record.Reviewer, code)
		for town := 1; town <= 11; town++ {
			under := fmt.Sprintf("5309%02d%03d000", county, town)
			divisions = append(divisions, record.Division{Code: under, Level: record.Township, Parent: code})
			seat(record.Reviewer, under)
			for v := 1; v <= 11 && villages < 955; v++ {
				unit := fmt.Sprintf("5309%02d%03d%03d", county, town, v)
				divisions = append(divisions, record.Division{Code: unit, Level: record.Village, Parent: under})
				if c.rnd.IntN(20) > 0 { // one in twenty has nobody
					seat(record.Volunteer, unit)
				}
				gaps = append(gaps, remind.Gap{Unit: unit, Target: int64(5 + c.rnd.IntN(20))})
				villages++
			}
		}
	}
	if villages != 955 {
		t.Fatalf("%d villages", villages)
	}
	var err error
	if c.places, err = record.NewPlaces(divisions); err != nil {
		t.Fatal(err)
	}
	c.people = remind.NewPeople(people)
	for i, deadline := range []string{"2026-12-31", "2027-01-03"} {
		own := append([]remind.Gap(nil), gaps...)
		c.list = append(c.list, remind.Campaign{ID: fmt.Sprint("campaign ", i), Start: "2026-11-02", Deadline: deadline, Gaps: own})
	}
	return c
}

// work has villages record and townships approve.
func (c *city) work() {
	for _, one := range c.list {
		for i := range one.Gaps {
			g := &one.Gaps[i]
			switch c.rnd.IntN(60) {
			case 0, 1, 2:
				if g.Missing() > 0 {
					g.Submitted++
				}
			case 3, 4:
				if g.Submitted > 0 {
					g.Submitted, g.Approved = g.Submitted-1, g.Approved+1
				}
			case 5:
				if c.rnd.IntN(20) == 0 && g.Approved > 0 {
					g.Approved-- // voided
				}
			}
		}
	}
}

// tell writes what a server has planned, as the store does: the day's reminder and each key once, in one transaction;
// half of it may be lost with the server.
func (c *city) tell(now time.Time, plan []remind.Reminder) (whole bool) {
	if len(plan) > 0 && remind.Quiet(now, zone) {
		c.t.Fatalf("%d reminders are planned at %s", len(plan), now.In(zone))
	}
	whole = true
	if len(plan) > 0 && c.rnd.IntN(3) == 0 {
		plan, whole = plan[:c.rnd.IntN(len(plan))], false // it was ended in the middle
	}
	for _, r := range plan {
		if c.told[r.ID] {
			continue
		}
		c.told[r.ID] = true
		c.days[r.Account+" "+r.Day]++
		for _, i := range r.Items {
			if c.told[i.Key] {
				c.t.Fatalf("%s was told already", i.Key)
			}
			c.told[i.Key] = true
			c.keys[i.Key]++
			c.sent++
			for _, g := range i.Record {
				if g.Missing() == 0 {
					c.t.Fatalf("%s is told of %s, which has finished", r.Account, g.Unit)
				}
			}
			for _, g := range i.Review {
				if g.Missing() > 0 || g.Waiting() == 0 {
					c.t.Fatalf("%s is told to approve for %s, where nothing waits for her alone", r.Account, g.Unit)
				}
			}
			if len(i.Record)+len(i.Review) == 0 {
				c.t.Fatalf("%s is told of nothing", r.Account)
			}
		}
	}
	return whole
}

// nobodyIsLeftOut goes through the villages by hand: where a gap is left on a campaign's day, she who records there has
// had this mark or a reminder today.
func (c *city) nobodyIsLeftOut(day string) {
	for _, one := range c.list {
		mark, due := one.Due(day)
		if !due {
			continue
		}
		for _, g := range one.Gaps {
			if g.Approved+g.Submitted >= g.Target {
				continue
			}
			who := "volunteer " + g.Unit
			if len(c.people.At(g.Unit, record.Volunteer)) == 0 {
				who = "reviewer " + c.places.Parent(g.Unit)
			}
			if c.days[who+" "+day] == 0 && c.keys[remind.Hash("mark", one.ID, one.Deadline, fmt.Sprint(mark), who)] == 0 {
				c.t.Fatalf("%s was not told of %s on %s", who, one.ID, day)
			}
		}
	}
}

// A campaign of sixty days and another beside it in a city, with restarts in the middle of telling, two servers of which
// one's book is read a moment late, clocks set back and forth: each is told each mark once, one reminder a day, none in
// quiet hours, none who has finished; and whoever has a gap while the servers run is told (N2 to N6).
func TestACityOfReminders(t *testing.T) {
	for seed := range uint64(3) {
		c := newCity(t, seed)
		now := at("2026-11-02 00:00")
		for end := at("2027-01-14 00:00"); now.Before(end); now = now.Add(3 * time.Hour) {
			c.work()
			clock := now
			switch c.rnd.IntN(40) {
			case 0:
				clock = now.Add(-time.Duration(c.rnd.IntN(40*24)) * time.Hour)
			case 1:
				now = now.Add(time.Duration(c.rnd.IntN(30)) * time.Hour) // nobody ran
				clock = now
			}
			is := func(id string) bool { return c.told[id] }
			first := remind.Plan(clock, zone, c.places, c.people, c.list, is)
			second := remind.Plan(clock, zone, c.places, c.people, c.list, is) // before the first has written
			c.tell(clock, first)
			if whole := c.tell(clock, second); whole && !remind.Quiet(clock, zone) {
				c.nobodyIsLeftOut(remind.Day(clock, zone))
			}
		}
		for what, n := range c.days {
			if n != 1 {
				t.Errorf("seed %d: %d reminders to %s", seed, n, what)
			}
		}
		for what, n := range c.keys {
			if n != 1 {
				t.Errorf("seed %d: %s was told %d times", seed, what, n)
			}
		}
		if c.sent < 2000 {
			t.Errorf("seed %d: only %d were told", seed, c.sent)
		}
	}
}

func BenchmarkPlanCity(b *testing.B) {
	c := newCity(&testing.T{}, 1)
	now := at("2026-12-31 09:00")
	for b.Loop() {
		if len(remind.Plan(now, zone, c.places, c.people, c.list, nothing)) < 900 {
			b.Fatal("too few")
		}
	}
}
