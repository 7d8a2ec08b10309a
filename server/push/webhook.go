package push

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Formats of a webhook.
const (
	// Gateway: a request a notice, for a program that knows by whose login whom to send a text message.
	Gateway = "json"
	// WeCom: a line for a group robot (企业微信群机器人), at most one a kind in a minute.
	WeCom = "wecom"
)

// Webhook is another way out, off where URL is empty. Its address is the operator's, who may have it in his own network.
type Webhook struct {
	URL    string
	Secret []byte // by which requests are signed
	Format string
}

func (w Webhook) check() error {
	if w.URL == "" {
		return nil
	}
	u, err := url.Parse(w.URL)
	switch {
	case err != nil:
		return errors.New("the webhook's address cannot be read") // url's error would repeat it, with its key
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return errors.New("the webhook's address does not begin with https:// or http://")
	case w.Format != Gateway && w.Format != WeCom:
		return fmt.Errorf("the webhook's format is %s or %s", Gateway, WeCom)
	case w.Format == Gateway && len(w.Secret) < 16:
		return errors.New("the webhook needs a secret of at least 16 bytes: by it the other side knows who sent a request")
	}
	return nil
}

// hooked is what a gateway is sent. It has the login of whom it is for, and nothing else that a notice says.
type hooked struct {
	ID   string `json:"id"` // the same of what is sent again
	Kind string `json:"kind"`
	To   string `json:"to"`
	Text string `json:"text"`
	Path string `json:"path"`
}

const hookHost = "webhook"

// toWebhook sends what is due, one after the other: a robot that is asked too fast is silent for a while.
func (s *Service) toWebhook(ctx context.Context, list []Parcel) error {
	var errs []error
	began := time.Now() // not by the service's clock: it is about how long other processes leave these alone
	for _, p := range list {
		if time.Since(began) > leased/2 {
			errs = append(errs, s.later(ctx, p, s.opt.Now(), false))
			continue
		}
		t, known := templates[p.Kind]
		if !known || s.opt.Webhook.URL == "" {
			errs = append(errs, s.opt.Store.Done(ctx, p.ID, s.lease))
			continue
		}
		if held, err := s.held(ctx, p, hookHost); held || err != nil {
			errs = append(errs, err)
			continue
		}
		if s.opt.Webhook.Format == WeCom && s.said(p.Kind) {
			errs = append(errs, s.opt.Store.Done(ctx, p.ID, s.lease))
			continue
		}
		if err := s.hookOne(ctx, p, t); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// said reports whether the group has been told the same words in the last minute: they name nobody, so once is enough.
func (s *Service) said(kind string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	past := s.opt.Now().Sub(s.spoken[kind])
	return past >= 0 && past < time.Minute
}

func (s *Service) hookOne(ctx context.Context, p Parcel, t Template) error {
	var what any = hooked{ID: p.Notice, Kind: p.Kind, To: p.Login, Text: t.Body, Path: t.Path}
	if s.opt.Webhook.Format == WeCom {
		what = map[string]any{"msgtype": "text", "text": map[string]string{"content": t.Title + "：" + t.Body}}
	}
	body, err := json.Marshal(what)
	if err != nil {
		return err
	}
	now := s.opt.Now()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opt.Webhook.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("the webhook cannot be asked") // its error would repeat the address
	}
	req.Header.Set("Content-Type", "application/json")
	if len(s.opt.Webhook.Secret) > 0 {
		req.Header.Set("Niangjia-Signature", Sign(s.opt.Webhook.Secret, now, body))
	}
	answer, err := s.hook.Do(req)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		s.opt.Log.Warn("the webhook does not answer, it is asked again")
		return s.failed(ctx, p, hookHost, 0)
	}
	said, err := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return s.failed(ctx, p, hookHost, 0)
	}
	var robot struct {
		Code int `json:"errcode"`
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 || s.opt.Webhook.Format == WeCom && json.Unmarshal(said, &robot) == nil && robot.Code != 0 {
		s.opt.Log.Warn("the webhook did not take what it was sent, it is asked again", slog.Int("status", answer.StatusCode), slog.Int("code", robot.Code))
		return s.failed(ctx, p, hookHost, retryAfter(answer.Header.Get("Retry-After"), now))
	}
	s.well(hookHost)
	s.mu.Lock()
	s.spoken[p.Kind] = now
	s.mu.Unlock()
	return s.opt.Store.Done(ctx, p.ID, s.lease)
}

// Sign is the header by which a webhook's request is known: HMAC-SHA256 over the time, a dot and the body, so that neither
// can be another's nor an old one be sent again.
func Sign(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
