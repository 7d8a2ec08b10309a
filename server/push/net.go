package push

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	// patience is how long a service may take: most that do not answer at all are behind a wall.
	patience    = 10 * time.Second
	longestPath = 2048
)

var errPrivate = errors.New("the address is not a public one")

// inner are networks that are nobody's on the internet, beyond those that the standard library names.
var inner = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// given is all of IPv6 that is given to anybody as an address of one machine (RFC 4291, 2.4; IANA). Outside it are those that
// carry an IPv4 address (::7f00:1, 64:ff9b::7f00:1), and what networks keep to themselves.
var given = netip.MustParsePrefix("2000::/3")

// public reports whether an address is somebody's on the internet. Those that carry an IPv4 address within them are not:
// where they lead is the network's to say.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || a.Is6() && !given.Contains(a) {
		return false
	}
	for _, p := range inner {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// checkEndpoint refuses what no push service is at, before anything is asked of it (N11).
func checkEndpoint(endpoint string, private bool) error {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return err
	case len(endpoint) > longestPath:
		return errors.New("too long")
	case u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || u.Opaque != "":
		return errors.New("not a plain https address")
	case private:
		return nil
	case u.Port() != "" && u.Port() != "443":
		return errors.New("an unusual port")
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		if !public(a) {
			return errPrivate
		}
		return nil
	}
	last := host[strings.LastIndex(host, ".")+1:]
	if !strings.Contains(host, ".") || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") || last == "localhost" || last == "local" || last == "internal" {
		return errPrivate // a name that only this network knows, or a number written in another way
	}
	return nil
}

// client asks no proxy, follows no redirect, keeps no cookie, and gives up after a while. Unless private is set it connects to public
// addresses alone: the address is looked at when it is connected to, so that a name cannot lead elsewhere after it was
// looked up.
func client(private bool, roots *x509.CertPool, answers time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: answers / 2, KeepAlive: 30 * time.Second}
	if !private {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if !public(at.Addr()) {
				return fmt.Errorf("%s: %w", at.Addr(), errPrivate)
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       answers,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
			MaxIdleConns: 64, MaxIdleConnsPerHost: atOnce, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: answers / 2,
			ResponseHeaderTimeout: answers, MaxResponseHeaderBytes: 32 << 10,
		},
	}
}
