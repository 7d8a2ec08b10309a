package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"niangjia/server/attachment"
)

// Attachments keeps the rows of attachments, beside the log and not through it.
type Attachments struct{ write, read *sql.DB }

var _ attachment.Store = (*Attachments)(nil)

// Attachments is the part of the store that knows what photos and voice notes are here.
func (s *Store) Attachments() *Attachments { return &Attachments{write: s.side, read: s.read} }

const attachmentColumns = `id, entity, field, kind, account, unit, length, received, state, type, size, hash, thumbnail,
	created_at, touched_at, unnamed_at`

func scanAttachment(scan func(...any) error) (a attachment.Attachment, err error) {
	var created, touched, unnamed int64
	err = scan(&a.ID, &a.Entity, &a.Field, &a.Kind, &a.Account, &a.Unit, &a.Length, &a.Received, &a.State, &a.Type, &a.Size, &a.Hash,
		&a.Thumbnail, &created, &touched, &unnamed)
	a.CreatedAt, a.TouchedAt, a.UnnamedAt = time.UnixMilli(created), time.UnixMilli(touched), instant(unnamed)
	return a, err
}

func milli(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// Attachment finds one, nil where there is none.
func (s *Attachments) Attachment(ctx context.Context, id string) (*attachment.Attachment, error) {
	a, err := scanAttachment(s.read.QueryRowContext(ctx, "SELECT "+attachmentColumns+" FROM attachments WHERE id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &a, nil
}

// AddAttachment keeps a new row.
func (s *Attachments) AddAttachment(ctx context.Context, a attachment.Attachment) error {
	_, err := s.write.ExecContext(ctx, "INSERT INTO attachments ("+attachmentColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, a.ID, a.Entity, a.Field, a.Kind, a.Account, a.Unit, a.Length, a.Received, a.State, a.Type, a.Size, a.Hash,
		a.Thumbnail, a.CreatedAt.UnixMilli(), a.TouchedAt.UnixMilli(), milli(a.UnnamedAt))
	return err
}

// SetAttachment keeps what changes of a row.
func (s *Attachments) SetAttachment(ctx context.Context, a attachment.Attachment) error {
	_, err := s.write.ExecContext(ctx, `UPDATE attachments SET received = ?, state = ?, type = ?, size = ?, hash = ?, thumbnail = ?,
		touched_at = ?, unnamed_at = ? WHERE id = ?`,
		a.Received, a.State, a.Type, a.Size, a.Hash, a.Thumbnail, a.TouchedAt.UnixMilli(), milli(a.UnnamedAt), a.ID)
	return err
}

// DropAttachment removes a row.
func (s *Attachments) DropAttachment(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, "DELETE FROM attachments WHERE id = ?", id)
	return err
}

// CountAttachments counts what quotas are held against, by the indexes made for it.
func (s *Attachments) CountAttachments(ctx context.Context, entity, account string, since time.Time) (n attachment.Counts, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM attachments WHERE entity = ?),
		(SELECT count(*) FROM attachments WHERE account = ? AND created_at >= ?),
		(SELECT count(*) FROM attachments WHERE account = ? AND state = 'coming')`,
		entity, account, since.UnixMilli(), account).Scan(&n.OfEntity, &n.OfAccount, &n.Coming)
	return n, err
}

// Attachments lists rows in the order of their ids.
func (s *Attachments) Attachments(ctx context.Context, after string, limit int) (list []attachment.Attachment, err error) {
	rows, err := s.read.QueryContext(ctx, "SELECT "+attachmentColumns+" FROM attachments WHERE id > ? ORDER BY id LIMIT ?", after, limit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		a, err := scanAttachment(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// KeptFile is the file of an attachment that has come whole.
type KeptFile struct {
	ID, Hash string
	Size     int64
}

// KeptFiles lists the files that a database says are there.
func KeptFiles(ctx context.Context, path string, f func(KeptFile) error) error {
	return plainly(ctx, path, func(c *sql.Conn) error {
		return each(ctx, c, "SELECT id, hash, size FROM attachments WHERE state = 'ready' ORDER BY id", func(scan func(...any) error) error {
			var k KeptFile
			if err := scan(&k.ID, &k.Hash, &k.Size); err != nil {
				return err
			}
			return f(k)
		})
	})
}
