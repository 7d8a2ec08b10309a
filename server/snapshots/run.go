package snapshots

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"
)

// Run makes what is asked for and what is due, and removes what nobody needs, until the context ends.
func (s *Service) Run(ctx context.Context) {
	all, tidy := time.NewTimer(0), time.NewTicker(look)
	defer all.Stop()
	defer tidy.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case feed := <-s.wanted:
			err = s.again(ctx, []string{feed})
		case <-all.C:
			err = s.again(ctx, nil)
			all.Reset(round)
		case <-tidy.C:
			err = s.Tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.opt.Log.Error("snapshots", slog.String("error", err.Error()))
		}
	}
}

// again makes files for those of the feeds, or of all, that need one now.
func (s *Service) again(ctx context.Context, feeds []string) error {
	now, err := s.source.SharedFeeds(ctx)
	if err != nil {
		return err
	}
	if feeds == nil {
		feeds = slices.Sorted(maps.Keys(now))
	}
	for _, feed := range feeds {
		s.mu.Lock()
		due := s.due(s.usable(feed, now[feed]), now[feed])
		s.mu.Unlock()
		if !due {
			continue
		}
		if _, err := s.Build(ctx, feed); err != nil {
			return err
		}
	}
	return nil
}

// Tidy removes files that were withdrawn, and those that were replaced long enough ago.
func (s *Service) Tidy(ctx context.Context) error {
	now, err := s.source.SharedFeeds(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	list := slices.Collect(maps.Values(s.files))
	s.mu.Unlock()
	var failed error
	for _, f := range list {
		s.mu.Lock()
		old := !f.replaced.IsZero() && s.opt.Now().Sub(f.replaced) > keep
		s.mu.Unlock()
		if old || f.Seq < now[f.Feed].Since() {
			failed = errors.Join(failed, s.withdraw(f))
		}
	}
	return failed
}
