package sqlite

import (
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// A transaction reads its own writes. What a change asks for is in what the writer holds, or it was not written by
// anything that is not committed, and then the reading connection has it.

func (t *tx) Meta(key string) (string, error) {
	return kept(t.hold.meta, key, reader{t.read}.Meta)
}

func (t *tx) Log(epoch string) (engine.Log, error) {
	return kept(t.hold.logs, epoch, func(epoch string) (l engine.Log, err error) {
		r, err := t.apart()
		if err == nil {
			l, err = r.Log(epoch)
		}
		return l, err
	})
}

func (t *tx) Actor(account string) (record.Actor, error) {
	return kept(t.hold.actors, account, func(account string) (a record.Actor, err error) {
		r, err := t.apart()
		if err == nil {
			a, err = r.Actor(account)
		}
		return a, err
	})
}

// kept takes what is held, or reads and holds it.
func kept[T any](in map[string]T, key string, read func(string) (T, error)) (T, error) {
	if v, known := in[key]; known {
		return v, nil
	}
	v, err := read(key)
	if err == nil {
		in[key] = v
	}
	return v, err
}

// apart is where is read what is mostly not written.
func (t *tx) apart() (reader, error) {
	if !t.hold.apart {
		return reader{t.read}, nil
	}
	return t.written()
}

func (t *tx) Divisions() ([]record.Division, error) {
	r, err := t.apart()
	if err != nil {
		return nil, err
	}
	return r.Divisions()
}

func (t *tx) ReviewersAt(unit string) ([]string, error) {
	r, err := t.apart()
	if err != nil {
		return nil, err
	}
	return r.ReviewersAt(unit)
}

func (t *tx) Line(epoch string, n int64) (*engine.Line, error) {
	r := reader{t.read}
	if t.hold.lines[epoch] {
		var err error
		if r, err = t.written(); err != nil {
			return nil, err
		}
	}
	return r.Line(epoch, n)
}

func (t *tx) LastSeq() (int64, error) {
	if t.hold.lastLine > 0 {
		return t.hold.lastLine, nil
	}
	return reader{t.read}.LastSeq()
}

func (t *tx) Record(id string) (*record.Record, error) {
	h, err := t.hold.record(t.read, id)
	if err != nil {
		return nil, err
	}
	return h.record, nil
}

func (t *tx) Contributions(entity string) ([]totals.Contribution, error) {
	h, err := t.hold.record(t.read, entity)
	if err != nil {
		return nil, err
	}
	return h.counted, nil
}

func (t *tx) Version(id, version string) (record.Content, error) {
	r := reader{t.read}
	if t.hold.versions[id] {
		var err error
		if r, err = t.written(); err != nil {
			return nil, err
		}
	}
	return r.Version(id, version)
}

func (t *tx) ParkedOn(waitsFor string) ([]engine.Parked, error) {
	w, err := t.hold.waiting(t.read)
	if err != nil || !w.many {
		return w.list(w.causes[waitsFor]), err
	}
	return written(t, func(r reader) ([]engine.Parked, error) { return r.ParkedOn(waitsFor) })
}

func (t *tx) ParkedOf(entity string) ([]engine.Parked, error) {
	w, err := t.hold.waiting(t.read)
	if err != nil || !w.many {
		return w.list(w.entities[entity]), err
	}
	return written(t, func(r reader) ([]engine.Parked, error) { return r.ParkedOf(entity) })
}

func (t *tx) FeedHead(name string) (int64, error) {
	if f, known := t.hold.feeds[name]; known {
		return f.at.Head, nil
	}
	var row feedScan
	if _, err := t.read.one("SELECT "+feedColumns+" FROM feeds WHERE feed = ?", []any{name}, row.to()...); err != nil {
		return 0, err
	}
	f := row.found()
	t.hold.feeds[name] = f // with num 0 where it is not there yet
	return f.at.Head, nil
}

func (t *tx) Counting(form, household, from, to string) ([]*record.Record, error) {
	return t.hold.countedFor(t.read, household, func(r *record.Record, at counting) (string, bool) {
		return at.countedOn, r.Form == form && from <= at.countedOn && at.countedOn <= to
	}, "SELECT "+heldColumns+countingRows, household, form, from, to)
}

func (t *tx) Due(form, household, from string) ([]*record.Record, error) {
	return t.hold.countedFor(t.read, household, func(r *record.Record, at counting) (string, bool) {
		return at.dueOn, r.Form == form && at.dueOn != "" && from <= at.dueOn
	}, "SELECT "+heldColumns+dueRows, household, form, from)
}

// Everything else is asked for rarely, and read from the file after all that was gathered is written.

// written gives a reader of what this transaction has written, on the writing connection: until the next write.
func (t *tx) written() (reader, error) {
	if err := t.flush(); err != nil {
		return reader{}, err
	}
	return reader{t.pipe.c}, t.pipe.wait()
}

func written[T any](t *tx, f func(reader) (T, error)) (v T, err error) {
	r, err := t.written()
	if err != nil {
		return v, err
	}
	return f(r)
}

// walk lets f walk rows of the writing connection, which nobody else may use while it does.
func (t *tx) walk(f func(reader) error) error {
	r, err := t.written()
	if err != nil {
		return err
	}
	was := t.pipe.walked
	t.pipe.walked = true
	defer func() { t.pipe.walked = was }()
	return f(r)
}

func (t *tx) Lines(f func(engine.Line) error) error {
	return t.walk(func(r reader) error { return r.Lines(f) })
}

func (t *tx) LineAt(seq int64) (*engine.Line, error) {
	return written(t, func(r reader) (*engine.Line, error) { return r.LineAt(seq) })
}

func (t *tx) History(entity string) ([]engine.Line, error) {
	return written(t, func(r reader) ([]engine.Line, error) { return r.History(entity) })
}

func (t *tx) Records(f func(*record.Record) error) error {
	return t.walk(func(r reader) error { return r.Records(f) })
}

func (t *tx) EntriesOf(forms []string) (int64, error) {
	return written(t, func(r reader) (int64, error) { return r.EntriesOf(forms) })
}

func (t *tx) Begun(after, upTo int64, forms []string, limit int) ([]engine.Begun, error) {
	return written(t, func(r reader) ([]engine.Begun, error) { return r.Begun(after, upTo, forms, limit) })
}

func (t *tx) Following(id string) ([]*record.Record, error) {
	return written(t, func(r reader) ([]*record.Record, error) { return r.Following(id) })
}

func (t *tx) Pressing() ([]*record.Record, error) { return written(t, reader.Pressing) }

func (t *tx) DoneIn(unit string, forms []string, from, to string) ([]*record.Record, error) {
	return written(t, func(r reader) ([]*record.Record, error) { return r.DoneIn(unit, forms, from, to) })
}

func (t *tx) Undecided(units []string) ([]*record.Record, error) {
	return written(t, func(r reader) ([]*record.Record, error) { return r.Undecided(units) })
}

func (t *tx) FeedRows(name string, after int64, limit int) ([]engine.FeedRow, error) {
	return written(t, func(r reader) ([]engine.FeedRow, error) { return r.FeedRows(name, after, limit) })
}

func (t *tx) AllContributions(f func(engine.Counted) error) error {
	return t.walk(func(r reader) error { return r.AllContributions(f) })
}

func (t *tx) Counted(indicator, group string, units []string, fromDay, toDay string, after engine.Place, limit int) ([]engine.Counted, error) {
	return written(t, func(r reader) ([]engine.Counted, error) {
		return r.Counted(indicator, group, units, fromDay, toDay, after, limit)
	})
}

func (t *tx) PackedRows(name string, after int64, limit int) ([]engine.FeedRow, error) {
	return written(t, func(r reader) ([]engine.FeedRow, error) { return r.PackedRows(name, after, limit) })
}

func (t *tx) Feeds(ids []string) (map[string]engine.Feed, error) {
	return written(t, func(r reader) (map[string]engine.Feed, error) { return r.Feeds(ids) })
}

func (t *tx) Uncounted(limit int) ([]string, error) {
	return written(t, func(r reader) ([]string, error) { return r.Uncounted(limit) })
}

func (t *tx) Marks(until record.Instant, limit int) ([]engine.Mark, error) {
	return written(t, func(r reader) ([]engine.Mark, error) { return r.Marks(until, limit) })
}

func (t *tx) LogsOf(prefix string) ([]engine.Log, error) {
	return written(t, func(r reader) ([]engine.Log, error) { return r.LogsOf(prefix) })
}

func (t *tx) AllParked(limit int) ([]engine.Parked, error) {
	return written(t, func(r reader) ([]engine.Parked, error) { return r.AllParked(limit) })
}

func (t *tx) Rejected(limit int) ([]engine.Line, error) {
	return written(t, func(r reader) ([]engine.Line, error) { return r.Rejected(limit) })
}

func (t *tx) Totals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.Totals(unit, from, to, of...) })
}

func (t *tx) DistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.DistinctTotals(unit, from, to, of...) })
}

func (t *tx) WholeTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.WholeTotals(unit, from, to, of...) })
}

func (t *tx) WholeDistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.WholeDistinctTotals(unit, from, to, of...) })
}

func (t *tx) MonthTotals(unit string, from, to int, indicators []string) ([]engine.MonthTotal, error) {
	return written(t, func(r reader) ([]engine.MonthTotal, error) { return r.MonthTotals(unit, from, to, indicators) })
}

func (t *tx) MonthSteps(unit string, from, to int, indicators []string) ([]engine.MonthStep, error) {
	return written(t, func(r reader) ([]engine.MonthStep, error) { return r.MonthSteps(unit, from, to, indicators) })
}

func (t *tx) CountedRows(indicator, group string, units []string, fromDay, toDay, sinceTo string) (int64, error) {
	return written(t, func(r reader) (int64, error) {
		return r.CountedRows(indicator, group, units, fromDay, toDay, sinceTo)
	})
}

func (t *tx) Standing(unit string, month int) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.Standing(unit, month) })
}

func (t *tx) WholeStanding(unit string, month int, of ...string) ([]engine.Figure, error) {
	return written(t, func(r reader) ([]engine.Figure, error) { return r.WholeStanding(unit, month, of...) })
}

func (t *tx) DayRows(figures []totals.Figure, units []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	return t.walk(func(r reader) error { return r.DayRows(figures, units, fromDay, toDay, f) })
}

func (t *tx) LaterRows(units []string, fromDay, toDay string, f func(engine.DayRow) error) error {
	return t.walk(func(r reader) error { return r.LaterRows(units, fromDay, toDay, f) })
}

func (t *tx) KeyRows(figure totals.Figure, keys []string, fromDay, toDay string, f func(key, unit string) error) error {
	return t.walk(func(r reader) error { return r.KeyRows(figure, keys, fromDay, toDay, f) })
}

func (t *tx) StandingRows(fromDay, toDay string, f func(totals.Contribution) error) error {
	return t.walk(func(r reader) error { return r.StandingRows(fromDay, toDay, f) })
}

func (t *tx) AllStandings(f func(totals.Cell, int, int64) error) error {
	return t.walk(func(r reader) error { return r.AllStandings(f) })
}

func (t *tx) AllTotals(f func(totals.Cell, int, int64, int64) error) error {
	return t.walk(func(r reader) error { return r.AllTotals(f) })
}

func (t *tx) AllSteps(f func(totals.Cell, int, int, int64) error) error {
	return t.walk(func(r reader) error { return r.AllSteps(f) })
}
