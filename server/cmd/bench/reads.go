package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"niangjia/server/demo"
)

// Accounts of the demo city that read.
const (
	password      = demo.Password
	cityLogin     = "shi1"
	countyLogin   = "xian1"
	townshipLogin = "zhen1"
)

// page is one page of figures.
type page struct{ name, login, path string }

func pagesOf(now time.Time) []page {
	year, month := now.Format("2006"), now.Format("2006-01")
	// Two whole months and parts of the months before and after them.
	days := now.AddDate(0, -8, -17).Format(time.DateOnly) + "--" + now.AddDate(0, -5, -2).Format(time.DateOnly)
	return []page{
		{"city, a year", cityLogin, totalsPath(demo.City, year)},
		{"city, a month", cityLogin, totalsPath(demo.City, month)},
		{"city, days", cityLogin, totalsPath(demo.City, days)},
		{"county, a year", countyLogin, totalsPath(demo.County, year)},
		{"county, a month", countyLogin, totalsPath(demo.County, month)},
		{"county, days", countyLogin, totalsPath(demo.County, days)},
		{"township, a year", townshipLogin, totalsPath(demo.Township, year)},
		{"township, a month", townshipLogin, totalsPath(demo.Township, month)},
		{"township, days", townshipLogin, totalsPath(demo.Township, days)},
		// What is withheld of it is judged: the city is told no small numbers of villages.
		{"county for the city, a year", cityLogin, totalsPath(demo.County, year)},
		{"county for the city, a month", cityLogin, totalsPath(demo.County, month)},
		{"township for the city, a year", cityLogin, totalsPath(demo.Township, year)},
		{"township for the city, a month", cityLogin, totalsPath(demo.Township, month)},
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
	ten, tenfold := slices.Max(s.pages)*denser, s.dense && (all || s.only == "dashboard")
	if tenfold {
		dir := filepath.Join(work, fmt.Sprint(ten))
		if err := copyCity(filepath.Join(s.data, fmt.Sprint(ten/denser)), dir); err != nil {
			return err
		}
		if err := dense(ctx, dir); err != nil {
			return err
		}
		p, err := serve(ctx, s.server, dir)
		if err != nil {
			return err
		}
		servers[ten] = open{p, nil, dir}
	}
	for round := range s.rounds {
		if !all && s.only != "pages" && s.only != "dashboard" {
			break
		}
		for _, n := range s.pages {
			var list []page
			if all || s.only == "pages" {
				list = pagesOf(time.Now())
			}
			if all || s.only == "dashboard" {
				list = append(list, dashboardsOf(time.Now())...)
			}
			if err := pages(ctx, s, r, n, servers[n].process, list); err != nil {
				return err
			}
		}
		if tenfold {
			if err := pages(ctx, s, r, ten, servers[ten].process, dashboardsOf(time.Now())); err != nil {
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
	for _, n := range s.pages {
		if err == nil && (all || s.only == "reports") {
			err = reported(ctx, s, r, filepath.Join(work, fmt.Sprint(n)), n)
		}
	}
	if err == nil && (all || s.only == "recount") {
		err = recounts(ctx, s, r, big.city, big.dir, largest)
	}
	return err
}

// What takes seconds is timed no more often than fits into timeEnough, at least timeLeast times.
const (
	timeEnough = 2 * time.Second
	timeLeast  = 3
)

// timed gives the median of how long f takes, in milliseconds, over so many times.
func timed(many int, f func() error) (float64, error) {
	var list series
	start := time.Now()
	for i := range many {
		if i >= timeLeast && time.Since(start) > timeEnough {
			break
		}
		began := time.Now()
		if err := f(); err != nil {
			return 0, err
		}
		list.add(float64(time.Since(began).Microseconds()) / 1000)
	}
	return list.median(), nil
}

func pages(ctx context.Context, s settings, r *report, entries int, p *process, list []page) error {
	clients := map[string]*client{}
	for _, pg := range list {
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
			status, text, err := c.call(ctx, http.MethodGet, pg.path, "")
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
