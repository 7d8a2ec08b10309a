package engine

import (
	"context"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// Outcomes tells an account what has become of lines of a log of its own. What is parked for a unit that the phone no
// longer has comes back in no row when it is decided, so the phone asks by number (P13). Content, versions and states
// are the unit's, which she may have left: they are not told. Lines that the ledger has not are left out.
func (e *Engine) Outcomes(ctx context.Context, account, epoch string, lines []int64) ([]change.Outcome, error) {
	var out []change.Outcome
	err := e.view(ctx, func(r Reader, _ *world) error {
		log, err := r.Log(epoch)
		if err != nil {
			return err
		}
		if log.Account != account || account == "" {
			return record.Errorf(record.NotFound, "log %s", epoch)
		}
		for _, n := range lines {
			line, err := r.Line(epoch, n)
			if err != nil {
				return err
			}
			if line != nil {
				out = append(out, change.Outcome{N: n, Outcome: line.Outcome.Outcome, Code: line.Outcome.Code})
			}
		}
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return out, nil
}
