package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"niangjia/server/app"
	"niangjia/server/publishing"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

type formsCmd struct {
	Check  formsCheckCmd  `cmd:"" help:"Check definitions, and say what publishing them would do: those of files or folders over what is in force; without any, those of --catalogue or the built-in ones."`
	Import formsImportCmd `cmd:"" help:"Put forms, indicators and retouches from files in force, also while the server runs."`
	Export formsExportCmd `cmd:"" help:"Write the definitions in force to one JSON file."`
}

type formsCheckCmd struct {
	Files []string `arg:"" optional:"" type:"path" help:"Files, or folders of them: a form, a list of indicators, sections.json, or what forms export --own wrote."`
}

func (c *formsCheckCmd) Run(ctx context.Context, g *globals) error {
	if len(c.Files) > 0 {
		return publish(ctx, g, c.Files, false, false)
	}
	cat, err := app.Catalogue(g.catalogueFS())
	if err != nil {
		return err
	}
	return g.say(map[string]any{"forms": len(cat.Forms), "registers": len(cat.Registers), "indicators": len(cat.Indicators), "hash": cat.Hash},
		"%d forms, %d registers and %d indicators are right", len(cat.Forms), len(cat.Registers), len(cat.Indicators))
}

type formsImportCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"A form, a list of indicators, sections.json, or what forms export --own wrote."`
	DryRun bool     `help:"Only say what it would do."`
	Whole  bool     `help:"The files are all that the city has of its own: what they do not have of retouches goes."`
}

func (c *formsImportCmd) Run(ctx context.Context, g *globals) error {
	return publish(ctx, g, c.Files, !c.DryRun, c.Whole)
}

// published is what was done, or would be.
type published struct {
	Hash     string             `json:"hash"`
	Done     bool               `json:"done"` // false: it was only looked at
	Changes  []catalogue.Change `json:"changes"`
	Recounts []string           `json:"recounts"`
	Entries  int64              `json:"entries"`
}

// publish lays files over what the city has of its own and puts the result in force, or only says what that would do.
func publish(ctx context.Context, g *globals, names []string, do, whole bool) error {
	files, err := readAll(names)
	if err != nil {
		return err
	}
	more, sources, err := catalogue.ReadFiles(files)
	if err != nil {
		return err
	}
	return g.with(ctx, func(a *app.App) error {
		if err := a.SameBase(ctx); err != nil {
			return err
		}
		is, err := a.Publishing.InForce(ctx)
		if err != nil {
			return err
		}
		own := more
		if !whole {
			own = is.Own.With(more)
		}
		var plan *publishing.Plan
		if do {
			plan, err = a.Publishing.PublishOwn(ctx, record.Actor{}, own, is.Catalogue.Hash)
		} else {
			plan, err = a.Publishing.CheckOwn(ctx, own)
		}
		if refused := new(publishing.Refused); errors.As(err, &refused) {
			return sources.Locate(own, refused.Problems)
		}
		if err != nil {
			return err
		}
		if len(plan.Problems) > 0 {
			return sources.Locate(own, plan.Problems)
		}
		p := published{Hash: plan.Next.Hash, Done: do, Changes: plan.Changes, Recounts: plan.Recounts, Entries: plan.Entries}
		said := "would change"
		if do {
			said = "published"
		}
		text := told(plan.Changes)
		if plan.Entries > 0 {
			text += fmt.Sprintf("%d entries are counted anew for %s\n", plan.Entries, strings.Join(plan.Recounts, ", "))
		}
		return g.say(p, "%s%s: %d changes", text, said, len(plan.Changes))
	})
}

// told has a line for each change.
func told(list []catalogue.Change) string {
	var b strings.Builder
	for _, c := range list {
		var at []string
		for _, id := range []string{c.Section, c.Form, c.Field, c.Choice, c.Indicator} {
			if id != "" {
				at = append(at, id)
			}
		}
		fmt.Fprintf(&b, "%-18s %s\n", c.What, strings.Join(at, "."))
	}
	return b.String()
}

// readAll reads files, and of folders all that is JSON in them.
func readAll(names []string) (out []catalogue.File, err error) {
	for _, name := range names {
		err := filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path != name && filepath.Ext(path) != ".json" {
				return err
			}
			raw, err := os.ReadFile(path)
			out = append(out, catalogue.File{Name: path, Source: raw})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

type formsExportCmd struct {
	File string `arg:"" type:"path"`
	Own  bool   `help:"Only what the city has of its own, as forms import takes it."`
}

func (c *formsExportCmd) Run(ctx context.Context, g *globals) error {
	hash, text := "", []byte(nil)
	if _, err := os.Stat(filepath.Join(g.Data, app.DatabaseFile)); err != nil { // nobody has worked here yet
		cat, err := app.Catalogue(g.catalogueFS())
		if err != nil {
			return err
		}
		hash, text = cat.Hash, cat.JSON()
		if c.Own {
			text = new(catalogue.Own).JSON()
		}
	} else if err := g.with(ctx, func(a *app.App) error {
		is, err := a.Publishing.InForce(ctx)
		if err != nil {
			return err
		}
		hash, text = is.Catalogue.Hash, is.Catalogue.JSON()
		if c.Own {
			text = is.Own.JSON()
		}
		return nil
	}); err != nil {
		return err
	}
	if c.Own { // to be edited: a fault is told by its line
		var b bytes.Buffer
		if err := json.Indent(&b, text, "", "  "); err != nil {
			return err
		}
		text = append(b.Bytes(), '\n')
	}
	if err := os.WriteFile(c.File, text, 0o644); err != nil {
		return err
	}
	return g.say(map[string]any{"file": c.File, "hash": hash}, "written to %s", c.File)
}
