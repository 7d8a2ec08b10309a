package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"

	"niangjia/server/app"
	"niangjia/server/demo"
)

type serveCmd struct {
	Listen      string `help:"Address to listen on." default:"127.0.0.1:8787" env:"NIANGJIA_LISTEN"`
	Log         string `help:"File for the log, instead of the standard error output." type:"path" placeholder:"FILE"`
	BehindProxy bool   `help:"Believe X-Forwarded-For when it comes from a private address."`
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
	a, err := app.Open(ctx, app.Config{Data: g.Data, Catalogue: g.catalogueFS(), Log: log, BehindProxy: s.BehindProxy})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return err
	}
	address := "http://" + l.Addr().String()
	if err := g.say(map[string]string{"address": address}, "Niangjia is at %s (Ctrl-C stops it)", address); err != nil {
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
	return a.Run(ctx, l)
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
