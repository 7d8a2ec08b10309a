package app

import (
	"context"
	"errors"

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

// PrepareDemo makes the demo city's units and accounts, in data that have no units yet.
func (a *App) PrepareDemo(ctx context.Context) error {
	if len(a.Engine.Places().All()) > 0 {
		return errors.New("these data have units already: a demo city needs a folder of its own")
	}
	list, err := divisions.Read(demo.Divisions())
	if err != nil {
		return err
	}
	if err := a.Engine.SetDivisions(ctx, list); err != nil {
		return err
	}
	for _, p := range demo.People() {
		if _, err := a.Auth.Add(ctx, auth.NewAccount{ID: p.ID, Login: p.Login, Name: p.Name, Password: demo.Password, Seats: p.Seats}); err != nil {
			return err
		}
	}
	return nil
}

// ImportDivisions puts a file's divisions over those that are there.
func (a *App) ImportDivisions(ctx context.Context, file []record.Division) (total, added, changed int, err error) {
	all, added, changed := divisions.Merge(a.Engine.Places().All(), file)
	if added+changed == 0 {
		return len(all), 0, 0, nil
	}
	return len(all), added, changed, a.Engine.SetDivisions(ctx, all)
}
