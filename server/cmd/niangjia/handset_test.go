package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
)

// handset is a phone of a demo account, over HTTP.
type handset struct {
	*phone.Phone
	who    demo.Person
	device string
	token  string
	held   atomic.Int64 // last number that a server has acknowledged

	digests map[string]change.Digest // that the last answer told
}

// newHandset is the account's phone of a number from 1 to 9.
func newHandset(t *testing.T, s *served, who demo.Person, number int) *handset {
	t.Helper()
	cat, err := app.Catalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	end := who.ID[3:] + fmt.Sprint(number)
	h := &handset{Phone: phone.New(cat, who.ID, "e0"+end), who: who, device: "d0" + end}
	h.login(t, s)
	return h
}

func (h *handset) login(t *testing.T, s *served) {
	t.Helper()
	body := fmt.Sprintf(`{"account":"%s","password":"%s","device":{"id":"%s","name":"test"}}`, h.who.Login, demo.Password, h.device)
	raw, err := post(s.address+"/api/v1/login", "application/json", "", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Token string `json:"access"`
	}
	if err := json.Unmarshal(raw, &answer); err != nil || answer.Token == "" {
		t.Fatalf("no token: %v %s", err, raw)
	}
	h.token = answer.Token
}

// exchange sends a batch and takes what comes; more says that there is more to do. The error is the network's or the
// server's, or that what was acknowledged is gone.
func (h *handset) exchange(address string) (more bool, err error) {
	head, lines := h.Request(phone.BatchChanges)
	text, err := json.Marshal(head)
	if err != nil {
		return false, err
	}
	raw, err := post(address+"/api/v1/sync", "application/x-ndjson", h.token, bytes.Join(append([][]byte{text}, lines...), []byte("\n")))
	if err != nil {
		return false, err
	}
	var answer *change.Answer
	if err := json.Unmarshal(raw, &answer); err != nil {
		return false, err
	}
	for _, o := range answer.Push.Outcomes {
		if o.Outcome != change.Applied {
			return false, &broken{fmt.Sprintf("%s: %+v", h.who.Login, o)}
		}
	}
	known := head.ServerEpoch == "" || head.ServerEpoch == answer.ServerEpoch
	if known && answer.Push.Through < h.held.Load() {
		return false, &broken{fmt.Sprintf("%s: %d changes were acknowledged, and now %d", h.who.Login, h.held.Load(), answer.Push.Through)}
	}
	if err := h.Receive(answer); err != nil {
		return false, err
	}
	h.digests = answer.Pull.Digests
	h.held.Store(answer.Push.Through)
	if h.Question() != nil { // nothing was garbled: then a feed cannot differ (S18)
		return false, &broken{fmt.Sprintf("%s: a feed differs from the server's: %+v", h.who.Login, h.Question())}
	}
	return h.Waiting() > 0 || answer.Pull.More, nil
}

// proves has everything on the phone reckoned anew and compared with the digests of an answer, which must have them (S18).
func (h *handset) proves(t *testing.T, s *served) {
	t.Helper()
	h.Recount()
	if _, err := h.exchange(s.address); err != nil {
		t.Fatalf("%s: %v", h.who.Login, err)
	}
	if len(h.digests) == 0 {
		t.Errorf("%s: the server told no digest", h.who.Login)
	}
	for feed, d := range h.digests {
		if h.Digest(feed) != d {
			t.Errorf("%s: the digest of %s is %+v, the server's is %+v", h.who.Login, feed, h.Digest(feed), d)
		}
	}
}

// broken is a promise that was not kept, not a line that was down.
type broken struct{ what string }

func (b *broken) Error() string { return b.what }

// volunteer is the first demo account at work in her village.
type volunteer struct {
	*handset
	made int
}

func newVolunteer(t *testing.T, s *served) *volunteer {
	t.Helper()
	return &volunteer{handset: newHandset(t, s, demo.People()[0], 1)}
}

// record makes households and sends all that waits; the error is the network's or the server's.
func (v *volunteer) record(s *served, households int) error {
	for range households {
		v.made++
		if err := v.Create(record.Instant(1_790_000_000_000+v.made), phone.Draft{
			Type: record.Household, Entity: fmt.Sprintf("%032x", 0xf000+v.made), Unit: demo.Village,
			Fields: record.Content{"head": record.Text(fmt.Sprintf("测试户%d", v.made))},
		}); err != nil {
			return err
		}
	}
	for {
		if more, err := v.exchange(s.address); err != nil || !more {
			return err
		}
	}
}

func post(url, kind, token string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(raw)))
	}
	return raw, err
}
