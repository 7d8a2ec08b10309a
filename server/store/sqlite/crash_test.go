package sqlite_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/review"
	"niangjia/sync/simtest"
)

// image is what a power cut leaves of a store: the file and its journal, and how far the ledger was acknowledged.
type image struct {
	file, journal []byte
	seq           int64
}

func imageOf(t *testing.T, path string, s engine.Store) image {
	t.Helper()
	var i image
	var err error
	if i.file, err = os.ReadFile(path); err == nil {
		i.journal, err = os.ReadFile(path + "-wal")
	}
	if err != nil {
		t.Fatal(err)
	}
	i.seq = lastSeq(t, s)
	return i
}

func lastSeq(t *testing.T, s engine.Store) (seq int64) {
	t.Helper()
	err := s.View(context.Background(), func(r engine.Reader) (err error) {
		seq, err = r.LastSeq()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// reopened opens what was left, wants everything in it to follow from its ledger, and gives the ledger's end.
func reopened(t *testing.T, file, journal []byte) int64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "n.db")
	for name, content := range map[string][]byte{path: file, path + "-wal": journal} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatalf("it does not open: %v", err)
	}
	defer func() { _ = s.Close() }()
	v, err := engine.Verify(context.Background(), s, memory.New(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !v.Holds() {
		t.Fatalf("verify: %+v", v.Differences)
	}
	return lastSeq(t, s)
}

// S6: a journal that was cut or garbled behind the last acknowledged commit costs nothing that was acknowledged, and
// leaves nothing half done.
func TestJournalTornBehindTheLastCommit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s := open(t, path)
	p := simtest.Settle(t, s)
	dice := rand.New(rand.NewPCG(5, 5))
	images := []image{imageOf(t, path, s)}
	for i := range 8 {
		home := p.Household("li", simtest.Village, fmt.Sprintf("户%d", i))
		id := p.Call("li", simtest.Village, home, nil)
		p.Sync("li")
		images = append(images, imageOf(t, path, s))
		p.Sync("town")
		p.Decide("town", id, review.Approve, "")
		p.Sync("town")
		images = append(images, imageOf(t, path, s))
	}
	torn := 0
	for i, last := range images[:len(images)-1] {
		next := images[i+1]
		if !bytes.Equal(last.file, next.file) || !bytes.HasPrefix(next.journal, last.journal) || next.seq == last.seq {
			continue // the journal began anew between the two
		}
		from, to := len(last.journal), len(next.journal)
		within := func() int { return from + dice.IntN(to-from) }
		garbled := bytes.Clone(next.journal)
		for at := within(); at < to; at += 1 + dice.IntN(300) {
			garbled[at] ^= byte(1 + dice.IntN(255))
		}
		noise := make([]byte, 1+dice.IntN(9000))
		for j := range noise {
			noise[j] = byte(dice.Uint32())
		}
		for name, c := range map[string]struct {
			journal []byte
			want    int64
		}{
			"cut":                 {next.journal[:within()], last.seq},
			"garbled":             {garbled, last.seq},
			"noise behind":        {append(bytes.Clone(next.journal), noise...), next.seq},
			"old frames behind":   {append(bytes.Clone(last.journal), last.journal[32:]...), last.seq},
			"nothing but zeroes":  {append(bytes.Clone(last.journal), make([]byte, to-from)...), last.seq},
			"cut between the two": {last.journal, last.seq},
			"whole":               {next.journal, next.seq},
		} {
			torn++
			if got := reopened(t, last.file, c.journal); got != c.want {
				t.Errorf("%s after line %d: the ledger ends at %d, want %d", name, last.seq, got, c.want)
			}
		}
	}
	if torn < 50 {
		t.Fatalf("only %d journals were torn", torn)
	}
}

// A disk that lied, or a copy of the file put back without a word, takes acknowledged changes along while the server
// keeps its name. Phones see it by their receipts, send again, and nothing is lost or counted twice.
func TestAcknowledgedChangesAreGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s := open(t, path)
	p := simtest.Settle(t, s)
	home := p.Household("li", simtest.Village, "户")
	first := p.Approved(home, nil)
	before := imageOf(t, path, s)
	second := p.Approved(home, nil)
	third := p.Call("wu", simtest.Village, home, nil)
	p.Sync("wu")
	p.Sync("town")

	old := filepath.Join(t.TempDir(), "n.db")
	for name, content := range map[string][]byte{old: before.file, old + "-wal": before.journal} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.Restart(open(t, old))
	if got := lastSeq(t, p.Store); got != before.seq {
		t.Fatalf("the ledger ends at %d, want %d", got, before.seq)
	}
	for range 3 {
		for _, who := range []string{"town", "wu", "li"} { // the decision before the entry that it is about
			p.Sync(who)
		}
	}
	p.State(first, review.Approved)
	p.State(third, review.Submitted)
	if rec := p.Record(second); rec == nil {
		t.Fatal("an entry is gone")
	}
	p.Verified()
	for _, who := range []string{"li", "wu", "town"} {
		p.Rows(who)
	}
}
