package catalogue_test

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"testing"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// desk is the small city with what its reviewers did, noted down as they did it.
type desk struct {
	*town
	decided, returned map[string]int64 // by entry
}

// T19 T20 T21 T22 T23: entries of all forms are sent, approved, returned, amended, refused and voided over ten days; after each of
// these every number of every unit's dashboard is what a count by hand gives, for a reader who is told all.
func TestDashboardsAreWhatAHandCounts(t *testing.T) {
	d := &desk{newTown(t, 3), map[string]int64{}, map[string]int64{}}
	end := d.now
	d.now = end - 9*record.DayMS
	targets := d.campaigns()
	enter := func(each int) {
		for _, form := range catalogue.Sorted(d.cat.Forms) {
			for range each {
				unit := d.units[d.dice.IntN(len(d.units))]
				for !form.RecordedAt(string(unit.Level)) {
					unit = d.units[d.dice.IntN(len(d.units))]
				}
				d.enter(form, unit, "", nil)
			}
		}
	}
	n := 0
	decide := func(list ...review.Event) func(*record.Record) review.Event {
		return func(r *record.Record) (e review.Event) {
			n++
			switch {
			case n%7 == 0:
			case r.State == review.Submitted:
				e = list[n%len(list)]
			case r.State == review.Amended:
				e = []review.Event{review.Approve, review.Refuse}[n%2]
			case r.State == review.Approved && n%6 == 0:
				e = review.Void
			}
			if e == review.Approve || e == review.Return || e == review.Refuse {
				d.decided[r.ID]++
				if e != review.Approve {
					d.returned[r.ID]++
				}
			}
			return e
		}
	}
	enter(9)
	d.exchange(decide(review.Approve, review.Approve, review.Return))
	d.now = end - 4*record.DayMS
	enter(4)
	for i, r := range d.entries() {
		if i%4 == 0 && r.State == review.Approved {
			d.amend(r)
		}
	}
	d.exchange(decide(""))
	d.now = end
	enter(4)
	d.compare(t, "amended", targets)
	d.opened(t, "amended")
	d.openedAsked(t, "amended", targets)
	d.exchange(decide(review.Approve, review.Approve, review.Approve, review.Return))
	d.compare(t, "decided", targets)
	d.opened(t, "decided")
	d.openedAsked(t, "decided", targets)
	d.recordedLast(t)
	d.sameAsPages(t)
	report, err := engine.Verify(t.Context(), d.store, memory.New(), nil)
	d.must(err)
	if !report.Holds() {
		t.Errorf("verify: %v", report.Differences)
	}
}

// campaigns has one of each kind that is counted in its own way.
func (d *desk) campaigns() []campaign.Campaign {
	runs := record.Actor{Account: "runs", Seats: []record.Seat{{Role: record.Manager, Unit: city}}}
	list := []campaign.Campaign{
		{Title: "a count of the year", Counts: campaign.Counts{Indicator: "visits"}, Start: "2026-01-01", Deadline: "2026-12-31"},
		{Title: "what is distinct", Counts: campaign.Counts{Indicator: "households_visited"}, Start: "2026-01-01", Deadline: "2026-12-31"},
		{Title: "a part of a quarter", Counts: campaign.Counts{Indicator: "activity_sessions", Group: "kind=policy_talk"}, Start: "2026-10-01", Deadline: "2026-12-31"},
		{Title: "a sum of odd days", Counts: campaign.Counts{Indicator: "audience"}, Start: "2026-02-11", Deadline: "2026-12-05"},
		{Title: "what is dated apart", Counts: campaign.Counts{Indicator: "follow_ups_due"}, Start: "2026-01-01", Deadline: "2026-12-31"},
		{Title: "dated apart, of odd days", Counts: campaign.Counts{Indicator: "petitions_closed"}, Start: "2026-03-05", Deadline: "2026-12-05"},
		{Title: "two years", Counts: campaign.Counts{Indicator: "visits"}, Start: "2025-10-01", Deadline: "2026-11-30"},
		{Title: "its own", Counts: campaign.Counts{Form: "home_visit", Measure: campaign.Households}, Start: "2026-02-11", Deadline: "2026-12-05"},
	}
	var out []campaign.Campaign
	for i, c := range list {
		c.ID, c.Version, c.Unit, c.State = fmt.Sprintf("%032x", 0xc0+i), 1, city, campaign.Running
		for _, u := range d.units {
			if u.Level == record.Village {
				c.Targets = append(c.Targets, campaign.Target{Unit: u.Code, N: 3})
			}
		}
		if _, bad := c.Indicator(d.cat); bad != nil { // a choice of another name
			c.Counts.Group = "kind=" + d.cat.Form("activity").Field("kind").Choices[0].Key
		}
		d.must(d.eng.PutCampaign(d.t.Context(), runs, c))
		out = append(out, c)
	}
	return out
}

func (d *desk) compare(t *testing.T, when string, targets []campaign.Campaign) {
	t.Helper()
	b := d.brute()
	for _, top := range []string{city, county, township, village} {
		actor := record.Actor{Account: "reader", Seats: []record.Seat{{Role: record.Reviewer, Unit: readers[top]}, {Role: record.Manager, Unit: readers[top]}}}
		got, err := d.eng.Dashboard(t.Context(), actor, top, "2026", "", nil)
		d.must(err)
		is := func(what string, got, want any) {
			t.Helper()
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, %s, %s: %v, by hand %v", when, top, what, got, want)
			}
		}
		d.week(b, is, top, got.Week)
		for _, f := range got.Figures {
			ind := d.cat.Indicator(f.Value.Indicator)
			for _, at := range []struct {
				r        totals.Reading
				from, to string
			}{{f.Value, "2026-01-01", "2026-12-31"}, {f.Before, "2025-01-01", "2025-12-31"}, {*f.Through, "2026-01-01", "2026-10-31"}, {*f.ThroughBefore, "2025-01-01", "2025-10-31"}} {
				is(ind.ID+" from "+at.from+" to "+at.to, number(at.r), written(b.figure(ind, top, at.from, at.to, "").value))
			}
		}
		d.backlog(is, top, actor, got)
		d.silence(is, top, actor, got.Coverage)
		for _, q := range got.Quality {
			var want engine.Quality
			for _, r := range d.entries() {
				if b.in(r.Unit, q.Division.Code) && r.CreatedAt >= instant("2026-01-01") {
					want.Decided, want.Returned = want.Decided+d.decided[r.ID], want.Returned+d.returned[r.ID]
					if len(r.Flags) > 0 && !access.Unsubmitted(r) && r.State != review.Voided && r.State != review.Withdrawn {
						want.Flagged++
					}
				}
			}
			want.Division = q.Division
			is("quality of "+q.Division.Code, q, want)
		}
		d.reached(b, is, top, actor, got.Targets, targets)
		d.ranked(b, is, top, actor)
	}
}

func (d *desk) week(b *brute, is func(string, any, any), top string, got engine.Week) {
	first, before, last := "2026-11-16", "2026-11-09", "2026-11-15"
	is("the week", got.Period.Name+" "+got.Before.Name, first+"--"+today+" "+before+"--"+last)
	var entries [2]int64
	for _, one := range b.counted {
		if day := one.Approved[catalogue.KeyOccurredOn].String(); b.in(one.Unit, top) && day <= today && day >= first {
			entries[0]++
		} else if b.in(one.Unit, top) && day >= before && day <= last {
			entries[1]++
		}
	}
	is("entries of the week", [2]int64{got.Entries, got.EntriesBefore}, entries)
	figures := map[string]engine.WeekFigure{}
	for _, f := range got.Figures {
		figures[f.Indicator] = f
	}
	for _, ind := range d.cat.Indicators {
		if ind.Hidden || ind.Measure != catalogue.MeasureCount && ind.Measure != catalogue.MeasureSum || ind.Sources[0].Since != "" {
			continue
		}
		is(ind.ID+" of the week", [2]int64{figures[ind.ID].Value, figures[ind.ID].Before}, [2]int64{b.number(ind, top, first, today, ""), b.number(ind, top, before, last, "")})
	}
}

func (d *desk) backlog(is func(string, any, any), top string, actor record.Actor, got *engine.Dashboard) {
	of := func(unit string, all bool) (w engine.WaitingIn) {
		w.Division, _ = d.eng.Places().Get(unit)
		for _, r := range d.entries() {
			if r.State != review.Submitted && r.State != review.Amended || all && !d.eng.Places().Within(r.Unit, unit) || !all && r.Unit != unit {
				continue
			}
			w.Count++
			sent := engine.Day(r.SubmittedAt)
			if w.Oldest == "" || sent < w.Oldest {
				w.Oldest = sent
			}
			switch {
			case sent <= "2026-11-15":
				w.Ages.Overdue++
			case sent <= "2026-11-19":
				w.Ages.Slow++
			default:
				w.Ages.Fresh++
			}
		}
		if !all || !access.SeesSmall(actor, d.eng.Places(), unit) { // of what is the unit's own it is not told
			w.Oldest = ""
		}
		return w
	}
	is("what waits", got.Waiting.WaitingIn, of(top, true))
	var units []engine.WaitingIn
	for _, unit := range append([]string{top}, d.eng.Places().Children(top)...) {
		if w := of(unit, unit != top); w.Count > 0 {
			units = append(units, w)
		}
	}
	is("what waits in units", got.Waiting.Units, units)
	sum := int64(0)
	for _, f := range got.Waiting.Forms {
		sum += f.Count
	}
	is("what waits by form", sum, got.Waiting.Count)
	is("sent this week", got.Week.Waiting, got.Waiting.Ages.Fresh+got.Waiting.Ages.Slow)
}

func (d *desk) silence(is func(string, any, any), top string, actor record.Actor, got engine.Coverage) {
	list, err := d.eng.Silent(d.t.Context(), actor, top, 30)
	d.must(err)
	var rows []string
	villages, never := 0, 0
	for _, u := range d.units {
		if u.Level != record.Village || !d.eng.Places().Within(u.Code, top) {
			continue
		}
		villages++
		last := ""
		for _, r := range d.entries() {
			day := r.Content[catalogue.KeyOccurredOn].String()
			sent := slices.Contains([]review.State{review.Submitted, review.Returned, review.Approved, review.Amended}, r.State)
			if r.Unit == u.Code && sent && !r.Sensitive && day <= today {
				last = max(last, day)
			}
		}
		if last == "" {
			never++
		}
		if last < "2026-10-24" {
			rows = append(rows, last+" "+u.Code)
		}
	}
	slices.Sort(rows)
	is("coverage", [4]any{got.Villages, got.Silent, got.Never, got.Since}, [4]any{villages, len(rows), never, "2026-10-24"})
	var listed []string
	for _, s := range list.Rows {
		listed = append(listed, s.Last+" "+s.Division.Code)
	}
	is("silent villages", listed, rows)
}

func (d *desk) reached(b *brute, is func(string, any, any), top string, actor record.Actor, got []engine.Target, all []campaign.Campaign) {
	is("targets", len(got), len(all))
	for _, one := range got {
		c := one.Campaign
		ind, bad := c.Indicator(d.cat)
		if bad != nil {
			d.t.Fatal(bad)
		}
		for _, u := range one.Units {
			want := int64(0)
			if campaign.Own(ind.ID) {
				homes := map[string]bool{}
				for _, r := range b.counted {
					if day := r.c[catalogue.KeyOccurredOn].String(); r.Form == "home_visit" && b.in(r.Unit, u.Unit) && day >= c.Start && day <= c.Deadline && r.c[catalogue.KeyHousehold] != "" {
						homes[r.c[catalogue.KeyHousehold].String()] = true
					}
				}
				want = int64(len(homes))
			} else {
				want = b.number(ind, u.Unit, c.Start, c.Deadline, c.Counts.Group)
			}
			if u.Withheld { // T8, T14: told to the units right above
				is(c.Title+" is withheld at "+u.Unit, access.SeesSmall(actor, d.eng.Places(), u.Unit) || u.Approved != 0 || u.Pacing.Pace != campaign.Untold, false)
				continue
			}
			is(c.Title+" at "+u.Unit, u.Approved, want)
		}
		// The campaign's own page counts from the entries themselves.
		page, err := d.eng.Progress(d.t.Context(), &actor, c.ID, func(*campaign.Campaign, *record.Places) []string { return []string{top} })
		d.must(err)
		is(c.Title+" on its own page", [2]int64{one.Units[0].Approved, one.Units[0].Target}, [2]int64{page.Units[0].Approved, page.Units[0].Target})
	}
}

// ranked looks at tiles and rankings of one count, one that is distinct, one that stands and one rate.
func (d *desk) ranked(b *brute, is func(string, any, any), top string, actor record.Actor) {
	for _, id := range []string{"visits", "households_visited", "organisations", "mediation_success_rate", "follow_up_rate"} {
		ind := d.cat.Indicator(id)
		table, err := d.eng.DashboardUnits(d.t.Context(), actor, top, "2026", "4", id, "", true)
		d.must(err)
		places := d.eng.Places()
		units := append([]string{top}, places.Children(top)...)
		for _, child := range places.Children(top) {
			units = append(units, places.Children(child)...)
		}
		is("units of "+id, len(table.Rows), len(units))
		ranks := map[record.Level][]engine.UnitRow{}
		for i, row := range table.Rows {
			is("unit of "+id, row.Division.Code, units[i])
			if access.SeesSmall(actor, places, units[i]) || !ind.Sensitive.Some() {
				is(id+" of "+units[i], number(row.Value), written(b.figure(ind, units[i], "2026-10-01", "2026-12-31", "").value))
				is(id+" before of "+units[i], number(row.Before), written(b.figure(ind, units[i], "2025-10-01", "2025-12-31", "").value))
			}
			if row.Rank > 0 {
				ranks[row.Division.Level] = append(ranks[row.Division.Level], row)
			}
		}
		for level, list := range ranks {
			slices.SortFunc(list, func(a, b engine.UnitRow) int { return cmp.Compare(a.Rank, b.Rank) })
			for i := 1; i < len(list); i++ {
				a, b := *list[i-1].Value.Value, *list[i].Value.Value
				is(fmt.Sprint(id, " in order, ", level), a < b || a == b && list[i].Rank != list[i-1].Rank, false)
			}
		}
	}
}

func instant(day string) record.Instant {
	at, _ := time.Parse(time.DateOnly, day)
	return record.Instant(at.UnixMilli()) - 8*60*60*1000
}

// number is what a reader is told, as text; "none" where there is nothing to tell.
func number(r totals.Reading) string {
	if r.Withheld {
		return "withheld"
	}
	if r.Value == nil {
		return "none"
	}
	return fmt.Sprint(*r.Value)
}

// written rounds half away from nought, as figures are written.
func written(v *big.Rat) string {
	if v == nil {
		return "none"
	}
	twice := new(big.Int).Quo(new(big.Int).Mul(v.Num(), big.NewInt(2)), v.Denom())
	twice.Add(twice, big.NewInt(int64(twice.Sign())))
	return new(big.Int).Quo(twice, big.NewInt(2)).String()
}

// T21: what a reader is not told on the pages of figures she is not told on a dashboard, and the other way round: else what
// one of the two withholds comes back from the other.
func (d *desk) sameAsPages(t *testing.T) {
	t.Helper()
	var sensitive []string
	for _, ind := range d.cat.Indicators {
		if ind.Sensitive.Some() {
			sensitive = append(sensitive, ind.ID)
		}
	}
	withheld := 0
	for name, seat := range map[string]record.Seat{"an auditor": {Role: record.Auditor, Unit: city}, "the city": {Role: record.Manager, Unit: city},
		"a volunteer": {Role: record.Volunteer, Unit: township}} {
		actor := record.Actor{Account: "reader", Seats: []record.Seat{seat}}
		for _, top := range []string{city, county, township, village} {
			if !access.Scope(actor, d.eng.Places(), top) {
				continue
			}
			page := func(unit, period string) map[string]map[string]totals.Reading {
				table, err := d.eng.Page(t.Context(), actor, unit, period)
				d.must(err)
				out := map[string]map[string]totals.Reading{}
				for _, row := range table.Rows {
					out[row.Division.Code] = map[string]totals.Reading{}
					for _, v := range row.Values {
						if v.Group == "" {
							out[row.Division.Code][v.Indicator] = v
						}
					}
				}
				return out
			}
			pages := map[string]map[string]map[string]totals.Reading{}
			same := func(what, of, unit, period, id string, got totals.Reading) { // of is whose page it stands on
				t.Helper()
				if pages[of+period] == nil {
					pages[of+period] = page(of, period)
				}
				if got.Withheld {
					withheld++
				}
				if want := pages[of+period][unit][id]; number(got) != number(want) {
					t.Errorf("%s, %s of %s in %s for %s: %s, on the page %s", what, id, unit, period, name, number(got), number(want))
				}
			}
			for some := range slices.Chunk(sensitive, 20) {
				for _, quarter := range []string{"", "3"} {
					got, err := d.eng.Dashboard(t.Context(), actor, top, "2026", quarter, some)
					d.must(err)
					for _, f := range got.Figures {
						same("dashboard", top, top, got.Period.Name, f.Value.Indicator, f.Value)
						same("dashboard", top, top, got.Compare.Before.Name, f.Value.Indicator, f.Before)
						if f.Through != nil {
							same("dashboard", top, top, got.Compare.Through.Name, f.Value.Indicator, *f.Through)
							same("dashboard", top, top, got.Compare.ThroughBefore.Name, f.Value.Indicator, *f.ThroughBefore)
						}
					}
				}
			}
			for _, id := range []string{"risk_signs", "two_cancers_cash", "petitions", "incidents", "visits"} {
				table, err := d.eng.DashboardUnits(t.Context(), actor, top, "2026", "3", id, "", true)
				d.must(err)
				for _, row := range table.Rows {
					of := row.Division.Parent
					if row.Division.Code == top {
						of = top
					}
					same("tiles", of, row.Division.Code, "2026Q3", id, row.Value)
					if row.Value.Withheld && (row.Rank > 0 || row.Share >= 0) {
						t.Errorf("%s of %s is withheld from %s, and its place is told", id, row.Division.Code, name)
					}
				}
			}
		}
	}
	if withheld < 20 {
		t.Errorf("%d figures were withheld: that says little", withheld)
	}
}
