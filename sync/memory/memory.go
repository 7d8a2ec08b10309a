// Package memory is a Store that lives as long as the process: simulations and
// tests run on it, and verify replays the ledger into it, so that a fault of a
// database cannot hide itself.
package memory

import (
	"context"
	"maps"
	"slices"
	"sort"
	"sync"

	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Store holds everything in maps. mu guards all of it: one writer, or readers.
type Store struct {
	mu     sync.RWMutex
	d      data
	sums   undoes[total]
	counts undoes[int64]
	feeds  undoes[engine.Feed]
}

type number struct {
	epoch string
	n     int64
}

type about struct{ form, household string }

type versionOf struct{ id, version string }

type inFeed struct{ feed, entity string }

type place struct {
	seq    int64
	entity string
}

type feedRow struct {
	seq  int64
	typ  record.Type
	view engine.View
}

// figureAt is a figure in a month. Every change of one is one of all the units above each other: what is kept of it lies
// together, by unit, and is found once.
type figureAt struct {
	indicator, group string
	month            int
}

func (f figureAt) cell(unit string) totals.Cell {
	return totals.Cell{Indicator: f.indicator, Group: f.group, Unit: unit}
}

type total struct{ value, entries int64 }

type stepAt struct {
	figureAt
	prev int
}

type dayAt struct{ day, indicator string }

type keyOf struct{ indicator, group, key string }

type data struct {
	meta          map[string]string
	divisions     []record.Division
	campaigns     map[string]engine.CampaignRow
	actors        map[string]record.Actor
	logs          map[string]engine.Log
	ledger        []engine.Line
	byNumber      map[number]int
	byEntity      map[string][]int
	records       map[string]*record.Record
	counting      map[about][]string // ids of the counted entries of a form about a household
	versions      map[versionOf]record.Content
	parked        map[number]engine.Parked
	waiting       map[string][]number // what is parked, by its cause
	held          map[string][]number // and by its record
	following     map[string][]string // ids of the entries that follow one
	feeds         map[string]engine.Feed
	marks         map[string][]engine.Mark // of a feed, oldest first
	places        map[string][]place       // every place ever given; the current one is in rows
	rows          map[inFeed]feedRow
	contributions map[string][]totals.Contribution
	// By what is kept and its unit; none of them nought. Copy shares none.
	totals    map[figureAt]map[string]total
	steps     map[stepAt]map[string]int64
	standings map[figureAt]map[string]int64
	days      map[dayAt]map[string]total
	worked    map[engine.Worked]int64     // without N; none of them nought
	keys      map[keyOf][]totals.KeyPlace // what contributions say of the keys of distinct counts
}

// New is an empty store.
func New() *Store {
	return &Store{d: data{
		meta: map[string]string{}, campaigns: map[string]engine.CampaignRow{}, actors: map[string]record.Actor{}, logs: map[string]engine.Log{},
		byNumber: map[number]int{}, byEntity: map[string][]int{}, records: map[string]*record.Record{}, counting: map[about][]string{},
		versions: map[versionOf]record.Content{}, parked: map[number]engine.Parked{},
		waiting: map[string][]number{}, held: map[string][]number{}, following: map[string][]string{}, feeds: map[string]engine.Feed{}, marks: map[string][]engine.Mark{},
		places: map[string][]place{}, rows: map[inFeed]feedRow{}, contributions: map[string][]totals.Contribution{},
		totals: map[figureAt]map[string]total{}, steps: map[stepAt]map[string]int64{}, standings: map[figureAt]map[string]int64{}, days: map[dayAt]map[string]total{}, worked: map[engine.Worked]int64{}, keys: map[keyOf][]totals.KeyPlace{},
	}}
}

var _ engine.Store = (*Store)(nil)

// Update runs f; if it fails, every write is undone in reverse.
func (s *Store) Update(_ context.Context, f func(engine.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{reader: reader{&s.d}, sums: &s.sums, counts: &s.counts, feeds: &s.feeds}
	defer func() {
		s.sums.empty()
		s.counts.empty()
		s.feeds.empty()
	}()
	err := f(t)
	if err != nil {
		t.back()
	}
	return err
}

// View runs f while nobody writes.
func (s *Store) View(_ context.Context, f func(engine.Reader) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f(reader{&s.d})
}

// Glance reads of one snapshot what an exchange asks that finds nothing new.
func (s *Store) Glance(_ context.Context, epoch string, cursors []engine.Cursor) (engine.Glance, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g := engine.Glance{Divisions: s.d.meta[engine.MetaDivisions], Catalogue: s.d.meta[engine.MetaCatalogue], Campaigns: s.d.meta[engine.MetaCampaigns], Log: s.d.logs[epoch]}
	for _, c := range cursors {
		head := s.d.feeds[c.Feed].Head
		g.Beyond, g.Apart = g.Beyond || head > c.After, g.Apart || head != c.After
	}
	return g, nil
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Copy is the store as it is now. Each of the two goes on by itself, and may be copied again.
func (s *Store) Copy() *Store {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d := s.d
	places := make(map[string][]place, len(d.places))
	for feed, list := range d.places {
		places[feed] = slices.Clip(list) // what is appended to a copy must not stand in the room of another one
	}
	return &Store{d: data{
		meta: maps.Clone(d.meta), divisions: slices.Clone(d.divisions), campaigns: maps.Clone(d.campaigns), actors: maps.Clone(d.actors), logs: maps.Clone(d.logs),
		ledger: slices.Clone(d.ledger), byNumber: maps.Clone(d.byNumber), byEntity: maps.Clone(d.byEntity), records: maps.Clone(d.records),
		counting: maps.Clone(d.counting), versions: maps.Clone(d.versions), parked: maps.Clone(d.parked),
		waiting: maps.Clone(d.waiting), held: maps.Clone(d.held), following: maps.Clone(d.following), feeds: maps.Clone(d.feeds), marks: maps.Clone(d.marks),
		places: places, rows: maps.Clone(d.rows), contributions: maps.Clone(d.contributions),
		totals: cloneEach(d.totals), steps: cloneEach(d.steps), standings: cloneEach(d.standings), days: cloneEach(d.days), worked: maps.Clone(d.worked), keys: maps.Clone(d.keys),
	}}
}

func cloneEach[K comparable, V any](m map[K]map[string]V) map[K]map[string]V {
	out := make(map[K]map[string]V, len(m))
	for at, units := range m {
		out[at] = maps.Clone(units)
	}
	return out
}
