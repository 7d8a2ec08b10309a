package storetest

import (
	"context"
	"testing"

	"niangjia/sync/engine"
)

// S21: what is durable of a log is its last number up to a place, stays so while the log goes on, and never becomes less.
func durable(t *testing.T, s engine.Store) {
	ctx := context.Background()
	through := map[string]int64{}
	push := func(epoch, account string) {
		through[epoch]++ // not in the update, which may be run again
		must(t, s.Update(ctx, func(tx engine.Tx) error {
			if _, err := tx.AppendLine(engine.Line{Epoch: epoch, N: through[epoch], Hash: epoch, Account: account}); err != nil {
				return err
			}
			return tx.PutLog(engine.Log{Epoch: epoch, Account: account, Device: "d", Through: through[epoch], Chain: epoch})
		}))
	}
	want := func(epoch string, n int64) { // -1: none
		t.Helper()
		must(t, s.View(ctx, func(r engine.Reader) error {
			l, err := r.Log(epoch)
			if got := l.Durable; err == nil && (got == nil && n >= 0 || got != nil && *got != n) {
				t.Errorf("%s: durable %v, want %d", epoch, got, n)
			}
			return err
		}))
	}
	copied := func(seq int64) { t.Helper(); must(t, engine.Copied(ctx, s, seq)) }
	for _, epoch := range []string{"a", "b", "a", "own", "a", "b"} { // places 1 to 6
		push(epoch, map[string]string{"own": "", "a": "li", "b": "wang"}[epoch])
	}
	want("a", -1)
	copied(1)
	want("a", 1)
	want("b", -1)
	copied(4)
	want("a", 2)
	want("b", 1)
	want("own", -1)
	push("a", "li")
	want("a", 2)
	copied(2)
	want("a", 2)
	copied(7)
	want("a", 4)
	want("b", 2)
	must(t, s.Update(ctx, func(tx engine.Tx) error { // in one transaction with a line
		last, err := tx.AppendLine(engine.Line{Epoch: "a", N: 5, Hash: "a", Account: "li"})
		if err != nil {
			return err
		}
		if err := tx.PutLog(engine.Log{Epoch: "a", Account: "li", Device: "d", Through: 5, Chain: "a"}); err != nil {
			return err
		}
		return tx.MarkDurable(last)
	}))
	want("a", 5)
	if err := engine.Copied(ctx, s, 99); err == nil {
		t.Error("a copy has more than the ledger")
	}
}
