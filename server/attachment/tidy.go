package attachment

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

const (
	round = 24 * time.Hour
	page  = 200
	pause = 20 * time.Millisecond // between two pages, for those who work
)

// Run looks through all attachments at the start and once a day, until the context ends.
func (s *Service) Run(ctx context.Context) {
	for {
		if err := s.Tidy(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("attachments", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(round):
		}
	}
}

// Tidy ends what a server that died left unfinished, and removes what has not come whole in a week and what no record
// has named for thirty days (F6).
func (s *Service) Tidy(ctx context.Context) error {
	known := map[string]bool{}
	for after := ""; ; {
		list, err := s.Store.Attachments(ctx, after, page)
		if err != nil {
			return err
		}
		places := make([]engine.Attached, 0, len(list))
		for _, a := range list {
			after = a.ID
			known[a.ID] = true
			places = append(places, engine.Attached{Entity: a.Entity, ID: a.ID})
		}
		unnamed, err := s.Records.Unnamed(ctx, places)
		if err != nil {
			return err
		}
		apart := map[string]bool{}
		for _, u := range unnamed {
			apart[u.ID] = true
		}
		for _, a := range list {
			if err := s.tidy(ctx, a.ID, apart[a.ID]); err != nil {
				return err
			}
		}
		if len(list) < page {
			return s.orphans(known)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// tidy does what is due for one.
func (s *Service) tidy(ctx context.Context, id string, unnamed bool) error {
	s.mu.Lock()
	busy := s.busy[id] != nil
	s.mu.Unlock()
	if busy { // tomorrow: whoever sends it is not to be stopped
		return nil
	}
	release, err := s.take(ctx, id, nil)
	if err != nil {
		return err
	}
	defer release()
	a, err := s.Store.Attachment(ctx, id)
	if err != nil || a == nil {
		return err
	}
	now := s.Now()
	switch {
	case a.State == Coming && a.whole():
		_, err := s.settle(ctx, a)
		var coded *record.Error
		if errors.As(err, &coded) && coded.Code == record.BadFile {
			err = nil // it has been said
		}
		return err
	case a.State == Coming && now.Sub(a.TouchedAt) > Unfinished,
		unnamed && !a.UnnamedAt.IsZero() && now.Sub(a.UnnamedAt) > Unwanted:
		// The files first: a row without them is taken for lost, files without a row are nobody's.
		if err := s.remove(id); err != nil {
			return err
		}
		return s.Store.DropAttachment(ctx, id)
	case unnamed == !a.UnnamedAt.IsZero():
		return nil
	}
	if a.UnnamedAt = (time.Time{}); unnamed {
		a.UnnamedAt = now
	}
	return s.Store.SetAttachment(ctx, *a)
}

// orphans removes files of which there is no row: of a time that a restore has undone. A phone that still has one sends
// it again.
func (s *Service) orphans(known map[string]bool) error {
	now := s.Now()
	err := filepath.WalkDir(s.Dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		id, _, _ := strings.Cut(d.Name(), ".")
		if known[id] {
			return nil
		}
		info, err := d.Info()
		if err != nil || now.Sub(info.ModTime()) < Unwanted {
			return err
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
