package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	pebble   = "github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1"
	acmeHost = "niangjia.example.org"
)

// The server fetches its certificate from an ACME authority by itself: Let's Encrypt's own test server looks the name up,
// asks the server at that address for the proof, and signs. The next start has the certificate without any authority.
func TestACertificateIsFetched(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	a := newAuthority(t)
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "0")
	flags := []string{"--data", data, "--listen", a.tls, "--http-listen", a.http, "--tls-host", acmeHost, "--tls-directory", "https://" + a.listen + "/dir"}
	start := func() *served {
		cmd, errs := program(t, append([]string{"serve", "--json"}, flags...)...)
		cmd.Env = append(cmd.Env, "SSL_CERT_FILE="+a.trusted)
		return listens(t, cmd, errs)
	}
	s := start()
	roots := a.roots(t)
	shake := func(name string) (*x509.Certificate, error) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		c, err := (&tls.Dialer{Config: &tls.Config{ServerName: name, RootCAs: roots, MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", a.tls)
		if err != nil {
			return nil, err
		}
		defer func() { _ = c.Close() }()
		return c.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
	}
	first, err := shake(acmeHost)
	if err != nil {
		t.Fatalf("no certificate: %v\n%s", err, a.said)
	}
	if _, err := shake("other.example.org"); err == nil {
		t.Error("it shows a certificate for a name that is not its own")
	}
	if code, out, errs := do(t, data, append([]string{"healthcheck"}, flags[2:8]...)...); code != 0 || !strings.Contains(out, "https://"+a.tls) {
		t.Errorf("healthcheck: %d %s %s", code, out, errs)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+a.http+"/home?a=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = acmeHost
	if res, err := client.Do(req); err != nil || res.Header.Get("Location") != "https://"+acmeHost+"/home?a=1" {
		t.Errorf("in the clear: %v %v", res, err)
	} else {
		_ = res.Body.Close()
	}
	kept, err := filepath.Glob(filepath.Join(data, "tls", "*"))
	if err != nil || len(kept) < 2 {
		t.Errorf("kept: %v %v", kept, err)
	}
	for _, f := range kept {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may read a key: %v %v", f, info, err)
		}
	}
	s.stop(t, syscall.SIGTERM)

	a.stop(t)
	s = start()
	if again, err := shake(acmeHost); err != nil || again.SerialNumber.Cmp(first.SerialNumber) != 0 {
		t.Errorf("after a restart without the authority: %v", err)
	}
	s.stop(t, syscall.SIGTERM)
}

// authority is an ACME authority on this machine. It asks for proofs at the addresses http and tls.
type authority struct {
	cmd                       *exec.Cmd
	said                      *bytes.Buffer
	listen, management        string
	http, tls, names, trusted string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	dir := t.TempDir()
	get := exec.Command("go", "install", pebble)
	get.Env = append(os.Environ(), "GOBIN="+dir)
	if out, err := get.CombinedOutput(); err != nil {
		t.Skipf("the authority cannot be had: %v %s", err, out)
	}
	a := &authority{said: &bytes.Buffer{}, names: nameServer(t), trusted: filepath.Join(dir, "cert.pem")}
	for _, to := range []*string{&a.listen, &a.management, &a.http, &a.tls} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }() // all at once, so that no two are the same
		*to = l.Addr().String()
	}
	port := func(address string) int {
		var n int
		if _, p, err := net.SplitHostPort(address); err != nil {
			t.Fatal(err)
		} else if _, err := fmt.Sscan(p, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ownCertificate(t, a.trusted, filepath.Join(dir, "key.pem"))
	raw, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": a.listen, "managementListenAddress": a.management, "certificate": a.trusted, "privateKey": filepath.Join(dir, "key.pem"),
		"httpPort": port(a.http), "tlsPort": port(a.tls), "retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles": map[string]any{"default": map[string]any{"description": "90 days", "validityPeriod": 7776000}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "pebble.json")
	if err := os.WriteFile(settings, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	a.cmd = exec.Command(filepath.Join(dir, "pebble"), "-config", settings, "-dnsserver", a.names)
	a.cmd.Env = append(os.Environ(), "PEBBLE_VA_NOSLEEP=1")
	a.cmd.Stdout, a.cmd.Stderr = a.said, a.said
	return a
}

// roots starts the authority and gives what its certificates end in.
func (a *authority) roots(t *testing.T) *x509.CertPool {
	t.Helper()
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.cmd.Process.Kill() })
	own, err := os.ReadFile(a.trusted)
	if err != nil {
		t.Fatal(err)
	}
	trusted, roots := x509.NewCertPool(), x509.NewCertPool()
	trusted.AppendCertsFromPEM(own)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}, Timeout: 5 * time.Second}
	for range 200 {
		res, err := client.Get("https://" + a.management + "/roots/0")
		if err != nil {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		raw, err := io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil || !roots.AppendCertsFromPEM(raw) {
			t.Fatalf("no root: %v %s", err, raw)
		}
		return roots
	}
	t.Fatal("the authority does not answer")
	return nil
}

func (a *authority) stop(t *testing.T) {
	t.Helper()
	if err := a.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = a.cmd.Wait()
}

// ownCertificate is one that the authority shows for itself.
func ownCertificate(t *testing.T, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// nameServer says of every name that it is at 127.0.0.1 (RFC 1035, section 4, over TCP).
func nameServer(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				var size uint16
				for binary.Read(c, binary.BigEndian, &size) == nil {
					asked := make([]byte, size)
					if _, err := io.ReadFull(c, asked); err != nil {
						return
					}
					said := isHere(asked)
					if _, err := c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(said))), said...)); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

// isHere answers the first question of a message; to one for another record than A, that there is none.
func isHere(asked []byte) []byte {
	const head, aRecord = 12, 1
	end := head
	for end < len(asked) && asked[end] != 0 {
		end += 1 + int(asked[end])
	}
	if end += 5; end > len(asked) { // the name's end, its type and class
		return nil
	}
	said := append([]byte{asked[0], asked[1]}, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0)
	said = append(said, asked[head:end]...)
	if binary.BigEndian.Uint16(asked[end-4:]) == aRecord {
		said[7] = 1
		said = append(said, 0xc0, head, 0, aRecord, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1)
	}
	return said
}
