package main

import (
	"context"
	"os"

	"niangjia/server/app"
)

type backupCmd struct {
	File    string `arg:"" type:"path" help:"The file to make."`
	Quick   bool   `help:"Leave the replay of the log out: the file is checked, and what it says is not."`
	Replace bool   `help:"Take the place of a file of that name, once the new backup is good."`
}

func (b *backupCmd) Run(ctx context.Context, g *globals) error {
	made, err := app.Backup(ctx, g.Data, b.File, b.Replace, b.Quick, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	how := "checked"
	if !made.Replayed {
		how = "checked, without a replay of its log"
	}
	return g.say(made, "backed up and %s: %d ledger lines, %d KiB in %s", how, made.Lines, made.Bytes>>10, b.File)
}

type restoreCmd struct {
	File    string `arg:"" type:"existingfile" help:"The backup."`
	Replace bool   `help:"Move data that are in the folder aside."`
}

func (r *restoreCmd) Run(ctx context.Context, g *globals) error {
	made, err := app.Restore(ctx, g.Data, r.File, r.Replace, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	aside := ""
	if made.Aside != "" {
		aside = "\nThe data that were there before are in " + made.Aside
	}
	return g.say(made, "checked and restored: %d ledger lines. Phones send again what they keep and the backup lacks.%s", made.Lines, aside)
}
