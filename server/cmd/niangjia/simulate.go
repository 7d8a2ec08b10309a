package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"niangjia/server/app"
	"niangjia/sync/simulation"
)

type simulateCmd struct {
	Seed       uint64        `help:"First seed: the same seed plays the same." default:"1" placeholder:"S"`
	Seeds      uint64        `help:"How many seeds, over all cores." default:"1" placeholder:"N"`
	For        time.Duration `help:"As many seeds as there is time for, instead: 1h, 20m." placeholder:"TIME"`
	Phones     int           `help:"Volunteers' phones, 1 to 200." default:"20" placeholder:"P"`
	Days       int           `help:"Days, 1 to 400." default:"60" placeholder:"D"`
	Entries    int           `help:"Entries a phone and working day, on average." default:"3" placeholder:"E"`
	Store      string        `help:"What it runs on: memory, or sqlite for a file of its own." enum:"memory,sqlite" default:"memory" placeholder:"STORE"`
	Recount    int           `help:"Count every total again after each N exchanges; 0 for some five times a world." default:"0" placeholder:"N"`
	EveryFault bool          `help:"Fail where a kind of fault never struck."`
}

func (c *simulateCmd) Run(ctx context.Context, g *globals) error {
	if c.Phones < 1 || c.Phones > 200 || c.Days < 1 || c.Days > 400 || c.Seeds < 1 || c.Entries < 0 || c.Entries > 50 || c.For < 0 || c.Recount < 0 {
		return fmt.Errorf("--phones is 1 to 200, --days 1 to 400, --seeds at least 1, --entries 0 to 50, --recount and --for not below 0")
	}
	cat, err := app.Catalogue(g.catalogueFS())
	if err != nil {
		return err
	}
	// A world is small and soon gone: collecting it less often makes it a third faster. One of 200 phones is not small.
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(2 << 30)
	m := simulation.Many{
		Config: simulation.Config{Phones: c.Phones, Days: c.Days, Entries: c.Entries, Recount: c.Recount, Faults: simulation.Usual, Catalogue: cat},
		First:  c.Seed, Seeds: c.Seeds, Workers: runtime.GOMAXPROCS(0),
		New: func(uint64) (simulation.Store, func(), error) {
			if c.Store == "sqlite" {
				return app.FileWorld(ctx)
			}
			return app.MemoryWorld(), func() {}, nil
		},
	}
	playing := ctx
	began := time.Now()
	show, all := bar("seeds", os.Stderr), int64(c.Seeds)
	if c.For > 0 {
		var stop func()
		playing, stop = context.WithTimeout(ctx, c.For)
		defer stop()
		m.Seeds = 0
		show, all = bar("seconds", os.Stderr), int64(c.For.Seconds())
	}
	var done int64
	m.Told = func(*simulation.Report) {
		if done++; c.For > 0 {
			show(min(int64(time.Since(began).Seconds()), all-1), all)
		} else {
			show(done, all)
		}
	}
	reports, err := m.Play(playing)
	if err != nil {
		return err
	}
	return c.tell(g, reports, ctx.Err())
}

func (c *simulateCmd) tell(g *globals, reports []*simulation.Report, ended error) error {
	var text strings.Builder
	counts := map[string]int{}
	broken, lines, recounts := 0, int64(0), 0
	for _, r := range reports {
		for what, n := range r.Counts {
			counts[what] += n
		}
		lines, recounts = lines+r.Lines, recounts+r.Recounts
		if r.Holds() {
			continue
		}
		broken++
		for _, f := range r.Failures {
			fmt.Fprintf(&text, "seed %d: %s\n", r.Seed, f)
		}
		fmt.Fprintf(&text, "to see it again: niangjia simulate --seed %d --phones %d --days %d --entries %d --store %s\n", r.Seed, c.Phones, c.Days, c.Entries, c.Store)
	}
	var never []string
	for _, kind := range simulation.Kinds() {
		if counts[kind] == 0 {
			never = append(never, kind)
		}
		counts[kind] += 0 // what never struck is told too
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(&text, "%8d  %s\n", counts[what], what)
	}
	if len(reports) == 1 {
		fmt.Fprintf(&text, "trace %s\n", reports[0].Trace)
	}
	err := g.say(reports, "%s%d seeds, %d lines of the ledger, totals counted again %d times on the way: %d seeds broke a promise",
		text.String(), len(reports), lines, recounts, broken)
	switch {
	case err != nil:
		return err
	case broken > 0:
		return fmt.Errorf("a promise was broken")
	case c.EveryFault && len(never) > 0:
		return fmt.Errorf("never struck: %s", strings.Join(never, ", "))
	}
	return ended
}
