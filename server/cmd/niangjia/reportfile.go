package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"niangjia/server/app"
	"niangjia/server/reportfile"
	"niangjia/sync/report"
)

func (c *reportWriteCmd) options() (o reportfile.Options, err error) {
	if o.Base = c.Base; o.Base != "" && !strings.HasPrefix(o.Base, "https://") && !strings.HasPrefix(o.Base, "http://") {
		return o, fmt.Errorf("--base %s is no address: it begins with https://", o.Base)
	}
	if c.Fonts != "" {
		if o.Fonts, err = reportfile.LoadFonts(os.DirFS(c.Fonts)); err != nil {
			return o, fmt.Errorf("--fonts %s: %w", c.Fonts, err)
		}
	}
	return o, nil
}

// fill writes the figures of this moment into a Word file of the clerk's own.
func (c *reportWriteCmd) fill(ctx context.Context, g *globals, a *app.App, from, to string, opts reportfile.Options) error {
	if !strings.EqualFold(filepath.Ext(c.Out), ".docx") {
		return errors.New("a filled template is a .docx file: say so with --out")
	}
	file, err := os.ReadFile(c.Template)
	if err != nil {
		return err
	}
	marks, err := reportfile.Marks(file)
	if err != nil {
		return fileFault(c.Template, err)
	}
	asked := make([]string, len(marks))
	for i, m := range marks {
		asked[i] = m.Mark
	}
	d, runs, near, err := a.Reports.PreviewMarked(ctx, c.Unit, from, to, asked)
	if err != nil {
		return err
	}
	opts.Near = near
	raw, err := reportfile.Fill(file, *d, reportfile.Answers(asked, runs), opts)
	if err != nil {
		return fileFault(c.Template, err)
	}
	if err := putFile(c.Out, raw); err != nil {
		return err
	}
	return g.say(map[string]any{"file": c.Out, "mark": d.Mark, "figures": len(marks)}, "%s: %d marks filled in, as of place %d of the log", c.Out, len(marks), d.Mark.Seq)
}

// fileFault is an error of a file in the words that people are told.
func fileFault(name string, err error) error {
	var faults reportfile.Faults
	var fault *reportfile.Fault
	switch {
	case errors.As(err, &faults):
		return fmt.Errorf("%s:\n%s", name, faults.Sentence())
	case errors.As(err, &fault):
		return fmt.Errorf("%s: %s", name, fault.Sentence())
	}
	return fmt.Errorf("%s: %w", name, err)
}

type reportCheckCmd struct {
	File string `arg:"" help:"Report as .docx, also after somebody worked on it." type:"existingfile"`
}

func (c *reportCheckCmd) Run(ctx context.Context, g *globals) error {
	file, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	r, err := reportfile.Read(file)
	if err != nil {
		return fileFault(c.File, err)
	}
	return g.within(ctx, func(a *app.App) error {
		list, err := a.CheckReport(ctx, r.Document(), bar("lines", os.Stderr))
		if err != nil {
			return err
		}
		edited := r.Edited()
		if err := g.say(map[string]any{"file": c.File, "mark": r.Mark, "figures": len(r.Figures), "edited": edited, "lost": r.Lost, "differences": list},
			"%s%s: %d figures as of place %d of the log: %d changed by hand, %d taken out, %d that the log does not give",
			findings(r, list), c.File, len(r.Figures), r.Mark.Seq, len(edited), len(r.Lost), len(list)); err != nil {
			return err
		}
		if len(edited)+len(list) > 0 {
			return errors.New("the file's figures are not those of the log")
		}
		return nil
	})
}

// findings has a line for each thing that is to be looked at.
func findings(r *reportfile.Reading, list []report.Difference) string {
	var b strings.Builder
	for _, f := range r.Edited() {
		how := ""
		if f.Tracked {
			how = ", recorded as a change"
		}
		fmt.Fprintf(&b, "changed by hand%s: %s was %s, is %s, in “%s”\n", how, f.Name, f.Written, f.Text, f.Place)
	}
	for _, f := range r.Lost {
		fmt.Fprintf(&b, "taken out, or without its mark: %s, %s\n", f.Name, f.Written)
	}
	for _, f := range r.Figures {
		if f.Override && !f.Edited {
			fmt.Fprintf(&b, "put in by hand, with its reason in the annex: %s is %s, counted was %s\n", f.Name, f.Text, numberOf(f.Was))
		}
	}
	for _, x := range list {
		fmt.Fprintf(&b, "%s (%s): the file was made with %s, the log gives %s\n", x.Name, x.ID, numberOf(x.Said), numberOf(x.Right))
	}
	return b.String()
}
