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
	"syscall"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/server/store/sqlite"
	"niangjia/sync/access"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Accounts of the demo city that read.
const (
	password      = demo.Password
	cityLogin     = "shi1"
	countyLogin   = "xian1"
	townshipLogin = "zhen1"
)

// page is one page of figures.
type page struct{ name, login, unit, period string }

func pagesOf(now time.Time) []page {
	year, month := now.Format("2006"), now.Format("2006-01")
	// Two whole months and parts of the months before and after them.
	days := now.AddDate(0, -8, -17).Format(time.DateOnly) + "--" + now.AddDate(0, -5, -2).Format(time.DateOnly)
	return []page{
		{"city, a year", cityLogin, demo.City, year},
		{"city, a month", cityLogin, demo.City, month},
		{"city, days", cityLogin, demo.City, days},
		{"county, a year", countyLogin, demo.County, year},
		{"county, a month", countyLogin, demo.County, month},
		{"county, days", countyLogin, demo.County, days},
		{"township, a year", townshipLogin, demo.Township, year},
		{"township, a month", townshipLogin, demo.Township, month},
		{"township, days", townshipLogin, demo.Township, days},
		// What is withheld of it is judged: the city is told no small numbers of villages.
		{"county for the city, a year", cityLogin, demo.County, year},
		{"county for the city, a month", cityLogin, demo.County, month},
		{"township for the city, a year", cityLogin, demo.Township, year},
		{"township for the city, a month", cityLogin, demo.Township, month},
	}
}

func totalsPath(unit, period string) string {
	return "/api/v1/totals?unit=" + unit + "&period=" + period
}

// cityTotal adds up all counts of the city's year.
func cityTotal(ctx context.Context, c *client) (int64, error) {
	var t struct {
		Rows []struct {
			Values []struct {
				Value     *int64 `json:"value"`
				Group     string `json:"group"`
				Numerator *int64 `json:"numerator"`
			} `json:"values"`
		} `json:"rows"`
	}
	if err := c.json(ctx, http.MethodGet, totalsPath(demo.City, time.Now().Format("2006")), nil, &t); err != nil {
		return 0, err
	}
	var sum int64
	for _, v := range t.Rows[0].Values {
		if v.Value != nil && v.Group == "" && v.Numerator == nil {
			sum += *v.Value
		}
	}
	return sum, nil
}

// reads measures what is read: pages of figures on databases of several sizes, and on the largest also pulls, alone and
// beside a writer, how long a start takes, and what it takes to count all entries anew.
func reads(ctx context.Context, s settings, r *report, work string) (err error) {
	type open struct {
		*process
		city *city
		dir  string
	}
	servers := map[int]open{}
	defer func() {
		for _, p := range servers {
			err = errors.Join(err, p.stop(syscall.SIGTERM))
		}
	}()
	for _, n := range s.pages {
		c, from, err := template(ctx, s, n)
		if err != nil {
			return err
		}
		dir := filepath.Join(work, fmt.Sprint(n))
		if err := copyCity(from, dir); err != nil {
			return err
		}
		p, err := serve(ctx, s.server, dir)
		if err != nil {
			return err
		}
		servers[n] = open{p, c, dir}
	}
	all := s.only == "" || s.only == "reads"
	for round := range s.rounds {
		if !all && s.only != "pages" {
			break
		}
		for _, n := range s.pages {
			if err := pages(ctx, s, r, n, servers[n].process); err != nil {
				return err
			}
		}
		say("pages of figures: round %d of %d", round+1, s.rounds)
	}
	largest := slices.Max(s.pages)
	for n, p := range servers {
		if n != largest {
			err = errors.Join(err, p.stop(syscall.SIGTERM))
			delete(servers, n)
		}
	}
	if err != nil {
		return err
	}
	big := servers[largest]
	if all || s.only == "pulls" {
		if err := pulls(ctx, s, r, big.process, big.city, big.dir); err != nil {
			return err
		}
	}
	delete(servers, largest)
	if all || s.only == "restart" {
		err = restarts(ctx, s, r, big.process, big.dir)
	} else {
		err = big.stop(syscall.SIGTERM)
	}
	if err == nil && (all || s.only == "recount") {
		err = recounts(ctx, s, r, big.city, big.dir, largest)
	}
	return err
}

// timed gives the median of how long f takes, in milliseconds.
func timed(many int, f func() error) (float64, error) {
	var list series
	for range many {
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		list.add(float64(time.Since(began).Microseconds()) / 1000)
	}
	return list.median(), nil
}

func pages(ctx context.Context, s settings, r *report, entries int, p *process) error {
	clients := map[string]*client{}
	for _, pg := range pagesOf(time.Now()) {
		c := clients[pg.login]
		if c == nil {
			c = &client{address: p.address}
			defer c.close()
			if err := c.logIn(ctx, pg.login, password); err != nil {
				return err
			}
			clients[pg.login] = c
		}
		took, err := timed(s.many, func() error {
			status, text, err := c.call(ctx, http.MethodGet, totalsPath(pg.unit, pg.period), "")
			if err == nil && status != http.StatusOK {
				err = fmt.Errorf("figures: %d %s", status, text)
			}
			return err
		})
		if err != nil {
			return err
		}
		r.page(pg.name, entries).add(took)
	}
	return nil
}

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
	for _, s := range w.seats {
		c := &client{address: p.address}
		if err := c.signIn(ctx, &s); err != nil {
			return nil, err
		}
		m.clients = append(m.clients, c)
	}
	return m, nil
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

// restarts measures from the start of the process to its first answer: after it was told to end, and after it was
// killed in the middle of its work.
func restarts(ctx context.Context, s settings, r *report, p *process, dir string) error {
	end := syscall.SIGKILL
	for range 2 * s.rounds {
		if err := p.stop(end); err != nil {
			return err
		}
		var err error
		if p, err = serve(ctx, s.server, dir); err != nil {
			return err
		}
		if end == syscall.SIGKILL {
			r.killed.add(float64(p.ready.Microseconds()) / 1000)
			end = syscall.SIGTERM
			continue
		}
		r.restart.add(float64(p.ready.Microseconds()) / 1000)
		end = syscall.SIGKILL
	}
	return p.stop(syscall.SIGTERM)
}
