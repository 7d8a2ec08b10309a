package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"

	"niangjia/server/app"
	"niangjia/server/demo"
)

// reach says where and how the server is reached; niangjia healthcheck asks there.
type reach struct {
	Listen       string   `help:"Address to listen on." default:"127.0.0.1:8787" env:"NIANGJIA_LISTEN" placeholder:"HOST:PORT"`
	BehindProxy  bool     `help:"A proxy has the certificate: believe its X-Forwarded-For when it comes from a private address." env:"NIANGJIA_BEHIND_PROXY"`
	TLSCert      string   `name:"tls-cert" help:"Certificate (PEM, with its chain); taken anew when the file changes." type:"path" env:"NIANGJIA_TLS_CERT" placeholder:"FILE"`
	TLSKey       string   `name:"tls-key" help:"Its key (PEM)." type:"path" env:"NIANGJIA_TLS_KEY" placeholder:"FILE"`
	TLSHost      []string `name:"tls-host" help:"Name to get a certificate for from an ACME authority; several with commas." env:"NIANGJIA_TLS_HOST" placeholder:"NAME"`
	TLSEmail     string   `name:"tls-email" help:"Where the ACME authority writes to." env:"NIANGJIA_TLS_EMAIL" placeholder:"ADDRESS"`
	TLSDirectory string   `name:"tls-directory" help:"The ACME authority, instead of Let's Encrypt." env:"NIANGJIA_TLS_DIRECTORY" placeholder:"URL"`
	HTTPListen   string   `name:"http-listen" help:"With TLS: address that sends callers on to https and proves --tls-host (:80)." env:"NIANGJIA_HTTP_LISTEN" placeholder:"HOST:PORT"`
}

type serveCmd struct {
	reach
	MetricsListen string `help:"Address for /metrics alone, instead of the main one (where it answers this machine only, and nobody behind a proxy)." env:"NIANGJIA_METRICS_LISTEN" placeholder:"HOST:PORT"`
	telling
	Fonts string `help:"Folder of Chinese fonts, which are drawn into PDFs; without them a PDF names those of official papers." type:"existingdir" env:"NIANGJIA_FONTS" placeholder:"DIR"`
	Map   string `help:"GeoJSON file with the areas of units by their division codes: the dashboard shows them as a map." type:"path" env:"NIANGJIA_MAP" placeholder:"FILE"`
	Log   string `help:"File for the log, instead of the standard error output." type:"path" env:"NIANGJIA_LOG" placeholder:"FILE"`
}

func (s *serveCmd) serving() app.Serving {
	return app.Serving{Listen: s.Listen, BehindProxy: s.BehindProxy, TLSCert: s.TLSCert, TLSKey: s.TLSKey, TLSHosts: s.TLSHost,
		TLSEmail: s.TLSEmail, TLSDirectory: s.TLSDirectory, HTTPListen: s.HTTPListen, MetricsListen: s.MetricsListen, Fonts: s.Fonts, Map: s.Map}
}

func (s *serveCmd) Run(ctx context.Context, g *globals) (err error) {
	var to io.Writer = os.Stderr
	if s.Log != "" {
		f, err := os.OpenFile(s.Log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // what was written is with the system already
		to = f
	}
	log := slog.New(slog.NewJSONHandler(to, nil))
	sweep := unswept()
	defer sweep()
	tell, err := s.outside(s.TLSHost)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Config{Data: g.Data, Catalogue: g.catalogueFS(), Telling: tell, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	f, err := a.Face(ctx, s.serving())
	if err != nil {
		return err
	}
	sweep()
	if err := g.say(map[string]string{"address": f.Address()}, "Niangjia is at %s (Ctrl-C stops it)", f.Address()); err != nil {
		return err
	}
	isDemo, err := a.IsDemo(ctx)
	if err != nil {
		return err
	}
	if isDemo && !g.JSON {
		if err := sayDemo(g.out); err != nil {
			return err
		}
	}
	return f.Run(ctx)
}

// sweepAt is by how many hundredths of what is in use the heap may grow before it is swept (GOGC), where the environment
// says nothing else. With a hundred phones that push, Go's usual 100 holds 175 MB at most instead of 150, and takes a
// twentieth less of the processor (docs/benchmarks.md).
const sweepAt = 60

// openingHeap is what opening may take before the heap is swept; what it leaves is some 20 MB.
const openingHeap = 64 << 20

// unswept keeps the heap from being swept until what it gives is called: a third of a restart went into sweeping what
// has just been read and stays.
func unswept() (sweep func()) {
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	if os.Getenv("GOGC") == "" {
		percent = sweepAt
	}
	debug.SetMemoryLimit(min(limit, openingHeap))
	return sync.OnceFunc(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		go debug.FreeOSMemory() // beside the first requests: what was read and is not needed any more
	})
}

func sayDemo(out io.Writer) error {
	text := fmt.Sprintf("\nA demo city is in it. Accounts, all with the password %s:\n\n", demo.Password)
	for _, p := range demo.People() {
		text += fmt.Sprintf("  %-7s %s\n", p.Login, p.What)
	}
	text += `
What to try:
  1. Sign in as cun1 in a phone-sized window; switch the network off (developer tools, Network, Offline);
     record a visit, a mediation and an aid distribution; switch the network on again.
  2. Sign in as zhen1 in another browser or private window: approve two, return one with a reason.
  3. Sign in as shi1: the city's figures have changed; tap one to open the entries behind it.
`
	_, err := io.WriteString(out, text)
	return err
}
