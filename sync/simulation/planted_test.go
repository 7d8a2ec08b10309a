package simulation

import (
	"context"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
	"niangjia/sync/totals"
)

// faulty is a store with a fault planted into its transactions.
type faulty struct {
	Store
	plant func(engine.Tx) engine.Tx
}

func (f *faulty) Copy() Store { return &faulty{f.Store.Copy(), f.plant} }

func (f *faulty) Update(ctx context.Context, do func(engine.Tx) error) error {
	return f.Store.Update(ctx, func(tx engine.Tx) error { return do(f.plant(tx)) })
}

// every is true at each n-th call.
func every(n int) func() bool {
	calls := 0
	return func() bool {
		calls++
		return calls%n == 0
	}
}

type (
	noDedupe    struct{ engine.Tx }
	noParking   struct{ engine.Tx }
	noTombstone struct{ engine.Tx }
	noStub      struct{ engine.Tx }
	noOutcome   struct{ engine.Tx }
	otherBytes  struct{ engine.Tx }
	lostFeedRow struct {
		engine.Tx
		hit func() bool
	}
	lostRecord struct {
		engine.Tx
		hit func() bool
	}
	lostTotal struct {
		engine.Tx
		hit func() bool
	}
	oldCount struct{ engine.Tx }
)

func (t noDedupe) Log(epoch string) (engine.Log, error) {
	l, err := t.Tx.Log(epoch)
	if l.Account != "" && l.Through > 0 { // the last line is forgotten, and written again when it comes again
		l.Through--
		if before, err := t.Line(epoch, l.Through); err == nil && before != nil {
			l.Chain = before.Hash
		}
	}
	return l, err
}
func (t noParking) PutParked(engine.Parked) error { return nil }
func (t noTombstone) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	if v == engine.Gone {
		return nil
	}
	return t.Tx.PutFeedRow(feed, entity, typ, v)
}
func (t noStub) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	if v == engine.Stub {
		v = engine.Whole
	}
	return t.Tx.PutFeedRow(feed, entity, typ, v)
}
func (t noOutcome) SetOutcome(string, int64, change.Outcome) error { return nil }
func (t otherBytes) AppendLine(l engine.Line) (int64, error) {
	if l.Account != "" && l.N%40 == 0 {
		l.Bytes = append([]byte(" "), l.Bytes...)
	}
	return t.Tx.AppendLine(l)
}
func (t lostFeedRow) PutFeedRow(feed, entity string, typ record.Type, v engine.View) error {
	if t.hit() {
		return nil
	}
	return t.Tx.PutFeedRow(feed, entity, typ, v)
}
func (t lostRecord) PutRecord(r *record.Record) error {
	if t.hit() {
		return nil
	}
	return t.Tx.PutRecord(r)
}
func (t lostTotal) AddTotal(cell totals.Cell, month int, delta, entries int64) error {
	if t.hit() {
		return nil
	}
	return t.Tx.AddTotal(cell, month, delta, entries)
}
func (t oldCount) ChangeContributions(entity string, _, in []totals.Contribution) error {
	return t.Tx.ChangeContributions(entity, nil, in)
}

// planted are faults that the simulation must catch; a world in which one goes unseen proves nothing.
var planted = map[string]func() Config{
	"the last line is forgotten and taken twice": store(func() *faulty { return &faulty{plant: func(tx engine.Tx) engine.Tx { return noDedupe{tx} }} }),
	"parked changes are dropped":                 store(func() *faulty { return &faulty{plant: func(tx engine.Tx) engine.Tx { return noParking{tx} }} }),
	"what leaves an audience stays on its phones": store(func() *faulty {
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return noTombstone{tx} }}
	}),
	"a sensitive entry is sent to colleagues": store(func() *faulty { return &faulty{plant: func(tx engine.Tx) engine.Tx { return noStub{tx} }} }),
	"outcomes of what was released are not kept": store(func() *faulty {
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return noOutcome{tx} }}
	}),
	"the ledger keeps other bytes": store(func() *faulty { return &faulty{plant: func(tx engine.Tx) engine.Tx { return otherBytes{tx} }} }),
	"a feed row is lost": store(func() *faulty {
		hit := every(500)
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return lostFeedRow{tx, hit} }}
	}),
	"a record is not written": store(func() *faulty {
		hit := every(500)
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return lostRecord{tx, hit} }}
	}),
	"a total is not written": store(func() *faulty {
		hit := every(500)
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return lostTotal{tx, hit} }}
	}),
	"what an amendment replaces goes on counting": store(func() *faulty {
		return &faulty{plant: func(tx engine.Tx) engine.Tx { return oldCount{tx} }}
	}),
	"the phone takes the cursor before the rows": func() Config {
		hit := every(50)
		return Config{hear: func(d *device, a *change.Answer) error {
			if hit() {
				a.Pull.Rows = nil // it died in between
			}
			return d.ph.Receive(a)
		}}
	},
	"the phone takes what it sent for what was taken": func() Config {
		return Config{hear: func(d *device, a *change.Answer) error {
			if a.Push.Through < d.ph.Last() {
				a.Push.Through = d.ph.Last()
				_ = d.ph.Lines(func(_ string, _ int64, bytes []byte) error {
					a.Push.Chain = change.Hash(bytes)
					return nil
				})
			}
			return d.ph.Receive(a)
		}}
	},
	"the phone forgets what the server has": func() Config {
		return Config{hear: func(d *device, a *change.Answer) error {
			defer d.ph.Prune(d.w.now + 10000*record.DayMS)
			a.Push.Durable = &a.Push.Through
			return d.ph.Receive(a)
		}}
	},
}

func store(f func() *faulty) func() Config {
	return func() Config {
		s := f()
		s.Store = inMemory{memory.New()}
		return Config{Store: s}
	}
}

func TestEveryPlantedFaultIsCaught(t *testing.T) {
	for name, make := range planted {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(5) {
				cfg := make()
				cfg.Seed, cfg.Phones, cfg.Days, cfg.Entries, cfg.Faults, cfg.Catalogue = seed, 6, 30, 2, Usual, simtest.Catalogue(t)
				cfg.Faults.Garble = 0 // what has to be mended then is a fault
				if cfg.Store == nil {
					cfg.Store = inMemory{memory.New()}
				}
				r, err := Run(cfg)
				if err != nil {
					t.Logf("seed %d: %v", seed, err)
					return
				}
				if !r.Holds() {
					t.Logf("seed %d: %.200s", seed, r.Failures[0])
					return
				}
			}
			t.Error("nobody noticed")
		})
	}
}
