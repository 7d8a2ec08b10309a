package engine

import (
	"cmp"
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// behind is what a figure counts: contributions, of what stands those that hold.
type behind struct {
	figures
	figure      totals.Figure
	unit        string
	first, last string // days; of what stands all up to the last
	span        totals.Period
	atOnce      int
	// holding, of what stands, are the contributions that hold at the end: the first of each entry and key.
	holding []Counted
	stands  bool
}

func (f figures) behind(q EntriesQuery, ind *catalogue.Indicator, span totals.Period, atOnce int) (*behind, error) {
	b := &behind{figures: f, figure: totals.Figure{Indicator: q.Indicator, Group: q.Group}, unit: q.Unit,
		first: span.FirstDay(), last: span.LastDay(), span: span, atOnce: atOnce}
	if datedApart(ind) { // T6
		b.last = min(b.last, f.today)
	}
	if ind.Measure != catalogue.MeasureStanding {
		return b, nil
	}
	b.stands, b.first, b.last = true, "", min(b.last, f.today)
	return b, b.hold()
}

// holdAtOnce is how many contributions are read at a time where all must be looked at.
const holdAtOnce = 2000

// hold finds what holds: what has begun and has not ended, entry by entry (T9).
func (b *behind) hold() error {
	type held struct{ entity, key string }
	deep, first := map[held]int64{}, map[held]Counted{}
	units := b.below(b.unit)
	for after := (Place{}); ; {
		rows, err := b.r.Counted(b.figure.Indicator, b.figure.Group, units, b.first, b.last, after, holdAtOnce)
		if err != nil {
			return err
		}
		for _, c := range rows {
			at := held{c.Entity, c.Key}
			if _, known := first[at]; !known && c.Value > 0 {
				first[at] = c
			}
			deep[at] += c.Value
			after = placeOf(c)
		}
		if len(rows) < holdAtOnce {
			break
		}
	}
	for at, n := range deep {
		if n > 0 {
			b.holding = append(b.holding, first[at])
		}
	}
	slices.SortFunc(b.holding, func(x, y Counted) int { return b.compare(placeOf(x), placeOf(y), units) })
	return nil
}

func (b *behind) compare(x, y Place, units []string) int {
	return cmp.Or(cmp.Compare(slices.Index(units, x.Unit), slices.Index(units, y.Unit)),
		cmp.Compare(x.Day, y.Day), cmp.Compare(x.Entity, y.Entity), cmp.Compare(x.Key, y.Key))
}

// walk goes through it with its records, from a place on until f has enough; ended is true where all was walked through.
func (b *behind) walk(units []string, after Place, f func(Counted, *record.Record) (bool, error)) (ended bool, err error) {
	for {
		rows, more, err := b.page(units, after)
		if err != nil {
			return false, err
		}
		for _, c := range rows {
			after = placeOf(c)
			if !sinceIn(c.Key, b.span) {
				continue
			}
			rec, err := b.r.Record(c.Entity)
			if err != nil {
				return false, err
			}
			if rec == nil {
				continue
			}
			if goOn, err := f(c, rec); err != nil || !goOn {
				return false, err
			}
		}
		if !more {
			return true, nil
		}
	}
}

func (b *behind) page(units []string, after Place) (rows []Counted, more bool, err error) {
	if !b.stands {
		rows, err = b.r.Counted(b.figure.Indicator, b.figure.Group, units, b.first, b.last, after, b.atOnce)
		return rows, len(rows) == b.atOnce, err
	}
	for _, c := range b.holding {
		if slices.Contains(units, c.Unit) && (after.Unit == "" || b.compare(placeOf(c), after, units) > 0) {
			rows = append(rows, c)
		}
	}
	return rows, false, nil
}

// count is how many contributions there are, whoever may see them.
func (b *behind) count() (int64, error) {
	if b.stands {
		return int64(len(b.holding)), nil
	}
	return b.r.CountedRows(b.figure.Indicator, b.figure.Group, b.below(b.unit), b.first, b.last, b.span.LastDay())
}
