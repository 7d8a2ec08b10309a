package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// What is counted on a day is found by it, whatever day its entry was done on, and also where that is another day than
// when it was first counted: an amendment that moves a petition to another day leaves what is dated by the day on which
// it was received as it is, and a store that finds that by the entry's own day would have lost it.
func byDay(t *testing.T, s engine.Store) {
	ctx := context.Background()
	on := func(day string) *record.Record {
		c := record.Content{"occurred_on": record.Text(day)}
		return &record.Record{Type: record.Entry, ID: "p", Unit: "u", Form: "petition", State: review.Approved,
			Content: c, Approved: c, Version: day, ApprovedVersion: day, Writers: map[string]record.Writer{}}
	}
	counted := func(indicator, day string) totals.Contribution {
		return totals.Contribution{Indicator: indicator, Unit: "u", Day: day, Value: 1}
	}
	stays := []totals.Contribution{counted("received", "2026-03-05"), counted("closed", "2026-04-01")}
	found := func(from, to string) (out []string) {
		for _, units := range [][]string{{"u"}, append(slices.Repeat([]string{"elsewhere"}, 3000), "u")} { // few, and many
			var list []string
			must(t, s.View(ctx, func(r engine.Reader) error {
				add := func(row engine.DayRow) error {
					list = append(list, row.Indicator)
					return nil
				}
				return errors.Join(r.DayRows(nil, units, from, to, add), r.LaterRows(units, from, to, add))
			}))
			slices.Sort(list)
			if out != nil && !slices.Equal(out, list) {
				t.Errorf("%s to %s: %v, of many units %v", from, to, out, list)
			}
			out = append([]string{}, list...)
		}
		return slices.Compact(out)
	}
	is := func(story, from, to string, want ...string) {
		t.Helper()
		if got := found(from, to); !slices.Equal(got, want) {
			t.Errorf("%s, %s to %s: %v, want %v", story, from, to, got, want)
		}
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.PutRecord(on("2026-03-05")), tx.ChangeContributions("p", nil, append(stays, counted("calls", "2026-03-05"))))
	}))
	is("approved", "2026-03-05", "2026-03-05", "calls", "received")
	is("approved", "2026-03-01", "2026-04-30", "calls", "closed", "received")
	is("approved", "2026-03-06", "2026-04-30", "closed")
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.PutRecord(on("2026-03-07")),
			tx.ChangeContributions("p", []totals.Contribution{counted("calls", "2026-03-05")}, []totals.Contribution{counted("calls", "2026-03-07")}))
	}))
	is("amended", "2026-03-05", "2026-03-06", "received")
	is("amended", "2026-03-07", "2026-03-08", "calls")
	is("amended", "2026-03-01", "2026-04-30", "calls", "closed", "received")
	gone := on("2026-03-07")
	gone.State = review.Voided
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.PutRecord(gone), tx.ChangeContributions("p", append(stays, counted("calls", "2026-03-07")), nil))
	}))
	is("voided", "2026-01-01", "2026-12-31")
}
