package main

import (
	"os"

	"niangjia/server/app"
)

type formsCmd struct {
	Check  formsCheckCmd  `cmd:"" help:"Check the definitions (those of --catalogue, or the built-in ones)."`
	Export formsExportCmd `cmd:"" help:"Write the definitions to one JSON file."`
}

type formsCheckCmd struct{}

func (formsCheckCmd) Run(g *globals) error {
	cat, err := app.Catalogue(g.catalogueFS())
	if err != nil {
		return err
	}
	return g.say(map[string]any{"forms": len(cat.Forms), "registers": len(cat.Registers), "indicators": len(cat.Indicators), "hash": cat.Hash},
		"%d forms, %d registers and %d indicators are right", len(cat.Forms), len(cat.Registers), len(cat.Indicators))
}

type formsExportCmd struct {
	File string `arg:"" type:"path"`
}

func (c *formsExportCmd) Run(g *globals) error {
	cat, err := app.Catalogue(g.catalogueFS())
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.File, cat.JSON(), 0o644); err != nil {
		return err
	}
	return g.say(map[string]any{"file": c.File, "hash": cat.Hash}, "written to %s", c.File)
}
