package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"niangjia/server/app"
	"niangjia/server/store/sqlite"
	"niangjia/sync/access"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// pullRows is how many rows a measured pull brings.
const pullRows = 500

// pulling is a phone that asks for the last rows of its busiest feed.
type pulling struct {
	level   record.Level
	client  *client
	feed    string
	epoch   string
	cursors map[string]int64 // with the feed's last rows still to come
	feeds   []string
	rows    int
}

// pulls measures pulls of each level's phones.
func pulls(ctx context.Context, s settings, r *report, p *process, c *city, dir string) (err error) {
	// Beside the server, as any other program of this machine may: what the database itself takes.
	store, err := sqlite.Open(ctx, filepath.Join(dir, app.DatabaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	list, err := pullers(ctx, store, p, c)
	if err != nil {
		return err
	}
	w, err := writers(ctx, c, p, dir, s.phones[0], 3_000_000)
	if err != nil {
		return err
	}
	for round := range s.rounds {
		for _, at := range list {
			if err := at.measure(ctx, s, r, store, "alone"); err != nil {
				return err
			}
		}
		stop, failed := make(chan struct{}), make(chan error, 1)
		go func() { failed <- w.until(ctx, stop) }()
		for _, at := range list {
			if err = at.measure(ctx, s, r, store, "beside a writer"); err != nil {
				break
			}
		}
		close(stop)
		if err := errors.Join(err, <-failed); err != nil {
			return err
		}
		say("pulls: round %d of %d", round+1, s.rounds)
	}
	return gestures(ctx, s, r, p, c, dir)
}

// gesture is a reviewer who approves all that waits at once, and who recorded it.
var gesture = load{"200 approvals in one push", 2, 200, 1}

// gestures measures how long she waits for the answer.
func gestures(ctx context.Context, s settings, r *report, p *process, c *city, dir string) error {
	w, err := writers(ctx, c, p, dir, gesture, 5_000_000)
	if err != nil {
		return err
	}
	for range s.rounds + 1 { // in the first there is nothing to approve yet
		all, err := w.crowd.round()
		if err != nil {
			return err
		}
		for _, one := range all {
			began := time.Now()
			if err := w.send(ctx, []push{one}); err != nil {
				return err
			}
			if one.phone%2 == 1 {
				r.gesture.add(milliseconds(time.Since(began)))
			}
		}
	}
	return nil
}

// pullers finds, for each level, a phone with enough rows in one feed.
func pullers(ctx context.Context, store *sqlite.Store, p *process, c *city) (out []*pulling, err error) {
	places := &record.Places{}
	err = store.View(ctx, func(r engine.Reader) error {
		all, err := r.Divisions()
		if err == nil {
			places, err = record.NewPlaces(all)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	found := map[record.Level]*pulling{}
	for _, s := range slices.Concat(c.Recorders, c.Reviewers) {
		d, _ := places.Get(s.Unit)
		at := &pulling{level: d.Level, epoch: id("pull", s.Account), cursors: map[string]int64{}}
		at.feeds = access.Feeds(record.Actor{Account: s.Account, Seats: []record.Seat{{Role: s.Role, Unit: s.Unit}}}, places)
		var heads map[string]int64
		err := store.View(ctx, func(r engine.Reader) (err error) {
			if heads, err = at.heads(r); err != nil {
				return err
			}
			best := 0
			for _, feed := range at.feeds {
				rows, err := r.FeedRows(feed, 0, 5*pullRows)
				if err != nil {
					return err
				}
				if len(rows) > best {
					best, at.feed, at.rows = len(rows), feed, min(len(rows), pullRows)
					at.cursors = map[string]int64{feed: 0}
					if len(rows) > pullRows {
						at.cursors[feed] = rows[len(rows)-pullRows-1].Seq
					}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if was := found[d.Level]; at.feed == "" || was != nil && was.rows >= at.rows {
			continue
		}
		for feed, head := range heads {
			if _, is := at.cursors[feed]; !is {
				at.cursors[feed] = head
			}
		}
		at.client = &client{address: p.address}
		seat := s
		if err := at.client.signIn(ctx, &seat); err != nil {
			return nil, err
		}
		found[d.Level] = at
		if len(found) == 4 && !slices.ContainsFunc(found4(found), func(x *pulling) bool { return x.rows < pullRows }) {
			break
		}
	}
	return found4(found), nil
}

func found4(m map[record.Level]*pulling) (out []*pulling) {
	for _, l := range []record.Level{record.Village, record.Township, record.County, record.City} {
		if m[l] != nil {
			out = append(out, m[l])
		}
	}
	return out
}

// heads are cursors with nothing to come.
func (p *pulling) heads(r engine.Reader) (map[string]int64, error) {
	out := map[string]int64{}
	for _, feed := range p.feeds {
		head, err := r.FeedHead(feed)
		if err != nil {
			return nil, err
		}
		out[feed] = head
	}
	return out, nil
}

func (p *pulling) measure(ctx context.Context, s settings, r *report, store *sqlite.Store, when string) error {
	var none map[string]int64 // asked now: a writer of an earlier round has written
	err := store.View(ctx, func(rd engine.Reader) (err error) {
		none, err = p.heads(rd)
		return err
	})
	if err != nil {
		return err
	}
	runtime.GC() // what the writers left is not the database's
	took, err := timed(s.many, func() error {
		return store.View(ctx, func(rd engine.Reader) error {
			rows, err := rd.PackedRows(p.feed, p.cursors[p.feed], pullRows)
			if err == nil && len(rows) < p.rows {
				err = fmt.Errorf("%d rows", len(rows))
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s, %d rows", p.level, p.rows)
	r.pull(name, "in the database, "+when).add(took)
	for _, x := range []struct {
		what    string
		cursors map[string]int64
	}{{name, p.cursors}, {string(p.level) + ", nothing new", none}} {
		if when != "alone" && x.what != name {
			continue // beside a writer there is always something new
		}
		head := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"cursors":`, p.epoch)
		cursors, err := json.Marshal(x.cursors)
		if err != nil {
			return err
		}
		body := append(append([]byte(head), cursors...), "}\n"...)
		took, err := timed(s.many, func() error {
			status, text, err := p.client.call(ctx, http.MethodPost, "/api/v1/sync", "Content-Type: application/x-ndjson\r\n", body)
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("a pull: %d %s", status, text)
			}
			return err
		})
		if err != nil {
			return err
		}
		r.pull(x.what, "over HTTP, "+when).add(took)
	}
	return nil
}

// writers are phones that push as fast as they can.
func writers(ctx context.Context, c *city, p *process, dir string, l load, seed uint64) (*meter, error) {
	a, err := app.Open(ctx, app.Config{Data: dir, Keep: true})
	if err != nil {
		return nil, err
	}
	w, err := newCrowd(l, c, a.Engine.Places(), a.Engine.Catalogue(), seed)
	if err := errors.Join(err, a.Close()); err != nil {
		return nil, err
	}
	m := &meter{crowd: w}
	for range w.seats {
		m.clients = append(m.clients, &client{address: p.address})
	}
	return m, m.signIn(ctx)
}

// signIn gives every phone a token that lasts for the next ten minutes.
func (w *meter) signIn(ctx context.Context) error {
	for i, c := range w.clients {
		if err := c.signIn(ctx, &w.crowd.seats[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *meter) until(ctx context.Context, stop chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		all, err := w.crowd.round()
		if err != nil {
			return err
		}
		if err := w.send(ctx, all); err != nil {
			return err
		}
	}
}
