package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"niangjia/server/auth"
)

var _ auth.ReadTokens = (*Accounts)(nil)

const readTokenColumns = "id, token, unit, name, account, made_at, expires_at, ended_at, used_at"

func scanReadToken(row interface{ Scan(...any) error }) (*auth.ReadToken, error) {
	var t auth.ReadToken
	var made, expires, ended, used int64
	if err := row.Scan(&t.ID, &t.Token, &t.Unit, &t.Name, &t.Account, &made, &expires, &ended, &used); err != nil {
		return nil, missing(err, "read token")
	}
	t.MadeAt, t.ExpiresAt, t.EndedAt, t.UsedAt = time.UnixMilli(made), time.UnixMilli(expires), instant(ended), instant(used)
	return &t, nil
}

// AddReadToken keeps a new one.
func (s *Accounts) AddReadToken(ctx context.Context, t auth.ReadToken, e auth.Event) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		do := into(ctx, tx)
		if err := do("INSERT INTO read_tokens (id, token, unit, name, account, made_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			t.ID, t.Token, t.Unit, t.Name, t.Account, t.MadeAt.UnixMilli(), t.ExpiresAt.UnixMilli()); err != nil {
			return err
		}
		return keepEvents(do, e)
	})
}

// ReadTokenByHash finds the one that a request comes with.
func (s *Accounts) ReadTokenByHash(ctx context.Context, hash string) (*auth.ReadToken, error) {
	return scanReadToken(s.read.QueryRowContext(ctx, "SELECT "+readTokenColumns+" FROM read_tokens WHERE token = ?", hash))
}

// ReadToken finds one by its id.
func (s *Accounts) ReadToken(ctx context.Context, id string) (*auth.ReadToken, error) {
	return scanReadToken(s.read.QueryRowContext(ctx, "SELECT "+readTokenColumns+" FROM read_tokens WHERE id = ?", id))
}

// ReadTokens lists all of them, the newest first.
func (s *Accounts) ReadTokens(ctx context.Context) (list []auth.ReadToken, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+readTokenColumns+" FROM read_tokens ORDER BY made_at DESC, id")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		t, err := scanReadToken(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, *t)
	}
	return list, rows.Err()
}

// EndReadToken ends one that has not ended; where it has, nothing is told of it again.
func (s *Accounts) EndReadToken(ctx context.Context, id string, at time.Time, e auth.Event) (ended bool, err error) {
	err = s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "UPDATE read_tokens SET ended_at = ? WHERE id = ? AND ended_at = 0", at.UnixMilli(), id)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		ended = true
		return keepEvents(into(ctx, tx), e)
	})
	return ended && err == nil, err
}

// ReadTokenUsed keeps when one was last used.
func (s *Accounts) ReadTokenUsed(ctx context.Context, id string, at time.Time) error {
	_, err := s.write.ExecContext(ctx, "UPDATE read_tokens SET used_at = ? WHERE id = ? AND used_at < ?", at.UnixMilli(), id, at.UnixMilli())
	return err
}
