package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	built_in "niangjia/server/catalogue"
	"niangjia/server/report"
	"niangjia/server/store/sqlite"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	core "niangjia/sync/report"
)

// reports wires what writes reports. Templates lie beside the definitions that their figures are counted by: a folder of
// definitions has its own, or none. One that does not fit them is told with file and line, and there is no report by it:
// nobody is kept from her records by a sentence of December's. Those that come with the program are held by a test.
func (a *App) reports(cat *catalogue.Catalogue) {
	templates := a.config.Catalogue
	if templates == nil {
		templates = built_in.Reports()
	}
	a.Reports = report.New(report.Options{Log: a.Engine, Store: a.store.Reports(), Templates: templates, Replay: a.replay, Now: a.config.Now, NewID: newID})
	if a.config.Catalogue == nil {
		return
	}
	if err := a.Reports.Check(cat); err != nil {
		a.config.Log.Error("a template of reports is wrong: there are no reports by it", "why", err.Error())
	}
}

// replay replays the log up to a mark into a database that is thrown away: the log may be larger than the memory.
func (a *App) replay(ctx context.Context, m core.Mark, progress func(done, all int64)) (then engine.Store, done func() error, err error) {
	scratch, err := os.MkdirTemp("", "niangjia-report-")
	if err != nil {
		return nil, nil, err
	}
	store, err := sqlite.OpenScratch(ctx, filepath.Join(scratch, DatabaseFile))
	if err != nil {
		return nil, nil, errors.Join(err, os.RemoveAll(scratch))
	}
	done = func() error { return errors.Join(store.Close(), os.RemoveAll(scratch)) }
	if err := engine.ReplayTo(ctx, a.store, store, m, nil, progress); err != nil {
		return nil, nil, errors.Join(err, done())
	}
	return store, done, nil
}

// CheckReport counts the figures of a report again from the log up to its mark, and tells which of them it gives otherwise.
// An error that is mark_foreign or mark_lost says that this log cannot tell. progress may be nil.
func (a *App) CheckReport(ctx context.Context, d *core.Document, progress func(done, all int64)) (list []core.Difference, err error) {
	then, done, err := a.replay(ctx, d.Mark, progress)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, done()) }()
	counts, err := engine.ReportedAgain(ctx, then, d.Mark, d.Unit.Code, d.From, d.To)
	if err != nil {
		return nil, err
	}
	return a.Reports.Differences(ctx, d, counts)
}

// WriteReport counts a report of this moment, for whoever has the data folder: with everything in it.
func (a *App) WriteReport(ctx context.Context, unit, from, to string) (*core.Document, error) {
	d, err := a.Reports.Preview(ctx, unit, from, to)
	if err != nil {
		return nil, fmt.Errorf("report of %s from %s to %s: %w", unit, from, to, err)
	}
	return d, nil
}
