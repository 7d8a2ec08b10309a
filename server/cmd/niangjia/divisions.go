package main

import (
	"context"
	"fmt"
	"os"

	"niangjia/server/app"
	"niangjia/server/divisions"
)

type divisionsCmd struct {
	Import divisionsImportCmd `cmd:"" help:"Read divisions from a CSV file (code,name,level,parent)."`
}

type divisionsImportCmd struct {
	File string `arg:"" type:"existingfile" help:"The file."`
}

func (d *divisionsImportCmd) Run(ctx context.Context, g *globals) error {
	f, err := os.Open(d.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	list, err := divisions.Read(f)
	if err != nil {
		return fmt.Errorf("%s:\n%w", d.File, err)
	}
	return g.with(ctx, func(a *app.App) error {
		total, added, changed, err := a.ImportDivisions(ctx, list)
		if err != nil {
			return err
		}
		return g.say(map[string]int{"total": total, "added": added, "changed": changed},
			"%d divisions: %d added, %d changed", total, added, changed)
	})
}
