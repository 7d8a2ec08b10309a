package simulation

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/simtest"
)

// writes are the methods of a transaction that write: those that a reader has not. KeyPlaces and KeyMonths only read.
func writes() (names []string) {
	reads := reflect.TypeFor[engine.Reader]()
	for m := range reflect.TypeFor[engine.Tx]().Methods() {
		if _, read := reads.MethodByName(m.Name); !read && m.Name != "KeyPlaces" && m.Name != "KeyMonths" {
			names = append(names, m.Name)
		}
	}
	return names
}

// S6: the server can die, and its disk be full, at everything that a transaction writes. AddStanding once came to the store
// by a way around, and what stands was never tried.
func TestEveryWriteMayFail(t *testing.T) {
	for _, name := range writes() {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if gone := recover(); gone != nil {
					t.Errorf("it goes by: frailTx does not have it (%v)", gone)
				}
			}()
			left, at := 1, ""
			m := reflect.ValueOf(&frailTx{left: &left, fault: errFull, tried: func(write string) { at = write }}).MethodByName(name) // there is no store behind it
			args := make([]reflect.Value, m.Type().NumIn())
			for i := range args {
				args[i] = reflect.Zero(m.Type().In(i))
			}
			out := m.Call(args)
			if err, _ := out[len(out)-1].Interface().(error); !errors.Is(err, errFull) || at != name {
				t.Errorf("%v at %q", err, at)
			}
		})
	}
}

// smallest is a small world in which a server writes in every way but these: they come after more than a year, with a
// store of an older program, or with a campaign, of which there is a world for itself.
func smallest(t *testing.T, cat *catalogue.Catalogue) Config {
	t.Helper()
	late := []string{"SetDigest", "DropMark", "DropGone", "PutCampaign"}
	cfg := Config{Phones: 2, Days: 5, Entries: 1, Catalogue: cat, Faults: Faults{Garble: 1, Seats: 0.3, Divisions: 0.2, Forms: 0.2}}
	for cfg.Seed = 300; cfg.Seed < 400; cfg.Seed++ {
		seen, all := map[string]bool{}, 0
		one := cfg
		one.Store, one.serverDies = inMemory{memory.New()}, 1<<40
		one.tried = func(write string) { all++; seen[write] = true }
		if _, err := Run(one); err != nil {
			t.Fatal(err)
		}
		if all < 600 && !slices.ContainsFunc(writes(), func(name string) bool { return !seen[name] && !slices.Contains(late, name) }) {
			return cfg
		}
	}
	t.Fatal("no small world has all writes")
	return cfg
}

// S6 P1 P3: the server dies at each write of a small world, one after the other, and so does a phone; before the write,
// so that the first one after a commit is the crash behind it. Whatever was half done is not there, and what was said
// to be saved or acknowledged is.
func TestDeathAtEveryWrite(t *testing.T) {
	cat := simtest.Catalogue(t)
	world := smallest(t, cat)
	for _, who := range []string{"server", "phone"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			dieAtEach(t, world, who == "server")
		})
	}
	// S29: a campaign is there whole with its line and with what waits to be counted by it, or not at all.
	t.Run("campaign", func(t *testing.T) {
		t.Parallel()
		seen := dieAtEach(t, Config{Seed: 1, Phones: 1, Days: 2, Entries: 1, Catalogue: cat, Faults: Faults{Campaigns: 1}}, true)
		if seen["PutCampaign"] < 2 {
			t.Errorf("%d campaigns were written", seen["PutCampaign"])
		}
	})
}

// dieAtEach lets the server, or a phone, of a world die at each of its writes, and tells how often it died at which.
func dieAtEach(t *testing.T, world Config, server bool) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for n := 1; ; n++ {
		at, cfg := "", world
		cfg.Store = inMemory{memory.New()}
		cfg.tried = func(write string) { at = write }
		if server {
			cfg.serverDies = n
			left := n
			cfg.tried = func(write string) {
				if left--; left == 0 {
					at = write
				}
			}
		} else {
			cfg.phoneDies = n
		}
		r, err := Run(cfg)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Failures {
			t.Errorf("write %d %s: %s", n, at, f)
		}
		if died := r.Counts[phoneAt] + r.Counts[serverAt]; died == 0 {
			t.Logf("seed %d: %d writes", world.Seed, n-1)
			if n < 100 {
				t.Error("hardly anything was written")
			}
			return seen
		}
		seen[at]++
	}
}
