package main

import (
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/server/store/sqlite"
)

// S15 S21: a backup is taken while eighteen phones send fifty changes at a time and their reviewer decides, as fast as the
// server takes them. It has all that was acknowledged when it began; restored it passes verify, and the phones bring back
// what it lacks, each change once. A backup beside one phone that pauses proves none of it.
func TestBackupUnderFullLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	data, file, again := t.TempDir(), filepath.Join(t.TempDir(), "n.backup"), t.TempDir()
	want(t, 0, data, "demo", "--entries", "0")
	s := serveData(t, data)
	w := &town{t: t, full: true, stop: make(chan struct{})}
	w.address.Store(&s.address)
	people := demo.People()
	for number := 1; number <= 6; number++ {
		for _, volunteer := range people[:3] {
			w.phones = append(w.phones, newHandset(t, s, volunteer, number))
		}
	}
	w.phones = append(w.phones, newHandset(t, s, people[3], 1))
	lines := func(data string) int64 {
		n, err := sqlite.Lines(t.Context(), filepath.Join(data, app.DatabaseFile))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}

	w.work(7)
	w.answered(2 * int64(len(w.phones)))
	held := map[*handset]int64{}
	for _, h := range w.phones {
		held[h] = h.held.Load()
	}
	before, began := lines(data), time.Now()
	backUp(t, data, file)
	took := time.Since(began)
	grown := lines(data) - before
	close(w.stop)
	w.done.Wait()
	s.stop(t, syscall.SIGTERM)
	if w.failed.Load() > 0 {
		t.Errorf("%d exchanges failed beside the backup", w.failed.Load())
	}
	if grown < 1000 {
		t.Errorf("the ledger grew by %d lines while the backup was made: that is no load", grown)
	}

	want(t, 0, again, "restore", file) // which replays its ledger, as verify does
	had := lines(again)
	if had < before || had > before+grown {
		t.Errorf("the backup has %d lines; there were %d when it began and %d when it ended", had, before, before+grown)
	}
	t.Logf("%d lines of the ledger, and %d more in the %v of the backup, of which it has %d: %.0f a second beside it",
		before, grown, took.Round(time.Millisecond), had-before, float64(grown)/took.Seconds())
	keeps(t, again, held)

	s = serveData(t, again)
	w.address.Store(&s.address)
	for _, h := range w.phones {
		h.login(t, s)
		drain(t, s, h)
	}
	s.stop(t, syscall.SIGTERM)
	want(t, 0, again, "verify")
	heldOnce(t, again, w.phones)
}
