package catalogue_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/access"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// audience are those who are told more and less of what is behind a number.
var audience = map[string][]record.Seat{
	"the city":           {{Role: record.Reviewer, Unit: city}, {Role: record.Manager, Unit: city}},
	"the county":         {{Role: record.Manager, Unit: county}},
	"the township":       {{Role: record.Reviewer, Unit: township}},
	"the village":        {{Role: record.Volunteer, Unit: village}},
	"an auditor":         {{Role: record.Auditor, Unit: city}},
	"a township's clerk": {{Role: record.Volunteer, Unit: township}},
}

// opened holds every number of work of every unit to what it opens to: all of it together is the number, each entry adds what a
// hand counts, and who is no reviewer, manager or colleague of a unit is told none there that might be sensitive (T22).
func (d *desk) opened(t *testing.T, when string) {
	t.Helper()
	shown, hidden, stubs := 0, int64(0), 0
	for name, seats := range audience {
		actor := record.Actor{Account: "reader", Seats: seats}
		for _, top := range []string{city, county, township, village} {
			if !access.Scope(actor, d.eng.Places(), top) {
				continue
			}
			for _, number := range []string{engine.WorkDecided, engine.WorkReturned, engine.WorkFlagged, engine.WorkConflicts, engine.WorkWaiting} {
				for _, period := range []string{"2026", "2026Q4", "2026Q1"} {
					at := fmt.Sprintf("%s: %s of %s in %s for %s", when, number, top, period, name)
					rows := d.walk(actor, top, period, number, "")
					want := d.byHand(seats, top, period, number)
					if fmt.Sprint(rows.adds) != fmt.Sprint(want.adds) {
						t.Fatalf("%s: %v, by hand %v", at, rows.adds, want.adds)
					}
					if rows.count != want.count || rows.told+rows.hidden != rows.count {
						t.Fatalf("%s: the number is %d, by hand %d; listed %d and %d hidden", at, rows.count, want.count, rows.told, rows.hidden)
					}
					shown, hidden, stubs = shown+len(rows.adds), hidden+rows.hidden, stubs+rows.stubs
				}
			}
		}
	}
	if shown == 0 || hidden == 0 || stubs == 0 {
		t.Errorf("%s: %d listed, %d hidden and %d told to exist: the test says nothing", when, shown, hidden, stubs)
	}
	d.openedParts(t, when)
}

// openedParts holds the numbers of the week, and what waits by age and by form, to the same, and to be opened by nobody who is
// told no small counts of the unit: what counts on some days and what waits of forms that may be sensitive (T14, T18).
func (d *desk) openedParts(t *testing.T, when string) {
	t.Helper()
	week, before := "2026-11-16--"+today, "2026-11-09--2026-11-15"
	listed, hidden, refused := map[string]int{}, int64(0), 0
	for name, seats := range audience {
		actor := record.Actor{Account: "reader", Seats: seats}
		for _, top := range []string{city, county, township, village} {
			if !access.Scope(actor, d.eng.Places(), top) {
				continue
			}
			for _, of := range [][3]string{
				{engine.WorkCounted, week}, {engine.WorkCounted, before}, {engine.WorkWaiting, "2026", "fresh"}, {engine.WorkWaiting, "2026", "slow"}, {engine.WorkWaiting, "2026", "overdue"},
				{engine.WorkWaiting, "2026", "recent"}, {engine.WorkWaiting, "2026", "form:activity"}, {engine.WorkWaiting, "2026", "form:activity,home_visit"},
			} {
				at := fmt.Sprintf("%s: %v of %s for %s", when, of, top, name)
				if (of[0] == engine.WorkCounted || strings.Contains(of[2], "home_visit")) && !access.SeesSmall(actor, d.eng.Places(), top) {
					refused++
					if page, err := d.eng.WorkEntries(t.Context(), actor, engine.EntriesQuery{Unit: top, Period: of[1], Indicator: of[0], Group: of[2]}); codeOf(err) != record.Forbidden {
						t.Errorf("%s: %v, %v, should be forbidden", at, page, err)
					}
					continue
				}
				rows, want := d.walk(actor, top, of[1], of[0], of[2]), d.partByHand(seats, top, of)
				if fmt.Sprint(rows.adds) != fmt.Sprint(want.adds) || rows.count != want.count || rows.told+rows.hidden != rows.count {
					t.Fatalf("%s: %v, by hand %v; the number is %d, by hand %d; %d listed and %d hidden", at, rows.adds, want.adds, rows.count, want.count, rows.told, rows.hidden)
				}
				listed[of[0]+of[1]+of[2]] += len(rows.adds)
				hidden += rows.hidden
			}
		}
	}
	if len(listed) != 8 || hidden == 0 || refused == 0 {
		t.Errorf("%s: %v listed, %d hidden, %d refused: the test says nothing", when, listed, hidden, refused)
	}
	actor := record.Actor{Account: "reader", Seats: []record.Seat{{Role: record.Reviewer, Unit: township}}}
	for _, q := range []engine.EntriesQuery{
		{Indicator: engine.WorkCounted, Period: "2026"}, {Indicator: engine.WorkCounted, Period: "2026-11-15--" + today}, {Indicator: engine.WorkCounted, Period: week, Group: "fresh"},
		{Indicator: engine.WorkWaiting, Period: week, Group: "fresh"}, {Indicator: engine.WorkWaiting, Period: "2026", Group: "old"}, {Indicator: engine.WorkFlagged, Period: "2026", Group: "form:activity"},
	} {
		q.Unit = township
		if _, err := d.eng.WorkEntries(t.Context(), actor, q); codeOf(err) != record.BadRequest {
			t.Errorf("%v: %v", q, err)
		}
	}
}

func codeOf(err error) record.Code {
	if e := (*record.Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// partByHand goes through every entry, as byHand does.
func (d *desk) partByHand(seats []record.Seat, top string, of [3]string) (out openedTo) {
	out.adds = map[string]int64{}
	for _, r := range d.entries() {
		day, in := r.Approved["occurred_on"].String(), false
		if of[0] == engine.WorkCounted {
			in = (r.State == review.Approved || r.State == review.Amended) && day >= of[1][:10] && day <= of[1][12:]
		} else if r.State == review.Submitted || r.State == review.Amended {
			days := int64(instant(today)-instant(engine.Day(r.SubmittedAt))) / int64(record.DayMS)
			in = of[2] == "fresh" && days < 3 || of[2] == "slow" && days >= 3 && days < 7 || of[2] == "overdue" && days >= 7 || of[2] == "recent" && days < 7 ||
				strings.HasPrefix(of[2], "form:") && strings.Contains(of[2], r.Form)
		}
		if !in || !d.eng.Places().Within(r.Unit, top) {
			continue
		}
		out.count++
		if d.lists(seats, r) {
			out.adds[r.ID] = 1
		}
	}
	return out
}

// lists says whether one with these seats is listed an entry of T22.
func (d *desk) lists(seats []record.Seat, r *record.Record) (listed bool) {
	for _, s := range seats {
		above := d.eng.Places().Reviewing(r.Unit) == s.Unit && (s.Role == record.Reviewer || s.Role == record.Manager)
		works := r.Unit == s.Unit && s.Role != record.Auditor
		further := d.eng.Places().Within(r.Unit, s.Unit) && (s.Role == record.Reviewer || s.Role == record.Manager)
		listed = listed || above || works || further && d.cat.Form(r.Form).Sensitive == nil
	}
	return listed
}

type openedTo struct {
	adds                map[string]int64 // by entry
	count, told, hidden int64
	stubs               int
}

// walk goes through all pages of a number, three entries each, and its units.
func (d *desk) walk(actor record.Actor, top, period, number, group string) (out openedTo) {
	out.adds = map[string]int64{}
	q := engine.EntriesQuery{Unit: top, Period: period, Indicator: number, Group: group, Limit: 3}
	for {
		page, err := d.eng.WorkEntries(d.t.Context(), actor, q)
		d.must(err)
		out.count, out.hidden = page.Count, page.Hidden
		all := int64(0)
		for _, u := range page.Units {
			all += u.Count
		}
		below := d.eng.Places().Children(top)
		told := len(below) > 0 && access.To(actor, d.eng.Places(), below[0], "") != access.Outside
		if number == engine.WorkCounted || strings.Contains(group, "home_visit") {
			told = told && access.SeesSmall(actor, d.eng.Places(), below[0])
			for _, u := range page.Units {
				if !u.Own && !access.SeesSmall(actor, d.eng.Places(), u.Division.Code) {
					d.t.Fatalf("%s of %s is told of %s", number, top, u.Division.Code)
				}
			}
		}
		if len(page.Units) > 0 && all != page.Count && told && !strings.HasPrefix(group, "target:") { // of which openedAsked has the units
			d.t.Fatalf("%s of %s: units have %d of %d", number, top, all, page.Count)
		}
		for _, e := range page.List {
			if out.adds[e.Entity] != 0 {
				d.t.Fatalf("%s is listed twice", e.Entity)
			}
			if e.Record.Content == nil {
				if out.stubs++; e.Record.Form != "" || e.Day != "" {
					d.t.Fatalf("more is told of %s than that it exists", e.Entity)
				}
			}
			out.adds[e.Entity] = e.Value
			out.told += e.Value
		}
		if page.Next == (engine.Page{}) {
			return out
		}
		q.After = page.Next
	}
}

// byHand goes through every entry, and asks of each who the reader is to its unit.
func (d *desk) byHand(seats []record.Seat, top, period, number string) (out openedTo) {
	out.adds = map[string]int64{}
	from, to := period+"-01-01", period+"-12-31"
	if strings.HasSuffix(period, "Q4") {
		from, to = "2026-10-01", "2026-12-31"
	} else if strings.HasSuffix(period, "Q1") {
		from, to = "2026-01-01", "2026-03-31"
	}
	for _, r := range d.entries() {
		if !d.eng.Places().Within(r.Unit, top) {
			continue
		}
		arrived := engine.Day(r.CreatedAt) >= from && engine.Day(r.CreatedAt) <= to
		n := int64(0)
		switch {
		case number == engine.WorkWaiting && (r.State == review.Submitted || r.State == review.Amended), number == engine.WorkConflicts && len(r.Conflicts) > 0,
			number == engine.WorkFlagged && arrived && len(r.Flags) > 0 && slices.Contains([]review.State{review.Submitted, review.Returned, review.Approved, review.Amended}, r.State):
			n = 1
		case number == engine.WorkDecided && arrived:
			n = d.decided[r.ID]
		case number == engine.WorkReturned && arrived:
			n = d.returned[r.ID]
		}
		if n == 0 {
			continue
		}
		out.count += n
		if d.lists(seats, r) {
			out.adds[r.ID] = n
		}
	}
	return out
}

// recordedLast looks at what a village that is silent opens to.
func (d *desk) recordedLast(t *testing.T) {
	t.Helper()
	for _, seat := range []record.Seat{{Role: record.Reviewer, Unit: township}, {Role: record.Manager, Unit: city}} {
		page, err := d.eng.WorkEntries(t.Context(), record.Actor{Account: "reader", Seats: []record.Seat{seat}}, engine.EntriesQuery{Unit: village, Period: "2026", Indicator: engine.WorkRecorded})
		d.must(err)
		var days, want []string
		for _, e := range page.List {
			days = append(days, e.Day)
			if e.Record.Sensitive {
				t.Errorf("%s is sensitive", e.Entity)
			}
		}
		for _, r := range d.entries() {
			sent := r.State == review.Approved || r.State == review.Amended || seat.Unit == township && (r.State == review.Submitted || r.State == review.Returned)
			if r.Unit == village && sent && !r.Sensitive {
				want = append(want, r.Content["occurred_on"].String())
			}
		}
		slices.Sort(want)
		slices.Reverse(want)
		if want = want[:min(50, len(want))]; len(want) == 0 || fmt.Sprint(days) != fmt.Sprint(want) {
			t.Errorf("the village's last entries for %s: %v, by hand %v", seat.Unit, days, want)
		}
	}
}
