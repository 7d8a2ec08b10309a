package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

func feedOf(t *testing.T, s engine.Store, id string) (f engine.Feed) {
	t.Helper()
	must(t, s.View(context.Background(), func(r engine.Reader) error {
		feeds, err := r.Feeds([]string{id, "another"})
		f = feeds[id]
		return err
	}))
	return f
}

// S18: a digest is the sum of what was added, modulo 2^64, and a failed update adds nothing.
func digests(t *testing.T, s engine.Store) {
	ctx := context.Background()
	add := func(d change.Digest, err error) {
		if got := s.Update(ctx, func(tx engine.Tx) error { return errors.Join(tx.AddDigest("f", d), err) }); (got == nil) != (err == nil) {
			t.Fatal(got)
		}
	}
	add(change.Digest{Rows: 2, Sum: math.MaxUint64}, nil)
	add(change.Digest{Rows: 7, Sum: 7}, errors.New("one that fails"))
	add(change.Digest{Rows: 1, Sum: 5}, nil)
	if f := feedOf(t, s, "f"); !f.Counted || f.Digest != (change.Digest{Rows: 3, Sum: 4}) || f.Head != 0 {
		t.Fatalf("%+v", f)
	}
	add(change.Digest{}.Minus(change.Digest{Rows: 2, Sum: 9}), nil)
	if f := feedOf(t, s, "f"); f.Digest != (change.Digest{Rows: 1, Sum: math.MaxUint64 - 4}) {
		t.Fatalf("%+v", f)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error {
		must(t, tx.SetDigest("f", change.Digest{Rows: 8, Sum: 1 << 63}))
		list, err := tx.Uncounted(9)
		must(t, err)
		if slices.Contains(list, "f") {
			t.Errorf("uncounted: %v", list)
		}
		return nil
	}))
	if f := feedOf(t, s, "f"); f.Digest != (change.Digest{Rows: 8, Sum: 1 << 63}) {
		t.Fatalf("%+v", f)
	}
}

// S19: the oldest tombstones up to a mark go, in pieces; the floor follows them; what comes back finds no trace of them.
func compaction(t *testing.T, s engine.Store) {
	ctx := context.Background()
	put := func(view engine.View, ids ...string) {
		must(t, s.Update(ctx, func(tx engine.Tx) error {
			for _, id := range ids {
				must(t, tx.PutRecord(&record.Record{Type: record.Household, ID: id, Content: record.Content{}}))
				must(t, tx.PutFeedRow("f", id, record.Household, view))
			}
			return nil
		}))
	}
	mark := func(at, until record.Instant) {
		must(t, s.Update(ctx, func(tx engine.Tx) error { return tx.PutMarks(at, until) }))
	}
	marks := func(until record.Instant) (out string) {
		must(t, s.View(ctx, func(r engine.Reader) error {
			list, err := r.Marks(until, 10)
			for _, m := range list {
				out += fmt.Sprintf("%s%d:%d ", m.Feed, m.At, m.Seq)
			}
			return err
		}))
		return out
	}
	gone := func(upTo int64, limit int) (n int) {
		must(t, s.Update(ctx, func(tx engine.Tx) (err error) {
			n, err = tx.DropGone("f", upTo, limit)
			return err
		}))
		return n
	}
	put(engine.Whole, "a", "b", "c", "d")
	put(engine.Gone, "a", "b", "c") // 5, 6, 7
	mark(100, 70)
	put(engine.Gone, "d") // 8
	mark(110, 80)         // too soon after the one before
	mark(140, 110)
	mark(180, 150) // nothing has moved
	if got := marks(150); got != "f100:7 f140:8 " {
		t.Fatalf("marks %s", got)
	}
	if got := marks(139); got != "f100:7 " {
		t.Fatalf("marks %s", got)
	}
	if n := gone(7, 2); n != 2 {
		t.Fatalf("%d went", n)
	}
	if f := feedOf(t, s, "f"); f.Floor != 6 || f.Head != 8 {
		t.Fatalf("%+v", f)
	}
	put(engine.Whole, "a") // 9: it comes back where its tombstone is forgotten
	if n := gone(7, 2); n != 1 {
		t.Fatalf("%d went", n)
	}
	if n := gone(7, 2); n != 0 {
		t.Fatalf("%d went", n)
	}
	must(t, s.Update(ctx, func(tx engine.Tx) error { return tx.DropMark(engine.Mark{Feed: "f", At: 100, Seq: 7}) }))
	if got := marks(999); got != "f140:8 " {
		t.Fatalf("marks %s", got)
	}
	must(t, s.View(ctx, func(r engine.Reader) error {
		rows, err := r.FeedRows("f", 0, 10)
		got := ""
		for _, row := range rows {
			got += fmt.Sprintf("%d%s%d ", row.Seq, row.Entity, row.View)
		}
		if got != "8d2 9a0 " {
			t.Errorf("feed %s", got)
		}
		return err
	}))
	if f := feedOf(t, s, "f"); f.Floor != 7 || f.Head != 9 {
		t.Fatalf("%+v", f)
	}
}
