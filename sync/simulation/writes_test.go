package simulation

import (
	"testing"

	"niangjia/sync/memory"
	"niangjia/sync/simtest"
)

// S6 P1 P3: the server dies at each write of a small world, one after the other, and so does a phone; before the write,
// so that the first one after a commit is the crash behind it. Whatever was half done is not there, and what was said
// to be saved or acknowledged is.
func TestDeathAtEveryWrite(t *testing.T) {
	cat := simtest.Catalogue(t)
	for _, who := range []string{"server", "phone"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			for n := 1; ; n++ {
				cfg := Config{Seed: 5, Phones: 2, Days: 3, Entries: 1, Catalogue: cat, Store: inMemory{memory.New()}}
				cfg.Faults = Faults{Garble: 1, Seats: 0.3}
				if who == "server" {
					cfg.serverDies = n
				} else {
					cfg.phoneDies = n
				}
				r, err := Run(cfg)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range r.Failures {
					t.Errorf("write %d: %s", n, f)
				}
				if died := r.Counts[phoneAt] + r.Counts[serverAt]; died == 0 {
					t.Logf("%d writes", n-1)
					if n < 100 {
						t.Error("hardly anything was written")
					}
					return
				}
			}
		})
	}
}
