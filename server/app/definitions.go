package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"niangjia/server/publishing"
	"niangjia/server/store/sqlite"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
)

// Keys of the store's meta, beside those of the engine.
const (
	metaBase   = "catalogue_base"   // hash of the definitions beneath what is in force
	metaMisfit = "catalogue_misfit" // a misfit, where the last start could not put its base in force
)

// misfit is why a base is not in force beneath what the city has of its own.
type misfit struct {
	Base     string `json:"base"` // its hash
	Problems string `json:"problems"`
}

// beneath is what is known of the definitions in force when the data are opened.
type beneath struct {
	hash   string // of the catalogue in force
	base   string
	misfit *misfit
}

func (a *App) beneath(ctx context.Context) (b beneath, err error) {
	err = a.store.View(ctx, func(r engine.Reader) (err error) {
		if b.hash, err = r.Meta(engine.MetaCatalogue); err != nil {
			return err
		}
		if b.base, err = r.Meta(metaBase); err != nil {
			return err
		}
		text, err := r.Meta(metaMisfit)
		if err != nil || text == "" {
			return err
		}
		b.misfit = &misfit{}
		return json.Unmarshal([]byte(text), b.misfit)
	})
	return b, err
}

// begin opens the log with the definitions that are to be in force: those of this program with what the city has of its
// own over them. Where these do not go together any more the ones of before go on, which is said in the log and by the
// doctor: a city whose program was replaced in the night must be able to work in the morning.
func (a *App) begin(ctx context.Context, base *catalogue.Catalogue, o engine.Options) error {
	before, err := a.beneath(ctx)
	if err != nil {
		return err
	}
	open := func(cat *catalogue.Catalogue) (err error) {
		a.Engine, err = engine.Open(ctx, a.store, cat, o)
		return err
	}
	settled := before.base == base.Hash && before.misfit == nil
	if before.hash == base.Hash && settled { // of most cities at most starts
		return open(base)
	}
	was, err := engine.InForce(ctx, a.store)
	if err != nil {
		return fmt.Errorf("read the definitions in force: %w", err)
	}
	if was.Catalogue == nil { // nobody has worked with these data yet, or an older program was the last
		if err := open(base); err != nil {
			return err
		}
		return a.based(ctx, base.Hash, nil)
	}
	if a.config.Keep || settled {
		return open(was.Catalogue)
	}
	next, err := was.Own.Over(base, was)
	if err == nil && a.config.Catalogue != nil {
		// For the program's own definitions its authors answer; a folder is written beside the city's work.
		if problems := was.Own.KeptAll(was, next); len(problems) > 0 {
			err = problems
		}
	}
	var problems catalogue.Problems
	switch {
	case errors.As(err, &problems):
		a.config.Log.Error("the forms of this program do not go together with the city's own: those of before go on", slog.String("problems", problems.Error()))
		if err := open(was.Catalogue); err != nil {
			return err
		}
		return a.based(ctx, before.base, &misfit{base.Hash, problems.Error()})
	case err != nil:
		return err
	}
	if err := open(next); err != nil {
		return err
	}
	return a.based(ctx, base.Hash, nil)
}

// based keeps what lies beneath the definitions in force.
func (a *App) based(ctx context.Context, base string, m *misfit) error {
	return a.store.Update(ctx, func(tx engine.Tx) error { return keepBase(tx, base, m) })
}

func keepBase(tx engine.Tx, base string, m *misfit) error {
	text := ""
	if m != nil {
		raw, err := json.Marshal(m)
		if err != nil {
			return err
		}
		text = string(raw)
	}
	return errors.Join(tx.SetMeta(metaBase, base), tx.SetMeta(metaMisfit, text))
}

func (a *App) publishing(base *catalogue.Catalogue) *publishing.Service {
	return publishing.New(publishing.Options{Log: a.Engine, Base: base, Also: func(tx engine.Tx, by string) error {
		// What was published lies over this base: a misfit is mended by it.
		return errors.Join(keepBase(tx, base.Hash, nil), a.Auth.Published(tx, by))
	}})
}

// SameBase says whether this program's definitions are those that lie beneath the ones in force: what is published over
// others would take these away from the running server.
func (a *App) SameBase(ctx context.Context) error {
	b, err := a.beneath(ctx)
	if err != nil {
		return err
	}
	base := a.Publishing.Base.Hash
	if b.base == base || b.misfit != nil && b.misfit.Base == base {
		return nil
	}
	return errors.New("the server was started with other definitions beneath the city's own: give this command the same program and --catalogue as the server")
}

// definitions judges what lies beneath the city's own.
func (d *Diagnosis) definitions(i sqlite.Inspection) error {
	if raw := i.Meta[engine.MetaRecount]; raw != "" {
		var w engine.Recount
		if err := json.Unmarshal([]byte(raw), &w); err != nil {
			return err
		}
		d.find(Notice, "counting_anew", "Entries are being counted anew by other definitions: %d of %d lines of the log are gone through, and %d figures are not done. The running server goes on with it by itself.",
			w.Done, w.All, len(w.Indicators))
	}
	raw := i.Meta[metaMisfit]
	if raw == "" {
		return nil
	}
	var m misfit
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return err
	}
	d.find(Notice, "catalogue_misfit", "The forms that came with the last start do not go together with the city's own, so those of before go on. Put the city's own right (niangjia forms export --own FILE, then niangjia forms import FILE): %s", m.Problems)
	return nil
}
