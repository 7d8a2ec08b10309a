package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"niangjia/sync/engine"
)

// State is the size of what the file holds.
type State struct {
	Lines    int64 // of the ledger
	Parked   int64
	Database int64 // bytes of the file
	WAL      int64 // bytes of its journal
}

// State reads it.
func (s *Store) State(ctx context.Context) (st State, err error) {
	err = s.View(ctx, func(r engine.Reader) (err error) {
		if st.Lines, err = r.LastSeq(); err != nil {
			return err
		}
		_, err = r.(reader).c.one("SELECT count(*) FROM parked", nil, &st.Parked)
		return err
	})
	if err == nil {
		st.Database, st.WAL, err = Sizes(s.path)
	}
	return st, err
}

// Sizes are the bytes of a file and of its journal, which need not be there.
func Sizes(path string) (database, wal int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	journal, err := os.Stat(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return info.Size(), 0, nil
	} else if err != nil {
		return 0, 0, err
	}
	return info.Size(), journal.Size(), nil
}

// OnCommit has f told of every commit: how many updates shared it, and how long it took with all that they decided. f
// must be quick: the next commit waits for it.
func (s *Store) OnCommit(f func(updates int, took time.Duration)) { s.onCommit.Store(&f) }

func (s *Store) committed(updates int, began time.Time) {
	if f := s.onCommit.Load(); f != nil {
		(*f)(updates, time.Since(began))
	}
}
