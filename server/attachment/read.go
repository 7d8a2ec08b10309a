package attachment

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Open gives an attachment's file, or its small picture, to a reader who may have it (F5). Errors: those of
// ReadsAttachment; not_found also while it has not come, or has come and is lost: nobody learns more than that it is not
// here. bad_file where it came and is not what it should be.
func (s *Service) Open(ctx context.Context, actor record.Actor, id string, small bool) (*os.File, *Attachment, error) {
	a, err := s.Store.Attachment(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	gone := record.Errorf(record.NotFound, "attachment %s", id)
	if a == nil {
		return nil, nil, gone
	}
	if err := s.Records.ReadsAttachment(ctx, actor, engine.Attached{Entity: a.Entity, ID: a.ID}); err != nil {
		return nil, nil, err
	}
	switch {
	case a.State == Broken:
		return nil, nil, record.Errorf(record.BadFile, "attachment %s", id)
	case a.State != Ready:
		return nil, nil, gone
	}
	path := s.path(id)
	if small && a.Thumbnail > 0 {
		path = s.small(id)
	}
	f, err := os.Open(path)
	if small && errors.Is(err, fs.ErrNotExist) { // a backup brings none back
		if err := s.shrink(ctx, a); err != nil {
			return nil, nil, err
		}
		f, err = os.Open(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		s.Log.Warn("an attachment's file is lost", slog.String("attachment", id))
		return nil, nil, gone
	}
	return f, a, err
}

// shrink makes the small picture again from the file that is kept.
func (s *Service) shrink(ctx context.Context, a *Attachment) error {
	release, err := s.take(ctx, a.ID, nil)
	if err != nil {
		return err
	}
	defer release()
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return ctx.Err()
	}
	raw, err := os.ReadFile(s.path(a.ID))
	if errors.Is(err, fs.ErrNotExist) {
		return record.Errorf(record.NotFound, "attachment %s is lost", a.ID)
	} else if err != nil {
		return err
	}
	picture, _, err := decode(raw)
	if err != nil {
		return err
	}
	small, err := encode(reduced(picture, smaller), smallQuality)
	if err != nil {
		return err
	}
	return put(s.small(a.ID), small)
}
