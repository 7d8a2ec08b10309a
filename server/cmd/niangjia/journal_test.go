package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/sync/phone"
)

// S6: the power goes behind a commit whose answer nobody has heard, and what the disk has of the journal behind the last
// acknowledged one is cut, garbled, or followed by noise. The real server starts on it, what was acknowledged is there, and
// the phones bring the rest again, once.
func TestServerStartsOnATornJournal(t *testing.T) {
	if testing.Short() {
		t.Skip("starts and kills processes")
	}
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "0")
	journal := filepath.Join(data, app.DatabaseFile+"-wal")
	dice := rand.New(rand.NewPCG(11, 4))
	contents, err := demo.NewContents(11, (&town{t: t}).catalogue())
	if err != nil {
		t.Fatal(err)
	}
	s := serveData(t, data)
	people := demo.People()
	author, reviewer := newHandset(t, s, people[0], 1), newHandset(t, s, people[3], 1)
	tear := map[string]func(acknowledged, all []byte) []byte{
		"cut":                    func(a, all []byte) []byte { return all[:len(a)+dice.IntN(len(all)-len(a))] },
		"cut where it was heard": func(a, _ []byte) []byte { return a },
		"garbled": func(a, all []byte) []byte {
			all[len(a)+dice.IntN(len(all)-len(a))] ^= byte(1 + dice.IntN(255))
			return all
		},
		"noise behind": func(_, all []byte) []byte {
			for range 1 + dice.IntN(9000) {
				all = append(all, byte(dice.Uint32()))
			}
			return all
		},
	}
	for _, how := range slices.Sorted(maps.Keys(tear)) {
		for _, h := range []*handset{author, reviewer} {
			if err := act(h, dice, contents); err != nil {
				t.Fatal(err)
			}
			drain(t, s, h)
		}
		heard, err := os.ReadFile(journal)
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			if err := act(author, dice, contents); err != nil {
				t.Fatal(err)
			}
		}
		unheard(t, s, author)
		s.stop(t, syscall.SIGKILL)
		all, err := os.ReadFile(journal)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(all, heard) || len(all) == len(heard) {
			t.Fatalf("%s: the journal of %d bytes began anew or was not written: %d bytes", how, len(heard), len(all))
		}
		if err := os.WriteFile(journal, tear[how](heard, all), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(filepath.Join(data, app.DatabaseFile+"-shm")); err != nil { // it is only memory
			t.Fatal(err)
		}
		s = serveData(t, data)
		var there int64
		db := ledgerOf(t, data)
		if err := errors.Join(db.QueryRow("SELECT count(*) FROM ledger WHERE account = ?", author.who.ID).Scan(&there), db.Close()); err != nil {
			t.Fatal(err)
		}
		held, sent := author.held.Load(), author.Last()
		if whole := how == "noise behind"; whole && there != sent || !whole && there != held {
			t.Errorf("%s: the ledger has %d changes; %d were heard of, %d sent", how, there, held, sent)
		}
		t.Logf("%s: %d bytes of the journal were heard of, of %d", how, len(heard), len(all))
		if _, err := author.exchange(s.address); err != nil || author.Waiting() > 0 {
			t.Errorf("%s: %v, %d changes wait", how, err, author.Waiting())
		}
	}
	drain(t, s, reviewer)
	drain(t, s, author)
	s.stop(t, syscall.SIGTERM)
	want(t, 0, data, "verify")
	heldOnce(t, data, []*handset{author, reviewer})
}

// unheard sends all that waits; the server takes it, and nobody hears its answer.
func unheard(t *testing.T, s *served, h *handset) {
	t.Helper()
	head, lines := h.Request(phone.BatchChanges)
	text, err := json.Marshal(head)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := post(s.address+"/api/v1/sync", "application/x-ndjson", h.token, bytes.Join(append([][]byte{text}, lines...), []byte("\n"))); err != nil {
		t.Fatal(err)
	}
}
