package app

import (
	"bufio"
	"compress/gzip"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const releasedFolder = "testdata/released"

// TestKeepRelease is no test but how `make released VERSION=x.y.z` keeps a small demo city in today's schema, as SQL, for
// the test below and for ever.
func TestKeepRelease(t *testing.T) {
	version := os.Getenv("RELEASED_VERSION")
	if version == "" {
		t.Skip("only for make released")
	}
	data := t.TempDir()
	made := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	if _, err := MakeDemo(t.Context(), Config{Data: data}, DemoOptions{Entries: 60, Seed: 1, Until: made}); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(releasedFolder, version+".sql.gz"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err) // what was released is never written again
	}
	z := gzip.NewWriter(f)
	if err := dump(filepath.Join(data, DatabaseFile), z); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// dump writes a database as SQL, a statement a line. Keys are left out: they are nobody's, and yet no keys belong there.
func dump(path string, to io.Writer) error {
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // it was only read
	var out []string
	tables, err := column(db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
	if err != nil {
		return err
	}
	for _, kind := range []string{"table", "rows", "index"} {
		if kind != "rows" {
			made, err := column(db, "SELECT sql FROM sqlite_schema WHERE type = '"+kind+"' AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name")
			if err != nil {
				return err
			}
			out = append(out, made...)
			continue
		}
		for _, table := range tables {
			if table == "secrets" {
				continue
			}
			names, err := column(db, "SELECT name FROM pragma_table_info('"+table+"') ORDER BY cid")
			if err != nil {
				return err
			}
			rows, err := column(db, "SELECT 'INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES (' || quote("+
				strings.Join(names, ") || ', ' || quote(")+") || ')' FROM "+table)
			if err != nil {
				return err
			}
			out = append(out, rows...)
		}
	}
	for _, statement := range out {
		if _, err := fmt.Fprintf(to, "%s;\x00\n", statement); err != nil {
			return err
		}
	}
	return nil
}

func column(db *sql.DB, query string) (list []string, err error) {
	rows, err := db.Query(query)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// load makes the database that a release left.
func load(t *testing.T, file, path string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(z)
	for {
		statement, err := in.ReadString(0) // the texts themselves have line breaks
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(strings.TrimSuffix(statement, "\x00")); err != nil {
			t.Fatalf("%.200s: %v", statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func schema(t *testing.T, data string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, DatabaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	list, err := column(db, "SELECT coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// Data of every release are opened, brought to today's schema, agree with their log, and are then in nothing different
// from new ones.
func TestEveryReleasedSchemaIsUpgraded(t *testing.T) {
	files, err := filepath.Glob(releasedFolder + "/*.sql.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no release is kept: %v", err)
	}
	empty := t.TempDir()
	a, err := Open(t.Context(), Config{Data: empty})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	want := schema(t, empty)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql.gz"), func(t *testing.T) {
			data := t.TempDir()
			path := filepath.Join(data, DatabaseFile)
			load(t, file, path)
			a, err := Open(t.Context(), Config{Data: data})
			if err != nil {
				t.Fatal(err)
			}
			list, err := a.Auth.List(t.Context())
			if err != nil || len(list) < 8 {
				t.Errorf("%d accounts, %v", len(list), err)
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			v, err := Verify(t.Context(), data, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !v.Holds() || v.Records < 60 || v.Totals == 0 {
				t.Errorf("%d lines, %d records, %d totals; differences %+v", v.Lines, v.Records, v.Totals, v.Differences)
			}
			if got := schema(t, data); !slices.Equal(got, want) {
				t.Errorf("an upgraded schema is not a new one: has a migration been changed that was released?\n%s\n\nnew:\n%s",
					strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			// A backup of that release is restored too.
			old := filepath.Join(t.TempDir(), "backup")
			load(t, file, old)
			if _, err := Restore(t.Context(), filepath.Join(t.TempDir(), "data"), old, false, nil); err != nil {
				t.Error(err)
			}
		})
	}
}
