package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"niangjia/server/app"
	"niangjia/server/reportfile"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

type reportCmd struct {
	Write reportWriteCmd `cmd:"" default:"withargs" help:"Write a report of this moment to a file."`
	Check reportCheckCmd `cmd:"" help:"Say which figures of a report's Word file were changed by hand, and whether those that it was made with are the log's."`
	Again reportAgainCmd `cmd:"" help:"Count the figures of a report (.json) again from the log as it was then, and compare."`
}

type reportWriteCmd struct {
	Unit   string `required:"" help:"Township, county or city, by its 12 digits." placeholder:"CODE"`
	Period string `help:"A year, a half (2026H1), a quarter (2026Q3), a month, months (2026-01--2026-11) or days." placeholder:"2026" xor:"span"`
	From   string `help:"First day." placeholder:"2026-01-01" xor:"span" and:"days"`
	To     string `help:"Last day." placeholder:"2026-11-30" and:"days"`
	Out    string `required:"" help:"File to write, by its ending: .docx, .pdf, .xlsx or .json." type:"path" placeholder:"FILE"`

	Template string `help:"Word file of your own with marks such as {{走访户次}}, which is filled in and written to --out." type:"existingfile" placeholder:"FILE"`
	Base     string `help:"The app's address: each figure of a file is a link below it." placeholder:"https://…"`
	Fonts    string `help:"Folder of Chinese fonts, which are drawn into PDFs; without them a PDF names those of official papers." type:"existingdir" env:"NIANGJIA_FONTS" placeholder:"DIR"`
}

// writers write a report by the ending of its file.
var writers = map[string]func(d *report.Document, o reportfile.Options) ([]byte, error){
	".json": func(d *report.Document, _ reportfile.Options) ([]byte, error) {
		raw, err := json.MarshalIndent(d, "", " ")
		return append(raw, '\n'), err
	},
	".docx": func(d *report.Document, o reportfile.Options) ([]byte, error) { return reportfile.DOCX(*d.AsRead(), o) },
	".pdf":  func(d *report.Document, o reportfile.Options) ([]byte, error) { return reportfile.PDF(*d.AsRead(), o) },
	".xlsx": func(d *report.Document, o reportfile.Options) ([]byte, error) { return reportfile.XLSX(*d.AsRead(), o) },
}

// days are the first and the last day that a command names.
func (c *reportWriteCmd) days() (from, to string, err error) {
	if c.Period == "" {
		if c.From == "" || c.To == "" {
			return "", "", errors.New("a report needs --period, or --from and --to")
		}
		return c.From, c.To, nil
	}
	p, err := totals.ParsePeriod(c.Period)
	if err != nil {
		return "", "", err
	}
	if p.Days() {
		return p.First, p.Last, nil
	}
	return p.FirstDay(), totals.DayBefore(totals.MonthName(p.To+1) + "-01"), nil
}

func (c *reportWriteCmd) Run(ctx context.Context, g *globals) error {
	write := writers[strings.ToLower(filepath.Ext(c.Out))]
	if write == nil {
		return fmt.Errorf("%s: no report is written to a file of this kind", c.Out)
	}
	from, to, err := c.days()
	if err != nil {
		return err
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	return g.within(ctx, func(a *app.App) error {
		cat, err := a.Engine.Present(ctx)
		if err != nil {
			return err
		}
		opts.Indicator = cat.Indicator
		if c.Template != "" {
			return c.fill(ctx, g, a, from, to, opts)
		}
		d, err := a.WriteReport(ctx, c.Unit, from, to)
		if err != nil {
			return err
		}
		raw, err := write(d, opts)
		if err != nil {
			return err
		}
		if err := putFile(c.Out, raw); err != nil {
			return err
		}
		return g.say(map[string]any{"file": c.Out, "title": d.Title, "mark": d.Mark, "figures": len(d.Figures())},
			"%s: %s, %d figures, as of place %d of the log", c.Out, d.Title, len(d.Figures()), d.Mark.Seq)
	})
}

// putFile writes a file whole or not at all. What it tells is not for everybody on the machine.
func putFile(name string, raw []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".niangjia-report-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

type reportAgainCmd struct {
	File string `arg:"" help:"Report as .json." type:"existingfile"`
}

func (c *reportAgainCmd) Run(ctx context.Context, g *globals) error {
	raw, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	d := &report.Document{}
	if err := json.Unmarshal(raw, d); err != nil {
		return fmt.Errorf("%s is no report: %w", c.File, err)
	}
	return g.within(ctx, func(a *app.App) error { return checkReport(ctx, g, a, c.File, d) })
}

// checkReport counts again and tells what differs: it fails unless all is as the report says.
func checkReport(ctx context.Context, g *globals, a *app.App, file string, d *report.Document) error {
	list, err := a.CheckReport(ctx, d, bar("lines", os.Stderr))
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, x := range list {
		fmt.Fprintf(&text, "%s (%s): the report says %s, the log %s\n", x.Name, x.ID, numberOf(x.Said), numberOf(x.Right))
	}
	if err := g.say(map[string]any{"file": file, "mark": d.Mark, "figures": len(d.Figures()), "differences": list},
		"%s%s: %d figures counted again from the log up to place %d: %d differences", text.String(), file, len(d.Figures()), d.Mark.Seq, len(list)); err != nil {
		return err
	}
	if len(list) > 0 {
		return errors.New("the report's figures are not those of the log")
	}
	return nil
}

func numberOf(v report.Value) string {
	switch {
	case v.Numerator != nil && v.Denominator != nil:
		return fmt.Sprintf("%d/%d", *v.Numerator, *v.Denominator)
	case v.N == nil:
		return "nothing"
	}
	return fmt.Sprint(*v.N)
}
