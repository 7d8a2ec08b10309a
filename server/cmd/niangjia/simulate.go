package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"niangjia/server/app"
	"niangjia/sync/memory"
	"niangjia/sync/simulation"
)

type simulateCmd struct {
	Seed    uint64 `help:"First seed: the same seed plays the same." default:"1" placeholder:"S"`
	Seeds   uint64 `help:"How many seeds, over all cores." default:"1" placeholder:"N"`
	Phones  int    `help:"Volunteers' phones, 1 to 200." default:"20" placeholder:"P"`
	Days    int    `help:"Days, 1 to 400." default:"60" placeholder:"D"`
	Entries int    `help:"Entries a phone and working day, on average." default:"3" placeholder:"E"`
}

// inMemory is a memory store that can be copied, so that its server can be lost.
type inMemory struct{ *memory.Store }

func (m inMemory) Copy() simulation.Store { return inMemory{m.Store.Copy()} }

func (c *simulateCmd) Run(ctx context.Context, g *globals) error {
	if c.Phones < 1 || c.Phones > 200 || c.Days < 1 || c.Days > 400 || c.Seeds < 1 || c.Entries < 0 || c.Entries > 50 {
		return fmt.Errorf("--phones is 1 to 200, --days 1 to 400, --seeds at least 1, --entries 0 to 50")
	}
	cat, err := app.Catalogue(g.catalogueFS())
	if err != nil {
		return err
	}
	show := bar("seeds", os.Stderr)
	var mu sync.Mutex // guards what follows
	var reports []*simulation.Report
	var failed error
	next := c.Seed
	var all sync.WaitGroup
	for range min(uint64(runtime.GOMAXPROCS(0)), c.Seeds) {
		all.Go(func() {
			for {
				mu.Lock()
				seed := next
				next++
				over := seed-c.Seed >= c.Seeds || ctx.Err() != nil || failed != nil
				mu.Unlock()
				if over {
					return
				}
				r, err := simulation.Run(simulation.Config{Seed: seed, Phones: c.Phones, Days: c.Days, Entries: c.Entries,
					Faults: simulation.Usual, Catalogue: cat, Store: inMemory{memory.New()}})
				mu.Lock()
				if err != nil {
					failed = fmt.Errorf("seed %d: %w", seed, err)
				} else {
					reports = append(reports, r)
					show(int64(len(reports)), int64(c.Seeds))
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if failed != nil {
		return failed
	}
	slices.SortFunc(reports, func(a, b *simulation.Report) int { return int(int64(a.Seed) - int64(b.Seed)) })
	return c.tell(g, reports, ctx.Err())
}

func (c *simulateCmd) tell(g *globals, reports []*simulation.Report, ended error) error {
	var text strings.Builder
	counts := map[string]int{}
	broken, lines := 0, int64(0)
	for _, r := range reports {
		for what, n := range r.Counts {
			counts[what] += n
		}
		lines += r.Lines
		if r.Holds() {
			continue
		}
		broken++
		for _, f := range r.Failures {
			fmt.Fprintf(&text, "seed %d: %s\n", r.Seed, f)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "%8d  %s\n", counts[what], what)
	}
	if len(reports) == 1 {
		fmt.Fprintf(&text, "trace %s\n", reports[0].Trace)
	}
	if err := g.say(reports, "%s%d seeds, %d lines of the ledger: %d seeds broke a promise", text.String(), len(reports), lines, broken); err != nil {
		return err
	}
	if broken > 0 {
		return fmt.Errorf("a promise was broken")
	}
	return ended
}
