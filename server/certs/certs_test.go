package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// write puts a certificate with its key into two files.
func write(t *testing.T, cert, key string, serial int64) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
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

func TestACertificateIsTakenWhenItsFilesChange(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	if _, err := FromFiles(cert, key, nil); err == nil {
		t.Fatal("files that are not there")
	}
	write(t, cert, key, 1)
	now := time.Now()
	failures := 0
	f := &files{cert: cert, key: key, failed: func(error) { failures++ }, now: func() time.Time { return now }}
	if err := f.read(); err != nil {
		t.Fatal(err)
	}
	serial := func() int64 {
		t.Helper()
		c, err := f.get(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if serial() != 1 {
		t.Fatal("not the first one")
	}
	// Half of a renewal: the certificate is new and the key is not.
	old, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, cert, key, 2)
	fresh, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(key, old, 0o600); err != nil {
		t.Fatal(err)
	}
	stamp := now.Add(time.Minute)
	if err := os.Chtimes(cert, stamp, stamp); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Second)
	if serial() != 1 || failures != 1 {
		t.Errorf("serial %d, %d failures", serial(), failures)
	}
	if err := os.WriteFile(key, fresh, 0o600); err != nil {
		t.Fatal(err)
	}
	if serial() != 1 {
		t.Error("looked again within the second")
	}
	now = now.Add(2 * time.Second)
	if serial() != 2 || failures != 1 {
		t.Errorf("serial %d, %d failures", serial(), failures)
	}
	// Files that went away leave the last ones.
	if err := os.Remove(cert); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Second)
	if serial() != 2 || failures != 2 {
		t.Errorf("serial %d, %d failures", serial(), failures)
	}
}

func TestAutoNamesItsHosts(t *testing.T) {
	if _, _, err := Auto(nil, "", "", t.TempDir()); err == nil {
		t.Error("no host")
	}
	// The authority is not asked for a host that is not named, so nobody can use up its limits.
	c, h, err := Auto([]string{"a.example"}, "", "http://127.0.0.1:1/", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.GetCertificate(&tls.ClientHelloInfo{ServerName: "b.example"}); err == nil {
		t.Error("a foreign host")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "http://a.example/x?y=1", nil))
	if w.Code < 300 || w.Code > 399 || w.Header().Get("Location") != "https://a.example/x?y=1" {
		t.Errorf("%d %s", w.Code, w.Header().Get("Location"))
	}
}

func TestRedirect(t *testing.T) {
	for _, c := range []struct{ port, method, url, want string }{
		{"", "GET", "http://a.example:80/x?y=1", "https://a.example/x?y=1"},
		{"443", "GET", "http://a.example/", "https://a.example/"},
		{"8443", "HEAD", "http://a.example:8080/", "https://a.example:8443/"},
		{"", "POST", "http://a.example/api/v1/login", ""},
	} {
		w := httptest.NewRecorder()
		Redirect(c.port).ServeHTTP(w, httptest.NewRequest(c.method, c.url, nil))
		if got := w.Header().Get("Location"); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.method, c.url, got, c.want)
		}
	}
}
