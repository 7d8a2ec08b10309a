package api_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"niangjia/api"
	"niangjia/server/app"
	"niangjia/server/auth"
	"niangjia/server/demo"
	"niangjia/server/divisions"
	"niangjia/sync/change"
	"niangjia/sync/record"
)

const password = "synthetic-1"

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// city is a whole program over an empty city with real units, spoken to by HTTP without a network. Every answer is
// held to the contract.
type city struct {
	t      testing.TB
	app    *app.App
	server *api.Server
	clock  *clock
	log    *buffer
	data   string
	spec   *openapi3.T
	router routers.Router
	// receipt is the author's of the subject (access_test.go), once it is there.
	receipt string
	// readToken is one of the county (readtokens_test.go), once it is there.
	readToken string
}

// buffer can be written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func contract(t testing.TB) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	spec, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := spec.Validate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return spec
}

// cityFile copies a database with the divisions of a whole city in it into a folder; it is made once, since that takes
// as long as most tests.
func cityFile(t testing.TB, data string) {
	t.Helper()
	madeCity.Do(func() {
		made := t.TempDir()
		a, err := app.Open(context.Background(), app.Config{Data: made, Now: func() time.Time { return firstDay }})
		if err != nil {
			t.Fatal(err)
		}
		divide(t, a)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if emptyCity, err = os.ReadFile(filepath.Join(made, app.DatabaseFile)); err != nil {
			t.Fatal(err)
		}
	})
	if err := os.WriteFile(filepath.Join(data, app.DatabaseFile), emptyCity, 0o600); err != nil {
		t.Fatal(err)
	}
}

func divide(t testing.TB, a *app.App) {
	t.Helper()
	list, err := divisions.Read(demo.Divisions())
	if err == nil {
		err = a.Engine.SetDivisions(context.Background(), list)
	}
	if err != nil {
		t.Fatal(err)
	}
}

var (
	madeCity  sync.Once
	emptyCity []byte
	firstDay  = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

func newCity(t testing.TB) *city {
	t.Helper()
	data := t.TempDir()
	cityFile(t, data)
	return openCity(t, data)
}

// openCity opens whatever is in a folder, which may be nothing.
func openCity(t testing.TB, data string) *city { return openCityWith(t, data, nil) }

// openCityWith opens it with another catalogue than the built-in one.
func openCityWith(t testing.TB, data string, catalogue fs.FS) *city {
	t.Helper()
	c := &city{t: t, clock: &clock{now: firstDay}, log: &buffer{}, data: data, spec: contract(t)}
	var err error
	if c.router, err = legacy.NewRouter(c.spec); err != nil {
		t.Fatal(err)
	}
	c.app, err = app.Open(t.Context(), app.Config{Data: c.data, Catalogue: catalogue, Now: c.clock.Now, Log: slog.New(slog.NewJSONHandler(c.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.app.Close(); err != nil {
			t.Error(err)
		}
	})
	if c.server, err = c.app.Server(); err != nil {
		t.Fatal(err)
	}
	return c
}

// person is an account signed in on a device, with the log that it writes there.
type person struct {
	c       *city
	id      string
	login   string
	device  string
	access  string
	refresh string

	epoch string
	n     int64
	prev  string
}

// id makes 32 hex digits from a name.
func id(name string) string { return change.Hash([]byte(name))[:32] }

func (c *city) account(login, name string, seats ...record.Seat) string {
	c.t.Helper()
	a, err := c.app.Auth.Add(c.t.Context(), auth.NewAccount{ID: id("account " + login), Login: login, Name: name, Password: password, Seats: seats})
	if err != nil {
		c.t.Fatal(err)
	}
	return a.ID
}

// join opens an account and signs it in.
func (c *city) join(login string, seats ...record.Seat) *person {
	c.t.Helper()
	c.account(login, "合成 "+login, seats...)
	return c.signIn(login)
}

func (c *city) signIn(login string) *person {
	c.t.Helper()
	p := &person{c: c, login: login, device: id("device " + login), epoch: id("epoch " + login)}
	a := c.post(nil, "/api/v1/login", map[string]any{"account": login, "password": password, "device": map[string]string{"id": p.device, "name": "测试"}})
	a.want(200)
	p.access, p.refresh = a.text("access"), a.text("refresh")
	p.id = a.json["account"].(map[string]any)["id"].(string)
	return p
}

// reply is an answer that has been held to the contract.
type reply struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (r *reply) want(status int) *reply {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("%s answered %d, want %d: %s", r.what, r.status, status, r.body)
	}
	return r
}

func (r *reply) wantCode(status int, code record.Code) *reply {
	r.t.Helper()
	r.want(status)
	if r.json["code"] != string(code) {
		r.t.Fatalf("%s answered %v, want %s", r.what, r.json["code"], code)
	}
	if want := api.Answers()[code].Sentence; want == "" || r.json["detail"] != want {
		r.t.Fatalf("%s says %v, want %s", r.what, r.json["detail"], want)
	}
	return r
}

func (r *reply) text(key string) string {
	s, _ := r.json[key].(string)
	return s
}

func (c *city) get(p *person, path string) *reply {
	c.t.Helper()
	return c.do(p, httptest.NewRequest(http.MethodGet, path, nil))
}

func (c *city) post(p *person, path string, body any) *reply {
	c.t.Helper()
	return c.send(http.MethodPost, p, path, body)
}

func (c *city) put(p *person, path string, body any) *reply {
	c.t.Helper()
	return c.send(http.MethodPut, p, path, body)
}

func (c *city) send(method string, p *person, path string, body any) *reply {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	req := httptest.NewRequest(method, path, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json")
	return c.do(p, req)
}

func (c *city) do(p *person, req *http.Request) *reply {
	c.t.Helper()
	if p != nil {
		req.Header.Set("Authorization", "Bearer "+p.access)
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, req)
	r := &reply{t: c.t, what: req.Method + " " + req.URL.String(), status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if r.status >= 500 {
		c.t.Errorf("%s answered %d: %s", r.what, r.status, r.body)
	}
	if w.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(w.Body)
		if err == nil {
			r.body, err = io.ReadAll(z)
		}
		if err != nil {
			c.t.Fatal(err)
		}
	}
	if strings.Contains(w.Header().Get("Content-Type"), "json") && req.Method != http.MethodHead {
		if err := json.Unmarshal(r.body, &r.json); err != nil {
			c.t.Errorf("%s: %v: %s", r.what, err, r.body)
		}
	}
	c.hold(req, r)
	return r
}

// hold compares an answer with what the contract says of its route.
func (c *city) hold(req *http.Request, r *reply) {
	c.t.Helper()
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		return // no route of the API
	}
	header := r.header.Clone()
	header.Del("Content-Encoding")
	err = openapi3filter.ValidateResponse(c.t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 r.status, Header: header, Body: io.NopCloser(bytes.NewReader(r.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		c.t.Errorf("%s does not keep the contract: %v", r.what, err)
	}
}

// exchange sends lines and takes the answer.
func (p *person) exchange(lines ...string) *reply {
	p.c.t.Helper()
	return p.exchangeFrom(p.n-int64(len(lines))+1, lines...)
}

func (p *person) exchangeFrom(from int64, lines ...string) *reply {
	p.c.t.Helper()
	head := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":%d,"server_epoch":"","cursors":{}}`, p.epoch, max(1, from))
	return p.raw(head + "\n" + strings.Join(lines, "\n"))
}

func (p *person) raw(body string) *reply {
	p.c.t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/api/v1/sync", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-ndjson")
	return p.c.do(p, req)
}

// line writes the next line of the person's log. The keys that every change has are filled in.
func (p *person) line(keys map[string]any) string {
	p.n++
	now := p.c.clock.Now().UnixMilli()
	c := map[string]any{"epoch": p.epoch, "n": p.n, "prev": p.prev, "at": now, "seen": now}
	for k, v := range keys {
		c[k] = v
	}
	raw, err := json.Marshal(c)
	if err != nil {
		p.c.t.Fatal(err)
	}
	p.prev = change.Hash(raw)
	return string(raw)
}

// outcomes of an answer, as "applied" or "rejected bad_date".
func outcomes(r *reply) []string {
	var out []string
	push, _ := r.json["push"].(map[string]any)
	list, _ := push["outcomes"].([]any)
	for _, o := range list {
		m := o.(map[string]any)
		s := fmt.Sprint(m["outcome"])
		if m["code"] != nil {
			s += " " + fmt.Sprint(m["code"])
		}
		out = append(out, s)
	}
	return out
}

func changeHash(line string) string { return change.Hash([]byte(line)) }
