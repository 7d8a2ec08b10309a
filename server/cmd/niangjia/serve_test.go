package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func get(t *testing.T, url string, headers ...string) (*http.Response, string) {
	t.Helper()
	client := &http.Client{
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res, string(raw)
}

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func selfSigned(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestServesWithItsOwnCertificate(t *testing.T) {
	data := t.TempDir()
	cert, key := selfSigned(t)
	plain, counted := freePort(t), freePort(t)
	// What is no flag comes from the environment.
	t.Setenv("NIANGJIA_HTTP_LISTEN", plain)
	s := serveData(t, data, "--tls-cert", cert, "--tls-key", key, "--metrics-listen", counted)
	if !strings.HasPrefix(s.address, "https://") {
		t.Fatal(s.address)
	}
	res, _ := get(t, s.address+"/readyz")
	if res.StatusCode != http.StatusOK || res.ProtoMajor != 2 || res.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s %s %v", res.Status, res.Proto, res.Header)
	}
	if res, _ := get(t, "http://"+plain+"/x?y=1"); !strings.HasPrefix(res.Header.Get("Location"), "https://127.0.0.1:") {
		t.Errorf("in the clear: %s %s", res.Status, res.Header.Get("Location"))
	}
	if _, text := get(t, s.address+"/metrics"); strings.Contains(text, "niangjia_") {
		t.Error("metrics on the main address too")
	}
	if _, text := get(t, "http://"+counted+"/metrics"); !strings.Contains(text, `niangjia_http_requests_total{method="GET",route="/readyz",status="200"} 1`) {
		t.Error(text)
	}
	t.Setenv("NIANGJIA_HTTP_LISTEN", "")
	want(t, 0, data, "healthcheck", "--listen", strings.TrimPrefix(s.address, "https://"), "--tls-cert", cert)
	s.stop(t, syscall.SIGTERM)
	want(t, 1, data, "healthcheck", "--listen", strings.TrimPrefix(s.address, "https://"), "--tls-cert", cert)
}

func TestMetricsAnswerThisMachineAlone(t *testing.T) {
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "0")
	s := serveData(t, data)
	v := newVolunteer(t, s)
	if err := v.record(s, 3); err != nil {
		t.Fatal(err)
	}
	_, text := get(t, s.address+"/metrics")
	for _, line := range []string{`niangjia_pushes_total 1`, `niangjia_changes_total{outcome="applied"} 3`,
		`niangjia_http_requests_total{method="POST",route="/api/v1/sync",status="200"} 1`, "niangjia_commit_updates_count ",
		"niangjia_commit_seconds_count ", "niangjia_ledger_lines ", "niangjia_parked_changes 0", "niangjia_wal_bytes ", "go_goroutines "} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, personal := range []string{"cun1", "测试户", "e0000000000000000000000000000001", "530923"} {
		if strings.Contains(text, personal) {
			t.Errorf("%s is in the metrics", personal)
		}
	}
	if res, text := get(t, s.address+"/metrics", "X-Forwarded-For", "203.0.113.9"); strings.Contains(text, "niangjia_") {
		t.Errorf("through a proxy: %s", res.Status)
	}
	want(t, 0, data, "healthcheck", "--listen", strings.TrimPrefix(s.address, "http://"))
	s.stop(t, syscall.SIGTERM)
	s = serveData(t, data, "--behind-proxy")
	if _, text := get(t, s.address+"/metrics"); strings.Contains(text, "niangjia_") {
		t.Error("metrics behind a proxy")
	}
	s.stop(t, syscall.SIGTERM)
}

func TestSettingsThatExcludeOneAnother(t *testing.T) {
	data := t.TempDir()
	for _, args := range [][]string{
		{"--tls-cert", "c.pem"}, {"--tls-key", "k.pem"}, {"--tls-cert", "c.pem", "--tls-key", "k.pem", "--tls-host", "a.example"},
		{"--tls-host", "a.example", "--behind-proxy"}, {"--http-listen", "127.0.0.1:0"}, {"--tls-cert", "none.pem", "--tls-key", "none.pem"},
	} {
		if out := want(t, 1, data, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...); out == "" {
			t.Errorf("%v: nothing is said", args)
		}
	}
}
