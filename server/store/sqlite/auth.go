package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"niangjia/server/auth"
	"niangjia/sync/record"
)

// Accounts keeps accounts, sessions and the server's keys, beside the log and not through it: of who signs in, a replay
// must know the seats alone, and those the log keeps.
type Accounts struct {
	write, read *sql.DB
	store       *Store // for what every request asks
}

var _ auth.Store = (*Accounts)(nil)

const accountColumns = "id, login, name, password, active, must_change"

func scanAccount(row interface{ Scan(...any) error }) (*auth.Account, error) {
	var a auth.Account
	if err := row.Scan(&a.ID, &a.Login, &a.Name, &a.Password, &a.Active, &a.MustChange); err != nil {
		return nil, missing(err, "account")
	}
	return &a, nil
}

// AccountByLogin finds an account by its normal login.
func (s *Accounts) AccountByLogin(ctx context.Context, login string) (*auth.Account, error) {
	return scanAccount(s.read.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM accounts WHERE login = ?", login))
}

// AccountByID finds an account.
func (s *Accounts) AccountByID(ctx context.Context, id string) (*auth.Account, error) {
	var a auth.Account
	found, err := s.store.row(ctx, "SELECT "+accountColumns+" FROM accounts WHERE id = ?", []any{id},
		&a.ID, &a.Login, &a.Name, &a.Password, &a.Active, &a.MustChange)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, missing(err, "account")
	}
	return &a, nil
}

// Accounts lists all by login.
func (s *Accounts) Accounts(ctx context.Context) (list []auth.Account, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+accountColumns+" FROM accounts ORDER BY login")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		a, err := scanAccount(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *a)
	}
	return list, rows.Err()
}

// SetPassword replaces the password, and ends the account's sessions where asked, but those on one device.
func (s *Accounts) SetPassword(ctx context.Context, id, password string, mustChange, end bool, keep string, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "UPDATE accounts SET password = ?, must_change = ? WHERE id = ?", password, mustChange, id)); err != nil {
			return err
		}
		if end {
			if _, err := tx.ExecContext(ctx, "UPDATE sessions SET ended = 1 WHERE account = ? AND (device <> ? OR ? = '')", id, keep, keep); err != nil {
				return err
			}
		}
		return keepEvents(into(ctx, tx), e)
	})
}

// SetActive opens or closes an account.
func (s *Accounts) SetActive(ctx context.Context, id string, active bool, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "UPDATE accounts SET active = ? WHERE id = ?", active, id)); err != nil {
			return err
		}
		if !active {
			if _, err := tx.ExecContext(ctx, "UPDATE sessions SET ended = 1 WHERE account = ?", id); err != nil {
				return err
			}
		}
		return keepEvents(into(ctx, tx), e)
	})
}

// Keep keeps an event of its own.
func (s *Accounts) Keep(ctx context.Context, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error { return keepEvents(into(ctx, tx), e) })
}

// SetName replaces the name that colleagues see.
func (s *Accounts) SetName(ctx context.Context, id, name string, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "UPDATE accounts SET name = ? WHERE id = ?", name, id)); err != nil {
			return err
		}
		return keepEvents(into(ctx, tx), e)
	})
}

// AddSession begins a session.
func (s *Accounts) AddSession(ctx context.Context, n auth.Session) error {
	return putSession(func(query string, args ...any) error {
		_, err := s.write.ExecContext(ctx, query, args...)
		return err
	}, n)
}

// Session finds a session.
func (s *Accounts) Session(ctx context.Context, id string) (*auth.Session, error) {
	var n auth.Session
	var created, used int64
	found, err := s.store.row(ctx, `SELECT id, account, device, device_name, used, next, created_at, used_at, ended
		FROM sessions WHERE id = ?`, []any{id},
		&n.ID, &n.Account, &n.Device, &n.DeviceName, &n.Used, &n.Next, &created, &used, &n.Ended)
	if err == nil && !found {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, missing(err, "session")
	}
	n.CreatedAt, n.UsedAt = time.UnixMilli(created), time.UnixMilli(used)
	return &n, nil
}

// Rotate compares and sets in one statement, so that of two requests with one token only one moves the session.
func (s *Accounts) Rotate(ctx context.Context, id, next, successor string, at time.Time) (bool, error) {
	done, err := s.write.ExecContext(ctx, "UPDATE sessions SET used = next, next = ?, used_at = ? WHERE id = ? AND next = ? AND ended = 0",
		successor, at.UnixMilli(), id, next)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n == 1, err
}

// EndSession ends a session for good.
func (s *Accounts) EndSession(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, "UPDATE sessions SET ended = 1 WHERE id = ?", id)
	return err
}

// Secret keeps the first key it is given under a name and returns that one ever after.
func (s *Accounts) Secret(ctx context.Context, name string, fresh []byte) ([]byte, error) {
	var value []byte
	// Every start but the first finds it, and has nothing to write.
	if found, err := s.store.row(ctx, "SELECT value FROM secrets WHERE name = ?", []any{name}, &value); found || err != nil {
		return value, err
	}
	err := s.change(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, fresh); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT value FROM secrets WHERE name = ?", name).Scan(&value)
	})
	return value, err
}

func (s *Accounts) change(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// one makes a statement that met no row a missing account.
func one(done sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return record.Errorf(record.NotFound, "no such account")
}

func missing(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return record.Errorf(record.NotFound, "no such %s", what)
	}
	return err
}
