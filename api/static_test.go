package api_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"niangjia/api"
)

func webServer(t *testing.T, files fstest.MapFS) *api.Server {
	t.Helper()
	s, err := api.New(api.Options{App: files, Log: slog.New(slog.DiscardHandler), Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func page(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func TestTheAppIsServed(t *testing.T) {
	s := webServer(t, fstest.MapFS{
		"index.html": page("<p>index"), "sw.js": page("worker"), "manifest.webmanifest": page("{}"), ".keep": page("x"),
		"assets/a-1f2e.js": page("plain"), "assets/a-1f2e.js.br": page("BR"), "assets/a-1f2e.js.gz": page("GZ"), "assets/b-77.css": page("p{}"),
	})
	for _, tc := range []struct {
		path, accepts       string
		status              int
		body, kind, caching string
	}{
		{"/", "", 200, "<p>index", "text/html; charset=utf-8", "no-cache"},
		{"/entries/3?from=home", "", 200, "<p>index", "text/html; charset=utf-8", "no-cache"},
		{"/sw.js", "", 200, "worker", "text/javascript; charset=utf-8", "no-cache"},
		{"/manifest.webmanifest", "", 200, "{}", "application/manifest+json", "no-cache"},
		{"/assets/a-1f2e.js", "", 200, "plain", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/a-1f2e.js", "gzip, deflate, br", 200, "BR", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/a-1f2e.js", "gzip", 200, "GZ", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/b-77.css", "br", 200, "p{}", "text/css; charset=utf-8", "public, max-age=31536000, immutable"},
		{"/assets/gone-0000.js", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
		{"/favicon.ico", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
		{"/assets/../../../etc/passwd.txt", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
		{"/api", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
		{"/api/v1/unknown", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
		{"/.keep", "", 404, "not_found", "application/problem+json; charset=utf-8", "no-store"},
	} {
		req := httptest.NewRequest("GET", tc.path, nil)
		req.Header.Set("Accept-Encoding", tc.accepts)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, req)
		h := w.Header()
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) || h.Get("Content-Type") != tc.kind || h.Get("Cache-Control") != tc.caching {
			t.Errorf("%s (%s): %d %q %s %s", tc.path, tc.accepts, w.Code, w.Body.String(), h.Get("Content-Type"), h.Get("Cache-Control"))
		}
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: content policy %q", tc.path, csp)
		}
	}
}

func TestAProgramWithoutTheAppSaysSo(t *testing.T) {
	s := webServer(t, fstest.MapFS{".keep": page("x")})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestStoppingLetsARequestFinish(t *testing.T) {
	entered, goOn := make(chan struct{}), make(chan struct{})
	s, err := api.New(api.Options{Log: slog.New(slog.DiscardHandler), Ready: func(context.Context) error {
		close(entered)
		<-goOn
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served, answered := make(chan error, 1), make(chan string, 1)
	go func() { served <- s.Serve(ctx, l) }()
	go func() {
		r, err := http.Get("http://" + l.Addr().String() + "/readyz")
		if err != nil {
			answered <- err.Error()
			return
		}
		body, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		answered <- string(body)
	}()
	<-entered
	stop()
	select {
	case err := <-served:
		t.Fatalf("stopped with a request under way: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(goOn)
	if got := <-answered; !strings.Contains(got, "ok") {
		t.Errorf("the request was answered %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
