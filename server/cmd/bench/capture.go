package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"niangjia/server/app"
)

// table is what must be known of one to write its rows.
type table struct {
	name    string
	columns []string
	key     []int // columns of the primary key
}

// row is one row that a transaction wrote: before is nil for a new one, after for one that is gone.
type row struct {
	table         *table
	before, after []any
}

func (r row) key(values []any) string {
	var b strings.Builder
	b.WriteString(r.table.name)
	for _, i := range r.table.key {
		fmt.Fprintf(&b, "\x00%v", values[i])
	}
	return b.String()
}

// recorder notes every row that the engine writes, as the database itself tells it.
type recorder struct {
	app    *app.App
	mu     sync.Mutex
	on     bool
	tables map[string]*table
	rows   []row
	failed error
}

var recorders struct {
	sync.Mutex
	byDir map[string]*recorder
}

// listen lets recorders hear of what is written; it must come before the first database is opened.
func listen() {
	recorders.byDir = map[string]*recorder{}
	sqlite.RegisterConnectionHook(func(conn sqlite.ExecQuerierContext, dsn string) error {
		recorders.Lock()
		defer recorders.Unlock()
		for dir, r := range recorders.byDir {
			if strings.Contains(dsn, dir) {
				conn.(sqlite.HookRegisterer).RegisterPreUpdateHook(r.note)
			}
		}
		return nil
	})
}

// openRecorder opens a database so that what is written to it is noted.
func openRecorder(ctx context.Context, dir string) (*recorder, error) {
	tables, err := tablesOf(ctx, dir)
	if err != nil {
		return nil, err
	}
	r := &recorder{tables: tables}
	recorders.Lock()
	recorders.byDir[dir] = r
	recorders.Unlock()
	r.app, err = app.Open(ctx, app.Config{Data: dir})
	return r, err
}

func (r *recorder) note(d sqlite.SQLitePreUpdateData) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.tables[d.TableName]
	if !r.on || t == nil {
		return
	}
	read := func(f func(...any) error) []any {
		values := make([]any, len(t.columns))
		to := make([]any, len(values))
		for i := range values {
			to[i] = &values[i]
		}
		r.failed = errors.Join(r.failed, f(to...))
		for i := range values {
			if p, is := to[i].(*any); is {
				values[i] = *p
			} else {
				values[i] = to[i]
			}
		}
		return values
	}
	x := row{table: t}
	if d.Op != opInsert {
		x.before = read(d.Old)
	}
	if d.Op != opDelete {
		x.after = read(d.New)
	}
	r.rows = append(r.rows, x)
}

// As SQLite numbers them.
const (
	opDelete = 9
	opInsert = 18
)

// push hands a push to the engine and gives the rows that it wrote.
func (r *recorder) push(ctx context.Context, p push) ([]row, error) {
	r.mu.Lock()
	r.on, r.rows = true, nil
	r.mu.Unlock()
	err := pushDirectly(ctx, r.app.Engine, p.who, p.head, p.lines)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	return r.rows, errors.Join(err, r.failed)
}

func (r *recorder) close() error { return r.app.Close() }

// tablesOf reads the schema.
func tablesOf(ctx context.Context, dir string) (_ map[string]*table, err error) {
	db, err := sql.Open("sqlite", filepath.Join(dir, app.DatabaseFile))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, `SELECT t.name, c.name, c.pk FROM pragma_table_list t, pragma_table_info(t.name) c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out := map[string]*table{}
	for rows.Next() {
		var name, column string
		var pk int
		if err := rows.Scan(&name, &column, &pk); err != nil {
			return nil, err
		}
		t := out[name]
		if t == nil {
			t = &table{name: name}
			out[name] = t
		}
		if pk > 0 {
			t.key = append(t.key, len(t.columns))
		}
		t.columns = append(t.columns, column)
	}
	for name, t := range out {
		if len(t.key) == 0 {
			return nil, fmt.Errorf("table %s has no primary key", name)
		}
	}
	return out, rows.Err()
}

// merge is what several transactions come to when they are one: each row is written once, to what it is at the end.
// What goes comes first, so that no new row meets an old one.
func merge(list [][]row) []row {
	at := map[string]int{}
	var all []row
	touch := func(t *table, key string, before, after []any) {
		i, known := at[key]
		if !known {
			at[key] = len(all)
			all = append(all, row{t, before, after})
			return
		}
		all[i].after = after
	}
	for _, rows := range list {
		for _, r := range rows {
			if r.before != nil && (r.after == nil || r.key(r.before) != r.key(r.after)) {
				touch(r.table, r.key(r.before), r.before, nil)
			}
			if r.after != nil {
				before := r.before
				if before != nil && r.key(before) != r.key(r.after) {
					before = nil
				}
				touch(r.table, r.key(r.after), before, r.after)
			}
		}
	}
	var gone, rest []row
	for _, r := range all {
		switch {
		case r.before == nil && r.after == nil, r.before != nil && r.after != nil && slices.EqualFunc(r.before, r.after, same):
		case r.after == nil:
			gone = append(gone, r)
		default:
			rest = append(rest, r)
		}
	}
	return append(gone, rest...)
}

func same(a, b any) bool {
	x, isBytes := a.([]byte)
	if !isBytes {
		return a == b
	}
	y, also := b.([]byte)
	return also && string(x) == string(y)
}
