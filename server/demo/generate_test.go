package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	built_in "niangjia/server/catalogue"
	"niangjia/server/divisions"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

var until = time.Date(2026, 11, 22, 9, 0, 0, 0, beijing)

// play makes a demo city of n entries in memory.
func play(t testing.TB, n int, seed uint64) (*memory.Store, *engine.Engine, Made) {
	t.Helper()
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	return playWith(t, cat, n, seed)
}

func playWith(t testing.TB, cat *catalogue.Catalogue, n int, seed uint64) (*memory.Store, *engine.Engine, Made) {
	t.Helper()
	ctx := context.Background()
	clock, store, ids := NewClock(until), memory.New(), 0
	eng, err := engine.Open(ctx, store, cat, engine.Options{
		Now:   func() record.Instant { return instant(clock.Now()) },
		NewID: func() string { ids++; return fmt.Sprintf("%032x", ids) },
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := divisions.Read(Divisions())
	if err != nil {
		t.Fatal(err)
	}
	if err := eng.SetDivisions(ctx, list); err != nil {
		t.Fatal(err)
	}
	open := func(ctx context.Context, p Person) error { return eng.SetSeats(ctx, p.ID, p.Seats) }
	for _, p := range People() {
		if err := open(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	made, err := Generate(ctx, eng, Options{Entries: n, Seed: seed, Until: until, Clock: clock, People: People(), Open: open})
	if err != nil {
		t.Fatal(err)
	}
	return store, eng, made
}

// ledger hashes all that phones sent, in order.
func ledger(t *testing.T, store *memory.Store) string {
	t.Helper()
	sum := sha256.New()
	err := store.View(context.Background(), func(r engine.Reader) error {
		return r.Lines(func(l engine.Line) error { sum.Write([]byte(l.Hash)); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func TestOneSeedOneCity(t *testing.T) {
	a, _, _ := play(t, 300, 7)
	b, _, _ := play(t, 300, 7)
	c, _, _ := play(t, 300, 8)
	if ledger(t, a) != ledger(t, b) {
		t.Error("the same seed gave another city")
	}
	if ledger(t, a) == ledger(t, c) {
		t.Error("another seed gave the same city")
	}
}

func TestYear(t *testing.T) {
	const n = 1500
	store, eng, made := play(t, n, 1)
	states, forms, levels := map[review.State]int{}, map[string]int{}, map[record.Level]int{}
	counties, flagged, sensitive, followed := map[string]bool{}, 0, 0, 0
	first, last := "9", ""
	err := store.View(context.Background(), func(r engine.Reader) error {
		return r.Records(func(rec *record.Record) error {
			if rec.Type != record.Entry {
				return nil
			}
			states[rec.State]++
			forms[rec.Form]++
			d, _ := eng.Places().Get(rec.Unit)
			levels[d.Level]++
			counties[rec.Unit[:6]] = true
			flagged += len(rec.Flags)
			if rec.Sensitive {
				sensitive++
			}
			if rec.Case != rec.ID {
				followed++
			}
			day := rec.Content["occurred_on"].String()
			first, last = min(first, day), max(last, day)
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v, states %v, forms %v, levels %v, sensitive %d, followed %d", made, states, forms, levels, sensitive, followed)
	total := 0
	for _, count := range states {
		total += count
	}
	if total != n || made.Entries != n {
		t.Errorf("%d entries in the store, %d made, %d asked for", total, made.Entries, n)
	}
	if states[review.Approved] < n*8/10 || states[review.Submitted] == 0 || states[review.Returned] == 0 {
		t.Errorf("states %v", states)
	}
	for _, form := range eng.Catalogue().Forms {
		if forms[form.ID] == 0 {
			t.Errorf("no %s", form.ID)
		}
	}
	for _, level := range []record.Level{record.Village, record.Township, record.County, record.City} {
		if levels[level] == 0 {
			t.Errorf("nothing recorded by a %s", level)
		}
	}
	if len(counties) < 8 {
		t.Errorf("only %d counties took part", len(counties))
	}
	if flagged > 0 || sensitive == 0 || followed == 0 {
		t.Errorf("flagged %d, sensitive %d, followed %d", flagged, sensitive, followed)
	}
	if first < "2025-11-22" || last != "2026-11-21" {
		t.Errorf("from %s to %s", first, last)
	}
}

// Two volunteers of one village do not see at once what the other has entered: no seed may make one name what only the
// other's phone knows.
func TestManySeeds(t *testing.T) {
	for seed := range uint64(25) {
		play(t, 250, seed)
	}
}

// Nobody in the demo city may be taken for somebody: names are of a fixed small list, telephone numbers belong to nobody.
func TestPeopleAreInvented(t *testing.T) {
	w, err := readWeights()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, s := range w.Surnames {
		for _, g := range w.Given {
			names[s+g] = true
		}
	}
	store, _, _ := play(t, 200, 3)
	err = store.View(context.Background(), func(r engine.Reader) error {
		return r.Records(func(rec *record.Record) error {
			for _, key := range []string{"head", "name"} {
				if rec.Type == record.Entry {
					continue // of a site or an organisation
				}
				if v := rec.Content[key].String(); v != "" && !names[v] {
					t.Errorf("name %q", v)
				}
			}
			if v := rec.Content["phone"].String(); v != "" && !strings.HasPrefix(v, "100") {
				t.Errorf("telephone %q", v)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func BenchmarkGenerate(b *testing.B) {
	for b.Loop() {
		play(b, 5000, 1)
	}
}

// A form that no weight knows is filled by its types alone.
func TestNewFormByItsFileAlone(t *testing.T) {
	const form = `{"id":"new_form","version":1,"name":{"zh":"新表","en":"New"},"action":{"zh":"记新表","en":"New"},"icon":"note","section":"visiting","order":90,
"levels":["village","township"],"summary":["occurred_on"],"fields":[
{"key":"occurred_on","type":"date","label":{"zh":"日期","en":"Date"},"required":true},
{"key":"a","type":"text","label":{"zh":"甲","en":"A"},"required":true},
{"key":"b","type":"integer","label":{"zh":"乙","en":"B"},"required":true,"min":3,"max":5},
{"key":"c","type":"money","label":{"zh":"丙","en":"C"},"required":true},
{"key":"d","type":"many","label":{"zh":"丁","en":"D"},"required":true,"choices":[{"key":"x","label":{"zh":"子","en":"X"}},{"key":"y","label":{"zh":"丑","en":"Y"}}]},
{"key":"e","type":"one","label":{"zh":"戊","en":"E"},"required":true,"choices":[{"key":"x","label":{"zh":"子","en":"X"}},{"key":"y","label":{"zh":"丑","en":"Y"}}]},
{"key":"f","type":"yes_no","label":{"zh":"己","en":"F"},"required":true,"visible":"e == 'y'"},
{"key":"g","type":"people","label":{"zh":"庚","en":"G"},"required":true},
{"key":"h","type":"items","label":{"zh":"辛","en":"H"},"required":true},
{"key":"household","type":"household","label":{"zh":"户","en":"Household"},"required":true}]}`
	files := fstest.MapFS{"forms/new_form.json": {Data: []byte(form)}}
	names, err := filepath.Glob("../catalogue/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, "../catalogue/sections.json") {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(filepath.ToSlash(name), "../catalogue/")] = &fstest.MapFile{Data: b}
	}
	cat, err := catalogue.Parse(files)
	if err != nil {
		t.Fatal(err)
	}
	store, _, _ := playWith(t, cat, 600, 4)
	count := 0
	err = store.View(context.Background(), func(r engine.Reader) error {
		return r.Records(func(rec *record.Record) error {
			if rec.Form == "new_form" {
				count++
			}
			return nil
		})
	})
	if err != nil || count == 0 {
		t.Errorf("%d entries of the new form, %v", count, err)
	}
}

// Every figure of the city has something in it, and the rates are such as reports have.
func TestFigures(t *testing.T) {
	_, eng, _ := play(t, 3000, 1)
	reader := record.Actor{Account: "clerk", Seats: []record.Seat{{Role: record.Manager, Unit: City}}}
	table, err := eng.Totals(context.Background(), reader, City, "2026")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range table.Rows[0].Values {
		if v.Group != "" {
			continue
		}
		ind := eng.Catalogue().Indicator(v.Indicator)
		switch {
		case v.Withheld:
			t.Logf("%s withheld", ind.Name.ZH)
		case v.Numerator != nil && v.Denominator != nil:
			rate := float64(*v.Numerator) / float64(*v.Denominator)
			t.Logf("%s %d/%d = %.2f", ind.Name.ZH, *v.Numerator, *v.Denominator, rate)
			switch {
			case ind.Measure == catalogue.MeasureCoverage, ind.Display != catalogue.DisplayPercent:
				// Few villages of the city take part in a demo, and not every ratio is a rate.
				if rate <= 0 {
					t.Errorf("%s has nothing in it", ind.Name.ZH)
				}
			case rate < 0.4 || rate > 0.97:
				t.Errorf("%s is %.2f", ind.Name.ZH, rate)
			}
		case v.Value == nil || *v.Value == 0:
			t.Errorf("%s has nothing in it", ind.Name.ZH)
		default:
			t.Logf("%s %d", ind.Name.ZH, *v.Value)
		}
	}
}
