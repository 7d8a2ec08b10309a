package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/sync/engine"
)

// T15: the real server is killed while it counts all entries anew. The next one goes on from there, and in the
// middle and at the end everything follows from the log.
func TestServerKilledWhileItCountsAnew(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	data, folder := t.TempDir(), t.TempDir()
	want(t, 0, data, "demo", "--entries", "1500")
	if err := os.CopyFS(folder, os.DirFS("../../catalogue")); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "indicators", "*.json"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	for _, file := range files { // so that the entries of every form are gone through
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(raw), `"where": "`, `"where": "!occurred_on.endsWith('1') && `)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := serveData(t, data, "--catalogue", folder)
	walkOf(t, data, func(w *engine.Recount) bool { return w == nil || w.Done > 0 })
	s.stop(t, syscall.SIGKILL)
	walk := walkOf(t, data, nil)
	if walk == nil {
		t.Fatal("it counted faster than it could be killed")
	}
	t.Logf("killed at %d of %d", walk.Done, walk.All)
	if out := want(t, 0, data, "verify"); !strings.Contains(out, "counted anew") {
		t.Errorf("verify does not say what is under way: %s", out)
	}
	if _, out, errs := do(t, data, "doctor"); !strings.Contains(out+errs, "counted anew") {
		t.Errorf("the doctor does not say what is under way: %s%s", out, errs)
	}
	s = serveData(t, data, "--catalogue", folder)
	walkOf(t, data, func(w *engine.Recount) bool { return w == nil })
	s.stop(t, syscall.SIGTERM)
	if out := want(t, 0, data, "verify"); strings.Contains(out, "counted anew") {
		t.Error(out)
	}
}

// walkOf reads how far a server has counted anew, until it is as it is wanted.
func walkOf(t *testing.T, data string, as func(*engine.Recount) bool) *engine.Recount {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, app.DatabaseFile)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		var text string
		if err := db.QueryRow("SELECT coalesce(max(value), '') FROM meta WHERE key = 'recount'").Scan(&text); err != nil {
			t.Fatal(err)
		}
		var w *engine.Recount
		if text != "" {
			if err := json.Unmarshal([]byte(text), &w); err != nil {
				t.Fatal(err)
			}
		}
		if as == nil || as(w) {
			return w
		}
	}
	t.Fatal("it does not come that far")
	return nil
}
