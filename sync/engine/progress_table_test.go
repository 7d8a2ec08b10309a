package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// tabled is a case of sync/testdata/campaigns.json. The phones run the same table (pwa/src/domain/campaign.test.ts): a gap
// that they count without signal is the one that the server counts when all has come.
type tabled struct {
	Name            string
	Counts          campaign.Counts
	Start, Deadline string
	Entries         []*record.Record
	Want            map[string][2]int64 // by unit: approved, and what waits, be it sent or not
}

// TestProgressTable holds the server's progress to the table (T18).
func TestProgressTable(t *testing.T) {
	raw, err := os.ReadFile("../testdata/campaigns.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Divisions              []record.Division
		Today, Start, Deadline string
		Catalogue              json.RawMessage
		Cases                  []tabled
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	places, err := record.NewPlaces(file.Divisions)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.ParseJSON(file.Catalogue)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{places: places, catalogue: cat}
	for _, one := range file.Cases {
		t.Run(one.Name, func(t *testing.T) {
			c := &campaign.Campaign{ID: strings.Repeat("c", 32), Unit: places.All()[0].Code, Counts: one.Counts, Start: file.Start, Deadline: file.Deadline}
			if one.Start != "" {
				c.Start, c.Deadline = one.Start, one.Deadline
			}
			ind, bad := c.Indicator(cat)
			if bad != nil {
				t.Fatal(bad)
			}
			g := gauge{world: w.alone(ind), c: c, ind: ind, today: file.Today}
			for _, rec := range one.Entries {
				rec.Type = record.Entry
				if rec.State == review.Approved && rec.Approved == nil {
					rec.Approved = rec.Content
				}
			}
			g.r = &shelf{gauge: &g, list: one.Entries}
			if g.span, err = totals.ParsePeriod(c.Period()); err != nil {
				t.Fatal(err)
			}
			for unit, want := range one.Want {
				if err := g.read([]string{unit}); err != nil {
					t.Fatal(err)
				}
				if got := [2]int64{g.approved[unit], max(0, g.submitted[unit])}; got != want {
					t.Errorf("%s: approved %d, submitted %d; want %v", unit, got[0], got[1], want)
				}
			}
		})
	}
}

// shelf gives a case's entries and what they contribute, as a store would.
type shelf struct {
	Reader
	gauge *gauge
	list  []*record.Record
}

func (s *shelf) each(f func(rec *record.Record, c totals.Contribution)) {
	for _, rec := range s.list {
		for _, c := range totals.Of(s.gauge.world.catalogue, rec, totals.Elsewhere{Level: s.gauge.world.levelOf}) {
			if c.Group == s.gauge.c.Counts.Group {
				f(rec, c)
			}
		}
	}
}

func (s *shelf) DayRows(_ []totals.Figure, units []string, from, to string, f func(DayRow) error) (err error) {
	s.each(func(rec *record.Record, c totals.Contribution) {
		if err == nil && slices.Contains(units, rec.Unit) && from <= c.Day && c.Day <= to {
			err = f(DayRow{Figure: s.gauge.figure(), Unit: rec.Unit, Key: c.Key, Value: c.Value, Entries: 1})
		}
	})
	return err
}

func (s *shelf) MonthTotals(unit string, from, to int, indicators []string) (out []MonthTotal, err error) {
	if !slices.Equal(indicators, []string{s.gauge.ind.ID}) {
		return nil, fmt.Errorf("totals of %v", indicators)
	}
	s.each(func(rec *record.Record, c totals.Contribution) {
		if s.gauge.world.places.Within(rec.Unit, unit) && from <= c.Month() && c.Month() <= to {
			out = append(out, MonthTotal{Figure: s.gauge.figure(), Month: c.Month(), Value: c.Value, Entries: 1})
		}
	})
	return out, nil
}

func (s *shelf) Undecided(units []string) (out []*record.Record, err error) {
	for _, rec := range s.list {
		if slices.Contains(units, rec.Unit) && (rec.State == review.Submitted || rec.State == review.Amended) {
			out = append(out, rec)
		}
	}
	return out, nil
}
