package sqlite

import (
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// A feed as a whole: where it stands, its digest, and what is taken out of it when it is old.

const feedColumns = "num, head, floor, narrowed, coalesce(live, 0), coalesce(digest, 0), digest IS NOT NULL"

// feedScan reads feedColumns; a digest is stored as a signed number.
type feedScan struct {
	feed
	digest int64
}

func (s *feedScan) to() []any {
	return []any{&s.num, &s.at.Head, &s.at.Floor, &s.at.Narrowed, &s.at.Digest.Rows, &s.digest, &s.at.Counted}
}

func (s *feedScan) found() *feed {
	s.at.Digest.Sum = uint64(s.digest)
	return &s.feed
}

func (r reader) Feeds(ids []string) (map[string]engine.Feed, error) {
	list, err := units(ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]engine.Feed, len(ids))
	return out, r.c.each("SELECT feed, "+feedColumns+" FROM feeds WHERE feed IN (SELECT value FROM json_each(?))", []any{list}, func(scan func(...any) error) error {
		var id string
		var f feedScan
		err := scan(append([]any{&id}, f.to()...)...)
		out[id] = f.found().at
		return err
	})
}

func (r reader) Uncounted(limit int) (list []string, err error) {
	err = r.c.each("SELECT feed FROM feeds WHERE digest IS NULL ORDER BY num LIMIT ?", []any{limit}, func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		list = append(list, id)
		return err
	})
	return list, err
}

func (r reader) Marks(until record.Instant, limit int) (list []engine.Mark, err error) {
	err = r.c.each("SELECT m.at, f.feed, m.seq FROM feed_marks m JOIN feeds f ON f.num = m.feed WHERE m.at <= ? ORDER BY m.at, m.feed LIMIT ?",
		[]any{int64(until), limit}, func(scan func(...any) error) error {
			var m engine.Mark
			err := scan(&m.At, &m.Feed, &m.Seq)
			list = append(list, m)
			return err
		})
	return list, err
}

// feed finds a feed, making it if it is not there.
func (t *tx) feed(name string) (*feed, error) {
	if f, known := t.hold.feeds[name]; known && f.num != 0 {
		return f, nil
	}
	var row feedScan
	found, err := t.read.one("SELECT "+feedColumns+" FROM feeds WHERE feed = ?", []any{name}, row.to()...)
	f := row.found()
	if err == nil && !found {
		f.at.Counted = true
		if f.num, err = t.next(&t.hold.lastFeed, "SELECT coalesce(max(num), 0) FROM feeds"); err == nil {
			err = t.pipe.put("INSERT INTO feeds (num, feed, head, live, digest) VALUES (?, ?, 0, 0, 0)", f.num, name)
		}
	}
	if err == nil {
		t.hold.feeds[name] = f
	}
	return f, err
}

// move has a feed written when the transaction ends.
func (t *tx) move(f *feed) {
	if !f.moved {
		f.moved = true
		t.moved = append(t.moved, f)
	}
}

func (t *tx) writeFeed(f *feed) error {
	f.moved = false
	if !f.at.Counted {
		return t.pipe.put("UPDATE feeds SET head = ?, floor = ?, narrowed = ? WHERE num = ?", f.at.Head, f.at.Floor, f.at.Narrowed, f.num)
	}
	return t.pipe.put("UPDATE feeds SET head = ?, floor = ?, narrowed = ?, live = ?, digest = ? WHERE num = ?",
		f.at.Head, f.at.Floor, f.at.Narrowed, f.at.Digest.Rows, int64(f.at.Digest.Sum), f.num)
}

func (t *tx) Narrow(name string) error {
	f, err := t.feed(name)
	if err != nil {
		return err
	}
	f.at.Narrowed = f.at.Head
	t.move(f)
	return nil
}

func (t *tx) AddDigest(name string, d change.Digest) error {
	f, err := t.feed(name)
	if err != nil || !f.at.Counted {
		return err
	}
	f.at.Digest = f.at.Digest.Plus(d)
	t.move(f)
	return nil
}

func (t *tx) SetDigest(name string, d change.Digest) error {
	f, err := t.feed(name)
	if err != nil {
		return err
	}
	f.at.Digest, f.at.Counted = d, true
	t.move(f)
	return nil
}

func (t *tx) PutMarks(at, until record.Instant) error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.pipe.put(`INSERT INTO feed_marks (at, feed, seq) SELECT ?, f.num, f.head FROM feeds f
		LEFT JOIN feed_marks m ON m.feed = f.num AND m.at = (SELECT max(at) FROM feed_marks WHERE feed = f.num)
		WHERE f.head > coalesce(m.seq, 0) AND coalesce(m.at, -1) <= ?`, int64(at), int64(until))
}

func (t *tx) DropMark(m engine.Mark) error {
	f, err := t.feed(m.Feed)
	if err != nil {
		return err
	}
	return t.pipe.put("DELETE FROM feed_marks WHERE at = ? AND feed = ?", int64(m.At), f.num)
}

// DropGone tells the records too, which know their places.
func (t *tx) DropGone(name string, upTo int64, limit int) (int, error) {
	f, err := t.feed(name)
	if err != nil {
		return 0, err
	}
	type place struct {
		seq    int64
		entity string
	}
	var list []place
	r, err := t.written()
	if err != nil {
		return 0, err
	}
	err = r.c.each(`SELECT f.seq, r.id FROM feed_rows f JOIN records r ON r.num = f.record
		WHERE f.feed = ? AND f.seq <= ? AND f.view = 2 ORDER BY f.seq LIMIT ?`, []any{f.num, upTo, limit}, func(scan func(...any) error) error {
		var p place
		err := scan(&p.seq, &p.entity)
		list = append(list, p)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, p := range list {
		h, err := t.hold.record(t.read, p.entity)
		if err != nil {
			return 0, err
		}
		if err := t.pipe.gone("a tombstone", "DELETE FROM feed_rows WHERE feed = ? AND seq = ?", f.num, p.seq); err != nil {
			return 0, err
		}
		h.feeds = slices.DeleteFunc(slices.Clone(h.feeds), func(at feedPlace) bool { return at.feed == f.num })
		t.touch(h)
		f.at.Floor = p.seq
		t.move(f)
	}
	return len(list), nil
}
