package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"niangjia/server/notice"
	"niangjia/sync/record"
)

// AddMessage keeps a message with the notices that it is.
func (s *Notices) AddMessage(ctx context.Context, m notice.Message, list []notice.Telling, hook bool) error {
	units, err := json.Marshal(m.Units)
	if err != nil {
		return err
	}
	roles, err := json.Marshal(m.Roles)
	if err != nil {
		return err
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `INSERT INTO messages (id, account, unit, at, text, campaign, units, roles) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, m.ID, m.Account, m.Unit, m.At.UnixMilli(), m.Text, m.Campaign, string(units), string(roles))
		if err != nil {
			return err
		}
		if rows, err := done.RowsAffected(); err != nil || rows == 0 {
			if err == nil { // sent at the same time by another request
				err = &record.Error{Code: record.Exists, Field: "id"}
			}
			return err
		}
		_, err = tellAll(ctx, tx, list, hook)
		return err
	})
}

const messageColumns = "m.id, m.account, m.unit, m.at, m.text, m.campaign, m.units, m.roles"

func scanMessage(scan func(...any) error, more ...any) (m notice.Message, err error) {
	var at int64
	var units, roles string
	if err := scan(append([]any{&m.ID, &m.Account, &m.Unit, &at, &m.Text, &m.Campaign, &units, &roles}, more...)...); err != nil {
		return m, err
	}
	m.At = time.UnixMilli(at)
	return m, errors.Join(json.Unmarshal([]byte(units), &m.Units), json.Unmarshal([]byte(roles), &m.Roles))
}

// Message finds one.
func (s *Notices) Message(ctx context.Context, id string) (*notice.Message, error) {
	m, err := scanMessage(s.read.QueryRowContext(ctx, "SELECT "+messageColumns+" FROM messages m WHERE m.id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &m, nil
}

// Messages counts by the index of what notices are about.
func (s *Notices) Messages(ctx context.Context, account string, since time.Time, limit int) (out []notice.Message, err error) {
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var people, received, read int
		m, err := scanMessage(scan, &people, &received, &read)
		m.People, m.Received, m.Read = people, received, read
		out = append(out, m)
		return err
	}, "SELECT "+messageColumns+`, count(n.id), coalesce(sum(n.received_at > 0), 0), coalesce(sum(n.read_at > 0), 0)
		FROM (SELECT * FROM messages WHERE account = ? AND at >= ? ORDER BY at DESC, id LIMIT ?) m LEFT JOIN notices n ON n.ref = m.id AND n.ref <> ''
		GROUP BY m.id ORDER BY m.at DESC, m.id`, account, milli(since), limit)
	return out, err
}

// Reached counts by unit.
func (s *Notices) Reached(ctx context.Context, message string) (out []notice.Reach, err error) {
	err = list(ctx, s.read, func(scan func(...any) error) error {
		var r notice.Reach
		err := scan(&r.Unit, &r.People, &r.Received, &r.Read)
		out = append(out, r)
		return err
	}, "SELECT unit, count(*), sum(received_at > 0), sum(read_at > 0) FROM notices WHERE ref = ? AND ref <> '' AND kind = 'message' GROUP BY unit ORDER BY unit", message)
	return out, err
}
