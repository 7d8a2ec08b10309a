package memory

import (
	"fmt"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

type tx struct {
	reader
	undo []func()
	// What is written most is undone without a function for each.
	sums   *undoes[total]
	counts *undoes[int64]
	feeds  *undoes[engine.Feed]
	last   struct { // figure whose total was added to: the units above each other follow one another
		at    figureAt
		units map[string]total
	}
}

var _ engine.Tx = (*tx)(nil)

// back undoes every write, in reverse. Lists of different maps need no order among each other.
func (t *tx) back() {
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.undo[i]()
	}
	t.sums.back()
	t.counts.back()
	t.feeds.back()
}

// undoes are writes to maps of one kind, with what stood there before.
type undoes[V comparable] struct {
	list []struct {
		in  map[string]V
		key string
		old V
		had bool
	}
}

// set writes one key; nought, where that is none, takes it out.
func (u *undoes[V]) set(in map[string]V, key string, v, none V) {
	old, had := in[key]
	if v == none {
		if !had {
			return
		}
		delete(in, key)
	} else {
		in[key] = v
	}
	u.list = append(u.list, struct {
		in  map[string]V
		key string
		old V
		had bool
	}{in, key, old, had})
}

func (u *undoes[V]) back() {
	for i := len(u.list) - 1; i >= 0; i-- {
		if w := u.list[i]; w.had {
			w.in[w.key] = w.old
		} else {
			delete(w.in, w.key)
		}
	}
}

// empty keeps the room for the next transaction.
func (u *undoes[V]) empty() {
	clear(u.list)
	u.list = u.list[:0]
}

// put writes one key of a map, and remembers how to undo it.
func put[K comparable, V any](t *tx, m map[K]V, k K, v V) {
	old, had := m[k]
	t.undo = append(t.undo, func() {
		if had {
			m[k] = old
		} else {
			delete(m, k)
		}
	})
	m[k] = v
}

func drop[K comparable, V any](t *tx, m map[K]V, k K) {
	if old, had := m[k]; had {
		t.undo = append(t.undo, func() { m[k] = old })
		delete(m, k)
	}
}

func (t *tx) SetMeta(key, value string) error { put(t, t.d.meta, key, value); return nil }
func (t *tx) SetActor(a record.Actor) error   { put(t, t.d.actors, a.Account, a); return nil }

func (t *tx) PutParked(p engine.Parked) error {
	at := number{p.Epoch, p.N}
	if err := t.DeleteParked(p.Epoch, p.N); err != nil {
		return err
	}
	put(t, t.d.parked, at, p)
	join(t, t.d.waiting, p.WaitsFor, at)
	join(t, t.d.held, p.Entity, at)
	return nil
}

func (t *tx) DeleteParked(e string, n int64) error {
	at := number{e, n}
	if old, there := t.d.parked[at]; there {
		drop(t, t.d.parked, at)
		leave(t, t.d.waiting, old.WaitsFor, at)
		leave(t, t.d.held, old.Entity, at)
	}
	return nil
}

// join and leave keep a list by a key; lists that a copy of the store may share are never written to.
func join[V comparable](t *tx, m map[string][]V, key string, v V) {
	put(t, m, key, append(slices.Clip(m[key]), v))
}

func leave[V comparable](t *tx, m map[string][]V, key string, v V) {
	rest := slices.DeleteFunc(slices.Clone(m[key]), func(x V) bool { return x == v })
	if len(rest) == 0 {
		drop(t, m, key)
	} else {
		put(t, m, key, rest)
	}
}

func (t *tx) PutLog(l engine.Log) error {
	if old, there := t.d.logs[l.Epoch]; there {
		l.Durable = old.Durable
	}
	put(t, t.d.logs, l.Epoch, l)
	return nil
}

func (t *tx) MarkDurable(seq int64) error {
	last := map[string]int64{}
	for _, l := range t.d.ledger[:min(seq, int64(len(t.d.ledger)))] {
		last[l.Epoch] = l.N
	}
	for epoch, n := range last {
		l := t.d.logs[epoch]
		if l.Account == "" || l.Durable != nil && *l.Durable >= n {
			continue
		}
		l.Durable = &n
		put(t, t.d.logs, epoch, l)
	}
	return nil
}

func (t *tx) PutRecord(r *record.Record) error {
	if old := t.d.records[r.ID]; old.Counts() {
		at := about{old.Form, old.Approved[catalogue.KeyHousehold].String()}
		put(t, t.d.counting, at, slices.DeleteFunc(slices.Clone(t.d.counting[at]), func(id string) bool { return id == r.ID }))
	}
	if r.Counts() {
		at := about{r.Form, r.Approved[catalogue.KeyHousehold].String()}
		put(t, t.d.counting, at, append(slices.Clone(t.d.counting[at]), r.ID))
	}
	was, is := "", engine.Follows(r)
	if old := t.d.records[r.ID]; old != nil {
		was = engine.Follows(old)
	}
	if was != is {
		if was != "" {
			leave(t, t.d.following, was, r.ID)
		}
		if is != "" {
			join(t, t.d.following, is, r.ID)
		}
	}
	put(t, t.d.records, r.ID, r)
	return nil
}

func (t *tx) PutVersion(id, version string, c record.Content) error {
	put(t, t.d.versions, versionOf{id, version}, c.Clone())
	return nil
}

func (t *tx) SetDivisions(list []record.Division) error {
	old := t.d.divisions
	t.undo = append(t.undo, func() { t.d.divisions = old })
	t.d.divisions = slices.Clone(list)
	return nil
}

func (t *tx) AppendLine(l engine.Line) (int64, error) {
	if _, twice := t.d.byNumber[number{l.Epoch, l.N}]; twice {
		return 0, fmt.Errorf("ledger already has number %d of epoch %s", l.N, l.Epoch)
	}
	old := t.d.ledger
	t.undo = append(t.undo, func() { t.d.ledger = old })
	l.Seq = int64(len(old)) + 1
	l.Bytes = slices.Clone(l.Bytes)
	t.d.ledger = append(old, l)
	put(t, t.d.byNumber, number{l.Epoch, l.N}, len(old))
	if l.Entity != "" {
		put(t, t.d.byEntity, l.Entity, append(slices.Clip(t.d.byEntity[l.Entity]), len(old)))
	}
	return l.Seq, nil
}

func (t *tx) SetOutcome(epoch string, n int64, o change.Outcome) error {
	i, ok := t.d.byNumber[number{epoch, n}]
	if !ok {
		return fmt.Errorf("no line %d of epoch %s", n, epoch)
	}
	old := t.d.ledger[i].Outcome
	t.undo = append(t.undo, func() { t.d.ledger[i].Outcome = old })
	t.d.ledger[i].Outcome = o
	return nil
}

func (t *tx) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	f := t.feed(feed)
	f.Head++
	t.putFeed(feed, f)
	put(t, t.d.places, feed, append(t.d.places[feed], place{f.Head, entity}))
	put(t, t.d.rows, inFeed{feed, entity}, feedRow{f.Head, typ, v})
	return nil
}

func (t *tx) putFeed(id string, f engine.Feed) { t.feeds.set(t.d.feeds, id, f, engine.Feed{}) }

// feed is counted from its first row.
func (t *tx) feed(id string) engine.Feed {
	f := t.d.feeds[id]
	f.Counted = true
	return f
}

func (t *tx) AddDigest(feed string, d change.Digest) error {
	f := t.feed(feed)
	f.Digest = f.Digest.Plus(d)
	t.putFeed(feed, f)
	return nil
}

func (t *tx) SetDigest(feed string, d change.Digest) error {
	f := t.feed(feed)
	f.Digest = d
	t.putFeed(feed, f)
	return nil
}

func (t *tx) PutMarks(at, until record.Instant) error {
	for _, id := range sortedKeys(t.d.feeds) {
		last := engine.Mark{At: -1}
		if n := len(t.d.marks[id]); n > 0 {
			last = t.d.marks[id][n-1]
		}
		if head := t.d.feeds[id].Head; head > last.Seq && last.At <= until {
			put(t, t.d.marks, id, append(slices.Clone(t.d.marks[id]), engine.Mark{Feed: id, At: at, Seq: head}))
		}
	}
	return nil
}

func (t *tx) DropMark(m engine.Mark) error {
	put(t, t.d.marks, m.Feed, slices.DeleteFunc(slices.Clone(t.d.marks[m.Feed]), func(o engine.Mark) bool { return o == m }))
	return nil
}

func (t *tx) DropGone(feed string, upTo int64, limit int) (n int, err error) {
	f := t.feed(feed)
	kept := make([]place, 0, len(t.d.places[feed]))
	for _, p := range t.d.places[feed] {
		row, there := t.d.rows[inFeed{feed, p.entity}]
		switch {
		case !there || row.seq != p.seq: // it has moved on
		case row.view == engine.Gone && p.seq <= upTo && n < limit:
			drop(t, t.d.rows, inFeed{feed, p.entity})
			f.Floor = p.seq
			n++
		default:
			kept = append(kept, p)
		}
	}
	if n > 0 {
		put(t, t.d.places, feed, kept)
		t.putFeed(feed, f)
	}
	return n, nil
}

func (t *tx) Narrow(feed string) error {
	f := t.feed(feed)
	f.Narrowed = f.Head
	t.putFeed(feed, f)
	return nil
}

func (t *tx) ChangeContributions(entity string, out, in []totals.Contribution) error {
	list := slices.Clone(t.d.contributions[entity])
	for _, c := range out {
		i := slices.Index(list, c)
		if i < 0 {
			return fmt.Errorf("contribution %+v of %s is not there", c, entity)
		}
		list = slices.Delete(list, i, i+1)
		t.addKey(c, -1)
	}
	for _, c := range in {
		t.addKey(c, +1)
	}
	if list = append(list, in...); len(list) == 0 {
		drop(t, t.d.contributions, entity)
	} else {
		put(t, t.d.contributions, entity, list)
	}
	return nil
}

// within are the units of a key, which may have none yet: then an empty list stays behind if what is written is undone.
func within[K comparable, V any](m map[K]map[string]V, k K) map[string]V {
	units := m[k]
	if units == nil {
		units = map[string]V{}
		m[k] = units
	}
	return units
}

func add(t *tx, units map[string]int64, unit string, delta int64) {
	t.counts.set(units, unit, units[unit]+delta, 0)
}

func addBoth(t *tx, units map[string]total, unit string, value, entries int64) {
	was := units[unit]
	t.sums.set(units, unit, total{was.value + value, was.entries + entries}, total{})
}

func (t *tx) AddTotal(cell totals.Cell, month int, value, entries int64) error {
	at := figureAt{cell.Indicator, cell.Group, month}
	if t.last.units == nil || t.last.at != at {
		t.last.at, t.last.units = at, within(t.d.totals, at)
	}
	addBoth(t, t.last.units, cell.Unit, value, entries)
	return nil
}

func (t *tx) AddStep(cell totals.Cell, month, prev int, delta int64) error {
	add(t, within(t.d.steps, stepAt{figureAt{cell.Indicator, cell.Group, month}, prev}), cell.Unit, delta)
	return nil
}

func (t *tx) AddStanding(cell totals.Cell, month int, delta int64) error {
	add(t, within(t.d.standings, figureAt{cell.Indicator, cell.Group, month}), cell.Unit, delta)
	return nil
}

func (t *tx) KeyPlaces(indicator, group, key string) ([]totals.KeyPlace, error) {
	return t.d.keys[keyOf{indicator, group, key}], nil
}

func (t *tx) KeyMonths(indicator, group, key string, _ []string, up func(string) []string) (map[string]totals.MonthCounts, error) {
	return totals.MonthsOf(t.d.keys[keyOf{indicator, group, key}], up), nil
}

// AddKeyMonth keeps nothing: where a key stands is at hand.
func (*tx) AddKeyMonth(totals.Cell, string, int, int64) error { return nil }

func (t *tx) addKey(c totals.Contribution, n int64) {
	if !c.Kind().Keyed() {
		return
	}
	n *= c.Value
	at := keyOf{c.Indicator, c.Group, c.Key}
	list := slices.Clone(t.d.keys[at])
	i := slices.IndexFunc(list, func(p totals.KeyPlace) bool { return p.Unit == c.Unit && p.Month == c.Month() })
	if i < 0 {
		i, list = len(list), append(list, totals.KeyPlace{Unit: c.Unit, Month: c.Month()})
	}
	if list[i].N += n; list[i].N == 0 {
		list = slices.Delete(list, i, i+1)
	}
	put(t, t.d.keys, at, list)
}
