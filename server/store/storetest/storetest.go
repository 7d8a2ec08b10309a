// Package storetest is the contract that every store passes: what a transaction
// promises, and all scenarios of the protocol.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/simtest"
	"niangjia/sync/totals"
)

// Run holds a store to the contract; open gives an empty one and closes it with the test.
func Run(t *testing.T, open func(t *testing.T) engine.Store) {
	t.Run("S6 transactions", func(t *testing.T) { transactions(t, open(t)) })
	t.Run("S10 feeds", func(t *testing.T) { feeds(t, open(t)) })
	t.Run("glance", func(t *testing.T) { glance(t, open(t)) })
	t.Run("durable", func(t *testing.T) { durable(t, open(t)) })
	t.Run("begun", func(t *testing.T) { begun(t, open(t)) })
	t.Run("Q5 a line by its place", func(t *testing.T) { lineAt(t, open(t)) })
	t.Run("S18 digests", func(t *testing.T) { digests(t, open(t)) })
	t.Run("S19 old tombstones", func(t *testing.T) { compaction(t, open(t)) })
	t.Run("R4 undecided", func(t *testing.T) { undecided(t, open(t)) })
	t.Run("back to nought", func(t *testing.T) { nought(t, open(t)) })
	t.Run("figures by name", func(t *testing.T) { named(t, open(t)) })
	t.Run("campaigns", func(t *testing.T) { campaigns(t, open(t)) })
	t.Run("by day", func(t *testing.T) { byDay(t, open(t)) })
	t.Run("T19 kept by the day", func(t *testing.T) { keptByDay(t, open(t)) })
	t.Run("T22 what numbers of work count", func(t *testing.T) { workedOn(t, open(t)) })
	t.Run("T19 the backlog", func(t *testing.T) { backlog(t, open(t)) })
	t.Run("measures", func(t *testing.T) { simtest.Measures(t, open, 1) })
	t.Run("many writers", func(t *testing.T) { writers(t, open(t)) })
	t.Run("scenarios", func(t *testing.T) { simtest.Run(t, open) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var cell = totals.Cell{Indicator: "calls", Unit: simtest.Village}

// S6: if an update fails, nothing of it remains.
func transactions(t *testing.T, s engine.Store) {
	ctx := context.Background()
	boom := errors.New("boom")
	write := func(tx engine.Tx) error {
		return errors.Join(
			tx.SetMeta("k", "v"),
			tx.PutLog(engine.Log{Epoch: "e", Account: "a", Device: "d", Through: 1, Chain: "h"}),
			func() error { _, err := tx.AppendLine(engine.Line{Epoch: "e", N: 1, Bytes: []byte("x")}); return err }(),
			tx.PutRecord(&record.Record{Type: record.Household, ID: "r", Unit: "u", Content: record.Content{}}),
			tx.PutVersion("r", "v", record.Content{"a": `"b"`}),
			tx.PutParked(engine.Parked{Seq: 1, Epoch: "e", N: 1, Entity: "r", WaitsFor: "w"}),
			tx.PutFeedRow("f", "r", record.Household, engine.Whole),
			tx.SetActor(record.Actor{Account: "a", Seats: []record.Seat{{Role: record.Reviewer, Unit: "u"}}}),
			tx.AddTotal(cell, 5, 3, 2),
			tx.AddStep(cell, 5, 0, 1),
			tx.AddStanding(cell, 24313, 1),
			tx.ChangeContributions("r", nil, []totals.Contribution{
				{Indicator: "calls", Unit: "u", Day: "2026-01-01", Value: 3}, {Indicator: "homes", Unit: "u", Day: "2026-01-01", Value: 1, Key: "key"}}),
		)
	}
	seen := func() (out string) {
		must(t, s.View(ctx, func(r engine.Reader) error {
			meta, e1 := r.Meta("k")
			log, e2 := r.Log("e")
			line, e3 := r.Line("e", 1)
			rec, e4 := r.Record("r")
			version, e5 := r.Version("r", "v")
			parked, e6 := r.ParkedOn("w")
			head, e7 := r.FeedHead("f")
			reviewers, e8 := r.ReviewersAt("u")
			sums, e9 := r.Totals(simtest.Village, 5, 5)
			steps, e10 := r.DistinctTotals(simtest.Village, 5, 5)
			list, e11 := r.Contributions("r")
			standing, e12 := r.Standing(simtest.Village, 24313)
			out = fmt.Sprint(meta, log.Through, line != nil, rec != nil, len(version), len(parked), head, len(reviewers), len(sums), len(steps), len(list), len(standing))
			return errors.Join(e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12)
		}))
		return out
	}
	nothing := seen()
	if err := s.Update(ctx, func(tx engine.Tx) error { must(t, write(tx)); return boom }); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if got := seen(); got != nothing {
		t.Fatalf("a failed update left %s", got)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, write(tx))
		// It reads its own writes.
		sums, err := tx.Totals(simtest.Village, 5, 5)
		if err != nil || len(sums) != 1 || sums[0].Value != 3 {
			t.Errorf("own total: %v %v", sums, err)
		}
		places, err := tx.KeyPlaces("homes", "", "key")
		if err != nil || len(places) != 1 || places[0] != (totals.KeyPlace{Unit: "u", Month: 2026 * 12, N: 1}) {
			t.Errorf("own key: %v %v", places, err)
		}
		return nil
	}))
	if got := seen(); got != "v1 true true 1 1 1 1 1 1 2 1" {
		t.Fatalf("after the commit: %s", got)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.DeleteParked("e", 1), tx.SetOutcome("e", 1, change.Outcome{N: 1, Outcome: change.Applied}),
			tx.AddTotal(cell, 5, 4, -1))
	}))
	must(t, s.View(ctx, func(r engine.Reader) error {
		sums, err := r.Totals(simtest.Village, 1, 9)
		if err != nil || len(sums) != 1 || sums[0].Value != 7 || sums[0].Entries != 1 {
			t.Errorf("totals add up: %v %v", sums, err)
		}
		line, err := r.Line("e", 1)
		if err != nil || line.Outcome.Outcome != change.Applied || string(line.Bytes) != "x" {
			t.Errorf("%+v %v", line, err)
		}
		return nil
	}))
}

// S10: one row a record and feed, moved by each change; places grow and never repeat.
func feeds(t *testing.T, s engine.Store) {
	ctx := context.Background()
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		for _, id := range []string{"a", "b", "c"} {
			must(t, tx.PutRecord(&record.Record{Type: record.Household, ID: id, Content: record.Content{}}))
			must(t, tx.PutFeedRow("f", id, record.Household, engine.Whole))
		}
		return tx.PutFeedRow("f", "a", record.Household, engine.Stub)
	}))
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.PutFeedRow("f", "b", record.Household, engine.Gone), tx.Narrow("f"))
	}))
	if err := s.Update(ctx, func(tx engine.Tx) error {
		return errors.Join(tx.PutFeedRow("f", "c", record.Household, engine.Gone), tx.Narrow("f"), errors.New("no"))
	}); err == nil {
		t.Error("an update that failed was committed")
	}
	must(t, s.View(ctx, func(r engine.Reader) error {
		feeds, err := r.Feeds([]string{"f", "never"})
		if at := feeds["f"].Narrowed; at != 5 || feeds["never"].Since() != 0 {
			t.Errorf("narrowed at %d", at)
		}
		return err
	}))
	must(t, s.View(ctx, func(r engine.Reader) error {
		rows, err := r.FeedRows("f", 0, 10)
		must(t, err)
		got := ""
		for _, row := range rows {
			got += fmt.Sprintf("%d%s%d%v ", row.Seq, row.Entity, row.View, row.Record != nil)
		}
		if got != "3c0true 4a1true 5b2false " {
			t.Errorf("feed %s", got)
		}
		page, err := r.FeedRows("f", 3, 1)
		must(t, err)
		if len(page) != 1 || page[0].Entity != "a" {
			t.Errorf("page %+v", page)
		}
		return nil
	}))
}

// R4: what waits in some units, and nothing else.
func undecided(t *testing.T, s engine.Store) {
	ctx := context.Background()
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		for _, r := range []record.Record{
			{ID: "a", Unit: "u2", State: review.Submitted}, {ID: "b", Unit: "u1", State: review.Amended},
			{ID: "c", Unit: "u1", State: review.Approved}, {ID: "d", Unit: "u3", State: review.Submitted}, {ID: "e", Unit: "u1", State: review.Draft},
		} {
			r.Type, r.Form, r.Content = record.Entry, "call", record.Content{}
			must(t, tx.PutRecord(&r))
		}
		return nil
	}))
	must(t, s.View(ctx, func(r engine.Reader) error {
		for want, units := range map[string][]string{"ba": {"u2", "u1"}, "d": {"u3"}, "": nil} {
			list, err := r.Undecided(units)
			must(t, err)
			got := ""
			for _, rec := range list {
				got += rec.ID
			}
			if got != want {
				t.Errorf("of %v waits %q, want %q", units, got, want)
			}
		}
		return nil
	}))
}

// Many at once: everything is written once, and each caller hears of its own commit.
func writers(t *testing.T, s engine.Store) {
	ctx := context.Background()
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			err := s.Update(ctx, func(tx engine.Tx) error {
				if i%16 == 7 {
					return errors.New("one that fails")
				}
				return tx.AddTotal(cell, 1, 1, 1)
			})
			if (err != nil) != (i%16 == 7) {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	must(t, s.View(ctx, func(r engine.Reader) error {
		sums, err := r.Totals(simtest.Village, 1, 1)
		if err != nil || len(sums) != 1 || sums[0].Value != 60 {
			t.Errorf("%v %v", sums, err)
		}
		return nil
	}))
}
