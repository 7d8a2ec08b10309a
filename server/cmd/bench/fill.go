package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"niangjia/server/app"
	"niangjia/sync/change"
	"niangjia/sync/engine"
)

// bigPush is how many changes the phones that fill a database send at once.
const bigPush = 1000

// filling fills a database.
type filling struct {
	city  *city
	app   *app.App
	until time.Time
	clock *atomic.Int64
}

// months of entries.
const months = 12

func (f *filling) fill(ctx context.Context, entries int) error {
	// One phone of each unit: the first of Recorders that is there.
	var units []int
	seen := map[string]bool{}
	for i, s := range f.city.Recorders {
		if !seen[s.Unit] {
			seen[s.Unit] = true
			units = append(units, i)
		}
	}
	logs := map[int][2]*writing{}
	for _, i := range units {
		logs[i] = [2]*writing{newWriting(f.city.Recorders[i], id("fill", i)), newWriting(f.city.Reviewers[i], id("fill review", i))}
	}
	a, err := newAuthor(f.app.Engine.Catalogue(), 1)
	if err != nil {
		return err
	}
	day := f.until.AddDate(0, -months, 2)
	for _, i := range units {
		unit := f.city.Recorders[i].Unit
		for h := range f.city.Homes[i] {
			if err := a.home(logs[i][0], unit, h, day); err != nil {
				return err
			}
		}
		if err := f.send(ctx, logs[i][0]); err != nil {
			return err
		}
	}
	for month := range months {
		if err := f.month(ctx, entries, month, units, logs); err != nil {
			return err
		}
		say("%d of %d months", month+1, months)
	}
	return nil
}

// month lets every unit record its share of a month, and its reviewer approve nine tenths of it. The units take turns
// over two workers, so that pushes share commits as they do from phones.
func (f *filling) month(ctx context.Context, entries, month int, units []int, logs map[int][2]*writing) error {
	day := f.until.AddDate(0, month-months, 2)
	f.clock.Store(day.Add(28 * 24 * time.Hour).UnixMilli())
	const workers = 8
	var wg sync.WaitGroup
	failed := make(chan error, workers)
	for k := range workers {
		wg.Go(func() {
			a, err := newAuthor(f.app.Engine.Catalogue(), uint64(100*month+k+2))
			for at := k; err == nil && at < len(units); at += workers {
				i := units[at]
				from, to := share(entries, len(units), months, at, month)
				err = f.unit(ctx, a, i, logs[i], day, to-from)
			}
			failed <- err
		})
	}
	wg.Wait()
	var err error
	for range workers {
		err = errors.Join(err, <-failed)
	}
	return err
}

// share cuts n into units times months parts that differ by one at most.
func share(n, units, months, unit, month int) (from, to int) {
	at := month*units + unit
	return n * at / (units * months), n * (at + 1) / (units * months)
}

func (f *filling) unit(ctx context.Context, a *author, i int, logs [2]*writing, day time.Time, n int) error {
	unit, _ := f.app.Engine.Places().Get(f.city.Recorders[i].Unit)
	var list []made
	for range n {
		m, err := a.entry(logs[0], unit, f.city.Homes[i], day.Add(time.Duration(a.random.IntN(26*24))*time.Hour))
		if err != nil {
			return err
		}
		list = append(list, m)
	}
	if err := f.send(ctx, logs[0]); err != nil {
		return err
	}
	for i, m := range list {
		if i%10 != 9 {
			if err := approve(logs[1], m, day.Add(27*24*time.Hour)); err != nil {
				return err
			}
		}
	}
	return f.send(ctx, logs[1])
}

func (f *filling) send(ctx context.Context, w *writing) error {
	head, lines := w.take()
	for len(lines) > 0 {
		part := lines[:min(len(lines), bigPush)]
		if err := pushDirectly(ctx, f.app.Engine, w.who, head, part); err != nil {
			return err
		}
		lines, head.From = lines[len(part):], head.From+int64(len(part))
	}
	return nil
}

// noRows is a cursor beyond every feed: a push that asks for no rows back.
const noRows = 1 << 52

// pushDirectly hands changes to the engine, which must apply every one.
func pushDirectly(ctx context.Context, e *engine.Engine, who engine.Who, head change.Head, lines [][]byte) error {
	actor, err := e.Actor(ctx, who.Account)
	if err != nil {
		return err
	}
	head.Cursors = noMore(actor, e.Places())
	answer, err := e.Sync(ctx, who, head, lines)
	if err != nil {
		return err
	}
	for _, o := range answer.Push.Outcomes {
		if o.Outcome != change.Applied {
			return fmt.Errorf("change %d of %s: %s %s %s", o.N, head.Epoch, o.Outcome, o.Code, o.Field)
		}
	}
	if len(answer.Push.Outcomes) != len(lines) {
		return fmt.Errorf("%d of %d changes were taken", len(answer.Push.Outcomes), len(lines))
	}
	return nil
}
