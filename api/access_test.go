package api_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	rules "niangjia/sync/campaign"
	"niangjia/sync/record"
)

// The subject of all calls below is a township and two of its entries: an ordinary one and a sensitive, urgent one.
const (
	theCity     = "530900000000"
	theCounty   = "530923000000"
	theTownship = "530923101000"
	theVillage  = "530923101201"
	another     = "530923102000" // another township of the county
)

var positions = []struct{ name, unit string }{
	{"inside", theTownship}, {"outside", another}, {"above", theCounty}, {"higher", theCity}, {"below", theVillage},
}

var roles = []record.Role{record.Volunteer, record.Reviewer, record.Manager, record.Auditor}

// seen is what a caller gets: a status, or after 200 how much.
type seen string

const (
	whole   seen = "whole"
	masked  seen = "masked"
	stub    seen = "stub"
	none    seen = "none"
	yes     seen = "200"
	no      seen = "403"
	missing seen = "404"
	login   seen = "401"
)

// expected is the table: route by role by position, from DOMAIN "who may read what". "*" stands for every one.
var expected = map[string]map[string]seen{
	"POST /api/v1/login":       {"*": yes},
	"POST /api/v1/refresh":     {"*": login}, // with a token that is none
	"POST /api/v1/logout":      {"*": "204"},
	"POST /api/v1/password":    {"*": login}, // with a wrong password
	"POST /api/v1/enrol/check": {"*": login}, // with a code that is none
	"POST /api/v1/enrol":       {"*": login},
	"GET /healthz":             {"*": yes},
	"GET /readyz":              {"*": yes},

	"GET /api/v1/me":        {"nobody": login, "*": yes},
	"GET /api/v1/divisions": {"nobody": login, "*": yes},
	// Of a log that somebody of the village has written.
	"GET /api/v1/me/outcomes": {"nobody": login, "*": missing},

	// Of the township's people, by their logins.
	"GET /api/v1/audit":        {"nobody": login, "auditor inside": whole, "auditor above": whole, "auditor higher": whole, "auditor": none, "*": no},
	"GET /api/v1/audit/export": {"nobody": login, "auditor inside": whole, "auditor above": whole, "auditor higher": whole, "auditor": none, "*": no},
	// Of the county, for other programs; a session is no such token.
	"GET /api/v1/read-tokens":        {"nobody": login, "manager above": whole, "manager higher": whole, "manager": none, "*": no},
	"GET /api/v1/read-tokens/export": {"nobody": login, "manager above": whole, "manager higher": whole, "manager": none, "*": no},
	"POST /api/v1/read-tokens":       {"nobody": login, "manager above": yes, "manager higher": yes, "*": no},
	"DELETE /api/v1/read-tokens/:id": {"nobody": login, "manager above": "204", "manager higher": "204", "manager": missing, "*": no},
	"GET /api/v1/open/units":         {"*": login},
	"GET /api/v1/open/indicators":    {"*": login},
	"GET /api/v1/open/figures":       {"*": login},

	"GET /api/v1/catalogue": {"nobody": login, "*": yes},

	// The forms of everybody: the city's manager's alone.
	"GET /api/v1/catalogue/own":            {"nobody": login, "manager higher": yes, "*": no},
	"PUT /api/v1/catalogue/own":            {"nobody": login, "manager higher": "409" /* over a catalogue that is none */, "*": no},
	"POST /api/v1/catalogue/check":         {"nobody": login, "manager higher": yes, "*": no},
	"GET /api/v1/catalogue/history":        {"nobody": login, "manager higher": yes, "*": no},
	"GET /api/v1/catalogue/history/export": {"nobody": login, "manager higher": yes, "*": no},
	"GET /api/v1/catalogue/export":         {"nobody": login, "manager higher": yes, "*": no},

	// The account of somebody of the township; server/auth has the table of who looks after whom.
	"GET /api/v1/accounts":                 {"nobody": login, "manager inside": none, "manager above": whole, "manager higher": whole, "*": no},
	"POST /api/v1/accounts":                {"nobody": login, "manager above": yes, "manager higher": yes, "*": no},
	"POST /api/v1/accounts/codes":          {"nobody": login, "manager above": yes, "manager higher": yes, "manager": missing, "*": no},
	"POST /api/v1/accounts/import/preview": {"nobody": login, "manager above": whole, "manager higher": whole, "manager": none, "*": no},
	"POST /api/v1/accounts/import":         {"nobody": login, "manager": "422" /* a sheet without a row */, "*": no},
	"GET /api/v1/accounts/template":        {"nobody": login, "manager": yes, "*": no},
	"GET /api/v1/accounts/export":          {"nobody": login, "manager inside": none, "manager above": whole, "manager higher": whole, "*": no},
	"GET /api/v1/accounts/:id":             {"nobody": login, "manager above": yes, "manager higher": yes, "manager": missing, "*": no},
	"PUT /api/v1/accounts/:id/seats":       {"nobody": login, "manager above": "204", "manager higher": "204", "manager": missing, "*": no},
	"PUT /api/v1/accounts/:id/name":        {"nobody": login, "manager above": "204", "manager higher": "204", "manager": missing, "*": no},
	"PUT /api/v1/accounts/:id/open":        {"nobody": login, "manager above": "204", "manager higher": "204", "manager": missing, "*": no},
	"POST /api/v1/accounts/:id/end-phone":  {"nobody": login, "manager above": "204", "manager higher": "204", "manager": missing, "*": no},
	"POST /api/v1/accounts/:id/hand-over":  {"nobody": login, "manager above": "400", "manager higher": "400" /* to herself */, "manager": missing, "*": no},
	"POST /api/v1/accounts/:id/receive":    {"nobody": login, "manager above": yes, "manager higher": yes, "manager": missing, "*": no},

	// What a phone keeps: the ordinary entry whole or not at all.
	"POST /api/v1/sync ordinary": {"nobody": login,
		"volunteer inside": whole, "reviewer inside": whole, "reviewer above": whole, "*": none},
	"POST /api/v1/sync sensitive": {"nobody": login,
		"volunteer inside": stub, "reviewer inside": stub, "reviewer above": whole, "*": none},

	// What a feed is made of: for those who replicate it, else as if there were none.
	"POST /api/v1/sync/digest ordinary": {"nobody": login,
		"volunteer inside": whole, "reviewer inside": whole, "reviewer above": whole, "*": no},
	"POST /api/v1/sync/digest sensitive": {"nobody": login, "reviewer above": whole, "*": no},
	// A file of the township's feed that has been replaced: who may have the feed is told so, everybody else nothing.
	"GET /api/v1/snapshots/:name": {"nobody": login,
		"volunteer inside": "410", "reviewer inside": "410", "reviewer above": "410", "*": no},

	// Of an entry of the township: only who may change it sends for it. The one that is sent is nobody else's.
	"OPTIONS /api/v1/attachments":   {"*": "204"},
	"POST /api/v1/attachments":      {"nobody": login, "volunteer inside": "201", "reviewer inside": "201", "reviewer above": "201", "*": no},
	"HEAD /api/v1/attachments/:id":  {"nobody": login, "*": missing},
	"PATCH /api/v1/attachments/:id": {"nobody": login, "*": missing},
	"GET /api/v1/attachments/:id ordinary": {"nobody": login, "auditor": no, "no seat": no,
		"volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "reviewer above": yes, "manager above": yes,
		"reviewer higher": no, "manager higher": no, "*": missing}, // withheld as every personal field
	"GET /api/v1/attachments/:id sensitive": {"nobody": login, "auditor": no, "no seat": no,
		"reviewer above": yes, "manager above": yes, "reviewer higher": no, "manager higher": no, "*": missing}, // until they state a reason

	// Her own inbox, whoever she is; messages to the village below the township.
	"GET /api/v1/inbox":                {"nobody": login, "*": yes},
	"POST /api/v1/inbox/read":          {"nobody": login, "*": "204"},
	"GET /api/v1/push":                 {"nobody": login, "*": yes},
	"PUT /api/v1/push/subscription":    {"nobody": login, "*": missing /* this server pushes nothing */},
	"DELETE /api/v1/push/subscription": {"nobody": login, "*": "204"},
	"GET /api/v1/messages":             {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "*": yes},
	"GET /api/v1/messages/export":      {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "*": yes},
	"POST /api/v1/messages": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "reviewer inside": yes, "manager inside": yes,
		"reviewer above": yes, "manager above": yes, "reviewer higher": yes, "manager higher": yes, "*": no},
	// One that the county's decider has sent.
	"GET /api/v1/messages/:id":        {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "*": missing},
	"GET /api/v1/messages/:id/export": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "*": missing},

	"GET /api/v1/entries/:id ordinary": {"nobody": login, "auditor": no, "no seat": no,
		"volunteer inside": whole, "reviewer inside": whole, "manager inside": whole,
		"reviewer above": whole, "manager above": whole,
		"reviewer higher": masked, "manager higher": masked, "*": missing},
	"GET /api/v1/entries/:id sensitive": {"nobody": login, "auditor": no, "no seat": no,
		"volunteer inside": stub, "reviewer inside": stub, "manager inside": stub,
		"reviewer above": whole, "manager above": whole,
		"reviewer higher": no, "manager higher": no, "*": missing}, // until they state a reason
	"POST /api/v1/entries/:id/disclosure": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no,
		"reviewer higher": "204", "manager higher": "204", "*": missing},

	"GET /api/v1/urgent": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no,
		"reviewer above": whole, "manager above": whole, "reviewer higher": whole, "manager higher": whole, "*": none},

	// Nothing has waited long enough; TestTheLevelAboveDecides has what has.
	"GET /api/v1/overdue": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "*": none},

	// One entry of the township and a sensitive one are parked: her own people and the county know of each, the city of how many.
	"GET /api/v1/stuck": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "reviewer inside": stub, "manager inside": stub,
		"reviewer above": whole, "manager above": whole, "reviewer higher": "counted", "manager higher": "counted", "*": none},
	// As the page, but for what a file says of a sensitive entry: not even its form.
	"GET /api/v1/stuck/export": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no, "reviewer inside": stub, "manager inside": stub,
		"reviewer above": stub, "manager above": stub, "reviewer higher": "counted", "manager higher": "counted", "*": none},
	"GET /api/v1/receipts/:receipt": {"nobody": login, "no seat": no, "volunteer": no, "auditor": no,
		"reviewer inside": yes, "manager inside": yes, "reviewer above": yes, "manager above": yes, "reviewer higher": yes, "manager higher": yes, "*": missing},

	// The list of a township is kept by its own recorders and by the county; its own manager reads it.
	"POST /api/v1/registers/import/preview": {"nobody": login, "volunteer inside": yes, "reviewer inside": yes,
		"reviewer above": yes, "manager above": yes, "*": no},
	"POST /api/v1/registers/import": {"nobody": login, "volunteer inside": "409", "reviewer inside": "409",
		"reviewer above": "409", "manager above": "409", "*": no}, // of a state that is none
	"GET /api/v1/registers/export": {"nobody": login, "volunteer inside": whole, "reviewer inside": whole, "manager inside": whole,
		"reviewer above": whole, "manager above": whole, "*": no},
	"GET /api/v1/registers/template": {"nobody": login, "volunteer inside": yes, "reviewer inside": yes,
		"reviewer above": yes, "manager above": yes, "*": no},

	"GET /api/v1/totals": {"nobody": login, "volunteer inside": yes,
		"reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes,
		"reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	"GET /api/v1/totals/months": {"nobody": login, "volunteer inside": yes,
		"reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes,
		"reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	"GET /api/v1/totals/export": {"nobody": login, "volunteer inside": yes,
		"reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes,
		"reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	"GET /api/v1/totals/entries": {"nobody": login, "volunteer inside": whole,
		"reviewer inside": whole, "manager inside": whole, "reviewer above": whole, "manager above": whole,
		"reviewer higher": masked, "manager higher": masked, "*": no},
	"GET /api/v1/totals/entries/export": {"nobody": login, "volunteer inside": whole,
		"reviewer inside": whole, "manager inside": whole, "reviewer above": whole, "manager above": whole,
		"reviewer higher": masked, "manager higher": masked, "*": no},
	// The week is of days: told whole to who may be told small counts (T14).
	"GET /api/v1/dashboard": {"nobody": login, "volunteer inside": "withheld", "reviewer inside": whole, "manager inside": whole, "auditor inside": "withheld",
		"reviewer above": whole, "manager above": whole, "auditor above": "withheld",
		"reviewer higher": "withheld", "manager higher": "withheld", "auditor higher": "withheld", "*": no},
	"GET /api/v1/dashboard/units": {"nobody": login, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	"GET /api/v1/dashboard/map": {"nobody": login, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	"GET /api/v1/dashboard/silent": {"nobody": login, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes,
		"reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": no},
	// Two sensitive entries wait: higher levels are told how many.
	"GET /api/v1/dashboard/waiting": {"nobody": login, "volunteer inside": stub, "reviewer inside": stub, "manager inside": stub,
		"reviewer above": whole, "manager above": whole, "reviewer higher": "counted", "manager higher": "counted", "*": no},
	"GET /api/v1/dashboard/export": {"nobody": login, "volunteer inside": stub, "reviewer inside": stub, "manager inside": stub,
		"reviewer above": whole, "manager above": whole, "reviewer higher": "counted", "manager higher": "counted", "*": no},
	// A campaign of the county for the township, counted by visits in days that are no whole months (T14). It is of nobody's
	// concern in another township.
	"GET /api/v1/campaigns": {"nobody": login, "no seat": no, "volunteer outside": none, "reviewer outside": none, "manager outside": none,
		"auditor outside": none, "*": whole},
	// Of who works in the township its own numbers, of who works further up the county's.
	"GET /api/v1/campaigns/export": {"nobody": login, "no seat": no, "volunteer outside": none, "reviewer outside": none, "manager outside": none,
		"auditor outside": none, "volunteer higher": stub, "volunteer": "withheld", "auditor": "withheld", "reviewer below": "withheld", "manager below": "withheld", "*": whole},
	"GET /api/v1/campaigns/:id": {"nobody": login, "no seat": no,
		"volunteer inside": "withheld", "reviewer inside": whole, "manager inside": whole, "auditor inside": "withheld",
		"reviewer above": whole, "manager above": whole, "auditor above": "withheld",
		"reviewer higher": "withheld", "manager higher": "withheld", "auditor higher": "withheld",
		"volunteer outside": missing, "reviewer outside": missing, "manager outside": missing, "auditor outside": missing, "*": none},
	"GET /api/v1/campaigns/:id/export": {"nobody": login, "no seat": no,
		"volunteer inside": "withheld", "reviewer inside": whole, "manager inside": whole, "auditor inside": "withheld",
		"reviewer above": whole, "manager above": whole, "auditor above": "withheld",
		"reviewer higher": "withheld", "manager higher": "withheld", "auditor higher": "withheld",
		"volunteer outside": missing, "reviewer outside": missing, "manager outside": missing, "auditor outside": missing, "*": none},
	"GET /api/v1/campaigns/:id/missing": {"nobody": login, "volunteer inside": whole, "reviewer inside": whole, "manager inside": whole,
		"reviewer above": whole, "manager above": whole, "volunteer outside": missing, "reviewer outside": missing, "manager outside": missing, "*": no},
	"GET /api/v1/campaigns/:id/missing/export": {"nobody": login, "volunteer inside": whole, "reviewer inside": whole, "manager inside": whole,
		"reviewer above": whole, "manager above": whole, "volunteer outside": missing, "reviewer outside": missing, "manager outside": missing, "*": no},
	"GET /api/v1/campaigns/drafts":              {"nobody": login, "manager": yes, "*": no},
	"PUT /api/v1/campaigns/drafts/:id":          {"nobody": login, "manager inside": yes, "*": no},
	"DELETE /api/v1/campaigns/drafts/:id":       {"nobody": login, "manager": missing, "*": no},
	"POST /api/v1/campaigns/drafts/:id/publish": {"nobody": login, "manager above": "422" /* its deadline is past */, "manager": missing, "*": no},
	"POST /api/v1/campaigns/preview":            {"nobody": login, "manager inside": yes, "*": no},
	"POST /api/v1/campaigns/targets":            {"nobody": login, "manager inside": yes, "*": no},
	"POST /api/v1/campaigns/targets/import":     {"nobody": login, "manager inside": yes, "*": no},
	"GET /api/v1/campaigns/targets/template":    {"nobody": login, "manager inside": yes, "*": no},
	"POST /api/v1/campaigns/:id/extend":         {"nobody": login, "manager above": "409" /* another version */, "manager outside": missing, "*": no},
	"POST /api/v1/campaigns/:id/mend":           {"nobody": login, "manager above": "409", "manager outside": missing, "*": no},
	// Who works in another township is told of none of it, nor by whom; an auditor of what was changed, and not by whom.
	"GET /api/v1/campaigns/:id/changes": {"nobody": login, "no seat": no, "auditor outside": missing, "auditor": none, "volunteer outside": missing,
		"reviewer outside": missing, "manager outside": missing, "*": whole},
	"GET /api/v1/campaigns/:id/changes/export": {"nobody": login, "no seat": no, "auditor outside": missing, "auditor": none, "volunteer outside": missing,
		"reviewer outside": missing, "manager outside": missing, "*": whole},
	// Whom to telephone is for who runs it, which is neither the township that does it nor the city above.
	"GET /api/v1/campaigns/:id/phones":        {"nobody": login, "manager above": whole, "manager outside": missing, "*": no},
	"GET /api/v1/campaigns/:id/phones/export": {"nobody": login, "manager above": whole, "manager outside": missing, "*": no},
	"POST /api/v1/campaigns/:id/close":        {"nobody": login, "manager above": "409", "manager outside": missing, "*": no},
	"POST /api/v1/campaigns/:id/copy":         {"nobody": login, "manager above": yes, "manager outside": missing, "*": no},

	// The township's reports: a draft for who writes it, a signed one for whoever may see the township's figures.
	"GET /api/v1/reports":                        {"nobody": login, "no seat": no, "volunteer inside": whole, "reviewer inside": whole, "manager inside": whole, "auditor inside": whole, "reviewer above": whole, "manager above": whole, "auditor above": whole, "reviewer higher": whole, "manager higher": whole, "auditor higher": whole, "*": none},
	"GET /api/v1/reports/:id":                    {"nobody": login, "no seat": no, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes, "reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": missing},
	"GET /api/v1/reports/:id/file":               {"nobody": login, "no seat": no, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes, "reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": missing},
	"POST /api/v1/reports/:id/file":              {"nobody": login, "manager inside": yes, "manager above": yes, "manager higher": yes, "manager": missing, "*": no},
	"GET /api/v1/reports/:id/restatement":        {"nobody": login, "no seat": no, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes, "reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": missing},
	"GET /api/v1/reports/:id/restatement/export": {"nobody": login, "no seat": no, "volunteer inside": yes, "reviewer inside": yes, "manager inside": yes, "auditor inside": yes, "reviewer above": yes, "manager above": yes, "auditor above": yes, "reviewer higher": yes, "manager higher": yes, "auditor higher": yes, "*": missing},
	"POST /api/v1/reports/:id/restatement":       {"nobody": login, "manager inside": yes, "manager above": yes, "manager higher": yes, "manager": missing, "*": no},
	"POST /api/v1/reports":                       {"nobody": login, "manager inside": yes, "*": no},
	"PUT /api/v1/reports/:id":                    {"nobody": login, "manager inside": "409" /* another version */, "manager": missing, "*": no},
	"POST /api/v1/reports/:id/override":          {"nobody": login, "manager inside": "409", "manager": missing, "*": no},
	"POST /api/v1/reports/:id/renew":             {"nobody": login, "manager inside": "409", "manager": missing, "*": no},
	"POST /api/v1/reports/:id/sign":              {"nobody": login, "manager inside": "409", "manager": missing, "*": no},
	"DELETE /api/v1/reports/:id": {"nobody": login, "manager inside": "409" /* it is signed */, "manager outside": missing, "manager below": missing,
		"*": no},
	"GET /api/v1/reports/:id/versions":  {"nobody": login, "manager inside": yes, "manager": missing, "*": no},
	"GET /api/v1/reports/:id/materials": {"nobody": login, "manager inside": yes, "manager": missing, "*": no},
	"GET /api/v1/reports/notes":         {"nobody": login, "reviewer": yes, "manager": yes, "*": no},
	"POST /api/v1/reports/notes":        {"nobody": login, "reviewer inside": "204", "manager inside": "204", "*": no},
	"DELETE /api/v1/reports/notes/:id":  {"nobody": login, "reviewer": missing, "manager": missing, "*": no},
	"POST /api/v1/reports/past":         {"nobody": login, "manager inside": yes, "*": no},
	"GET /api/v1/reports/past/template": {"nobody": login, "manager inside": yes, "*": no},
	// Of an ordinary entry of the township, which the county reviews; the sensitive one is no case for anybody.
	"GET /api/v1/entries/:id/case ordinary":  {"nobody": login, "reviewer above": yes, "reviewer outside": missing, "reviewer below": missing, "manager outside": missing, "manager below": missing, "*": no},
	"GET /api/v1/entries/:id/case sensitive": {"nobody": login, "reviewer outside": missing, "reviewer below": missing, "manager outside": missing, "manager below": missing, "*": no},
	"PUT /api/v1/entries/:id/case":           {"nobody": login, "reviewer above": yes, "reviewer outside": missing, "reviewer below": missing, "manager outside": missing, "manager below": missing, "*": no},
	"DELETE /api/v1/entries/:id/case":        {"nobody": login, "reviewer": missing, "manager": missing, "*": no},

	"POST /api/v1/totals/entries/disclosure": {"nobody": login, "reviewer inside": yes, "manager inside": yes,
		"reviewer above": yes, "manager above": yes, "reviewer higher": yes, "manager higher": yes, "*": no},
}

func expect(row, role, position string) seen {
	r := expected[row]
	for _, key := range []string{role + " " + position, role} {
		if s, ok := r[key]; ok {
			return s
		}
	}
	return r["*"]
}

const (
	headName  = "王小明"
	noteText  = "合成的说明"
	ordinary  = "ordinary entry"
	sensitive = "sensitive entry"
	disclosed = "sensitive entry that is asked for"
)

func photoOf(name string) string { return id("photo of " + name) }

// photosOf are those of an entry, where visits take photos.
func photosOf(c *city, name string) []string {
	if c.app.Engine.Catalogue().Form("home_visit").Field("photos") == nil {
		return nil
	}
	return []string{photoOf(name)}
}

// subject records the two entries of the township and has the county approve the ordinary one.
func subject(c *city) {
	c.t.Helper()
	author := c.join("author", record.Seat{Role: record.Volunteer, Unit: theTownship})
	visit := func(name string, fields map[string]any) string {
		all := map[string]any{"household": id("household"), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20"}
		for k, v := range fields {
			all[k] = v
		}
		if photos := photosOf(c, name); photos != nil && slices.Contains([]string{ordinary, sensitive}, name) {
			all["photos"] = photos
		}
		return author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theTownship,
			"form": "home_visit", "form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "fields": all, "event": "submit"})
	}
	a := author.exchange(
		author.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theTownship,
			"fields": map[string]any{"head": headName}}),
		visit(ordinary, map[string]any{"text": noteText}),
		visit(sensitive, map[string]any{"signs": []string{"domestic_violence"}}),
		visit(disclosed, map[string]any{"signs": []string{"domestic_violence"}}),
	).want(200)
	if got := outcomes(a); strings.Join(got, ",") != "applied,applied,applied,applied" {
		c.t.Fatalf("outcomes %v: %s", got, a.body)
	}
	version := ""
	for _, o := range a.json["push"].(map[string]any)["outcomes"].([]any) {
		if m := o.(map[string]any); m["n"] == float64(2) {
			version = m["version"].(string)
		}
	}
	for _, name := range []string{ordinary, sensitive} {
		if photosOf(c, name) == nil {
			continue
		}
		author.attach(photoOf(name), id(name), "photos", picture(c.t))
	}
	reviewer := c.join("decider", record.Seat{Role: record.Reviewer, Unit: theCounty})
	a = reviewer.exchange(reviewer.line(map[string]any{"type": "entry", "entity": id(ordinary), "kind": "transition",
		"event": "approve", "trunk": version})).want(200)
	if got := outcomes(a); strings.Join(got, ",") != "applied" {
		c.t.Fatalf("approval: %v: %s", got, a.body)
	}
	c.post(reviewer, "/api/v1/messages", map[string]any{"id": id("the decider's message"), "unit": theCounty, "text": noteText, "units": []string{theTownship}}).want(200)
	// Two that name a household which never came.
	a = author.exchange(
		visit("waiting entry", map[string]any{"household": id("nowhere"), "text": noteText}),
		visit("waiting sensitive entry", map[string]any{"household": id("nowhere"), "signs": []string{"domestic_violence"}}),
	).want(200)
	if got := outcomes(a); strings.Join(got, ",") != "parked missing_reference,parked missing_reference" {
		c.t.Fatalf("parked: %v: %s", got, a.body)
	}
	runs := record.Actor{Account: id("account decider"), Seats: []record.Seat{{Role: record.Manager, Unit: theCounty}}}
	err := c.app.Engine.PutCampaign(c.t.Context(), runs, rules.Campaign{ID: id("campaign"), Version: 1, Unit: theCounty, State: rules.Running, Title: "合成活动",
		Counts: rules.Counts{Indicator: "households_visited"}, Start: "2026-11-10", Deadline: "2026-12-20", Targets: rules.Each([]string{theTownship}, 9)})
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.app.Campaigns.PutDraft(c.t.Context(), runs, rules.Campaign{ID: id("draft"), Unit: theCounty, Title: "合成草稿", Start: "2026-11-01",
		Deadline: "2026-11-02"}); err != nil {
		c.t.Fatal(err)
	}
	writes := record.Actor{Account: theAuthor, Seats: []record.Seat{{Role: record.Manager, Unit: theTownship}}}
	for _, name := range []string{"report", "signed report"} {
		if _, err := c.app.Reports.Make(c.t.Context(), writes, id(name), theTownship, "2026-01-01", "2026-10-31"); err != nil {
			c.t.Fatal(err)
		}
	}
	if _, err := c.app.Reports.Sign(c.t.Context(), writes, id("signed report"), 1); err != nil {
		c.t.Fatal(err)
	}
	c.receipt = fmt.Sprintf("%s-%d-%s", author.epoch[:6], author.n, author.prev[:8])
}

// restated waits until it was counted what has changed since the township's report.
func restated(c *city, id string) {
	c.t.Helper()
	writes := record.Actor{Account: theAuthor, Seats: []record.Seat{{Role: record.Manager, Unit: theTownship}}}
	for asked := false; ; {
		job, r, err := c.app.Reports.RestatedOf(c.t.Context(), writes, id)
		switch {
		case err != nil:
			c.t.Fatal(err)
		case r != nil:
			return
		case !asked || job.Over:
			if _, err := c.app.Reports.Restate(c.t.Context(), writes, id); err != nil {
				c.t.Fatal(err)
			}
			asked = true
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var theAuthor = id("account author")

// calls are how each row of the table is called, and how much of the subject its answer shows.
var calls = map[string]func(c *city, p *person) seen{
	"POST /api/v1/login": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/login", map[string]any{"account": "author", "password": password,
			"device": map[string]string{"id": id("some device"), "name": ""}}))
	},
	"POST /api/v1/refresh": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/refresh", map[string]string{"refresh": "none.none", "device": id("some device")}))
	},
	"POST /api/v1/logout": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/logout", map[string]string{"refresh": "none.none"}))
	},
	"POST /api/v1/password": func(c *city, p *person) seen {
		who := "nobody"
		if p != nil {
			who = p.login
		}
		return status(c.post(p, "/api/v1/password", map[string]string{"account": who, "password": "wrong", "new_password": "not taken"}))
	},
	"POST /api/v1/enrol/check": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/enrol/check", map[string]any{"token": "none", "device": id("some device")}))
	},
	"POST /api/v1/enrol": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/enrol", map[string]any{"token": "none", "password": password,
			"device": map[string]string{"id": id("some device"), "name": ""}}))
	},
	"GET /api/v1/accounts": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/accounts?unit="+theTownship)
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), `"author"`):
			return whole
		}
		return none
	},
	"POST /api/v1/accounts": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/accounts", map[string]any{"name": "合成", "seats": []map[string]string{{"role": "volunteer", "unit": theTownship}}}))
	},
	"POST /api/v1/accounts/codes": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/accounts/codes", map[string]any{"accounts": []string{theAuthor}}))
	},
	"POST /api/v1/accounts/import/preview": func(c *city, p *person) seen {
		r := c.upload(p, "/api/v1/accounts/import/preview", rosterFile(c.t, []any{"单位", "姓名", "身份"}, []any{theTownship, "合成", "志愿者"}), "")
		switch {
		case r.status != 200:
			return status(r)
		case len(r.json["faults"].([]any)) == 0:
			return whole
		}
		return none
	},
	"POST /api/v1/accounts/import": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/accounts/import?state="+changeHash("none"), rosterFile(c.t, []any{"单位", "姓名", "身份"}, []any{"", "", ""}), ""))
	},
	"GET /api/v1/accounts/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/accounts/export?format=csv&unit="+theTownship)
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), "合成 author"):
			return whole
		}
		return none
	},
	"GET /api/v1/accounts/template": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/accounts/template?unit="+theTownship))
	},
	"GET /api/v1/accounts/:id": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/accounts/"+theAuthor)) },
	"PUT /api/v1/accounts/:id/seats": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/accounts/"+theAuthor+"/seats", map[string]any{"seats": []map[string]string{{"role": "volunteer", "unit": theTownship}}}))
	},
	"PUT /api/v1/accounts/:id/name": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/accounts/"+theAuthor+"/name", map[string]any{"name": "合成 author"}))
	},
	"PUT /api/v1/accounts/:id/open": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/accounts/"+theAuthor+"/open", map[string]any{"open": true}))
	},
	"POST /api/v1/accounts/:id/end-phone": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/accounts/"+theAuthor+"/end-phone", map[string]any{"phone": id("device author")}))
	},
	"POST /api/v1/accounts/:id/hand-over": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/accounts/"+theAuthor+"/hand-over", map[string]any{"to": theAuthor, "seat": map[string]string{"role": "volunteer", "unit": theTownship}}))
	},
	"POST /api/v1/accounts/:id/receive": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/accounts/"+theAuthor+"/receive", map[string]any{"unit": theTownship}))
	},
	"GET /api/v1/dashboard": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/dashboard?unit="+theTownship+"&year=2026")
		if r.status != 200 {
			return status(r)
		}
		week := r.json["week"].(map[string]any)
		entries := week["entries"].(map[string]any)
		hidden := entries["withheld"] == true
		for _, x := range week["figures"].([]any) {
			if f := x.(map[string]any); f["indicator"] == "visits" && (f["withheld"] == true) != hidden {
				return "torn"
			}
		}
		switch {
		case hidden && entries["value"] == nil && entries["before"] == nil && week["waiting"] == nil:
			return "withheld"
		case entries["value"] == 1.0 && week["waiting"] == 2.0:
			return whole
		}
		return "torn"
	},
	"GET /api/v1/dashboard/units": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/dashboard/units?unit="+theTownship+"&year=2026&indicator=visits&deep=1"))
	},
	"GET /api/v1/dashboard/map": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/dashboard/map?unit="+theTownship))
	},
	"GET /api/v1/dashboard/silent": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/dashboard/silent?unit="+theTownship))
	},
	"GET /api/v1/dashboard/waiting": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/dashboard/waiting?unit="+theTownship)
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, id(sensitive)) && strings.Contains(text, "home_visit"):
			return whole
		case strings.Contains(text, id(sensitive)):
			return stub
		case r.json["hidden"] == 2.0 && r.json["count"] == 2.0:
			return "counted"
		}
		return none
	},
	"GET /api/v1/dashboard/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/dashboard/export?format=csv&table=oldest&year=2026&unit="+theTownship)
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, "\n入户走访,"):
			return whole
		case strings.Contains(text, "\n敏感记录,"):
			return stub
		case strings.Contains(text, "另有 2 条您不能看"):
			return "counted"
		}
		return none
	},
	"GET /healthz":   func(c *city, p *person) seen { return status(c.get(p, "/healthz")) },
	"GET /readyz":    func(c *city, p *person) seen { return status(c.get(p, "/readyz")) },
	"GET /api/v1/me": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/me")) },
	"GET /api/v1/me/outcomes": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/me/outcomes?log="+id("a log of the village")+"&lines=1"))
	},
	"GET /api/v1/divisions": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/divisions")) },
	"GET /api/v1/audit": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/audit")
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, "合成"), strings.Contains(text, id("device author")):
			return "named"
		case strings.Contains(text, `"author"`):
			return whole
		}
		return none
	},
	"GET /api/v1/audit/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/audit/export?format=csv")
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, "合成 author"):
			return "named"
		case strings.Contains(text, ",author,"):
			return whole
		}
		return none
	},
	"GET /api/v1/read-tokens": func(c *city, p *person) seen {
		one := theReadToken(c)
		r := c.get(p, "/api/v1/read-tokens")
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), one):
			return whole
		}
		return none
	},
	"GET /api/v1/read-tokens/export": func(c *city, p *person) seen {
		theReadToken(c)
		r := c.get(p, "/api/v1/read-tokens/export?format=csv")
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), theCounty):
			return whole
		}
		return none
	},
	"POST /api/v1/read-tokens": func(c *city, p *person) seen {
		name := "合成"
		if p != nil {
			name = p.login
		}
		return status(c.post(p, "/api/v1/read-tokens", map[string]any{"unit": theCounty, "name": name, "days": 30}))
	},
	"DELETE /api/v1/read-tokens/:id": func(c *city, p *person) seen {
		return status(c.send("DELETE", p, "/api/v1/read-tokens/"+theReadToken(c), map[string]any{}))
	},
	"GET /api/v1/open/units":      func(c *city, p *person) seen { return status(c.get(p, "/api/v1/open/units")) },
	"GET /api/v1/open/indicators": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/open/indicators")) },
	"GET /api/v1/open/figures": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/open/figures?period=2026&unit="+theTownship))
	},

	"GET /api/v1/catalogue": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/catalogue?format=3")) },

	"GET /api/v1/catalogue/own": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/catalogue/own")) },
	"PUT /api/v1/catalogue/own": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/catalogue/own", map[string]any{"own": map[string]any{}, "against": "none"}))
	},
	"GET /api/v1/catalogue/history": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/catalogue/history")) },
	"GET /api/v1/catalogue/history/export": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/catalogue/history/export?format=csv"))
	},
	"GET /api/v1/catalogue/export": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/catalogue/export?format=csv")) },
	"POST /api/v1/catalogue/check": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/catalogue/check", map[string]any{"own": map[string]any{}}))
	},

	"POST /api/v1/sync ordinary":  func(c *city, p *person) seen { return pulled(c, p, ordinary) },
	"POST /api/v1/sync sensitive": func(c *city, p *person) seen { return pulled(c, p, sensitive) },

	"POST /api/v1/sync/digest ordinary":  func(c *city, p *person) seen { return examined(c, p, "unit:", ordinary) },
	"POST /api/v1/sync/digest sensitive": func(c *city, p *person) seen { return examined(c, p, "review:", sensitive) },
	"GET /api/v1/snapshots/:name": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/snapshots/"+theTownship+"-5-5-100-"+changeHash("none")))
	},

	"OPTIONS /api/v1/attachments": func(c *city, p *person) seen {
		return status(c.do(p, httptest.NewRequest("OPTIONS", "/api/v1/attachments", nil)))
	},
	"POST /api/v1/attachments": func(c *city, p *person) seen {
		who := p
		if p == nil {
			who = &person{c: c}
		}
		return status(who.begin(id("photo by "+who.login), id(ordinary), "photos", 1000))
	},
	"HEAD /api/v1/attachments/:id": func(c *city, p *person) seen {
		return status(tusBy(c, p, "HEAD", nil))
	},
	"PATCH /api/v1/attachments/:id": func(c *city, p *person) seen {
		return status(tusBy(c, p, "PATCH", []byte("x"), "Content-Type", tusType, "Upload-Offset", "0"))
	},
	"GET /api/v1/attachments/:id ordinary":  func(c *city, p *person) seen { return shot(c, p, ordinary) },
	"GET /api/v1/attachments/:id sensitive": func(c *city, p *person) seen { return shot(c, p, sensitive) },

	"GET /api/v1/inbox": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/inbox")) },
	"POST /api/v1/inbox/read": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/inbox/read", map[string]any{"ids": []string{id("a notice")}}))
	},
	"GET /api/v1/push": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/push")) },
	"PUT /api/v1/push/subscription": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/push/subscription", map[string]any{"endpoint": "https://push.example.org/x", "keys": map[string]string{"p256dh": "", "auth": ""}}))
	},
	"DELETE /api/v1/push/subscription": func(c *city, p *person) seen {
		return status(c.do(p, httptest.NewRequest("DELETE", "/api/v1/push/subscription", nil)))
	},
	"GET /api/v1/messages": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/messages")
		if strings.Contains(string(r.body), noteText) {
			return "another's"
		}
		return status(r)
	},
	"POST /api/v1/messages": func(c *city, p *person) seen {
		name, unit := "nobody", theTownship
		if p != nil {
			name = p.login
			if me := c.get(p, "/api/v1/me"); me.status == 200 {
				if seats := me.json["seats"].([]any); len(seats) > 0 {
					unit = seats[0].(map[string]any)["unit"].(string)
				}
			}
		}
		return status(c.post(p, "/api/v1/messages", map[string]any{"id": id("message by " + name), "unit": unit, "text": "合成", "units": []string{theVillage}}))
	},
	"GET /api/v1/messages/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/messages/export?format=csv")
		if strings.Contains(string(r.body), noteText) {
			return "another's"
		}
		return status(r)
	},
	"GET /api/v1/messages/:id/export": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/messages/"+id("the decider's message")+"/export?format=csv"))
	},
	"GET /api/v1/messages/:id": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/messages/"+id("the decider's message")))
	},

	"GET /api/v1/entries/:id ordinary":  func(c *city, p *person) seen { return opened(c, p, ordinary) },
	"GET /api/v1/entries/:id sensitive": func(c *city, p *person) seen { return opened(c, p, sensitive) },

	"POST /api/v1/entries/:id/disclosure": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/entries/"+id(disclosed)+"/disclosure", map[string]string{"reason": "核实情况"}))
	},
	"POST /api/v1/totals/entries/disclosure": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/totals/entries/disclosure?unit="+theTownship+"&period=2026&indicator=visits", map[string]string{"reason": "核实情况"}))
	},
	"GET /api/v1/urgent":  func(c *city, p *person) seen { return listed(c, p, "/api/v1/urgent") },
	"GET /api/v1/overdue": func(c *city, p *person) seen { return listed(c, p, "/api/v1/overdue") },
	"GET /api/v1/stuck": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/stuck")
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, headName), strings.Contains(text, noteText), strings.Contains(text, "domestic_violence"):
			return "content"
		case !strings.Contains(text, `"parked"`):
			return none
		case strings.Contains(text, `"form":"home_visit"`) && strings.Contains(text, `"stub":true`):
			return stub
		case strings.Count(text, `"form":"home_visit"`) == 2:
			return whole
		}
		return "counted"
	},
	"GET /api/v1/stuck/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/stuck/export?format=csv")
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, headName), strings.Contains(text, noteText), strings.Contains(text, "家暴"):
			return "content"
		case !strings.Contains(text, ",先放着,"):
			return none
		case strings.Count(text, "入户走访 2026-11-20") == 1 && strings.Count(text, "不公开的一条") == 2: // once where the file says what it is
			return stub
		case strings.Contains(text, "入户走访"):
			return whole
		}
		return "counted"
	},
	"GET /api/v1/receipts/:receipt": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/receipts/"+strings.ToUpper(c.receipt))
		if strings.Contains(string(r.body), headName) || strings.Contains(string(r.body), noteText) {
			return "content"
		}
		return status(r)
	},
	"POST /api/v1/registers/import/preview": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/registers/import/preview?unit="+theTownship, []byte("户主"), ""))
	},
	"POST /api/v1/registers/import": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/registers/import?state=none&unit="+theTownship, []byte("户主"), ""))
	},
	"GET /api/v1/registers/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/registers/export?unit="+theTownship)
		if r.status == 200 && strings.Contains(strings.Join(cellsOf(c.t, r.body), " "), headName) {
			return whole
		}
		return status(r)
	},
	"GET /api/v1/campaigns": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns")
		switch list, _ := r.json["campaigns"].([]any); {
		case r.status != 200:
			return status(r)
		case len(list) == 0:
			return none
		}
		return whole
	},
	"GET /api/v1/campaigns/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/export?format=csv")
		if r.status != 200 {
			return status(r)
		}
		for line := range strings.SplitSeq(string(r.body), "\r\n") {
			switch {
			case !strings.Contains(line, "合成活动,"):
			case strings.HasSuffix(line, ",9,不显示,不显示,不显示"), strings.HasSuffix(line, ",—,不显示,—,不显示"):
				return "withheld"
			case strings.HasSuffix(line, ",9,1,8,0"):
				return whole
			case strings.HasSuffix(line, ",9,—,—,—"): // who may see no figures of the unit is told the target alone
				return stub
			default:
				return seen(line)
			}
		}
		return none
	},
	"GET /api/v1/campaigns/:id": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"?unit="+theTownship)
		if r.status != 200 {
			return status(r)
		}
		for _, u := range r.json["units"].([]any) {
			switch u := u.(map[string]any); {
			case u["unit"] != theTownship:
			case u["withheld"] == true && u["approved"] == nil && u["submitted"] == nil && u["gap"] == nil:
				return "withheld"
			case u["approved"] == 1.0 && u["gap"] == 8.0:
				return whole
			default:
				return seen(fmt.Sprint(u))
			}
		}
		return none
	},
	"GET /api/v1/campaigns/:id/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/export?format=csv&unit="+theTownship)
		if r.status != 200 {
			return status(r)
		}
		for line := range strings.SplitSeq(string(r.body), "\r\n") {
			switch {
			case !strings.Contains(line, theTownship):
			case strings.HasSuffix(line, ",不显示,不显示,9,不显示,不显示"):
				return "withheld"
			case strings.Contains(line, ",1,9,8,"):
				return whole
			default:
				return seen(line)
			}
		}
		return none
	},
	"GET /api/v1/campaigns/:id/missing": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/missing?unit="+theTownship)
		if r.status != 200 {
			return status(r)
		}
		return whole
	},
	"GET /api/v1/campaigns/:id/missing/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/missing/export?format=csv&unit="+theTownship)
		if r.status != 200 {
			return status(r)
		}
		return whole
	},
	"GET /api/v1/campaigns/drafts": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/campaigns/drafts")) },
	"PUT /api/v1/campaigns/drafts/:id": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/campaigns/drafts/"+id("another draft"), map[string]any{"unit": theTownship}))
	},
	"DELETE /api/v1/campaigns/drafts/:id": func(c *city, p *person) seen {
		return status(c.send("DELETE", p, "/api/v1/campaigns/drafts/"+id("no draft"), map[string]any{}))
	},
	"POST /api/v1/campaigns/drafts/:id/publish": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/drafts/"+id("draft")+"/publish", map[string]any{}))
	},
	"POST /api/v1/campaigns/preview": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/preview", map[string]any{"unit": theTownship, "counts": map[string]any{"indicator": "visits"}}))
	},
	"POST /api/v1/campaigns/targets": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/targets", map[string]any{"unit": theTownship, "level": "village", "way": "each", "n": 3}))
	},
	"POST /api/v1/campaigns/targets/import": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/campaigns/targets/import?unit="+theTownship, rosterFile(c.t, []any{"代码", "目标"}, []any{theVillage, 3}), ""))
	},
	"GET /api/v1/campaigns/targets/template": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/campaigns/targets/template?level=village&unit="+theTownship))
	},
	"POST /api/v1/campaigns/:id/extend": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/"+id("campaign")+"/extend", map[string]any{"version": 99, "deadline": "2027-01-01"}))
	},
	"POST /api/v1/campaigns/:id/mend": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/"+id("campaign")+"/mend", map[string]any{"version": 99, "title": "x", "text": "", "targets": []any{}, "remind": []int{}}))
	},
	"GET /api/v1/campaigns/:id/changes": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/changes")
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), `"by"`):
			return whole
		}
		return none
	},
	"GET /api/v1/campaigns/:id/changes/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/changes/export?format=csv")
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), ",合成 decider,1,发布,"):
			return whole
		}
		return none
	},
	"GET /api/v1/campaigns/:id/phones": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/phones")
		if r.status == 200 && strings.Contains(string(r.body), `"name":"合成 author"`) {
			return whole
		}
		return status(r)
	},
	"GET /api/v1/campaigns/:id/phones/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/campaigns/"+id("campaign")+"/phones/export?format=csv")
		if r.status == 200 && strings.Contains(string(r.body), "合成 author") {
			return whole
		}
		return status(r)
	},
	"POST /api/v1/campaigns/:id/close": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/"+id("campaign")+"/close", map[string]any{"version": 99}))
	},
	"POST /api/v1/campaigns/:id/copy": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/campaigns/"+id("campaign")+"/copy", map[string]any{}))
	},
	"GET /api/v1/reports": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/reports")
		switch {
		case r.status != 200:
			return status(r)
		case strings.Contains(string(r.body), id("signed report")):
			return whole
		}
		return none
	},
	"POST /api/v1/reports": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports", map[string]any{"id": id("another report"), "unit": theTownship, "from": "2026-01-01", "to": "2026-10-31"}))
	},
	"GET /api/v1/reports/:id": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/reports/"+id("signed report"))) },
	"GET /api/v1/reports/:id/file": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/reports/"+id("signed report")+"/file?format=docx"))
	},
	"POST /api/v1/reports/:id/file": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/reports/"+id("signed report")+"/file", []byte("no Word file"), ""))
	},
	"PUT /api/v1/reports/:id": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/reports/"+id("report"), map[string]any{"version": 99, "title": "x", "parts": []any{}}))
	},
	"DELETE /api/v1/reports/:id": func(c *city, p *person) seen {
		return status(c.send("DELETE", p, "/api/v1/reports/"+id("signed report"), map[string]any{}))
	},
	"GET /api/v1/reports/:id/versions": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/reports/"+id("report")+"/versions"))
	},
	"GET /api/v1/reports/:id/materials": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/reports/"+id("report")+"/materials"))
	},
	"POST /api/v1/reports/:id/override": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports/"+id("report")+"/override", map[string]any{"version": 99, "figure": "visits", "value": 3, "reason": "x"}))
	},
	"POST /api/v1/reports/:id/renew": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports/"+id("report")+"/renew", map[string]any{"version": 99}))
	},
	"POST /api/v1/reports/:id/sign": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports/"+id("report")+"/sign", map[string]any{"version": 99}))
	},
	"GET /api/v1/reports/:id/restatement": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/reports/"+id("signed report")+"/restatement"))
	},
	"GET /api/v1/reports/:id/restatement/export": func(c *city, p *person) seen {
		restated(c, id("signed report"))
		return status(c.get(p, "/api/v1/reports/"+id("signed report")+"/restatement/export?format=csv"))
	},
	"POST /api/v1/reports/:id/restatement": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports/"+id("signed report")+"/restatement", map[string]any{}))
	},
	"GET /api/v1/reports/notes": func(c *city, p *person) seen { return status(c.get(p, "/api/v1/reports/notes?year=2026")) },
	"POST /api/v1/reports/notes": func(c *city, p *person) seen {
		return status(c.post(p, "/api/v1/reports/notes", map[string]any{"id": id("note"), "unit": theTownship, "kind": "highlight", "text": noteText}))
	},
	"DELETE /api/v1/reports/notes/:id": func(c *city, p *person) seen {
		return status(c.send("DELETE", p, "/api/v1/reports/notes/"+id("no note"), map[string]any{}))
	},
	"POST /api/v1/reports/past": func(c *city, p *person) seen {
		return status(c.upload(p, "/api/v1/reports/past?unit="+theTownship+"&from=2025-01-01&to=2025-10-31", rosterFile(c.t, []any{"编号", "数值"}, []any{"visits", 3}), ""))
	},
	"GET /api/v1/reports/past/template": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/reports/past/template?unit="+theTownship+"&from=2025-01-01&to=2025-10-31"))
	},
	"GET /api/v1/entries/:id/case ordinary": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/entries/"+id(ordinary)+"/case"))
	},
	"GET /api/v1/entries/:id/case sensitive": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/entries/"+id(sensitive)+"/case"))
	},
	"PUT /api/v1/entries/:id/case": func(c *city, p *person) seen {
		return status(c.put(p, "/api/v1/entries/"+id(ordinary)+"/case", map[string]any{"text": "合成"}))
	},
	"DELETE /api/v1/entries/:id/case": func(c *city, p *person) seen {
		return status(c.send("DELETE", p, "/api/v1/entries/"+id("no entry")+"/case", map[string]any{}))
	},
	"GET /api/v1/registers/template": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/registers/template?unit="+theTownship))
	},
	"GET /api/v1/totals": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/totals?unit="+theTownship+"&period=2026Q4"))
	},
	"GET /api/v1/totals/months": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/totals/months?unit="+theTownship+"&year=2026&indicator=visits"))
	},
	"GET /api/v1/totals/export": func(c *city, p *person) seen {
		return status(c.get(p, "/api/v1/totals/export?unit="+theTownship+"&period=2026Q4&indicators=visits&format=csv"))
	},
	"GET /api/v1/totals/entries": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/totals/entries?unit="+theTownship+"&period=2026&indicator=visits")
		if r.status != 200 {
			return status(r)
		}
		rows := r.json["rows"].([]any)
		if len(rows) != 1 {
			return seen(fmt.Sprintf("%d rows", len(rows)))
		}
		summary, _ := rows[0].(map[string]any)["summary"].(map[string]any)
		if summary["household"] == nil {
			return masked
		}
		return whole
	},
	"GET /api/v1/totals/entries/export": func(c *city, p *person) seen {
		r := c.get(p, "/api/v1/totals/entries/export?format=csv&unit="+theTownship+"&period=2026&indicator=visits")
		switch text := string(r.body); {
		case r.status != 200:
			return status(r)
		case strings.Contains(text, headName):
			return whole
		case strings.Contains(text, "2026-11-20"):
			return masked
		}
		return none
	},
}

// tusBy asks for the photo that the author sent.
func tusBy(c *city, p *person, method string, body []byte, headers ...string) *reply {
	if p == nil {
		p = &person{c: c}
	}
	return p.tus(method, "/api/v1/attachments/"+photoOf(ordinary), body, headers...)
}

// shot is a photo that an entry names, whole and small.
func shot(c *city, p *person, name string) seen {
	path := "/api/v1/attachments/" + photoOf(name)
	whole, small := status(c.get(p, path)), status(c.get(p, path+"?size=small"))
	if whole != small {
		return seen(fmt.Sprintf("%s, and %s small", whole, small))
	}
	return whole
}

func status(r *reply) seen { return seen(fmt.Sprint(r.status)) }

// listed is a list of what waits, which never says what is in it.
func listed(c *city, p *person, path string) seen {
	r := c.get(p, path)
	switch list, _ := r.json["entries"].([]any); {
	case r.status != 200:
		return status(r)
	case strings.Contains(string(r.body), headName), strings.Contains(string(r.body), "domestic_violence"):
		return "content"
	case len(list) == 0:
		return none
	}
	return whole
}

func pulled(c *city, p *person, name string) seen {
	body := fmt.Sprintf(`{"protocol":1,"epoch":%q,"from":1,"server_epoch":"","cursors":{}}`, id("nobody's log"))
	req := httptest.NewRequest("POST", "/api/v1/sync", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/x-ndjson")
	r := c.do(p, req)
	if r.status != 200 {
		return status(r)
	}
	best := none
	for _, x := range r.json["pull"].(map[string]any)["rows"].([]any) {
		row := x.(map[string]any)
		switch {
		case row["entity"] != id(name):
		case row["content"] != nil:
			return whole
		default:
			best = stub
		}
	}
	return best
}

// examined asks what a feed of the township is made of, and for an entry in it.
func examined(c *city, p *person, feed, name string) seen {
	r := c.post(p, "/api/v1/sync/digest", map[string]any{"server_epoch": "", "feed": feed + theTownship, "prefixes": []string{""}, "entities": []string{id(name)}})
	if r.status != 200 {
		return status(r)
	}
	for _, x := range r.json["rows"].([]any) {
		if row := x.(map[string]any); row["entity"] == id(name) && row["content"] != nil {
			return whole
		}
	}
	return none
}

func opened(c *city, p *person, name string) seen {
	r := c.get(p, "/api/v1/entries/"+id(name))
	if r.status != 200 {
		return status(r)
	}
	row := r.json["row"].(map[string]any)
	content, _ := row["content"].(map[string]any)
	shown := strings.Contains(string(r.body), headName)
	switch {
	case row["stub"] == true && content == nil && !shown && len(r.json["history"].([]any)) == 0:
		return stub
	case content["household"] != nil && shown && row["withheld"] == nil:
		return whole
	case content["household"] == nil && content["text"] == nil && !shown && !strings.Contains(string(r.body), noteText) && row["withheld"] != nil:
		return masked
	}
	return seen("something else: " + string(r.body))
}

func TestEveryRouteByEveryRoleFromEverywhere(t *testing.T) {
	t.Parallel()
	c := photoCity(t)
	subject(c)

	for _, route := range c.server.Routes() {
		rows := 0
		for row := range expected {
			if row == route || strings.HasPrefix(row, route+" ") {
				rows++
				if calls[row] == nil {
					t.Errorf("the row %q has no call", row)
				}
			}
		}
		if rows == 0 {
			t.Errorf("the route %q has no row in this table: say who may call it", route)
		}
	}

	type caller struct {
		role, position string
		p              *person
	}
	callers := []caller{{"nobody", "", nil}, {"no seat", "", c.join("no-seat")}}
	for _, role := range roles {
		for _, at := range positions {
			callers = append(callers, caller{string(role), at.name, c.join(string(role)+"-"+at.name, record.Seat{Role: role, Unit: at.unit})})
		}
	}
	for row, call := range calls {
		for _, who := range callers {
			if got, want := call(c, who.p), expect(row, who.role, who.position); got != want {
				t.Errorf("%s as %s %s: %s, want %s", row, who.role, who.position, got, want)
			}
		}
	}
}

// D1 D2: a reason opens it to the one who states it, for a day, and those whom it concerns are told.
func TestAStatedReasonOpensASensitiveEntry(t *testing.T) {
	c := newCity(t)
	subject(c)
	chief := c.join("city-manager", record.Seat{Role: record.Manager, Unit: theCity})
	other := c.join("city-reviewer", record.Seat{Role: record.Reviewer, Unit: theCity})
	path := "/api/v1/entries/" + id(sensitive)
	c.get(chief, path).wantCode(403, "reason_needed")
	for _, bad := range []struct {
		body   any
		status int
		code   string
	}{{map[string]string{"reason": "  "}, 422, "missing_field"}, {map[string]string{}, 422, "missing_field"},
		{map[string]string{"reason": strings.Repeat("长", 2001)}, 422, "too_long"}, {map[string]any{"reason": 5}, 400, "bad_request"}} {
		c.post(chief, path+"/disclosure", bad.body).wantCode(bad.status, record.Code(bad.code))
	}
	c.post(chief, "/api/v1/entries/"+id(ordinary)+"/disclosure", map[string]string{"reason": "核实"}).wantCode(404, "not_found")
	c.get(chief, path).wantCode(403, "reason_needed")
	c.post(chief, path+"/disclosure", map[string]string{"reason": "县里转来，核实救助"}).want(204)
	if got := opened(c, chief, sensitive); got != whole {
		t.Errorf("with a reason she sees %s", got)
	}
	if got := opened(c, other, sensitive); got != no {
		t.Errorf("a colleague without one sees %s", got)
	}
	if got := pulled(c, chief, sensitive); got != none {
		t.Errorf("it came to her phone: %s", got)
	}
	decider := c.join("county-manager", record.Seat{Role: record.Manager, Unit: theCounty})
	told := string(c.get(decider, path).want(200).body)
	if !strings.Contains(told, "县里转来，核实救助") || !strings.Contains(told, `"event":"disclose"`) || !strings.Contains(told, `"disclosures":[`) {
		t.Errorf("those above are not told: %s", told)
	}
	c.clock.add(24 * time.Hour)
	if got := opened(c, c.signIn("city-manager"), sensitive); got != no {
		t.Errorf("a day later she still sees %s", got)
	}
}

// After seven days the city may decide on the township's entries, and sees what it decides on (R4).
func TestTheLevelAboveDecides(t *testing.T) {
	c := newCity(t)
	subject(c)
	c.clock.add(7 * 24 * time.Hour)
	reviewer := c.join("city-reviewer", record.Seat{Role: record.Reviewer, Unit: theCity})
	for name, who := range map[string]*person{
		"manager": c.join("city-manager", record.Seat{Role: record.Manager, Unit: theCity}),
		"county":  c.join("county-reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty}),
	} {
		if got := listed(c, who, "/api/v1/overdue"); got != none {
			t.Errorf("%s is asked: %s", name, got)
		}
	}
	if got := listed(c, reviewer, "/api/v1/overdue"); got != whole {
		t.Fatalf("the city is not asked: %s", got)
	}
	if got := opened(c, reviewer, ordinary); got != masked {
		t.Errorf("what is decided already: %s", got)
	}
	if got := opened(c, reviewer, sensitive); got != whole {
		t.Errorf("what she decides on: %s", got)
	}
	for _, name := range []string{sensitive, disclosed} {
		r := c.get(reviewer, "/api/v1/entries/"+id(name)).want(200)
		if r.json["decide"] != true {
			t.Errorf("not hers to decide: %s", r.body)
		}
		version := r.json["row"].(map[string]any)["version"]
		a := reviewer.exchange(reviewer.line(map[string]any{"type": "entry", "entity": id(name), "kind": "transition",
			"event": "approve", "trunk": version})).want(200)
		if got := outcomes(a); strings.Join(got, ",") != "applied" {
			t.Fatalf("%v: %s", got, a.body)
		}
	}
	if got := opened(c, reviewer, sensitive); got != no {
		t.Errorf("decided, she still sees it: %s", got)
	}
	if got := listed(c, reviewer, "/api/v1/overdue"); got != none {
		t.Errorf("decided, it is still listed: %s", got)
	}
}
