package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"niangjia/server/auth"
	"niangjia/sync/record"
)

// invited opens a volunteer's account in the village by the township's manager, and gives the answer with the code.
func invited(c *city, manager *person) (account string, code map[string]any) {
	c.t.Helper()
	r := c.post(manager, "/api/v1/accounts", map[string]any{"name": "合成 新人", "seats": []any{map[string]string{"role": "volunteer", "unit": theVillage}}}).want(200)
	code, _ = r.json["code"].(map[string]any)
	return r.json["account"].(map[string]any)["id"].(string), code
}

func byToken(code map[string]any, device string) map[string]any {
	return map[string]any{"token": code["token"], "password": "her own words", "device": map[string]string{"id": id(device), "name": "旧手机"}}
}

func byDigits(code map[string]any, digits any, device string) map[string]any {
	return map[string]any{"account": code["login"], "digits": digits, "password": "her own words", "device": map[string]string{"id": id(device), "name": ""}}
}

func wrongDigits(code map[string]any) string {
	if code["digits"] == "000000" {
		return "000001"
	}
	return "000000"
}

func townManager(c *city) *person {
	return c.join("zhen", record.Seat{Role: record.Manager, Unit: theTownship})
}

func TestAPhoneEnrolsByTheLinkOnce(t *testing.T) {
	c := newCity(t)
	account, code := invited(c, townManager(c))
	if code["login"] != "2310120101" {
		t.Errorf("login %v", code["login"])
	}
	// Nobody has a password yet: not even an empty one.
	for _, password := range []string{"x", "her own words", code["digits"].(string)} {
		c.post(nil, "/api/v1/login", loginBody(code["login"].(string), password)).wantCode(401, record.WrongPassword)
	}
	check := c.post(nil, "/api/v1/enrol/check", map[string]any{"token": code["token"], "device": id("phone")}).want(200)
	if check.json["account"].(map[string]any)["name"] != "合成 新人" || check.json["units"].(map[string]any)[theVillage] != "忙岗村民委员会" {
		t.Errorf("%s", check.body)
	}
	short := byToken(code, "phone")
	short["password"] = "short"
	c.post(nil, "/api/v1/enrol", short).wantCode(400, record.BadRequest) // and the code is not lost by it
	r := c.post(nil, "/api/v1/enrol", byToken(code, "phone")).want(200)
	she := &person{c: c, id: account, access: r.text("access")}
	me := c.get(she, "/api/v1/me").want(200)
	if me.json["account"].(map[string]any)["must_change"] != nil || len(me.json["seats"].([]any)) != 1 {
		t.Errorf("%s", me.body)
	}
	// The answer was lost: her phone asks again. Another phone that saw the code gets nothing, and neither does hers later.
	again := c.post(nil, "/api/v1/enrol", byToken(code, "phone")).want(200)
	c.get(she, "/api/v1/me").wantCode(401, record.SessionEnded)
	she.access = again.text("access")
	c.get(she, "/api/v1/me").want(200)
	c.post(nil, "/api/v1/enrol", byToken(code, "another")).wantCode(409, record.CodeUsed)
	c.post(nil, "/api/v1/enrol/check", map[string]any{"token": code["token"], "device": id("another")}).wantCode(409, record.CodeUsed)
	c.clock.add(15 * time.Minute)
	c.post(nil, "/api/v1/enrol", byToken(code, "phone")).wantCode(409, record.CodeUsed)
	c.post(nil, "/api/v1/enrol", byDigits(code, code["digits"], "another")).wantCode(409, record.CodeUsed)
	c.post(nil, "/api/v1/login", loginBody(code["login"].(string), "her own words")).want(200)
}

func TestACodeExpires(t *testing.T) {
	c := newCity(t)
	_, code := invited(c, townManager(c))
	c.clock.add(auth.CodeLasts + time.Second)
	c.post(nil, "/api/v1/enrol", byToken(code, "phone")).wantCode(410, record.CodeExpired)
	c.post(nil, "/api/v1/enrol", byDigits(code, code["digits"], "phone")).wantCode(410, record.CodeExpired)
}

func TestSixDigitsDieAfterFiveWrongTries(t *testing.T) {
	c := newCity(t)
	manager := townManager(c)
	account, code := invited(c, manager)
	for range 4 {
		c.post(nil, "/api/v1/enrol", byDigits(code, wrongDigits(code), "thief")).wantCode(401, record.WrongCode)
	}
	c.post(nil, "/api/v1/enrol/check", map[string]any{"account": code["login"], "digits": code["digits"], "device": id("phone")}).want(200)
	c.post(nil, "/api/v1/enrol", byDigits(code, wrongDigits(code), "thief")).wantCode(401, record.WrongCode)
	c.post(nil, "/api/v1/enrol", byDigits(code, code["digits"], "phone")).wantCode(401, record.WrongCode)
	// The link cannot be guessed, and nobody can make it die by guessing digits.
	c.post(nil, "/api/v1/enrol/check", map[string]any{"token": code["token"], "device": id("phone")}).want(200)

	r := c.post(manager, "/api/v1/accounts/codes", map[string]any{"accounts": []string{account}}).want(200)
	fresh := r.json["codes"].([]any)[0].(map[string]any)
	c.clock.add(time.Hour)
	c.post(nil, "/api/v1/enrol", byToken(code, "phone")).wantCode(401, record.WrongCode) // replaced
	c.post(nil, "/api/v1/enrol", byDigits(fresh, fresh["digits"], "phone")).want(200)
}

func TestGuessesSentTogetherAreAllCounted(t *testing.T) {
	c := newCity(t)
	_, code := invited(c, townManager(c))
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			_, _ = c.app.Auth.CheckCode(t.Context(), auth.Proof{Login: code["login"].(string), Digits: wrongDigits(code)}, id("thief"), "203.0.113.1")
		})
	}
	wg.Wait()
	c.clock.add(time.Hour)
	c.post(nil, "/api/v1/enrol", byDigits(code, code["digits"], "phone")).wantCode(401, record.WrongCode)
}

func TestGuessingCodesIsLimitedByAddress(t *testing.T) {
	c := newCity(t)
	for i := range 100 {
		r := c.post(nil, "/api/v1/enrol/check", map[string]any{"account": fmt.Sprintf("nobody%d", i), "digits": "000000", "device": id("thief")})
		if r.status == 429 {
			if r.header.Get("Retry-After") == "" || i < 40 {
				t.Errorf("limited after %d, Retry-After %q", i, r.header.Get("Retry-After"))
			}
			return
		}
		r.wantCode(401, record.WrongCode)
	}
	t.Error("a hundred codes were tried from one address")
}

func TestAClosedAccountCannotEnrol(t *testing.T) {
	c := newCity(t)
	manager := townManager(c)
	account, code := invited(c, manager)
	c.put(manager, "/api/v1/accounts/"+account+"/open", map[string]any{"open": false}).want(204)
	c.post(nil, "/api/v1/enrol", byToken(code, "phone")).wantCode(401, record.WrongCode)
	c.post(manager, "/api/v1/accounts/codes", map[string]any{"accounts": []string{account}}).wantCode(403, record.NotAllowed)
}

func TestBadProofs(t *testing.T) {
	c := newCity(t)
	for name, body := range map[string]map[string]any{
		"nothing":       {"device": id("phone")},
		"no digits":     {"account": "x", "device": id("phone")},
		"no device":     {"token": "x"},
		"a bad device":  {"token": "x", "device": "../../x"},
		"a long token":  {"token": strings.Repeat("x", 65), "device": id("phone")},
		"a wrong type":  {"token": 5, "device": id("phone")},
		"a long login":  {"account": strings.Repeat("x", 65), "digits": "000000", "device": id("phone")},
		"a long number": {"account": "x", "digits": strings.Repeat("0", 13), "device": id("phone")},
	} {
		if r := c.post(nil, "/api/v1/enrol/check", body); r.status != 400 {
			t.Errorf("%s: %d", name, r.status)
		}
	}
	long := map[string]any{"token": "x", "password": "her own words", "device": map[string]string{"id": id("phone"), "name": strings.Repeat("长", 101)}}
	c.post(nil, "/api/v1/enrol", long).wantCode(400, record.BadRequest)
}

// Of a code only hashes are kept, and neither code nor name is in the log.
func TestNoCodeIsKept(t *testing.T) {
	c := newCity(t)
	_, code := invited(c, townManager(c))
	c.post(nil, "/api/v1/enrol", byToken(code, "phone")).want(200)
	for _, secret := range []string{code["token"].(string), code["digits"].(string), "her own words", "合成 新人"} {
		if strings.Contains(c.log.String(), `"`+secret) || strings.Contains(c.log.String(), secret+`"`) {
			t.Errorf("%q is in the log", secret)
		}
	}
	if c.inFile(code["token"].(string)) || c.inFile(`"`+code["digits"].(string)+`"`) {
		t.Error("the code is in the database")
	}
}
