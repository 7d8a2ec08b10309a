package api_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"niangjia/migrations"
	"niangjia/server/app"
	"niangjia/sync/record"
)

func (p *person) inbox(after int) (*reply, []map[string]any) {
	p.c.t.Helper()
	r := p.c.get(p, fmt.Sprint("/api/v1/inbox?after=", after)).want(200)
	var out []map[string]any
	for _, n := range r.json["notices"].([]any) {
		out = append(out, n.(map[string]any))
	}
	return r, out
}

func noticed(list []map[string]any) (out []string) {
	for _, n := range list {
		out = append(out, n["kind"].(string))
	}
	return out
}

// A township writes to its villages and sees who has it: sent twice it is there once, an exchange names its number, to
// ask from it is to have received it, and what is read on one phone is read on the other (N1, N7).
func TestAMessageArrives(t *testing.T) {
	c := newCity(t)
	sender := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	reader := c.join("cun", villager)
	stranger := c.join("lincun", record.Seat{Role: record.Volunteer, Unit: another})
	message := map[string]any{"id": id("m"), "unit": theTownship, "text": " 请在周五前交表 ", "units": []string{theTownship}, "below": true}
	first := c.post(sender, "/api/v1/messages", message).want(200)
	if again := c.post(sender, "/api/v1/messages", message).want(200); again.text("text") != "请在周五前交表" {
		t.Errorf("sent again: %s", again.body)
	}
	if first.json["people"] != float64(1) {
		t.Errorf("it went to %v people, want the village's one", first.json["people"])
	}
	message["text"] = "另一句"
	c.post(sender, "/api/v1/messages", message).wantCode(409, record.Exists)

	if n := reader.exchange().want(200).json["inbox"]; n != float64(1) {
		t.Errorf("the exchange names %v", n)
	}
	if n, is := stranger.exchange().want(200).json["inbox"]; is {
		t.Errorf("somebody of another township is told %v", n)
	}
	page, got := reader.inbox(0)
	if len(got) != 1 || got[0]["kind"] != "message" || got[0]["params"].(map[string]any)["text"] != "请在周五前交表" || got[0]["unit"] != theVillage {
		t.Fatalf("the inbox has %s", page.body)
	}
	if name := page.json["names"].(map[string]any)[sender.id]; name != "合成 zhen" {
		t.Errorf("it is from %v", name)
	}
	counts := func() string {
		m := c.get(sender, "/api/v1/messages/"+id("m")).want(200)
		for _, u := range m.json["reached"].([]any) {
			if unit := u.(map[string]any); unit["unit"] == theVillage {
				return fmt.Sprint(unit["people"], unit["received"], unit["read"])
			}
		}
		return "not named"
	}
	if counts() != "1 0 0" { // an answer that was lost on the way is no receipt
		t.Errorf("before the phone has said so: %s", counts())
	}
	if _, more := reader.inbox(1); len(more) != 0 {
		t.Errorf("after the last there are %v", more)
	}
	if counts() != "1 1 0" {
		t.Errorf("received: %s", counts())
	}
	read := map[string]any{"ids": []string{got[0]["id"].(string), "entry:" + id("e") + ":" + changeHash("v") + ":approve"}}
	c.post(reader, "/api/v1/inbox/read", read).want(204)
	c.clock.add(72 * time.Hour)
	other := c.signIn("cun")
	sender, stranger = c.signIn("zhen"), c.signIn("lincun")
	c.post(other, "/api/v1/inbox/read", read).want(204)
	if counts() != "1 1 1" {
		t.Errorf("read: %s", counts())
	}
	if n := other.exchange().want(200).json["inbox"]; n != float64(3) {
		t.Errorf("marks move the number to %v", n)
	}
	marks, _ := other.inbox(1)
	if list := marks.json["reads"].([]any); len(list) != 2 || marks.json["through"] != float64(3) {
		t.Errorf("the other phone learns of %s", marks.body)
	}
	if a := c.get(sender, "/api/v1/messages").want(200); !strings.Contains(string(a.body), `"read":1`) {
		t.Errorf("the list says %s", a.body)
	}
	// A number that this server never gave out is of one that was lost.
	if r, all := other.inbox(70); r.json["reset"] != true || len(all) != 1 {
		t.Errorf("from a number of another server: %s", r.body)
	}
	if got := fmt.Sprint(c.get(stranger, "/api/v1/inbox").want(200).json["notices"]); got != "[]" {
		t.Errorf("a stranger's inbox has %s", got)
	}
}

// Two units and two seats of one person are one notice, and who wrote it is not told of it (N7).
func TestOneNoticeAPerson(t *testing.T) {
	c := newCity(t)
	sender := c.join("xian", record.Seat{Role: record.Manager, Unit: theCounty}, record.Seat{Role: record.Volunteer, Unit: theVillage})
	both := c.join("both", villager, record.Seat{Role: record.Reviewer, Unit: theTownship})
	auditor := c.join("jiandu", record.Seat{Role: record.Auditor, Unit: theTownship})
	c.post(sender, "/api/v1/messages", map[string]any{"id": id("m"), "unit": theCounty, "text": "合成", "units": []string{theCounty}, "below": true}).want(200)
	if _, got := both.inbox(0); len(got) != 1 || got[0]["unit"] != theTownship {
		t.Errorf("two seats: %v", got)
	}
	for _, p := range []*person{sender, auditor} {
		if _, got := p.inbox(0); len(got) != 0 {
			t.Errorf("%s has %v", p.login, got)
		}
	}
	c.post(sender, "/api/v1/messages", map[string]any{"id": id("n"), "unit": theCounty, "text": "合成", "units": []string{theTownship}, "roles": []string{"auditor"}}).want(200)
	if _, got := auditor.inbox(0); len(got) != 1 {
		t.Errorf("to auditors: %v", got)
	}
}

func TestBadMessages(t *testing.T) {
	c := newCity(t)
	sender := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	good := func() map[string]any {
		return map[string]any{"id": id("m"), "unit": theTownship, "text": "合成", "units": []string{theVillage}}
	}
	for _, x := range []struct {
		key    string
		value  any
		status int
		code   record.Code
	}{
		{"id", "m", 400, record.BadRequest}, {"text", "  ", 400, record.BadRequest}, {"text", strings.Repeat("字", 2001), 422, record.TooLong},
		{"units", []string{}, 400, record.BadRequest}, {"units", []string{another}, 403, record.ForeignUnit}, {"units", []string{theTownship}, 403, record.ForeignUnit},
		{"units", []string{theCounty}, 403, record.ForeignUnit}, {"units", []string{"999999999999"}, 403, record.ForeignUnit},
		{"unit", theCounty, 403, record.ForeignUnit}, {"unit", "", 403, record.ForeignUnit}, {"roles", []string{"mayor"}, 400, record.BadRequest},
		{"campaign", "../x", 400, record.BadRequest}, {"units", "all", 400, record.BadRequest},
	} {
		m := good()
		m[x.key] = x.value
		c.post(sender, "/api/v1/messages", m).wantCode(x.status, x.code)
	}
	for i := range 100 {
		m := good()
		m["id"] = id(fmt.Sprint("m", i))
		c.post(sender, "/api/v1/messages", m).want(200)
	}
	last := good()
	last["id"] = id("one too many")
	c.post(sender, "/api/v1/messages", last).wantCode(429, record.RateLimited)
	c.clock.add(25 * time.Hour)
	sender = c.signIn("zhen")
	c.post(sender, "/api/v1/messages", last).want(200)

	for _, ids := range []any{[]string{}, []string{"x"}, []string{"entry:x:y:z"}, "x", make([]string, 501)} {
		c.post(sender, "/api/v1/inbox/read", map[string]any{"ids": ids}).wantCode(400, record.BadRequest)
	}
	for _, after := range []string{"-1", "x", "1e9", "99999999999999999999"} {
		c.get(sender, "/api/v1/inbox?after="+after).wantCode(400, record.BadRequest)
	}
	c.get(sender, "/api/v1/messages/x").wantCode(400, record.BadRequest)
}

// An entry with a sign of violence is told to the township and the county as soon as it has come, and to the city when
// nobody has opened it for two hours; the notice says nothing of it (N8).
func TestAnUrgentEntryIsTold(t *testing.T) {
	c := newCity(t)
	author := c.join("cun", villager)
	township := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	county := c.join("xian", record.Seat{Role: record.Manager, Unit: theCounty})
	c.join("shi", record.Seat{Role: record.Reviewer, Unit: theCity})
	foreign := c.join("lin", record.Seat{Role: record.Reviewer, Unit: another})
	peer := c.join("tongshi", villager)
	record_ := func(name string) {
		author.exchange(author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theVillage, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit", "fields": map[string]any{"household": id("household"),
				"purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20", "signs": []string{"domestic_violence"}, "text": noteText}})).want(200)
	}
	author.exchange(author.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})).want(200)
	look := func() {
		t.Helper()
		if err := c.app.Notices.Alarm(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	// It is 17:00 in the villages; the second comes at night.
	record_("one")
	look()
	look()
	for _, p := range []*person{township, county} {
		r, got := p.inbox(0)
		if !slices.Equal(noticed(got), []string{"urgent"}) || got[0]["ref"] != id("one") || got[0]["unit"] != theVillage {
			t.Errorf("%s is told %s", p.login, r.body)
		}
		for _, secret := range []string{headName, noteText, "violence", "home_visit"} {
			if strings.Contains(string(r.body), secret) {
				t.Errorf("the notice has %s in it", secret)
			}
		}
	}
	silent := func() {
		t.Helper()
		for _, p := range []*person{author, foreign, peer} {
			if _, got := p.inbox(0); len(got) != 0 {
				t.Errorf("%s is told %v", p.login, got)
			}
		}
	}
	silent()
	c.clock.add(119 * time.Minute)
	look()
	c.get(author, "/api/v1/entries/"+id("one")).wantCode(401, record.Unauthenticated) // ten minutes are over
	author, foreign, peer = c.signIn("cun"), c.signIn("lin"), c.signIn("tongshi")
	top := c.signIn("shi")
	c.get(author, "/api/v1/entries/"+id("one")).want(200) // that she opens it herself helps nobody
	if _, got := top.inbox(0); len(got) != 0 {
		t.Errorf("the city is told before its time: %v", got)
	}
	c.clock.add(time.Minute)
	look()
	look()
	if _, got := top.inbox(0); !slices.Equal(noticed(got), []string{"raised"}) || got[0]["unit"] != theTownship {
		t.Errorf("after two hours the city is told %v", got)
	}
	silent()

	author = c.signIn("cun")
	author.epoch, author.n, author.prev = id("epoch two"), 0, ""
	record_("two")
	look()
	township = c.signIn("zhen")
	c.get(township, "/api/v1/entries/"+id("two")).want(200)
	author.epoch, author.n, author.prev = id("epoch three"), 0, ""
	record_("three")
	look()
	_, got := township.inbox(0)
	if len(got) != 3 {
		t.Fatalf("the township has %v", got)
	}
	c.post(township, "/api/v1/inbox/read", map[string]any{"ids": []any{got[2]["id"]}}).want(204) // its phone has opened it, and said so
	c.clock.add(3 * time.Hour)
	look()
	top = c.signIn("shi")
	if _, got := top.inbox(0); len(got) != 1 {
		t.Errorf("what somebody has opened is told to the city: %v", got)
	}
}

// What was told by a clock that was ahead, and has been set right since, is raised two hours after that, and not when the
// wrong clock's two hours are over (N8).
func TestAnAlarmByAWrongClock(t *testing.T) {
	c := newCity(t)
	author := c.join("cun", villager)
	c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	c.join("shi", record.Seat{Role: record.Reviewer, Unit: theCity})
	look := func() {
		t.Helper()
		if err := c.app.Notices.Alarm(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	author.exchange(author.line(map[string]any{"type": "entry", "entity": id("one"), "kind": "create", "unit": theVillage, "form": "incident",
		"form_version": c.app.Engine.Catalogue().Form("incident").Version, "event": "submit", "fields": map[string]any{"kind": "violence", "what": noteText,
			"level": "ordinary", "state": "judging", "due_on": "2026-11-25", "occurred_on": "2026-11-20"}})).want(200)
	c.clock.add(300 * 24 * time.Hour)
	look()
	c.clock.add(-300 * 24 * time.Hour)
	look()
	c.clock.add(119 * time.Minute)
	look()
	top := c.signIn("shi")
	if _, got := top.inbox(0); len(got) != 0 {
		t.Errorf("the city is told before its time: %v", got)
	}
	c.clock.add(time.Minute)
	look()
	look()
	if _, got := top.inbox(0); !slices.Equal(noticed(got), []string{"raised"}) {
		t.Errorf("after two hours by the right clock the city is told %v", got)
	}
}

// A grave incident is told as an urgent case is, whatever it is about: to township and county at once, and nothing of it by
// the notice; a smaller one waits in the list (N8).
func TestAGraveIncidentIsTold(t *testing.T) {
	c := newCity(t)
	author := c.join("cun", villager)
	township := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	county := c.join("xian", record.Seat{Role: record.Manager, Unit: theCounty})
	for _, level := range []string{"grave", "major", "ordinary"} {
		author.exchange(author.line(map[string]any{"type": "entry", "entity": id(level), "kind": "create", "unit": theVillage, "form": "incident",
			"form_version": c.app.Engine.Catalogue().Form("incident").Version, "event": "submit", "fields": map[string]any{"kind": "accident", "what": noteText,
				"level": level, "state": "judging", "due_on": "2026-11-25", "occurred_on": "2026-11-20"}})).want(200)
	}
	if err := c.app.Notices.Alarm(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*person{township, county} {
		r, got := p.inbox(0)
		if !slices.Equal(noticed(got), []string{"urgent"}) || got[0]["ref"] != id("grave") || strings.Contains(string(r.body), noteText) || strings.Contains(string(r.body), "incident") {
			t.Errorf("%s is told %s", p.login, r.body)
		}
	}
	if list := c.get(county, "/api/v1/urgent").want(200); !strings.Contains(string(list.body), id("grave")) || strings.Contains(string(list.body), id("major")) || strings.Contains(string(list.body), noteText) {
		t.Errorf("the county's list: %s", list.body)
	}
}

// What waited when the program learned to tell is told to nobody anew, nor to the city when two hours are over; what comes
// afterwards is (N8).
func TestWhatWaitedIsNotToldAnew(t *testing.T) {
	c := newCity(t)
	author := c.join("cun", villager)
	township := c.join("zhen", record.Seat{Role: record.Reviewer, Unit: theTownship})
	c.join("shi", record.Seat{Role: record.Reviewer, Unit: theCity})
	urgent := func(name string) {
		t.Helper()
		author.exchange(author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theVillage, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit", "fields": map[string]any{"household": id("household"),
				"purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20", "signs": []string{"domestic_violence"}}})).want(200)
	}
	look := func() {
		t.Helper()
		if err := c.app.Notices.Alarm(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	author.exchange(author.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theVillage, "fields": map[string]any{"head": headName}})).want(200)
	urgent("before")
	raw, err := migrations.SQLite.ReadFile("sqlite/00021_what_waited.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, up, _ := strings.Cut(string(raw), "INSERT INTO")
	up, _, _ = strings.Cut(up, ";")
	db, err := sql.Open("sqlite", filepath.Join(c.data, app.DatabaseFile))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for range 2 { // where the notices of before have told of some already
		if _, err := db.ExecContext(t.Context(), "INSERT INTO"+up); err != nil {
			t.Fatal(err)
		}
	}
	look()
	if _, got := township.inbox(0); len(got) != 0 {
		t.Errorf("what had waited is told anew: %v", got)
	}
	urgent("after")
	look()
	if _, got := township.inbox(0); len(got) != 1 || got[0]["ref"] != id("after") {
		t.Errorf("what came afterwards is told as %v", got)
	}
	c.clock.add(3 * time.Hour)
	look()
	top := c.signIn("shi")
	if _, got := top.inbox(0); len(got) != 1 {
		t.Errorf("the city is told %v", got)
	}
}

// A campaign of the county, seven days before its end: the township that has a gap is told, the one whose entry waits is
// not, and who has to approve it is; asked again, by another server too, nobody is told again (N5, N6).
func TestADeadlineIsTold(t *testing.T) {
	c := newCity(t)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	decider := c.join("decider", record.Seat{Role: record.Reviewer, Unit: theCounty})
	finished := c.join("finished", record.Seat{Role: record.Volunteer, Unit: theTownship})
	open := c.join("open", record.Seat{Role: record.Volunteer, Unit: another})
	path := "/api/v1/campaigns/drafts/" + id("winter")
	c.put(clerk, path, given(map[string]any{"deadline": "2026-11-29", "targets": []map[string]any{{"unit": theTownship, "n": 1}, {"unit": another, "n": 1}}})).want(200)
	c.post(clerk, path+"/publish", map[string]any{}).want(200)
	finished.exchange(
		finished.line(map[string]any{"type": "household", "entity": id("household"), "kind": "create", "unit": theTownship, "fields": map[string]any{"head": headName}}),
		finished.line(map[string]any{"type": "entry", "entity": id("visit"), "kind": "create", "unit": theTownship, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit", "fields": map[string]any{"household": id("household"),
				"purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-20"}})).want(200)
	for range 2 {
		if err := c.app.Notices.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		who  *person
		want string
	}{
		{open, "冬季走访 7 [" + another + "] <nil>"}, {decider, "冬季走访 7 <nil> [" + theTownship + "]"}, {finished, ""}, {clerk, ""},
	} {
		_, got := x.who.inbox(0)
		said := ""
		for _, n := range got {
			for _, i := range n["params"].(map[string]any)["items"].([]any) {
				item := i.(map[string]any)
				said += fmt.Sprint(item["title"], " ", item["left"], " ", item["record"], " ", item["review"])
			}
		}
		if said != x.want {
			t.Errorf("%s is told %q, want %q", x.who.login, said, x.want)
		}
	}
	_, plan, told, err := c.app.Notices.Forecast(t.Context(), id("winter"))
	if err != nil || len(plan) != 5 || len(plan[0].Items) != 2 || !told[plan[0].Items[open.id].Key] {
		t.Errorf("the plan is %+v: %v", plan, err)
	}
}
