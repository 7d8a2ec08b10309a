package api_test

import (
	"fmt"
	"strings"
	"testing"

	"niangjia/sync/record"
)

// An auditor reads what was done to the accounts within her reach: in order, page by page, each once, by login alone, and
// nothing of the seats that such an account has elsewhere.
func TestAnAuditorReadsWhatWasDoneToAccounts(t *testing.T) {
	c := newCity(t)
	manager := c.join("manager", record.Seat{Role: record.Manager, Unit: theCity})
	both := c.open(manager, seatJSON(record.Volunteer, theVillage), seatJSON(record.Volunteer, another)).want(200)
	id := both.json["account"].(map[string]any)["id"].(string)
	login := both.json["account"].(map[string]any)["login"].(string)
	elsewhere := c.open(manager, seatJSON(record.Volunteer, another)).want(200).json["account"].(map[string]any)["login"].(string)
	seats := func(list ...map[string]string) {
		c.put(manager, "/api/v1/accounts/"+id+"/seats", map[string]any{"seats": list}).want(204)
	}
	seats(seatJSON(record.Volunteer, theVillage))                                        // the other township's to know
	seats(seatJSON(record.Volunteer, theVillage), seatJSON(record.Auditor, theTownship)) // hers
	for i := range 60 {
		c.put(manager, "/api/v1/accounts/"+id+"/name", map[string]string{"name": fmt.Sprintf("合成 %d", i)}).want(204)
	}

	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theTownship})
	var all []any
	path := "/api/v1/audit"
	for pages := 0; path != ""; pages++ {
		if pages > 5 {
			t.Fatal("it has no end")
		}
		r := c.get(auditor, path).want(200)
		if text := string(r.body); strings.Contains(text, "合成") || strings.Contains(text, another) || strings.Contains(text, elsewhere+`"`) {
			t.Errorf("too much is told: %s", text)
		}
		accounts := r.json["accounts"].(map[string]any)
		if got := accounts[id].(map[string]any)["login"]; got != login {
			t.Errorf("the account is %v, not %s", got, login)
		}
		all = append(all, r.json["events"].([]any)...)
		path = ""
		if next, more := r.json["next"].(float64); more {
			path = fmt.Sprintf("/api/v1/audit?before=%.0f", next)
		}
	}
	count := map[string]int{}
	for i, one := range all {
		e := one.(map[string]any)
		if e["account"] == id {
			count[e["what"].(string)]++
		}
		if i > 0 && e["at"].(float64) > all[i-1].(map[string]any)["at"].(float64) {
			t.Error("not the newest first")
		}
	}
	if count["renamed"] != 60 || count["seats"] != 1 || count["opened"] != 1 {
		t.Errorf("told %v", count)
	}
	for _, before := range []string{"0", "-1", "x", "99999999999999999999"} {
		c.get(auditor, "/api/v1/audit?before="+before).wantCode(400, record.BadRequest)
	}
}
