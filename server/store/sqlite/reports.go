package sqlite

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"time"

	service "niangjia/server/report"
	"niangjia/sync/report"
)

// Reports keeps what people write for reports, beside the log; what is signed stands in the log too.
type Reports struct{ write, read *sql.DB }

var _ service.Store = (*Reports)(nil)

// Reports is the part of the store that has reports.
func (s *Store) Reports() *Reports { return &Reports{write: s.side, read: s.read} }

const reportColumns = "id, unit, first_day, last_day, title, version, signed, account, changed_at"

func scanReport(scan func(...any) error) (k service.Kept, err error) {
	var signed, at int64
	err = scan(&k.ID, &k.Unit, &k.From, &k.To, &k.Title, &k.Version, &signed, &k.Account, &at)
	k.Signed, k.ChangedAt = signed == 1, time.UnixMilli(at)
	return k, err
}

// Report finds one, nil where there is none.
func (s *Reports) Report(ctx context.Context, id string) (*service.Kept, error) {
	k, err := scanReport(s.read.QueryRowContext(ctx, "SELECT "+reportColumns+" FROM reports WHERE id = ?", id).Scan)
	return found(k, err)
}

func found[T any](x T, err error) (*T, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &x, nil
}

func listed[T any](ctx context.Context, db *sql.DB, scan func(func(...any) error) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

func codesOf(units []string) (string, error) {
	raw, err := json.Marshal(units)
	return string(raw), err
}

// Reports lists those of some units, the newest first.
func (s *Reports) Reports(ctx context.Context, units []string) ([]service.Kept, error) {
	codes, err := codesOf(units)
	if err != nil {
		return nil, err
	}
	return listed(ctx, s.read, scanReport, "SELECT "+reportColumns+" FROM reports WHERE unit IN (SELECT value FROM json_each(?)) ORDER BY changed_at DESC, id", codes)
}

// PutVersion keeps the next version of a report, with its counts where they are new.
func (s *Reports) PutVersion(ctx context.Context, k service.Kept, v service.Version) (put bool, err error) {
	body, err := json.Marshal(v.Document)
	if err != nil {
		return false, err
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() {
		if !put || err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	done, err := tx.ExecContext(ctx, "INSERT INTO report_versions (report, version, account, at, what, counted, body) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		v.Report, v.N, v.Account, v.At.UnixMilli(), v.What, v.Counted, string(body))
	if err != nil {
		return false, err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	if v.Counts != nil {
		packed, err := packJSON(v.Counts)
		if err != nil {
			return false, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO report_counts (report, version, body) VALUES (?, ?, ?)", v.Report, v.N, packed); err != nil {
			return false, err
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO reports ("+reportColumns+`) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT DO UPDATE
		SET title = excluded.title, version = excluded.version, changed_at = excluded.changed_at`,
		k.ID, k.Unit, k.From, k.To, k.Title, k.Version, k.Account, k.ChangedAt.UnixMilli()); err != nil {
		return false, err
	}
	return true, tx.Commit()
}

func packJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := errors.Join(json.NewEncoder(z).Encode(v), z.Close()); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// SetSigned notes that a report stands in the log.
func (s *Reports) SetSigned(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, "UPDATE reports SET signed = 1 WHERE id = ?", id)
	return err
}

// DropReport forgets one with all its versions.
func (s *Reports) DropReport(ctx context.Context, id string) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, q := range []string{"DELETE FROM report_counts WHERE report = ?", "DELETE FROM report_versions WHERE report = ?", "DELETE FROM reports WHERE id = ?"} {
		if _, err := tx.ExecContext(ctx, q, id); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

// Version reads one, nil where there is none.
func (s *Reports) Version(ctx context.Context, id string, n int64) (*service.Version, error) {
	return found(scanVersion(s.read.QueryRowContext(ctx, "SELECT report, version, account, at, what, counted, body FROM report_versions WHERE report = ? AND version = ?", id, n).Scan))
}

func scanVersion(scan func(...any) error) (v service.Version, err error) {
	var at int64
	var body string
	if err := scan(&v.Report, &v.N, &v.Account, &at, &v.What, &v.Counted, &body); err != nil {
		return v, err
	}
	v.At = time.UnixMilli(at)
	if body == "" {
		return v, nil
	}
	v.Document = &report.Document{}
	return v, json.Unmarshal([]byte(body), v.Document)
}

// Versions lists those of a report without their documents, the newest first.
func (s *Reports) Versions(ctx context.Context, id string) ([]service.Version, error) {
	return listed(ctx, s.read, scanVersion, "SELECT report, version, account, at, what, counted, '' FROM report_versions WHERE report = ? ORDER BY version DESC", id)
}

// Counts reads the figures of a version, nil where there are none.
func (s *Reports) Counts(ctx context.Context, id string, version int64) (*report.Counted, error) {
	var packed []byte
	err := s.read.QueryRowContext(ctx, "SELECT body FROM report_counts WHERE report = ? AND version = ?", id, version).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	c := &report.Counted{}
	return c, json.Unmarshal(raw, c)
}

// PutCase keeps a case in the place of the one of its entry.
func (s *Reports) PutCase(ctx context.Context, c service.Case) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO report_cases (entity, unit, form, day, text, account, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
		SET unit = excluded.unit, form = excluded.form, day = excluded.day, text = excluded.text, account = excluded.account, at = excluded.at`,
		c.Entity, c.Unit, c.Form, c.Day, c.Text, c.Account, c.At.UnixMilli())
	return err
}

// DropCase forgets one.
func (s *Reports) DropCase(ctx context.Context, entity string) error {
	_, err := s.write.ExecContext(ctx, "DELETE FROM report_cases WHERE entity = ?", entity)
	return err
}

const caseColumns = "entity, unit, form, day, text, account, at"

func scanCase(scan func(...any) error) (c service.Case, err error) {
	var at int64
	err = scan(&c.Entity, &c.Unit, &c.Form, &c.Day, &c.Text, &c.Account, &at)
	c.At = time.UnixMilli(at)
	return c, err
}

// Case finds one, nil where there is none.
func (s *Reports) Case(ctx context.Context, entity string) (*service.Case, error) {
	return found(scanCase(s.read.QueryRowContext(ctx, "SELECT "+caseColumns+" FROM report_cases WHERE entity = ?", entity).Scan))
}

// Cases lists those of some units and days, by day.
func (s *Reports) Cases(ctx context.Context, units []string, from, to string) ([]service.Case, error) {
	codes, err := codesOf(units)
	if err != nil {
		return nil, err
	}
	return listed(ctx, s.read, scanCase, "SELECT "+caseColumns+" FROM report_cases WHERE unit IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ? ORDER BY day, entity", codes, from, to)
}

// PutNote keeps a note in the place of the one of its id.
func (s *Reports) PutNote(ctx context.Context, n service.Note) error {
	_, err := s.write.ExecContext(ctx, `INSERT INTO report_notes (id, unit, kind, day, text, account, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
		SET kind = excluded.kind, day = excluded.day, text = excluded.text, account = excluded.account, at = excluded.at`,
		n.ID, n.Unit, n.Kind, n.Day, n.Text, n.Account, n.At.UnixMilli())
	return err
}

// DropNote forgets one.
func (s *Reports) DropNote(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, "DELETE FROM report_notes WHERE id = ?", id)
	return err
}

const noteColumns = "id, unit, kind, day, text, account, at"

func scanNote(scan func(...any) error) (n service.Note, err error) {
	var at int64
	err = scan(&n.ID, &n.Unit, &n.Kind, &n.Day, &n.Text, &n.Account, &at)
	n.At = time.UnixMilli(at)
	return n, err
}

// Note finds one, nil where there is none.
func (s *Reports) Note(ctx context.Context, id string) (*service.Note, error) {
	return found(scanNote(s.read.QueryRowContext(ctx, "SELECT "+noteColumns+" FROM report_notes WHERE id = ?", id).Scan))
}

// Notes lists those of some units and days, by day.
func (s *Reports) Notes(ctx context.Context, units []string, from, to string) ([]service.Note, error) {
	codes, err := codesOf(units)
	if err != nil {
		return nil, err
	}
	return listed(ctx, s.read, scanNote, "SELECT "+noteColumns+" FROM report_notes WHERE unit IN (SELECT value FROM json_each(?)) AND day BETWEEN ? AND ? ORDER BY day, at, id", codes, from, to)
}

// PutPast keeps the figures of a unit's span in the place of those that it had.
func (s *Reports) PutPast(ctx context.Context, p service.PastFigures) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "DELETE FROM report_past WHERE unit = ? AND first_day = ? AND last_day = ?", p.Unit, p.From, p.To)
	for figure, value := range p.Figures {
		if err != nil {
			break
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO report_past (unit, first_day, last_day, figure, value, account, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			p.Unit, p.From, p.To, figure, value, p.Account, p.At.UnixMilli())
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Past reads the figures of a unit's span.
func (s *Reports) Past(ctx context.Context, unit, from, to string) (report.Past, error) {
	type pair struct {
		figure string
		value  int64
	}
	list, err := listed(ctx, s.read, func(scan func(...any) error) (p pair, err error) {
		err = scan(&p.figure, &p.value)
		return p, err
	}, "SELECT figure, value FROM report_past WHERE unit = ? AND first_day = ? AND last_day = ?", unit, from, to)
	out := report.Past{}
	for _, p := range list {
		out[p.figure] = p.value
	}
	return out, err
}
