package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"niangjia/server/app"
)

type verifyCmd struct{}

func (verifyCmd) Run(ctx context.Context, g *globals) error {
	v, err := app.Verify(ctx, g.Data, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, d := range v.Differences {
		fmt.Fprintf(&text, "%s at %s: stored %s, right is %s\n", d.What, d.Where, d.Stored, d.Right)
	}
	if v.More > 0 {
		fmt.Fprintf(&text, "and %d more\n", v.More)
	}
	if err := g.say(v, "%s%d ledger lines, %d records, %d contributions and %d totals compared: %d differences",
		text.String(), v.Lines, v.Records, v.Contributions, v.Totals, len(v.Differences)+v.More); err != nil {
		return err
	}
	if !v.Holds() {
		return fmt.Errorf("the data do not follow from the log")
	}
	return nil
}
