package main

import (
	"context"
	"os"
	"time"

	"niangjia/server/app"
)

type demoCmd struct {
	Entries int       `help:"How many entries, about; 0 makes the units and the accounts alone." default:"3000"`
	Seed    uint64    `help:"The same seed and day make the same city." default:"1"`
	Until   time.Time `help:"The day after the last one of the year that is made (today if not given)." format:"2006-01-02" placeholder:"YYYY-MM-DD"`
}

func (d *demoCmd) Run(ctx context.Context, g *globals) error {
	if d.Until.IsZero() {
		d.Until = time.Now()
	}
	made, err := app.MakeDemo(ctx, app.Config{Data: g.Data, Catalogue: g.catalogueFS()},
		app.DemoOptions{Entries: d.Entries, Seed: d.Seed, Until: d.Until, Progress: bar("entries", os.Stderr)})
	if err != nil {
		return err
	}
	return g.say(made, "demo city made: %d entries (%d approved, %d returned) about %d households",
		made.Entries, made.Approved, made.Returned, made.Households)
}
