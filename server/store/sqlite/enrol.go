package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"niangjia/server/auth"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// write runs a statement, in whatever transaction is open.
type write func(query string, args ...any) error

func into(ctx context.Context, tx *sql.Tx) write {
	return func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
}

// WriteBeside opens accounts and keeps events in a transaction of the log: either both are there or neither.
func (s *Accounts) WriteBeside(t engine.Tx, b auth.Beside) error {
	log, ok := t.(*tx)
	if !ok {
		return fmt.Errorf("a transaction of another store: %T", t)
	}
	if _, err := log.written(); err != nil { // a login that is taken must be told of here
		return err
	}
	for _, a := range b.Accounts {
		err := log.pipe.c.exec("INSERT INTO accounts ("+accountColumns+") VALUES (?, ?, ?, ?, ?, ?)",
			a.ID, a.Login, a.Name, a.Password, a.Active, a.MustChange)
		var e *sqlite.Error
		if errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
			return &record.Error{Code: record.Exists, Field: "login", Err: err}
		} else if err != nil {
			return err
		}
	}
	return keepEvents(log.pipe.put, b.Events...)
}

func keepEvents(do write, events ...auth.Event) error {
	for _, e := range events {
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return err
		}
		if err := do("INSERT INTO account_events (at, by_account, account, what, detail) VALUES (?, ?, ?, ?, ?)",
			e.At.UnixMilli(), e.By, e.Account, string(e.What), string(detail)); err != nil {
			return err
		}
	}
	return nil
}

func putSession(do write, n auth.Session) error {
	return do(`INSERT INTO sessions (id, account, device, device_name, used, next, created_at, used_at, ended)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		n.ID, n.Account, n.Device, n.DeviceName, n.Used, n.Next, n.CreatedAt.UnixMilli(), n.UsedAt.UnixMilli(), n.Ended)
}

// EventsOf lists what was done to an account, newest first.
func (s *Accounts) EventsOf(ctx context.Context, account string, most int) ([]auth.Event, error) {
	return s.events(ctx, "account = ?", account, most)
}

// EventsBefore lists what was done to any account before an event, 0: before none, newest first.
func (s *Accounts) EventsBefore(ctx context.Context, before int64, most int) ([]auth.Event, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	return s.events(ctx, "seq < ?", before, most)
}

func (s *Accounts) events(ctx context.Context, where string, value any, most int) (list []auth.Event, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT seq, at, by_account, account, what, detail FROM account_events WHERE "+where+" ORDER BY seq DESC LIMIT ?", value, most)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var e auth.Event
		var at int64
		var detail string
		if err := rows.Scan(&e.Seq, &at, &e.By, &e.Account, &e.What, &detail); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
			return nil, fmt.Errorf("event of account %s: %w", e.Account, err)
		}
		e.At = time.UnixMilli(at)
		list = append(list, e)
	}
	return list, rows.Err()
}

// Invitees lists all accounts by login, with the code that can be used and when they were last seen.
func (s *Accounts) Invitees(ctx context.Context, now time.Time) (list []auth.Invitee, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, login, name, password, active, must_change,
			coalesce((SELECT expires_at FROM enrolments e WHERE e.account = a.id AND used_at = 0 AND expires_at > ?), 0),
			coalesce((SELECT max(used_at) FROM sessions n WHERE n.account = a.id), 0)
		FROM accounts a ORDER BY login`, now.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var i auth.Invitee
		var until, seen int64
		if err := rows.Scan(&i.ID, &i.Login, &i.Name, &i.Password, &i.Active, &i.MustChange, &until, &seen); err != nil {
			return nil, err
		}
		i.CodeUntil, i.LastSeen = instant(until), instant(seen)
		list = append(list, i)
	}
	return list, rows.Err()
}

// LoginsLike lists the logins that begin so, by the index on them.
func (s *Accounts) LoginsLike(ctx context.Context, prefix string) (list []string, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT login FROM accounts WHERE login >= ? AND login < ?", prefix, prefix+"\U0010FFFF")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var login string
		if err := rows.Scan(&login); err != nil {
			return nil, err
		}
		list = append(list, login)
	}
	return list, rows.Err()
}

// Phones lists an account's devices, the one seen last first.
func (s *Accounts) Phones(ctx context.Context, account string) (list []auth.Phone, err error) {
	rows, err := s.read.QueryContext(ctx, `SELECT device, (SELECT device_name FROM sessions l WHERE l.account = s.account AND l.device = s.device ORDER BY created_at DESC LIMIT 1),
			min(created_at), max(used_at), max(ended = 0)
		FROM sessions s WHERE account = ? GROUP BY device ORDER BY max(used_at) DESC, device`, account)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p auth.Phone
		var since, seen int64
		if err := rows.Scan(&p.ID, &p.Name, &since, &seen, &p.Live); err != nil {
			return nil, err
		}
		p.Since, p.LastSeen = time.UnixMilli(since), time.UnixMilli(seen)
		list = append(list, p)
	}
	return list, rows.Err()
}

// EndPhone ends the account's sessions on a device.
func (s *Accounts) EndPhone(ctx context.Context, account, device string, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE sessions SET ended = 1 WHERE account = ? AND device = ?", account, device)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return record.Errorf(record.NotFound, "no such phone")
		}
		return keepEvents(into(ctx, tx), e)
	})
}

// PutEnrolments gives codes, each in place of the one before.
func (s *Accounts) PutEnrolments(ctx context.Context, list []auth.Enrolment, reset bool, events []auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		do := into(ctx, tx)
		for _, e := range list {
			if err := do(`INSERT INTO enrolments (account, token, digits, issued_at, expires_at) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (account) DO UPDATE SET token = excluded.token, digits = excluded.digits, issued_at = excluded.issued_at,
					expires_at = excluded.expires_at, wrong = 0, used_at = 0, used_device = ''`,
				e.Account, e.Token, e.Digits, e.IssuedAt.UnixMilli(), e.ExpiresAt.UnixMilli()); err != nil {
				return err
			}
			if !reset {
				continue
			}
			if err := do("UPDATE accounts SET password = '', must_change = 0 WHERE id = ?", e.Account); err != nil {
				return err
			}
			if err := do("UPDATE sessions SET ended = 1 WHERE account = ?", e.Account); err != nil {
				return err
			}
		}
		return keepEvents(do, events...)
	})
}

const enrolmentColumns = "account, token, digits, issued_at, expires_at, wrong, used_at, used_device"

func scanEnrolment(row interface{ Scan(...any) error }) (*auth.Enrolment, error) {
	var e auth.Enrolment
	var issued, expires, used int64
	if err := row.Scan(&e.Account, &e.Token, &e.Digits, &issued, &expires, &e.Wrong, &used, &e.UsedDevice); err != nil {
		return nil, missing(err, "code")
	}
	e.IssuedAt, e.ExpiresAt, e.UsedAt = time.UnixMilli(issued), time.UnixMilli(expires), instant(used)
	return &e, nil
}

// EnrolmentByToken finds a code by its link's hash.
func (s *Accounts) EnrolmentByToken(ctx context.Context, token string) (*auth.Enrolment, error) {
	return scanEnrolment(s.read.QueryRowContext(ctx, "SELECT "+enrolmentColumns+" FROM enrolments WHERE token = ?", token))
}

// EnrolmentOf finds an account's code.
func (s *Accounts) EnrolmentOf(ctx context.Context, account string) (*auth.Enrolment, error) {
	return scanEnrolment(s.read.QueryRowContext(ctx, "SELECT "+enrolmentColumns+" FROM enrolments WHERE account = ?", account))
}

// CountWrong adds a wrong try to an account's code.
func (s *Accounts) CountWrong(ctx context.Context, account string) error {
	_, err := s.write.ExecContext(ctx, "UPDATE enrolments SET wrong = wrong + 1 WHERE account = ?", account)
	return err
}

// UseEnrolment compares and sets in one statement, so that of two phones with one code only one is enrolled. The phone
// that used it may use it again for a while; its first session ends then, and nothing is kept twice.
func (s *Accounts) UseEnrolment(ctx context.Context, u auth.Use) (used bool, err error) {
	at := u.Session.CreatedAt.UnixMilli()
	err = s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE enrolments SET used_at = CASE used_at WHEN 0 THEN ? ELSE used_at END, used_device = ?
			WHERE account = ? AND token = ? AND expires_at >= ? AND (used_at = 0 OR used_device = ? AND used_at > ?)`,
			at, u.Session.Device, u.Account, u.Token, at, u.Session.Device, u.Again.UnixMilli())
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		used = true
		do := into(ctx, tx)
		if err := do("UPDATE accounts SET password = ?, must_change = 0 WHERE id = ?", u.Password, u.Account); err != nil {
			return err
		}
		if err := do("UPDATE sessions SET ended = 1 WHERE account = ?", u.Account); err != nil {
			return err
		}
		if err := putSession(do, u.Session); err != nil {
			return err
		}
		return keepEvents(do, u.Event)
	})
	return used && err == nil, err
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
