package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// town is some phones that go on working whatever becomes of the server.
type town struct {
	t       *testing.T
	address atomic.Pointer[string] // of the server that runs now
	phones  []*handset
	full    bool // they record fifty changes for each exchange, and make no pause
	stop    chan struct{}
	done    sync.WaitGroup
	answers atomic.Int64
	failed  atomic.Int64
}

// work lets every phone act and exchange until the town stops. What was saved stays in the phone when a line is down.
func (w *town) work(seed uint64) {
	for i, h := range w.phones {
		w.done.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(i)))
			contents, err := demo.NewContents(seed+uint64(i), w.catalogue())
			if err != nil {
				w.t.Error(err)
				return
			}
			for {
				select {
				case <-w.stop:
					return
				case <-time.After(w.pause(dice)):
				}
				for h.Waiting() < 60 { // beyond that she waits for the line
					if err := act(h, dice, contents); err != nil {
						w.t.Errorf("%s: %v", h.who.Login, err)
						return
					}
					if !w.full || h.who.Seats[0].Role == record.Reviewer || h.Waiting() >= 50 {
						break
					}
				}
				if _, err := h.exchange(*w.address.Load()); err == nil {
					w.answers.Add(1)
				} else if wrong := (*broken)(nil); errors.As(err, &wrong) {
					w.t.Error(wrong)
					return
				} else {
					w.failed.Add(1)
				}
			}
		})
	}
}

func (w *town) pause(dice *rand.Rand) time.Duration {
	if w.full {
		return 0
	}
	return time.Duration(2+dice.IntN(12)) * time.Millisecond
}

func (w *town) catalogue() *catalogue.Catalogue {
	w.t.Helper()
	cat, err := app.Catalogue(nil)
	if err != nil {
		w.t.Error(err)
	}
	return cat
}

// act is a moment of a person's work: volunteers record and correct, reviewers decide on what has come.
func act(h *handset, dice *rand.Rand, contents *demo.Contents) error {
	now, today := record.Instant(time.Now().UnixMilli()), time.Now().UTC()
	seat := h.who.Seats[0]
	if seat.Role == record.Reviewer {
		for decided, id := range h.Entities() {
			if decided > 2000 {
				break
			}
			r := h.Record(id)
			if r.Type != record.Entry || r.State != review.Submitted || r.Content == nil || r.Unit == seat.Unit || dice.IntN(4) > 0 {
				continue
			}
			event, reason := review.Approve, (*change.Reason)(nil)
			if dice.IntN(8) == 0 {
				event, reason = review.Return, &change.Reason{Text: "请再核对日期"}
			}
			if err := h.Transition(now, id, event, reason); err != nil {
				return err
			}
		}
		return nil
	}
	id := func() string { return fmt.Sprintf("%016x%016x", dice.Uint64(), dice.Uint64()) }
	home, person := id(), id()
	drafts := []phone.Draft{
		{Type: record.Household, Entity: home, Fields: contents.Register(record.Household, today, "")},
		{Type: record.Person, Entity: person, Fields: contents.Register(record.Person, today, home)},
	}
	for range 1 + dice.IntN(2) {
		form, fields := contents.Entry(record.Village, today, home, person)
		drafts = append(drafts, phone.Draft{Type: record.Entry, Entity: id(), Form: form.ID, Fields: fields, Submit: true})
	}
	for _, d := range drafts {
		d.Unit = seat.Unit
		if err := h.Create(now, d); err != nil {
			return err
		}
	}
	return nil
}

// kills is how often the server is killed; KILLS=200 for the long form (make kills).
func kills(t *testing.T) int {
	t.Helper()
	n := 12
	if text := os.Getenv("KILLS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// S6, P3: the real server dies again and again while real clients push, pull and decide; in every fourth life it dies
// while it starts. What was acknowledged is in the ledger once, with the bytes that the phone has, and a new phone
// sees what the old one sees.
func TestServerKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "0")
	s := serveData(t, data)
	w := &town{t: t, stop: make(chan struct{})}
	w.address.Store(&s.address)
	for _, p := range demo.People()[:4] { // three volunteers of two villages, and their reviewer
		w.phones = append(w.phones, newHandset(t, s, p, 1))
	}
	const seed = 11
	w.work(seed)
	dice := rand.New(rand.NewPCG(seed, 99))
	for range kills(t) {
		w.answered(3)
		time.Sleep(time.Duration(dice.IntN(120)) * time.Millisecond)
		s.stop(t, syscall.SIGKILL)
		if dice.IntN(4) == 0 {
			killStarting(t, data, time.Duration(dice.IntN(80))*time.Millisecond)
		}
		s = serveData(t, data)
		w.address.Store(&s.address)
	}
	close(w.stop)
	w.done.Wait()
	if w.failed.Load() == 0 {
		t.Error("no exchange was cut")
	}

	for range 3 { // decisions reach who recorded, and what she corrected its reviewer
		for _, h := range w.phones {
			drain(t, s, h)
		}
	}
	for _, h := range w.phones {
		fresh := newHandset(t, s, h.who, 2)
		drain(t, s, fresh)
		same(t, h, fresh)
	}
	s.stop(t, syscall.SIGTERM)
	want(t, 0, data, "verify")
	lines := heldOnce(t, data, w.phones)
	t.Logf("%d kills, %d exchanges answered, %d cut, %d changes", kills(t), w.answers.Load(), w.failed.Load(), lines)
}

// answered waits until the server that runs now has answered.
func (w *town) answered(times int64) {
	w.t.Helper()
	for until := w.answers.Load() + times; w.answers.Load() < until; time.Sleep(time.Millisecond) {
		if w.t.Failed() {
			w.t.FailNow()
		}
	}
}

// killStarting starts a server and kills it before, or just after, it listens.
func killStarting(t *testing.T, data string, after time.Duration) {
	t.Helper()
	cmd, _ := program(t, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill()
	_, _ = bufio.NewReader(out).ReadBytes('\n') // until it is gone
	_ = cmd.Wait()
}

// drain exchanges until nothing is left; then phone and server agree, by their digests.
func drain(t *testing.T, s *served, h *handset) {
	t.Helper()
	for {
		more, err := h.exchange(s.address)
		if err != nil {
			t.Fatalf("%s: %v", h.who.Login, err)
		}
		if !more {
			h.proves(t, s)
			return
		}
	}
}

// same compares the rows of two phones of one account.
func same(t *testing.T, a, b *handset) {
	t.Helper()
	rows := func(h *handset) map[string]string {
		all := map[string]string{}
		h.Rows(func(r change.Row) {
			raw, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			all[r.Feed+" "+r.Entity] = string(raw)
		})
		return all
	}
	left, right := rows(a), rows(b)
	if len(left) == 0 || len(left) != len(right) {
		t.Errorf("%s: %d rows, a new phone has %d", a.who.Login, len(left), len(right))
	}
	for at, row := range left {
		if right[at] != row {
			t.Errorf("%s: %s is\n%s, on a new phone\n%s", a.who.Login, at, row, right[at])
		}
	}
}

// keeps wants a ledger to have what phones were told that it was acknowledged, byte for byte.
func keeps(t *testing.T, data string, held map[*handset]int64) {
	t.Helper()
	db := ledgerOf(t, data)
	for h, through := range held {
		err := h.Lines(func(epoch string, n int64, line []byte) error {
			var stored []byte
			if n > through {
				return nil
			}
			err := db.QueryRow("SELECT bytes FROM ledger WHERE epoch = ? AND n = ?", epoch, n).Scan(&stored)
			if err != nil || string(stored) != string(line) {
				t.Errorf("%s, change %d, acknowledged: %v, %s", h.who.Login, n, err, stored)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func ledgerOf(t *testing.T, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, app.DatabaseFile)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// heldOnce compares the ledger with the phones' logs, byte for byte, and counts their lines.
func heldOnce(t *testing.T, data string, phones []*handset) int {
	t.Helper()
	db := ledgerOf(t, data)
	count := 0
	last := map[string]int64{} // of an account, over all its phones
	for _, h := range phones {
		last[h.who.ID] += h.Last()
	}
	for account, written := range last {
		var in int64
		if err := db.QueryRow("SELECT count(*) FROM ledger WHERE account = ?", account).Scan(&in); err != nil {
			t.Fatal(err)
		}
		if in != written {
			t.Errorf("%s: the ledger has %d lines of %d", account, in, written)
		}
	}
	for _, h := range phones {
		if h.Waiting() > 0 {
			t.Errorf("%s: %d changes were never taken", h.who.Login, h.Waiting())
		}
		err := h.Lines(func(epoch string, n int64, line []byte) error {
			var stored []byte
			count++
			if err := db.QueryRow("SELECT bytes FROM ledger WHERE epoch = ? AND n = ?", epoch, n).Scan(&stored); err != nil {
				return fmt.Errorf("%s, change %d: %w", h.who.Login, n, err)
			}
			if string(stored) != string(line) {
				t.Errorf("%s, change %d is\n%s in the ledger, not\n%s", h.who.Login, n, stored, line)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	return count
}
