package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"niangjia/server/store/sqlite"
	"niangjia/sync/simtest"
	"niangjia/sync/simulation"
)

// district is a store in a file of its own, of which copies are files beside it.
type district struct {
	*sqlite.Store
	t    *testing.T
	path string
}

func (d district) Copy() simulation.Store {
	path := filepath.Join(d.t.TempDir(), "copy.db")
	if err := sqlite.Copy(context.Background(), d.path, path); err != nil {
		d.t.Fatal(err)
	}
	return district{open(d.t, path), d.t, path}
}

// Killed opens what a process leaves that was killed: the file, and a journal that nobody put into it.
func (d district) Killed() (simulation.Store, error) {
	path := filepath.Join(d.t.TempDir(), "killed.db")
	if err := errors.Join(sqlite.CopyKilled(d.path, path), d.Close()); err != nil {
		return nil, err
	}
	return district{open(d.t, path), d.t, path}, nil
}

// The same bad luck as in memory, on the store that cities use: what a transaction leaves behind when it fails, what
// the writer remembers from one to the next, what a killed process leaves of the file and its journal, and a file that was
// lost and came back from a copy.
func TestSimulation(t *testing.T) {
	for _, seed := range []uint64{0, 4} { // worlds whose server dies often
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			faults := simulation.Usual
			faults.Rewind, faults.Crash = 0.1, 0.05
			path := filepath.Join(t.TempDir(), "n.db")
			r, err := simulation.Run(simulation.Config{Seed: seed, Phones: 8, Days: 25, Entries: 2, Faults: faults,
				Catalogue: simtest.Catalogue(t), Store: district{open(t, path), t, path}})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d lines, %d records, %v", r.Lines, r.Records, r.Counts)
			for _, f := range r.Failures {
				t.Error(f)
			}
			if n := r.Counts[simulation.FromDisk]; n < 5 {
				t.Errorf("%d starts from what was left on the disk", n)
			}
		})
	}
}
