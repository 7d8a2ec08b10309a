// Package certs gives the server its certificate: from files that somebody renews, or from an ACME authority.
package certs

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// lookEvery is how often at most the files are asked whether they changed.
const lookEvery = time.Second

func config(get func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: get}
}

// files is a certificate in two files, read again when they change.
type files struct {
	cert, key string
	failed    func(error)
	now       func() time.Time

	mu     sync.Mutex // guards what follows
	looked time.Time
	stamps [2]stamp
	have   *tls.Certificate
}

type stamp struct {
	changed time.Time
	size    int64
}

// FromFiles serves a certificate with its key. When the files change the new ones are taken without a restart; while
// they make no sense (half written, or a key that is not the certificate's) the ones before stay, and failed hears why.
func FromFiles(cert, key string, failed func(error)) (*tls.Config, error) {
	f := &files{cert: cert, key: key, failed: failed, now: time.Now}
	if err := f.read(); err != nil {
		return nil, err
	}
	return config(f.get), nil
}

func (f *files) read() error {
	stamps, err := f.stamp()
	if err != nil {
		return err
	}
	have, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return err
	}
	f.have, f.stamps = &have, stamps
	return nil
}

func (f *files) stamp() (out [2]stamp, err error) {
	for i, path := range []string{f.cert, f.key} {
		info, err := os.Stat(path)
		if err != nil {
			return out, err
		}
		out[i] = stamp{info.ModTime(), info.Size()}
	}
	return out, nil
}

func (f *files) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		if stamps, err := f.stamp(); err != nil {
			f.failed(err)
		} else if stamps != f.stamps {
			if err := f.read(); err != nil {
				f.failed(err)
			}
		}
	}
	return f.have, nil
}

// Auto obtains and renews certificates for the hosts from an ACME authority ("" for Let's Encrypt) and keeps them in a
// folder. The handler must answer on port 80: it proves the hosts and sends everybody else to https.
func Auto(hosts []string, email, directory, cache string) (*tls.Config, http.Handler, error) {
	if len(hosts) == 0 {
		return nil, nil, errors.New("no host to get a certificate for")
	}
	m := &autocert.Manager{Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(hosts...), Email: email, Cache: autocert.DirCache(cache)}
	if directory != "" {
		m.Client = &acme.Client{DirectoryURL: directory}
	}
	c := config(m.GetCertificate)
	c.NextProtos = append(c.NextProtos, acme.ALPNProto)
	return c, m.HTTPHandler(Redirect("")), nil
}

// Redirect sends everybody to the same address on https, at a port other than the usual where one is named. What was
// posted in the clear is not repeated.
func Redirect(port string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "use https", http.StatusBadRequest)
			return
		}
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if port != "" && port != "443" {
			host = net.JoinHostPort(host, port)
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "https://"+host+r.URL.RequestURI(), http.StatusMovedPermanently)
	})
}
