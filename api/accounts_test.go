package api_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"niangjia/server/app"
	"niangjia/sync/record"
)

// inFile reports whether the database's files hold a text.
func (c *city) inFile(text string) bool {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(c.data, "*"))
	if err != nil || len(files) == 0 {
		c.t.Fatal(files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			c.t.Fatal(err)
		}
		if bytes.Contains(raw, []byte(text)) {
			return true
		}
	}
	return false
}

// verify replays the log: everything must follow from it.
func (c *city) verify() {
	c.t.Helper()
	v, err := app.Verify(c.t.Context(), c.data, nil)
	if err != nil || !v.Holds() {
		c.t.Errorf("%+v, %v", v, err)
	}
}

func seatJSON(role record.Role, unit string) map[string]string {
	return map[string]string{"role": string(role), "unit": unit}
}

func (c *city) open(by *person, seats ...map[string]string) *reply {
	c.t.Helper()
	return c.post(by, "/api/v1/accounts", map[string]any{"name": "合成 某人", "seats": seats})
}

func whats(r *reply) []string {
	var out []string
	for _, e := range r.json["events"].([]any) {
		out = append(out, e.(map[string]any)["what"].(string))
	}
	return out
}

func TestAManagerOpensAccountsBelowHerUnit(t *testing.T) {
	c := newCity(t)
	town, top := townManager(c), c.join("shi", record.Seat{Role: record.Manager, Unit: theCity})
	c.open(town, seatJSON("volunteer", theVillage), seatJSON("auditor", theVillage)).want(200)
	c.open(town, seatJSON("volunteer", theTownship)).wantCode(403, record.ForeignUnit) // her own
	c.open(town, seatJSON("manager", theCounty)).wantCode(403, record.ForeignUnit)     // above
	c.open(town, seatJSON("volunteer", "530923102201")).wantCode(403, record.ForeignUnit)
	c.open(town, seatJSON("reviewer", theVillage)).wantCode(403, record.ForeignUnit) // no such seat in a village
	c.open(town, seatJSON("owner", theVillage)).wantCode(400, record.BadRequest)
	c.open(town, seatJSON("volunteer", "999999999999")).wantCode(403, record.ForeignUnit)
	c.open(town).wantCode(400, record.BadRequest)
	c.open(town, seatJSON("volunteer", theVillage), seatJSON("volunteer", theVillage)).wantCode(400, record.BadRequest)
	c.open(top, seatJSON("volunteer", theVillage), seatJSON("manager", theTownship), seatJSON("reviewer", theCity)).want(200)
	// Numbers of one unit go on, and a login may be one's own.
	r := c.open(town, seatJSON("volunteer", theVillage)).want(200)
	if login := r.json["account"].(map[string]any)["login"]; login != "2310120103" {
		t.Errorf("login %v", login)
	}
	own := map[string]any{"name": "合成", "login": " Wang ", "seats": []any{seatJSON("volunteer", theVillage)}}
	if r := c.post(town, "/api/v1/accounts", own).want(200); r.json["account"].(map[string]any)["login"] != "wang" {
		t.Errorf("%s", r.body)
	}
	taken := c.post(town, "/api/v1/accounts", own).wantCode(409, record.Exists)
	if taken.json["field"] != "login" {
		t.Errorf("%s", taken.body)
	}
	for _, bad := range []map[string]any{
		{"name": " ", "seats": own["seats"]}, {"name": strings.Repeat("长", 51), "seats": own["seats"]},
		{"name": "合成", "login": "a b", "seats": own["seats"]}, {"name": "a\nb", "seats": own["seats"]},
	} {
		c.post(town, "/api/v1/accounts", bad).wantCode(400, record.BadRequest)
	}
}

// What was refused left nothing: no seat in the log without its account.
func TestATakenLoginLeavesNoSeat(t *testing.T) {
	c := newCity(t)
	town := townManager(c)
	before := len(c.get(town, "/api/v1/accounts?unit="+theTownship).want(200).json["accounts"].([]any))
	c.post(town, "/api/v1/accounts", map[string]any{"name": "合成", "login": "zhen", "seats": []any{seatJSON("volunteer", theVillage)}}).wantCode(409, record.Exists)
	if after := len(c.get(town, "/api/v1/accounts?unit="+theTownship).want(200).json["accounts"].([]any)); after != before {
		t.Errorf("%d accounts, before %d", after, before)
	}
	c.verify()
}

func TestAListTellsHowAccountsStand(t *testing.T) {
	c := newCity(t)
	town := townManager(c)
	account, _ := invited(c, town)
	state := func() string {
		for _, a := range c.get(town, "/api/v1/accounts?unit="+theTownship).want(200).json["accounts"].([]any) {
			if m := a.(map[string]any); m["id"] == account {
				return m["state"].(string)
			}
		}
		return "not listed"
	}
	var seen []string
	seen = append(seen, state())
	c.clock.add(73 * time.Hour)
	town = c.signIn("zhen")
	seen = append(seen, state())
	r := c.post(town, "/api/v1/accounts/codes", map[string]any{"accounts": []string{account}}).want(200)
	c.post(nil, "/api/v1/enrol", byToken(r.json["codes"].([]any)[0].(map[string]any), "phone")).want(200)
	seen = append(seen, state())
	c.put(town, "/api/v1/accounts/"+account+"/open", map[string]any{"open": false}).want(204)
	seen = append(seen, state())
	if want := []string{"invited", "no_code", "in_use", "closed"}; !slices.Equal(seen, want) {
		t.Errorf("%v", seen)
	}
	c.get(town, "/api/v1/accounts?unit="+theCounty).wantCode(403, record.ForeignUnit)
	c.get(town, "/api/v1/accounts?unit="+another).wantCode(403, record.ForeignUnit)
	c.get(town, "/api/v1/accounts?unit=5").wantCode(400, record.BadRequest)
	c.get(town, "/api/v1/accounts").wantCode(400, record.BadRequest)
}

func TestAResetOpensNothingAnyMore(t *testing.T) {
	c := newCity(t)
	town, cun := townManager(c), c.join("cun", villager)
	r := c.post(town, "/api/v1/accounts/codes", map[string]any{"accounts": []string{cun.id}, "reset": true}).want(200)
	c.get(cun, "/api/v1/me").wantCode(401, record.SessionEnded)
	c.post(nil, "/api/v1/login", loginBody("cun", password)).wantCode(401, record.WrongPassword)
	c.post(nil, "/api/v1/enrol", byToken(r.json["codes"].([]any)[0].(map[string]any), "phone")).want(200)
	view := c.get(town, "/api/v1/accounts/"+cun.id).want(200)
	if got := whats(view); !slices.Equal(got, []string{"enrolled", "reset", "opened"}) {
		t.Errorf("%v", got)
	}
	if view.json["events"].([]any)[1].(map[string]any)["by"] != town.id || view.json["names"].(map[string]any)[town.id] != "合成 zhen" {
		t.Errorf("%s", view.body)
	}
}

func TestAPhoneIsRevokedAndItsQueueComesLater(t *testing.T) {
	c := newCity(t)
	town, old := townManager(c), c.join("cun", villager)
	line := old.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})
	second := c.post(nil, "/api/v1/login", map[string]any{"account": "cun", "password": password, "device": map[string]string{"id": id("second"), "name": "新手机"}}).want(200)
	phones := c.get(town, "/api/v1/accounts/"+old.id).want(200).json["phones"].([]any)
	if len(phones) != 2 {
		t.Fatalf("%v", phones)
	}
	c.post(town, "/api/v1/accounts/"+old.id+"/end-phone", map[string]any{"phone": old.device}).want(204)
	old.exchange(line).wantCode(401, record.SessionEnded)
	old.renew(old.refresh).wantCode(401, record.SessionEnded)
	c.get(&person{c: c, access: second.text("access")}, "/api/v1/me").want(200)
	c.post(town, "/api/v1/accounts/"+old.id+"/end-phone", map[string]any{"phone": id("never seen")}).wantCode(404, record.NotFound)
	c.post(town, "/api/v1/accounts/"+old.id+"/end-phone", map[string]any{"phone": "x"}).wantCode(400, record.BadRequest)

	again := c.signIn("cun") // on the same phone
	old.access = again.access
	if got := outcomes(old.exchange(line).want(200)); !slices.Equal(got, []string{"applied"}) {
		t.Errorf("%v", got)
	}
}

func TestHandingOverLosesNothing(t *testing.T) {
	c := newCity(t)
	town, old := townManager(c), c.join("cun", villager)
	household := old.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})
	old.exchange(household).want(200)
	visit := func(name, event string) string {
		return old.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theVillage, "form": "home_visit", "form_version": 1, "event": event,
			"fields": map[string]any{"household": id("h"), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20"}})
	}
	queue := []string{visit("v1", "submit"), visit("v2", "submit")} // on her phone, without signal

	seat := seatJSON("volunteer", theVillage)
	r := c.post(town, "/api/v1/accounts/"+old.id+"/hand-over", map[string]any{"seat": seat, "name": "合成 接班"}).want(200)
	code := r.json["code"].(map[string]any)
	successor := r.json["account"].(map[string]any)["id"].(string)
	session := c.post(nil, "/api/v1/enrol", byToken(code, "her phone")).want(200)
	she := &person{c: c, id: successor, access: session.text("access"), device: id("her phone"), epoch: id("her log")}

	// The old queue goes up and waits; nothing of it is in the village yet.
	if got := outcomes(old.exchange(queue...).want(200)); !slices.Equal(got, []string{"parked no_seat", "parked no_seat"}) {
		t.Fatalf("%v", got)
	}
	if got := pulled(c, she, "v1"); got != none {
		t.Errorf("before it is received: %s", got)
	}
	view := c.get(town, "/api/v1/accounts/"+old.id).want(200)
	if fmt.Sprint(view.json["account"].(map[string]any)["awaiting"]) != fmt.Sprintf("[map[records:2 unit:%s]]", theVillage) {
		t.Fatalf("%s", view.body)
	}
	if got := c.post(town, "/api/v1/accounts/"+old.id+"/receive", map[string]any{"unit": theVillage}).want(200); got.json["records"] != float64(2) {
		t.Errorf("%s", got.body)
	}
	if got := pulled(c, she, "v1"); got != whole {
		t.Errorf("the successor has %s", got)
	}
	if got := pulled(c, she, "h"); got != whole {
		t.Errorf("the successor's register has %s", got)
	}
	view = c.get(town, "/api/v1/accounts/"+old.id).want(200)
	if view.json["account"].(map[string]any)["awaiting"] != nil || len(view.json["account"].(map[string]any)["seats"].([]any)) != 0 {
		t.Errorf("%s", view.body)
	}
	if got := whats(view); !slices.Equal(got, []string{"received", "handed_over", "opened"}) {
		t.Errorf("%v", got)
	}
	// Her own phone is told what became of it and by whom, and nothing of what the village has of it.
	asked := "/api/v1/me/outcomes?log=" + old.epoch + "&lines="
	told := c.get(old, asked+"1,2,3,99").want(200)
	var became []string
	for _, x := range told.json["outcomes"].([]any) {
		o := x.(map[string]any)
		if became = append(became, fmt.Sprint(o["n"], " ", o["outcome"])); o["version"] != nil || o["state"] != nil || o["field"] != nil {
			t.Errorf("too much: %v", o)
		}
	}
	if !slices.Equal(became, []string{"1 applied", "2 applied", "3 applied"}) {
		t.Errorf("%v", became)
	}
	if got := told.json["received"].([]any); len(got) != 1 || got[0].(map[string]any)["by_name"] != "合成 zhen" || got[0].(map[string]any)["unit"] != theVillage ||
		got[0].(map[string]any)["records"] != float64(2) {
		t.Errorf("%s", told.body)
	}
	c.get(she, asked+"1").wantCode(404, record.NotFound)
	c.get(old, "/api/v1/me/outcomes?log="+id("no log")+"&lines=1").wantCode(404, record.NotFound)
	for _, bad := range []string{"", "0", "-1", "x", "1,", strings.Repeat("1,", 200) + "1", "99999999999999999999"} {
		c.get(old, asked+bad).wantCode(400, record.BadRequest)
	}
	c.get(old, "/api/v1/me/outcomes?log=x&lines=1").wantCode(400, record.BadRequest)
	// She has left: what she records now waits again, and is not lost.
	if got := outcomes(old.exchange(visit("v3", "submit")).want(200)); !slices.Equal(got, []string{"parked no_seat"}) {
		t.Errorf("%v", got)
	}
	c.verify()
}

func TestAHandOverToSomebodyWhoIsThere(t *testing.T) {
	c := newCity(t)
	town, old, other := townManager(c), c.join("cun", villager), c.join("cun2", record.Seat{Role: record.Volunteer, Unit: "530923101202"})
	far := c.join("far", record.Seat{Role: record.Volunteer, Unit: "530923102201"})
	path := "/api/v1/accounts/" + old.id + "/hand-over"
	seat := seatJSON("volunteer", theVillage)
	c.post(town, path, map[string]any{"seat": seatJSON("volunteer", "530923101202"), "to": other.id}).wantCode(400, record.BadRequest) // not hers
	c.post(town, path, map[string]any{"seat": seat, "to": old.id}).wantCode(400, record.BadRequest)
	c.post(town, path, map[string]any{"seat": seat, "to": far.id}).wantCode(404, record.NotFound)
	c.post(town, path, map[string]any{"seat": seat, "to": town.id}).want(404)
	c.post(town, path, map[string]any{"seat": seat}).wantCode(400, record.BadRequest)
	r := c.post(town, path, map[string]any{"seat": seat, "to": other.id}).want(200)
	if r.json["code"] != nil {
		t.Error("an account in use was given a code")
	}
	me := c.get(other, "/api/v1/me").want(200)
	if len(me.json["seats"].([]any)) != 2 {
		t.Errorf("%s", me.body)
	}
	c.post(town, path, map[string]any{"seat": seat, "to": other.id}).wantCode(400, record.BadRequest) // it is gone
	c.post(town, "/api/v1/accounts/"+old.id+"/receive", map[string]any{"unit": another}).wantCode(403, record.ForeignUnit)
	if r := c.post(town, "/api/v1/accounts/"+old.id+"/receive", map[string]any{"unit": theVillage}).want(200); r.json["records"] != float64(0) {
		t.Errorf("%s", r.body)
	}
}

func TestSeatsChangeWithinReachAlone(t *testing.T) {
	c := newCity(t)
	town := townManager(c)
	both := c.join("both", villager, record.Seat{Role: record.Reviewer, Unit: theTownship})
	path := "/api/v1/accounts/" + both.id
	// She sees the account for its village's seat; the township's seat is not hers to take, nor the account to reset.
	c.put(town, path+"/seats", map[string]any{"seats": []any{seatJSON("volunteer", theVillage)}}).wantCode(403, record.ForeignUnit)
	c.post(town, "/api/v1/accounts/codes", map[string]any{"accounts": []string{both.id}}).wantCode(403, record.NotAllowed)
	c.put(town, path+"/name", map[string]any{"name": "别人"}).wantCode(403, record.NotAllowed)
	c.put(town, path+"/open", map[string]any{"open": false}).wantCode(403, record.NotAllowed)
	c.post(town, path+"/end-phone", map[string]any{"phone": both.device}).wantCode(403, record.NotAllowed)
	view := c.get(town, path).want(200)
	if len(view.json["phones"].([]any)) != 0 || len(view.json["events"].([]any)) != 0 {
		t.Errorf("%s", view.body)
	}
	c.put(town, path+"/seats", map[string]any{"seats": []any{seatJSON("reviewer", theTownship), seatJSON("volunteer", "530923101202")}}).want(204)
	c.put(town, path+"/seats", map[string]any{"seats": []any{seatJSON("reviewer", theTownship), seatJSON("owner", theVillage)}}).wantCode(400, record.BadRequest)
	// From a village's seat a manager makes no manager of her own unit.
	c.put(town, path+"/seats", map[string]any{"seats": []any{seatJSON("reviewer", theTownship), seatJSON("manager", theTownship)}}).wantCode(403, record.ForeignUnit)
	c.put(town, "/api/v1/accounts/"+town.id+"/seats", map[string]any{"seats": []any{seatJSON("manager", theTownship)}}).want(404)
	me := c.get(both, "/api/v1/me").want(200)
	if got := fmt.Sprint(me.json["seats"]); got != "[map[role:reviewer unit:530923101000] map[role:volunteer unit:530923101202]]" {
		t.Errorf("%s", got)
	}
}

func TestNobodyLocksTheCityOut(t *testing.T) {
	c := newCity(t)
	seat := record.Seat{Role: record.Manager, Unit: theCity}
	one, two := c.join("shi1", seat), c.join("shi2", seat)
	self := "/api/v1/accounts/" + one.id
	c.put(one, self+"/open", map[string]any{"open": false}).wantCode(403, record.NotAllowed)
	c.put(one, self+"/seats", map[string]any{"seats": []any{}}).wantCode(403, record.NotAllowed)
	c.post(one, "/api/v1/accounts/codes", map[string]any{"accounts": []string{one.id}, "reset": true}).wantCode(403, record.NotAllowed)
	c.post(one, self+"/hand-over", map[string]any{"seat": seatJSON("manager", theCity), "to": two.id}).wantCode(403, record.NotAllowed)

	// Each takes the other's seat at the same moment: one of them keeps hers.
	results := make([]error, 2)
	var wg sync.WaitGroup
	wg.Go(func() { results[0] = c.app.Auth.Appoint(t.Context(), one.id, two.id, nil) })
	wg.Go(func() { results[1] = c.app.Auth.Appoint(t.Context(), two.id, one.id, nil) })
	wg.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Errorf("both or neither: %v", results)
	}
}

// W3: she may push, and is given no rows.
func TestAPasswordSetByAnotherOpensOnlyItsChange(t *testing.T) {
	c := newCity(t)
	cun := c.join("cun", villager)
	line := cun.line(map[string]any{"type": "household", "entity": id("h"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})
	if err := c.app.Auth.Reset(t.Context(), "cun", "from the town"); err != nil {
		t.Fatal(err)
	}
	in := loginBody("cun", "from the town")
	in["device"] = map[string]string{"id": cun.device, "name": ""}
	cun.access = c.post(nil, "/api/v1/login", in).want(200).text("access")
	for _, path := range []string{"/api/v1/divisions", "/api/v1/catalogue?format=3", "/api/v1/totals?unit=" + theVillage + "&period=2026", "/api/v1/entries/" + id("h")} {
		c.get(cun, path).wantCode(403, record.MustChange)
	}
	c.get(cun, "/api/v1/me").want(200)
	// What she recorded before goes up; nothing comes down.
	r := cun.exchange(line).want(200)
	if got := outcomes(r); !slices.Equal(got, []string{"applied"}) || len(r.json["pull"].(map[string]any)["rows"].([]any)) != 0 {
		t.Errorf("%s", r.body)
	}
	change := map[string]string{"account": "cun", "password": "from the town", "new_password": "from the town", "device": cun.device}
	c.post(nil, "/api/v1/password", change).wantCode(400, record.BadRequest)
	change["new_password"] = "my own words"
	c.post(nil, "/api/v1/password", change).want(204)
	c.get(cun, "/api/v1/catalogue?format=3").want(200)
	if got := pulled(c, cun, "h"); got != whole {
		t.Errorf("afterwards: %s", got)
	}
}

func TestAChangedPasswordEndsOtherPhones(t *testing.T) {
	c := newCity(t)
	here := c.join("cun", villager)
	there := c.post(nil, "/api/v1/login", map[string]any{"account": "cun", "password": password, "device": map[string]string{"id": id("there"), "name": ""}}).want(200)
	c.post(nil, "/api/v1/password", map[string]string{"account": "cun", "password": password, "new_password": "my own words", "device": here.device}).want(204)
	c.get(here, "/api/v1/me").want(200)
	here.renew(here.refresh).want(200)
	c.get(&person{c: c, access: there.text("access")}, "/api/v1/me").wantCode(401, record.SessionEnded)
	c.post(nil, "/api/v1/password", map[string]string{"account": "cun", "password": "my own words", "new_password": "other words", "device": "x"}).wantCode(400, record.BadRequest)
	c.post(nil, "/api/v1/password", map[string]string{"account": "cun", "password": "my own words", "new_password": "other words"}).want(204)
	c.get(here, "/api/v1/me").wantCode(401, record.SessionEnded)
}

func TestCodesForManyAtOnce(t *testing.T) {
	c := newCity(t)
	top := c.join("shi", record.Seat{Role: record.Manager, Unit: theCity})
	var ids []string
	for _, unit := range c.app.Engine.Places().Children(theTownship) {
		ids = append(ids, c.open(top, seatJSON("volunteer", unit)).want(200).json["account"].(map[string]any)["id"].(string))
	}
	codes := c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": ids}).want(200).json["codes"].([]any)
	seen := map[any]bool{}
	for i, x := range codes {
		code := x.(map[string]any)
		if code["account"] != ids[i] || seen[code["token"]] || len(code["token"].(string)) != 22 || len(code["digits"].(string)) != 6 {
			t.Errorf("%v", code)
		}
		seen[code["token"]] = true
	}
	c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": []string{}}).wantCode(400, record.BadRequest)
	c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": []string{ids[0], ids[0]}}).wantCode(403, record.NotAllowed)
	c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": []string{ids[0], "x"}}).wantCode(400, record.BadRequest)
	c.post(top, "/api/v1/accounts/codes", map[string]any{"accounts": slices.Repeat([]string{ids[0]}, 1001)}).wantCode(400, record.BadRequest)
	// One that is not hers, and none gets a code.
	town := townManager(c)
	c.post(town, "/api/v1/accounts/codes", map[string]any{"accounts": []string{ids[0], top.id}}).want(404)
	c.post(nil, "/api/v1/enrol/check", map[string]any{"token": codes[0].(map[string]any)["token"], "device": id("phone")}).want(200)
}

// An app from before the definitions were of this format could not show their forms: it keeps those that it has.
func TestAnOlderAppKeepsItsForms(t *testing.T) {
	c := newCity(t)
	cun := c.join("cun", villager)
	for _, query := range []string{"", "?format=1", "?format=2", "?format=4", "?format=x"} {
		c.get(cun, "/api/v1/catalogue"+query).wantCode(426, record.UpgradeRequired)
	}
	c.get(cun, "/api/v1/catalogue?format=3").want(200)
}
