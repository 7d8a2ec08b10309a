package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"niangjia/server/store/sqlite"
	"niangjia/server/store/storetest"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
	"niangjia/sync/simulation"
	"niangjia/sync/totals"
)

// crowded is a store with others at work: with every update come some that do nothing, so that groups are decided while
// the one before is being written; some that fail, so that groups are decided again; and some of another store on the
// same file, which takes from the first all that it holds.
type crowded struct {
	district
	other *sqlite.Store
	turn  *atomic.Int64
}

func crowd(t *testing.T, path string) crowded {
	return crowded{district{open(t, path), t, path}, open(t, path), new(atomic.Int64)}
}

func (c crowded) Copy() simulation.Store {
	d := c.district.Copy().(district)
	return crowded{d, open(c.t, d.path), new(atomic.Int64)}
}

// Killed is the others' end too: they hold the same file.
func (c crowded) Killed() (simulation.Store, error) {
	d, err := c.district.Killed()
	if err == nil {
		err = c.other.Close()
	}
	if err != nil {
		return nil, err
	}
	next := d.(district)
	return crowded{next, open(c.t, next.path), c.turn}, nil
}

var errNoise = errors.New("an update that fails")

func (c crowded) Update(ctx context.Context, f func(engine.Tx) error) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	turn := c.turn.Add(1)
	for i := range int64(3) {
		wg.Go(func() {
			s, want := c.Store, error(nil)
			if (turn+i)%7 == 0 {
				want = errNoise
			} else if (turn+i)%11 == 0 {
				s = c.other
			}
			err := s.Update(ctx, func(tx engine.Tx) error {
				if err := tx.SetMeta("noise", fmt.Sprint(turn)); err != nil {
					return err
				}
				return want
			})
			if !errors.Is(err, want) {
				c.t.Errorf("noise: %v, want %v", err, want)
			}
		})
	}
	return c.Store.Update(ctx, f)
}

func TestContractInACrowd(t *testing.T) {
	storetest.Run(t, func(t *testing.T) engine.Store { return crowd(t, filepath.Join(t.TempDir(), "n.db")) })
}

func TestSimulationInACrowd(t *testing.T) {
	faults := simulation.Usual
	faults.Rewind, faults.Crash = 0.1, 0.05
	r, err := simulation.Run(simulation.Config{Seed: 7, Phones: 8, Days: 15, Entries: 2, Faults: faults,
		Catalogue: simtest.Catalogue(t), Store: crowd(t, filepath.Join(t.TempDir(), "n.db"))})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lines, %d records, %v", r.Lines, r.Records, r.Counts)
	for _, f := range r.Failures {
		t.Error(f)
	}
}

// rounds of work in each of two processes at once.
const rounds = 60

// The file is true when two processes write to it by turns: neither gives out a place that the other has given out, nor
// adds to a figure that it remembers from before.
func TestTwoProcesses(t *testing.T) {
	const name = "NIANGJIA_TEST_SECOND"
	if path := os.Getenv(name); path != "" {
		work(t, path, "b")
		return
	}
	path := filepath.Join(t.TempDir(), "n.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	second := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcesses$")
	second.Env = append(os.Environ(), name+"="+path)
	said := make(chan error, 1)
	go func() {
		out, err := second.CombinedOutput()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
		said <- err
	}()
	work(t, path, "a")
	if err := <-said; err != nil {
		t.Fatal(err)
	}
	err := open(t, path).View(context.Background(), func(r engine.Reader) error {
		sums, err := r.Totals(simtest.Village, 5, 5)
		if err != nil {
			return err
		}
		if len(sums) != 1 || sums[0].Value != 2*rounds {
			t.Errorf("figures %+v", sums)
		}
		seq, err := r.LastSeq()
		if err != nil || seq != 2*rounds {
			t.Errorf("%d lines, %v", seq, err)
		}
		rows, err := r.FeedRows("f", 0, 10*rounds)
		if err != nil {
			return err
		}
		if len(rows) != 2*rounds+1 || rows[len(rows)-1].Seq != 4*rounds {
			t.Errorf("%d rows, the last at %d", len(rows), rows[len(rows)-1].Seq)
		}
		shared, err := r.Record("shared")
		if err != nil || shared.FormVersion != 2*rounds {
			t.Errorf("the shared record %+v, %v", shared, err)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// work writes lines, records of its own and one that the other process writes too.
func work(t *testing.T, path, name string) {
	s := open(t, path)
	var wg sync.WaitGroup
	for part := range 4 { // at once, so that groups are decided ahead
		wg.Go(func() {
			for i := range rounds / 4 {
				id := fmt.Sprint(name, part, "-", i)
				if err := s.Update(context.Background(), func(tx engine.Tx) error { return once(tx, id) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func once(tx engine.Tx, id string) error {
	shared, err := tx.Record("shared")
	if err != nil {
		return err
	}
	next := record.Record{Type: record.Entry, ID: "shared", Unit: "u", Content: record.Content{}}
	if shared != nil {
		next = *shared
	}
	next.FormVersion++
	_, err = tx.AppendLine(engine.Line{Epoch: id, N: 1})
	return errors.Join(err,
		tx.PutRecord(&next), tx.PutFeedRow("f", "shared", record.Entry, engine.Whole),
		tx.PutRecord(&record.Record{Type: record.Household, ID: id, Unit: "u", Content: record.Content{}}),
		tx.PutFeedRow("f", id, record.Household, engine.Whole),
		tx.AddTotal(totals.Cell{Indicator: "calls", Unit: simtest.Village}, 5, 1, 1))
}
