package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// S29 T18: campaigns are written and taken back with their transaction; households and counted entries are found by unit
// and by day, also those of this very transaction.
func campaigns(t *testing.T, s engine.Store) {
	ctx := context.Background()
	row := func(id, state string) engine.CampaignRow {
		return engine.CampaignRow{ID: id, Unit: "u", State: state, Start: "2026-01-01", Deadline: "2026-12-31", JSON: []byte(`{"id":"` + id + `"}`)}
	}
	want := func(r engine.Reader, all ...string) {
		t.Helper()
		list, err := r.Campaigns()
		must(t, err)
		var got []string
		for _, c := range list {
			got = append(got, c.ID+" "+c.State)
			if fmt.Sprint(c) != fmt.Sprint(row(c.ID, c.State)) {
				t.Errorf("%+v", c)
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("%v, want %v", got, all)
		}
	}
	put := func(tx engine.Tx, id, unit string, rec record.Record) {
		rec.ID, rec.Unit = id, unit
		must(t, tx.PutRecord(&rec))
	}
	entry := func(form, day string, state review.State) record.Record {
		c := record.Content{"occurred_on": record.Text(day)}
		return record.Record{Type: record.Entry, Form: form, State: state, Content: c, Approved: c}
	}
	house := record.Record{Type: record.Household, State: "active", Content: record.Content{}}
	found := func(r engine.Reader) {
		t.Helper()
		var days []string
		must(t, r.CountedOn("call", "2026-11-02", "2026-11-03", func(rec *record.Record) error {
			days = append(days, rec.ID)
			return nil
		}))
		slices.Sort(days)
		list, err := r.Households("u")
		must(t, err)
		var ids []string
		for _, h := range list {
			ids = append(ids, h.ID)
		}
		counts, err := r.HouseholdsIn([]string{"u", "v", "none"})
		must(t, err)
		for _, of := range [][]string{nil, {"call"}, {}} {
			done, err := r.DoneIn("u", of, "2026-11-01", "2026-11-03")
			must(t, err)
			for _, one := range done {
				ids = append(ids, one.ID)
			}
		}
		if got := fmt.Sprint(days, ids, counts["u"], counts["v"], counts["none"]); got != "[b c] [h1 h2 a b e a b] 2 1 0" {
			t.Error(got)
		}
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, tx.PutCampaign(row("b", "running")))
		must(t, tx.PutCampaign(row("a", "running")))
		want(tx, "a running", "b running")
		put(tx, "a", "u", entry("call", "2026-11-01", review.Approved))
		put(tx, "b", "u", entry("call", "2026-11-02", review.Approved))
		put(tx, "c", "v", entry("call", "2026-11-03", review.Amended))
		put(tx, "d", "u", entry("call", "2026-11-03", review.Voided))
		put(tx, "e", "u", entry("visit", "2026-11-03", review.Approved))
		put(tx, "h2", "u", house)
		put(tx, "h1", "u", house)
		put(tx, "h3", "v", house)
		found(tx)
		return nil
	}))
	boom := errors.New("boom")
	if err := s.Update(ctx, func(tx engine.Tx) error {
		must(t, tx.PutCampaign(row("a", "closed")))
		must(t, tx.PutCampaign(row("c", "running")))
		return boom
	}); !errors.Is(err, boom) {
		t.Fatal(err)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error { return tx.PutCampaign(row("b", "closed")) }))
	must(t, s.View(ctx, func(r engine.Reader) error {
		want(r, "a running", "b closed")
		found(r)
		return nil
	}))
}
