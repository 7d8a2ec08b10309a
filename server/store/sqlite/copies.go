package sqlite

import (
	"context"
	"database/sql"
	"errors"
)

// MadeCopy is a backup that was made and passed its checks.
type MadeCopy struct {
	Hash      string // SHA-256 of the file, hex
	At        int64  // UTC milliseconds: it has everything that was acknowledged before
	Place     int64  // it has the ledger up to this line
	Bytes     int64
	Replayed  bool
	Confirmed int64 // UTC milliseconds, 0 while nobody has seen it off site
	Lies      string
}

// keptCopies is how many copies are remembered: a year of daily ones, and who confirms later than that has none.
const keptCopies = 400

// LastPlace is the last place in a file's ledger.
func LastPlace(ctx context.Context, path string) (seq int64, err error) {
	err = plainly(ctx, path, func(c *sql.Conn) error {
		return c.QueryRowContext(ctx, "SELECT coalesce(max(seq), 0) FROM ledger").Scan(&seq)
	})
	return seq, err
}

// NoteCopy remembers a copy beside the log, in a file that others may have open.
func NoteCopy(ctx context.Context, path string, m MadeCopy) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		if _, err := c.ExecContext(ctx, `INSERT INTO copies (hash, at, place, bytes, replayed) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, m.Hash, m.At, m.Place, m.Bytes, m.Replayed); err != nil {
			return err
		}
		_, err := c.ExecContext(ctx, `DELETE FROM copies WHERE confirmed IS NULL
			AND hash NOT IN (SELECT hash FROM copies ORDER BY at DESC LIMIT ?)`, keptCopies)
		return err
	})
}

// FindCopy gives a copy by its hash, nil where none of this hash was made here.
func FindCopy(ctx context.Context, path, hash string) (found *MadeCopy, err error) {
	err = plainly(ctx, path, func(c *sql.Conn) error {
		found, err = scanCopy(c.QueryRowContext(ctx, copyColumns+" WHERE hash = ?", hash))
		return err
	})
	return found, err
}

// ConfirmCopy remembers where and when a copy was seen off site.
func ConfirmCopy(ctx context.Context, path, hash string, at int64, lies string) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "UPDATE copies SET confirmed = ?, lies = ? WHERE hash = ?", at, lies, hash)
		return err
	})
}

const copyColumns = "SELECT hash, at, place, bytes, replayed, coalesce(confirmed, 0), lies FROM copies"

func scanCopy(row *sql.Row) (*MadeCopy, error) {
	var m MadeCopy
	err := row.Scan(&m.Hash, &m.At, &m.Place, &m.Bytes, &m.Replayed, &m.Confirmed, &m.Lies)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &m, err
}
