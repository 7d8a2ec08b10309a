package api_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"niangjia/server/app"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

var cityManager = record.Seat{Role: record.Manager, Unit: theCity}

// own are definitions that a city has made: a choice and a hint of its own, a choice and a field and a form that it hides.
func own() map[string]any {
	return map[string]any{"retouch": map[string]any{
		"home_visit": map[string]any{"fields": map[string]any{
			"purposes": map[string]any{"hint": map[string]any{"zh": "今天为什么去", "en": ""}, "choices": []any{
				map[string]any{"key": "tea_season", "label": map[string]any{"zh": "茶季帮工", "en": ""}},
				map[string]any{"key": "epidemic", "hidden": true},
			}},
			"voice": map[string]any{"hidden": true},
		}},
		"council": map[string]any{"hidden": true},
	}}
}

func (p *person) visits(name string, version int64, purpose string) string {
	p.c.t.Helper()
	return p.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theVillage, "form": "home_visit", "form_version": version,
		"fields": map[string]any{"household": id("household"), "purposes": []string{purpose}, "met": "met", "occurred_on": "2026-11-20"}, "event": "submit"})
}

// S27 S28: a city retouches its forms while everybody works.
func TestACityPublishesItsOwnForms(t *testing.T) {
	c := newCity(t)
	chief, village := c.join("chief", cityManager), c.join("cun", villager)
	version := c.app.Engine.Catalogue().Form("home_visit").Version
	before := c.get(chief, "/api/v1/catalogue/own").want(200)
	hash := before.text("in_force")
	if base := before.json["base"].(map[string]any); len(before.json["own"].(map[string]any)) != 0 || hash != c.app.Engine.Catalogue().Hash || len(base["forms"].([]any)) < 20 {
		t.Fatalf("nothing of its own is %s", before.body)
	}
	etag := c.get(village, "/api/v1/catalogue?format=3").want(200).header.Get("ETag")

	check := c.post(chief, "/api/v1/catalogue/check", map[string]any{"own": own()}).want(200)
	if len(check.json["problems"].([]any)) != 0 || len(check.json["changes"].([]any)) != 6 || check.json["entries"] != float64(0) || check.text("in_force") != hash {
		t.Errorf("check: %s", check.body)
	}
	if c.app.Engine.Catalogue().Hash != hash {
		t.Error("a check has published something")
	}
	// A phone goes out of the signal's reach with the forms of before.
	offline := []string{
		village.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}}),
		village.visits("recorded meanwhile", version, "epidemic"),
	}
	done := c.put(chief, "/api/v1/catalogue/own", map[string]any{"own": own(), "against": hash}).want(200)
	if done.text("hash") == hash || done.json["recount"] != float64(0) {
		t.Errorf("published: %s", done.body)
	}
	after := c.get(chief, "/api/v1/catalogue/own").want(200)
	if after.text("in_force") != done.text("hash") || !strings.Contains(string(after.body), `"tea_season"`) {
		t.Errorf("%s", after.body)
	}
	// What it chose has not vanished under it.
	a := village.exchange(offline...).want(200)
	if got := strings.Join(outcomes(a), ","); got != "applied,applied" {
		t.Fatalf("the phone of before: %s", got)
	}
	if a.text("catalogue") != done.text("hash") {
		t.Errorf("a phone is told of %v", a.json["catalogue"])
	}
	req := httptest.NewRequest("GET", "/api/v1/catalogue?format=3", nil)
	req.Header.Set("If-None-Match", etag)
	fresh := c.do(village, req).want(200)
	if fresh.text("hash") != done.text("hash") || fresh.header.Get("ETag") == etag || !strings.Contains(string(fresh.body), "茶季帮工") {
		t.Errorf("the forms of before are in force: %v", fresh.header)
	}
	a = village.exchange(village.visits("by the new form", version+1, "tea_season"), village.visits("as before", version, "tea_season")).want(200)
	if got := strings.Join(outcomes(a), ","); got != "applied,applied" {
		t.Errorf("by the new form: %s", got)
	}

	// Somebody else's page shows what is no more in force.
	other := c.join("other", cityManager)
	c.put(other, "/api/v1/catalogue/own", map[string]any{"own": map[string]any{}, "against": hash}).wantCode(409, record.CatalogueChanged)
	// It is on record who did it.
	audit := c.get(c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCity}), "/api/v1/audit").want(200)
	if !strings.Contains(string(audit.body), `"what":"catalogue"`) {
		t.Errorf("not on record: %s", audit.body)
	}
	if v, err := c.app.Engine.InForce(t.Context()); err != nil || !v.Own.Touches("council") {
		t.Errorf("%+v %v", v, err)
	}
}

// S27: of two who publish at once one is in force, whole; the other is told so, and has lost nothing.
func TestTwoPublishAtOnce(t *testing.T) {
	c := newCity(t)
	managers := []*person{c.join("chief", cityManager), c.join("deputy", cityManager)}
	hash := c.app.Engine.Catalogue().Hash
	hides := func(form string) map[string]any {
		return map[string]any{"retouch": map[string]any{form: map[string]any{"hidden": true}}}
	}
	forms := []string{"council", "research"}
	var replies [2]*reply
	var both sync.WaitGroup
	for i := range managers {
		both.Go(func() {
			replies[i] = c.put(managers[i], "/api/v1/catalogue/own", map[string]any{"own": hides(forms[i]), "against": hash})
		})
	}
	both.Wait()
	won := 0
	if replies[0].status != 200 {
		won = 1
	}
	in, out := replies[won].want(200), replies[1-won].wantCode(409, record.CatalogueChanged)
	if said := out.text("detail"); !strings.Contains(said, "您的还没有发布") || !strings.Contains(said, "请") {
		t.Errorf("she is told %q", out.body)
	}
	now := c.get(managers[1-won], "/api/v1/catalogue/own").want(200)
	if now.text("in_force") != in.text("hash") || !c.app.Engine.Catalogue().Form(forms[won]).Hidden || c.app.Engine.Catalogue().Form(forms[1-won]).Hidden {
		t.Errorf("in force: %s", now.body)
	}
	if past := c.get(managers[0], "/api/v1/catalogue/history").want(200).json["publications"].([]any); len(past) != 1 {
		t.Errorf("%d publications", len(past))
	}
	// Over what is in force now she checks hers again, and both are.
	whole := hides(forms[won])
	whole["retouch"].(map[string]any)[forms[1-won]] = map[string]any{"hidden": true}
	check := c.post(managers[1-won], "/api/v1/catalogue/check", map[string]any{"own": whole}).want(200)
	if len(check.json["changes"].([]any)) != 1 {
		t.Errorf("check: %s", check.body)
	}
	c.put(managers[1-won], "/api/v1/catalogue/own", map[string]any{"own": whole, "against": check.text("in_force")}).want(200)
	for _, form := range forms {
		if !c.app.Engine.Catalogue().Form(form).Hidden {
			t.Errorf("%s is offered", form)
		}
	}
}

// S27: what is wrong is told at its place, in Chinese, and the forms of before go on.
func TestWrongFormsAreNotPublished(t *testing.T) {
	c := newCity(t)
	chief := c.join("chief", cityManager)
	hash := c.app.Engine.Catalogue().Hash
	publish := func(own any) *reply {
		return c.put(chief, "/api/v1/catalogue/own", map[string]any{"own": own, "against": hash})
	}
	// Without a required field, with a figure on one that is gone, with a circle, and what a city's manager could read of
	// sensitive entries by conditions of her own.
	for name, own := range map[string]map[string]any{
		"retouch.home_visit.fields.purposes.hidden": {"retouch": map[string]any{"home_visit": map[string]any{"fields": map[string]any{"purposes": map[string]any{"hidden": true}}}}},
		"indicators[0].sources[0].where":            {"indicators": []any{indicator("council", "gone > 1")}},
		"indicators[0].sources[0]":                  {"indicators": []any{indicator("home_visit", "text.contains('张三')")}},
		"forms[0].fields[1].value": {"forms": []any{ownForm(map[string]any{"key": "sum", "type": "computed", "result": "integer",
			"label": map[string]string{"zh": "和", "en": "Sum"}, "value": "sum + 1"})}},
		"retouch.nothing": {"retouch": map[string]any{"nothing": map[string]any{}, "nothing2": map[string]any{"order": 1}}},
		"forms":           {"forms": 5},
	} {
		if name == "retouch.nothing" {
			name = "retouch.nothing2" // what says nothing is not there
		}
		r := publish(own).wantCode(422, record.BadCatalogue)
		found := false
		for _, one := range r.json["problems"].([]any) {
			p := one.(map[string]any)
			found = found || p["path"] == name && p["message"] != "" && p["message"] != p["reason"]
		}
		check := c.post(chief, "/api/v1/catalogue/check", map[string]any{"own": own}).want(200)
		if !found || len(check.json["problems"].([]any)) != len(r.json["problems"].([]any)) || len(check.json["changes"].([]any)) != 0 {
			t.Errorf("%s: %s\n%s", name, r.body, check.body)
		}
	}
	for _, body := range []map[string]any{{}, {"against": hash}, {"own": nil, "against": hash}} {
		if r := c.put(chief, "/api/v1/catalogue/own", body); r.status != 400 {
			t.Errorf("%v: %d %s", body, r.status, r.body)
		}
	}
	publish(map[string]any{"forms": []string{strings.Repeat("x", 1<<20)}}).wantCode(413, record.TooLarge)
	if c.app.Engine.Catalogue().Hash != hash {
		t.Error("something was published")
	}
	// One who lost her seat publishes nothing.
	if err := c.app.Auth.SetSeats(t.Context(), "chief", []record.Seat{{Role: record.Manager, Unit: theCounty}}); err != nil {
		t.Fatal(err)
	}
	publish(own()).wantCode(403, record.Forbidden)
}

func indicator(form, where string) map[string]any {
	text := func(zh string) map[string]string { return map[string]string{"zh": zh, "en": zh} }
	return map[string]any{"id": "asked", "order": 900, "measure": "count", "name": text("数"), "unit": text("次"), "definition": text("数。"),
		"sources": []any{map[string]any{"form": form, "where": where}}}
}

func ownForm(more ...any) map[string]any {
	text := func(zh string) map[string]string { return map[string]string{"zh": zh, "en": zh} }
	return map[string]any{"id": "survey", "name": text("摸底"), "action": text("记摸底"), "icon": "note", "order": 90, "section": "family", "levels": []string{"village"},
		"summary": []string{"occurred_on"}, "save": text("保存"),
		"fields": append([]any{map[string]any{"key": "occurred_on", "type": "date", "label": text("日期"), "required": true, "default": "today"}}, more...)}
}

// Another process publishes beside the server: phones learn of it with the next exchange, also one that has no news.
func TestWhatAnotherProcessPublishesIsInForce(t *testing.T) {
	c := newCity(t)
	village := c.join("cun", villager)
	etag := c.get(village, "/api/v1/catalogue?format=3").want(200).header.Get("ETag")
	village.exchange().want(200)
	beside, err := app.Open(t.Context(), app.Config{Data: c.data, Keep: true, Now: c.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
	}()
	own, err := catalogue.ParseOwn([]byte(`{"retouch": {"council": {"hidden": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := beside.Publishing.PublishOwn(t.Context(), record.Actor{}, own, beside.Engine.Catalogue().Hash)
	if err != nil {
		t.Fatal(err)
	}
	if got := village.exchange().want(200).text("catalogue"); got != plan.Next.Hash {
		t.Errorf("a phone without news is told of %s", got)
	}
	req := httptest.NewRequest("GET", "/api/v1/catalogue?format=3", nil)
	req.Header.Set("If-None-Match", etag)
	if r := c.do(village, req).want(200); r.text("hash") != plan.Next.Hash {
		t.Errorf("the forms of %s", r.text("hash"))
	}
	// A command beside it that was given other definitions does not take these away.
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../server/catalogue")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "forms", "council.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "indicators", "council.json")); err != nil {
		t.Fatal(err)
	}
	third, err := app.Open(t.Context(), app.Config{Data: c.data, Catalogue: os.DirFS(folder), Keep: true, Now: c.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	if third.Engine.Catalogue().Hash != plan.Next.Hash || third.SameBase(t.Context()) == nil || beside.SameBase(t.Context()) != nil {
		t.Error("another folder was taken for the server's")
	}
	if err := third.Close(); err != nil {
		t.Error(err)
	}
}
