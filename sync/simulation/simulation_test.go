package simulation

import (
	"context"
	"fmt"
	"runtime"
	"testing"

	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

// inMemory is a memory store that can be copied.
type inMemory struct{ *memory.Store }

func (m inMemory) Copy() Store { return inMemory{m.Store.Copy()} }

func play(t *testing.T, seed uint64, phones, days int, faults Faults) *Report {
	t.Helper()
	r, err := Run(Config{Seed: seed, Phones: phones, Days: days, Entries: 3, Faults: faults, Catalogue: simtest.Catalogue(t), Store: inMemory{memory.New()}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Fixed seeds of bad luck, of which each keeps every promise; together they meet every kind of fault. Many more are
// played by the program itself, without the race detector (make simulate).
func TestSeeds(t *testing.T) {
	reports := many(t, Many{First: 1, Seeds: 12, Config: Config{Phones: 16, Days: 25, Entries: 2, Faults: Usual}})
	counts := map[string]int{}
	for _, r := range reports {
		for what, n := range r.Counts {
			counts[what] += n
		}
	}
	for _, kind := range Kinds() {
		if counts[kind] == 0 {
			t.Errorf("never: %s", kind)
		}
	}
	t.Log(counts)
}

func many(t *testing.T, m Many) []*Report {
	t.Helper()
	m.Catalogue, m.Workers, m.Patient = simtest.Catalogue(t), runtime.GOMAXPROCS(0), true
	m.New = func(uint64) (Store, func(), error) { return inMemory{memory.New()}, func() {}, nil }
	reports, err := m.Play(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		for _, f := range r.Failures {
			t.Errorf("seed %d: %s", r.Seed, f)
		}
	}
	return reports
}

func TestOneSeedOneTrace(t *testing.T) {
	a, b, c := play(t, 7, 8, 20, Usual), play(t, 7, 8, 20, Usual), play(t, 8, 8, 20, Usual)
	if a.Trace != b.Trace {
		t.Errorf("%s and %s", a.Trace, b.Trace)
	}
	if a.Trace == c.Trace {
		t.Error("two seeds, one trace")
	}
}

// S9: phones' clocks decide nothing. The whole run ten years off is the same run, and leaves the same records and figures.
// The day of an entry is what its author typed: a form may suggest the clock's, and she sees it.
func TestClocksDecideNothing(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			cfg := Config{Seed: seed, Phones: 6, Days: 20, Entries: 2, Faults: Usual, State: true, Catalogue: simtest.Catalogue(t)}
			var all []string
			for _, shift := range []record.Instant{0, 3650 * record.DayMS, -3650 * record.DayMS} {
				cfg.Shift, cfg.Store = shift, inMemory{memory.New()}
				r, err := Run(cfg)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range r.Failures {
					t.Errorf("clocks %d days off: %s", shift/record.DayMS, f)
				}
				all = append(all, r.Trace+" "+r.State)
			}
			if all[0] != all[1] || all[0] != all[2] {
				t.Error(all)
			}
		})
	}
}

// T2: totals equal a recount at every level after each commit. The long form counts now and then; this is a small world
// in which nothing is committed that is not counted.
func TestTotalsAfterEveryCommit(t *testing.T) {
	reports := many(t, Many{First: 1, Seeds: 2, Config: Config{Phones: 6, Days: 12, Entries: 2, Faults: Usual, Recount: 1}})
	for _, r := range reports {
		if r.Recounts < 60 {
			t.Errorf("seed %d: counted %d times", r.Seed, r.Recounts)
		}
	}
}

// Worlds that once broke a promise, each with what went wrong in it. Where the simulation has got another fault since,
// the world is one in which the same mistake, made again, shows.
func TestWorldsThatOnceFailed(t *testing.T) {
	hard := Usual
	hard.Rewind, hard.Crash, hard.Clone, hard.Restore = 0.1, 0.05, 0.05, 0.1
	cat := simtest.Catalogue(t)
	for _, w := range []struct {
		seed         uint64
		phones, days int
		entries      int
		faults       Faults
		story        string
	}{
		// The server was lost, and the clone of a phone came first with other changes under the same numbers. The
		// phone took its own log for the one that stood there, went on after its end, was told that it continues
		// nothing, asked again, and so for ever.
		{108, 8, 25, 2, hard, "a clone's log stands where a lost one was"},
		// A phone was set back to an old copy of itself, and had forgotten all that stood in its log since: safe, and old.
		// It went on in a log of its own and had nothing to write there. The server did not know that log; the phone took
		// this for a server that had lost everything, went on in another one, and so for ever.
		{287, 8, 25, 2, hard, "a phone that was set back has nothing to say"},
		// Storage failed under an entry that a reviewer was about to decide on. Her phone named the version that the
		// server had given the row, and what she approved was not what she had read.
		{91, 6, 25, 2, Usual, "a decision over a row that storage garbled"},
		// A decision waited for a program that knows its word, and changes of the same entry waited behind it. When the
		// program came the decision had to wait for a version, which holds up nothing: but nobody told those behind.
		{80, 6, 25, 2, Usual, "what waits behind a change that stops holding it up"},
		// A server was lost at the very end. One phone brought everything back, and its log and cursors stood where they
		// had stood before: the simulation took this for rest, and a reviewer who had come before it saw nothing of it.
		{16, 2, 2, 3, Usual, "all comes back and every cursor stands where it stood"},
	} {
		t.Run(w.story, func(t *testing.T) {
			t.Parallel()
			r, err := Run(Config{Seed: w.seed, Phones: w.phones, Days: w.days, Entries: w.entries, Faults: w.faults, Catalogue: cat, Store: inMemory{memory.New()}})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Failures {
				t.Error(f)
			}
		})
	}
}
