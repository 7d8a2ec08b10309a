package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"niangjia/server/store/sqlite"
	"niangjia/sync/memory"
	"niangjia/sync/simulation"
)

// inMemory is a memory store that can be copied, so that its server can be lost.
type inMemory struct{ *memory.Store }

func (m inMemory) Copy() simulation.Store { return inMemory{m.Store.Copy()} }

// MemoryWorld is a store to play on that is gone with the process.
func MemoryWorld() simulation.Store { return inMemory{memory.New()} }

// FileWorld is a store to play on in a database of its own, on the store that cities use. done takes everything away.
func FileWorld(ctx context.Context) (s simulation.Store, done func(), err error) {
	dir, err := os.MkdirTemp("", "niangjia-simulate-")
	if err != nil {
		return nil, nil, err
	}
	d := &files{dir: dir}
	done = func() {
		for _, s := range d.open {
			_ = s.Close()
		}
		_ = os.RemoveAll(dir)
	}
	world, err := d.next(ctx)
	if err != nil {
		done()
		return nil, nil, err
	}
	return world, done, nil
}

// files are the databases of one world: the server's, and its copies.
type files struct {
	dir  string
	open []*sqlite.Store
}

type fileWorld struct {
	*sqlite.Store
	path  string
	files *files
}

func (f *files) path() string { return filepath.Join(f.dir, fmt.Sprintf("%d.db", len(f.open))) }

func (f *files) next(ctx context.Context) (*fileWorld, error) {
	path := f.path()
	s, err := sqlite.OpenScratch(ctx, path)
	if err != nil {
		return nil, err
	}
	f.open = append(f.open, s)
	return &fileWorld{s, path, f}, nil
}

// Killed opens what a process leaves that was killed. What it had open is closed, for the sake of this one.
func (w *fileWorld) Killed() (simulation.Store, error) {
	path := w.files.path()
	if err := errors.Join(sqlite.CopyKilled(w.path, path), w.Close()); err != nil {
		return nil, err
	}
	return w.files.next(context.Background())
}

// Copy is nil where the disk does not take it.
func (w *fileWorld) Copy() simulation.Store {
	ctx := context.Background()
	if err := sqlite.Copy(ctx, w.path, w.files.path()); err != nil {
		return nil
	}
	if c, err := w.files.next(ctx); err == nil {
		return c
	}
	return nil
}
