package notice_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"niangjia/server/notice"
	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// watched is a store that holds what it is told to the rules of the moment, and that a server may lose in the middle of
// telling: before a part is written, or after.
type watched struct {
	notice.Store
	w    *town
	rnd  *rand.Rand
	mu   *sync.Mutex // guards rnd and lost
	lost *int
	stop context.CancelFunc
}

func (s *watched) Tell(ctx context.Context, list []notice.Telling, c *notice.Case, hook bool) (int, error) {
	if remind.Quiet(s.w.now, zone) {
		s.w.t.Errorf("%d people are told at %s", len(list), s.w.now.In(zone))
	}
	for _, one := range list {
		s.unfinished(one)
	}
	s.mu.Lock()
	luck := s.rnd.IntN(4)
	if luck < 2 {
		*s.lost++
	}
	s.mu.Unlock()
	if luck == 0 {
		s.stop()
	}
	n, err := s.Store.Tell(ctx, list, c, hook)
	if luck == 1 {
		s.stop()
	}
	return n, err
}

// unfinished fails where a reminder names a unit that has done its part, or of which nothing waits for an approval alone.
func (s *watched) unfinished(one notice.Telling) {
	raw, err := one.Build(one.Keys)
	var p params
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		s.w.t.Error(err)
	}
	for _, i := range p.Items {
		gaps, err := s.w.Gaps(context.Background(), i.Campaign)
		if err != nil {
			s.w.t.Error(err)
		}
		of := func(unit string) remind.Gap {
			return gaps[slices.IndexFunc(gaps, func(g remind.Gap) bool { return g.Unit == unit })]
		}
		for _, unit := range i.Record {
			if of(unit).Missing() == 0 {
				s.w.t.Errorf("%s is told that something is missing, and has finished", unit)
			}
		}
		for _, unit := range i.Review {
			if g := of(unit); g.Missing() > 0 || g.Waiting() == 0 {
				s.w.t.Errorf("%s: nothing waits for an approval alone", unit)
			}
		}
	}
}

// N2 to N6 over a real store: a city of 955 villages, a campaign of sixty days and another beside it, two servers that are
// ended in the middle of telling and started again, clocks that are set ahead and back for a while. Each person's inbox has
// one reminder a day and each mark once, none was told in quiet hours or to who has finished, and whoever had a gap was told.
func TestACityIsToldOnce(t *testing.T) {
	const villages = 955
	w := newTown(t, villages)
	w.campaign("a", "2026-12-31", villages)
	w.campaign("b", "2027-01-03", villages)
	rnd := rand.New(rand.NewPCG(6, 6))
	var mu sync.Mutex
	lost, failed := 0, 0
	// A server for each of two places; a new one begins where the old one was ended.
	start := func() (*notice.Service, *watched) {
		s := &watched{Store: w.store.Notices(), w: w, rnd: rnd, mu: &mu, lost: &lost}
		return notice.New(notice.Options{Store: s, Places: func() *record.Places { return w.places }, Campaigns: w, Now: func() time.Time { return w.now },
			Zone: zone, Log: slog.New(slog.DiscardHandler)}), s
	}
	var servers [2]*notice.Service
	var stores [2]*watched
	for i := range servers {
		servers[i], stores[i] = start()
	}
	for now := at("2026-11-02 00:00"); now.Before(at("2027-01-14 00:00")); now = now.Add(4 * time.Hour) {
		w.now = now
		mu.Lock()
		switch rnd.IntN(60) {
		case 0:
			w.now = now.Add(-time.Duration(rnd.IntN(40*24)) * time.Hour)
		case 1:
			w.now = now.Add(time.Duration(rnd.IntN(5*24)) * time.Hour)
		}
		w.mu.Lock()
		for range 14 {
			for i := range w.list {
				if g := &w.list[i].Gaps[rnd.IntN(villages)]; rnd.IntN(4) == 0 {
					g.Submitted, g.Approved = 0, g.Approved+g.Submitted
				} else if g.Missing() > 0 {
					g.Submitted++
				}
			}
		}
		w.mu.Unlock()
		mu.Unlock()
		var both sync.WaitGroup
		for i := range servers {
			ctx, stop := context.WithCancel(t.Context())
			stores[i].stop = stop
			both.Go(func() {
				defer stop()
				err := servers[i].Remind(ctx)
				if err == nil {
					return
				}
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				failed++
				servers[i], stores[i] = start()
			})
		}
		both.Wait()
	}
	if lost < 10 || failed < 10 {
		t.Errorf("only %d servers were ended, %d while they told", lost, failed)
	}
	told := map[string]bool{}
	total := 0
	for account, list := range w.inboxes(t.Context()) {
		days, marks := map[string]bool{}, map[string]bool{}
		for _, n := range list {
			var p params
			if err := json.Unmarshal(n.Params, &p); err != nil {
				t.Fatal(err)
			}
			if days[p.Day] {
				t.Errorf("%s has two reminders on %s", account, p.Day)
			}
			days[p.Day] = true
			for _, i := range p.Items {
				mark := fmt.Sprint(i.Campaign, i.Left)
				if marks[mark] {
					t.Errorf("%s is told of %s twice", account, mark)
				}
				marks[mark] = true
				total++
				for _, unit := range i.Record {
					told[i.Campaign+unit] = true
				}
			}
		}
	}
	left := 0
	for _, c := range w.list {
		for _, g := range c.Gaps {
			if g.Missing() == 0 {
				continue
			}
			if left++; !told[c.ID+g.Unit] {
				t.Errorf("%s was never told of %s", g.Unit, c.ID)
			}
		}
	}
	if left == 0 || total < villages {
		t.Errorf("%d were told; at the end %d villages have a gap", total, left)
	}
}
