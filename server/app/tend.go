package app

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// What the store needs done is looked for once an hour, and done in pieces with a pause between them, so that whoever
// works is served in between. Whether another catalogue was put in force, here or by another process, is asked every
// second: who published it waits for its figures.
const (
	tendEvery = time.Hour
	tendPause = 50 * time.Millisecond
	lookEvery = time.Second
	// A piece that counts anew is followed by a pause as long as it took, so that half of the machine is left to others.
	recountPause = 5 * time.Millisecond
)

// tend does what the store needs done from time to time, until the context ends.
func (a *App) tend(ctx context.Context) {
	due := time.Now()
	counting := false
	for wait := tendPause; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		wait = lookEvery
		began := time.Now()
		walk, err := a.Engine.Recounting(ctx)
		if err == nil && counting != (walk != nil) {
			counting = walk != nil
			if counting {
				a.config.Log.Info("entries are counted anew by another catalogue", slog.Any("forms", walk.Forms), slog.Int64("lines", walk.All-walk.Done))
			} else {
				a.config.Log.Info("all entries are counted anew")
			}
		}
		if err == nil && walk == nil && began.Before(due) {
			continue
		}
		more := false
		if err == nil {
			more, err = a.Engine.Tend(ctx)
		}
		switch {
		case err != nil:
			if !errors.Is(err, context.Canceled) {
				a.config.Log.Warn("the store could not be tended, it is tried again in a minute", slog.String("error", err.Error()))
			}
			wait = time.Minute
		case more && walk != nil:
			wait = max(time.Since(began), recountPause)
		case more:
			wait = tendPause
		default:
			due = began.Add(tendEvery)
		}
	}
}
