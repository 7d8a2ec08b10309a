package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

func version(t *testing.T, s *Store, id string) (v string) {
	t.Helper()
	must(t, s.Update(context.Background(), func(x engine.Tx) error {
		r, err := x.Record(id)
		if r != nil {
			v = r.Version
		}
		return err
	}))
	return v
}

func put(s *Store, id, version string) error {
	r := household(id)
	r.Version = version
	return s.Update(context.Background(), func(x engine.Tx) error { return x.PutRecord(r) })
}

// What was foreseen is taken, so that the writer does not look; and dropped when its push is answered.
func TestWhatIsForeseenIsTaken(t *testing.T) {
	s := opened(t)
	must(t, put(s, "h", "1"))
	must(t, s.Update(context.Background(), appoint)) // all is forgotten before the next
	must(t, s.Update(context.Background(), func(engine.Tx) error { return nil }))
	done := s.Foresee(context.Background(), []string{"h", "none"})
	x, there := s.foresight.records.Load("h")
	if !there {
		t.Fatal("nothing was foreseen")
	}
	x.(*foreseen).held.record.Version = "as foreseen"
	if v := version(t, s, "h"); v != "as foreseen" {
		t.Errorf("the writer has read version %q for itself", v)
	}
	done()
	s.foresight.records.Range(func(id, _ any) bool {
		t.Errorf("%v is still foreseen", id)
		return true
	})
}

// A record is foreseen, and before its push is decided another one writes it: what was foreseen is no longer so,
// neither while the writer still holds what was written nor after it has forgotten it.
func TestWhatIsForeseenIsNotBelievedOnceWritten(t *testing.T) {
	for _, forgotten := range []bool{false, true} {
		s := opened(t)
		must(t, put(s, "h", "1"))
		must(t, s.Update(context.Background(), appoint))
		version(t, s, "h") // the writer holds both: it does not ask for them when it writes
		version(t, s, "new")
		done := s.Foresee(context.Background(), []string{"h", "new"})
		defer done()
		must(t, errors.Join(put(s, "h", "2"), put(s, "new", "1")))
		if forgotten {
			must(t, s.Update(context.Background(), appoint))
			must(t, s.Update(context.Background(), func(engine.Tx) error { return nil }))
		}
		if h, n := version(t, s, "h"), version(t, s, "new"); h != "2" || n != "1" {
			t.Errorf("forgotten: %v; the versions are %q and %q", forgotten, h, n)
		}
	}
}

// The same where the writer forgets only records, since it holds too many.
func TestWhatIsForeseenIsNotBelievedAfterATrim(t *testing.T) {
	s := opened(t)
	must(t, put(s, "h", "1"))
	must(t, s.Update(context.Background(), appoint))
	version(t, s, "h")
	done := s.Foresee(context.Background(), []string{"h"})
	defer done()
	must(t, put(s, "h", "2"))
	must(t, s.Update(context.Background(), func(x engine.Tx) error {
		for i := range maxHeld + 1 {
			if _, err := x.Record(string(rune('一'+i%20000)) + "-"); err != nil {
				return err
			}
		}
		return nil
	}))
	if v := version(t, s, "h"); v != "2" {
		t.Errorf("the version is %q", v)
	}
}

// Another process writes between the look and the transaction.
func TestWhatIsForeseenIsNotBelievedAfterAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "n.db")
	s, err := Open(context.Background(), path)
	must(t, err)
	defer func() { must(t, s.Close()) }()
	must(t, put(s, "h", "1"))
	must(t, s.Update(context.Background(), appoint))
	must(t, s.Update(context.Background(), func(engine.Tx) error { return nil }))
	done := s.Foresee(context.Background(), []string{"h"})
	defer done()
	other, err := Open(context.Background(), path)
	must(t, err)
	must(t, other.Update(context.Background(), func(x engine.Tx) error {
		r := &record.Record{Type: record.Household, ID: "h", Unit: "v", Content: record.Content{}, Version: "2"}
		return x.PutRecord(r)
	}))
	must(t, other.Close())
	if v := version(t, s, "h"); v != "2" {
		t.Errorf("the version is %q", v)
	}
}
