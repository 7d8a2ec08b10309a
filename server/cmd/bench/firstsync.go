package main

import (
	"bytes"
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
	"niangjia/server/auth"
	"niangjia/server/demo"
	"niangjia/sync/access"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/snapshot"
)

// A first sync: a phone that has nothing fetches a village. Measured by the village's file, which a phone checks and
// unpacks part by part as it does when it stores it, and by pages of a pull, in the same run.

// way is how the rows come: by a file of which every part is held to its hash, the same and unpacked too, or by pages.
type way string

const (
	fetched  way = "file, checked"
	unpacked way = "file, checked and unpacked"
	paged    way = "pages"
)

// syncing is one figure of it.
type syncing struct {
	rows, phones int
	way          way
	seconds      float64
	megabytes    float64 // over the line, of all phones
	cpu          float64 // seconds of the server's processors
}

// large is a village of a size, with somebody who works there.
type large struct {
	rows  int
	unit  string
	login string
}

func firstSync(ctx context.Context, s settings, r *report) (err error) {
	sizes := []int{1_000, 10_000, 20_000, 200_000}
	if s.short {
		sizes = sizes[:2]
	}
	villages, dir, err := largeVillages(ctx, s, sizes)
	if err != nil {
		return err
	}
	p, err := serve(ctx, s.server, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop(syscall.SIGTERM)) }()
	for _, v := range villages {
		c := &client{address: p.address}
		if err := c.logIn(ctx, v.login, demo.Password); err != nil {
			return err
		}
		if err := awaitFile(ctx, c, v); err != nil {
			return err
		}
		for _, phones := range []int{1, 100} {
			for _, how := range []way{fetched, unpacked, paged} {
				if how != fetched && phones*v.rows > 1_000_000 {
					continue // the phones' work, on the processors of the server: minutes of the same
				}
				one, err := measureFirst(ctx, p, c.token, v, phones, how)
				if err != nil {
					return fmt.Errorf("%d phones, %d rows: %w", phones, v.rows, err)
				}
				r.firsts = append(r.firsts, one)
				say("%d phones, %d rows, %s: %.2f s", phones, v.rows, how, one.seconds)
			}
		}
		c.close()
	}
	return nil
}

// largeVillages makes the villages once, and keeps them for the next run.
func largeVillages(ctx context.Context, s settings, sizes []int) (_ []large, _ string, err error) {
	dir := filepath.Join(s.data, fmt.Sprint("first", sizes[len(sizes)-1]))
	list := filepath.Join(dir, "villages.json")
	var villages []large
	if raw, err := os.ReadFile(list); err == nil {
		var kept []struct {
			Rows        int
			Unit, Login string
		}
		err := json.Unmarshal(raw, &kept)
		for _, k := range kept {
			villages = append(villages, large{k.Rows, k.Unit, k.Login})
		}
		return villages, dir, err
	}
	if err := os.RemoveAll(dir); err != nil {
		return nil, "", err
	}
	until := time.Now()
	if _, err := app.MakeDemo(ctx, app.Config{Data: dir}, app.DemoOptions{Until: until}); err != nil {
		return nil, "", err
	}
	a, err := app.Open(ctx, app.Config{Data: dir})
	if err != nil {
		return nil, "", err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	type kept struct {
		Rows        int
		Unit, Login string
	}
	var keep []kept
	for _, d := range a.Engine.Places().All() {
		if d.Level != record.Village || len(villages) == len(sizes) {
			continue
		}
		v := large{sizes[len(villages)], d.Code, fmt.Sprint("first", len(villages))}
		say("making a village of %d rows, once", v.rows)
		if err := v.fill(ctx, a, until); err != nil {
			return nil, "", err
		}
		villages, keep = append(villages, v), append(keep, kept{v.rows, v.unit, v.login})
	}
	raw, err := json.Marshal(keep)
	if err != nil {
		return nil, "", err
	}
	return villages, dir, os.WriteFile(list, raw, 0o600)
}

// fill brings a village to its rows: a fifth of them households with a person each, the others entries with a text of forty characters.
func (v large) fill(ctx context.Context, a *app.App, until time.Time) error {
	account := auth.NewAccount{ID: id("account", v.login), Login: v.login, Name: v.login, Hash: cheap(demo.Password),
		Seats: []record.Seat{{Role: record.Volunteer, Unit: v.unit}}}
	if _, err := a.Auth.Add(ctx, account); err != nil {
		return err
	}
	writer, err := newAuthor(a.Engine.Catalogue(), uint64(v.rows))
	if err != nil {
		return err
	}
	unit, _ := a.Engine.Places().Get(v.unit)
	f := &filling{app: a}
	w := newWriting(seat{Account: account.ID, Device: id("device", v.login)}, id("log", v.login))
	feeds, err := a.Engine.SharedFeeds(ctx)
	if err != nil {
		return err
	}
	have := int(feeds[access.UnitFeed(v.unit)].Digest.Rows)
	homes := v.rows / 10 // two rows each
	rows := v.rows - have
	for i, h := 0, 0; i < rows; {
		day := until.AddDate(0, 0, -i%360)
		if h < homes && i+2 <= rows {
			err = writer.home(w, v.unit, h, day)
			i, h = i+2, h+1
		} else {
			_, err = writer.entry(w, unit, homes, day)
			i++
		}
		if err != nil {
			return err
		}
		if len(w.list) >= bigPush || i == rows {
			if err := f.send(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

type firstAnswer struct {
	Pull struct {
		Cursors   map[string]int64
		More      bool
		Snapshots []change.Snapshot
	}
}

func ask(ctx context.Context, c *client, cursors map[string]int64, files bool) (a firstAnswer, rows int, size int, err error) {
	head, err := json.Marshal(change.Head{Protocol: change.Protocol, Epoch: id("reads"), From: 1, Cursors: cursors, Snapshots: files})
	if err != nil {
		return a, 0, 0, err
	}
	status, text, err := c.call(ctx, http.MethodPost, "/api/v1/sync", "Content-Type: application/x-ndjson\r\n", head)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("%d %s", status, text)
	}
	if err == nil {
		err = json.Unmarshal(text, &a)
	}
	return a, bytes.Count(text, []byte(`{"feed":"unit:`)), len(text), err
}

// awaitFile waits until the server has made the village's file.
func awaitFile(ctx context.Context, c *client, v large) error {
	for ctx.Err() == nil {
		a, _, _, err := ask(ctx, c, nil, true)
		if err != nil || len(a.Pull.Snapshots) > 0 {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return ctx.Err()
}

func measureFirst(ctx context.Context, p *process, token string, v large, phones int, how way) (one syncing, err error) {
	one = syncing{rows: v.rows, phones: phones, way: how}
	before, err := p.busy()
	if err != nil {
		return one, err
	}
	began := time.Now()
	type result struct {
		rows, size int
		err        error
	}
	done := make(chan result, phones)
	for range phones {
		go func() {
			c := &client{address: p.address, token: token}
			defer c.close()
			var got result
			if how == paged {
				got.rows, got.size, got.err = loadPages(ctx, c)
			} else {
				got.rows, got.size, got.err = loadFile(ctx, c, how == unpacked)
			}
			done <- got
		}()
	}
	for range phones {
		got := <-done
		if got.err == nil && got.rows < v.rows {
			got.err = fmt.Errorf("%d rows of %d", got.rows, v.rows)
		}
		err = errors.Join(err, got.err)
		one.megabytes += float64(got.size) / 1e6
	}
	one.seconds = time.Since(began).Seconds()
	after, err2 := p.busy()
	one.cpu = (after - before).Seconds()
	return one, errors.Join(err, err2)
}

// loadFile takes the file as a phone does, each part held to its hash.
func loadFile(ctx context.Context, c *client, unpack bool) (rows, size int, err error) {
	a, _, _, err := ask(ctx, c, nil, true)
	if err != nil || len(a.Pull.Snapshots) == 0 {
		return 0, 0, errors.Join(err, errors.New("no file is named"))
	}
	s := a.Pull.Snapshots[0]
	status, raw, err := c.call(ctx, http.MethodGet, s.Path, "Range: bytes=0-\r\nIf-Range: \""+s.Hash+"\"\r\n")
	if err != nil || status != http.StatusPartialContent {
		return 0, 0, errors.Join(err, fmt.Errorf("the file: %d", status))
	}
	index, err := snapshot.OpenIndex(raw[:s.Index], s)
	if err != nil {
		return 0, 0, err
	}
	rest := raw[s.Index:]
	for _, part := range index.Parts {
		if !unpack {
			if change.Hash(rest[:part.Bytes]) != part.Hash {
				return 0, 0, snapshot.ErrOther
			}
			rows, rest = rows+int(part.Rows), rest[part.Bytes:]
			continue
		}
		plain, err := snapshot.Open(rest[:part.Bytes], part.Hash)
		if err != nil {
			return 0, 0, err
		}
		rows, rest = rows+bytes.Count(plain, []byte("\n")), rest[part.Bytes:]
	}
	return rows, len(raw), nil
}

func loadPages(ctx context.Context, c *client) (rows, size int, err error) {
	var cursors map[string]int64
	for {
		a, n, m, err := ask(ctx, c, cursors, false)
		if err != nil {
			return 0, 0, err
		}
		rows, size, cursors = rows+n, size+m, a.Pull.Cursors
		if !a.Pull.More {
			return rows, size, nil
		}
	}
}

// firstTable is the part of the report about it.
func (r *report) firstTable() string {
	if len(r.firsts) == 0 {
		return ""
	}
	var b bytes.Buffer
	b.WriteString("### First sync\n\n| rows | phones at once | way | seconds | rows a second, all phones | bytes a row | server, processor seconds |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, f := range r.firsts {
		all, size := float64(f.rows*f.phones), "–"
		if f.way != paged {
			size = fmt.Sprintf("%.0f", f.megabytes*1e6/all)
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %.2f | %s | %s | %.2f |\n", thousands(f.rows), f.phones, f.way, f.seconds, thousands(int(all/f.seconds)), size, f.cpu)
	}
	b.WriteString("\n")
	return b.String()
}
