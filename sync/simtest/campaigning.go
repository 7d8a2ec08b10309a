package simtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"niangjia/sync/campaign"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// autumn is a campaign of the county for its three villages: five calls each in some weeks around today.
func (p *People) autumn(counts campaign.Counts) campaign.Campaign {
	return campaign.Campaign{ID: p.ID(), Version: 1, Unit: County, State: campaign.Running, Title: "秋季走访", Counts: counts,
		Start: "2026-11-10", Deadline: "2026-12-20", Targets: campaign.Each([]string{Village, Next, Far}, 5)}
}

func (p *People) run(account string, c campaign.Campaign) campaign.Campaign {
	p.Helper()
	p.Do(p.Engine.PutCampaign(context.Background(), p.actor(account), c))
	return c
}

// refused wants an error with this code.
func (p *People) refused(err error, want record.Code) {
	p.Helper()
	var e *record.Error
	if !errors.As(err, &e) || e.Code != want {
		p.Fatalf("got %v, want %s", err, want)
	}
}

// gone is how far a unit has come, as an account is told it ("" for the server): "approved+submitted", or "withheld".
func (p *People) gone(account string, c campaign.Campaign, unit string) string {
	p.Helper()
	var who *record.Actor
	if account != "" {
		a := p.actor(account)
		who = &a
	}
	got, err := p.Engine.Progress(context.Background(), who, c.ID, func(*campaign.Campaign, *record.Places) []string { return []string{unit} })
	p.Do(err)
	switch {
	case got.Gone:
		return "gone"
	case len(got.Units) == 0:
		return "none"
	case got.Units[0].Withheld:
		return "withheld"
	case got.Units[0].Unsaid:
		return fmt.Sprint(got.Units[0].Approved, "+?")
	}
	return fmt.Sprint(got.Units[0].Approved, "+", got.Units[0].Submitted)
}

func (p *People) stands(account string, c campaign.Campaign, unit, want string) {
	p.Helper()
	if got := p.gone(account, c, unit); got != want {
		p.Fatalf("%s is told of %s: %s, want %s", account, unit, got, want)
	}
}

// behindIt lists the entries behind a campaign's figure.
func (p *People) behindIt(account string, c campaign.Campaign, unit, period string) ([]string, int64, error) {
	page, err := p.Engine.TotalEntries(context.Background(), p.actor(account), engine.EntriesQuery{Unit: unit, Period: period, Indicator: c.Figure(), Group: c.Counts.Group})
	if err != nil {
		return nil, 0, err
	}
	var ids []string
	for _, e := range page.List {
		ids = append(ids, e.Entity)
	}
	slices.Sort(ids)
	return ids, page.Hidden, nil
}

func (p *People) away(account string, c campaign.Campaign, unit string) string {
	p.Helper()
	page, err := p.Engine.Missing(context.Background(), p.actor(account), c.ID, unit, 0, 0)
	if err != nil {
		var e *record.Error
		if errors.As(err, &e) {
			return string(e.Code)
		}
		p.Fatal(err)
	}
	var out []string
	for _, m := range page.List {
		if m.Submitted {
			m.Name += "…"
		}
		out = append(out, m.Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

var onGreeting = campaign.Counts{Form: "call", Measure: campaign.Entries, Where: "'greet' in purposes"}

func greeting(more record.Content) record.Content {
	out := record.Content{"purposes": record.Set([]string{"greet"})}
	for k, v := range more {
		out[k] = v
	}
	return out
}

var campaigning = []Scenario{
	{"S29 T17 T18 a campaign counts by a condition of its own, before and after it was published, right with each approval, amendment and voiding; it opens", func(p *People) {
		h := p.Household("li", Village, "王甲")
		first := p.Approved(h, greeting(nil))
		p.Approved(h, nil) // for another purpose
		p.Approved(h, greeting(record.Content{"occurred_on": record.Text("2026-11-09")}))
		before := p.Call("li", Village, h, greeting(nil))
		p.Sync("li")
		c := p.run("clerk", p.autumn(onGreeting))
		p.stands("town", c, Village, "1+1")
		p.stands("clerk", c, County, "1+1")
		p.stands("clerk", c, Far, "withheld") // the form may be sensitive, the span is of days (T14)
		p.Sync("town")
		p.Decide("town", before, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		p.stands("town", c, Village, "2+0")
		p.stands("", c, County, "2+0")
		ids, hidden, err := p.behindIt("town", c, Village, c.Period())
		p.Do(err)
		want := []string{first, before}
		slices.Sort(want)
		if hidden != 0 || !slices.Equal(ids, want) {
			p.Fatalf("%v and %d more, want %v", ids, hidden, want)
		}
		p.Sync("li")
		p.Edit("li", first, record.Content{"purposes": record.Set([]string{"help"})})
		p.Sync("li")
		p.stands("town", c, Village, "2+0") // what waits would count less, and what is approved counts
		p.Sync("town")
		p.Decide("town", first, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		p.stands("town", c, Village, "1+0")
		p.Decide("town", before, review.Void, "重复")
		p.Want(p.Sync("town"), change.Applied)
		p.stands("town", c, Village, "0+0")
		p.Counts("calls", 3) // the city's own figures are what they are
	}},
	{"S29 T18 a figure of the catalogue and households, each once; what would be new counts as submitted at each level by itself", func(p *People) {
		a, b := p.Household("li", Village, "王甲"), p.Household("li", Village, "王乙")
		p.Approved(a, nil)
		p.Approved(a, nil)
		c := p.run("clerk", p.autumn(campaign.Counts{Indicator: "homes"}))
		own := p.run("clerk", p.autumn(campaign.Counts{Form: "call", Measure: campaign.Households}))
		for range 2 {
			p.Call("li", Village, a, nil)
			p.Call("li", Village, b, nil)
		}
		p.Call("li", Village, b, record.Content{"met": record.Text("no")}) // the figure asks that somebody was met
		p.Sync("li")
		for _, c := range []campaign.Campaign{c, own} {
			p.stands("town", c, Village, "1+1")
			p.stands("clerk", c, Town, "1+1")
		}
		part := p.run("clerk", p.autumn(campaign.Counts{Indicator: "calls", Group: "purposes=check"}))
		p.stands("town", part, Village, "2+4")
		money := p.run("clerk", p.autumn(campaign.Counts{Form: "call", Measure: campaign.Sum, Field: "amount"}))
		p.Approved(b, record.Content{"amount": record.Int(500)})
		p.stands("town", money, Village, "500+0")
		p.stands("town", c, Village, "2+0")
	}},
	{"T18 a span of whole months and days beside them counts each entry in it once, as does one of whole months, and one within a month", func(p *People) {
		h := p.Household("li", Village, "王甲")
		for _, day := range []string{"2026-10-14", "2026-10-15", "2026-11-01", "2026-11-30", "2026-12-05", "2026-12-06"} {
			p.Approved(h, record.Content{"occurred_on": record.Text(day), "amount": record.Int(100)})
		}
		for span, want := range map[string]string{
			"2026-10-15 2026-12-05": "4+0", "2026-10-14 2026-12-06": "6+0", "2026-11-01 2026-11-30": "2+0", "2026-10-01 2026-12-31": "6+0",
			"2026-11-02 2026-11-30": "1+0", "2025-12-31 2026-12-05": "5+0", "2026-11-30 2026-12-31": "3+0",
		} {
			c := p.autumn(campaign.Counts{Indicator: "calls"})
			c.Start, c.Deadline, _ = strings.Cut(span, " ")
			p.run("clerk", c)
			p.stands("town", c, Village, want)
			p.stands("town", c, Town, want)
			c = p.autumn(campaign.Counts{Form: "call", Measure: campaign.Sum, Field: "amount"})
			c.Start, c.Deadline, _ = strings.Cut(span, " ")
			p.run("clerk", c)
			p.stands("town", c, Village, strings.Replace(want, "+", "00+", 1))
		}
	}},
	{"S29 who runs it, and what is refused: nothing of it is written", func(p *People) {
		count := func() int { return p.ownLines("campaign") }
		put := func(account string, change func(c *campaign.Campaign)) error {
			c := p.autumn(onGreeting)
			change(&c)
			return p.Engine.PutCampaign(context.Background(), p.actor(account), c)
		}
		for _, account := range []string{"li", "town", "county", "chief", "auditor"} { // the city's manager runs the city's
			p.refused(put(account, func(*campaign.Campaign) {}), record.Forbidden)
		}
		for code, change := range map[record.Code]func(c *campaign.Campaign){
			record.BadDeadline:     func(c *campaign.Campaign) { c.Start = "2026-12-21" },
			record.DeadlinePast:    func(c *campaign.Campaign) { c.Deadline = "2026-11-21" },
			record.BadDate:         func(c *campaign.Campaign) { c.Deadline = "2026-02-30" },
			record.ForeignTarget:   func(c *campaign.Campaign) { c.Targets = append(c.Targets, campaign.Target{Unit: City, N: 1}) },
			record.TargetTwice:     func(c *campaign.Campaign) { c.Targets = append(c.Targets, c.Targets[0]) },
			record.BadTarget:       func(c *campaign.Campaign) { c.Targets[1].N = 0 },
			record.BadFilter:       func(c *campaign.Campaign) { c.Counts.Where = "'nothing' in purposes" },
			record.UnknownFigure:   func(c *campaign.Campaign) { c.Counts.Form = "dance" },
			record.NoTargetFigure:  func(c *campaign.Campaign) { c.Counts = campaign.Counts{Indicator: "kept_rate"} },
			record.CampaignChanged: func(c *campaign.Campaign) { c.Version = 2 },
		} {
			p.refused(put("clerk", change), code)
		}
		// By none of these an entry can be asked what it says: not by who it is about, nor by what makes it sensitive.
		for _, where := range []string{"household != ''", "'violence' in signs", "text.contains('打')", "size(people.persons) > 1", "size(entry) > 3", "occurred_on > '2026-11-20'"} {
			p.refused(put("clerk", func(c *campaign.Campaign) { c.Counts.Where = where }), record.BadFilter)
		}
		if n := count(); n != 0 {
			p.Fatalf("%d lines", n)
		}
		c := p.run("clerk", p.autumn(onGreeting))
		p.refused(p.Engine.PutCampaign(context.Background(), p.actor("clerk"), c), record.CampaignChanged)
		longer, err := c.Extended("2026-12-31", "2026-11-22")
		p.Do(err)
		p.run("clerk", longer)
		_, err = longer.Extended("2026-12-31", "2026-11-22")
		p.refused(err, record.BadDeadline)
		closed, err := longer.Ended()
		p.Do(err)
		p.run("clerk", closed)
		again := closed
		again.State, again.Version, again.Deadline = campaign.Running, 4, "2027-01-31"
		p.refused(p.Engine.PutCampaign(context.Background(), p.actor("clerk"), again), record.CampaignClosed)
		_, err = closed.Extended("2027-01-31", "2026-11-22")
		p.refused(err, record.CampaignClosed)
		if n := count(); n != 3 {
			p.Fatalf("%d lines", n)
		}
	}},
	{"S30 S29 what a running campaign asks is mended by a line of its own that counts nothing anew, and all whom it concerns are told what it was; a replay tells the same", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, greeting(nil))
		c := p.run("clerk", p.autumn(onGreeting))
		_, stamp, err := p.Engine.Campaigns(context.Background())
		p.Do(err)
		next, err := c.Mended(campaign.Mending{Title: "秋季大走访", Targets: []campaign.Target{{Unit: Village, N: 8}, {Unit: Far, N: 5}}, Remind: c.Remind})
		p.Do(err)
		p.refused(p.Engine.PutCampaign(context.Background(), p.actor("town"), next), record.Forbidden)
		bad := next
		bad.Targets = []campaign.Target{{Unit: City, N: 1}}
		p.refused(p.Engine.PutCampaign(context.Background(), p.actor("clerk"), bad), record.ForeignTarget)
		p.run("clerk", next)
		if _, now, err := p.Engine.Campaigns(context.Background()); err != nil || now == stamp {
			p.Fatalf("phones hear of nothing: %v", err)
		}
		p.stands("town", c, Village, "2+0")
		told := func() string {
			list, err := p.Engine.CampaignChanges(context.Background(), c.ID)
			p.Do(err)
			raw, err := json.Marshal(list)
			p.Do(err)
			return string(raw)
		}
		want := told()
		for _, part := range []string{`"title":{"was":"秋季走访","now":"秋季大走访"}`, `{"unit":"` + Village + `","was":5,"now":8}`, `{"unit":"` + Next + `","was":5,"now":0}`, `"version":1`} {
			if !strings.Contains(want, part) {
				p.Fatalf("%s is not in %s", part, want)
			}
		}
		p.Verified()
		p.Restart(p.Store)
		if got := told(); got != want {
			p.Fatalf("%s, not %s", got, want)
		}
	}},
	{"S29 T17 T15 its own count is counted anew in pieces when it is published and extended, everybody works meanwhile, and a replay does the same", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(3, h, greeting(nil))
		later := p.Approved(h, greeting(record.Content{"occurred_on": record.Text("2026-12-25")}))
		p.Pieces = oneByOne
		p.Restart(p.Store)
		c := p.run("clerk", p.autumn(onGreeting))
		p.stands("town", c, Village, "0+0")
		got, err := p.Engine.Progress(context.Background(), nil, c.ID, func(*campaign.Campaign, *record.Places) []string { return nil })
		p.Do(err)
		if got.Recount == nil || !slices.Equal(got.Recount.Indicators, []string{c.Figure()}) {
			p.Fatalf("%+v", got.Recount)
		}
		page, err := p.Engine.Page(context.Background(), p.actor("city"), City, "2026-11")
		p.Do(err)
		if page.Recount != nil {
			p.Fatal("the figures say that they are counted anew")
		}
		p.Verified()
		p.piece()
		p.piece()
		p.stands("town", c, Village, "2+0")
		p.Approved(h, greeting(nil))
		p.stands("town", c, Village, "3+0")
		p.Verified()
		p.Restart(p.Store)
		p.toEnd()
		p.stands("town", c, Village, "4+0")
		longer, err := c.Extended("2026-12-31", "2026-11-22")
		p.Do(err)
		p.run("clerk", longer)
		p.toEnd()
		p.stands("town", c, Village, "5+0")
		p.Sync("town")
		p.Decide("town", later, review.Void, "写错")
		p.Want(p.Sync("town"), change.Applied)
		p.stands("town", c, Village, "4+0")
	}},
	{"S29 S12 a campaign that another process publishes is in force here with the next snapshot, and the next exchange says so", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.Sync("li")
		here := p.Engine
		p.Restart(p.Store)
		there := p.Engine
		c := p.run("clerk", p.autumn(onGreeting))
		p.Engine = here
		head, lines := p.Phone("li").Request(phone.BatchChanges)
		actor := p.actor("li")
		answer, err := here.Sync(context.Background(), engine.Who{Account: "li", Device: "dli", Actor: &actor, Packed: true}, head, lines)
		p.Do(err)
		_, stamp, err := there.Campaigns(context.Background())
		p.Do(err)
		if answer.Campaigns != stamp || stamp == "" {
			p.Fatalf("%q is told, not %q", answer.Campaigns, stamp)
		}
		p.Approved(h, greeting(nil)) // by the first
		p.stands("town", c, Village, "1+0")
	}},
	{"S29 T17 another catalogue: what a campaign counts is counted by it, and where it cannot be counted any more it says so", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(2, h, greeting(record.Content{"amount": record.Int(100)}))
		c := p.run("clerk", p.autumn(onGreeting))
		of := p.run("clerk", p.autumn(campaign.Counts{Indicator: "calls"}))
		p.stands("town", of, Village, "2+0")
		p.Reform("indicators/call.json", metOnly, ofMoney)
		p.stands("town", c, Village, "2+0")
		p.Reform("indicators/call.json", `{"id": "calls"`, `{"id": "visits"`)
		p.stands("town", of, Village, "gone")
		p.Reform("forms/call.json", `{"key": "greet"`, `{"key": "hello"`)
		p.stands("town", c, Village, "gone")
		p.Verified()
	}},
	{"T18 T8 T14 what is withheld of figures is withheld of a campaign; its entries are opened for its own span alone", func(p *People) {
		h := p.Household("li", Village, "王甲")
		p.calls(6, h, greeting(nil))
		days := p.run("clerk", p.autumn(onGreeting))
		month := p.autumn(onGreeting)
		month.Start, month.Deadline = "2026-11-01", "2026-11-30"
		p.run("clerk", month)
		p.stands("clerk", days, Village, "withheld")
		p.stands("clerk", days, Town, "6+0")
		p.stands("clerk", month, Village, "6+?")
		p.stands("clerk", month, Next, "0+?") // nothing is no small count
		p.stands("auditor", days, Village, "withheld")
		p.stands("town2", days, Village, "none")
		p.stands("li", days, Village, "withheld") // of her colleagues' sensitive entries she is told that they exist
		f := p.Household("yang", Far, "远甲")
		p.approvedBy("town2", p.Call("yang", Far, f, greeting(nil)), "yang")
		p.stands("clerk", month, Far, "withheld") // fewer than five of a form that may be sensitive
		for _, period := range []string{"2026-11", "2026-11-11--2026-12-20", "2026"} {
			_, _, err := p.behindIt("town", days, Village, period)
			p.refused(err, record.BadRequest)
		}
		_, _, err := p.behindIt("clerk", days, Village, days.Period())
		p.refused(err, record.Forbidden)
		if ids, _, err := p.behindIt("town", days, Village, days.Period()); err != nil || len(ids) != 6 {
			p.Fatalf("%v %v", ids, err)
		}
		// What was asked for before it is published is withheld too.
		pre := func(account string, counts campaign.Counts) string {
			p.Now += 12 * record.DayMS
			defer func() { p.Now -= 12 * record.DayMS }()
			c := p.autumn(counts)
			if account == "chief" {
				c.Unit = City
			}
			got, err := p.Engine.Preview(context.Background(), p.actor(account), c)
			p.Do(err)
			raw, _ := json.Marshal(got.Units)
			return got.Month + string(raw)
		}
		if got, want := pre("clerk", onGreeting), `2026-11[{"Unit":"530923000000","N":7,"Withheld":false},{"Unit":"530923101000","N":6,"Withheld":false},{"Unit":"530923102000","N":1,"Withheld":false}]`; got != want {
			p.Fatalf("%s", got)
		}
		if got, want := pre("chief", campaign.Counts{Indicator: "homes"}), `2026-11[{"Unit":"530900000000","N":2,"Withheld":false},{"Unit":"530923000000","N":2,"Withheld":false}]`; got != want {
			p.Fatalf("%s", got)
		}
	}},
	{"T18 households that are missing are named to who reads the register whole, and no name is left out for an entry that she may not read", func(p *People) {
		a, b, c, d := p.Household("li", Village, "王甲"), p.Household("li", Village, "王乙"), p.Household("li", Village, "王丙"), p.Household("li", Village, "王丁")
		p.Approved(a, nil)
		secret := p.Call("wu", Village, b, record.Content{"signs": record.Set([]string{"violence"})})
		p.Sync("li")
		p.Sync("wu")
		p.Sync("town")
		p.Decide("town", secret, review.Approve, "")
		p.Want(p.Sync("town"), change.Applied)
		p.Call("li", Village, c, nil)
		p.Sync("li")
		run := p.run("clerk", p.autumn(campaign.Counts{Indicator: "homes"}))
		_ = d
		for account, want := range map[string]string{
			"town": "王丁 王丙…", "wu": "王丁 王丙…", "li": "王丁 王丙… 王乙", // she does not know of her colleague's visit
			"clerk": "forbidden", "chief": "forbidden", "auditor": "forbidden", "he": "forbidden", "town2": "forbidden",
		} {
			if got := p.away(account, run, Village); got != want {
				p.Errorf("%s is told: %s, want %s", account, got, want)
			}
		}
		if got := p.away("town", p.run("clerk", p.autumn(campaign.Counts{Indicator: "calls"})), Village); got != "bad_request" {
			p.Errorf("of calls: %s", got)
		}
		counts, err := p.Engine.HouseholdsIn(context.Background(), []string{Village, Town, Far})
		p.Do(err)
		if counts[Village] != 4 || counts[Town] != 4 || counts[Far] != 0 {
			p.Errorf("%v households", counts)
		}
	}},
}
