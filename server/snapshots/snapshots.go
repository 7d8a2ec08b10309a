// Package snapshots keeps files of large feeds beside the database, so that a
// phone which has nothing of a feed yet loads it from a file that is ready,
// compressed and resumable, instead of page by page (S20). A file never changes.
// What may be in one is what every reader of a unit's shared feed may read; when
// a record is taken away from them, the file is given to nobody any more.
package snapshots

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/snapshot"
)

// Usual bounds of Options.
const (
	// UsualFrom is the number of rows from which a file is worth it: more than one page of a pull.
	UsualFrom = change.MaxRows
	// behind is the share of a file's rows by which its feed may have moved on: what a phone pulls after it.
	behind = 8
	// keep is how long a file stays after the one that replaced it was made: a phone may still be loading it.
	keep = 12 * time.Hour
	// round is how often all feeds are looked at.
	round = 10 * time.Minute
	// look is how often files are looked for that were withdrawn and lie there still.
	look = time.Minute
)

// Source is the log whose feeds are kept.
type Source interface {
	Epoch() string
	SharedFeeds(ctx context.Context) (map[string]engine.Feed, error)
	Snapshot(ctx context.Context, feed string, f func(change.Row) error) (seq int64, err error)
}

// Options are what the service needs.
type Options struct {
	Dir string // made when it is needed; nothing else lies in it
	// Row writes a row as it goes over the wire.
	Row func(change.Row) ([]byte, error)
	// Path is what a file's name follows in its address.
	Path string
	Now  func() time.Time
	Log  *slog.Logger
	From int64 // rows from which a feed has a file, 0 for the usual number
}

// Service keeps the files. It is safe for concurrent use.
type Service struct {
	opt    Options
	source Source
	dir    string // of the source's epoch

	mu     sync.Mutex // guards what follows
	files  map[string]*file
	newest map[string]*file // by feed
	wanted chan string
	build  sync.Mutex // one file is made at a time: it takes a processor and a reader of the store
}

type file struct {
	change.Snapshot
	name     string
	read     bool      // its index has been: until then its bytes and accounts are not known
	replaced time.Time // zero for the newest of its feed
}

// New is a service without a log yet.
func New(opt Options) *Service {
	if opt.From == 0 {
		opt.From = UsualFrom
	}
	return &Service{opt: opt, files: map[string]*file{}, newest: map[string]*file{}, wanted: make(chan string, 64)}
}

// name of a file: unit, place, rows, bytes of the index and its hash. Whatever
// is to be known of it is in its name or in its index.
var name = regexp.MustCompile(`^([0-9]{12})-([0-9]{1,15})-([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{64})$`)

// FeedOf is the feed whose file would have this name.
func FeedOf(file string) (feed string, ok bool) {
	m := name.FindStringSubmatch(file)
	if m == nil {
		return "", false
	}
	return access.UnitFeed(m[1]), true
}

// Use takes over the files that lie there. What was made of another ledger than
// this, before a restore, goes.
func (s *Service) Use(source Source) error {
	s.source, s.dir = source, filepath.Join(s.opt.Dir, source.Epoch())
	others, err := os.ReadDir(s.opt.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	for _, e := range others {
		if e.Name() != source.Epoch() {
			if err := os.RemoveAll(filepath.Join(s.opt.Dir, e.Name())); err != nil {
				return err
			}
		}
	}
	list, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range list {
		f, ok := s.named(e.Name())
		if !ok { // half made when the server was killed
			if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
				return err
			}
			continue
		}
		s.put(f)
	}
	return nil
}

// named reads what a file's name says. A city has a thousand of them: what is in them is read when one is needed, or half
// of a restart would go into it.
func (s *Service) named(base string) (*file, bool) {
	m := name.FindStringSubmatch(base)
	if m == nil {
		return nil, false
	}
	f := &file{name: base, Snapshot: change.Snapshot{Feed: access.UnitFeed(m[1]), Hash: m[5], Path: s.opt.Path + base}}
	for i, to := range []*int64{&f.Seq, &f.Rows, &f.Index} {
		var err error
		if *to, err = strconv.ParseInt(m[i+2], 10, 64); err != nil {
			return nil, false // not reached: a name has fifteen digits at most
		}
	}
	return f, true
}

// readIndex reads what a file's index says, once.
func (s *Service) readIndex(f *file) error {
	if f.read {
		return nil
	}
	in, err := os.Open(filepath.Join(s.dir, f.name))
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if f.Index > info.Size() {
		return errors.New("it ends within its index")
	}
	f.Bytes = info.Size() // which the index is held to
	packed := make([]byte, f.Index)
	if _, err := in.ReadAt(packed, 0); err != nil {
		return err
	}
	index, err := snapshot.OpenIndex(packed, f.Snapshot)
	if err != nil {
		return err
	}
	f.Accounts, f.read = index.Accounts, true
	return nil
}

// passing reports whether it was the system that could not read a file which is there, as with too many open: the file may
// be as good as ever.
func passing(err error) bool {
	var system *fs.PathError
	return errors.As(err, &system) && !errors.Is(err, fs.ErrNotExist)
}

// put makes a file known, as the newest of its feed unless there is a newer one.
func (s *Service) put(f *file) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[f.name] = f
	switch old := s.newest[f.Feed]; {
	case old == nil:
		s.newest[f.Feed] = f
	case old.Seq < f.Seq:
		s.newest[f.Feed], old.replaced = f, s.opt.Now()
	case old != f:
		f.replaced = s.opt.Now()
	}
}

// Newest names a feed's file (engine.Snapshots). Where one would be of use it is asked for, and this phone goes without.
func (s *Service) Newest(id string, feed engine.Feed) (change.Snapshot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.usable(id, feed)
	if s.due(f, feed) {
		select {
		case s.wanted <- id:
		default: // there is enough to do; the next phone or the next round asks again
		}
	}
	if f == nil {
		return change.Snapshot{}, false
	}
	return f.Snapshot, true
}

// usable is the newest file of a feed that can be given out; mu is held.
func (s *Service) usable(id string, feed engine.Feed) *file {
	f := s.newest[id]
	if f == nil || f.Seq < feed.Since() {
		return nil
	}
	if err := s.readIndex(f); err != nil { // cut, or of an older shape
		s.opt.Log.Info("a snapshot's file is not used", slog.String("file", f.name), slog.String("error", err.Error()))
		if passing(err) {
			return nil
		}
		s.forget(f)
		_ = os.Remove(filepath.Join(s.dir, f.name)) // else it is found again, and removed, by the next server
		return nil
	}
	return f
}

// due reports whether a feed needs a file, or a newer one than f.
func (s *Service) due(f *file, feed engine.Feed) bool {
	if f != nil {
		return (feed.Head-f.Seq)*behind > f.Rows
	}
	return feed.Counted && feed.Digest.Rows >= s.opt.From
}

// Open gives a file's content, if it is there and its feed has not been narrowed since. Who may have it is not asked here.
func (s *Service) Open(base string, feed engine.Feed) (*os.File, change.Snapshot, error) {
	s.mu.Lock()
	f := s.files[base]
	var bad error
	if f != nil {
		bad = s.readIndex(f)
	}
	s.mu.Unlock()
	if f == nil {
		return nil, change.Snapshot{}, fs.ErrNotExist
	}
	if passing(bad) {
		return nil, change.Snapshot{}, bad
	}
	if bad != nil {
		return nil, change.Snapshot{}, errors.Join(fs.ErrNotExist, s.withdraw(f))
	}
	if f.Seq < feed.Since() {
		return nil, change.Snapshot{}, errors.Join(fs.ErrNotExist, s.withdraw(f))
	}
	in, err := os.Open(filepath.Join(s.dir, base))
	if errors.Is(err, fs.ErrNotExist) { // somebody tidied the folder
		err = errors.Join(err, s.withdraw(f))
	}
	return in, f.Snapshot, err
}

// withdraw removes a file.
func (s *Service) withdraw(f *file) error {
	s.mu.Lock()
	s.forget(f)
	s.mu.Unlock()
	if err := os.Remove(filepath.Join(s.dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// forget makes a file unknown; mu is held.
func (s *Service) forget(f *file) {
	delete(s.files, f.name)
	if s.newest[f.Feed] == f {
		delete(s.newest, f.Feed)
	}
}

// Build makes a feed's file as the feed stands now, and tells whether it has rows enough for one.
func (s *Service) Build(ctx context.Context, feed string) (made bool, err error) {
	s.build.Lock()
	defer s.build.Unlock()
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return false, err
	}
	parts, err := os.CreateTemp(s.dir, "making-*")
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, parts.Close(), os.Remove(parts.Name())) }()
	w := snapshot.NewWriter(parts)
	index := snapshot.Index{Feed: feed}
	people := map[string]bool{}
	index.Seq, err = s.source.Snapshot(ctx, feed, func(r change.Row) error {
		index.Rows++
		for _, account := range r.Mentions() {
			people[account] = true
		}
		raw, err := s.opt.Row(r)
		if err != nil {
			return err
		}
		return w.Add(raw)
	})
	if err != nil {
		return false, err
	}
	if index.Rows < s.opt.From {
		return false, nil
	}
	index.Accounts = slices.Sorted(maps.Keys(people))
	if err := w.Close(); err != nil {
		return false, err
	}
	f, err := s.finish(w, index, parts)
	if err != nil {
		return false, err
	}
	s.put(f)
	s.opt.Log.Info("snapshot made", slog.String("file", f.name), slog.Int64("rows", f.Rows), slog.Int64("bytes", f.Bytes))
	return true, nil
}

// finish puts the index before the parts. The file has its name only when it is whole.
func (s *Service) finish(w *snapshot.Writer, index snapshot.Index, parts *os.File) (_ *file, err error) {
	head, err := w.Packed(index)
	if err != nil {
		return nil, err
	}
	whole, err := os.CreateTemp(s.dir, "making-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(whole.Name()))
		}
	}()
	_, err = parts.Seek(0, 0)
	if err == nil {
		_, err = whole.Write(head)
	}
	if err == nil {
		_, err = whole.ReadFrom(parts)
	}
	info, err2 := whole.Stat()
	if err = errors.Join(err, err2, whole.Close()); err != nil {
		return nil, err
	}
	f := &file{read: true, Snapshot: change.Snapshot{Feed: index.Feed, Seq: index.Seq, Rows: index.Rows, Bytes: info.Size(),
		Index: int64(len(head)), Hash: change.Hash(head), Accounts: index.Accounts}}
	f.name = fmt.Sprintf("%s-%d-%d-%d-%s", strings.TrimPrefix(f.Feed, access.UnitFeed("")), f.Seq, f.Rows, f.Index, f.Hash)
	f.Path = s.opt.Path + f.name
	return f, os.Rename(whole.Name(), filepath.Join(s.dir, f.name))
}
