package push_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	built_in "niangjia/server/catalogue"
	"niangjia/server/notice"
	"niangjia/server/push"
	"niangjia/sync/record"
)

// N9: what leaves the server is a template's words, a tag and a path, sealed for the browser alone; its service learns how
// urgent it is, for how long it holds, and which older one it replaces.
func TestWhatIsPushed(t *testing.T) {
	w := newTown(t, 2)
	s := w.service()
	w.subscribe(s, 0, "phone")
	w.subscribe(s, 0, "tablet")
	w.subscribe(s, 1, "phone")
	id := w.tell(0, notice.Sent, false)
	w.look(s)
	got := w.web.taken()
	if len(got) != 2 {
		t.Fatalf("%d were sent, want one for each of her two devices", len(got))
	}
	for i, m := range w.opened(got) {
		want := push.Templates()["message"]
		if m != (shown{"message", id, want.Path, want.Title, want.Body}) {
			t.Errorf("it says %+v", m)
		}
		if one := got[i]; one.topic != "message" || one.urgency != "normal" || one.ttl != 6*60*60 || one.key != s.Key() || one.claims["sub"] != "mailto:operator@example.org" {
			t.Errorf("its service learns %+v", one)
		}
	}
	if len(got[0].body) != len(got[1].body) || bytes.Equal(got[0].body, got[1].body) {
		t.Error("two messages are of two lengths, or the same")
	}
	w.look(s)
	if again := w.web.taken(); len(again) != 0 {
		t.Errorf("%d were sent again", len(again))
	}
	w.tell(1, notice.Urgent, false)
	w.look(s)
	if got := w.web.taken(); len(got) != 1 || got[0].urgency != "high" || got[0].topic != "urgent" || len(got[0].body) != 1024 {
		t.Errorf("of an urgent case: %+v", got)
	}
	// The key is kept: another process is the same server to those who subscribed.
	if w.service().Key() != s.Key() || s.Key() == "" {
		t.Error("the key is another after a restart")
	}
}

// N9, over all templates: no kind of case, no name of a form or of a choice of the catalogue, no digit, and nothing that is
// filled in.
func TestTemplatesTellNothing(t *testing.T) {
	for _, kind := range notice.Kinds {
		if _, is := push.Templates()[string(kind)]; !is {
			t.Errorf("there is no template for %s", kind)
		}
	}
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"家暴", "暴力", "侵害", "未成年", "儿童", "虐待", "债", "病", "矛盾", "纠纷", "调解", "信访", "举报", "走访", "某", "村", "乡", "镇", "县", "%", "{", "}", "$"}
	for _, f := range cat.Forms {
		raw, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"zh":"([^"]{2,12})"`).FindAllStringSubmatch(string(raw), -1) {
			words = append(words, m[1])
		}
	}
	if len(words) < 300 {
		t.Fatalf("only %d words are looked for", len(words))
	}
	ordinary := map[string]bool{"处理": true, "通知": true, "发来": true}
	for kind, tpl := range push.Templates() {
		text := tpl.Title + tpl.Body
		for _, word := range words {
			if !ordinary[word] && strings.Contains(text, word) {
				t.Errorf("%s says %q: %s", kind, word, text)
			}
		}
		if regexp.MustCompile(`[0-9A-Za-z]`).MatchString(text) || !strings.HasPrefix(tpl.Path, "/") || strings.ContainsAny(tpl.Path, "?#:") {
			t.Errorf("%s: %+v", kind, tpl)
		}
	}
}

// N10: what each status of a push service does.
func TestStatuses(t *testing.T) {
	for _, x := range []struct {
		status       int
		header       string
		again, known bool
	}{
		{200, "", false, true}, {201, "", false, true}, {202, "", false, true}, {204, "", false, true},
		{301, "", false, true}, {307, "", false, true}, // not followed
		{400, "", false, true}, {401, "", false, true}, {403, "", false, true}, {413, "", false, true},
		{404, "", false, false}, {410, "", false, false},
		{429, "", true, true}, {500, "", true, true}, {502, "", true, true}, {503, "", true, true},
	} {
		w := newTown(t, 1)
		s := w.service()
		w.subscribe(s, 0, "phone")
		w.tell(0, notice.Sent, false)
		w.web.answers(func(rw http.ResponseWriter, _ string) {
			rw.Header().Set("Location", w.web.http.URL+"/elsewhere")
			rw.WriteHeader(x.status)
		})
		w.look(s)
		if got := w.web.taken(); len(got) != 1 {
			t.Fatalf("%d: %d requests", x.status, len(got))
		}
		w.web.answers(nil)
		w.now = w.now.Add(2 * time.Hour)
		w.look(s)
		if got := w.web.taken(); (len(got) == 1) != x.again {
			t.Errorf("after %d it is sent again: %v", x.status, len(got) == 1)
		}
		w.tell(0, notice.Sent, false)
		w.look(s)
		if got := w.web.taken(); (len(got) == 1) != x.known {
			t.Errorf("after %d the browser is told of the next: %v", x.status, len(got) == 1)
		}
	}
}

// N10: a service that asks for time gets it, from all who are there; what says nothing any more by then is dropped.
func TestRetryAfter(t *testing.T) {
	w := newTown(t, 2)
	s := w.service()
	w.subscribe(s, 0, "phone")
	w.subscribe(s, 1, "phone")
	w.tell(0, notice.Sent, false)
	w.web.answers(func(rw http.ResponseWriter, _ string) {
		rw.Header().Set("Retry-After", "3600")
		rw.WriteHeader(http.StatusTooManyRequests)
	})
	w.look(s)
	w.web.answers(nil)
	w.web.taken()
	w.tell(1, notice.Sent, false)
	for range 59 {
		w.now = w.now.Add(time.Minute)
		w.look(s)
	}
	if got := w.web.taken(); len(got) != 0 {
		t.Fatalf("%d requests within the hour", len(got))
	}
	w.now = w.now.Add(2 * time.Minute)
	w.look(s)
	if got := w.web.taken(); len(got) != 2 {
		t.Errorf("%d requests after it", len(got))
	}
	w.tell(0, notice.Sent, false)
	w.web.answers(func(rw http.ResponseWriter, _ string) {
		rw.Header().Set("Retry-After", w.now.Add(7*time.Hour).UTC().Format(http.TimeFormat)) // it holds for six
		rw.WriteHeader(http.StatusServiceUnavailable)
	})
	w.look(s)
	w.web.answers(nil)
	w.web.taken()
	w.now = w.now.Add(8 * time.Hour)
	w.look(s)
	if got := w.web.taken(); len(got) != 0 {
		t.Error("what had expired was sent")
	}
}

// A wall that swallows what is sent to one host costs some requests, and not all of them again and again.
func TestAHostThatIsDown(t *testing.T) {
	w := newTown(t, 40)
	s := w.service()
	for i := range 40 {
		w.subscribe(s, i, "phone")
		w.tell(i, notice.Sent, false)
	}
	var asked atomic.Int32
	w.web.answers(func(rw http.ResponseWriter, _ string) {
		asked.Add(1)
		panic(http.ErrAbortHandler)
	})
	for range 20 {
		w.now = w.now.Add(10 * time.Second)
		w.look(s)
	}
	if n := asked.Load(); n == 0 || n > 120 {
		t.Errorf("%d requests in three minutes", n)
	}
	w.web.answers(nil)
	w.web.taken()
	for range 60 {
		w.now = w.now.Add(time.Minute)
		w.look(s)
	}
	if got := w.web.taken(); len(got) != 40 {
		t.Errorf("%d of 40 came when it was up again", len(got))
	}
}

// N3, N8: at night nobody is disturbed but for an urgent case.
func TestTheNight(t *testing.T) {
	w := newTown(t, 1)
	s := w.service()
	w.subscribe(s, 0, "phone")
	w.now = time.Date(2026, 12, 24, 4, 0, 0, 0, zone)
	w.tell(0, notice.Sent, false)
	w.tell(0, notice.Urgent, false)
	w.look(s)
	if got := w.opened(w.web.taken()); len(got) != 1 || got[0].Kind != "urgent" {
		t.Errorf("at four in the morning: %+v", got)
	}
	w.now = time.Date(2026, 12, 24, 8, 0, 0, 0, zone)
	w.look(s)
	if got := w.opened(w.web.taken()); len(got) != 1 || got[0].Kind != "message" {
		t.Errorf("at eight: %+v", got)
	}
	w.now = time.Date(2026, 12, 24, 20, 59, 0, 0, zone)
	w.tell(0, notice.Sent, false)
	w.now = time.Date(2026, 12, 24, 21, 0, 0, 0, zone)
	w.look(s) // it holds until three: nobody is awake before
	w.now = time.Date(2026, 12, 25, 9, 0, 0, 0, zone)
	w.look(s)
	if got := w.web.taken(); len(got) != 0 {
		t.Errorf("yesterday's is sent today: %d", len(got))
	}
	// N18: it is day here, and night by another process's clock, for a while.
	elsewhere := true
	s = w.service(func(o *push.Options) { o.Night = func() bool { return elsewhere } })
	w.tell(0, notice.Sent, false)
	w.tell(0, notice.Urgent, false)
	w.look(s)
	if got := w.opened(w.web.taken()); len(got) != 1 || got[0].Kind != "urgent" {
		t.Errorf("while it is night elsewhere: %+v", got)
	}
	elsewhere = false
	w.now = w.now.Add(5 * time.Minute)
	w.look(s)
	if got := w.opened(w.web.taken()); len(got) != 1 || got[0].Kind != "message" {
		t.Errorf("when it is day there too: %+v", got)
	}
}

// N10: two processes and one that was killed in the middle: all is sent, and twice only what was under way when it was
// killed; a clock that was set back does not keep it for long.
func TestLeases(t *testing.T) {
	w := newTown(t, 30)
	one, two := w.service(), w.service()
	for i := range 30 {
		w.subscribe(one, i, "phone")
		w.tell(i, notice.Sent, false)
	}
	// Killed after it took its part and before it sent any of it.
	if list, err := w.store.Outbox().Lease(t.Context(), "a killed process", w.now, w.now.Add(5*time.Minute), 10); err != nil || len(list) != 10 {
		t.Fatal(len(list), err)
	}
	var both sync.WaitGroup
	for _, s := range []*push.Service{one, two} {
		both.Go(func() { w.look(s) })
	}
	both.Wait()
	if got := w.web.taken(); len(got) != 20 {
		t.Errorf("two processes sent %d, want the 20 that the third has not", len(got))
	}
	w.now = w.now.Add(-20 * 24 * time.Hour)
	w.look(one)
	if got := w.web.taken(); len(got) != 10 {
		t.Errorf("with the clock set back %d of the 10 that were left are sent", len(got))
	}
	if err := w.store.Outbox().Done(t.Context(), "x", "a killed process"); err != nil {
		t.Error(err)
	}
}

// What was read meanwhile disturbs nobody; nor does a phone on which she is signed in no more, or that another uses now.
func TestNobodyIsDisturbedInVain(t *testing.T) {
	w := newTown(t, 2)
	s := w.service()
	w.subscribe(s, 0, "phone")
	id := w.tell(0, notice.Sent, false)
	if err := w.store.Notices().Read(t.Context(), account(0), []string{id}, w.now); err != nil {
		t.Fatal(err)
	}
	w.look(s)
	w.subscribe(s, 1, "phone")
	w.tell(1, notice.Sent, false)
	if err := w.store.Accounts().EndSession(t.Context(), mustPhones(t, w, 1)[0]); err != nil {
		t.Fatal(err)
	}
	w.look(s)
	if got := w.web.taken(); len(got) != 0 {
		t.Errorf("%d were sent", len(got))
	}
	w.tell(0, notice.Sent, false)
	phone := mustPhones(t, w, 0)[0]
	if err := s.Unsubscribe(t.Context(), account(0), phone); err != nil {
		t.Fatal(err)
	}
	w.look(s)
	if got := w.web.taken(); len(got) != 0 {
		t.Errorf("%d were sent to who wants to be told no more", len(got))
	}
}

func mustPhones(t *testing.T, w *town, who int) (out []string) {
	t.Helper()
	list, err := w.store.Accounts().Phones(t.Context(), account(who))
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	for _, p := range list {
		out = append(out, p.ID)
	}
	return out
}

// N11: a private or loopback address is no push service's, and nothing is asked of it, also where a name leads there only
// when it is connected to.
func TestPrivateAddresses(t *testing.T) {
	w := newTown(t, 1)
	test := w.service()
	w.subscribe(test, 0, "phone")
	city := w.service(func(o *push.Options) { o.Private = false })
	good := "https://fcm.googleapis.com/fcm/send/x"
	for endpoint, ok := range map[string]bool{
		good: true, "https://updates.push.services.mozilla.com/wpush/v2/x": true, "https://web.push.apple.com:443/x": true, "https://[2a00:1450:4001::5e]/x": true,
		"http://fcm.googleapis.com/x": false, "https://127.0.0.1/x": false, "https://localhost/x": false, "https://a.localhost/x": false, "https://[::1]/x": false,
		"https://10.1.2.3/x": false, "https://192.168.1.1/x": false, "https://172.16.0.1/x": false, "https://169.254.169.254/latest": false, "https://100.64.0.1/x": false,
		"https://0.0.0.0/x": false, "https://[::ffff:127.0.0.1]/x": false, "https://[fd00::1]/x": false, "https://[fe80::1]/x": false, "https://[64:ff9b::7f00:1]/x": false,
		"https://[::7f00:1]/x": false, "https://[::]/x": false, "https://[100::1]/x": false, "https://[5f00::1]/x": false, "https://[fec0::1]/x": false, "https://[ff02::1]/x": false,
		"https://[2002:7f00:1::]/x": false, "https://[2001:db8::1]/x": false, "https://[fe80::1%25eth0]/x": false, "https://192.88.99.1/x": false, "https://255.255.255.255/x": false,
		"https://0177.0.0.1/x": false, "https://127.0.0.1./x": false, "https://LOCALHOST/x": false,
		"https://2130706433/x": false, "https://0x7f.1/x": false, "https://127.1/x": false, "https://intranet/x": false, "https://db.internal/x": false, "https://db.local./x": false,
		"https://user:pass@fcm.googleapis.com/x": false, "https://fcm.googleapis.com:8443/x": false, "https://fcm.googleapis.com/x#y": false, "ftp://fcm.googleapis.com/x": false,
		"": false, "fcm.googleapis.com": false, "https://": false, "https:///x": false, good + strings.Repeat("x", 2048): false,
	} {
		err := city.Subscribe(t.Context(), account(0), "device", endpoint, keyOf(w), "AAAAAAAAAAAAAAAAAAAAAA")
		if (err == nil) != ok || err != nil && !isCode(err, record.BadRequest) {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
	for _, x := range [][2]string{{"", "AAAAAAAAAAAAAAAAAAAAAA"}, {"BAAA", "AAAAAAAAAAAAAAAAAAAAAA"}, {strings.Repeat("A", 87), "AAAAAAAAAAAAAAAAAAAAAA"}, {keyOf(w), ""}, {keyOf(w), "AAAA"}, {keyOf(w), "?"}} {
		if err := city.Subscribe(t.Context(), account(0), "device", good, x[0], x[1]); !isCode(err, record.BadRequest) {
			t.Errorf("keys %q: %v", x, err)
		}
	}
	if err := w.service(func(o *push.Options) { o.Contact = "" }).Subscribe(t.Context(), account(0), "device", good, keyOf(w), "AAAAAAAAAAAAAAAAAAAAAA"); !isCode(err, record.NotFound) {
		t.Errorf("without a contact: %v", err)
	}
	// The test's own service is at this machine: it stands for a name that led to a public address when it was looked at.
	if err := city.Unsubscribe(t.Context(), account(0), "device"); err != nil {
		t.Fatal(err)
	}
	w.tell(0, notice.Sent, false)
	w.look(city)
	w.now = w.now.Add(time.Hour)
	w.look(city)
	if got := w.web.taken(); len(got) != 0 {
		t.Error("a request was made to an address of this machine")
	}
	w.tell(0, notice.Sent, false)
	w.look(test)
	if got := w.web.taken(); len(got) != 0 {
		t.Error("the address is not forgotten")
	}
}

func keyOf(w *town) string {
	for _, b := range w.phones {
		return base64Key(b)
	}
	return ""
}

func isCode(err error, code record.Code) bool {
	var e *record.Error
	return errors.As(err, &e) && e.Code == code
}

func TestContacts(t *testing.T) {
	w := newTown(t, 0)
	for contact, ok := range map[string]bool{"": true, "a@example.org": true, "mailto:a@example.org": true, "https://example.org": true, "https://example.org/contact": true,
		"a@localhost": false, "https://localhost": false, "example.org": false, "http://example.org": false, "a@b@example.org": false} {
		_, err := push.Open(t.Context(), push.Options{Store: w.store.Outbox(), Contact: contact, Now: time.Now, Zone: zone})
		if (err == nil) != ok {
			t.Errorf("%q: %v", contact, err)
		}
	}
}

// N12: the webhook's requests are signed, tried again under the same id, not redirected, and a gateway that hangs or fails
// keeps nothing else from being sent.
func TestAWebhook(t *testing.T) {
	w := newTown(t, 2)
	secret := []byte("a secret of the test's own")
	var mu sync.Mutex
	var bodies []map[string]string
	status, elsewhere := 503, 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	gate := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		raw, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Niangjia-Signature") != push.Sign(secret, w.now, raw) {
			t.Errorf("the signature is %q: %v", r.Header.Get("Niangjia-Signature"), err)
		}
		var m map[string]string
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Error(err)
		}
		bodies = append(bodies, m)
		rw.Header().Set("Location", other.URL)
		rw.WriteHeader(status)
	}))
	defer gate.Close()
	s := w.service(func(o *push.Options) { o.Webhook = push.Webhook{URL: gate.URL, Secret: secret, Format: push.Gateway} })
	w.subscribe(s, 0, "phone")
	id := w.tell(0, notice.Urgent, true)
	w.look(s)
	if got := w.web.taken(); len(got) != 1 {
		t.Error("a gateway that fails has kept a browser from being told")
	}
	status = 307
	w.now = w.now.Add(time.Hour)
	w.look(s)
	status = 200
	w.now = w.now.Add(2 * time.Hour)
	w.look(s)
	w.look(s)
	mu.Lock()
	defer mu.Unlock()
	if len(bodies) != 3 || elsewhere != 0 {
		t.Fatalf("%d requests, %d where it was redirected to", len(bodies), elsewhere)
	}
	for _, m := range bodies {
		if m["id"] != id || m["to"] != "p0" || m["kind"] != "urgent" || m["text"] != push.Templates()["urgent"].Body || len(m) != 5 {
			t.Errorf("it is sent %v", m)
		}
	}
	for _, bad := range []push.Webhook{{URL: "ftp://x", Format: push.Gateway, Secret: secret}, {URL: "https://x.example", Format: "fax", Secret: secret},
		{URL: "https://x.example", Format: push.Gateway, Secret: []byte("short")}, {URL: "https://", Format: push.WeCom}} {
		if _, err := push.Open(t.Context(), push.Options{Store: w.store.Outbox(), Webhook: bad, Now: time.Now, Zone: zone}); err == nil {
			t.Errorf("%s in %s is taken", bad.URL, bad.Format)
		}
	}
}

// N10, N12: a push service and a gateway that take what is sent and never answer are given up: what waits for them is kept,
// the others are told meanwhile, and each is asked again, under the same id, when it answers.
func TestWhoHangsIsGivenUp(t *testing.T) {
	w := newTown(t, 2)
	var mu sync.Mutex
	var ids []string
	hangs, over := true, make(chan struct{})
	gate := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		var m struct{ ID string }
		_ = json.Unmarshal(raw, &m)
		mu.Lock()
		ids = append(ids, m.ID)
		waits := hangs
		mu.Unlock()
		if waits {
			<-over
		}
	}))
	defer gate.Close()
	s := w.service(func(o *push.Options) {
		o.Patience = 2 * time.Second
		o.Webhook = push.Webhook{URL: gate.URL, Secret: []byte("a secret of the test's own"), Format: push.Gateway}
	})
	w.subscribe(s, 0, "phone")
	w.subscribe(s, 1, "phone")
	mute := ""
	for path := range w.phones {
		mute = path
	}
	w.web.answers(func(rw http.ResponseWriter, path string) {
		if path == mute {
			<-over
		}
	})
	first := w.tell(0, notice.Sent, true)
	second := w.tell(1, notice.Sent, false)
	w.look(s)
	if got := w.web.taken(); len(got) != 2 {
		t.Errorf("%d browsers were told of", len(got))
	}
	mu.Lock()
	hangs = false
	mu.Unlock()
	close(over)
	w.web.answers(nil)
	w.now = w.now.Add(2 * time.Hour)
	w.look(s)
	w.look(s)
	if got := w.opened(w.web.taken()); len(got) != 1 || got[0].Tag != first && got[0].Tag != second {
		t.Errorf("asked again: %+v", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 2 || ids[0] != first || ids[1] != first {
		t.Errorf("the gateway was asked for %v, want twice for %s", ids, first)
	}
}

// N12: a group is told once a minute, whoever it is for; what the robot refuses is tried again.
func TestAGroupRobot(t *testing.T) {
	w := newTown(t, 5)
	code, said := 45009, []string{}
	robot := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		said = append(said, string(raw))
		_ = json.NewEncoder(rw).Encode(map[string]any{"errcode": code})
	}))
	defer robot.Close()
	s := w.service(func(o *push.Options) { o.Webhook = push.Webhook{URL: robot.URL + "?key=secret", Format: push.WeCom} })
	for i := range 5 {
		w.tell(i, notice.Reminder, true)
	}
	w.look(s)
	refused := len(said)
	code = 0
	w.now = w.now.Add(2 * time.Hour)
	w.look(s)
	if refused == 0 || refused > 3 || len(said) != refused+1 {
		t.Errorf("the group was told %d times after %d refusals", len(said)-refused, refused)
	}
	if !strings.Contains(said[0], push.Templates()["reminder"].Body) || strings.Contains(strings.Join(said, ""), "p0") {
		t.Errorf("it is told %s", said[0])
	}
}

// The address of a browser is as good as a key, and so may a webhook's be: neither stands in a log.
func TestTheLogNamesNoAddress(t *testing.T) {
	for _, file := range []string{"send.go", "webhook.go", "push.go"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(raw), "\n") {
			if strings.Contains(line, "Log.") && (strings.Contains(line, "Endpoint") || strings.Contains(line, "URL") || strings.Contains(line, "err.Error()") && !strings.Contains(line, "outbox")) {
				t.Errorf("%s: %s", file, line)
			}
		}
	}
}
