// Package api is the HTTP face of the server: routes, wire types, and the one table from error code to status and
// sentence. It holds no rule of its own.
package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	files "niangjia/server/attachment"
	"niangjia/server/auth"
	"niangjia/server/campaign"
	"niangjia/server/geomap"
	"niangjia/server/notice"
	"niangjia/server/publishing"
	"niangjia/server/push"
	"niangjia/server/registers"
	reporting "niangjia/server/report"
	"niangjia/server/reportfile"
	"niangjia/server/snapshots"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Options are what the API serves and by what.
type Options struct {
	Engine *engine.Engine
	Auth   *auth.Service
	// Registers takes households and persons from spreadsheets.
	Registers *registers.Service
	// Publishing changes forms and figures.
	Publishing *publishing.Service
	// Campaigns runs campaigns.
	Campaigns *campaign.Service
	// Reports writes reports.
	Reports *reporting.Service
	// ReportFonts are drawn into a report's PDF; nil for none.
	ReportFonts *reportfile.Fonts
	// Map has the outlines of units; nil without one.
	Map *geomap.Outlines
	// Snapshots has the files of large feeds.
	Snapshots *snapshots.Service
	// Attachments takes and gives photos, signatures and voice notes.
	Attachments *files.Service
	// Notices has inboxes and messages.
	Notices *notice.Service
	// Push knows the browsers that want to be told.
	Push *push.Service
	App  fs.FS // the built web app; nil without one
	Log  *slog.Logger
	// Ready tells whether requests can be answered.
	Ready func(context.Context) error
	// BehindProxy believes X-Forwarded-For from private addresses, for limits by address.
	BehindProxy bool
	// TLS: the server itself is reached by https alone.
	TLS bool
	// Meter counts what is answered; nil counts nothing.
	Meter Meter
	// Metrics answers /metrics to callers on this machine; nil where nobody is to be answered here. It is no part of
	// the API: it is for whoever keeps the machine.
	Metrics http.Handler
}

// Meter counts what is answered, without a person, a unit or an id in it.
type Meter interface {
	Request(route, method string, status int, took time.Duration)
	Pushed(outcomes []string)
	// Examined counts a question of a phone that differs, and the rows that it took anew.
	Examined(rows int)
	// Reset counts feeds that a phone begins again.
	Reset(feeds int)
}

// Server answers HTTP requests.
type Server struct {
	Options
	readTime time.Duration // within which a request must have come whole
	listMost int           // rows of a list that is taken away as a file
	turns    chan struct{} // of answers with rows

	log  *slog.Logger
	app  *webApp
	echo *echo.Echo
}

// Time-outs. A village's one bar of signal may take a minute for a push; whoever is slower than that holds a connection
// for nothing.
const (
	headerTime = 10 * time.Second
	readTime   = 2 * time.Minute
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	workTime   = time.Minute
	stopTime   = 20 * time.Second
)

// New prepares the server.
func New(o Options) (*Server, error) {
	app, err := newWebApp(o.App)
	if err != nil {
		return nil, fmt.Errorf("read the web app: %w", err)
	}
	s := &Server{Options: o, readTime: readTime, listMost: listMost, turns: make(chan struct{}, 2*runtime.GOMAXPROCS(0)), log: o.Log, app: app, echo: echo.New()}
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.problemOf
	e.IPExtractor = echo.ExtractIPDirect()
	if o.BehindProxy {
		e.IPExtractor = echo.ExtractIPFromXFFHeader()
	}
	e.Use(
		identified,
		s.logged,
		middleware.RecoverWithConfig(middleware.RecoverConfig{LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			s.log.LogAttrs(c.Request().Context(), levelError, "panic", requestAttrs(c, errAttr(err), slog.String("stack", string(stack)))...)
			return &record.Error{Code: record.Internal, Err: errors.New("panic")}
		}}),
		s.secured,
	)
	timed := middleware.ContextTimeoutWithConfig(middleware.ContextTimeoutConfig{Timeout: workTime, ErrorHandler: func(err error, _ echo.Context) error { return err }})
	for _, r := range s.routes() {
		e.Add(r.method, r.path, s.allowed(r), compressed, timed)
	}
	if o.Metrics != nil {
		e.GET("/metrics", s.metrics)
	}
	e.GET("/*", app.serve)
	e.HEAD("/*", app.serve)
	return s, nil
}

// ServeHTTP answers one request; tests use it without a listener.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.echo.ServeHTTP(w, r) }

// Serve answers requests until the context ends, then finishes those that have begun.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	hs := &http.Server{
		Handler: s, ReadHeaderTimeout: headerTime, ReadTimeout: s.readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	err := hs.Shutdown(stopping)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// metrics answers this machine alone. What a proxy passes on comes from this machine too, and is refused.
func (s *Server) metrics(c echo.Context) error {
	h := c.Request().Header
	address, err := netip.ParseAddrPort(c.Request().RemoteAddr)
	if err != nil || !address.Addr().Unmap().IsLoopback() || h.Get("X-Forwarded-For") != "" || h.Get("Forwarded") != "" {
		return &record.Error{Code: record.NotFound}
	}
	s.Metrics.ServeHTTP(c.Response(), c.Request())
	return nil
}

// identified names the request for the log and the answer. A name that the caller sends is not taken: it would put
// whatever the caller likes into the log.
func identified(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderXRequestID, rand.Text())
		return next(c)
	}
}

// secured sets the headers that keep a page from loading or doing anything that is not the app's own.
func (s *Server) secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; "+
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		if s.TLS { // a phone that has been here once does not speak in the clear again, whatever a network offers
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self)")
		return next(c)
	}
}
