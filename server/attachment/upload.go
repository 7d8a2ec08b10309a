package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Begun is what a phone says of an attachment before it sends it.
type Begun struct {
	ID     string
	Entity string
	Field  string
	Length int64
}

// Begin makes room for an attachment, or gives the one of this id that is there: a phone that heard no answer asks again
// (F1). Errors: those of Attaching; too_large, too_many_files, rate_limited; exists where the id is somebody else's or
// of other bytes.
func (s *Service) Begin(ctx context.Context, actor record.Actor, b Begun) (*Attachment, error) {
	release, err := s.take(ctx, b.ID, nil)
	if err != nil {
		return nil, err
	}
	defer release()
	have, err := s.Store.Attachment(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	if have != nil {
		if have.Account != actor.Account || have.Entity != b.Entity || have.Field != b.Field || have.Length != b.Length {
			return nil, record.Errorf(record.Exists, "attachment %s", b.ID)
		}
		return s.standing(ctx, have)
	}
	kind, unit, err := s.Records.Attaching(ctx, actor, b.Entity, b.Field)
	if err != nil {
		return nil, err
	}
	most := int64(MaxPicture)
	if kind == catalogue.TypeVoice {
		most = MaxVoice
	}
	if b.Length > most {
		return nil, record.Errorf(record.TooLarge, "%d bytes of a %s", b.Length, kind)
	}
	now := s.Now()
	n, err := s.Store.CountAttachments(ctx, b.Entity, actor.Account, now.Add(-24*time.Hour))
	switch {
	case err != nil:
		return nil, err
	case n.OfEntity >= ofEntity:
		return nil, record.Errorf(record.TooManyFiles, "record %s has %d", b.Entity, n.OfEntity)
	case n.OfAccount >= ofDay, n.Coming >= unended:
		return nil, record.Errorf(record.RateLimited, "%d begun in a day, %d not ended", n.OfAccount, n.Coming)
	}
	a := Attachment{ID: b.ID, Entity: b.Entity, Field: b.Field, Kind: kind, Account: actor.Account, Unit: unit,
		Length: b.Length, State: Coming, CreatedAt: now, TouchedAt: now}
	if err := s.Store.AddAttachment(ctx, a); err != nil {
		return nil, err
	}
	return &a, nil
}

// Standing tells its sender how much of an attachment is here. Errors: not_found for all others; bad_file where it came
// whole and is not what it should be.
func (s *Service) Standing(ctx context.Context, actor record.Actor, id string) (*Attachment, error) {
	release, err := s.take(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	defer release()
	a, err := s.sent(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	return s.standing(ctx, a)
}

func (s *Service) sent(ctx context.Context, actor record.Actor, id string) (*Attachment, error) {
	a, err := s.Store.Attachment(ctx, id)
	if err != nil {
		return nil, err
	}
	if a == nil || a.Account != actor.Account {
		return nil, record.Errorf(record.NotFound, "attachment %s", id)
	}
	return a, nil
}

// standing brings a row to what is on the disk: a server may have died between the last bytes and the look at them, and
// a file may be lost, as after a restore from a backup without its files. What is lost is taken once more (F7).
func (s *Service) standing(ctx context.Context, a *Attachment) (*Attachment, error) {
	switch a.State {
	case Ready:
		if _, err := os.Stat(s.path(a.ID)); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return a, err
		}
		s.Log.Warn("an attachment's file is lost and is taken once more", slog.String("attachment", a.ID))
		a.State, a.Received, a.Type, a.Size, a.Hash, a.Thumbnail = Coming, 0, "", 0, "", 0
		return a, s.Store.SetAttachment(ctx, *a)
	case Broken:
		return nil, record.Errorf(record.BadFile, "attachment %s", a.ID)
	}
	if a.whole() {
		return s.settle(ctx, a)
	}
	if a.Received > 0 {
		// A disk that lost what it said to have: what is behind the gap is worth nothing.
		info, err := os.Stat(s.part(a.ID))
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() < a.Received {
			a.Received = 0
			return a, s.Store.SetAttachment(ctx, *a)
		} else if err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Write takes bytes of an attachment from a place on. Whatever has come before the line broke is kept, on the disk before
// it is said to be (F4): the attachment it gives is right also beside an error of the line. stop ends the reading of
// body when another request for the same attachment comes. Errors: as Standing; wrong_offset, too_large.
func (s *Service) Write(ctx context.Context, actor record.Actor, id string, offset int64, body io.Reader, stop func()) (*Attachment, error) {
	release, err := s.take(ctx, id, stop)
	if err != nil {
		return nil, err
	}
	defer release()
	// The line may be gone before its last bytes are on the disk.
	ctx = context.WithoutCancel(ctx)
	a, err := s.sent(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if a, err = s.standing(ctx, a); err != nil {
		return nil, err
	}
	if a.State != Coming || offset != a.Received {
		return nil, record.Errorf(record.WrongOffset, "attachment %s has %d bytes, not %d", id, a.Received, offset)
	}
	n, broke, err := s.append(a, body)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		a.Received += n
		a.TouchedAt = s.Now()
		if err := s.Store.SetAttachment(ctx, *a); err != nil {
			return nil, err
		}
	}
	if broke != nil {
		return a, broke
	}
	if a.whole() {
		return s.settle(ctx, a)
	}
	return a, nil
}

// append puts bytes behind those that are safe, and says how many are safe then. broke is what the line ended with.
func (s *Service) append(a *Attachment, body io.Reader) (n int64, broke, err error) {
	if err := os.MkdirAll(s.folder(a.ID), 0o700); err != nil {
		return 0, nil, err
	}
	f, err := os.OpenFile(s.part(a.ID), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return 0, nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// What came after the last bytes that were safe, before the server was killed, comes again.
	if err := f.Truncate(a.Received); err != nil {
		return 0, nil, err
	}
	if _, err := f.Seek(a.Received, io.SeekStart); err != nil {
		return 0, nil, err
	}
	left := a.Length - a.Received
	in := &line{from: io.LimitReader(body, left+1)}
	n, err = io.Copy(f, in)
	switch {
	case in.err != nil:
		broke = in.err
	case err != nil:
		return 0, nil, err
	case n > left:
		return 0, nil, record.Errorf(record.TooLarge, "more than the %d bytes that were announced", a.Length)
	}
	if n = min(n, left); n == 0 {
		return 0, broke, nil
	}
	if err := f.Sync(); err != nil {
		return 0, nil, err
	}
	if a.Received == 0 { // the name of the file, too
		return n, broke, flush(s.folder(a.ID))
	}
	return n, broke, nil
}

// line keeps apart what the line ended with from what the disk says.
type line struct {
	from io.Reader
	err  error
}

func (l *line) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	if err != nil && err != io.EOF {
		l.err = fmt.Errorf("the line broke: %w", err)
	}
	return n, err
}

// settle looks at what has come whole, and keeps of it what is kept.
func (s *Service) settle(ctx context.Context, a *Attachment) (*Attachment, error) {
	select {
	case s.looking <- struct{}{}:
		defer func() { <-s.looking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	kept, err := look(s.part(a.ID), a.Kind)
	var coded *record.Error
	switch {
	case errors.As(err, &coded) && coded.Code == record.BadFile:
		s.Log.Info("an attachment is not what it should be", slog.String("attachment", a.ID), slog.String("error", err.Error()))
		a.State = Broken
		if err := s.Store.SetAttachment(ctx, *a); err != nil {
			return nil, err
		}
		return nil, errors.Join(coded, os.Remove(s.part(a.ID)))
	case errors.Is(err, fs.ErrNotExist):
		a.Received = 0
		return a, s.Store.SetAttachment(ctx, *a)
	case err != nil:
		return nil, err
	}
	if err := s.keep(a.ID, kept); err != nil {
		return nil, err
	}
	a.State, a.Type, a.Size, a.Hash, a.Thumbnail = Ready, kept.typ, int64(len(kept.file)), hashOf(kept.file), int64(len(kept.small))
	if err := s.Store.SetAttachment(ctx, *a); err != nil {
		return nil, err
	}
	return a, os.Remove(s.part(a.ID))
}
