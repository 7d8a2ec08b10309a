package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Keys of three contributions are wide in this package's tests: of all that its scenarios and worlds count, some are and
// some are not, and keys become wide on the way.
func TestMain(m *testing.M) {
	wideFrom = 2
	os.Exit(m.Run())
}

// keyed is a small city in which a few keys are named by all villages.
type keyed struct {
	counts map[string][]totals.Contribution // of each record
	second bool                             // one of the villages has moved
}

func (k *keyed) up(unit string) []string {
	town := "town"
	if k.second && unit == "v2" {
		town = "other"
	}
	return []string{unit, town, "city"}
}

// step is the same work on any store: some records count otherwise, or a village moves. fail ends it with an error, and then
// nothing of it has happened.
func (k *keyed) step(s engine.Store, random *rand.Rand, fail bool) error {
	boom := errors.New("boom")
	moves := random.IntN(12) == 0
	work := random.Uint64()
	next := &keyed{}
	err := s.Update(context.Background(), func(tx engine.Tx) error {
		*next = keyed{counts: map[string][]totals.Contribution{}, second: k.second}
		for id, list := range k.counts {
			next.counts[id] = list
		}
		random := rand.New(rand.NewPCG(work, 1))
		if moves {
			before := (&keyed{second: next.second}).up
			next.second = !next.second
			if err := tx.SetDivisions([]record.Division{{Code: "city", Level: record.City}}); err != nil {
				return err
			}
			var all []totals.Contribution
			for _, list := range next.counts {
				all = append(all, list...)
			}
			if err := totals.Move(tx, all, before, next.up); err != nil {
				return err
			}
		}
		for range 1 + random.IntN(4) {
			if err := next.recount(tx, random); err != nil {
				return err
			}
		}
		if fail {
			return boom
		}
		return nil
	})
	if fail {
		if !errors.Is(err, boom) {
			return fmt.Errorf("an update that failed gave %w", err)
		}
		return nil
	}
	*k = *next
	return err
}

func (k *keyed) recount(tx engine.Tx, random *rand.Rand) error {
	unit := fmt.Sprint("v", 1+random.IntN(3))
	id := fmt.Sprint("r", random.IntN(5), unit)
	if _, there := k.counts[id]; !there {
		if err := tx.PutRecord(&record.Record{Type: record.Household, ID: id, Unit: unit, Content: record.Content{}}); err != nil {
			return err
		}
	}
	var in []totals.Contribution
	for range random.IntN(4) {
		c := totals.Contribution{Indicator: "i", Unit: unit, Day: totals.MonthName(24300+random.IntN(5)) + "-05", Value: 1, Key: string('a' + rune(random.IntN(3)))}
		if random.IntN(3) == 0 {
			c.Indicator, c.Key, c.Value = "s", "@"+c.Key, int64(1-2*random.IntN(2))
		}
		if !slices.ContainsFunc(in, func(o totals.Contribution) bool {
			return o.Indicator == c.Indicator && o.Key == c.Key && o.Day == c.Day
		}) {
			in = append(in, c)
		}
	}
	out, in := totals.Difference(k.counts[id], in)
	if err := totals.Apply(tx, out, in, k.up); err != nil {
		return err
	}
	list := slices.Clone(k.counts[id])
	for _, c := range out {
		at := slices.Index(list, c)
		list = slices.Delete(list, at, at+1)
	}
	k.counts[id] = append(list, in...)
	return tx.ChangeContributions(id, out, in)
}

// figures are all that follows from the keys, as text.
func keyFigures(t *testing.T, s engine.Store) (out []string) {
	t.Helper()
	must(t, s.View(context.Background(), func(r engine.Reader) error {
		return errors.Join(
			r.AllSteps(func(c totals.Cell, month, prev int, n int64) error {
				out = append(out, fmt.Sprint(c, month, prev, n))
				return nil
			}),
			r.AllStandings(func(c totals.Cell, month int, n int64) error {
				out = append(out, fmt.Sprint(c, month, n))
				return nil
			}))
	}))
	slices.Sort(out)
	return out
}

// A key that stands in many places counts as one that stands in few, whatever comes, goes, moves, fails and is forgotten
// in between; and what is kept of it is what its contributions add up to.
func TestWideKeysCountAsNarrowOnes(t *testing.T) {
	for seed := range uint64(12) {
		here, there := &keyed{}, &keyed{}
		s, plain := opened(t), memory.New()
		a, b := rand.New(rand.NewPCG(seed, 0)), rand.New(rand.NewPCG(seed, 0))
		chance := rand.New(rand.NewPCG(seed, 9))
		for range 60 {
			fail := chance.IntN(6) == 0
			must(t, here.step(s, a, fail))
			must(t, there.step(plain, b, fail))
			if chance.IntN(8) == 0 { // everything is asked of the file again
				must(t, s.Update(context.Background(), func(tx engine.Tx) error { return tx.SetActor(record.Actor{Account: "x"}) }))
			}
		}
		if got, want := keyFigures(t, s), keyFigures(t, plain); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n%v\nand counted without:\n%v", seed, got, want)
		}
		kept, right, wide := map[string]int64{}, map[string]int64{}, map[string]bool{}
		must(t, s.View(context.Background(), func(r engine.Reader) error {
			return r.WideMonths(func(c totals.Cell, key string, month int, n int64) error {
				kept[fmt.Sprint(c, key, month)] = n
				wide[c.Indicator+key] = true
				return nil
			})
		}))
		for _, list := range here.counts {
			for _, c := range list {
				if !wide[c.Indicator+c.Key] {
					continue
				}
				for _, unit := range here.up(c.Unit) {
					right[fmt.Sprint(totals.Cell{Indicator: c.Indicator, Unit: unit}, c.Key, c.Month())] += c.Value
				}
			}
		}
		if len(wide) == 0 {
			t.Errorf("seed %d: no key is wide", seed)
		}
		for at := range kept {
			right[at] += 0
		}
		for at, n := range right {
			if kept[at] != n {
				t.Errorf("seed %d: %s is kept as %d and should be %d", seed, at, kept[at], n)
			}
		}
	}
}
