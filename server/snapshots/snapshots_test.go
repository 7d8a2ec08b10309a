package snapshots_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"niangjia/server/snapshots"
	"niangjia/server/store/sqlite"
	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

// few is how many rows are worth a file here.
const few = 5

const feed = "unit:" + simtest.Village

// shop is a town whose feeds have files.
type shop struct {
	*simtest.People
	keeper *snapshots.Service
	dir    string
	now    time.Time
}

func onBothStores(t *testing.T, play func(s *shop)) {
	t.Helper()
	for name, open := range map[string]func(t *testing.T) engine.Store{
		"memory": func(*testing.T) engine.Store { return memory.New() },
		"sqlite": func(t *testing.T) engine.Store {
			store, err := sqlite.OpenScratch(t.Context(), filepath.Join(t.TempDir(), "log.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := store.Close(); err != nil {
					t.Error(err)
				}
			})
			return store
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &shop{People: simtest.Settle(t, open(t)), dir: t.TempDir(), now: time.UnixMilli(int64(simtest.Start))}
			s.open()
			play(s)
			s.Verified()
		})
	}
}

// open begins with what lies in the folder, as a server does when it starts.
func (s *shop) open() {
	s.Helper()
	s.keeper = snapshots.New(snapshots.Options{Dir: s.dir, Path: "/", From: few, Log: slog.New(slog.DiscardHandler),
		Row: func(r change.Row) ([]byte, error) { return json.Marshal(r) }, Now: func() time.Time { return s.now }})
	s.Keep(s.keeper)
	s.Do(s.keeper.Use(s.Engine))
}

// village has a household and some calls on it, and gives their ids.
func (s *shop) village(calls int) (ids []string) {
	s.Helper()
	h := s.Household("li", simtest.Village, "王甲")
	ids = append(ids, h)
	for i := range calls {
		ids = append(ids, s.Call("li", simtest.Village, h, record.Content{"text": record.Text(fmt.Sprint("第", i))}))
	}
	s.Sync("li")
	return ids
}

func (s *shop) build() {
	s.Helper()
	made, err := s.keeper.Build(s.Context(), feed)
	s.Do(err)
	if !made {
		s.Fatal("no file was made")
	}
}

// fetch is a piece of a file as the server gives it to an account.
func (s *shop) fetch(account string, p phone.Piece) ([]byte, error) {
	state, err := s.Engine.MayLoad(context.Background(), account, p.Feed)
	if err != nil {
		return nil, err
	}
	in, _, err := s.keeper.Open(strings.TrimPrefix(p.Path, "/"), state)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	raw := make([]byte, p.Bytes)
	_, err = in.ReadAt(raw, p.From)
	return raw, err
}

// newcomer is a second phone of an account, which has nothing.
func (s *shop) newcomer(account string) *phone.Phone {
	ph := phone.New(s.Engine.Catalogue(), account, s.ID())
	ph.Loads()
	return ph
}

// exchange is one exchange of a newcomer.
func (s *shop) exchange(ph *phone.Phone) *change.Answer {
	s.Helper()
	head, lines := ph.Request(phone.BatchChanges)
	answer, err := s.Engine.Sync(context.Background(), engine.Who{Account: ph.Account(), Device: "new" + ph.Epoch()}, head, lines)
	s.Do(err)
	s.Do(ph.Receive(answer))
	return answer
}

// load takes pieces until none is wanted, or until most are taken.
func (s *shop) load(ph *phone.Phone, most int) (taken int) {
	s.Helper()
	for ; taken < most; taken++ {
		piece, ok := ph.Wanted()
		if !ok {
			return taken
		}
		raw, err := s.fetch(ph.Account(), piece)
		s.Do(err)
		s.Do(ph.Take(piece.Feed, raw))
	}
	return taken
}

// whole brings a phone to the end by whatever way.
func (s *shop) whole(ph *phone.Phone) {
	s.Helper()
	for range 100 {
		answer := s.exchange(ph)
		if s.load(ph, 1000) == 0 && !answer.Pull.More && ph.Waiting() == 0 {
			return
		}
	}
	s.Fatal("a first sync that never ends")
}

// same holds that a phone has what a phone has that knows no files.
func (s *shop) same(ph *phone.Phone) {
	s.Helper()
	plain := phone.New(s.Engine.Catalogue(), ph.Account(), s.ID())
	for s.exchange(plain).Pull.More {
	}
	rows := func(ph *phone.Phone) string {
		var b strings.Builder
		ph.Rows(func(r change.Row) {
			raw, err := json.Marshal(r)
			s.Do(err)
			b.Write(append(raw, '\n'))
		})
		return b.String()
	}
	if got, want := rows(ph), rows(plain); got != want {
		s.Fatalf("by file:\n%s\nby pulls:\n%s", got, want)
	}
}

// S20, W8, P11: a first sync by file ends where one by pulls does, with what has happened since the file was made.
func TestAFirstSyncByFile(t *testing.T) {
	onBothStores(t, func(s *shop) {
		ids := s.village(8)
		s.build()
		s.Edit("li", ids[3], record.Content{"text": record.Text("后来")})
		s.Call("li", simtest.Village, ids[0], nil)
		s.Sync("li")
		ph := s.newcomer("wu")
		answer := s.exchange(ph)
		if len(answer.Pull.Snapshots) != 1 || answer.Pull.Snapshots[0].Rows != 9 || answer.Pull.More {
			t.Fatalf("%+v", answer.Pull)
		}
		for _, r := range answer.Pull.Rows {
			if r.Feed == feed {
				t.Error("a row of the file came by the pull too")
			}
		}
		if _, told := answer.Pull.Cursors[feed]; told {
			t.Error("a cursor before the rows")
		}
		s.whole(ph)
		s.same(ph)
		// Who knows no files is told of none.
		plain := phone.New(s.Engine.Catalogue(), "wu", s.ID())
		if answer := s.exchange(plain); len(answer.Pull.Snapshots) != 0 || len(answer.Pull.Rows) == 0 {
			t.Errorf("%+v", answer.Pull)
		}
	})
}

// P11: what a phone recorded and sent while its feed was loading stays on its screen.
func TestWhatIsRecordedWhileAFileLoads(t *testing.T) {
	onBothStores(t, func(s *shop) {
		ids := s.village(8)
		s.build()
		ph := s.newcomer("wu")
		s.exchange(ph)
		s.load(ph, 1)
		own := s.ID()
		s.Do(ph.Create(s.Now, phone.Draft{Type: record.Entry, Entity: own, Unit: simtest.Village, Form: "call", Submit: true,
			Fields: record.Content{"household": record.Text(ids[0]), "purposes": record.Set([]string{"check"}), "met": record.Text("yes"),
				"occurred_on": record.Text(engine.Day(s.Now))}}))
		s.exchange(ph)
		if ph.Waiting() != 0 || ph.Record(own) == nil {
			t.Fatalf("%d wait; shown: %v", ph.Waiting(), ph.Record(own))
		}
		s.whole(ph)
		s.same(ph)
		if ph.Record(own) == nil {
			t.Error("gone after the file")
		}
	})
}

// S20: a sensitive entry is in no file; and when an ordinary one becomes sensitive, no file that has it is given to anybody
// any more, whoever was half-way.
func TestNothingWithheldIsInAFile(t *testing.T) {
	secret := "不能说的事"
	onBothStores(t, func(s *shop) {
		ids := s.village(8)
		s.Call("li", simtest.Village, ids[0], record.Content{"signs": record.Set([]string{"violence"}), "text": record.Text(secret)})
		s.Sync("li")
		s.build()
		if holds(s, secret) || !holds(s, "第3") {
			t.Fatal("what the file has is not what its readers may read")
		}
		ph := s.newcomer("wu")
		s.exchange(ph)
		s.load(ph, 1)
		piece, _ := ph.Wanted()
		s.Edit("li", ids[4], record.Content{"signs": record.Set([]string{"violence"})})
		s.Want(s.Sync("li"), change.Applied)
		if _, err := s.fetch("wu", piece); !errors.Is(err, fs.ErrNotExist) {
			t.Fatalf("a file with what became sensitive is still given out: %v", err)
		}
		s.Do(s.keeper.Tidy(t.Context()))
		if holds(s, "第3") {
			t.Error("it still lies there")
		}
		ph.Lost(piece.Feed)
		s.whole(ph) // no file any more: page by page
		s.same(ph)
		s.build()
		if holds(s, "第3") || !holds(s, "第4") {
			t.Error("the next file")
		}
		again := s.newcomer("wu")
		s.whole(again)
		s.same(again)
	})
}

// holds looks through all files for a text.
func holds(s *shop, text string) bool {
	s.Helper()
	found := false
	s.Do(filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		z, err := unzipped(raw)
		found = found || bytes.Contains(z, []byte(text))
		return err
	}))
	return found
}

// P11: a seat that is lost while a file loads takes what was stored along; S20: and the rest is refused.
func TestASeatThatIsLostHalfWay(t *testing.T) {
	onBothStores(t, func(s *shop) {
		s.village(8)
		s.build()
		ph := s.newcomer("wu")
		s.exchange(ph)
		s.load(ph, 1)
		piece, _ := ph.Wanted()
		s.Seat("wu", record.Volunteer, simtest.Next)
		var refused *record.Error
		if _, err := s.fetch("wu", piece); !errors.As(err, &refused) || refused.Code != record.Forbidden {
			t.Fatalf("%v", err)
		}
		ph.Lost(piece.Feed)
		s.whole(ph)
		s.same(ph)
	})
}

// S20: a file that is far behind is replaced, and stays for those who are still loading it; a file of another ledger goes.
func TestFilesAreReplaced(t *testing.T) {
	onBothStores(t, func(s *shop) {
		ids := s.village(8)
		s.build()
		half := s.newcomer("wu")
		s.exchange(half)
		s.load(half, 1)
		for range 9 {
			s.Call("li", simtest.Village, ids[0], nil)
		}
		s.Sync("li")
		s.build()
		ph := s.newcomer("wu")
		if answer := s.exchange(ph); answer.Pull.Snapshots[0].Rows != 18 {
			t.Errorf("%+v", answer.Pull.Snapshots)
		}
		s.Do(s.keeper.Tidy(t.Context()))
		s.whole(half) // goes on with the older one
		s.same(half)
		s.open() // another start of the server: both are known again
		if answer := s.exchange(s.newcomer("wu")); len(answer.Pull.Snapshots) != 1 || len(answer.Pull.Snapshots[0].Accounts) == 0 {
			t.Errorf("after another start: %+v", answer.Pull.Snapshots)
		}
		if n := files(s); n != 2 {
			t.Errorf("%d files", n)
		}
		s.now = s.now.Add(24 * time.Hour)
		s.Do(s.keeper.Tidy(t.Context()))
		if n := files(s); n != 1 {
			t.Errorf("%d files after a day", n)
		}
		s.whole(ph)
		s.same(ph)
		s.Restored()
		s.Keep(s.keeper)
		s.open()
		if n := files(s); n != 0 {
			t.Errorf("%d files of a ledger that is no more", n)
		}
	})
}

// S20: what a killed server or a full disk left half made is no file: it is told to nobody, goes, and another is made.
func TestAFileThatIsNotWholeIsNone(t *testing.T) {
	onBothStores(t, func(s *shop) {
		s.village(8)
		s.build()
		s.Do(os.WriteFile(filepath.Join(s.dir, s.Engine.Epoch(), "making-1"), []byte("x"), 0o600))
		list, err := filepath.Glob(filepath.Join(s.dir, "*", "5*"))
		s.Do(err)
		s.Do(os.Truncate(list[0], 20))
		s.open()
		ph := s.newcomer("wu")
		if answer := s.exchange(ph); len(answer.Pull.Snapshots) != 0 {
			t.Errorf("%+v", answer.Pull.Snapshots)
		}
		if n := files(s); n != 0 {
			t.Errorf("%d files", n)
		}
		s.whole(ph)
		s.same(ph)
		s.build()
		if answer := s.exchange(s.newcomer("wu")); len(answer.Pull.Snapshots) != 1 {
			t.Errorf("%+v", answer.Pull.Snapshots)
		}
	})
}

// A file that the system cannot read just now, as with too many open, is not thrown away: it is told to nobody until it can be.
func TestAFileThatCannotBeReadJustNowStays(t *testing.T) {
	onBothStores(t, func(s *shop) {
		s.village(8)
		s.build()
		list, err := filepath.Glob(filepath.Join(s.dir, "*", "5*"))
		s.Do(err)
		aside := filepath.Join(s.TempDir(), "aside")
		s.Do(os.Rename(list[0], aside))
		s.Do(os.Symlink(list[0], list[0])) // whoever opens it is led round and round
		s.open()
		if answer := s.exchange(s.newcomer("wu")); len(answer.Pull.Snapshots) != 0 {
			t.Errorf("%+v", answer.Pull.Snapshots)
		}
		s.Do(os.Rename(aside, list[0]))
		if answer := s.exchange(s.newcomer("wu")); len(answer.Pull.Snapshots) != 1 {
			t.Errorf("%+v", answer.Pull.Snapshots)
		}
	})
}

func files(s *shop) (n int) {
	s.Helper()
	s.Do(filepath.WalkDir(s.dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

// P11: bytes that were cut or garbled on the way change nothing, and a file that stays so is pulled page by page.
func TestAGarbledFile(t *testing.T) {
	onBothStores(t, func(s *shop) {
		s.village(8)
		s.build()
		ph := s.newcomer("wu")
		for i := range 3 {
			s.exchange(ph)
			if i > 0 {
				s.load(ph, 1)
			}
			piece, ok := ph.Wanted()
			if !ok {
				t.Fatal("no piece wanted")
			}
			raw, err := s.fetch("wu", piece)
			s.Do(err)
			for _, bad := range [][]byte{raw[:len(raw)/2], {}, append([]byte("<html>"), raw...)} {
				if err := ph.Take(piece.Feed, bad); err == nil {
					t.Fatal("garbled bytes were taken")
				}
			}
			if same, _ := ph.Wanted(); same != piece {
				t.Fatal("garbled bytes moved the phone on")
			}
			ph.Lost(piece.Feed)
		}
		if answer := s.exchange(ph); len(answer.Pull.Snapshots) != 0 {
			t.Error("a file is named after three were lost")
		}
		s.whole(ph)
		s.same(ph)
	})
}

// S20: the keeper makes what is asked for by itself, and not of a feed with few rows.
func TestTheKeeperMakesWhatIsAskedFor(t *testing.T) {
	onBothStores(t, func(s *shop) {
		s.village(8)
		h := s.Household("he", simtest.Next, "李乙")
		for range 9 {
			s.Edit("he", h, record.Content{"head": record.Text("李" + s.ID())})
		}
		s.Sync("he")
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.keeper.Run(ctx)
		}()
		for ; ; time.Sleep(5 * time.Millisecond) {
			if _, ok := s.keeper.Newest(feed, engine.Feed{Head: 9, Counted: true, Digest: change.Digest{Rows: 9}}); ok {
				break
			}
		}
		stop()
		<-done
		if made, err := s.keeper.Build(t.Context(), access.UnitFeed(simtest.Next)); made || err != nil {
			t.Errorf("a file of one household: %v", err)
		}
	})
}

func unzipped(raw []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}
