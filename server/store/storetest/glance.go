package storetest

import (
	"context"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// S11: a glance tells what a snapshot does: the log, and whether a feed goes beyond its cursor.
func glance(t *testing.T, s engine.Store) {
	ctx := context.Background()
	look := func(epoch string, cursors ...engine.Cursor) engine.Glance {
		t.Helper()
		g, err := s.Glance(ctx, epoch, cursors)
		must(t, err)
		return g
	}
	if g := look("e", engine.Cursor{Feed: "f"}); g != (engine.Glance{}) {
		t.Errorf("of nothing: %+v", g)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, tx.SetMeta(engine.MetaDivisions, "tree"))
		must(t, tx.SetMeta(engine.MetaCatalogue, "forms"))
		must(t, tx.PutLog(engine.Log{Epoch: "e", Account: "a", Device: "d", Through: 7, Chain: "c"}))
		must(t, tx.PutRecord(&record.Record{Type: record.Household, ID: "r", Content: record.Content{}}))
		if head, err := tx.FeedHead("f"); err != nil || head != 0 {
			t.Errorf("head %d %v of a feed that is not there", head, err)
		}
		must(t, tx.PutFeedRow("f", "r", record.Household, engine.Whole))
		if head, err := tx.FeedHead("f"); err != nil || head != 1 {
			t.Errorf("head %d %v with a row", head, err)
		}
		return nil
	}))
	log := engine.Log{Epoch: "e", Account: "a", Device: "d", Through: 7, Chain: "c"}
	for _, x := range []struct {
		cursors       []engine.Cursor
		beyond, apart bool
	}{
		{nil, false, false},
		{[]engine.Cursor{{Feed: "none", After: 0}}, false, false},
		{[]engine.Cursor{{Feed: "none", After: 0}, {Feed: "f", After: 0}}, true, true},
		{[]engine.Cursor{{Feed: "f", After: 1}}, false, false},
		{[]engine.Cursor{{Feed: "f", After: 1 << 60}}, false, true},
		{[]engine.Cursor{{Feed: "none", After: 3}}, false, true},
	} {
		if g := look("e", x.cursors...); g != (engine.Glance{Divisions: "tree", Catalogue: "forms", Log: log, Beyond: x.beyond, Apart: x.apart}) {
			t.Errorf("with %+v: %+v", x.cursors, g)
		}
	}
	if g := look("another"); g.Log != (engine.Log{}) {
		t.Errorf("an unknown log: %+v", g.Log)
	}
}
