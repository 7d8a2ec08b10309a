package main

import (
	"context"

	"niangjia/server/app"
	"niangjia/server/demo"
)

type demoCmd struct {
	Accounts bool `help:"Make the units and the accounts, and no entries."`
}

func (d *demoCmd) Run(ctx context.Context, g *globals) error {
	return g.with(ctx, func(a *app.App) error {
		if err := a.PrepareDemo(ctx); err != nil {
			return err
		}
		return g.say(map[string]any{"accounts": len(demo.People())}, "demo city made")
	})
}
