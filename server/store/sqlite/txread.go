package sqlite

import (
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// A transaction reads its own writes: from what the writer holds, or from the file after what was gathered is written.

func (t *tx) Meta(key string) (string, error) {
	if v, known := t.hold.meta[key]; known {
		return v, nil
	}
	v, err := t.reader.Meta(key)
	if err == nil {
		t.hold.meta[key] = v
	}
	return v, err
}

func (t *tx) Actor(account string) (record.Actor, error) {
	if a, known := t.hold.actors[account]; known {
		return a, nil
	}
	a, err := t.reader.Actor(account)
	if err == nil {
		t.hold.actors[account] = a
	}
	return a, err
}

func (t *tx) Log(epoch string) (engine.Log, error) {
	if l, known := t.hold.logs[epoch]; known {
		return l, nil
	}
	l, err := t.reader.Log(epoch)
	if err == nil {
		t.hold.logs[epoch] = l
	}
	return l, err
}

func (t *tx) Record(id string) (*record.Record, error) {
	h, err := t.hold.record(t.c, id)
	if err != nil {
		return nil, err
	}
	return h.record, nil
}

func (t *tx) Contributions(entity string) ([]totals.Contribution, error) {
	h, err := t.hold.record(t.c, entity)
	if err != nil {
		return nil, err
	}
	return h.counted, nil
}

func (t *tx) ParkedOn(waitsFor string) ([]engine.Parked, error) {
	if err := t.hold.load(t.c); err != nil {
		return nil, err
	}
	if t.hold.parked.none(t.hold.parked.causes, waitsFor) {
		return nil, nil
	}
	return t.reader.ParkedOn(waitsFor)
}

func (t *tx) ParkedOf(entity string) ([]engine.Parked, error) {
	if err := t.hold.load(t.c); err != nil {
		return nil, err
	}
	if t.hold.parked.none(t.hold.parked.entities, entity) {
		return nil, nil
	}
	return t.reader.ParkedOf(entity)
}

func (t *tx) FeedHead(name string) (int64, error) {
	if f, known := t.hold.feeds[name]; known {
		return f.at.Head, nil
	}
	var row feedScan
	if _, err := t.c.one("SELECT "+feedColumns+" FROM feeds WHERE feed = ?", []any{name}, row.to()...); err != nil {
		return 0, err
	}
	f := row.found()
	t.hold.feeds[name] = f // with num 0 where it is not there yet
	return f.at.Head, nil
}

func (t *tx) Feeds(ids []string) (map[string]engine.Feed, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.Feeds(ids)
}

func (t *tx) Uncounted(limit int) ([]string, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.Uncounted(limit)
}

func (t *tx) Records(f func(*record.Record) error) error {
	if err := t.flushRecords(); err != nil {
		return err
	}
	return t.reader.Records(f)
}

func (t *tx) Counting(form, household, from, to string) ([]*record.Record, error) {
	if err := t.flushRecords(); err != nil {
		return nil, err
	}
	return t.reader.Counting(form, household, from, to)
}

func (t *tx) Due(form, household, from string) ([]*record.Record, error) {
	if err := t.flushRecords(); err != nil {
		return nil, err
	}
	return t.reader.Due(form, household, from)
}

func (t *tx) Following(id string) ([]*record.Record, error) {
	if err := t.flushRecords(); err != nil {
		return nil, err
	}
	return t.reader.Following(id)
}

func (t *tx) Pressing() ([]*record.Record, error) {
	if err := t.flushRecords(); err != nil {
		return nil, err
	}
	return t.reader.Pressing()
}

func (t *tx) Undecided(units []string) ([]*record.Record, error) {
	if err := t.flushRecords(); err != nil {
		return nil, err
	}
	return t.reader.Undecided(units)
}

func (t *tx) FeedRows(name string, after int64, limit int) ([]engine.FeedRow, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.FeedRows(name, after, limit)
}

func (t *tx) PackedRows(name string, after int64, limit int) ([]engine.FeedRow, error) {
	if err := t.flush(); err != nil {
		return nil, err
	}
	return t.reader.PackedRows(name, after, limit)
}

func (t *tx) Totals(unit string, from, to int) ([]engine.Figure, error) {
	if err := t.flushTotals(); err != nil {
		return nil, err
	}
	return t.reader.Totals(unit, from, to)
}

func (t *tx) DistinctTotals(unit string, from, to int) ([]engine.Figure, error) {
	if err := t.flushTotals(); err != nil {
		return nil, err
	}
	return t.reader.DistinctTotals(unit, from, to)
}

func (t *tx) MonthTotals(unit string, from, to int, indicators []string) ([]engine.MonthTotal, error) {
	if err := t.flushTotals(); err != nil {
		return nil, err
	}
	return t.reader.MonthTotals(unit, from, to, indicators)
}

func (t *tx) MonthSteps(unit string, from, to int, indicators []string) ([]engine.MonthStep, error) {
	if err := t.flushTotals(); err != nil {
		return nil, err
	}
	return t.reader.MonthSteps(unit, from, to, indicators)
}

func (t *tx) AllTotals(f func(totals.Cell, int, int64, int64) error) error {
	if err := t.flushTotals(); err != nil {
		return err
	}
	return t.reader.AllTotals(f)
}

func (t *tx) AllSteps(f func(totals.Cell, int, int, int64) error) error {
	if err := t.flushTotals(); err != nil {
		return err
	}
	return t.reader.AllSteps(f)
}
