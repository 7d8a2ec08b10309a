package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// T15: entries are found by their first line, in the ledger's order, each once; also those of this very transaction.
func begun(t *testing.T, s engine.Store) {
	ctx := context.Background()
	var n int64
	line := func(tx engine.Tx, entity string) {
		n++
		_, err := tx.AppendLine(engine.Line{Epoch: "e", N: n, Hash: "h", Entity: entity, Account: "li"})
		must(t, err)
	}
	put := func(tx engine.Tx, id, form string, typ record.Type) {
		must(t, tx.PutRecord(&record.Record{Type: typ, ID: id, Unit: "u", Form: form, Content: record.Content{}}))
	}
	want := func(r engine.Reader, after, upTo int64, limit int, all ...string) {
		t.Helper()
		list, err := r.Begun(after, upTo, []string{"call", "visit"}, limit)
		must(t, err)
		var got []string
		for _, b := range list {
			got = append(got, fmt.Sprint(b.Entity, b.Seq))
		}
		if !slices.Equal(got, all) {
			t.Errorf("after %d up to %d: %v, want %v", after, upTo, got, all)
		}
	}
	// z 1, nobody 2, house 3, a 4, z 5, other 6, nothing 7, y 8, a 9
	lines := []string{"z", "nobody", "house", "a", "z", "other", "", "y"}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		n = 0 // the update may be run again
		for _, id := range lines {
			line(tx, id)
		}
		put(tx, "z", "call", record.Entry)
		put(tx, "a", "visit", record.Entry)
		put(tx, "other", "other", record.Entry)
		put(tx, "house", "", record.Household)
		want(tx, 0, 99, 9, "z1", "a4")
		put(tx, "y", "call", record.Entry)
		want(tx, 0, 99, 9, "z1", "a4", "y8")
		return nil
	}))
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		n = int64(len(lines))
		line(tx, "a")
		want(tx, 1, 99, 9, "a4", "y8")
		return nil
	}))
	must(t, s.View(ctx, func(r engine.Reader) error {
		want(r, 0, 99, 9, "z1", "a4", "y8")
		want(r, 0, 99, 2, "z1", "a4")
		want(r, 1, 4, 9, "a4")
		want(r, 4, 7, 9)
		want(r, 8, 99, 9)
		return nil
	}))
}
