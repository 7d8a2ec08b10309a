package app

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// What the store needs done is looked for once an hour, and done in pieces with a pause between them, so that whoever
// works is served in between.
const (
	tendEvery = time.Hour
	tendPause = 50 * time.Millisecond
)

// tend does what the store needs done from time to time, until the context ends.
func (a *App) tend(ctx context.Context) {
	for wait := tendPause; ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		more, err := a.Engine.Tend(ctx)
		if err != nil && !errors.Is(err, context.Canceled) {
			a.config.Log.Warn("the store could not be tended, it is tried again in an hour", slog.String("error", err.Error()))
		}
		if wait = tendEvery; more && err == nil {
			wait = tendPause
		}
	}
}
