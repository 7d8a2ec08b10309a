package sqlite

import (
	"context"
	"database/sql"
	"time"

	"niangjia/server/push"
)

// Outbox keeps browsers that want to be told, and what has still to leave the server.
type Outbox struct{ n *Notices }

var _ push.Store = (*Outbox)(nil)

// Outbox is the part of the store from which is sent.
func (s *Store) Outbox() *Outbox { return &Outbox{s.Notices()} }

// Subscribe keeps a browser: who signed in on it last has it.
func (s *Outbox) Subscribe(ctx context.Context, n push.Subscription) error {
	return s.n.change(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM push_subscriptions WHERE id = ? OR account = ? AND device = ?", n.ID, n.Account, n.Device)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO push_subscriptions (id, account, device, endpoint, p256dh, auth, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			n.ID, n.Account, n.Device, n.Endpoint, n.P256dh, n.Auth, n.At.UnixMilli())
		return err
	})
}

// Unsubscribe forgets a browser; what waits for it finds nobody when it is leased.
func (s *Outbox) Unsubscribe(ctx context.Context, account, device string) error {
	_, err := s.n.write.ExecContext(ctx, "DELETE FROM push_subscriptions WHERE account = ? AND device = ?", account, device)
	return err
}

// Prune forgets a browser that is gone.
func (s *Outbox) Prune(ctx context.Context, subscription string) error {
	return s.n.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM push_subscriptions WHERE id = ?", subscription); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM push_outbox WHERE target = ?", subscription)
		return err
	})
}

// farAhead is beyond whatever is put off: what is due later was put off by a clock that has been set back since.
const farAhead = 24 * time.Hour

// Lease looks first without a transaction: mostly nothing is due.
func (s *Outbox) Lease(ctx context.Context, lease string, now, until time.Time, limit int) (out []push.Parcel, err error) {
	var due int
	found, err := s.n.store.row(ctx, "SELECT 1 FROM push_outbox WHERE due <= ? UNION ALL SELECT 1 FROM push_outbox WHERE due > ? LIMIT 1",
		[]any{now.UnixMilli(), now.Add(farAhead).UnixMilli()}, &due)
	if err != nil || !found {
		return nil, err
	}
	err = s.n.change(ctx, func(tx *sql.Tx) error {
		// What has expired, whose browser is gone or taken over by another, or has ended its session there.
		_, err := tx.ExecContext(ctx, `DELETE FROM push_outbox WHERE (due <= ?1 OR due > ?2) AND (expires <= ?1
			OR channel = 'push' AND NOT EXISTS (SELECT 1 FROM push_subscriptions p JOIN sessions s ON s.account = p.account AND s.device = p.device AND s.ended = 0
				WHERE p.id = target AND p.account = push_outbox.account))`, now.UnixMilli(), now.Add(farAhead).UnixMilli())
		if err != nil {
			return err
		}
		return list(ctx, tx, func(scan func(...any) error) error {
			var p push.Parcel
			var expires int64
			if err := scan(&p.ID, &p.Channel, &p.Notice, &p.Kind, &p.Night, &expires, &p.Tries, &p.Login, &p.To.ID, &p.To.Endpoint, &p.To.P256dh, &p.To.Auth); err != nil {
				return err
			}
			p.Expires = time.UnixMilli(expires)
			out = append(out, p)
			return nil
		}, `UPDATE push_outbox SET lease = ?1, due = ?2 WHERE id IN (SELECT id FROM push_outbox WHERE due <= ?3 OR due > ?4 ORDER BY night DESC, due LIMIT ?5)
			RETURNING id, channel, notice, kind, night, expires, tries,
				coalesce((SELECT login FROM accounts WHERE id = push_outbox.account), ''), target,
				coalesce((SELECT endpoint FROM push_subscriptions WHERE id = target), ''),
				coalesce((SELECT p256dh FROM push_subscriptions WHERE id = target), ''),
				coalesce((SELECT auth FROM push_subscriptions WHERE id = target), '')`,
			lease, until.UnixMilli(), now.UnixMilli(), now.Add(farAhead).UnixMilli(), limit)
	})
	return out, err
}

// Done drops a parcel that is this process's still.
func (s *Outbox) Done(ctx context.Context, id, lease string) error {
	_, err := s.n.write.ExecContext(ctx, "DELETE FROM push_outbox WHERE id = ? AND lease = ?", id, lease)
	return err
}

// Postpone gives a parcel back.
func (s *Outbox) Postpone(ctx context.Context, id, lease string, due time.Time, tried bool) error {
	more := 0
	if tried {
		more = 1
	}
	_, err := s.n.write.ExecContext(ctx, "UPDATE push_outbox SET due = ?, tries = tries + ?, lease = '' WHERE id = ? AND lease = ?", due.UnixMilli(), more, id, lease)
	return err
}

// Secret keeps the server's key.
func (s *Outbox) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	return s.n.store.Accounts().Secret(ctx, name, fresh)
}
