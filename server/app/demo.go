package app

import (
	"context"
	"errors"
	"time"

	"niangjia/server/auth"
	"niangjia/server/demo"
	"niangjia/server/divisions"
	"niangjia/sync/record"
)

// IsDemo reports whether the data are a demo city's.
func (a *App) IsDemo(ctx context.Context) (bool, error) {
	_, err := a.store.Accounts().AccountByID(ctx, demo.People()[0].ID)
	var e *record.Error
	if errors.As(err, &e) && e.Code == record.NotFound {
		return false, nil
	}
	return err == nil, err
}

// DemoOptions say what a demo city is like.
type DemoOptions struct {
	Entries  int // 0: units and accounts only
	Seed     uint64
	Until    time.Time // the year ends the day before
	Progress func(done, all int64)
}

// MakeDemo makes a demo city in a data folder that has no units yet: its units and accounts, and a year of entries by
// the same way that phones take. One seed and day give the same city every time.
func MakeDemo(ctx context.Context, config Config, o DemoOptions) (made demo.Made, err error) {
	clock := demo.NewClock(o.Until)
	config.Now = clock.Now
	a, err := Open(ctx, config)
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	hash, err := a.prepareDemo(ctx)
	if err != nil || o.Entries == 0 {
		return made, err
	}
	made, err = demo.Generate(ctx, a.Engine, demo.Options{
		Entries: o.Entries, Seed: o.Seed, Until: o.Until, Clock: clock, People: demo.People(), Progress: o.Progress,
		Open: func(ctx context.Context, p demo.Person) error { return a.addDemo(ctx, p, hash) },
	})
	if err != nil {
		return made, err
	}
	if err := a.demoCampaigns(ctx, o.Until); err != nil {
		return made, err
	}
	return made, a.demoReport(ctx, o.Until)
}

// demoReport writes a report of the city, of the months of the year that are over: nobody has signed it yet.
func (a *App) demoReport(ctx context.Context, until time.Time) error {
	last := time.Date(until.Year(), until.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -1)
	if last.Year() != until.Year() || a.config.Catalogue != nil {
		return nil
	}
	const city = "530900000000"
	clerk := record.Actor{Account: demoManager(city), Seats: []record.Seat{{Role: record.Manager, Unit: city}}}
	_, err := a.Reports.Make(ctx, clerk, "de000000000000000000000000e90001", city, last.Format("2006")+"-01-01", last.Format(time.DateOnly))
	return err
}

// demoCampaigns publishes what the city and a county ask of their units, and counts it. A city with other forms than the
// built-in ones has none.
func (a *App) demoCampaigns(ctx context.Context, until time.Time) error {
	list, err := demo.Campaigns(a.Engine.Places(), until)
	if err != nil {
		return err
	}
	for _, c := range list {
		if _, bad := c.Indicator(a.Engine.Catalogue()); bad != nil && a.config.Catalogue != nil {
			continue
		}
		runs := record.Actor{Account: demoManager(c.Unit), Seats: []record.Seat{{Role: record.Manager, Unit: c.Unit}}}
		if err := a.Engine.PutCampaign(ctx, runs, c); err != nil {
			return err
		}
	}
	for {
		counting, err := a.Engine.Recounting(ctx)
		if err != nil || counting == nil {
			return err
		}
		if _, err := a.Engine.Tend(ctx); err != nil {
			return err
		}
	}
}

// demoManager is who manages a unit.
func demoManager(unit string) string {
	for _, p := range demo.People() {
		for _, seat := range p.Seats {
			if seat == (record.Seat{Role: record.Manager, Unit: unit}) {
				return p.ID
			}
		}
	}
	return ""
}

// prepareDemo makes the units and the accounts, and returns the hash of the password that all of them have.
func (a *App) prepareDemo(ctx context.Context) (hash string, err error) {
	if len(a.Engine.Places().All()) > 0 {
		return "", errors.New("these data have units already: a demo city needs a folder of its own")
	}
	list, err := divisions.Read(demo.Divisions())
	if err != nil {
		return "", err
	}
	if err := a.Engine.SetDivisions(ctx, list); err != nil {
		return "", err
	}
	if hash, err = a.Auth.HashPassword(ctx, demo.Password); err != nil {
		return "", err
	}
	for _, p := range demo.People() {
		if err := a.addDemo(ctx, p, hash); err != nil {
			return "", err
		}
	}
	return hash, nil
}

func (a *App) addDemo(ctx context.Context, p demo.Person, hash string) error {
	_, err := a.Auth.Add(ctx, auth.NewAccount{ID: p.ID, Login: p.Login, Name: p.Name, Hash: hash, Seats: p.Seats})
	return err
}

// ImportDivisions puts a file's divisions over those that are there.
func (a *App) ImportDivisions(ctx context.Context, file []record.Division) (total, added, changed int, err error) {
	all, added, changed := divisions.Merge(a.Engine.Places().All(), file)
	if added+changed == 0 {
		return len(all), 0, 0, nil
	}
	return len(all), added, changed, a.Engine.SetDivisions(ctx, all)
}
