package sqlite

import (
	"encoding/json"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// reader reads one snapshot.
type reader struct{ c *conn }

func (r reader) Meta(key string) (value string, err error) {
	_, err = r.c.one("SELECT value FROM meta WHERE key = ?", []any{key}, &value)
	return value, err
}

func (r reader) Divisions() (list []record.Division, err error) {
	err = r.c.each("SELECT code, name, level, parent FROM divisions ORDER BY place", nil, func(scan func(...any) error) error {
		var d record.Division
		err := scan(&d.Code, &d.Name, &d.Level, &d.Parent)
		list = append(list, d)
		return err
	})
	return list, err
}

func (r reader) Actor(account string) (record.Actor, error) {
	a := record.Actor{Account: account}
	var body string
	found, err := r.c.one("SELECT body FROM actors WHERE account = ?", []any{account}, &body)
	if err != nil || !found {
		return a, err
	}
	return a, json.Unmarshal([]byte(body), &a)
}

func (r reader) ReviewersAt(unit string) (list []string, err error) {
	err = r.c.each("SELECT account FROM seats WHERE unit = ? AND role = 'reviewer' ORDER BY account", []any{unit}, func(scan func(...any) error) error {
		var a string
		err := scan(&a)
		list = append(list, a)
		return err
	})
	return list, err
}

func (r reader) Log(epoch string) (l engine.Log, err error) {
	_, err = r.c.one("SELECT epoch, account, device, through, chain, durable FROM logs WHERE epoch = ?", []any{epoch},
		&l.Epoch, &l.Account, &l.Device, &l.Through, &l.Chain, &l.Durable)
	return l, err
}

// LogsOf: the epoch is the key, and "g" comes after every hexadecimal digit.
func (r reader) LogsOf(prefix string) (list []engine.Log, err error) {
	err = r.c.each("SELECT epoch, account, device, through, chain, durable FROM logs WHERE epoch >= ? AND epoch < ? ORDER BY epoch", []any{prefix, prefix + "g"},
		func(scan func(...any) error) error {
			var l engine.Log
			err := scan(&l.Epoch, &l.Account, &l.Device, &l.Through, &l.Chain, &l.Durable)
			list = append(list, l)
			return err
		})
	return list, err
}

const lineColumns = "seq, epoch, n, hash, bytes, entity, account, received, outcome"

func scanLine(scan func(...any) error) (l engine.Line, err error) {
	var outcome string
	if err := scan(&l.Seq, &l.Epoch, &l.N, &l.Hash, &l.Bytes, &l.Entity, &l.Account, &l.Received, &outcome); err != nil {
		return l, err
	}
	return l, json.Unmarshal([]byte(outcome), &l.Outcome)
}

func (r reader) Line(epoch string, n int64) (found *engine.Line, err error) {
	err = r.c.each("SELECT "+lineColumns+" FROM ledger WHERE epoch = ? AND n = ?", []any{epoch, n}, func(scan func(...any) error) error {
		l, err := scanLine(scan)
		found = &l
		return err
	})
	return found, err
}

func (r reader) Lines(f func(engine.Line) error) error {
	return r.c.each("SELECT "+lineColumns+" FROM ledger ORDER BY seq", nil, func(scan func(...any) error) error {
		l, err := scanLine(scan)
		if err != nil {
			return err
		}
		return f(l)
	})
}

func (r reader) History(entity string) (list []engine.Line, err error) {
	err = r.c.each("SELECT "+lineColumns+" FROM ledger WHERE entity = ? AND entity <> '' ORDER BY seq", []any{entity}, func(scan func(...any) error) error {
		l, err := scanLine(scan)
		list = append(list, l)
		return err
	})
	return list, err
}

func (r reader) LineAt(seq int64) (line *engine.Line, err error) {
	err = r.c.each("SELECT "+lineColumns+" FROM ledger WHERE seq = ?", []any{seq}, func(scan func(...any) error) error {
		l, err := scanLine(scan)
		line = &l
		return err
	})
	return line, err
}

func (r reader) LastSeq() (seq int64, err error) {
	_, err = r.c.one("SELECT coalesce(max(seq), 0) FROM ledger", nil, &seq)
	return seq, err
}

func (r reader) Record(id string) (*record.Record, error) {
	var body string
	found, err := r.c.one("SELECT body FROM records WHERE id = ?", []any{id}, &body)
	if err != nil || !found {
		return nil, err
	}
	return decodeBody(body)
}

func (r reader) Records(f func(*record.Record) error) error {
	return r.c.each("SELECT body FROM records ORDER BY id", nil, func(scan func(...any) error) error {
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

func (r reader) EntriesOf(forms []string) (n int64, err error) {
	names, err := json.Marshal(forms)
	if err != nil {
		return 0, err
	}
	_, err = r.c.one("SELECT count(*) FROM records WHERE type = 'entry' AND form IN (SELECT value FROM json_each(?))", []any{string(names)}, &n)
	return n, err
}

func (r reader) Begun(after, upTo int64, forms []string, limit int) (list []engine.Begun, err error) {
	names, err := json.Marshal(forms)
	if err != nil {
		return nil, err
	}
	// CROSS JOIN keeps the ledger's order as it is walked: nothing is sorted, and the walk ends with the last that is asked for.
	err = r.c.each(`SELECT l.seq, l.entity FROM ledger l CROSS JOIN records r ON r.id = l.entity
		WHERE l.seq > ? AND l.seq <= ? AND l.entity <> '' AND r.type = 'entry' AND r.form IN (SELECT value FROM json_each(?))
			AND l.seq = (SELECT min(f.seq) FROM ledger f WHERE f.entity = l.entity AND f.entity <> '')
		ORDER BY l.seq LIMIT ?`, []any{after, upTo, string(names), limit}, func(scan func(...any) error) error {
		var b engine.Begun
		err := scan(&b.Seq, &b.Entity)
		list = append(list, b)
		return err
	})
	return list, err
}

func (r reader) list(query string, args ...any) (list []*record.Record, err error) {
	err = r.c.each(query, args, func(scan func(...any) error) error {
		var body string
		if err := scan(&body); err != nil {
			return err
		}
		rec, err := decodeBody(body)
		list = append(list, rec)
		return err
	})
	return list, err
}

func (r reader) Counting(form, household, from, to string) ([]*record.Record, error) {
	return r.list("SELECT body"+countingRows, household, form, from, to)
}

func (r reader) Due(form, household, from string) ([]*record.Record, error) {
	return r.list("SELECT body"+dueRows, household, form, from)
}

const (
	countingRows = " FROM records WHERE household = ? AND form = ? AND counted_on BETWEEN ? AND ? AND household <> '' ORDER BY counted_on, id"
	dueRows      = " FROM records WHERE household = ? AND form = ? AND due_on >= ? AND due_on <> '' ORDER BY due_on, id"
)

func (r reader) Following(id string) ([]*record.Record, error) {
	return r.list("SELECT body FROM records WHERE follows = ? AND follows <> '' ORDER BY id", id)
}

func (r reader) Pressing() ([]*record.Record, error) {
	return r.list("SELECT body FROM records WHERE urgent = 1 AND state IN ('submitted', 'amended') ORDER BY unit, id")
}

func (r reader) Undecided(units []string) ([]*record.Record, error) {
	codes, err := json.Marshal(units)
	if err != nil {
		return nil, err
	}
	return r.list(`SELECT body FROM records WHERE state IN ('submitted', 'amended') AND unit IN (SELECT value FROM json_each(?))
		ORDER BY unit, id`, string(codes))
}

func (r reader) Version(id, version string) (c record.Content, err error) {
	var content string
	found, err := r.c.one("SELECT content FROM versions WHERE id = ? AND version = ?", []any{id, version}, &content)
	if err != nil || !found {
		return nil, err
	}
	return c, json.Unmarshal([]byte(content), &c)
}

func (r reader) parked(tail string, arg any) (list []engine.Parked, err error) {
	err = r.c.each("SELECT seq, epoch, n, entity, waits_for FROM parked "+tail, []any{arg}, func(scan func(...any) error) error {
		var p engine.Parked
		err := scan(&p.Seq, &p.Epoch, &p.N, &p.Entity, &p.WaitsFor)
		list = append(list, p)
		return err
	})
	return list, err
}

func (r reader) ParkedOn(waitsFor string) ([]engine.Parked, error) {
	return r.parked("WHERE waits_for = ? ORDER BY seq", waitsFor)
}

func (r reader) ParkedOf(entity string) ([]engine.Parked, error) {
	return r.parked("WHERE entity = ? ORDER BY seq", entity)
}

func (r reader) AllParked(limit int) ([]engine.Parked, error) {
	return r.parked("ORDER BY seq DESC LIMIT ?", limit)
}

func (r reader) Rejected(limit int) (list []engine.Line, err error) {
	// By ledger_rejected: the terms must stand as they do there.
	err = r.c.each("SELECT "+lineColumns+` FROM ledger WHERE account <> '' AND instr(outcome, '"outcome":"rejected"') > 0 ORDER BY seq DESC LIMIT ?`, []any{limit},
		func(scan func(...any) error) error {
			l, err := scanLine(scan)
			list = append(list, l)
			return err
		})
	return list, err
}

func (r reader) FeedHead(feed string) (head int64, err error) {
	_, err = r.c.one("SELECT head FROM feeds WHERE feed = ?", []any{feed}, &head)
	return head, err
}

func (r reader) FeedRows(feed string, after int64, limit int) (list []engine.FeedRow, err error) {
	var num int64
	if found, err := r.c.one("SELECT num FROM feeds WHERE feed = ?", []any{feed}, &num); err != nil || !found {
		return nil, err
	}
	err = r.c.each(`SELECT f.seq, f.view, r.id, r.type, CASE f.view WHEN 2 THEN NULL ELSE r.body END FROM feed_rows f
		JOIN records r ON r.num = f.record WHERE f.feed = ? AND f.seq > ? ORDER BY f.seq LIMIT ?`, []any{num, after, limit}, func(scan func(...any) error) error {
		var row engine.FeedRow
		var body *string
		if err := scan(&row.Seq, &row.View, &row.Entity, &row.Type, &body); err != nil {
			return err
		}
		if body != nil {
			rec, err := decodeBody(*body)
			if err != nil {
				return err
			}
			row.Record = rec
		}
		list = append(list, row)
		return nil
	})
	return list, err
}
