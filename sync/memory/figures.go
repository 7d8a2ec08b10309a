package memory

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

func (r reader) AllContributions(f func(engine.Counted) error) error {
	for _, id := range sortedKeys(r.d.contributions) {
		for _, c := range r.d.contributions[id] {
			if err := f(engine.Counted{Entity: id, Contribution: c}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r reader) counted(indicator, group string, units []string, from, to string) []engine.Counted {
	var out []engine.Counted
	_ = r.AllContributions(func(c engine.Counted) error {
		if c.Indicator == indicator && c.Group == group && slices.Contains(units, c.Unit) && c.Day >= from && c.Day <= to {
			out = append(out, c)
		}
		return nil
	})
	return out
}

func (r reader) Counted(indicator, group string, units []string, from, to string, after engine.Place, limit int) ([]engine.Counted, error) {
	order := func(unit, day, entity, key string) string {
		return strings.Join([]string{string(rune('0' + slices.Index(units, unit))), day, entity, key}, "\x00")
	}
	all := r.counted(indicator, group, units, from, to)
	sort.Slice(all, func(i, j int) bool {
		a, b := all[i], all[j]
		return order(a.Unit, a.Day, a.Entity, a.Key) < order(b.Unit, b.Day, b.Entity, b.Key)
	})
	var out []engine.Counted
	for _, c := range all {
		if after.Unit != "" && order(c.Unit, c.Day, c.Entity, c.Key) <= order(after.Unit, after.Day, after.Entity, after.Key) {
			continue
		}
		if len(out) == limit {
			break
		}
		out = append(out, c)
	}
	return out, nil
}

func (r reader) CountedRows(indicator, group string, units []string, from, to, sinceTo string) (n int64, err error) {
	for _, c := range r.counted(indicator, group, units, from, to) {
		if since := totals.SinceDay(c.Key); c.Kind() != totals.Since || from <= since && since <= sinceTo {
			n++
		}
	}
	return n, nil
}

func (r reader) DayRows(figures []totals.Figure, units []string, from, to string, f func(engine.DayRow) error) error {
	sum := map[engine.DayRow]total{} // by all but what is added up
	err := r.AllContributions(func(c engine.Counted) error {
		at := engine.DayRow{Figure: totals.Figure{Indicator: c.Indicator, Group: c.Group}, Unit: c.Unit, Key: c.Key}
		if c.Day >= from && c.Day <= to && c.Kind() != totals.Standing && slices.Contains(units, c.Unit) &&
			(len(figures) == 0 || slices.Contains(figures, at.Figure)) {
			sum[at] = total{sum[at].value + c.Value, sum[at].entries + 1}
		}
		return nil
	})
	for at, n := range sum {
		at.Value, at.Entries = n.value, n.entries
		if err == nil {
			err = f(at)
		}
	}
	return err
}

func (r reader) LaterRows(units []string, from, to string, f func(engine.DayRow) error) error {
	return r.DayRows(nil, units, from, to, f)
}

func (r reader) KeyRows(figure totals.Figure, keys []string, from, to string, f func(key, unit string) error) error {
	return r.AllContributions(func(c engine.Counted) error {
		if c.Indicator == figure.Indicator && c.Group == figure.Group && slices.Contains(keys, c.Key) && c.Day >= from && c.Day <= to {
			return f(c.Key, c.Unit)
		}
		return nil
	})
}

func (r reader) StandingRows(from, to string, f func(totals.Contribution) error) error {
	byKey := map[keyOf][]totals.Contribution{}
	turning := map[keyOf]bool{}
	_ = r.AllContributions(func(c engine.Counted) error {
		at := keyOf{c.Indicator, c.Group, c.Key}
		if c.Kind() == totals.Standing && c.Day <= to {
			byKey[at] = append(byKey[at], c.Contribution)
			turning[at] = turning[at] || c.Day >= from
		}
		return nil
	})
	for at, list := range byKey {
		for _, c := range list {
			if !turning[at] {
				continue
			}
			if err := f(c); err != nil {
				return err
			}
		}
	}
	return nil
}

func figures(sum map[totals.Cell]total) []engine.Figure {
	out := make([]engine.Figure, 0, len(sum))
	for c, n := range sum {
		out = append(out, engine.Figure{Cell: c, Value: n.value, Entries: n.entries})
	}
	slices.SortFunc(out, func(a, b engine.Figure) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Group, b.Group))
	})
	return out
}

func (r reader) Totals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	sum := map[totals.Cell]total{}
	for at, units := range r.d.totals {
		if at.month < from || at.month > to || !named(of, at.indicator) {
			continue
		}
		if n, there := units[unit]; there {
			cell := at.cell(unit)
			sum[cell] = total{sum[cell].value + n.value, sum[cell].entries + n.entries}
		}
	}
	return figures(sum), nil
}

// named reports whether an indicator is among those that are asked for: of none named, all are.
func named(of []string, indicator string) bool { return len(of) == 0 || slices.Contains(of, indicator) }

func (r reader) DistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	sum := map[totals.Cell]total{}
	for at, units := range r.d.steps {
		if at.month < from || at.month > to || at.prev >= from || !named(of, at.indicator) {
			continue
		}
		if n, there := units[unit]; there {
			cell := at.cell(unit)
			sum[cell] = total{value: sum[cell].value + n}
		}
	}
	return figures(sum), nil
}

func (r reader) WholeTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	list, err := r.Totals(unit, from, to, of...)
	return wholes(list), err
}

func (r reader) WholeDistinctTotals(unit string, from, to int, of ...string) ([]engine.Figure, error) {
	list, err := r.DistinctTotals(unit, from, to, of...)
	return wholes(list), err
}

func wholes(list []engine.Figure) []engine.Figure {
	return slices.DeleteFunc(list, func(f engine.Figure) bool {
		group, _ := totals.GroupOf(f.Group)
		return group != ""
	})
}

func (r reader) MonthTotals(unit string, from, to int, indicators []string) (out []engine.MonthTotal, err error) {
	for at, units := range r.d.totals {
		if n, there := units[unit]; there && at.month >= from && at.month <= to && slices.Contains(indicators, at.indicator) {
			out = append(out, engine.MonthTotal{Figure: totals.Figure{Indicator: at.indicator, Group: at.group}, Month: at.month, Value: n.value, Entries: n.entries})
		}
	}
	return out, nil
}

func (r reader) MonthSteps(unit string, from, to int, indicators []string) (out []engine.MonthStep, err error) {
	for at, units := range r.d.steps {
		if n, there := units[unit]; there && at.month >= from && at.month <= to && slices.Contains(indicators, at.indicator) {
			out = append(out, engine.MonthStep{Figure: totals.Figure{Indicator: at.indicator, Group: at.group}, Month: at.month, Prev: at.prev, N: n})
		}
	}
	return out, nil
}

func (r reader) Standing(unit string, month int) ([]engine.Figure, error) {
	sum := map[totals.Cell]total{}
	for at, units := range r.d.standings {
		if n, there := units[unit]; there && at.month <= month {
			cell := at.cell(unit)
			sum[cell] = total{value: sum[cell].value + n}
		}
	}
	return figures(sum), nil
}

func (r reader) WholeStanding(unit string, month int, of ...string) ([]engine.Figure, error) {
	list, err := r.Standing(unit, month)
	return slices.DeleteFunc(wholes(list), func(f engine.Figure) bool { return !named(of, f.Indicator) }), err
}

func (r reader) AllTotals(f func(totals.Cell, int, int64, int64) error) error {
	for at, units := range r.d.totals {
		for unit, n := range units {
			if err := f(at.cell(unit), at.month, n.value, n.entries); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r reader) AllSteps(f func(totals.Cell, int, int, int64) error) error {
	for at, units := range r.d.steps {
		for unit, n := range units {
			if err := f(at.cell(unit), at.month, at.prev, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r reader) AllStandings(f func(totals.Cell, int, int64) error) error {
	for at, units := range r.d.standings {
		for unit, n := range units {
			if err := f(at.cell(unit), at.month, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// WideMonths has none: no key is kept twice.
func (reader) WideMonths(func(totals.Cell, string, int, int64) error) error { return nil }
