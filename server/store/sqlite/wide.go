package sqlite

import (
	"cmp"
	"maps"
	"slices"

	"niangjia/sync/totals"
)

// Where a key of a distinct count stands is found in its contributions, unless they are many: of such a key it is kept
// for every unit and month (docs/decisions/0040-keys-that-stand-everywhere.md).

// wideFrom is from how many contributions on a key is wide. Tests make it small.
var wideFrom = 100

// narrow is a key as the writer holds it, found in its contributions.
type narrow struct {
	places []totals.KeyPlace
	rows   int // contributions
}

// wideKey is a wide key as the writer holds it.
type wideKey struct {
	months map[string]totals.MonthCounts // by unit
	whole  bool                          // of all units: what it lacks is nought, and not unknown
}

// wideAt is a place in wide_months.
type wideAt struct {
	keyAt
	unit  string
	month int
}

func (a wideAt) compare(b wideAt) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.indicator, b.indicator), cmp.Compare(a.group, b.group),
		cmp.Compare(a.unit, b.unit), cmp.Compare(a.month, b.month))
}

func (t *tx) KeyMonths(indicator, group, key string, units []string, up func(string) []string) (map[string]totals.MonthCounts, error) {
	at := keyAt{indicator, group, key}
	w, err := t.wide(at)
	if err != nil {
		return nil, err
	}
	if w == nil {
		k, err := t.narrow(at)
		if err != nil {
			return nil, err
		}
		all := totals.MonthsOf(k.places, up)
		if k.rows <= wideFrom {
			return all, nil
		}
		if w, err = t.widen(at, all); err != nil {
			return nil, err
		}
	}
	out := make(map[string]totals.MonthCounts, len(units))
	for _, unit := range units {
		months, err := t.monthsAt(at, w, unit)
		if err != nil {
			return nil, err
		}
		out[unit] = maps.Clone(months)
	}
	return out, nil
}

func (t *tx) AddKeyMonth(cell totals.Cell, key string, month int, delta int64) error {
	at := keyAt{cell.Indicator, cell.Group, key}
	w, err := t.wide(at)
	if err != nil || w == nil {
		return err
	}
	months, err := t.monthsAt(at, w, cell.Unit)
	if err != nil {
		return err
	}
	if months[month] += delta; months[month] == 0 {
		delete(months, month)
	}
	t.months[wideAt{at, cell.Unit, month}] += delta
	return nil
}

// wide gives a key that is wide, nil where it is not.
func (t *tx) wide(at keyAt) (*wideKey, error) {
	if t.hold.wide == nil {
		t.hold.wide = map[keyAt]*wideKey{}
		err := t.read.each("SELECT indicator, grp, key FROM wide_keys", nil, func(scan func(...any) error) error {
			var at keyAt
			err := scan(&at.indicator, &at.group, &at.key)
			t.hold.wide[at] = &wideKey{months: map[string]totals.MonthCounts{}}
			return err
		})
		if err != nil {
			t.hold.wide = nil
			return nil, err
		}
	}
	return t.hold.wide[at], nil
}

// monthsAt gives what is held of a wide key at a unit, to be changed in place.
func (t *tx) monthsAt(at keyAt, w *wideKey, unit string) (totals.MonthCounts, error) {
	months, known := w.months[unit]
	if known {
		return months, nil
	}
	months = totals.MonthCounts{}
	w.months[unit] = months
	t.hold.wideUnits++
	if w.whole {
		return months, nil
	}
	return months, t.read.each("SELECT month, n FROM wide_months WHERE key = ? AND indicator = ? AND grp = ? AND unit = ? AND n <> 0",
		[]any{at.key, at.indicator, at.group, unit}, func(scan func(...any) error) error {
			var month int
			var n int64
			err := scan(&month, &n)
			months[month] = n
			return err
		})
}

// widen keeps a key for every unit and month from now on.
func (t *tx) widen(at keyAt, all map[string]totals.MonthCounts) (*wideKey, error) {
	w := &wideKey{months: all, whole: true}
	t.hold.wide[at] = w
	t.hold.wideUnits += len(all)
	delete(t.hold.keys, at)
	if err := t.pipe.put("INSERT INTO wide_keys (key, indicator, grp) VALUES (?, ?, ?)", at.key, at.indicator, at.group); err != nil {
		return nil, err
	}
	for _, unit := range slices.Sorted(maps.Keys(all)) {
		months := all[unit]
		for _, month := range slices.Sorted(maps.Keys(months)) {
			if months[month] == 0 {
				delete(months, month)
				continue
			}
			if err := t.pipe.put("INSERT INTO wide_months (key, indicator, grp, unit, month, n) VALUES (?, ?, ?, ?, ?, ?)",
				at.key, at.indicator, at.group, unit, month, months[month]); err != nil {
				return nil, err
			}
		}
	}
	return w, nil
}

// flushMonths hands over what was added to wide keys.
func (t *tx) flushMonths() error {
	for _, at := range slices.SortedFunc(maps.Keys(t.months), wideAt.compare) {
		delta := t.months[at]
		if delta == 0 {
			continue
		}
		err := t.pipe.put(`INSERT INTO wide_months (key, indicator, grp, unit, month, n) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET n = n + excluded.n`, at.key, at.indicator, at.group, at.unit, at.month, delta)
		if err != nil {
			return err
		}
	}
	clear(t.months)
	return nil
}

// narrowAll empties what is kept of wide keys: units have moved.
func (t *tx) narrowAll() error {
	t.hold.wide, t.hold.wideUnits = map[keyAt]*wideKey{}, 0
	clear(t.months)
	if err := t.pipe.put("DELETE FROM wide_months"); err != nil {
		return err
	}
	return t.pipe.put("DELETE FROM wide_keys")
}

func (t *tx) KeyPlaces(indicator, group, key string) ([]totals.KeyPlace, error) {
	at := keyAt{indicator, group, key}
	w, err := t.wide(at)
	if err != nil {
		return nil, err
	}
	if w == nil {
		k, err := t.narrow(at)
		return k.places, err
	}
	r, err := t.written() // what was added to it since the last commit is nowhere else
	if err != nil {
		return nil, err
	}
	k, err := keyPlaces(r.c, at)
	return k.places, err
}

// narrow gives where a key stands that is not wide.
func (t *tx) narrow(at keyAt) (narrow, error) {
	if k, known := t.hold.keys[at]; known {
		return k, nil
	}
	c := t.read
	if t.hold.apart { // it may have been wide, of which what is not committed is not held
		r, err := t.written()
		if err != nil {
			return narrow{}, err
		}
		c = r.c
	}
	k, err := keyPlaces(c, at)
	if err == nil {
		t.hold.keys[at] = k
	}
	return k, err
}

// keyPlaces names its index: left to itself SQLite takes the primary key, which has all contributions of the indicator.
func keyPlaces(c *conn, at keyAt) (k narrow, err error) {
	err = c.each(`SELECT unit, substr(day, 1, 7), sum(value), count(*) FROM contributions INDEXED BY contributions_by_key
		WHERE key = ? AND key <> '' AND indicator = ? AND grp = ? GROUP BY 1, 2`, []any{at.key, at.indicator, at.group}, func(scan func(...any) error) error {
		var p totals.KeyPlace
		var month string
		var rows int
		err := scan(&p.Unit, &month, &p.N, &rows)
		p.Month = totals.MonthOf(month)
		k.places, k.rows = append(k.places, p), k.rows+rows
		return err
	})
	return k, err
}

// note notes a contribution that is written or taken out.
func (t *tx) note(x totals.Contribution, rows int) error {
	if !x.Kind().Keyed() {
		return nil
	}
	at := keyAt{x.Indicator, x.Group, x.Key}
	if w, err := t.wide(at); err != nil || w != nil {
		return err
	}
	k, err := t.narrow(at)
	if err != nil {
		return err
	}
	n := int64(rows) * x.Value
	i := slices.IndexFunc(k.places, func(p totals.KeyPlace) bool { return p.Unit == x.Unit && p.Month == x.Month() })
	k.places = slices.Clone(k.places) // others may read the old one
	if i < 0 {
		k.places = append(k.places, totals.KeyPlace{Unit: x.Unit, Month: x.Month(), N: n})
	} else if k.places[i].N += n; k.places[i].N == 0 {
		k.places = slices.Delete(k.places, i, i+1)
	}
	k.rows += rows
	t.hold.keys[at] = k
	return nil
}

func (r reader) WideMonths(f func(totals.Cell, string, int, int64) error) error {
	return r.c.each(`SELECT key, indicator, grp, unit, month, n FROM wide_months`, nil, func(scan func(...any) error) error {
		var c totals.Cell
		var key string
		var month int
		var n int64
		if err := scan(&key, &c.Indicator, &c.Group, &c.Unit, &month, &n); err != nil {
			return err
		}
		return f(c, key, month, n)
	})
}

func (t *tx) WideMonths(f func(totals.Cell, string, int, int64) error) error {
	return t.walk(func(r reader) error { return r.WideMonths(f) })
}
