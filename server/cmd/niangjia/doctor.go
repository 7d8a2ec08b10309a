package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"niangjia/server/app"
)

type doctorCmd struct {
	BackupDays  int `help:"A last backup older than so many days is unsafe." default:"2" env:"NIANGJIA_BACKUP_DAYS" placeholder:"DAYS"`
	OffSiteDays int `help:"A last backup that was seen on another machine and is older than so many days is unsafe." default:"8" env:"NIANGJIA_OFF_SITE_DAYS" placeholder:"DAYS"`
}

func (c *doctorCmd) Run(ctx context.Context, g *globals) error {
	d, err := app.Doctor(ctx, g.Data, app.DoctorOptions{
		BackupAge: time.Duration(c.BackupDays) * 24 * time.Hour, OffSite: time.Duration(c.OffSiteDays) * 24 * time.Hour, Now: time.Now(), Built: app.Built(),
	})
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, f := range d.Findings {
		fmt.Fprintf(&text, "%-7s %s\n", strings.ToUpper(f.Level), f.Text)
	}
	if err := g.say(d, "%s%d findings", text.String(), len(d.Findings)); err != nil {
		return err
	}
	if !d.Safe() {
		return errors.New("something is unsafe")
	}
	return nil
}
