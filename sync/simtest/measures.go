package simtest

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
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
