package simulation

import (
	"fmt"
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

// Fixed seeds of bad luck, of which each keeps every promise.
func TestSeeds(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := play(t, seed, 20, 60, Usual)
			t.Logf("%d lines, %d records, %d rounds, %v", r.Lines, r.Records, r.Rounds, r.Counts)
			for _, f := range r.Failures {
				t.Error(f)
			}
		})
	}
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

// S9: phones' clocks decide nothing. The whole run ten years off is the same run.
func TestClocksDecideNothing(t *testing.T) {
	cfg := Config{Seed: 3, Phones: 10, Days: 40, Entries: 2, Faults: Usual, Catalogue: simtest.Catalogue(t)}
	var traces []string
	for _, shift := range []record.Instant{0, 3650 * record.DayMS, -3650 * record.DayMS} {
		cfg.Shift, cfg.Store = shift, inMemory{memory.New()}
		r, err := Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		traces = append(traces, r.Trace)
	}
	if traces[0] != traces[1] || traces[0] != traces[2] {
		t.Error(traces)
	}
}

// Worlds that once broke a promise, each with what went wrong in it.
func TestWorldsThatOnceFailed(t *testing.T) {
	hard := Usual
	hard.Rewind, hard.Crash, hard.Clone, hard.Restore = 0.1, 0.05, 0.05, 0.1
	hard.Garble = 0 // these worlds are older than that fault
	for _, w := range []struct {
		seed  uint64
		story string
	}{
		// The server was lost, and the clone of a phone came first with other changes under the same numbers. The
		// phone took its own log for the one that stood there, went on after its end, was told that it continues
		// nothing, asked again, and so for ever.
		{38, "a clone's log stands where a lost one was"},
	} {
		t.Run(w.story, func(t *testing.T) {
			r, err := Run(Config{Seed: w.seed, Phones: 8, Days: 25, Entries: 2, Faults: hard, Catalogue: simtest.Catalogue(t), Store: inMemory{memory.New()}})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range r.Failures {
				t.Error(f)
			}
		})
	}
}
