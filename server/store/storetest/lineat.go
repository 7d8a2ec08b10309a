package storetest

import (
	"context"
	"testing"

	"niangjia/sync/engine"
)

// Q5: a line is found by its place in the ledger, also one of this very transaction; where there is none there is none.
func lineAt(t *testing.T, s engine.Store) {
	ctx := context.Background()
	line := func(tx engine.Tx, n int64, hash string) {
		_, err := tx.AppendLine(engine.Line{Epoch: "e", N: n, Hash: hash, Bytes: []byte(hash), Account: "li", Received: 7})
		must(t, err)
	}
	want := func(r engine.Reader, seq int64, hash string) {
		t.Helper()
		l, err := r.LineAt(seq)
		must(t, err)
		switch {
		case hash == "" && l != nil:
			t.Errorf("at %d stands %+v", seq, l)
		case hash != "" && (l == nil || l.Seq != seq || l.Hash != hash || string(l.Bytes) != hash || l.Account != "li"):
			t.Errorf("at %d stands %+v, want %s", seq, l, hash)
		}
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		want(tx, 1, "")
		line(tx, 1, "a")
		line(tx, 2, "b")
		want(tx, 2, "b")
		return nil
	}))
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		line(tx, 3, "c")
		want(tx, 1, "a")
		want(tx, 3, "c")
		return nil
	}))
	must(t, s.View(ctx, func(r engine.Reader) error {
		want(r, 0, "")
		want(r, 1, "a")
		want(r, 3, "c")
		want(r, 4, "")
		return nil
	}))
}
