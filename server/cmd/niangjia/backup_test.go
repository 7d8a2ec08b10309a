package main

import (
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// backUp runs a whole backup in a process of its own and wants it good.
func backUp(t *testing.T, data, file string, more ...string) {
	t.Helper()
	cmd, errs := program(t, append([]string{"backup", file, "--data", data}, more...)...)
	if err := cmd.Run(); err != nil {
		t.Fatalf("backup: %v %s", err, errs)
	}
}

func records(t *testing.T, data string) int {
	t.Helper()
	var v struct{ Records int }
	if err := json.Unmarshal([]byte(want(t, 0, data, "verify", "--json")), &v); err != nil {
		t.Fatal(err)
	}
	return v.Records
}

// S15: backups beside a server under writes, with kill -9 of the backup and of the server, and the way back.
func TestBackupUnderLoadAndKills(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	data, out := t.TempDir(), t.TempDir()
	want(t, 0, data, "demo", "--entries", "150", "--seed", "3", "--until", "2026-11-22")
	before := records(t, data)
	s := serveData(t, data)
	v := newVolunteer(t, s)

	// load writes until stopped; acked is what the server said to have.
	var acked atomic.Int64
	load := func() (stop func()) {
		quit, done := make(chan struct{}), make(chan struct{})
		at := s
		go func() {
			defer close(done)
			for {
				select {
				case <-quit:
					return
				default:
					// An error is a server that was killed: what waits goes out later.
					if v.record(at, 5) == nil {
						acked.Store(int64(v.made))
					}
					time.Sleep(5 * time.Millisecond)
				}
			}
		}()
		return func() { close(quit); <-done }
	}

	file := filepath.Join(out, "n.backup")
	stop := load()
	whole := 0
	const kills = 5
	for i := range kills {
		after := time.Duration(15 * (1 + i*i)) // 15 to 255 ms

		cmd, _ := program(t, "backup", file, "--data", data, "--replace")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after * time.Millisecond)
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
		if _, err := os.Stat(file); err == nil {
			want(t, 0, t.TempDir(), "restore", file) // whatever has the name is whole
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			whole++
		}
	}
	t.Logf("%d of %d backups ended before they were killed", whole, kills)
	if whole == kills {
		t.Error("no backup was killed before its end")
	}
	if acked.Load() == 0 {
		t.Error("nothing was written meanwhile")
	}

	// The server is killed in the middle of a backup.
	cmd, _ := program(t, "backup", file, "--data", data, "--replace")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(60 * time.Millisecond)
	s.stop(t, syscall.SIGKILL)
	_ = cmd.Wait()
	stop()
	want(t, 0, data, "verify")

	// A good one under load holds all that was acknowledged when it began.
	s = serveData(t, data)
	v.login(t, s)
	stop = load()
	time.Sleep(100 * time.Millisecond)
	held := int(acked.Load())
	backUp(t, data, file, "--replace")
	stop()
	if err := v.record(s, 25); err != nil { // what the backup cannot have
		t.Fatal(err)
	}
	want(t, 1, data, "backup", file) // never over a file unasked
	if out := want(t, 1, data, "restore", file, "--replace"); !strings.Contains(out, "in use") {
		t.Error(out)
	}
	s.stop(t, syscall.SIGTERM)

	if out := want(t, 1, data, "restore", file); !strings.Contains(out, "--replace") {
		t.Error(out)
	}
	if out := want(t, 0, data, "restore", file, "--replace"); !strings.Contains(out, "before-restore-") {
		t.Error(out)
	}
	got := records(t, data) - before
	if got < held || got > v.made-25 {
		t.Errorf("%d of %d new records are in the backup, %d were acknowledged before it", got, v.made, held)
	}
	aside, err := filepath.Glob(filepath.Join(data, "before-restore-*"))
	if err != nil || len(aside) != 1 {
		t.Fatalf("moved aside: %v %v", aside, err)
	}
	if n := records(t, aside[0]) - before; n != v.made {
		t.Errorf("%d records moved aside, want %d", n, v.made)
	}

	// The phone sends again what the backup did not have, and nothing twice.
	s = serveData(t, data)
	v.login(t, s)
	if err := v.record(s, 0); err != nil {
		t.Fatal(err)
	}
	if err := v.record(s, 0); err != nil {
		t.Fatal(err)
	}
	s.stop(t, syscall.SIGTERM)
	if n := records(t, data) - before; n != v.made {
		t.Errorf("%d records after the phone came back, want %d", n, v.made)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "*")); len(left) != 1 {
		t.Errorf("left beside the backup: %v", left)
	}
}

func TestRestoreRefusesWhatIsNoBackup(t *testing.T) {
	data, out := t.TempDir(), t.TempDir()
	want(t, 0, data, "demo", "--entries", "40", "--seed", "3", "--until", "2026-11-22")
	good := filepath.Join(out, "good")
	want(t, 0, data, "backup", good)
	if out := want(t, 0, data, "backup", filepath.Join(out, "quick"), "--quick"); !strings.Contains(out, "without a replay") {
		t.Error(out)
	}
	raw, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(good); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read the backup: %v %v", info.Mode(), err)
	}
	altered := filepath.Join(out, "altered")
	want(t, 0, data, "backup", altered)
	db, err := sql.Open("sqlite", "file:"+altered)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE totals SET value = value + 1 WHERE unit = '530900000000'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	torn := append([]byte(nil), raw...)
	for i := len(torn) / 2; i < len(torn)/2+9000; i++ {
		torn[i] ^= 0x5a
	}
	for name, bytes := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "half": raw[:len(raw)/2], "torn": torn, "altered": nil,
	} {
		file := filepath.Join(out, name)
		if bytes != nil {
			if err := os.WriteFile(file, bytes, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		fresh := t.TempDir()
		code, said, errs := do(t, fresh, "restore", file)
		if code != 1 {
			t.Errorf("%s: restored: %s%s", name, said, errs)
		}
		if left, _ := filepath.Glob(filepath.Join(fresh, "niangjia.db*")); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	want(t, 1, t.TempDir(), "backup", filepath.Join(out, "none"))
}
