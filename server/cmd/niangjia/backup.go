package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"niangjia/server/app"
)

type backupCmd struct {
	Make    backupMakeCmd    `cmd:"" default:"withargs" help:"Copy the data to a file, and check the copy."`
	Confirm backupConfirmCmd `cmd:"" help:"Say that a backup lies on another machine, by its SHA-256 computed there; phones are told that what it has is safe."`
}

type backupConfirmCmd struct {
	Hash string `arg:"" help:"SHA-256 of the file, computed where it lies; - takes the first word of the standard input, as sha256sum prints it."`
	Lies string `help:"Where it lies, for those who will look for it." placeholder:"TEXT"`
}

func (b *backupConfirmCmd) Run(ctx context.Context, g *globals) error {
	if b.Hash == "-" {
		b.Hash = ""
		if _, err := fmt.Fscan(os.Stdin, &b.Hash); err != nil {
			return fmt.Errorf("no hash on the standard input: %w", err)
		}
	}
	hash := strings.ToLower(b.Hash)
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return fmt.Errorf("%q is no SHA-256: 64 hexadecimal digits", b.Hash)
	}
	made, err := app.Confirm(ctx, g.Data, hash, b.Lies, time.Now())
	if err != nil {
		return err
	}
	return g.say(made, "confirmed: the backup of %s, %d ledger lines, lies off site", made.At.Format(time.DateTime), made.Lines)
}

type backupMakeCmd struct {
	File    string `arg:"" type:"path" help:"The file to make."`
	Quick   bool   `help:"Leave the replay of the log out: the file is checked, and what it says is not."`
	Replace bool   `help:"Take the place of a file of that name, once the new backup is good."`
}

func (b *backupMakeCmd) Run(ctx context.Context, g *globals) error {
	made, err := app.Backup(ctx, g.Data, b.File, b.Replace, b.Quick, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	how := "checked"
	if !made.Replayed {
		how = "checked, without a replay of its log"
	}
	also := ""
	if text := made.Attachments.Text(); text != "" {
		also = fmt.Sprintf("\nin %s: %s", filepath.Join(filepath.Dir(b.File), app.BackupAttachments), text)
	}
	return g.say(made, "backed up and %s: %d ledger lines, %d KiB in %s%s", how, made.Lines, made.Bytes>>10, b.File, also)
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
	also := ""
	if text := made.Attachments.Text(); text != "" {
		also = "\n" + text
	}
	return g.say(made, "checked and restored: %d ledger lines. Phones send again what they keep and the backup lacks.%s%s", made.Lines, also, aside)
}
