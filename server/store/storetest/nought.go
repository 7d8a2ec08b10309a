package storetest

import (
	"context"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

// A figure that has come back to nought is listed by no store: one that kept its row and one that did not gave the same
// simulation two traces.
func nought(t *testing.T, s engine.Store) {
	ctx := context.Background()
	for _, sign := range []int64{1, -1} {
		must(t, s.Update(ctx, func(tx engine.Tx) error {
			if err := tx.AddTotal(cell, 24321, 3*sign, sign); err != nil {
				return err
			}
			if err := tx.AddStanding(cell, 24321, sign); err != nil {
				return err
			}
			return tx.AddStep(cell, 24321, totals.Never, sign)
		}))
		listed := 0
		must(t, s.View(ctx, func(r engine.Reader) error {
			if err := r.AllTotals(func(totals.Cell, int, int64, int64) error { listed++; return nil }); err != nil {
				return err
			}
			if err := r.AllStandings(func(totals.Cell, int, int64) error { listed++; return nil }); err != nil {
				return err
			}
			return r.AllSteps(func(totals.Cell, int, int, int64) error { listed++; return nil })
		}))
		if want := int(1+sign) * 3 / 2; listed != want {
			t.Errorf("%d listed, want %d", listed, want)
		}
	}
}
