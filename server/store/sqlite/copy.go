package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
)

// Copy writes what is committed in the file at path, at one moment, to a new file, while others go on reading and
// writing. Nothing of the source is changed, not its schema either. What it wrote is not yet safe on the disk.
func Copy(ctx context.Context, path, to string) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		// The statement reads one snapshot, as every other reader does; the writer does not wait for it.
		_, err := c.ExecContext(ctx, "VACUUM INTO ?", to)
		return err
	})
}

// CopyKilled copies what a process leaves that is killed while it has the file open: the file, and the journal that was not
// yet put into it. Nobody may write meanwhile.
func CopyKilled(path, to string) error {
	for _, part := range []string{"", "-wal"} {
		raw, err := os.ReadFile(path + part)
		if part != "" && errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(to+part, raw, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Check reads the whole file and reports the first things that SQLite itself finds wrong with it.
func Check(ctx context.Context, path string) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		found, err := texts(ctx, c, "PRAGMA integrity_check(10)")
		if err != nil {
			return err
		}
		if len(found) != 1 || found[0] != "ok" {
			return fmt.Errorf("the file is damaged: %s", strings.Join(found, "; "))
		}
		broken, err := texts(ctx, c, `SELECT "table" || ' row ' || coalesce(rowid, '') FROM pragma_foreign_key_check LIMIT 10`)
		if err != nil {
			return err
		}
		if len(broken) > 0 {
			return fmt.Errorf("rows refer to what is not there: %s", strings.Join(broken, "; "))
		}
		return nil
	})
}

// Schema tells the version of the file's schema and of this program's.
func Schema(ctx context.Context, path string) (have, want int64, err error) {
	if want, err = newest(); err != nil {
		return 0, 0, err
	}
	err = plainly(ctx, path, func(c *sql.Conn) error {
		return c.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied = 1").Scan(&have)
	})
	return have, want, err
}

// Lines counts the lines of a file's ledger.
func Lines(ctx context.Context, path string) (n int64, err error) {
	err = plainly(ctx, path, func(c *sql.Conn) error {
		return c.QueryRowContext(ctx, "SELECT count(*) FROM ledger").Scan(&n)
	})
	return n, err
}

// Note keeps a fact about the installation beside the log, in a file that others may have open.
func Note(ctx context.Context, path, key, value string) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", key, value)
		return err
	})
}

// plainly opens a file that must be there by one connection that changes neither its schema nor its journal.
func plainly(ctx context.Context, path string, do func(*sql.Conn) error) (err error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=rw&_pragma=busy_timeout(10000)&_pragma=foreign_keys(1)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	c, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return do(c)
}

func texts(ctx context.Context, c *sql.Conn, query string) (list []string, err error) {
	err = each(ctx, c, query, func(scan func(...any) error) error {
		var s string
		err := scan(&s)
		list = append(list, s)
		return err
	})
	return list, err
}
