package simtest

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

//go:embed measures
var measures embed.FS

// measured reads the catalogue of all measures, with another text in the place of some.
func measured(t testing.TB, replace ...string) *catalogue.Catalogue {
	t.Helper()
	changed := fstest.MapFS{}
	err := fs.WalkDir(measures, "measures", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := measures.ReadFile(path)
		changed[strings.TrimPrefix(path, "measures/")] = &fstest.MapFile{Data: []byte(strings.NewReplacer(replace...).Replace(string(raw)))}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.Parse(changed)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

// Measures holds every measure to a plain count over the entries (T3, T5, T6, T9, T10, T11, T12, T13): entries of all levels are
// recorded, approved, amended and voided, units are put under others, definitions change; each time every figure of
// every unit is what counting by hand gives, for months, quarters, half-years, years and spans of days.
func Measures(t *testing.T, open func(t *testing.T) engine.Store, seeds ...uint64) {
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			m := &measuring{People: Settle(t, open(t)), rand: rand.New(rand.NewPCG(seed, seed)), seen: map[string]int{}}
			m.reopen()
			for unit, author := range authors {
				m.Seat(author, record.Volunteer, unit)
			}
			m.register()
			for round := range 2 {
				m.play(30)
				switch round {
				case 0:
					m.move()
				case 1:
					// What is counted by other definitions is taken out as it was put in.
					m.reopen(`"date": "begins", "until": "ends", "key": "who"`, `"date": "begins", "key": "who"`,
						`"value": {"days": ["begins", "ends"]}}], "groups": ["kind", "tags"`, `"value": {"field": "number"}}], "groups": ["kind", "tags"`,
						`, "since": "begins"`, ``)
					m.forever, m.byNumber, m.noSince = true, true, true
					m.check(2)
					m.reopen()
					m.forever, m.byNumber, m.noSince = false, false, false
				}
				m.check(8)
			}
			m.Verified()
			m.rows()
			for _, ind := range m.Engine.Catalogue().Indicators {
				if m.seen[ind.ID] < 5 || len(ind.Groups) > 0 && m.seen[ind.ID+" in part"] < 5 {
					t.Errorf("%s was counted %d times, in part %d: these say nothing", ind.ID, m.seen[ind.ID], m.seen[ind.ID+" in part"])
				}
			}
		})
	}
}

const otherCounty = "530922000000"

var (
	authors   = map[string]string{Village: "li", Next: "he", Far: "yang", Town: "tv", County: "cv", City: "yv"}
	reviewers = map[string]string{Village: "town", Next: "town", Far: "town2", Town: "county", County: "city", City: "city2"}
)

type measuring struct {
	*People
	rand    *rand.Rand
	entries []string
	seen    map[string]int // how often an indicator was not nought, whole and in part
	// How the definitions in force differ.
	forever, byNumber, noSince bool
}

func (m *measuring) reopen(replace ...string) {
	m.Helper()
	var err error
	m.Engine, err = engine.Open(context.Background(), m.Store, measured(m.TB, replace...),
		engine.Options{Now: func() record.Instant { return m.Now }, NewID: m.ID, Recount: engine.Pieces{AtOnce: -1, Entries: 5}})
	m.Do(err)
	m.phones = map[string]*phone.Phone{}
	if len(m.entries) > 0 { // T15: what every measure counted is made of both definitions now, and entries are approved meanwhile
		for range 3 {
			m.piece()
		}
		m.play(5)
		m.Verified()
	}
	m.toEnd()
}

// What entries of a unit name: so many of its households and persons, "a" and "b".
const registered, homes, persons = 4, "a", "b"

func idOf(of, unit string, n int) string { return fmt.Sprintf("%019d%s%s", n, of, unit) }

func (m *measuring) register() {
	m.Helper()
	for _, unit := range slices.Sorted(maps.Keys(authors)) {
		for n := range registered {
			m.Do(m.Phone(authors[unit]).Create(m.Now, phone.Draft{Type: record.Household, Entity: idOf(homes, unit, n), Unit: unit,
				Fields: record.Content{"head": record.Text("王甲")}}))
			m.Do(m.Phone(authors[unit]).Create(m.Now, phone.Draft{Type: record.Person, Entity: idOf(persons, unit, n), Unit: unit,
				Fields: record.Content{"name": record.Text("李乙")}}))
		}
		m.send(authors[unit])
	}
}

// move puts the township that has most under a county of its own.
func (m *measuring) move() {
	list := append(slices.Clone(divisions), record.Division{Code: otherCounty, Name: "邻县", Level: record.County, Parent: City})
	for i := range list {
		if list[i].Code == Town {
			list[i].Parent = otherCounty
		}
	}
	m.Do(m.Engine.SetDivisions(context.Background(), list))
	m.Seat("county", record.Reviewer, otherCounty) // who decides on the township's own
}

var firstDay = time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)

// allDays reach from 2025-09-01 to the end of January 2027.
const allDays = 518

func (m *measuring) day() string {
	return firstDay.AddDate(0, 0, m.rand.IntN(allDays)).Format(time.DateOnly)
}

func (m *measuring) content(unit string) record.Content {
	c := record.Content{"occurred_on": record.Text(m.day())}
	some := func(key string, v func() record.Value) {
		if m.rand.IntN(5) > 0 {
			c[key] = v()
		}
	}
	id := func(of string) string { return idOf(of, unit, m.rand.IntN(registered)) }
	some("begins", func() record.Value { return record.Text(m.day()) })
	some("ends", func() record.Value {
		if begins := c["begins"].String(); begins != "" && m.rand.IntN(3) > 0 { // some are short
			d, err := time.Parse(time.DateOnly, begins)
			m.Do(err)
			return record.Text(d.AddDate(0, 0, m.rand.IntN(90)).Format(time.DateOnly))
		}
		return record.Text(m.day())
	})
	some("kind", func() record.Value { return record.Text([]string{"a", "b", "c"}[m.rand.IntN(3)]) })
	some("tags", func() record.Value { return record.Set([][]string{{"x"}, {"y"}, {"x", "y"}}[m.rand.IntN(3)]) })
	some("household", func() record.Value { return record.Text(id(homes)) })
	some("who", func() record.Value {
		ids := []string{id(persons), id(persons)}
		slices.Sort(ids)
		return record.PeopleValue(record.People{Persons: slices.Compact(ids), Unnamed: int64(m.rand.IntN(4))})
	})
	some("amount", func() record.Value { return record.Int(int64(m.rand.IntN(100000))) })
	some("number", func() record.Value { return record.Int(int64(m.rand.IntN(21) - 10)) })
	some("outlet", func() record.Value {
		return record.Text([]string{"日报", " 日报 ", "@晚报", "电视"}[m.rand.IntN(4)])
	})
	return c
}

// play records some entries, approves most, and amends and voids some of all.
func (m *measuring) play(n int) {
	m.Helper()
	units := slices.Sorted(maps.Keys(authors))
	for range n {
		unit := units[m.rand.IntN(len(units))]
		id := m.ID()
		m.Do(m.Phone(authors[unit]).Create(m.Now, phone.Draft{Type: record.Entry, Entity: id, Unit: unit, Form: "bond", Fields: m.content(unit), Submit: true}))
		m.entries = append(m.entries, id)
	}
	m.decide()
	for _, id := range m.entries {
		rec := m.Record(id)
		switch what := m.rand.IntN(10); {
		case !rec.Counts():
		case what < 3:
			fields := m.content(rec.Unit)
			for _, key := range []string{"begins", "ends", "kind", "household"} {
				if fields[key] == "" {
					fields[key] = "" // taken out
				}
			}
			m.Edit(authors[rec.Unit], id, fields)
		case what == 3:
			m.Do(m.Phone(reviewers[rec.Unit]).Transition(m.Now, id, review.Void, &change.Reason{Text: "记错了"}))
		}
	}
	m.decide()
}

// send sends what is on a phone; all of it takes effect.
func (m *measuring) send(account string) {
	m.Helper()
	for _, o := range m.Sync(account) {
		if o.Outcome != change.Applied {
			m.Fatalf("%s: %+v", account, o)
		}
	}
}

// decide sends what is on the phones and approves most of what waits.
func (m *measuring) decide() {
	m.Helper()
	for _, author := range slices.Sorted(maps.Values(authors)) {
		m.send(author)
	}
	for _, reviewer := range []string{"town", "town2", "county", "city", "city2"} {
		m.send(reviewer)
		for _, id := range m.entries {
			rec := m.Record(id)
			if rec != nil && reviewers[rec.Unit] == reviewer && engine.Waits(rec.State) && m.rand.IntN(6) > 0 {
				m.Decide(reviewer, id, review.Approve, "")
			}
		}
		m.send(reviewer)
	}
	for _, author := range slices.Sorted(maps.Values(authors)) {
		m.send(author)
	}
}

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
