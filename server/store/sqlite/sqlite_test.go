package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"niangjia/server/store/sqlite"
	"niangjia/server/store/storetest"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

// empty is a database with nothing but the schema, made once: to bring a new file to it takes as long as most tests.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "niangjia-test-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "n.db")
	s, err := sqlite.Open(context.Background(), path)
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		raw, err := empty()
		if err == nil {
			err = os.WriteFile(path, raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) engine.Store { return open(t, filepath.Join(t.TempDir(), "n.db")) })
}

// A closed store leaves one file that is whole by itself, and answers nobody.
func TestCloseLeavesOneFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s := open(t, path)
	simtest.Settle(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(path + "-*"); err != nil || len(left) > 0 {
		t.Errorf("left %v %v", left, err)
	}
	if err := s.View(context.Background(), func(engine.Reader) error { return nil }); !errors.Is(err, sqlite.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	tamper(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	if _, err := sqlite.Open(context.Background(), path); !errors.Is(err, sqlite.ErrNewer) {
		t.Fatalf("got %v", err)
	}
}

func tamper(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := res.RowsAffected(); n == 0 {
		t.Fatalf("%s changed nothing", statement)
	}
}

// S11: rows and cursors of an answer are of one moment, whatever is committed while it is put together.
func TestAViewIsOneMoment(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "n.db"))
	put := func(id string) error {
		return s.Update(context.Background(), func(tx engine.Tx) error {
			return errors.Join(tx.PutRecord(&record.Record{Type: record.Household, ID: id, Content: record.Content{}}), tx.PutFeedRow("f", id, record.Household, engine.Whole))
		})
	}
	if err := put("a"); err != nil {
		t.Fatal(err)
	}
	if err := s.View(context.Background(), func(r engine.Reader) error {
		feeds, err := r.Feeds([]string{"f"})
		if err := errors.Join(err, put("b")); err != nil {
			return err
		}
		rows, err := r.FeedRows("f", 0, 10)
		if head := feeds["f"].Head; err == nil && (head != 1 || len(rows) != 1 || rows[0].Seq != head) {
			t.Errorf("a head of %d and %d rows", head, len(rows))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// T7: whatever is altered in the file, verify sees it.
func TestVerifySeesEveryAlteration(t *testing.T) {
	for name, statement := range map[string]string{
		"a feed's row":          "UPDATE feed_rows SET view = 1 WHERE view = 0",
		"a seat":                "DELETE FROM seats WHERE role = 'reviewer'",
		"a person's seats":      "UPDATE actors SET body = replace(body, 'volunteer', 'reviewer')",
		"a division":            "UPDATE divisions SET name = name || 'x'",
		"a total":               "UPDATE totals SET value = value + 1 WHERE unit = '" + simtest.City + "'",
		"a missing total":       "DELETE FROM totals WHERE unit = '" + simtest.County + "'",
		"a distinct count":      "UPDATE steps SET n = n + 1 WHERE unit = '" + simtest.Town + "'",
		"a year's total":        "UPDATE totals SET value = value + 1 WHERE month < 0",
		"a year's count":        "UPDATE steps SET n = n + 1 WHERE month < 0",
		"entries behind totals": "UPDATE totals SET entries = entries + 1 WHERE month > 0",
		"a record's counts":     "UPDATE records SET counted = '[]' WHERE counted <> '[]'",
		"a contribution":        "UPDATE contributions SET day = '2026-01-01'",
		"an entry":              `UPDATE records SET body = replace(body, '12345', '99999') WHERE type = 'entry'`,
		"an entry's state":      `UPDATE records SET body = replace(body, '"approved"', '"voided"') WHERE type = 'entry'`,
		"a missing entry":       "DELETE FROM records WHERE type = 'entry'",
		"a ledger row's bytes":  `UPDATE ledger SET bytes = CAST(replace(CAST(bytes AS TEXT), '12345', '54321') AS BLOB) WHERE instr(bytes, '12345') > 0`,
		"bytes with their hash": `UPDATE ledger SET hash = replace(hash, substr(hash, 1, 8), '00000000') WHERE entity <> ''`,
		"a missing ledger row":  "DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)",
		"the server epoch":      "UPDATE meta SET value = '00000000000000000000000000000abc' WHERE key = 'server_epoch'",
		"a ledger outcome":      `UPDATE ledger SET outcome = replace(outcome, 'applied', 'stale') WHERE entity <> ''`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "n.db")
			s := open(t, path)
			p := simtest.Settle(t, s)
			p.Approved(p.Household("li", simtest.Village, "王甲"), record.Content{"amount": record.Int(12345)})
			p.Verified()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			tamper(t, path, statement)
			v, err := engine.Verify(context.Background(), open(t, path), memory.New(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if v.Holds() {
				t.Fatal("verify agrees")
			}
		})
	}
}
