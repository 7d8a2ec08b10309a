package engine

import (
	"context"
	"errors"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// kindRestored opens the server's own log after a restore (S15).
const kindRestored = "restored"

// Renew gives a store that was restored from a copy a server epoch of its own, before anyone is served from it: phones
// that meet it drop their cursors and send again what the copy does not have. The world stays as the log left it.
func Renew(ctx context.Context, store Store, opt Options) (epoch string, err error) {
	epoch = opt.NewID()
	now := opt.Now()
	err = store.Update(ctx, func(tx Tx) error {
		before, err := tx.Meta(metaEpoch)
		if err != nil {
			return err
		}
		if before == "" {
			return errors.New("an empty store was not restored from anything")
		}
		places, err := record.NewPlaces(nil)
		if err != nil {
			return err
		}
		s := &session{tx: tx, world: &world{places: places, catalogue: &catalogue.Catalogue{}, words: known}, epoch: epoch, now: now}
		return s.put(ownLine{Kind: kindRestored, Before: before})
	})
	return epoch, err
}
