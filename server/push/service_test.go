package push_test

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"niangjia/server/auth"
	"niangjia/server/notice"
	"niangjia/server/push"
	"niangjia/server/store/sqlite"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/remind"
)

var zone = time.FixedZone("CST", 8*60*60)

// service is a push service of the test's own, which holds every request to RFC 8030, 8188, 8291 and 8292.
type service struct {
	t    *testing.T
	http *httptest.Server

	mu     sync.Mutex
	got    []taken
	answer func(w http.ResponseWriter, path string) // nil: 201
}

type taken struct {
	path, topic, urgency, key string
	ttl                       int
	body                      []byte
	claims                    jwt.MapClaims
}

func newService(t *testing.T) *service {
	s := &service{t: t}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.http.EnableHTTP2 = true
	s.http.StartTLS()
	t.Cleanup(s.http.Close)
	return s
}

func (s *service) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	one := taken{path: r.URL.Path, topic: r.Header.Get("Topic"), urgency: r.Header.Get("Urgency"), body: body}
	bad := func(format string, args ...any) { s.t.Errorf(r.URL.Path+": "+format, args...) }
	if err != nil || r.Method != http.MethodPost {
		bad("%s %v", r.Method, err)
	}
	if one.ttl, err = strconv.Atoi(r.Header.Get("TTL")); err != nil || one.ttl < 0 {
		bad("TTL %q", r.Header.Get("TTL"))
	}
	if len(one.topic) > 32 || strings.Trim(one.topic, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		bad("topic %q", one.topic)
	}
	if r.Header.Get("Content-Encoding") != "aes128gcm" {
		bad("encoding %q", r.Header.Get("Content-Encoding"))
	}
	// A service need not take more than 4096 bytes; one record, as long as it says at most.
	if len(body) > 4096 || len(body) < 86 || int(body[16])<<24|int(body[17])<<16|int(body[18])<<8|int(body[19]) < len(body)-86 {
		bad("a body of %d bytes", len(body))
	}
	one.key, one.claims = s.vapid(r)
	s.mu.Lock()
	s.got = append(s.got, one)
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		answer(w, r.URL.Path)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

// vapid checks the signature by the key that the request names.
func (s *service) vapid(r *http.Request) (string, jwt.MapClaims) {
	scheme, rest, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	parts := map[string]string{}
	for _, p := range strings.Split(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		parts[name] = value
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts["k"])
	key, bad := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), raw)
	if err != nil || bad != nil || scheme != "vapid" {
		s.t.Errorf("authorization %q", r.Header.Get("Authorization"))
		return "", nil
	}
	claims := jwt.MapClaims{}
	if _, err := jwt.ParseWithClaims(parts["t"], claims, func(*jwt.Token) (any, error) { return key, nil }, jwt.WithValidMethods([]string{"ES256"}),
		jwt.WithExpirationRequired(), jwt.WithAudience("https://"+r.Host)); err != nil {
		s.t.Errorf("the signature: %v", err)
	}
	if end, err := claims.GetExpirationTime(); err != nil || time.Until(end.Time) > 24*time.Hour {
		s.t.Errorf("it expires %v", end)
	}
	return parts["k"], claims
}

func (s *service) answers(f func(w http.ResponseWriter, path string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// taken empties what has come.
func (s *service) taken() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	return got
}

// browser is one that subscribes.
type browser struct {
	key  *ecdh.PrivateKey
	auth []byte
	path string
}

// town is a store with people and what they subscribed.
type town struct {
	t      *testing.T
	store  *sqlite.Store
	web    *service
	now    time.Time
	told   int
	phones map[string]browser
}

func newTown(t *testing.T, people int) *town {
	t.Helper()
	store, err := sqlite.OpenScratch(t.Context(), filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	w := &town{t: t, store: store, web: newService(t), phones: map[string]browser{}, now: time.Date(2026, 12, 24, 10, 0, 0, 0, zone)}
	err = store.Update(t.Context(), func(tx engine.Tx) error {
		for i := range people {
			a := auth.Account{ID: account(i), Login: fmt.Sprint("p", i), Name: "合成", Active: true}
			if err := store.Accounts().WriteBeside(tx, auth.Beside{Accounts: []auth.Account{a}}); err != nil {
				return err
			}
			if err := tx.SetActor(record.Actor{Account: a.ID, Seats: []record.Seat{{Role: record.Volunteer, Unit: "530923101201"}}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func account(i int) string { return remind.Hash("account", fmt.Sprint(i)) }

func (w *town) service(change ...func(*push.Options)) *push.Service {
	w.t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(w.web.http.Certificate())
	o := push.Options{Store: w.store.Outbox(), Contact: "mailto:operator@example.org", Now: func() time.Time { return w.now }, Zone: zone,
		Log: slog.New(slog.DiscardHandler), Private: true, Roots: roots}
	for _, f := range change {
		f(&o)
	}
	s, err := push.Open(w.t.Context(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// subscribe signs a person in on a device and has its browser subscribe.
func (w *town) subscribe(s *push.Service, who int, device string) {
	w.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	b := browser{key: key, auth: make([]byte, 16), path: "/" + remind.Hash(device, fmt.Sprint(who))}
	_, _ = rand.Read(b.auth)
	device = remind.Hash("device", device, fmt.Sprint(who))
	if err := w.store.Accounts().AddSession(w.t.Context(), auth.Session{ID: device, Account: account(who), Device: device, CreatedAt: w.now, UsedAt: w.now}); err != nil {
		w.t.Fatal(err)
	}
	err = s.Subscribe(w.t.Context(), account(who), device, w.web.http.URL+b.path, base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()),
		base64.URLEncoding.EncodeToString(b.auth))
	if err != nil {
		w.t.Fatal(err)
	}
	w.phones[b.path] = b
}

// tell puts a notice of a kind into somebody's inbox.
func (w *town) tell(who int, kind notice.Kind, hook bool) string {
	w.t.Helper()
	w.told++
	id := remind.Hash("notice", fmt.Sprint(w.told))
	n, err := w.store.Notices().Tell(w.t.Context(), []notice.Telling{{
		Notice: notice.Notice{ID: id, Account: account(who), Kind: kind, At: w.now, Unit: "530923101201", Ref: remind.Hash("ref"),
			Params: json.RawMessage(`{"text":"王小明家的事"}`)},
		Out: &notice.Out{Due: w.now, Expires: w.now.Add(6 * time.Hour), Night: kind == notice.Urgent || kind == notice.Raised},
	}}, nil, hook)
	if err != nil || n != 1 {
		w.t.Fatal(n, err)
	}
	return id
}

func (w *town) look(s *push.Service) {
	w.t.Helper()
	if _, err := s.Look(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

type shown struct{ Kind, Tag, Path, Title, Body string }

// opened decrypts what has come by npm's http_ece, which is not what sealed it.
func (w *town) opened(list []taken) (out []shown) {
	w.t.Helper()
	type sealed struct {
		Body       string `json:"body"`
		PrivateKey string `json:"privateKey"`
		Auth       string `json:"auth"`
	}
	in := []sealed{}
	for _, one := range list {
		b := w.phones[one.path]
		in = append(in, sealed{base64.RawURLEncoding.EncodeToString(one.body), base64.RawURLEncoding.EncodeToString(b.key.Bytes()), base64.RawURLEncoding.EncodeToString(b.auth)})
	}
	raw, err := json.Marshal(in)
	if err != nil {
		w.t.Fatal(err)
	}
	pwa, err := filepath.Abs("../../pwa/package.json")
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(w.t.Context(), time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, "node", "testdata/open.mjs", pwa)
	cmd.Stdin = bytes.NewReader(raw)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	text, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("node: %v: %s", err, errs.String())
	}
	var answers []struct{ Text, Error string }
	if err := json.Unmarshal(text, &answers); err != nil {
		w.t.Fatal(err)
	}
	for _, a := range answers {
		var m shown
		if err := json.Unmarshal([]byte(a.Text), &m); err != nil || a.Error != "" {
			w.t.Fatalf("it opens as %q: %s", a.Text, a.Error)
		}
		out = append(out, m)
	}
	return out
}

func base64Key(b browser) string {
	return base64.RawURLEncoding.EncodeToString(b.key.PublicKey().Bytes())
}
