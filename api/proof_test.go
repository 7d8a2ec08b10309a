package api_test

import (
	"fmt"
	"strings"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// S21: a receipt is the server's own, or it is told what there is instead; one that fits nothing is not found.
func TestReceiptsAreLookedUp(t *testing.T) {
	c := newCity(t)
	subject(c)
	reviewer := c.join("county-reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	r := c.get(reviewer, "/api/v1/receipts/"+c.receipt).want(200)
	if r.json["holds"] != true || r.json["records"] != float64(6) || r.json["account"] != theAuthor || r.json["durable"] != nil {
		t.Errorf("%s", r.body)
	}
	latest := r.json["latest"].([]any)
	if len(latest) != 6 || latest[0].(map[string]any)["n"] != float64(6) || latest[0].(map[string]any)["stub"] != true {
		t.Errorf("%s", r.body)
	}
	parts := strings.Split(c.receipt, "-")
	for code, holds := range map[string]bool{
		parts[0] + "-6-" + strings.Repeat("0", 8): false, // another hash
		parts[0] + "-60-" + parts[2]:              false, // what a lost server had
	} {
		r := c.get(reviewer, "/api/v1/receipts/"+code).want(200)
		if r.json["holds"] != holds || r.json["through"] != float64(6) || len(r.json["latest"].([]any)) != 0 {
			t.Errorf("%s: %s", code, r.body)
		}
	}
	for code, status := range map[string]int{
		"ffffff-6-" + parts[2]: 404, parts[0] + "-0-" + parts[2]: 400, parts[0] + "-6": 400, "abc-6-" + parts[2]: 400,
		parts[0] + "-6-zzzzzzzz": 400, parts[0] + "-99999999999999999999-" + parts[2]: 400,
	} {
		c.get(reviewer, "/api/v1/receipts/"+code).want(status)
	}
	// A log of the server's own is nobody's receipt.
	c.get(reviewer, fmt.Sprintf("/api/v1/receipts/%s-1-%s", c.app.Engine.Epoch()[:6], parts[2])).want(404)
}

// S8, P7: what took no effect is known to those above: who, where, why, since when; and no longer once it is made good.
func TestWhatTookNoEffectIsTold(t *testing.T) {
	c := newCity(t)
	author := c.join("author", record.Seat{Role: record.Volunteer, Unit: theTownship})
	visit := func(name, day string) string {
		return author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theTownship, "form": "home_visit", "form_version": 1,
			"fields": map[string]any{"household": id("household"), "purposes": []string{"policy"}, "met": "met", "occurred_on": day}, "event": "submit"})
	}
	c.get(author, "/api/v1/stuck").want(403)
	reviewer := c.join("county-reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	told := func() string {
		t.Helper()
		r := c.get(reviewer, "/api/v1/stuck").want(200)
		var out []string
		for _, g := range r.json["groups"].([]any) {
			m := g.(map[string]any)
			if m["account"] != author.id || m["unit"] != theTownship || m["name"] != "合成 author" {
				t.Errorf("%s", r.body)
			}
			out = append(out, fmt.Sprintf("%s %s %v", m["outcome"], m["code"], m["records"]))
		}
		return strings.Join(out, ", ")
	}
	author.exchange(visit("one", "2026-11-20"), visit("two", "2026-13-45"), "no JSON").want(200)
	if got := told(); got != "parked missing_reference 1, rejected bad_date 1, rejected unreadable 0" {
		t.Error(got)
	}
	author.prev, author.n = change.Hash([]byte("no JSON")), author.n+1
	author.exchange(author.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theTownship,
		"fields": map[string]any{"head": headName}}), visit("two", "2026-11-21")).want(200)
	if got := told(); got != "rejected unreadable 0" {
		t.Error(got)
	}
	c.clock.add(91 * 24 * 3600e9)
	reviewer = c.signIn("county-reviewer")
	if got := told(); got != "" {
		t.Error(got)
	}
}
