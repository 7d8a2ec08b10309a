package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
)

// recounting is what it takes to count all entries of a city anew, and what others wait meanwhile.
type recounting struct {
	entries int
	ready   time.Duration // of the start that puts the other catalogue in force
	took    time.Duration
	pages   [2]series // a city's year: alone, and meanwhile
	pushes  [2]series // of two phones with 50 changes each
	memory  float64   // MB, the most
}

var twoPhones = load{"two phones, 50 changes a push", 2, 50, 1}

// recounts starts the server with a catalogue by which every indicator counts otherwise, and waits until all is counted.
func recounts(ctx context.Context, s settings, r *report, c *city, dir string, entries int) (err error) {
	out := &recounting{entries: entries}
	p, err := serve(ctx, s.server, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop(syscall.SIGTERM)) }()
	if _, err := out.measure(ctx, s, c, dir, p, 0, func(n int, _ bool) bool { return n < s.many }); err != nil {
		return err
	}
	folder, err := otherwise(dir)
	if err != nil {
		return err
	}
	if err := p.stop(syscall.SIGTERM); err != nil {
		return err
	}
	began := time.Now()
	if p, err = serve(ctx, s.server, dir, "--catalogue", folder); err != nil {
		return err
	}
	out.ready = p.ready
	ended, err := out.measure(ctx, s, c, dir, p, 1, func(_ int, counting bool) bool { return counting })
	if err != nil {
		return err
	}
	out.took = ended.Sub(began)
	r.recount = out
	say("%d entries counted anew in %s", entries, out.took.Round(time.Second))
	return nil
}

// measure reads a page and pushes in turn, while it is told to, and tells when the page said for the first time that
// nothing is counted anew.
func (out *recounting) measure(ctx context.Context, s settings, c *city, dir string, p *process, at int, goOn func(n int, counting bool) bool) (ended time.Time, err error) {
	w, err := writers(ctx, c, p, dir, twoPhones, uint64(4_000_000+at)) // logs of their own
	if err != nil {
		return ended, err
	}
	reader := &client{address: p.address}
	defer reader.close()
	if err := reader.logIn(ctx, cityLogin, password); err != nil {
		return ended, err
	}
	signedIn := time.Now()
	for n := 0; ; n++ {
		if time.Since(signedIn) > tokenLasts { // a million entries take longer than a token lasts
			if err := errors.Join(reader.logIn(ctx, cityLogin, password), w.signIn(ctx)); err != nil {
				return ended, err
			}
			signedIn = time.Now()
		}
		var told struct {
			Recount *struct{ Done, All int64 }
		}
		began := time.Now()
		if err := reader.json(ctx, http.MethodGet, totalsPath(demo.City, time.Now().Format("2006")), nil, &told); err != nil {
			return ended, err
		}
		if !goOn(n, told.Recount != nil) {
			return time.Now(), nil
		}
		out.pages[at].add(milliseconds(time.Since(began)))
		all, err := w.crowd.round()
		if err != nil {
			return ended, err
		}
		began = time.Now()
		if err := w.send(ctx, all); err != nil {
			return ended, err
		}
		out.pushes[at].add(milliseconds(time.Since(began)))
		held, err := p.memory()
		if err != nil {
			return ended, err
		}
		if told.Recount != nil {
			out.memory = max(out.memory, float64(held)/(1<<20))
		}
		if told.Recount != nil && n%100 == 0 {
			say("counted anew: %d of %d lines", told.Recount.Done, told.Recount.All)
		}
		time.Sleep(200 * time.Millisecond) // two phones and a page are not a load
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// otherwise writes definitions by which no indicator counts what was done on a day that ends in 1: every entry is gone
// through, and a tenth of all contributions goes.
func otherwise(dir string) (folder string, err error) {
	cat, err := app.Catalogue(nil)
	if err != nil {
		return "", err
	}
	var whole map[string][]map[string]any
	var hash struct{ Hash string }
	if err := json.Unmarshal(cat.JSON(), &hash); err != nil {
		return "", err
	}
	var lists map[string]json.RawMessage
	if err := json.Unmarshal(cat.JSON(), &lists); err != nil {
		return "", err
	}
	delete(lists, "hash")
	raw, err := json.Marshal(lists)
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return "", err
	}
	for _, ind := range whole["indicators"] {
		sources, _ := ind["sources"].([]any)
		for _, one := range sources {
			source, _ := one.(map[string]any)
			also := "!occurred_on.endsWith('1')"
			if where, _ := source["where"].(string); where != "" {
				also = "(" + where + ") && " + also
			}
			source["where"] = also
		}
	}
	folder = filepath.Join(dir, "otherwise")
	write := func(name string, what any) error {
		raw, err := json.Marshal(what)
		if err != nil {
			return err
		}
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.WriteFile(path, raw, 0o644)
	}
	for _, kind := range []string{"forms", "registers"} {
		for _, one := range whole[kind] {
			if err := write(fmt.Sprintf("%s/%s.json", kind, one["id"]), one); err != nil {
				return "", err
			}
		}
	}
	if err := write("sections.json", whole["sections"]); err != nil {
		return "", err
	}
	// A file of indicators is named after a form; which one does not matter to what they count.
	return folder, write(fmt.Sprintf("indicators/%s.json", whole["forms"][0]["id"]), whole["indicators"])
}

// rows are its lines of the report.
func (out *recounting) rows() [][]string {
	if out == nil {
		return nil
	}
	return [][]string{
		{fmt.Sprintf("all %s entries counted anew by another catalogue, a tenth of all contributions taken out", thousands(out.entries)),
			fmt.Sprintf("%.0f s, %s entries a second, %.0f MB at most", out.took.Seconds(), thousands(int(float64(out.entries)/out.took.Seconds())), out.memory)},
		{"the start that puts it in force, to the first answer", ms(milliseconds(out.ready))},
		{"a page of the city's year alone; meanwhile", ms(out.pages[0].median()) + "; " + ms(out.pages[1].median())},
		{"a push of " + twoPhones.name + " alone; meanwhile", ms(out.pushes[0].median()) + "; " + ms(out.pushes[1].median())},
	}
}
