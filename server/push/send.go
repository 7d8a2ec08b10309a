package push

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"niangjia/sync/remind"
)

const (
	// atOnce is how many requests are under way.
	atOnce = 16
	// batch is what one look takes from the outbox.
	batch = 256
	// leased is for how long: longer than all of a batch takes where no service answers.
	leased = 5 * time.Minute
	// looks is how often the outbox is looked at when nobody wakes the service.
	looks = 5 * time.Second
	// recordSize is what a message is padded to, so that its length tells nothing. Firefox on old phones loses long ones, and
	// no template comes near it.
	recordSize = 1024
	// elsewhere is how long what waits for the day is put off where it is night by another process's clock.
	elsewhere = 5 * time.Minute
	// longest is what a service may ask for by Retry-After.
	longest = 12 * time.Hour
	// backs is the first pause after a failure; it doubles up to backsMost.
	backs     = 30 * time.Second
	backsMost = time.Hour
	// deaf is after how many failures in a row a host is left alone for a while: each costs ten seconds where a wall swallows
	// what is sent, and half of all phones may be at one host.
	deaf = 3
)

// pause is what is known of a host that does not answer as it should.
type pause struct {
	failures int // in a row
	until    time.Time
	next     time.Duration // how long the next one is
}

// Run sends what is due, until the context ends.
func (s *Service) Run(ctx context.Context) {
	for {
		more, err := s.Look(ctx)
		if err != nil && !errors.Is(err, context.Canceled) {
			s.opt.Log.Warn("the outbox could not be worked on, it is tried again", slog.String("error", err.Error()))
		}
		if more && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.woken:
		case <-time.After(looks):
		}
	}
}

// Look sends what is due now, a batch at most, and tells whether there may be more.
func (s *Service) Look(ctx context.Context) (more bool, err error) {
	now := s.opt.Now()
	list, err := s.opt.Store.Lease(ctx, s.lease, now, now.Add(leased), batch)
	if err != nil {
		return false, err
	}
	var hooks []Parcel
	var failed []error
	var mu sync.Mutex
	turn := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for _, p := range list {
		if p.Channel == ToWebhook {
			hooks = append(hooks, p)
			continue
		}
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			if err := s.toBrowser(ctx, p); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	all.Wait()
	failed = append(failed, s.toWebhook(ctx, hooks))
	return len(list) == batch, errors.Join(failed...)
}

// held postpones what is not to be sent now: at night, and to a host that is left alone.
func (s *Service) held(ctx context.Context, p Parcel, host string) (bool, error) {
	now := s.opt.Now()
	if !p.Night && remind.Quiet(now, s.opt.Zone) {
		return true, s.later(ctx, p, remind.Awake(now, s.opt.Zone), false)
	}
	if !p.Night && s.opt.Night != nil && s.opt.Night() {
		return true, s.later(ctx, p, now.Add(elsewhere), false)
	}
	s.mu.Lock()
	rest := s.paused[host]
	var until time.Time
	if rest != nil && rest.failures >= deaf {
		until = rest.until
	}
	s.mu.Unlock()
	if until.After(now) && until.Sub(now) <= longest { // else the clock was set back
		return true, s.later(ctx, p, until, false)
	}
	return false, nil
}

// later gives a parcel back, unless it will say nothing any more by then.
func (s *Service) later(ctx context.Context, p Parcel, due time.Time, tried bool) error {
	if !due.Before(p.Expires) {
		return s.opt.Store.Done(ctx, p.ID, s.lease)
	}
	return s.opt.Store.Postpone(ctx, p.ID, s.lease, due, tried)
}

// toBrowser sends one parcel to a push service (RFC 8030).
func (s *Service) toBrowser(ctx context.Context, p Parcel) error {
	t, known := templates[p.Kind]
	to, err := url.Parse(p.To.Endpoint)
	if !known || err != nil || s.opt.Contact == "" {
		return s.opt.Store.Done(ctx, p.ID, s.lease)
	}
	if held, err := s.held(ctx, p, to.Host); held || err != nil {
		return err
	}
	body, err := payload(p, t)
	if err != nil {
		return err
	}
	now := s.opt.Now()
	// Clipped: webpush-go writes its padding behind what it is given, into the same array where there is room.
	answer, err := webpush.SendNotificationWithContext(ctx, slices.Clip(body), &webpush.Subscription{Endpoint: p.To.Endpoint,
		Keys: webpush.Keys{Auth: p.To.Auth, P256dh: p.To.P256dh}}, &webpush.Options{
		HTTPClient: s.browser, RecordSize: recordSize, Subscriber: s.opt.Contact, Topic: p.Kind, TTL: max(0, int(p.Expires.Sub(now).Seconds())),
		Urgency: webpush.Urgency(t.Urgency), VAPIDPublicKey: s.public, VAPIDPrivateKey: s.private,
	})
	if err != nil && ctx.Err() != nil { // this server is stopping: it is sent again when the lease is over
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx) // what has been sent is noted, also when it is stopping
	if err != nil {
		if errors.Is(err, errPrivate) {
			s.opt.Log.Warn("a browser's address is not a public one, it is forgotten")
			return s.opt.Store.Prune(ctx, p.To.ID)
		}
		// Its error names the endpoint, which is as good as a key.
		s.opt.Log.Info("a push service could not be reached", slog.String("host", to.Host))
		return s.failed(ctx, p, to.Host, 0)
	}
	status, wait := answer.StatusCode, retryAfter(answer.Header.Get("Retry-After"), now)
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10)) // so that the connection can be used again; the status has been said
	_ = answer.Body.Close()
	return s.answered(ctx, p, to.Host, status, wait)
}

// answered does what a status asks for (N10).
func (s *Service) answered(ctx context.Context, p Parcel, host string, status int, wait time.Duration) error {
	switch {
	case status >= 200 && status < 300:
		s.well(host)
		return s.opt.Store.Done(ctx, p.ID, s.lease)
	case status == http.StatusNotFound || status == http.StatusGone:
		s.well(host)
		return s.opt.Store.Prune(ctx, p.To.ID)
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status >= 500:
		return s.failed(ctx, p, host, wait)
	}
	// What was wrong with it stays wrong: the inbox has it.
	s.opt.Log.Warn("a push service refused what it was sent", slog.String("host", host), slog.Int("status", status))
	return s.opt.Store.Done(ctx, p.ID, s.lease)
}

// failed puts a parcel off: for as long as the service asked for, or longer with each failure. A host that asks for time,
// or fails again and again, gets it from all.
func (s *Service) failed(ctx context.Context, p Parcel, host string, wait time.Duration) error {
	now := s.opt.Now()
	due := now.Add(backoff(p.Tries))
	s.mu.Lock()
	rest := s.paused[host]
	if rest == nil {
		rest = &pause{next: backs}
		s.paused[host] = rest
	}
	rest.failures++
	switch {
	case wait > 0:
		due, rest.failures = now.Add(wait), max(rest.failures, deaf)
		rest.until = due
	case rest.failures >= deaf && !now.Before(rest.until): // of many that were under way at once the first begins a pause
		rest.until = now.Add(rest.next)
		rest.next = min(backsMost, 2*rest.next)
	}
	s.mu.Unlock()
	return s.later(ctx, p, due, true)
}

func (s *Service) well(host string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.paused, host)
}

// backoff is twice as long with each try, and not the same for all.
func backoff(tries int) time.Duration {
	d := min(backsMost, backs<<min(tries, 7))
	return d + time.Duration(rand.Int64N(int64(d/4)))
}

// retryAfter reads seconds or a date (RFC 9110); 0 where it says nothing.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if n, err := strconv.Atoi(header); err == nil && n > 0 {
		return min(longest, time.Duration(min(n, 1<<30))*time.Second)
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return min(longest, at.Sub(now))
	}
	return 0
}
