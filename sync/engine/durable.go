package engine

import (
	"context"
	"fmt"
)

// Copied says that a verified copy off site has the ledger up to a place (S21): from now on receipts name what it has
// of each log. The ledger is never cut, so that a copy has everything before its last place.
func Copied(ctx context.Context, store Store, seq int64) error {
	return store.Update(ctx, func(tx Tx) error {
		last, err := tx.LastSeq()
		if err != nil {
			return err
		}
		if seq > last {
			return fmt.Errorf("a copy of %d lines is none of this ledger, which has %d", seq, last)
		}
		return tx.MarkDurable(seq)
	})
}

// inherit is what is durable of a log that goes on after number n of another one (S17).
func inherit(parent *int64, n int64) *int64 {
	if parent == nil {
		return nil
	}
	d := min(*parent, n)
	return &d
}
