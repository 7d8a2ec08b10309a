package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"niangjia/sync/record"
)

var villager = record.Seat{Role: record.Volunteer, Unit: theVillage}

func (p *person) renew(token string) *reply {
	p.c.t.Helper()
	return p.c.post(nil, "/api/v1/refresh", map[string]string{"refresh": token, "device": p.device})
}

func TestALostAnswerToARefreshLogsNobodyOut(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	first := p.refresh

	lost := p.renew(first).want(200)  // the answer never arrives
	again := p.renew(first).want(200) // so the phone asks once more
	if lost.text("refresh") != again.text("refresh") {
		t.Fatal("the same token got another successor")
	}
	p.renew(again.text("refresh")).want(200) // the successor is used …
	p.renew(first).wantCode(401, record.SessionEnded)
	// … and the session itself goes on.
	p.renew(again.text("refresh")).want(200)
}

func TestARefreshTokenIsOfOneDevice(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	c.post(nil, "/api/v1/refresh", map[string]string{"refresh": p.refresh, "device": id("another phone")}).wantCode(401, record.SessionEnded)
	p.renew(p.refresh).want(200)
	p.renew("x"+p.refresh[1:]).wantCode(401, record.SessionEnded)
	session, _, _ := strings.Cut(p.refresh, ".")
	p.renew(session+"."+strings.Repeat("0", 64)).wantCode(401, record.SessionEnded)
}

func TestAVolunteerMayStayAwayForWeeks(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	c.clock.add(60 * 24 * time.Hour)
	c.get(p, "/api/v1/me").wantCode(401, record.Unauthenticated)
	p.access = p.renew(p.refresh).want(200).text("access")
	c.get(p, "/api/v1/me").want(200)
}

func TestAccessTokensThatAreRefused(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	right := p.access
	forge := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		claims := jwt.MapClaims{}
		if _, _, err := jwt.NewParser().ParseUnverified(right, claims); err != nil {
			t.Fatal(err)
		}
		change(claims)
		token, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	same := func(jwt.MapClaims) {}
	elsewhere := openCity(t, t.TempDir())
	divide(t, elsewhere.app)
	other := elsewhere.join("cun", villager).access
	for name, token := range map[string]string{
		"no algorithm":            forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, same),
		"a foreign key":           forge(jwt.SigningMethodHS256, []byte("0123456789abcdef0123456789abcdef"), same),
		"another algorithm":       forge(jwt.SigningMethodHS512, []byte("0123456789abcdef0123456789abcdef"), same),
		"of another installation": other,
		"cut":                     right[:len(right)-3],
		"nothing":                 "x",
		"the refresh token":       p.refresh,
	} {
		p.access = token
		if r := c.get(p, "/api/v1/me"); r.status != 401 || r.json["code"] != string(record.Unauthenticated) {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if r := p.raw("{}"); r.status != 401 {
			t.Errorf("%s pushes: %d", name, r.status)
		}
	}
	p.access = right
	c.get(p, "/api/v1/me").want(200)
	c.clock.add(11 * time.Minute)
	if r := c.get(p, "/api/v1/me").wantCode(401, record.Unauthenticated); r.header.Get("WWW-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
}

func TestLoggingOutAndClosingEndSessions(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	q := c.signIn("cun")
	c.post(nil, "/api/v1/logout", map[string]string{"refresh": p.refresh}).want(204)
	c.get(p, "/api/v1/me").wantCode(401, record.SessionEnded)
	p.renew(p.refresh).wantCode(401, record.SessionEnded)
	c.get(q, "/api/v1/me").want(200)

	if err := c.app.Auth.SetActive(t.Context(), "cun", false); err != nil {
		t.Fatal(err)
	}
	c.get(q, "/api/v1/me").wantCode(401, record.SessionEnded)
	q.renew(q.refresh).wantCode(401, record.SessionEnded)
	c.post(nil, "/api/v1/login", loginBody("cun", password)).wantCode(401, record.WrongPassword)
}

func TestSeatsTakenAwayAreGoneAtOnce(t *testing.T) {
	c := newCity(t)
	p := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	before := c.get(p, "/api/v1/me").want(200).text("seats_hash")
	c.get(p, "/api/v1/urgent").want(200)
	if err := c.app.Auth.SetSeats(t.Context(), "zhen", nil); err != nil {
		t.Fatal(err)
	}
	c.get(p, "/api/v1/urgent").wantCode(403, record.Forbidden)
	if after := c.get(p, "/api/v1/me").want(200).text("seats_hash"); after == before {
		t.Error("the hash of the seats did not change")
	}
}

func TestAPasswordSetByAnotherMustBeChanged(t *testing.T) {
	c := newCity(t)
	p := c.join("cun", villager)
	if err := c.app.Auth.Reset(t.Context(), "CUN ", "from the town"); err != nil {
		t.Fatal(err)
	}
	c.get(p, "/api/v1/me").wantCode(401, record.SessionEnded)
	a := c.post(nil, "/api/v1/login", loginBody("cun", "from the town")).want(200)
	if a.json["account"].(map[string]any)["must_change"] != true {
		t.Error("not told to change it")
	}
	change := map[string]string{"account": "cun", "password": "from the town", "new_password": "short"}
	c.post(nil, "/api/v1/password", change).wantCode(400, record.BadRequest)
	change["new_password"] = "my own words"
	c.post(nil, "/api/v1/password", change).want(204)
	a = c.post(nil, "/api/v1/login", loginBody("Cun", "my own words")).want(200)
	if a.json["account"].(map[string]any)["must_change"] != nil {
		t.Error("still told to change it")
	}
}

func loginBody(account, password string) map[string]any {
	return map[string]any{"account": account, "password": password, "device": map[string]string{"id": id("device"), "name": ""}}
}

func TestTriesToLogInAreLimited(t *testing.T) {
	c := newCity(t)
	c.account("cun", "合成", villager)
	c.account("cun2", "合成", villager)
	var limited *reply
	for range 20 {
		if r := c.post(nil, "/api/v1/login", loginBody("cun", "wrong")); r.status == 429 {
			limited = r.wantCode(429, record.RateLimited)
			break
		} else {
			r.wantCode(401, record.WrongPassword)
		}
	}
	if limited == nil {
		t.Fatal("twenty wrong passwords and no limit")
	}
	seconds, err := strconv.Atoi(limited.header.Get("Retry-After"))
	if err != nil || seconds < 1 || seconds > 120 {
		t.Errorf("Retry-After %q", limited.header.Get("Retry-After"))
	}
	// Even the right password waits now, and colleagues at the same address do not.
	c.post(nil, "/api/v1/login", loginBody("cun", password)).want(429)
	c.post(nil, "/api/v1/login", loginBody("cun2", password)).want(200)
	c.clock.add(time.Duration(seconds) * time.Second)
	c.post(nil, "/api/v1/login", loginBody("cun", password)).want(200)
}

func TestAnAddressIsLimitedToo(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	for i := range 200 {
		if c.post(nil, "/api/v1/login", loginBody("nobody"+strconv.Itoa(i), "x")).status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("two hundred names were tried from one address")
}
