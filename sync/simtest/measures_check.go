package simtest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// What is held after each round of Measures: every figure is the plain count of measures_hand.go, a page says what the table
// says, a store finds the same rows in whichever way it is asked, and a figure opens to what it is made of.

type spanOf struct{ name, first, last string }

// spans are all months, quarters, half-years and years, and some spans of days.
func (m *measuring) spans(days int) (out []spanOf) {
	last := func(y, month int) string {
		return time.Date(y, time.Month(month+1), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	add := func(name string, y, from, to int) {
		out = append(out, spanOf{name, fmt.Sprintf("%d-%02d-01", y, from), last(y, to)})
	}
	for y := 2025; y <= 2027; y++ {
		add(fmt.Sprint(y), y, 1, 12)
		for h := range 2 {
			add(fmt.Sprintf("%dH%d", y, h+1), y, h*6+1, h*6+6)
		}
		for q := range 4 {
			add(fmt.Sprintf("%dQ%d", y, q+1), y, q*3+1, q*3+3)
		}
		for month := 1; month <= 12; month++ {
			if y != 2026 && m.rand.IntN(3) > 0 {
				continue
			}
			add(fmt.Sprintf("%d-%02d", y, month), y, month, month)
		}
	}
	add("2026-02--2026-04", 2026, 2, 4)
	between := func(a, b string) { out = append(out, spanOf{min(a, b) + "--" + max(a, b), min(a, b), max(a, b)}) }
	between("2025-12-01", "2026-02-28") // whole months of two years
	between("2026-03-01", "2026-04-30") // of one
	between("2026-10-31", "2026-11-22")
	between("2026-11-22", "2026-11-22")
	between("2026-01-15", "2026-12-20") // not over
	for range days {
		between(m.day(), m.day())
	}
	return out
}

func (m *measuring) check(days int) {
	m.Helper()
	actor, err := m.Engine.Actor(context.Background(), "city")
	m.Do(err)
	places := m.Engine.Places()
	var all []countsAs
	for _, id := range m.entries {
		if rec := m.Record(id); rec.Counts() {
			d, _ := places.Get(rec.Unit)
			all = append(all, countsAs{rec.Unit, rec.ID, d.Level, rec.Approved})
		}
	}
	for _, span := range m.spans(days) {
		if m.rand.IntN(5) > 0 {
			continue
		}
		for _, unit := range []string{City, County, Town, OtherTown} {
			table, err := m.Engine.Totals(context.Background(), actor, unit, span.name)
			m.Do(err)
			page, err := m.Engine.Page(context.Background(), actor, unit, span.name)
			m.Do(err)
			m.samePage(table, page)
			for _, row := range table.Rows {
				in := slices.DeleteFunc(slices.Clone(all), func(c countsAs) bool { return !places.Within(c.unit, row.Division.Code) })
				var villages int64
				for _, d := range places.All() {
					if d.Level == record.Village && places.Within(d.Code, row.Division.Code) {
						villages++
					}
				}
				m.compare(span, row, m.byHand(in, span, villages))
			}
		}
		m.opened(actor, span)
	}
}

// rows holds that what is counted on some days is the same whether all figures are asked for, or many, or each by itself.
func (m *measuring) rows() {
	m.Helper()
	units := slices.Sorted(maps.Keys(authors))
	m.Do(m.Store.View(context.Background(), func(r engine.Reader) error {
		type sum struct{ value, entries int64 }
		added := func(walk func(func(engine.DayRow) error) error) map[engine.DayRow]sum {
			out := map[engine.DayRow]sum{}
			m.Do(walk(func(row engine.DayRow) error {
				at := engine.DayRow{Figure: row.Figure, Unit: row.Unit, Key: row.Key}
				out[at] = sum{out[at].value + row.Value, out[at].entries + row.Entries}
				return nil
			}))
			return out
		}
		read := func(figures []totals.Figure, units []string, last string) map[engine.DayRow]sum {
			return added(func(f func(engine.DayRow) error) error { return r.DayRows(figures, units, "2026-03-05", last, f) })
		}
		for _, last := range []string{"2026-03-05", "2026-05-06", "2027-12-31"} { // a store may look for few days in another way
			all := read(nil, units, last)
			var figures []totals.Figure
			each := map[engine.DayRow]sum{}
			for row := range all {
				if !slices.Contains(figures, row.Figure) {
					figures = append(figures, row.Figure)
					maps.Copy(each, read([]totals.Figure{row.Figure}, units, last))
				}
			}
			counted := len(figures)
			for n := range 100 { // that have nothing: a store may look for many in another way
				figures = append(figures, totals.Figure{Indicator: "nothing", Group: fmt.Sprint(n)})
			}
			many := read(figures, units, last)
			later := added(func(f func(engine.DayRow) error) error { return r.LaterRows(units, "2026-03-05", last, f) })
			if last != "2026-03-05" && counted < 30 || !maps.Equal(all, many) || !maps.Equal(all, each) || !maps.Equal(all, later) {
				m.Errorf("up to %s %d rows of %d figures, asked for together %d, one by one %d, as those of days to come %d", last, len(all), counted, len(many), len(each), len(later))
			}
			for row := range each {
				if one := read(nil, []string{row.Unit}, last); one[row] != all[row] {
					m.Errorf("%+v of %s alone up to %s: %v, of all %v", row, row.Unit, last, one[row], all[row])
				}
			}
		}
		return nil
	}))
}

// samePage holds that a page is the table without the parts of the units below.
func (m *measuring) samePage(table, page *engine.TotalsTable) {
	m.Helper()
	want := slices.Clone(table.Rows)
	for i := range want[1:] {
		row := &want[i+1]
		row.Values = slices.DeleteFunc(slices.Clone(row.Values), func(v totals.Reading) bool { return v.Group != "" })
	}
	if !reflect.DeepEqual(page.Rows, want) || !reflect.DeepEqual(page.Pending, table.Pending) {
		m.Errorf("the page of %s %s is another than the table", table.Unit, table.Period.Name)
	}
}

func (m *measuring) compare(span spanOf, row engine.TotalsRow, want map[string]readingOf) {
	m.Helper()
	got := map[string]readingOf{}
	for _, v := range row.Values {
		r := readingOf{none: v.Value == nil}
		if v.Value != nil {
			r.value = *v.Value
		}
		if v.Numerator != nil {
			r.quotient, r.num, r.den = true, *v.Numerator, *v.Denominator
		}
		if v.Withheld {
			m.Fatalf("%s of %s is withheld", v.Indicator, row.Division.Name)
		}
		got[v.Indicator+" "+v.Group] = r
	}
	for _, at := range slices.Sorted(maps.Keys(want)) {
		if g := got[at]; g != want[at] {
			m.Errorf("%s %s, %s: %+v, by hand %+v", row.Division.Name, span.name, at, g, want[at])
		}
		if id, group, _ := strings.Cut(at, " "); want[at].value != 0 {
			if group != "" {
				id += " in part"
			}
			m.seen[id]++
		}
		delete(got, at)
	}
	for at, g := range got {
		if !g.none && g.value != 0 || g.num != 0 {
			m.Errorf("%s %s, %s: %+v, by hand nothing", row.Division.Name, span.name, at, g)
		}
	}
	if m.Failed() {
		m.FailNow()
	}
}

// opened holds that a figure opens to what it is made of.
func (m *measuring) opened(actor record.Actor, span spanOf) {
	m.Helper()
	unit := []string{City, County, Town, Far}[m.rand.IntN(4)]
	table, err := m.Engine.Totals(context.Background(), actor, unit, span.name)
	m.Do(err)
	for _, v := range table.Rows[0].Values {
		ind := m.Engine.Catalogue().Indicator(v.Indicator)
		if ind.Quotient() || m.rand.IntN(8) > 0 {
			continue
		}
		var sum int64
		keys, values := map[string]bool{}, []int64{}
		q := engine.EntriesQuery{Unit: unit, Period: span.name, Indicator: v.Indicator, Group: v.Group, Limit: 3}
		for {
			page, err := m.Engine.TotalEntries(context.Background(), actor, q)
			m.Do(err)
			if page.Hidden != 0 {
				m.Errorf("%s %s: %d are hidden", v.Indicator, span.name, page.Hidden)
			}
			for _, e := range page.List {
				sum += e.Value
				keys[e.Key] = true
				if ind.Measure == catalogue.MeasureMedian {
					values = append(values, e.Adds())
				}
			}
			if q.After = page.Next; page.Next == (engine.Page{}) {
				break
			}
		}
		switch ind.Measure {
		case catalogue.MeasureDistinct, catalogue.MeasureStanding:
			sum = int64(len(keys))
		case catalogue.MeasureMedian:
			if len(values) > 0 {
				sum = medianOf(values, pow10(ind))
			}
		}
		if v.Value != nil && *v.Value != sum || v.Value == nil && sum != 0 {
			m.Errorf("%s %q of %s in %s is %v and opens to %d", v.Indicator, v.Group, unit, span.name, *v.Value, sum)
		}
	}
}
