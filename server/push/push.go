// Package push carries to browsers, and to a webhook, that something waits for a person: by Web Push (RFC 8030, 8291,
// 8292) and by signed requests. What it sends is a template's neutral words and nothing of what the notice is about: a
// lock screen is read by whoever holds the phone. What has to leave lies in an outbox that several processes share.
// docs/decisions/0043-notices.md.
package push

import (
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

// Subscription is a browser that wants to be told.
type Subscription struct {
	ID       string // of the endpoint
	Account  string
	Device   string
	Endpoint string
	P256dh   string // base64url
	Auth     string // base64url
	At       time.Time
}

// Channels.
const (
	ToBrowser = "push"
	ToWebhook = "webhook"
)

// Parcel is one thing that has to leave this server, leased.
type Parcel struct {
	ID      string
	Channel string
	Notice  string
	Kind    string
	Night   bool
	Expires time.Time
	Tries   int
	Login   string // whom a webhook is to reach
	To      Subscription
}

// Store keeps subscriptions and the outbox. Writing is one transaction each.
type Store interface {
	// Subscribe keeps a browser; an endpoint has one account, and an account one endpoint on a device.
	Subscribe(ctx context.Context, s Subscription) error
	// Unsubscribe forgets what an account has on a device, and what waits for it.
	Unsubscribe(ctx context.Context, account, device string) error
	// Prune forgets a browser that is gone, and what waits for it.
	Prune(ctx context.Context, subscription string) error
	// Lease gives out what is due, until a time at which it is due again, and drops what has expired or has nowhere to go.
	Lease(ctx context.Context, lease string, now, until time.Time, limit int) ([]Parcel, error)
	// Done drops a parcel, if it is leased by this still.
	Done(ctx context.Context, id, lease string) error
	// Postpone gives a parcel back; tried says that it counts as a try.
	Postpone(ctx context.Context, id, lease string, due time.Time, tried bool) error
	// Secret keeps the first value it is given under a name.
	Secret(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Options are what the service needs.
type Options struct {
	Store Store
	// Contact is whom a push service can write to (RFC 8292): an https address or an e-mail address. Without one nothing is
	// pushed: Apple's service refuses what names nobody that it can find.
	Contact string
	Webhook Webhook
	Now     func() time.Time
	Zone    *time.Location
	// Night reports whether it is night by another process's clock (N18); nil for by this one's alone.
	Night  func() bool
	Log    *slog.Logger
	Random io.Reader // nil for the machine's
	// Private lets subscriptions be at private addresses and any port, and Roots are whom they are believed from: for a
	// test's own push service, and never for a city.
	Private bool
	Roots   *x509.CertPool
	// Patience is how long a service may take to answer; 0 for ten seconds.
	Patience time.Duration
}

// Service is safe for concurrent use.
type Service struct {
	opt     Options
	private string // the key by which push services know this server, base64url
	public  string
	browser *http.Client
	hook    *http.Client
	lease   string // of this process
	woken   chan struct{}

	mu     sync.Mutex
	paused map[string]*pause // by host: who is not answering now
	spoken map[string]time.Time
}

const keyName = "vapid"

// Open reads the key of this server, making it the first time: whoever subscribed knows the server by it.
func Open(ctx context.Context, o Options) (*Service, error) {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	o.Patience = cmp.Or(o.Patience, patience)
	if err := o.Webhook.check(); err != nil {
		return nil, err
	}
	contact, err := subject(o.Contact)
	if err != nil {
		return nil, err
	}
	o.Contact = contact
	fresh := make([]byte, 32)
	for valid := false; !valid; { // all but a hair's breadth of 32 random bytes are keys of the curve
		if _, err := io.ReadFull(o.Random, fresh); err != nil {
			return nil, err
		}
		_, err := ecdh.P256().NewPrivateKey(fresh)
		valid = err == nil
	}
	raw, err := o.Store.Secret(ctx, keyName, fresh)
	if err != nil {
		return nil, fmt.Errorf("the key for push services: %w", err)
	}
	key, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("the key for push services: %w", err)
	}
	lease := make([]byte, 16)
	if _, err := io.ReadFull(o.Random, lease); err != nil {
		return nil, err
	}
	return &Service{
		opt: o, private: base64.RawURLEncoding.EncodeToString(raw), public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()),
		browser: client(o.Private, o.Roots, o.Patience), hook: client(true, o.Roots, o.Patience), lease: remind.Hash(string(lease)), woken: make(chan struct{}, 1),
		paused: map[string]*pause{}, spoken: map[string]time.Time{},
	}, nil
}

// subject makes a contact what webpush-go takes: it puts "mailto:" before whatever does not begin with "https:", before
// "mailto:" too.
func subject(contact string) (string, error) {
	contact = strings.TrimPrefix(strings.TrimSpace(contact), "mailto:")
	host := contact
	switch {
	case contact == "":
		return "", nil
	case strings.HasPrefix(contact, "https://"):
		host = strings.TrimPrefix(contact, "https://")
	case strings.Count(contact, "@") == 1:
		_, host, _ = strings.Cut(contact, "@")
	default:
		return "", fmt.Errorf("the contact %q is neither an https address nor an e-mail address", contact)
	}
	if host, _, _ = strings.Cut(host, "/"); !strings.Contains(host, ".") || strings.ContainsAny(host, " @") {
		return "", fmt.Errorf("the contact %q names no host that a push service can find", contact)
	}
	return contact, nil
}

// Key is by what a browser subscribes, "" where nothing is pushed.
func (s *Service) Key() string {
	if s.opt.Contact == "" {
		return ""
	}
	return s.public
}

// Subscribe keeps a browser of an account. Errors: not_found where nothing is pushed, bad_request.
func (s *Service) Subscribe(ctx context.Context, account, device, endpoint, p256dh, auth string) error {
	if s.Key() == "" {
		return record.Errorf(record.NotFound, "this server pushes nothing")
	}
	if err := checkEndpoint(endpoint, s.opt.Private); err != nil {
		return &record.Error{Code: record.BadRequest, Field: "endpoint", Err: err}
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(p256dh, "="))
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	if err != nil {
		return &record.Error{Code: record.BadRequest, Field: "p256dh", Err: err}
	}
	secret, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(auth, "="))
	if err != nil || len(secret) != 16 {
		return &record.Error{Code: record.BadRequest, Field: "auth", Err: err}
	}
	return s.opt.Store.Subscribe(ctx, Subscription{ID: remind.Hash("endpoint", endpoint), Account: account, Device: device, Endpoint: endpoint,
		P256dh: base64.RawURLEncoding.EncodeToString(key), Auth: base64.RawURLEncoding.EncodeToString(secret), At: s.opt.Now()})
}

// Unsubscribe forgets the browser of an account on a device.
func (s *Service) Unsubscribe(ctx context.Context, account, device string) error {
	return s.opt.Store.Unsubscribe(ctx, account, device)
}

// Hooked reports whether a webhook is to have what is told.
func (s *Service) Hooked() bool { return s.opt.Webhook.URL != "" }

// Wake has the outbox looked at now.
func (s *Service) Wake() {
	select {
	case s.woken <- struct{}{}:
	default: // it is about to be
	}
}
