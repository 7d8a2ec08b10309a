package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"niangjia/server/app"
)

// rawSettings are what the raw writer may choose; it takes the best.
type rawSettings struct {
	changes    int // in a transaction
	cache      int // pages' memory, in KiB
	checkpoint int // pages of the journal before they are put into the file
}

func (r rawSettings) String() string {
	return fmt.Sprintf("%d changes a transaction, %d MiB of cache, a checkpoint every %d pages", r.changes, r.cache>>10, r.checkpoint)
}

// write is one statement with its values, ready to be run.
type write struct {
	statement int
	values    []driver.NamedValue
}

// batch is one transaction.
type batch []write

// rawWriter puts rows into a database by one connection, as fast as the driver can.
type rawWriter struct {
	db         *sql.DB
	conn       *sql.Conn
	texts      []string
	statements map[string]int
	prepared   []driver.Stmt
}

func openRaw(ctx context.Context, dir string, s rawSettings) (*rawWriter, error) {
	q := url.Values{}
	for _, p := range []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(0)", "temp_store(MEMORY)",
		fmt.Sprintf("cache_size(-%d)", s.cache), fmt.Sprintf("wal_autocheckpoint(%d)", s.checkpoint)} {
		q.Add("_pragma", p)
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Join(dir, app.DatabaseFile)}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &rawWriter{db: db, conn: conn, statements: map[string]int{}}, nil
}

func (w *rawWriter) close() error {
	var err error
	for _, s := range w.prepared {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, w.conn.Close(), w.db.Close())
}

// batches cuts pushes into transactions of about so many changes, each row written once in each.
func (w *rawWriter) batches(pushes []push, rows [][]row, changes int) (out []batch, count map[string]int) {
	count = map[string]int{}
	for i := 0; i < len(pushes); {
		n, from := 0, i
		for ; i < len(pushes) && (n == 0 || n+pushes[i].changes <= changes); i++ {
			n += pushes[i].changes
		}
		var b batch
		for _, r := range merge(rows[from:i]) {
			b = append(b, w.write(r))
			count[r.table.name]++
		}
		out = append(out, b)
	}
	return out, count
}

// write finds the leanest statement for a row.
func (w *rawWriter) write(r row) write {
	t := r.table
	isKey := map[int]bool{}
	for _, i := range t.key {
		isKey[i] = true
	}
	var text string
	var values []any
	where := func(of []any) string {
		var parts []string
		for _, i := range t.key {
			parts = append(parts, t.columns[i]+" = ?")
			values = append(values, of[i])
		}
		return strings.Join(parts, " AND ")
	}
	switch {
	case r.before == nil:
		text = "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES (" + strings.Repeat("?, ", len(t.columns)-1) + "?)"
		values = r.after
	case r.after == nil:
		text = "DELETE FROM " + t.name + " WHERE " + where(r.before)
	default:
		var parts []string
		for i, c := range t.columns {
			if !isKey[i] && !same(r.before[i], r.after[i]) {
				parts = append(parts, c+" = ?")
				values = append(values, r.after[i])
			}
		}
		text = "UPDATE " + t.name + " SET " + strings.Join(parts, ", ") + " WHERE " + where(r.after)
	}
	n, known := w.statements[text]
	if !known {
		n = len(w.texts)
		w.texts, w.statements[text] = append(w.texts, text), n
	}
	named := make([]driver.NamedValue, len(values))
	for i, v := range values {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return write{n, named}
}

// run puts all batches and tells how long that took.
func (w *rawWriter) run(ctx context.Context, all []batch) (took time.Duration, err error) {
	err = w.conn.Raw(func(c any) error {
		conn, is := c.(interface {
			driver.ConnPrepareContext
			driver.ExecerContext
		})
		if !is {
			return fmt.Errorf("the driver's connection is a %T", c)
		}
		for len(w.prepared) < len(w.texts) {
			s, err := conn.PrepareContext(ctx, w.texts[len(w.prepared)])
			if err != nil {
				return err
			}
			w.prepared = append(w.prepared, s)
		}
		began := time.Now()
		for _, b := range all {
			if _, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE", nil); err != nil {
				return err
			}
			for _, x := range b {
				s := w.prepared[x.statement].(driver.StmtExecContext)
				if _, err := s.ExecContext(ctx, x.values); err != nil {
					return fmt.Errorf("%s: %w", w.texts[x.statement], err)
				}
			}
			if _, err := conn.ExecContext(ctx, "COMMIT", nil); err != nil {
				return err
			}
		}
		took = time.Since(began)
		return nil
	})
	return took, err
}
