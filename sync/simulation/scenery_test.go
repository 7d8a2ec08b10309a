package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/simtest"
	"niangjia/sync/snapshot"
)

const village = "unit:" + simtest.Village

// resolving: two in a village write the same fields, and their reviewer settles it; in time, too late, and of an entry
// that had been approved.
func resolving(s *scene) {
	li := s.hand("resolve-author", "li", record.Volunteer, simtest.Village, false)
	wu := s.hand("resolve-colleague", "wu", record.Volunteer, simtest.Village, false)
	town := s.hand("resolve-reviewer", "town", record.Reviewer, simtest.Town, false)
	home := li.household("王甲")
	first, second, third := li.call(home, nil), li.call(home, nil), li.call(home, nil)
	li.sync()
	wu.sync()
	town.sync()
	s.Do(town.Transition(s.Now, third, review.Approve, nil))
	s.Want(town.sync(), change.Applied)

	s.later(1)
	li.edit(first, record.Content{"text": record.Text("见到她本人"), "amount": record.Int(100), "purposes": record.Set([]string{"check", "help"})})
	li.edit(second, record.Content{"met": record.Text("no")})
	li.edit(third, record.Content{"text": record.Text("她在家")})
	li.sync()
	wu.edit(first, record.Content{"text": record.Text("没有见到"), "amount": record.Int(200), "purposes": record.Set([]string{"greet", "check"})})
	wu.edit(first, record.Content{"text": record.Text("只见到婆婆")}) // hers before, which it replaces (M4)
	wu.edit(second, record.Content{"text": record.Text("又去了一次")})
	wu.edit(third, record.Content{"text": record.Text("她不在家")})
	s.Want(wu.sync(), change.Conflict, change.Conflict, change.Merged, change.Conflict)

	s.later(1)
	town.sync()
	s.Do(town.Transition(s.Now, first, review.Approve, nil))
	s.Refused(town.sync(), record.OpenConflict)
	town.edit(first, record.Content{"text": record.Text("只见到婆婆")}, "text")
	town.edit(first, nil, "amount") // as it is
	s.Do(town.Transition(s.Now, first, review.Approve, nil))
	s.Want(town.sync(), change.Applied, change.Applied, change.Applied)

	s.later(1)
	town.edit(third, record.Content{"text": record.Text("她不在家")}, "text")
	li.sync()
	li.edit(third, record.Content{"amount": record.Int(50)})
	li.sync()
	s.Want(town.sync(), change.Stale)
	town.edit(third, record.Content{"text": record.Text("她不在家")}, "text")
	s.Want(town.sync(), change.Applied)
	s.Do(town.Transition(s.Now, third, review.Approve, nil))
	s.Want(town.sync(), change.Applied)
	wu.sync()
	li.sync()
	li.edit(first, record.Content{"text": record.Text("见到她本人")})
	li.sync()
	wu.sync()
	town.sync()
	s.Verified()
}

// parting: a phone was copied to another one, and both go on. One finds that the other has written where it wanted to,
// and the other way round that the server has more of its log than it has itself.
func parting(s *scene) {
	one := s.hand("parted-one", "li", record.Volunteer, simtest.Village, false)
	home := one.household("王甲")
	known := one.call(home, nil)
	one.sync()
	waits := one.call(home, record.Content{"text": record.Text("没有信号")})
	other := one.clone("parted-other")

	s.later(1)
	fresh := other.call(home, record.Content{"text": record.Text("新手机记的")})
	s.Want(other.sync(), change.Applied, change.Applied)
	// What waits here is there already, and after it is something that this phone has not.
	one.sync()
	if one.Epoch() == other.Epoch() || one.Record(fresh) == nil || one.Last() != 3 {
		s.Fatal("the copied phone's log did not part from the other")
	}

	s.later(1)
	one.edit(waits, record.Content{"text": record.Text("旧手机改的")})
	other.edit(waits, record.Content{"text": record.Text("新手机改的")})
	other.edit(known, record.Content{"amount": record.Int(30)})
	one.sync()
	other.sync()

	// Back to before it forked: the same name, and other lines under numbers that the server has.
	s.later(1)
	third := one.again()
	one.call(home, record.Content{"text": record.Text("甲")})
	one.sync()
	one.comes(third)
	one.call(home, record.Content{"text": record.Text("乙")})
	one.call(home, record.Content{"text": record.Text("丙")})
	before := one.Epoch()
	one.sync()
	if one.Epoch() == before || one.Waiting() > 0 {
		s.Fatal("the log that went back did not part from what the server has")
	}
	other.sync()
	one.sync()
	s.Verified()
}

// repairing: rows are garbled, lost, and there that never were; they are found when all is counted, when the server
// touches one, and also where the feed moves on meanwhile.
func repairing(s *scene) {
	li := s.hand("-", "li", record.Volunteer, simtest.Village, false)
	wu := s.hand("repair", "wu", record.Volunteer, simtest.Village, false)
	home := li.household("王甲")
	var calls []string
	for range 80 { // more than are listed at once
		calls = append(calls, li.call(home, nil))
	}
	li.sync()
	wu.sync()

	wrong := wu.row(village, calls[0])
	wrong.Content = wrong.Content.Clone()
	wrong.Content["met"] = record.Text("no") // its version is as it was
	wu.garble(village, calls[0], &wrong)
	other := wu.row(village, calls[1])
	other.State = review.Approved
	wu.garble(village, calls[1], &other)
	wu.garble(village, calls[2], nil)
	extra := wu.row(village, calls[3])
	extra.Entity = s.ID()
	wu.garble(village, extra.Entity, &extra)
	waits := wu.call(home, nil)
	wu.count()
	s.Want(wu.sync(), change.Applied)
	if wu.Record(calls[2]) == nil || wu.Record(extra.Entity) != nil || wu.Record(calls[0]).Content["met"] != record.Text("yes") || wu.Record(waits) == nil {
		s.Fatal("the phone is not put right")
	}

	// Nothing was counted anew, and the server touches the row that is another one here.
	other = wu.row(village, calls[4])
	other.State = review.Voided
	wu.garble(village, calls[4], &other)
	s.later(1)
	li.edit(calls[4], record.Content{"text": record.Text("改过")})
	li.sync()
	wu.sync()

	// The feed moves on between the page and the question: the next page compares again.
	wu.garble(village, calls[5], nil)
	wu.count()
	if _, more := wu.exchange(nil); more || wu.Question() == nil {
		s.Fatal("nothing differs")
	}
	li.edit(calls[6], record.Content{"text": record.Text("又改过")})
	li.sync()
	if wu.mend() != 0 {
		s.Fatal("rows of another moment were taken")
	}
	wu.sync()
	if wu.Record(calls[5]) == nil || wu.Question() != nil {
		s.Fatal("what was lost did not come back")
	}
	s.Verified()
}

// resetting: she was away for so long that what left the village meanwhile is remembered no more. Her feed begins
// again, page by page, while what she wrote waits.
func resetting(s *scene) {
	li := s.hand("-", "li", record.Volunteer, simtest.Village, false)
	wu := s.hand("reset", "wu", record.Volunteer, simtest.Village, false)
	home := li.household("王甲")
	kept, gone, later := li.call(home, nil), li.call(home, nil), li.call(home, nil)
	li.sync()
	wu.call(home, nil)
	wu.sync()
	s.Do(li.Transition(s.Now, gone, review.Withdraw, nil))
	li.sync()
	s.tend()
	s.later(24 * 431)
	s.Do(li.Transition(s.Now, later, review.Withdraw, nil))
	li.sync()
	s.tend()
	for range 6 {
		li.call(home, nil)
	}
	li.sync()

	mine := wu.call(home, record.Content{"text": record.Text("回来以后")})
	wu.edit(kept, record.Content{"amount": record.Int(10)})
	wu.garble(village, home, nil) // in the midst of it storage fails
	reset := false
	if _, more := wu.exchange(func(a *change.Answer) { reset = cut(&a.Pull, 3) }); !more || !reset || wu.Record(gone) == nil {
		s.Fatal("the feed did not begin again, or what was there did not stay")
	}
	wu.edit(mine, record.Content{"amount": record.Int(20)})
	wu.sync()
	if !slices.ContainsFunc(wu.trace.Events, func(e Event) bool { return e.Do == mended }) {
		s.Fatal("the page that made the feed whole was not compared") // the core's phone once left that to the next one
	}
	if wu.Record(gone) != nil || wu.Record(later) != nil || wu.Record(kept) == nil || wu.Record(home) == nil || wu.Record(mine) == nil {
		s.Fatal("the feed is not what the server has")
	}
	wu.count()
	wu.sync()
	s.Verified()
}

// cut leaves of a feed that begins again a page of so many rows.
func cut(p *change.Page, rows int) bool {
	if len(p.Reset) != 1 || len(p.Rows) <= rows || p.Rows[0].Feed != p.Reset[0] || p.Rows[rows].Feed != p.Reset[0] {
		return false
	}
	feed := p.Reset[0]
	p.Bases = map[string]int64{feed: p.Cursors[feed]}
	p.Rows, p.More = p.Rows[:rows], true
	p.Cursors[feed] = p.Rows[rows-1].Seq
	delete(p.Digests, feed)
	return true
}

// loading: a new phone gets the village's feed from a file, in pieces over a line that breaks off, and records meanwhile.
func loading(s *scene) {
	li := s.hand("-", "li", record.Volunteer, simtest.Village, false)
	home := li.household("王甲")
	var calls []string
	for range 25 {
		calls = append(calls, li.call(home, nil))
	}
	li.sync()
	s.Do(li.Transition(s.Now, calls[3], review.Withdraw, nil))
	li.sync()
	file := fileOf(s, village)
	s.Keep(file)
	s.later(1)
	li.edit(calls[7], record.Content{"text": record.Text("文件以后")})
	s.Do(li.Transition(s.Now, calls[8], review.Withdraw, nil))
	li.sync()

	wu := s.hand("file", "wu", record.Volunteer, simtest.Village, true)
	wu.exchange(nil)
	wu.take(file, 1) // the index and a part
	mine := wu.call(home, nil)
	wu.edit(calls[0], record.Content{"text": record.Text("一边下载一边记")})
	if out, _ := wu.exchange(nil); len(out) != 2 {
		s.Fatalf("%+v", out)
	}
	wu.take(file, 1)
	wu.edit(mine, record.Content{"amount": record.Int(5)})
	wu.take(file, 99)
	wu.sync()
	if _, loads := wu.Wanted(); loads || wu.Record(calls[3]) != nil || wu.Record(calls[8]) != nil || wu.Record(calls[20]) == nil || wu.Record(mine) == nil {
		s.Fatal("the file and what came after it are not what the server has")
	}
	wu.count()
	wu.sync()
	s.Verified()
}

// oneFile is a file of a feed, the only one that there is.
type oneFile struct {
	change.Snapshot
	bytes []byte
}

func (f *oneFile) Newest(id string, _ engine.Feed) (change.Snapshot, bool) {
	return f.Snapshot, id == f.Feed
}

// fileOf makes the file of a feed, in parts of ten rows.
func fileOf(s *scene, feed string) *oneFile {
	var body bytes.Buffer
	w := snapshot.NewWriter(&body)
	rows := int64(0)
	seq, err := s.Engine.Snapshot(context.Background(), feed, func(row change.Row) error {
		row, err := row.Unpack()
		if err != nil {
			return err
		}
		raw, err := json.Marshal(row)
		if err != nil {
			return err
		}
		if err := w.Add(raw); err != nil {
			return err
		}
		if rows++; rows%10 == 0 {
			return w.Close()
		}
		return nil
	})
	s.Do(err)
	s.Do(w.Close())
	index, err := w.Packed(snapshot.Index{Feed: feed, Seq: seq, Rows: rows, Accounts: []string{"li"}})
	s.Do(err)
	return &oneFile{bytes: append(index, body.Bytes()...), Snapshot: change.Snapshot{
		Feed: feed, Seq: seq, Rows: rows, Bytes: int64(len(index) + body.Len()), Index: int64(len(index)), Hash: change.Hash(index),
		Path: "https://here.test/api/v1/snapshots/one",
	}}
}

// take takes up to so many parts of a file, and the index where it is not here; then the line breaks off.
func (h *hand) take(f *oneFile, parts int) {
	h.s.Helper()
	from, at := int64(-1), int64(0)
	for parts > 0 {
		piece, ok := h.Wanted()
		if !ok {
			break
		}
		if from < 0 {
			from, at = piece.From, piece.From
		}
		if piece.From > 0 {
			parts--
		}
		h.s.Do(h.Take(f.Feed, f.bytes[at:at+piece.Bytes]))
		at += piece.Bytes
	}
	h.tell(Event{Do: loaded, Feed: f.Feed, File: f.bytes[from:at]})
}
