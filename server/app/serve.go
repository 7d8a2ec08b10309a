package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"niangjia/api"
	"niangjia/server/certs"
	"niangjia/server/geomap"
	"niangjia/server/metrics"
	"niangjia/server/reportfile"
	"niangjia/sync/engine"
)

// Serving says where and how the server is reached.
type Serving struct {
	Listen        string   `json:"listen"`
	BehindProxy   bool     `json:"behind_proxy"`
	TLSCert       string   `json:"tls_cert,omitempty"` // files; both or none
	TLSKey        string   `json:"-"`
	TLSHosts      []string `json:"tls_hosts,omitempty"` // instead: names to get a certificate for
	TLSEmail      string   `json:"-"`
	TLSDirectory  string   `json:"-"`             // the ACME authority, "" for Let's Encrypt
	HTTPListen    string   `json:"-"`             // with TLS: sends callers on to https; "" for none
	MetricsListen string   `json:"-"`             // "" for the address above, where that is this machine's alone
	Fonts         string   `json:"-"`             // folder of those that are drawn into PDFs, "" for none
	Map           string   `json:"map,omitempty"` // GeoJSON with the units' areas, "" for none
}

// TLS reports whether the server itself speaks https.
func (s Serving) TLS() bool { return s.TLSCert != "" || len(s.TLSHosts) > 0 }

// Check finds settings that exclude one another.
func (s Serving) Check() error {
	switch {
	case (s.TLSCert == "") != (s.TLSKey == ""):
		return errors.New("a certificate needs its key: give both --tls-cert and --tls-key")
	case s.TLSCert != "" && len(s.TLSHosts) > 0:
		return errors.New("either --tls-cert or --tls-host: a certificate is yours or is fetched")
	case s.TLS() && s.BehindProxy:
		return errors.New("either TLS or --behind-proxy: a proxy has the certificate")
	case s.HTTPListen != "" && !s.TLS():
		return errors.New("--http-listen sends callers on to https: it needs --tls-cert or --tls-host")
	}
	return nil
}

// metaServing keeps how the server was started last, for niangjia doctor.
const metaServing = "serving"

// Started is how the server was started last.
type Started struct {
	Serving
	At time.Time `json:"at"`
}

// Face is the opened data on the network.
type Face struct {
	app     *App
	log     *slog.Logger
	api     *api.Server
	main    net.Listener
	beside  []*http.Server // with their listeners, in the same order
	besides []net.Listener
	tls     bool
}

// Face opens the sockets and reads the certificates.
func (a *App) Face(ctx context.Context, s Serving) (_ *Face, err error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	f := &Face{app: a, log: a.config.Log, tls: s.TLS()}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	if f.main, err = new(net.ListenConfig).Listen(ctx, "tcp", s.Listen); err != nil {
		return nil, err
	}
	if err := f.secure(ctx, s); err != nil {
		return nil, err
	}
	m := metrics.New(func() (metrics.State, error) {
		st, err := a.store.State(context.Background())
		return metrics.State(st), err
	})
	a.store.OnCommit(m.Committed)
	o := api.Options{BehindProxy: s.BehindProxy, TLS: s.TLS(), Meter: m}
	if s.Fonts != "" {
		if o.ReportFonts, err = reportfile.LoadFonts(os.DirFS(s.Fonts)); err != nil {
			return nil, fmt.Errorf("fonts in %s: %w", s.Fonts, err)
		}
	}
	if s.Map != "" {
		if o.Map, err = a.outlines(s.Map); err != nil {
			return nil, err
		}
	}
	switch {
	case s.MetricsListen != "":
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", m.Handler())
		if err := f.also(ctx, s.MetricsListen, mux); err != nil {
			return nil, err
		}
	case !s.BehindProxy && IsLoopback(s.Listen):
		o.Metrics = m.Handler()
	}
	if f.api, err = a.server(o); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(Started{s, a.config.Now().UTC()})
	if err != nil {
		return nil, err
	}
	return f, a.store.Update(ctx, func(tx engine.Tx) error { return tx.SetMeta(metaServing, string(raw)) })
}

// notesShown is how many features that were left out are told one by one.
const notesShown = 5

// outlines reads a map, and tells the log what was left out of it.
func (a *App) outlines(path string) (*geomap.Outlines, error) {
	known := func(code string) bool { _, ok := a.Engine.Places().Get(code); return ok }
	m, left, err := geomap.Load(path, known)
	if err != nil {
		return nil, err
	}
	for _, f := range left[:min(notesShown, len(left))] {
		a.config.Log.Warn("a feature of the map was left out", slog.String("why", f.Error()))
	}
	if n := len(left) - notesShown; n > 0 {
		a.config.Log.Warn("more features of the map were left out", slog.Int("number", n))
	}
	return m, nil
}

// Server answers requests without a socket.
func (a *App) Server() (*api.Server, error) { return a.server(api.Options{}) }

func (a *App) server(o api.Options) (*api.Server, error) {
	files, err := web()
	if err != nil {
		return nil, err
	}
	// Here and not where the data is opened: another command beside the server must not tidy what it is making.
	if err := a.Snapshots.Use(a.Engine); err != nil {
		return nil, fmt.Errorf("open the snapshots: %w", err)
	}
	o.Engine, o.Auth, o.Registers, o.Snapshots, o.App, o.Log, o.Ready = a.Engine, a.Auth, a.Registers, a.Snapshots, files, a.config.Log, a.store.Ready
	o.Attachments, o.Publishing, o.Campaigns, o.Reports, o.Notices, o.Push = a.Attachments, a.Publishing, a.Campaigns, a.Reports, a.Notices, a.Push
	return api.New(o)
}

// secure puts TLS over the main listener, where asked.
func (f *Face) secure(ctx context.Context, s Serving) error {
	if !s.TLS() {
		return nil
	}
	_, port, err := net.SplitHostPort(f.main.Addr().String())
	if err != nil {
		return err
	}
	var config *tls.Config
	redirect := certs.Redirect(port)
	if s.TLSCert != "" {
		config, err = certs.FromFiles(s.TLSCert, s.TLSKey, func(err error) {
			f.log.Error("the certificate's files cannot be used, the one before stays", slog.String("error", err.Error()))
		})
	} else {
		config, redirect, err = certs.Auto(s.TLSHosts, s.TLSEmail, s.TLSDirectory, filepath.Join(f.app.config.Data, "tls"))
	}
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	f.main = tls.NewListener(f.main, config)
	if s.HTTPListen == "" {
		return nil
	}
	return f.also(ctx, s.HTTPListen, redirect)
}

// also opens a second socket with little to say.
func (f *Face) also(ctx context.Context, address string, h http.Handler) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	f.besides = append(f.besides, l)
	f.beside = append(f.beside, &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(f.log.Handler(), slog.LevelWarn)})
	return nil
}

// Address is where the server is reached.
func (f *Face) Address() string {
	if f.tls {
		return "https://" + f.main.Addr().String()
	}
	return "http://" + f.main.Addr().String()
}

// Run serves until the context ends, and then finishes what has begun. If one of the sockets fails, all end.
func (f *Face) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		f.app.Snapshots.Run(ctx)
	}()
	seen := make(chan struct{})
	go func() {
		defer close(seen)
		f.app.Attachments.Run(ctx)
	}()
	told := make(chan struct{})
	go func() {
		defer close(told)
		f.app.tell(ctx)
	}()
	failed := make(chan error, len(f.beside))
	for i, hs := range f.beside {
		go func() {
			err := hs.Serve(f.besides[i])
			if errors.Is(err, http.ErrServerClosed) {
				err = nil
			}
			stop()
			failed <- err
		}()
	}
	tended := make(chan struct{})
	go func() {
		defer close(tended)
		f.app.tend(ctx)
	}()
	err := f.api.Serve(ctx, f.main)
	stop()
	<-tended
	<-kept
	<-seen
	<-told
	for _, hs := range f.beside {
		err = errors.Join(err, hs.Close())
	}
	for range f.beside {
		err = errors.Join(err, <-failed)
	}
	return err
}

func (f *Face) close() error {
	var err error
	for _, l := range append(f.besides, f.main) {
		if l != nil {
			err = errors.Join(err, l.Close())
		}
	}
	return err
}

// IsLoopback reports whether an address to listen on is reached from this machine alone.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
