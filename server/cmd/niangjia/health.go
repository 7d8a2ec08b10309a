package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"
)

type healthCmd struct{ reach }

// Run asks the server by the flags or environment that it was started with.
func (h *healthCmd) Run(ctx context.Context, g *globals) error {
	host, port, err := net.SplitHostPort(h.Listen)
	if err != nil {
		return err
	}
	switch host { // on all addresses: also on this machine's own
	case "", "0.0.0.0":
		host = "127.0.0.1"
	case "::":
		host = "::1"
	}
	scheme := "http"
	// The question is whether this machine's own server answers, not who it is.
	config := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}
	if h.TLSCert != "" || len(h.TLSHost) > 0 {
		scheme = "https"
	}
	if len(h.TLSHost) > 0 {
		config.ServerName = h.TLSHost[0]
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := scheme + "://" + net.JoinHostPort(host, port) + "/readyz"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, Proxy: nil}}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close() // nothing of it is read
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	return g.say(map[string]string{"url": url, "status": res.Status}, "%s answers", url)
}
