package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"niangjia/server/campaign"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

func (r reader) Campaigns() (list []engine.CampaignRow, err error) {
	err = r.c.each("SELECT id, unit, state, start, deadline, body FROM campaigns ORDER BY id", nil, func(scan func(...any) error) error {
		var c engine.CampaignRow
		var body string
		err := scan(&c.ID, &c.Unit, &c.State, &c.Start, &c.Deadline, &body)
		c.JSON = []byte(body)
		list = append(list, c)
		return err
	})
	return list, err
}

func (t *tx) Campaigns() ([]engine.CampaignRow, error) {
	return written(t, reader.Campaigns)
}

func (t *tx) PutCampaign(c engine.CampaignRow) error {
	return t.pipe.put(`INSERT INTO campaigns (id, unit, state, start, deadline, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET unit = excluded.unit, state = excluded.state, start = excluded.start, deadline = excluded.deadline, body = excluded.body`,
		c.ID, c.Unit, c.State, c.Start, c.Deadline, string(c.JSON))
}

func (r reader) CountedOn(form, from, to string, f func(*record.Record) error) error {
	return r.c.each("SELECT body FROM records INDEXED BY records_by_day WHERE counted_on BETWEEN ? AND ? AND counted_on <> '' AND form = ?",
		[]any{from, to, form}, func(scan func(...any) error) error {
			var body string
			if err := scan(&body); err != nil {
				return err
			}
			rec, err := decodeBody(body)
			if err != nil {
				return err
			}
			return f(rec)
		})
}

func (t *tx) CountedOn(form, from, to string, f func(*record.Record) error) error {
	return t.walk(func(r reader) error { return r.CountedOn(form, from, to, f) })
}

func (r reader) Households(unit string) ([]*record.Record, error) {
	return r.list("SELECT body FROM records WHERE unit = ? AND type = 'household' ORDER BY id", unit)
}

func (t *tx) Households(unit string) ([]*record.Record, error) {
	return written(t, func(r reader) ([]*record.Record, error) { return r.Households(unit) })
}

func (r reader) HouseholdsIn(list []string) (map[string]int64, error) {
	codes, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	err = r.c.each(`SELECT r.unit, count(*) FROM json_each(?) u CROSS JOIN records r INDEXED BY records_households
		ON r.unit = u.value AND r.type = 'household' GROUP BY r.unit`, []any{string(codes)}, func(scan func(...any) error) error {
		var unit string
		var n int64
		err := scan(&unit, &n)
		out[unit] = n
		return err
	})
	return out, err
}

func (t *tx) HouseholdsIn(list []string) (map[string]int64, error) {
	return written(t, func(r reader) (map[string]int64, error) { return r.HouseholdsIn(list) })
}

// Drafts keeps drafts of campaigns, beside the log and not through it.
type Drafts struct{ write, read *sql.DB }

var _ campaign.Store = (*Drafts)(nil)

// Drafts is the part of the store that has the drafts of campaigns.
func (s *Store) Drafts() *Drafts { return &Drafts{write: s.side, read: s.read} }

const draftColumns = "id, unit, account, changed_at, body"

func scanDraft(scan func(...any) error) (d campaign.Draft, err error) {
	var at int64
	var body string
	if err := scan(&d.ID, &d.Unit, &d.Account, &at, &body); err != nil {
		return d, err
	}
	d.ChangedAt = time.UnixMilli(at)
	return d, json.Unmarshal([]byte(body), &d.Campaign)
}

// Draft finds one, nil where there is none.
func (s *Drafts) Draft(ctx context.Context, id string) (*campaign.Draft, error) {
	d, err := scanDraft(s.read.QueryRowContext(ctx, "SELECT "+draftColumns+" FROM campaign_drafts WHERE id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &d, nil
}

// DraftsOf lists those of some units, the newest first.
func (s *Drafts) DraftsOf(ctx context.Context, list []string) (out []campaign.Draft, err error) {
	codes, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, "SELECT "+draftColumns+" FROM campaign_drafts WHERE unit IN (SELECT value FROM json_each(?)) ORDER BY changed_at DESC, id", string(codes))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		d, err := scanDraft(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, rows.Err()
}

// PutDraft keeps a draft in the place of the one of its id.
func (s *Drafts) PutDraft(ctx context.Context, d campaign.Draft) error {
	body, err := json.Marshal(d.Campaign)
	if err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx, "INSERT INTO campaign_drafts ("+draftColumns+`) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
		SET unit = excluded.unit, account = excluded.account, changed_at = excluded.changed_at, body = excluded.body`,
		d.ID, d.Unit, d.Account, d.ChangedAt.UnixMilli(), string(body))
	return err
}

// DropDraft forgets one.
func (s *Drafts) DropDraft(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, "DELETE FROM campaign_drafts WHERE id = ?", id)
	return err
}
