package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"niangjia/server/notice"
	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// Notices keeps inboxes, messages and what is to leave the server, beside the log and not through it.
type Notices struct {
	write, read *sql.DB
	store       *Store // for what every exchange asks
}

var _ notice.Store = (*Notices)(nil)

// Notices is the part of the store that knows who was told what.
func (s *Store) Notices() *Notices { return &Notices{write: s.side, read: s.read, store: s} }

func (s *Notices) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Head is asked by every exchange: one row by its key.
func (s *Notices) Head(ctx context.Context, account string) (head int64, err error) {
	_, err = s.store.row(ctx, "SELECT head FROM inboxes WHERE account = ?", []any{account}, &head)
	return head, err
}

const noticeColumns = "account, num, id, kind, at, unit, ref, params, expires, received_at, read_at"

func scanNotice(scan func(...any) error) (n notice.Notice, err error) {
	var at, expires, received, read int64
	var params string
	err = scan(&n.Account, &n.Num, &n.ID, &n.Kind, &at, &n.Unit, &n.Ref, &params, &expires, &received, &read)
	n.Params, n.At, n.Expires, n.ReceivedAt, n.ReadAt = json.RawMessage(params), time.UnixMilli(at), instant(expires), instant(received), instant(read)
	return n, err
}

// Inbox is a page of one snapshot: of notices and marks after a number, as many as fit.
func (s *Notices) Inbox(ctx context.Context, account string, after int64, limit int) (page *notice.Page, err error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }() // it only reads
	var head int64
	if err := tx.QueryRowContext(ctx, "SELECT head FROM inboxes WHERE account = ?", account).Scan(&head); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	page = &notice.Page{Reset: after > head, Through: head}
	if page.Reset {
		after = 0
	}
	err = list(ctx, tx, func(scan func(...any) error) error {
		n, err := scanNotice(scan)
		page.Notices = append(page.Notices, n)
		return err
	}, "SELECT "+noticeColumns+" FROM notices WHERE account = ? AND num > ? ORDER BY num LIMIT ?", account, after, limit+1)
	if err != nil {
		return nil, err
	}
	err = list(ctx, tx, func(scan func(...any) error) error {
		var m notice.Mark
		var at int64
		err := scan(&m.ID, &m.Num, &at)
		m.At = time.UnixMilli(at)
		page.Reads = append(page.Reads, m)
		return err
	}, "SELECT id, num, at FROM inbox_reads WHERE account = ? AND num > ? ORDER BY num LIMIT ?", account, after, limit+1)
	if err != nil {
		return nil, err
	}
	cut(page, limit)
	return page, nil
}

// cut leaves the first of both together, and says up to where they go.
func cut(page *notice.Page, limit int) {
	if len(page.Notices)+len(page.Reads) <= limit {
		return
	}
	nums := make([]int64, 0, len(page.Notices)+len(page.Reads))
	for _, n := range page.Notices {
		nums = append(nums, n.Num)
	}
	for _, m := range page.Reads {
		nums = append(nums, m.Num)
	}
	slices.Sort(nums)
	page.Through, page.More = nums[limit-1], true
	page.Notices = slices.DeleteFunc(page.Notices, func(n notice.Notice) bool { return n.Num > page.Through })
	page.Reads = slices.DeleteFunc(page.Reads, func(m notice.Mark) bool { return m.Num > page.Through })
}

func list(ctx context.Context, on interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}, f func(scan func(...any) error) error, query string, args ...any) (err error) {
	rows, err := on.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Receive writes only where the phone says something new.
func (s *Notices) Receive(ctx context.Context, account string, through int64, now time.Time) error {
	var received int64
	found, err := s.store.row(ctx, "SELECT received FROM inboxes WHERE account = ?", []any{account}, &received)
	if err != nil || !found || received >= through {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "UPDATE notices SET received_at = ? WHERE account = ? AND num <= ? AND num > ? AND received_at = 0",
			now.UnixMilli(), account, through, received); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "UPDATE inboxes SET received = max(received, min(head, ?)) WHERE account = ?", through, account)
		return err
	})
}

// Read keeps marks; what is read has been received, whatever a phone has said. What waits to be sent of it is dropped.
func (s *Notices) Read(ctx context.Context, account string, ids []string, now time.Time) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			var there int
			err := tx.QueryRowContext(ctx, "SELECT 1 FROM inbox_reads WHERE account = ? AND id = ?", account, id).Scan(&there)
			if err == nil {
				continue
			} else if !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			num, err := nextNum(ctx, tx, account)
			if err != nil {
				return err
			}
			for _, q := range []struct {
				query string
				args  []any
			}{
				{"INSERT INTO inbox_reads (account, id, num, at) VALUES (?, ?, ?, ?)", []any{account, id, num, now.UnixMilli()}},
				{`UPDATE notices SET read_at = ?1, received_at = CASE received_at WHEN 0 THEN ?1 ELSE received_at END
					WHERE id = ?2 AND account = ?3 AND read_at = 0`, []any{now.UnixMilli(), id, account}},
				{`UPDATE urgent_cases SET opened_at = ? WHERE opened_at = 0
					AND entity = (SELECT ref FROM notices WHERE id = ? AND account = ? AND kind IN ('urgent', 'raised'))`, []any{now.UnixMilli(), id, account}},
				{"DELETE FROM push_outbox WHERE notice = ? AND account = ?", []any{id, account}},
			} {
				if _, err := tx.ExecContext(ctx, q.query, q.args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// nextNum is the next place in an inbox.
func nextNum(ctx context.Context, tx *sql.Tx, account string) (num int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO inboxes (account, head, received) VALUES (?, 1, 0)
		ON CONFLICT DO UPDATE SET head = head + 1 RETURNING head`, account).Scan(&num)
	return num, err
}

// Tell puts notices into inboxes.
func (s *Notices) Tell(ctx context.Context, list []notice.Telling, c *notice.Case, hook bool) (n int, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		if c != nil {
			done, err := tx.ExecContext(ctx, `INSERT INTO urgent_cases (entity, unit, told_at, opened_at, raised_at) VALUES (?, ?, ?, 0, 0)
				ON CONFLICT DO NOTHING`, c.Entity, c.Unit, c.ToldAt.UnixMilli())
			if err != nil {
				return err
			}
			if rows, err := done.RowsAffected(); err != nil || rows == 0 {
				return err // another process was first
			}
		}
		n, err = tellAll(ctx, tx, list, hook)
		return err
	})
	return n, err
}

func tellAll(ctx context.Context, tx *sql.Tx, list []notice.Telling, hook bool) (n int, err error) {
	for _, t := range list {
		is, err := tellOne(ctx, tx, t, hook)
		if err != nil {
			return n, err
		}
		if is {
			n++
		}
	}
	return n, nil
}

// tellOne writes a notice with its keys and what leaves the server of it, unless it was told.
func tellOne(ctx context.Context, tx *sql.Tx, t notice.Telling, hook bool) (bool, error) {
	var there int
	err := tx.QueryRowContext(ctx, "SELECT 1 FROM notices WHERE id = ?1 UNION ALL SELECT 1 FROM told WHERE id = ?1", t.ID).Scan(&there)
	if err == nil {
		return false, nil
	} else if !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if t.Build != nil {
		var fresh []string
		for _, key := range t.Keys {
			done, err := tx.ExecContext(ctx, "INSERT INTO told (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING", key, t.At.UnixMilli())
			if err != nil {
				return false, err
			}
			if rows, err := done.RowsAffected(); err != nil {
				return false, err
			} else if rows == 1 {
				fresh = append(fresh, key)
			}
		}
		if len(fresh) == 0 {
			return false, nil
		}
		if t.Params, err = t.Build(fresh); err != nil {
			return false, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO told (id, at) VALUES (?, ?)", t.ID, t.At.UnixMilli()); err != nil {
			return false, err
		}
	}
	num, err := nextNum(ctx, tx, t.Account)
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO notices ("+noticeColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)",
		t.Account, num, t.ID, string(t.Kind), t.At.UnixMilli(), t.Unit, t.Ref, string(t.Params), milli(t.Expires)); err != nil {
		return false, err
	}
	return true, post(ctx, tx, t, hook)
}

// Told asks in pieces that fit one statement.
func (s *Notices) Told(ctx context.Context, ids []string) (map[string]bool, error) {
	told := make(map[string]bool, len(ids))
	for part := range slices.Chunk(ids, 5000) {
		raw, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		err = list(ctx, s.read, func(scan func(...any) error) error {
			var id string
			if err := scan(&id); err != nil {
				return err
			}
			told[id] = true
			return nil
		}, "SELECT t.id FROM json_each(?) j CROSS JOIN told t ON t.id = j.value", string(raw))
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}

// People are the accounts that sign in.
func (s *Notices) People(ctx context.Context) (people []record.Actor, err error) {
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var seat record.Seat
		var account string
		if err := scan(&account, &seat.Role, &seat.Unit); err != nil {
			return err
		}
		if n := len(people); n == 0 || people[n-1].Account != account {
			people = append(people, record.Actor{Account: account})
		}
		last := &people[len(people)-1]
		last.Seats = append(last.Seats, seat)
		return nil
	}, "SELECT s.account, s.role, s.unit FROM seats s JOIN accounts a ON a.id = s.account WHERE a.active = 1 ORDER BY s.account, s.unit, s.role")
	return people, err
}

// Untold are found by the index of what is urgent and waits, which is short.
func (s *Notices) Untold(ctx context.Context) (cases []notice.Case, err error) {
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var c notice.Case
		err := scan(&c.Entity, &c.Unit)
		cases = append(cases, c)
		return err
	}, `SELECT r.id, r.unit FROM records r WHERE r.urgent = 1 AND r.state IN ('submitted', 'amended')
		AND NOT EXISTS (SELECT 1 FROM urgent_cases u WHERE u.entity = r.id) ORDER BY r.unit, r.id`)
	return cases, err
}

// Unopened are those that wait still.
func (s *Notices) Unopened(ctx context.Context, before, now time.Time) (cases []notice.Case, err error) {
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var c notice.Case
		var told int64
		err := scan(&c.Entity, &c.Unit, &told)
		c.ToldAt = time.UnixMilli(told)
		cases = append(cases, c)
		return err
	}, `SELECT u.entity, u.unit, u.told_at FROM urgent_cases u JOIN records r ON r.id = u.entity
		WHERE u.opened_at = 0 AND u.raised_at = 0 AND (u.told_at <= ? OR u.told_at > ?) AND r.urgent = 1 AND r.state IN ('submitted', 'amended')
		ORDER BY u.told_at`, before.UnixMilli(), now.UnixMilli())
	return cases, err
}

// Retime puts back alone: of two processes the one that is behind says from when the two hours count.
func (s *Notices) Retime(ctx context.Context, c notice.Case) error {
	_, err := s.write.ExecContext(ctx, "UPDATE urgent_cases SET told_at = ?1 WHERE entity = ?2 AND told_at > ?1", c.ToldAt.UnixMilli(), c.Entity)
	return err
}

// Open counts only who was told: the author and her colleagues open their own entry too.
func (s *Notices) Open(ctx context.Context, entity, account string, now time.Time) error {
	var waits int
	found, err := s.store.row(ctx, `SELECT 1 FROM urgent_cases u JOIN notices n ON n.ref = u.entity AND n.account = ?
		WHERE u.entity = ? AND u.opened_at = 0 AND n.kind IN ('urgent', 'raised')`, []any{account, entity}, &waits)
	if err != nil || !found {
		return err
	}
	_, err = s.write.ExecContext(ctx, "UPDATE urgent_cases SET opened_at = ? WHERE entity = ? AND opened_at = 0", now.UnixMilli(), entity)
	return err
}

// Raise tells the level above of a case that nobody has opened meanwhile.
func (s *Notices) Raise(ctx context.Context, c notice.Case, list []notice.Telling, now time.Time, hook bool) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE urgent_cases SET raised_at = ? WHERE entity = ? AND opened_at = 0 AND raised_at = 0", now.UnixMilli(), c.Entity)
		if err != nil {
			return err
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			return err
		}
		_, err = tellAll(ctx, tx, list, hook)
		return err
	})
}

// Beat counts a process's looks up with its clock.
func (s *Notices) Beat(ctx context.Context, process string, now time.Time) (others []notice.Clock, err error) {
	if _, err := s.write.ExecContext(ctx, `INSERT INTO reminders_clocks (process, at, beats) VALUES (?, ?, 1)
		ON CONFLICT DO UPDATE SET at = excluded.at, beats = beats + 1`, process, now.UnixMilli()); err != nil {
		return nil, err
	}
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var c notice.Clock
		var at int64
		err := scan(&c.Process, &at, &c.Beats)
		c.At = time.UnixMilli(at)
		others = append(others, c)
		return err
	}, "SELECT process, at, beats FROM reminders_clocks WHERE process <> ?", process)
	return others, err
}

// Stopped forgets a clock that stands still.
func (s *Notices) Stopped(ctx context.Context, c notice.Clock) error {
	_, err := s.write.ExecContext(ctx, "DELETE FROM reminders_clocks WHERE process = ? AND beats = ?", c.Process, c.Beats)
	return err
}

// Tidy removes what is old. An urgent entry that waits still is never forgotten: it would be told again as if it had come today.
func (s *Notices) Tidy(ctx context.Context, before time.Time) error {
	at := before.UnixMilli()
	for _, query := range []string{
		"DELETE FROM notices WHERE at < ?", "DELETE FROM told WHERE at < ?", "DELETE FROM inbox_reads WHERE at < ?", "DELETE FROM messages WHERE at < ?",
		`DELETE FROM urgent_cases WHERE told_at < ? AND NOT EXISTS
			(SELECT 1 FROM records r WHERE r.id = entity AND r.urgent = 1 AND r.state IN ('submitted', 'amended'))`,
	} {
		if _, err := s.write.ExecContext(ctx, query, at); err != nil {
			return err
		}
	}
	return nil
}

// post puts what is to leave the server into the outbox: for each browser on which she is still signed in, and for the
// webhook.
func post(ctx context.Context, tx *sql.Tx, t notice.Telling, hook bool) error {
	if t.Out == nil {
		return nil
	}
	night := 0
	if t.Out.Night {
		night = 1
	}
	args := []any{t.Account, t.ID, string(t.Kind), night, milli(t.Out.Due), milli(t.Out.Expires)}
	_, err := tx.ExecContext(ctx, `INSERT INTO push_outbox (id, channel, target, account, notice, kind, night, due, expires, tries, lease)
		SELECT ?2 || p.id, 'push', p.id, ?1, ?2, ?3, ?4, ?5, ?6, 0, '' FROM push_subscriptions p WHERE p.account = ?1
			AND EXISTS (SELECT 1 FROM sessions s WHERE s.account = p.account AND s.device = p.device AND s.ended = 0)
		ON CONFLICT DO NOTHING`, args...)
	if err != nil || !hook {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO push_outbox (id, channel, target, account, notice, kind, night, due, expires, tries, lease)
		VALUES (?, 'webhook', '', ?, ?, ?, ?, ?, ?, 0, '') ON CONFLICT DO NOTHING`, append([]any{remind.Hash("webhook", t.ID)}, args...)...)
	return err
}
