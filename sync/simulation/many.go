package simulation

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Many plays worlds of one kind, seed after seed, several at a time.
type Many struct {
	Config         // without Seed and Store
	First   uint64 // seed
	Seeds   uint64 // how many; 0 for as many as there is time
	Workers int    // at a time
	Patient bool   // goes on after a seed that broke a promise
	New     func(seed uint64) (s Store, done func(), err error)
	Told    func(*Report) // of each, one at a time, as they end; may be nil
}

// Play gives the reports in the order of their seeds. It ends early with ctx, and unless it is patient with the first
// seed that breaks a promise. The error is that of a store which does not work at all.
func (m *Many) Play(ctx context.Context) ([]*Report, error) {
	var mu sync.Mutex // guards what follows
	var reports []*Report
	var failed error
	m.shelf = &shelf{}
	over := false
	next := uint64(0)
	take := func() (seed uint64, more bool) {
		mu.Lock()
		defer mu.Unlock()
		if over || ctx.Err() != nil || m.Seeds > 0 && next >= m.Seeds {
			return 0, false
		}
		next++
		return m.First + next - 1, true
	}
	var all sync.WaitGroup
	for range m.Workers {
		all.Go(func() {
			for seed, more := take(); more; seed, more = take() {
				r, err := m.one(ctx, seed)
				mu.Lock()
				switch {
				case err != nil:
					over, failed = true, fmt.Errorf("seed %d: %w", seed, err)
				case r != nil:
					reports = append(reports, r)
					over = over || !r.Holds() && !m.Patient
					if m.Told != nil {
						m.Told(r)
					}
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	slices.SortFunc(reports, func(a, b *Report) int { return int(int64(a.Seed) - int64(b.Seed)) })
	return reports, failed
}

// one plays one world; nil where ctx ended it before its end.
func (m *Many) one(ctx context.Context, seed uint64) (*Report, error) {
	cfg := m.Config
	s, done, err := m.New(seed)
	if err != nil {
		return nil, err
	}
	defer done()
	cfg.Seed, cfg.Store, cfg.ended = seed, s, ctx.Done()
	r, err := Run(cfg)
	if err != nil && ctx.Err() != nil {
		return nil, nil
	}
	return r, err
}
