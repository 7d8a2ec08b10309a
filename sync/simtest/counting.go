package simtest

import (
	"context"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// counting: what counts, when and for whom.
var counting = []Scenario{
	{"S6 T1 recorded without signal, approved in town, counted in the city", func(p *People) {
		h := p.Household("li", Village, "王甲")
		id := p.Call("li", Village, h, record.Content{"amount": record.Int(12345)})
		p.Counts("calls", 0)
		p.Want(p.Sync("li"), change.Applied, change.Applied)
		p.Counts("calls", 0)
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		for _, at := range []string{City, County, Town, Village} {
			for _, period := range []string{"2026", "2026H2", "2026Q4", "2026-11"} {
				if got := p.Figure("city", at, period, "calls", ""); got != 1 {
					p.Fatalf("%s %s: %d", at, period, got)
				}
				if got := p.Figure("city", at, period, "money", ""); got != 12345 {
					p.Fatalf("%s %s: %d fen", at, period, got)
				}
			}
		}
		if got := p.Figure("city", City, "2026-11", "calls", "purposes=check"); got != 1 {
			p.Fatalf("group: %d", got)
		}
		p.Sync("li")
		if got := p.Phone("li").Record(id).State; got != review.Approved {
			p.Fatalf("on the phone: %s", got)
		}
	}},
	{"T4 distinct over months: a household called on in two months is one in the quarter", func(p *People) {
		h, g := p.Household("li", Village, "王甲"), p.Household("li", Village, "李乙")
		day := func(d string) record.Content { return record.Content{"occurred_on": record.Text(d)} }
		p.Approved(h, day("2026-10-03"))
		mid := p.Approved(h, day("2026-11-05"))
		p.Approved(h, day("2026-12-07"))
		p.Approved(h, day("2026-11-06"))
		p.Approved(g, day("2026-12-07"))
		check := func(period string, want int64) {
			p.Helper()
			if got := p.Figure("city", City, period, "homes", ""); got != want {
				p.Fatalf("%s: %d, want %d", period, got, want)
			}
		}
		check("2026-10", 1)
		check("2026-11", 1)
		check("2026-12", 2)
		check("2026Q4", 2)
		check("2026Q3", 0)
		check("2026", 2)
		p.Sync("town")
		p.Decide("town", mid, review.Void, "重复")
		p.Sync("town")
		check("2026-11", 1) // the other one of that month still stands
		check("2026", 2)
	}},
	{"T5 T6 follow-ups kept in time, counted on the day they are due and not before", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-10"), "again_on": record.Text("2026-11-20")})
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-21"), "again_on": record.Text("2026-11-28")})
		p.Counts("due", 1)
		p.Counts("kept", 0)
		kept := p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-15")})
		p.Approved(h, record.Content{"occurred_on": record.Text("2026-11-16"), "met": record.Text("no")})
		p.Counts("kept", 1)
		p.Counts("kept_rate", 10000)
		p.Now += 10 * record.DayMS
		p.Counts("due", 2)
		p.Counts("kept_rate", 5000)
		p.Sync("town")
		p.Decide("town", kept, review.Void, "重复")
		p.Sync("town")
		p.Counts("kept", 0)
	}},
	{"T3 a case is counted once, with what follows it", func(p *People) {
		h := p.Household("li", Village, "王甲")
		violence := record.Set([]string{"violence"})
		first := p.Approved(h, record.Content{"signs": violence})
		p.Approved(h, record.Content{"signs": violence, "follows": record.Text(first)})
		p.Approved(h, record.Content{"signs": violence})
		if got := p.Figure("town", Village, "2026", "cases", ""); got != 2 {
			p.Fatalf("%d cases", got)
		}
		// The county is told no number below five of a village (DOMAIN, small counts).
		if got := p.Figure("county", Village, "2026", "cases", ""); got != -1 {
			p.Fatalf("the county sees %d", got)
		}
		if got := p.Figure("town", Town, "2026", "cases", ""); got != 2 {
			p.Fatalf("of itself the township sees %d", got)
		}
		if got := p.Figure("wu", Village, "2026", "cases", ""); got != -1 {
			p.Fatalf("a colleague in the village sees %d", got)
		}
		if got := p.Figure("county", Town, "2026", "cases", ""); got != 2 {
			p.Fatalf("of the township the county sees %d", got)
		}
		if got := p.Figure("auditor", City, "2026", "cases", ""); got != -1 {
			p.Fatalf("the auditor sees %d", got)
		}
	}},
	{"T3 a pending amendment moves no case, an approved one takes along what follows", func(p *People) {
		h := p.Household("li", Village, "王甲")
		violence := record.Set([]string{"violence"})
		first := p.Approved(h, record.Content{"signs": violence})
		second := p.Approved(h, record.Content{"signs": violence})
		p.Approved(h, record.Content{"signs": violence, "follows": record.Text(second)})
		cases := func(want int64) {
			p.Helper()
			if got := p.Figure("town", Village, "2026", "cases", ""); got != want {
				p.Fatalf("%d cases, want %d", got, want)
			}
			p.Verified()
		}
		cases(2)
		p.Edit("li", second, record.Content{"follows": record.Text(first)})
		p.Sync("li")
		cases(2)
		p.Sync("town")
		p.Decide("town", second, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		cases(1)
		// A circle of follows ends.
		p.Sync("li")
		p.Edit("li", first, record.Content{"follows": record.Text(second)})
		p.Sync("li")
		p.Sync("town")
		p.Decide("town", first, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		cases(1)
	}},
	{"S12 T3 a township that was put under the wrong county takes its figures along", func(p *People) {
		const other = "530922000000"
		h := p.Household("li", Village, "王甲")
		p.Approved(h, record.Content{"amount": record.Int(700)})
		list := append([]record.Division{}, divisions...)
		list = append(list, record.Division{Code: other, Name: "邻县", Level: record.County, Parent: City})
		for i := range list {
			if list[i].Code == Town {
				list[i].Parent = other
			}
		}
		p.Do(p.Engine.SetDivisions(context.Background(), list))
		if was, is := p.Figure("city", County, "2026", "money", ""), p.Figure("city", other, "2026", "money", ""); was != 0 || is != 700 {
			p.Fatalf("%d in the old county, %d in the new", was, is)
		}
		p.Counts("money", 700)
		p.code(p.Engine.SetDivisions(context.Background(), list[:3]), record.BadRequest)
	}},
	{"S12 what another process imports is in force at once", func(p *People) {
		const fresh = "530923101203"
		beside, err := engine.Open(context.Background(), p.Store, p.Engine.Catalogue(), engine.Options{Now: func() record.Instant { return p.Now }, NewID: p.ID})
		p.Do(err)
		p.Do(beside.SetDivisions(context.Background(), append(append([]record.Division{}, divisions...),
			record.Division{Code: fresh, Name: "新村", Level: record.Village, Parent: Town})))
		p.Do(beside.SetSeats(context.Background(), "new", []record.Seat{{Role: record.Volunteer, Unit: fresh}}))
		p.Household("new", fresh, "王甲")
		p.Want(p.Sync("new"), change.Applied)
	}},
	{"T8 a figure that covers another is withheld by itself and below as well, and in every span of the year", func(p *People) {
		h, far := p.Household("li", Village, "王甲"), p.Household("yang", Far, "赵丙")
		violence := record.Set([]string{"violence"})
		on := func(day string) record.Content {
			return record.Content{"signs": violence, "occurred_on": record.Text(day), "amount": record.Int(10000)}
		}
		for range 2 {
			p.Approved(h, on("2026-11-03"))
		}
		for range 9 {
			p.approvedBy("town2", p.Call("yang", Far, far, on("2026-11-04")), "yang")
		}
		for range 6 {
			p.approvedBy("town2", p.Call("yang", Far, far, on("2026-10-04")), "yang")
		}
		for _, at := range []struct {
			who, unit, period string
			want              int64
		}{
			{"chief", County, "2026", 17}, {"chief", Town, "2026", -1}, {"chief", Village, "2026", -1},
			{"chief", OtherTown, "2026", -1}, {"chief", Far, "2026", -1}, {"chief", OtherTown, "2026-10", -1},
			{"clerk", OtherTown, "2026", 15}, {"clerk", Town, "2026", 2}, {"town", Village, "2026", 2},
			{"auditor", City, "2026", 17}, {"auditor", County, "2026", 17}, {"auditor", Town, "2026", -1},
		} {
			if got := p.Figure(at.who, at.unit, at.period, "cases", ""); got != at.want {
				p.Errorf("%s sees %d cases in %s in %s, want %d", at.who, got, at.unit, at.period, at.want)
			}
		}
	}},
	{"T14 by days, what may be sensitive is told to who is told small counts, and opens to nobody else", func(p *People) {
		h := p.Household("li", Village, "王甲")
		for range 6 {
			p.Approved(h, nil)
		}
		p.Approved(h, record.Content{"signs": record.Set([]string{"violence"})})
		const day, years, month = "2026-11-22--2026-11-22", "2025-12-01--2026-11-30", "2026-11-01--2026-11-30"
		for _, at := range []struct {
			who, unit, period, indicator string
			want                         int64
		}{
			{"town", Village, day, "calls", 7}, {"town", Village, day, "cases", 1}, {"town", Town, day, "cases", 1},
			{"clerk", Town, day, "calls", 7}, {"clerk", Village, day, "calls", -1}, {"clerk", Village, day, "homes", -1},
			{"clerk", Village, day, "kept_rate", -1}, {"clerk", Village, years, "calls", -1}, {"clerk", Village, month, "calls", 7},
			{"chief", County, day, "cases", 1}, {"chief", Town, day, "calls", -1}, {"wu", Village, day, "calls", -1},
			{"auditor", City, day, "calls", -1}, {"auditor", City, "2026-11", "calls", 7},
		} {
			if got := p.Figure(at.who, at.unit, at.period, at.indicator, ""); got != at.want {
				p.Errorf("%s sees %d %s in %s in %s, want %d", at.who, got, at.indicator, at.unit, at.period, at.want)
			}
		}
		opened := func(who, unit string) (int, error) {
			actor, err := p.Engine.Actor(context.Background(), who)
			p.Do(err)
			page, err := p.Engine.TotalEntries(context.Background(), actor, engine.EntriesQuery{Unit: unit, Period: day, Indicator: "calls"})
			if err != nil {
				return 0, err
			}
			return len(page.List), nil
		}
		for who, unit := range map[string]string{"clerk": Village, "chief": Town, "wu": Village} {
			_, err := opened(who, unit)
			p.code(err, record.Forbidden)
		}
		if n, err := opened("town", Village); err != nil || n != 7 {
			p.Errorf("her reviewer opens %d, %v", n, err)
		}
	}},
	{"T8 a sum of a sensitive kind is as telling as the count behind it", func(p *People) {
		p.Reform("indicators/call.json", `"measure": "sum",`, `"measure": "sum", "sensitive": true,`)
		p.Approved(p.Household("li", Village, "王甲"), record.Content{"amount": record.Int(300000)})
		if got := p.Figure("clerk", Village, "2026-11", "money", ""); got != -1 {
			p.Fatalf("one woman's money: %d", got)
		}
		if got := p.Figure("town", Village, "2026-11", "money", ""); got != 300000 {
			p.Fatalf("her reviewer is told %d", got)
		}
	}},
}
