package engine

import (
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

// A span of days is counted from its whole months, which are kept, and from the contributions of the days before and
// after them (T13).

// spanning gathers the figures of all units of a page.
type spanning struct {
	figures
	span   totals.Period
	months totals.Period // the whole months in it
	whole  bool          // there are any
	owners func(string) []string
	out    map[string]*counted
	// keys of distinct counts on the other days, and whether they count there for a unit.
	keys map[totals.Figure]map[keyOf]bool
}

type keyOf struct{ key, unit string }

func (f figures) dayFigures(unit string, span totals.Period) (*counted, error) {
	page := f.memo.days[span.Name]
	if page == nil {
		s := &spanning{figures: f, span: span, owners: f.owners(), out: map[string]*counted{}, keys: map[totals.Figure]map[keyOf]bool{}}
		s.months, s.whole = span.Months()
		for _, code := range append([]string{f.top}, f.world.places.Children(f.top)...) {
			s.out[code] = newCounted()
		}
		if err := s.read(); err != nil {
			return nil, err
		}
		page = s.out
		f.memo.days[span.Name] = page
	}
	return page[unit], nil
}

func (s *spanning) read() error {
	if err := s.pendingOf(); err != nil {
		return err
	}
	if s.whole {
		if err := s.readMonths(); err != nil {
			return err
		}
	}
	for _, days := range s.otherDays() {
		if err := s.readDays(days[0], days[1]); err != nil {
			return err
		}
	}
	if err := s.readKeys(); err != nil {
		return err
	}
	if err := s.readSince(); err != nil {
		return err
	}
	for unit, c := range s.out {
		if err := s.addStanding(c, unit, s.span.Last); err != nil {
			return err
		}
	}
	return nil
}

// pendingOf tells what waits in the months that the span touches: it is kept by month alone.
func (s *spanning) pendingOf() error {
	list, err := s.r.MonthTotals(s.top, s.span.From, s.span.To, []string{""})
	for _, x := range list {
		if x.Entries > 0 {
			s.memo.waiting[x.Group] += x.Entries
		}
	}
	return err
}

// bySince reports whether an indicator counts in spans that hold another day too: kept by month, that day is not known.
func bySince(ind *catalogue.Indicator) bool {
	for _, src := range ind.Sources {
		if src.Since != "" {
			return true
		}
	}
	return false
}

func (s *spanning) readMonths() error {
	for unit, c := range s.out {
		list, err := s.totals(unit, s.months)
		if err != nil {
			return err
		}
		for _, x := range list {
			if ind := s.world.catalogue.Indicator(x.Indicator); ind != nil && !bySince(ind) {
				c.addTotal(x, s.months)
			}
		}
		if list, err = s.distinct(unit, s.months); err != nil {
			return err
		}
		for _, x := range list {
			c.n[totals.Figure{Indicator: x.Indicator, Group: x.Group}] = x.Value
		}
		if err := s.takeLater(c, unit, s.months, func(ind *catalogue.Indicator) bool { return !bySince(ind) }); err != nil {
			return err
		}
	}
	return nil
}

// otherDays are those of the span that lie in none of its whole months.
func (s *spanning) otherDays() (out [][2]string) {
	if !s.whole {
		return [][2]string{{s.span.First, s.span.Last}}
	}
	if first := s.months.FirstDay(); s.span.First < first {
		out = append(out, [2]string{s.span.First, totals.DayBefore(first)})
	}
	if after := totals.MonthName(s.months.To+1) + "-01"; s.span.Last >= after {
		out = append(out, [2]string{after, s.span.Last})
	}
	return out
}

// readDays reads what is counted on some days; after today only what is dated by the day on which it was done (T6).
func (s *spanning) readDays(first, last string) error {
	if first <= s.today && last > s.today {
		if err := s.readDays(first, s.today); err != nil {
			return err
		}
		first = totals.DayAfter(s.today)
	}
	return s.r.DayRows(nil, s.below(s.top), first, last, func(row DayRow) error {
		ind := s.world.catalogue.Indicator(row.Indicator)
		if ind == nil || bySince(ind) || first > s.today && datedApart(ind) {
			return nil
		}
		for _, unit := range s.owners(row.Unit) {
			switch {
			case !s.tellsPart(unit, row.Group):
			case totals.KindOf(row.Key) != totals.Distinct:
				s.out[unit].add(row.Figure, row.Key, row.Value)
			default:
				s.note(row.Figure, keyOf{row.Key, unit})
			}
		}
		return nil
	})
}

// note remembers a key of a day. It comes within the text of a whole record, which is not to be kept for it.
func (s *spanning) note(at totals.Figure, k keyOf) {
	of := s.keys[at]
	if of == nil {
		of = map[keyOf]bool{}
		s.keys[totals.Figure{Indicator: strings.Clone(at.Indicator), Group: strings.Clone(at.Group)}] = of
	}
	if !of[k] {
		of[keyOf{strings.Clone(k.key), k.unit}] = true
	}
}

// readKeys adds the keys of the other days that do not stand in the whole months as well.
func (s *spanning) readKeys() error {
	for at, counts := range s.keys {
		if s.whole {
			var keys []string
			for k := range counts {
				if k.unit == s.top { // every key has it
					keys = append(keys, k.key)
				}
			}
			last := s.months.LastDay()
			if datedApart(s.world.catalogue.Indicator(at.Indicator)) {
				last = min(last, s.today)
			}
			err := s.r.KeyRows(at, keys, s.months.FirstDay(), last, func(key, in string) error {
				for _, unit := range s.owners(in) {
					delete(counts, keyOf{key, unit})
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		for k := range counts {
			s.out[k.unit].n[at]++
		}
	}
	return nil
}

// readSince counts what must hold another day too from the contributions of the whole span.
func (s *spanning) readSince() error {
	some, err := s.some(s.span.From, s.span.To, bySince)
	if err != nil || len(some) == 0 {
		return err
	}
	apart := map[string]bool{}
	for _, at := range some {
		apart[at.Indicator] = datedApart(s.world.catalogue.Indicator(at.Indicator))
	}
	read := func(first, last string, future bool) error {
		if first > last {
			return nil
		}
		return s.r.DayRows(some, s.below(s.top), first, last, func(row DayRow) error {
			if future && apart[row.Indicator] || !sinceIn(row.Key, s.span) {
				return nil
			}
			for _, unit := range s.owners(row.Unit) {
				if s.tellsPart(unit, row.Group) {
					s.out[unit].n[row.Figure] += row.Value
				}
			}
			return nil
		})
	}
	if err := read(s.span.First, min(s.span.Last, s.today), false); err != nil {
		return err
	}
	return read(max(s.span.First, totals.DayAfter(s.today)), s.span.Last, true)
}
