package api_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"niangjia/sync/record"
)

func (p *person) home(name string) map[string]any {
	return map[string]any{"type": "household", "entity": id(name), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}}
}

// through is how many of the person's changes the ledger has.
func (p *person) through() any {
	p.c.t.Helper()
	r := p.raw(fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, p.epoch)).want(200)
	return r.json["push"].(map[string]any)["through"]
}

// W7: of a body that was cut on its way nothing is applied, wherever it was cut, whatever of it could be read.
func TestACutBodyAppliesNothing(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	var lines []string
	for i := range 40 {
		lines = append(lines, p.line(p.home(fmt.Sprint("h", i))))
	}
	body := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, p.epoch) + "\n" + strings.Join(lines, "\n")
	packed := zipped(t, []byte(body))
	for _, at := range []int{1, 9, 10, 11, len(packed) / 2, len(packed) - 9, len(packed) - 8, len(packed) - 1} {
		p.sendBytes(packed[:at], "Content-Encoding", "gzip").wantCode(400, record.BadRequest)
	}
	garbled := bytes.Clone(packed)
	garbled[len(garbled)/2] ^= 0x20
	p.sendBytes(garbled, "Content-Encoding", "gzip").wantCode(400, record.BadRequest)
	if got := p.through(); got != float64(0) {
		t.Fatalf("%v changes of bodies that never came whole", got)
	}
	p.sendBytes(packed, "Content-Encoding", "gzip").want(200)
	if got := p.through(); got != float64(40) {
		t.Fatalf("through %v", got)
	}
}

// W7: a first line without an end is refused by its length, before anything in it is read.
func TestAHeadWithoutEnd(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	for name, head := range map[string]string{
		"no line break":   strings.Repeat("x", 1<<20),
		"many cursors":    `{"protocol":1,"cursors":{` + strings.Repeat(`"unit:530923101201":1,`, 10_000) + `"a":1}}`,
		"deeply nested":   `{"cursors":` + strings.Repeat("[", 65<<10),
		"a long epoch":    `{"protocol":1,"epoch":"` + strings.Repeat("0", 70_000) + `"}`,
		"spaces for ever": strings.Repeat(" ", 2<<20),
	} {
		if r := p.raw(head); r.status != 413 || r.json["code"] != string(record.TooLarge) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	for _, nested := range []string{`{"cursors":` + strings.Repeat("[", 20_000), `{"protocol":` + strings.Repeat(`{"a":`, 9_000)} {
		p.raw(nested).wantCode(400, record.BadRequest)
	}
}

// W7: cursors beyond what a feed has, of feeds that are none, and more of them than there are feeds: each an answer.
func TestCursorsBeyondCount(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	p.exchange(p.line(p.home("h"))).want(200)
	many := make([]string, 0, 1500)
	for i := range 1500 {
		many = append(many, fmt.Sprintf(`"unit:%012d":%d`, i, i))
	}
	for _, cursors := range []string{
		strings.Join(many, ","),
		`"unit:` + theVillage + `":9007199254740991`, `"unit:` + theVillage + `":-9007199254740991`,
		`"":1`, `"unit:":1`, `"own:\u0000":1`, `"review:` + theCity + `":1`,
	} {
		for _, more := range []string{"", `,"snapshots":true`, `,"bases":{},"digests":true,"snapshots":true`} {
			r := p.raw(fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{%s}%s}`, p.epoch, cursors, more)).want(200)
			for _, row := range r.json["pull"].(map[string]any)["rows"].([]any) {
				if feed := row.(map[string]any)["feed"]; feed != "unit:"+theVillage {
					t.Errorf("cursors {%.60s}: a row of %v", cursors, feed)
				}
			}
		}
	}
}

// W7: a push that never ends is ended, and nothing of it is applied; meanwhile others are served.
func TestAPushThatNeverEnds(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	c.server.ReadWithin(300 * time.Millisecond)
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- c.server.Serve(ctx, l) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	line := p.line(p.home("h"))
	body, feed := io.Pipe()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+l.Addr().String()+"/api/v1/sync", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Authorization", "Bearer "+p.access)
	go func() { // a whole change, and then a line without end, byte by byte
		_, err := fmt.Fprintf(feed, `{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`+"\n%s\n", p.epoch, line)
		for err == nil {
			time.Sleep(20 * time.Millisecond)
			_, err = feed.Write([]byte("x"))
		}
	}()
	answer, err := http.DefaultClient.Do(req)
	if err == nil { // named, where the connection lasts for it; and cut off in any case
		if answer.StatusCode != 408 {
			t.Errorf("answered %d", answer.StatusCode)
		}
		_ = answer.Body.Close()
	}
	_ = feed.CloseWithError(io.ErrClosedPipe)
	if got := p.through(); got != float64(0) {
		t.Errorf("%v changes of a push that never ended", got)
	}
}
