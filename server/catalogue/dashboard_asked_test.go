package catalogue_test

import (
	"fmt"
	"slices"
	"testing"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// openedAsked holds what waits for each campaign, as a dashboard and as its own page tell it, to what it opens to: the entries
// that a hand finds, which come to the number, and for nobody who is not told the number (T18, T22).
func (d *desk) openedAsked(t *testing.T, when string, list []campaign.Campaign) {
	t.Helper()
	b := d.brute()
	told, listed, hidden, refused, summed, less := 0, 0, int64(0), 0, 0, 0
	for name, seats := range audience {
		actor := record.Actor{Account: "reader", Seats: seats}
		for _, top := range []string{city, county, township, village} {
			if !access.Scope(actor, d.eng.Places(), top) {
				continue
			}
			board, err := d.eng.Dashboard(t.Context(), actor, top, "2026", "", nil)
			d.must(err)
			for _, c := range list {
				ind, _ := c.Indicator(d.cat)
				open := func(group string) (engine.EntriesQuery, string) {
					return engine.EntriesQuery{Unit: top, Period: c.Period(), Indicator: engine.WorkWaiting, Group: group}, fmt.Sprintf("%s: %s of %q in %s for %s", when, group, c.Title, top, name)
				}
				shut := func(group string, want record.Code) {
					q, at := open(group)
					refused++
					if page, err := d.eng.WorkEntries(t.Context(), actor, q); codeOf(err) != want {
						t.Errorf("%s: %v, %v, not %s", at, page, err, want)
					}
				}

				i := slices.IndexFunc(board.Targets, func(one engine.Target) bool { return one.Campaign.ID == c.ID })
				one := board.Targets[i]
				q, at := open("target:" + c.ID)
				switch whole := one.Units[0]; {
				case one.Elsewhere:
					shut(q.Group, record.NotFound)
				case whole.Unsaid:
					shut(q.Group, record.Forbidden)
				default:
					told++
					rows, want := d.walk(actor, top, q.Period, q.Indicator, q.Group), d.askedByHand(seats, top, &c, ind)
					if rows.count != whole.Waiting || rows.count != want.count || rows.told+rows.hidden != rows.count || fmt.Sprint(rows.adds) != fmt.Sprint(want.adds) {
						t.Fatalf("%s: %v, by hand %v; it is told as %d", at, rows, want, whole.Waiting)
					}
					listed, hidden = listed+len(rows.adds), hidden+rows.hidden
					page, err := d.eng.WorkEntries(t.Context(), actor, q)
					d.must(err)
					shares := map[string]int64{}
					for _, u := range page.Units {
						if !u.Own {
							shares[u.Division.Code] = u.Count
						}
					}
					for _, u := range one.Units[1:] {
						if n, some := shares[u.Unit]; u.Unsaid && some || !u.Unsaid && n != u.Waiting {
							t.Errorf("%s: %s has %d of it, it is told as %v", at, u.Unit, n, u)
						}
					}
				}

				p, err := d.eng.Progress(t.Context(), &actor, c.ID, func(*campaign.Campaign, *record.Places) []string { return []string{top} })
				d.must(err)
				q, at = open("progress:" + c.ID)
				if p.Units[0].Unsaid {
					shut(q.Group, record.Forbidden)
					continue
				}
				told++
				rows, want := d.walk(actor, top, q.Period, q.Indicator, q.Group), d.addedByHand(seats, b, top, &c, ind)
				if rows.count != p.Units[0].Submitted || fmt.Sprint(rows.adds) != fmt.Sprint(want.adds) || int64(len(rows.adds))+rows.hidden != want.count {
					t.Fatalf("%s: %v, by hand %v; it is told as %d", at, rows, want, p.Units[0].Submitted)
				}
				// Of what is distinct some may be held by others.
				if ind.Measure != catalogue.MeasureDistinct && rows.hidden == 0 {
					if rows.count != max(0, rows.told) {
						t.Errorf("%s: listed are %d, it is told as %d", at, rows.told, rows.count)
					}
					summed++
				} else if rows.hidden == 0 && rows.told < rows.count {
					t.Errorf("%s: listed are %d, it is told as %d", at, rows.told, rows.count)
				}
				for _, n := range rows.adds {
					if n < 0 {
						less++
					}
				}
				listed, hidden = listed+len(rows.adds), hidden+rows.hidden
			}
		}
	}
	if told == 0 || listed == 0 || hidden == 0 || refused == 0 || summed == 0 || when == "amended" && less == 0 {
		t.Errorf("%s: %d told, %d listed, %d hidden, %d refused, %d summed, %d that take away: the test says nothing", when, told, listed, hidden, refused, summed, less)
	}
	outside := record.Actor{Account: "reader", Seats: []record.Seat{{Role: record.Reviewer, Unit: township}}}
	for group, want := range map[string]record.Code{"target:" + list[0].ID + "0": record.NotFound, "progress:": record.NotFound, "progress:none": record.NotFound, "asked:" + list[0].ID: record.BadRequest} {
		if _, err := d.eng.WorkEntries(t.Context(), outside, engine.EntriesQuery{Unit: township, Period: "2026", Indicator: engine.WorkWaiting, Group: group}); codeOf(err) != want {
			t.Errorf("%s: %v, not %s", group, err, want)
		}
	}
}

func waits(r *record.Record) bool { return r.State == review.Submitted || r.State == review.Amended }

// askedByHand goes through every entry of the forms that a campaign counts from, of the months of its span.
func (d *desk) askedByHand(seats []record.Seat, top string, c *campaign.Campaign, ind *catalogue.Indicator) (out openedTo) {
	out.adds = map[string]int64{}
	for _, r := range d.entries() {
		month := r.Content["occurred_on"].String()[:7]
		from := slices.ContainsFunc(ind.Sources, func(s *catalogue.Source) bool { return s.Form == r.Form })
		if !waits(r) || !from || month < c.Start[:7] || month > c.Deadline[:7] || !d.eng.Places().Within(r.Unit, top) {
			continue
		}
		out.count++
		if d.lists(seats, r) {
			out.adds[r.ID] = 1
		}
	}
	return out
}

// addedByHand counts each entry by itself, as it counts now and as it would.
func (d *desk) addedByHand(seats []record.Seat, b *brute, top string, c *campaign.Campaign, ind *catalogue.Indicator) (out openedTo) {
	out.adds = map[string]int64{}
	for _, r := range d.entries() {
		if !waits(r) || !d.eng.Places().Within(r.Unit, top) {
			continue
		}
		alone := func(content record.Content) (n int64, keys map[string]bool) {
			keys = map[string]bool{}
			if content == nil {
				return 0, keys
			}
			next := *r
			next.State, next.Approved = review.Approved, content
			one := counted{&next, d.cat.Form(r.Form).Derive(content)}
			place, _ := d.eng.Places().Get(r.Unit)
			by := &brute{town: d.town, by: map[*catalogue.Source][]counted{}, met: map[string]bool{r.ID: b.wasMet(one)}, follows: b.follows}
			for _, s := range ind.Sources {
				if s.Form == r.Form && s.Where.Match(content) && (len(s.Levels) == 0 || slices.Contains(s.Levels, string(place.Level))) {
					by.by[s] = append(by.by[s], one)
				}
			}
			by.take(ind, top, c.Start, c.Deadline, c.Counts.Group, func(s *catalogue.Source, one counted) {
				switch ind.Measure {
				case catalogue.MeasureCount:
					n++
				case catalogue.MeasureSum:
					n += value(s.Value, one.c)
				default:
					for _, key := range by.keys(s.Key, one) {
						keys[key] = true
					}
				}
			})
			return n, keys
		}
		was, had := alone(r.Approved)
		n, has := alone(r.Content)
		for key := range has {
			if !had[key] {
				n++
			}
		}
		if n -= was; n == 0 {
			continue
		}
		out.count++
		if d.lists(seats, r) {
			out.adds[r.ID] = n
		}
	}
	return out
}
