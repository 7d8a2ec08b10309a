package main

import (
	"context"
	"fmt"
	"strings"

	"niangjia/server/app"
	"niangjia/sync/campaign"
)

type campaignsCmd struct {
	All bool `help:"Those that are closed, too."`
}

// listed is one campaign for machines.
type listed struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Title    string `json:"title"`
	Unit     string `json:"unit"`
	Start    string `json:"start"`
	Deadline string `json:"deadline"`
	Units    int    `json:"units"`    // with a target
	Finished int    `json:"finished"` // of them, by what is approved and what waits
	Counted  bool   `json:"counted"`  // false: entries are being counted anew, or what it counts is gone
}

func (c *campaignsCmd) Run(ctx context.Context, g *globals) error {
	return g.within(ctx, func(a *app.App) error {
		list, _, err := a.Engine.Campaigns(ctx)
		if err != nil {
			return err
		}
		out := []listed{}
		for _, one := range list {
			if one.State != campaign.Running && !c.All {
				continue
			}
			l := listed{ID: one.ID, State: string(one.State), Title: one.Title, Unit: one.Unit, Start: one.Start, Deadline: one.Deadline, Units: len(one.Targets)}
			if gaps, err := a.Campaigns.Gaps(ctx, one.ID); err == nil {
				l.Counted = true
				for _, u := range gaps {
					if u.Finished() {
						l.Finished++
					}
				}
			}
			out = append(out, l)
		}
		return g.say(out, "%s", text(out))
	})
}

func text(list []listed) string {
	lines := []string{fmt.Sprintf("%d campaigns", len(list))}
	for _, l := range list {
		far := fmt.Sprintf("%d of %d units finished", l.Finished, l.Units)
		if !l.Counted {
			far = fmt.Sprintf("%d units, not counted just now", l.Units)
		}
		lines = append(lines, fmt.Sprintf("%s  %s  %s to %s  %s of %s: %s", l.ID, l.State, l.Start, l.Deadline, l.Title, l.Unit, far))
	}
	return strings.Join(lines, "\n")
}
