package api_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"niangjia/sync/record"
)

// files takes a list away in both formats; what both must have is in them.
func (c *city) files(p *person, path string) map[string]export {
	c.t.Helper()
	t := c.t.(*testing.T)
	xlsx, plain := c.get(p, path+"&format=xlsx").want(200), c.get(p, path+"&format=csv").want(200)
	for kind, r := range map[string]*reply{"xlsx": xlsx, "csv": plain} {
		if r.header.Get("Cache-Control") != "no-store" || !strings.HasSuffix(r.header.Get("Content-Disposition"), "."+kind) {
			t.Errorf("%s: %v", kind, r.header)
		}
	}
	out := map[string]export{"xlsx": readXLSX(t, xlsx.body), "csv": readCSV(t, plain.body)}
	for kind, f := range out {
		said := fmt.Sprint(f.words)
		for _, head := range f.rows[0] {
			if !strings.Contains(said, head) {
				t.Errorf("%s of %s: nothing says what %q is", kind, path, head)
			}
		}
		if !strings.Contains(said, "导出人 ") || !strings.Contains(said, "合成") || !strings.Contains(said, "2026-11-22 17:00") {
			t.Errorf("%s of %s: who made it and when? %s", kind, path, said)
		}
		for i, r := range f.rows { // a spreadsheet leaves empty cells at the end of a row out
			for len(r) < len(f.rows[0]) {
				r = append(r, "")
			}
			f.rows[i] = r
		}
	}
	return out
}

// column is a file's column below its heading.
func (f export) column(t *testing.T, head string) (out []string) {
	t.Helper()
	at := slices.IndexFunc(f.rows[0], func(h string) bool { return strings.HasPrefix(h, head) })
	if at < 0 {
		t.Fatalf("no column %s in %q", head, f.rows[0])
	}
	for _, r := range f.rows[1:] {
		out = append(out, r[at])
	}
	return out
}

// decide does something to an entry as it stands.
func (p *person) decide(entity, event string, more map[string]any) {
	p.c.t.Helper()
	line := map[string]any{"type": "entry", "entity": entity, "kind": "transition", "event": event, "trunk": p.c.versionOf(entity)}
	for k, v := range more {
		line[k] = v
	}
	if got := outcomes(p.exchange(p.line(line)).want(200)); len(got) != 1 || got[0] != "applied" {
		p.c.t.Fatalf("%s: %v", event, got)
	}
}

// S4 D2 T8: the entries behind a figure as a file: what the page lists, and of a sensitive entry that it is there; who may
// read it for a day does not carry it away.
func TestTheEntriesBehindAFigureAsAFile(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	reviewer := c.join("reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	reviewer.decide(id(sensitive), "approve", nil)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	query := "?unit=" + theTownship + "&period=2026&indicator=visits"
	page := func(p *person) []any { return c.get(p, "/api/v1/totals/entries"+query).want(200).json["rows"].([]any) }

	rows := page(reviewer)
	for kind, f := range c.files(reviewer, "/api/v1/totals/entries/export"+query) {
		if len(rows) != 2 || len(f.rows) != 3 {
			t.Fatalf("%s: %d on the page, %d in the file", kind, len(rows), len(f.rows)-1)
		}
		if f.notes[0] != "德党镇 2026年：“走访户次”的由来" || !strings.HasPrefix(f.notes[1], "2026-11-22 17:00算出") || len(f.notes) != 2 {
			t.Errorf("%s begins %q", kind, f.notes)
		}
		for i, x := range rows {
			r := x.(map[string]any)
			want := []string{r["unit_name"].(string), r["unit"].(string), r["day"].(string), "入户走访", headName, "政策宣传", fmt.Sprint(r["value"]), r["approved_by_name"].(string), "2026-11-22 17:00"}
			if r["entry"] == id(sensitive) {
				want[4], want[5] = "", "敏感记录，内容请在系统里看"
			}
			if !slices.Equal(f.rows[i+1], want) {
				t.Errorf("%s: %q, the page has %q", kind, f.rows[i+1], want)
			}
		}
		if got := fmt.Sprint(f.words); !strings.Contains(got, "走访户次 ") || !strings.Contains(got, theTownship) || !strings.Contains(got, "2026年") {
			t.Errorf("%s says %s", kind, got)
		}
	}

	// From further up: no name, and a number of what is sensitive; a reason opens the page for a day, and not the file.
	alone := func(when string) {
		t.Helper()
		for kind, f := range c.files(clerk, "/api/v1/totals/entries/export"+query) {
			if len(f.rows) != 2 || f.rows[1][4] != "" || f.rows[1][5] != "政策宣传" {
				t.Errorf("%s %s: %q", kind, when, f.rows)
			}
			if got := f.notes[len(f.notes)-1]; got != "另有 1 条敏感记录，只计数，内容不公开。" || !strings.Contains(fmt.Sprint(f.words), got) {
				t.Errorf("%s %s: %q %q", kind, when, f.notes, f.words)
			}
		}
	}
	alone("before")
	c.post(clerk, "/api/v1/totals/entries/disclosure"+query, map[string]string{"reason": "核实情况"}).want(200)
	if n := len(page(clerk)); n != 2 {
		t.Fatalf("%d are open", n)
	}
	alone("after")

	// What there is no room for is told.
	c.server.ListAtMost(1)
	for kind, f := range c.files(reviewer, "/api/v1/totals/entries/export"+query) {
		if len(f.rows) != 2 || !strings.HasPrefix(f.notes[2], "只列出了前 1 行，还有 1 行没有列出。") || !strings.Contains(fmt.Sprint(f.words), f.notes[2]) {
			t.Errorf("%s: %q %q", kind, f.rows, f.notes)
		}
	}

	for query, want := range map[string]record.Code{
		"?unit=" + theTownship + "&period=2026&indicator=visits&format=doc":               record.BadRequest,
		"?unit=" + theTownship + "&period=soon&indicator=visits&format=csv":               record.BadRequest,
		"?unit=" + theTownship + "&period=2026&indicator=nothing&format=csv":              record.NotFound,
		"?unit=" + theTownship + "&period=2026&indicator=campaign%3Anothing&format=csv":   record.NotFound,
		"?unit=" + theCity + "&period=2026&indicator=follow_ups_kept&format=csv&lang=xx%": "",
	} {
		if r := c.get(reviewer, "/api/v1/totals/entries/export"+query); r.status < 400 || r.status >= 500 || want != "" && r.text("code") != string(want) {
			t.Errorf("%s: %d %v", query, r.status, r.json)
		}
	}
	// A figure that is withheld has no list, on the page or in a file.
	small := "?unit=" + theTownship + "&period=2026&indicator=risk_signs"
	if a, b := c.get(clerk, "/api/v1/totals/entries"+small), c.get(clerk, "/api/v1/totals/entries/export"+small+"&format=csv"); a.status != 403 || b.status != 403 {
		t.Errorf("the page says %d, the file %d: %s", a.status, b.status, b.body)
	}
}

// A name that begins like a formula is a text in the file.
func TestAListComputesNothing(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	author := &person{}
	*author = *c.join("other", record.Seat{Role: record.Volunteer, Unit: theTownship})
	const evil = "=1+cmd|'/C calc'!A0"
	got := outcomes(author.exchange(
		author.line(map[string]any{"type": "household", "entity": id("evil"), "kind": "create", "unit": theTownship, "fields": map[string]any{"head": evil}}),
		author.line(map[string]any{"type": "entry", "entity": id("evil visit"), "kind": "create", "unit": theTownship, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit",
			"fields": map[string]any{"household": id("evil"), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-21"}})).want(200))
	if strings.Join(got, ",") != "applied,applied" {
		t.Fatal(got)
	}
	reviewer := c.join("reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	reviewer.decide(id("evil visit"), "approve", nil)
	files := c.files(reviewer, "/api/v1/totals/entries/export?unit="+theTownship+"&period=2026-11&indicator=visits")
	if got := files["xlsx"].column(t, "对象"); !slices.Contains(got, evil) {
		t.Errorf("%q", got)
	}
	if got := files["csv"].column(t, "对象"); !slices.Contains(got, "'"+evil) {
		t.Errorf("%q", got)
	}
}

// T8 T14 T19: each table of the dashboard as a file has what the dashboard says to the same reader, cell by cell.
func TestTheDashboardsTablesAsFiles(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 1200)
	county := c.join("county", record.Seat{Role: record.Manager, Unit: theCounty})
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty})
	number := func(v any) float64 {
		if v == nil {
			return 0
		}
		return v.(float64)
	}
	whole := func(v any) string { return fmt.Sprint(number(v)) }
	is := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %q, the page has %q", what, got, want)
		}
	}
	text := func(v any, none string) string {
		if s, _ := v.(string); s != "" {
			return s
		}
		return none
	}
	withheld := 0
	for _, p := range []*person{county, clerk, auditor} {
		base := "?unit=" + theCounty + "&year=2026"
		d := c.get(p, "/api/v1/dashboard"+base).want(200).json
		file := func(table, more string) map[string]export {
			t.Helper()
			return c.files(p, "/api/v1/dashboard/export"+base+"&table="+table+more)
		}
		part := func(keys ...string) map[string]any {
			v := d
			for _, k := range keys {
				v = v[k].(map[string]any)
			}
			return v
		}

		waiting := part("waiting")
		lines := append([]any{waiting}, waiting["units"].([]any)...)
		for kind, f := range file("waiting", "") {
			if len(f.rows)-1 != len(lines) {
				t.Fatalf("%s: %d lines of what waits, the page has %d", kind, len(f.rows)-1, len(lines))
			}
			for i, x := range lines {
				one, row := x.(map[string]any), f.rows[i+1]
				ages := one["ages"].(map[string]any)
				is(kind+" waiting", strings.Join(row[2:], " "), strings.Join([]string{whole(one["count"]), whole(ages["fresh"]), whole(ages["slow"]), whole(ages["overdue"]), text(one["oldest"], "—")}, " "))
			}
		}

		coverage := part("coverage")
		lines = append([]any{coverage}, coverage["units"].([]any)...)
		for kind, f := range file("coverage", "") {
			for i, x := range lines {
				one := x.(map[string]any)
				is(kind+" coverage", strings.Join(f.rows[i+1][2:], " "), strings.Join([]string{whole(one["villages"]), whole(one["silent"]), whole(one["never"])}, " "))
			}
		}

		quality := part("quality")
		// The unit's own work has a line, so that the lines below the whole come to it.
		own := maps.Clone(quality["whole"].(map[string]any))
		own["name"] = own["name"].(string) + "自己的"
		for _, x := range quality["units"].([]any) {
			for _, key := range []string{"decided", "returned", "flagged", "conflicts"} {
				own[key] = number(own[key]) - number(x.(map[string]any)[key])
			}
		}
		if number(own["decided"]) == 0 {
			t.Fatal("the unit itself recorded nothing: this says nothing")
		}
		lines = append([]any{quality["whole"], own}, quality["units"].([]any)...)
		for kind, f := range file("quality", "") {
			if len(f.rows)-1 < len(lines) {
				t.Fatalf("%s: %d lines of quality, the page has %d", kind, len(f.rows)-1, len(lines))
			}
			for i, x := range lines {
				one, row := x.(map[string]any), f.rows[i+1]
				is(kind+" quality", row[0]+strings.Join(slices.Concat(row[2:4], row[5:]), " "), one["name"].(string)+strings.Join([]string{whole(one["decided"]), whole(one["returned"]), whole(one["flagged"]), whole(one["conflicts"])}, " "))
				if decided := number(one["decided"]); decided == 0 {
					is(kind+" share", row[4], "—")
				} else if got := percent(t, row[4]); math.Abs(got-number(one["returned"])/decided) > 0.00005001 {
					t.Errorf("%s share %s of %v", kind, row[4], one)
				}
			}
		}

		silent := c.get(p, "/api/v1/dashboard/silent?unit="+theCounty+"&days=14").want(200).json["rows"].([]any)
		if len(silent) == 0 {
			t.Fatal("no village is silent: this says nothing")
		}
		for kind, f := range file("silent", "&days=14") {
			if len(f.rows)-1 != len(silent) {
				t.Fatalf("%s: %d villages, the page has %d", kind, len(f.rows)-1, len(silent))
			}
			for i, x := range silent {
				one := x.(map[string]any)
				days := "—"
				if one["last"] != nil {
					days = whole(one["days"])
				}
				is(kind+" silent", strings.Join(f.rows[i+1], " "), strings.Join([]string{one["name"].(string), one["township_name"].(string), one["unit"].(string), text(one["last"], "从来没有"), days}, " "))
			}
		}

		if p == auditor {
			c.get(p, "/api/v1/dashboard/export"+base+"&table=oldest&format=csv").wantCode(403, record.Forbidden)
		} else {
			list := c.get(p, "/api/v1/dashboard/waiting?unit="+theCounty+"&limit=200").want(200).json
			for kind, f := range file("oldest", "") {
				if rows := list["rows"].([]any); len(f.rows)-1 != len(rows) {
					t.Errorf("%s: %d wait, the page has %d", kind, len(f.rows)-1, len(rows))
				}
				for i, x := range list["rows"].([]any) {
					one, row := x.(map[string]any), f.rows[i+1]
					is(kind+" oldest", row[2]+" "+row[5], fmt.Sprint(one["unit"], " ", text(nil, map[bool]string{true: "—", false: fmt.Sprint(one["days"])}[one["days"] == nil])))
				}
				if hidden := number(list["hidden"]); hidden > 0 && !strings.Contains(strings.Join(f.notes, ""), fmt.Sprintf("另有 %v 条您不能看", hidden)) {
					t.Errorf("%s: %v are hidden, %q", kind, hidden, f.notes)
				}
			}
		}

		for _, indicator := range []string{"visits", "domestic_violence_cases"} {
			for deep, level := range map[string]string{"0": "township", "1": "village"} {
				page := c.get(p, "/api/v1/dashboard/units"+base+"&deep="+deep+"&indicator="+indicator).want(200).json["rows"].([]any)
				units := map[string]map[string]any{}
				for _, x := range page[1:] {
					if one := x.(map[string]any); one["level"] == level {
						units[one["unit"].(string)] = one
					}
				}
				for kind, f := range file("units", "&deep="+deep+"&indicator="+indicator) {
					if len(f.rows)-1 != len(units) {
						t.Fatalf("%s: %d units, the page has %d", kind, len(f.rows)-1, len(units))
					}
					last := 0
					for _, row := range f.rows[1:] {
						one := units[row[3]]
						rank := int(number(one["rank"]))
						is(kind+" rank", row[0], map[bool]string{true: strconv.Itoa(rank), false: "—"}[rank > 0])
						if rank > 0 && rank < last || last < 0 && rank > 0 {
							t.Errorf("%s: %d after %d", kind, rank, last)
						}
						if last = rank; rank == 0 {
							last = -1
						}
						for at, key := range map[int]string{4: "value", 5: "before"} {
							v := one[key].(map[string]any)
							want := "—"
							switch {
							case v["withheld"] == true:
								want = "不显示"
								withheld++
							case v["value"] != nil:
								want = whole(v["value"])
							}
							is(kind+" "+indicator, row[at], want)
						}
					}
				}
			}
		}
	}
	if withheld == 0 {
		t.Error("nothing was withheld: this says nothing")
	}
	for query, field := range map[string]string{"&table=targets": "table", "": "table", "&table=silent&days=6": "days", "&table=units": "indicator", "&table=units&indicator=visits&deep=2": "deep"} {
		if r := c.get(county, "/api/v1/dashboard/export?format=csv&year=2026&unit="+theCounty+query).wantCode(400, record.BadRequest); r.text("field") != field {
			t.Errorf("%s: %v", query, r.json)
		}
	}
	c.get(county, "/api/v1/dashboard/export?format=csv&year=2026&table=quality&unit="+theCity).wantCode(403, record.Forbidden)
}

// percent reads a share: a number in a spreadsheet, a text in a CSV.
func percent(t *testing.T, s string) float64 {
	t.Helper()
	bare, hundredfold := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(bare, 64)
	if err != nil {
		t.Fatal(err)
	}
	if hundredfold {
		n /= 100
	}
	return n
}

// Who works where, what was done to accounts, whom to telephone: as files they tell what their pages tell.
func TestAccountsAsFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	manager := c.join("manager", record.Seat{Role: record.Manager, Unit: theCounty})
	opened := c.open(manager, seatJSON(record.Volunteer, theVillage), seatJSON(record.Auditor, theTownship)).want(200).json["account"].(map[string]any)
	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty})

	list := c.get(manager, "/api/v1/accounts?unit="+theCounty).want(200).json["accounts"].([]any)
	seats := 0
	for _, x := range list {
		seats += max(1, len(x.(map[string]any)["seats"].([]any)))
	}
	for kind, f := range c.files(manager, "/api/v1/accounts/export?unit="+theCounty) {
		if len(f.rows)-1 != seats {
			t.Errorf("%s: %d lines for %d seats", kind, len(f.rows)-1, seats)
		}
		found := slices.ContainsFunc(f.rows, func(r []string) bool {
			return slices.Equal(r[:5], []string{"德党镇 忙岗村民委员会", theVillage, opened["name"].(string), "志愿者", "等待开通"})
		})
		if !found {
			t.Errorf("%s: who was opened is not in %q", kind, f.rows)
		}
		for _, x := range list {
			if one := x.(map[string]any); !slices.Contains(f.column(t, "姓名"), one["name"].(string)) {
				t.Errorf("%s: %v is missing", kind, one["name"])
			}
		}
	}

	// Where else somebody works is no part of a unit's list.
	c.put(manager, "/api/v1/accounts/"+opened["id"].(string)+"/seats", map[string]any{"seats": []map[string]string{seatJSON(record.Volunteer, theVillage), seatJSON(record.Auditor, theTownship), seatJSON(record.Volunteer, another)}}).want(204)
	for kind, f := range c.files(manager, "/api/v1/accounts/export?unit="+theTownship) {
		if codes := f.column(t, "区划代码"); slices.Contains(codes, another) || !slices.Contains(codes, theVillage) || !slices.Contains(codes, theTownship) {
			t.Errorf("%s: %q", kind, codes)
		}
	}

	page := c.get(auditor, "/api/v1/audit").want(200).json
	events, accounts := page["events"].([]any), page["accounts"].(map[string]any)
	for kind, f := range c.files(auditor, "/api/v1/audit/export?lang=zh") {
		if len(f.rows)-1 != len(events) {
			t.Fatalf("%s: %d lines, the page has %d", kind, len(f.rows)-1, len(events))
		}
		for i, x := range events {
			e := x.(map[string]any)
			if want := accounts[e["account"].(string)].(map[string]any)["login"]; f.rows[i+1][1] != want {
				t.Errorf("%s: %q, the page has %v", kind, f.rows[i+1], want)
			}
		}
		if got := strings.Join(f.column(t, "变动"), " "); !strings.Contains(got, "开账号") || !strings.Contains(strings.Join(f.column(t, "增加"), " "), "德党镇 监督员") {
			t.Errorf("%s: %s", kind, got)
		}
		for _, r := range f.rows[1:] {
			if strings.Contains(fmt.Sprint(r), opened["name"].(string)) {
				t.Errorf("%s names: %q", kind, r)
			}
		}
	}
	c.server.ListAtMost(1)
	if f := c.files(auditor, "/api/v1/audit/export?lang=zh")["csv"]; len(f.rows) != 2 || !strings.Contains(fmt.Sprint(f.notes), "只列出了最新的 1 行") {
		t.Errorf("%q", f)
	}
	c.server.ListAtMost(100)

	path := "/api/v1/campaigns/" + id("campaign") + "/phones"
	runs := c.join("runs", record.Seat{Role: record.Manager, Unit: theCounty})
	units := c.get(runs, path).want(200).json["units"].([]any)
	for kind, f := range c.files(runs, path+"/export?unit="+theCounty) {
		at := 1
		for _, x := range units {
			u := x.(map[string]any)
			for _, y := range u["people"].([]any) {
				one := y.(map[string]any)
				if row := f.rows[at]; row[1] != u["unit"] || row[2] != fmt.Sprint(u["gap"]) || row[3] != one["name"] || row[5] != one["phone"] {
					t.Errorf("%s: %q, the page has %v", kind, row, one)
				}
				at++
			}
		}
		if at != len(f.rows) || at == 1 {
			t.Errorf("%s: %d rows of %d", kind, at, len(f.rows))
		}
	}
	told := 0
	for _, x := range c.get(auditor, "/api/v1/audit").want(200).json["events"].([]any) {
		if x.(map[string]any)["what"] == "telephones" {
			told++
		}
	}
	if told != 3 {
		t.Errorf("%d lists of telephones are kept note of: one on the page, two files", told)
	}
}

// D1 S8 T18: whom a campaign misses, what takes no effect, and what other systems read with, as files: what the page says, but
// nothing by which a sensitive entry is known.
func TestListsOfWhatIsLeftToDoAsFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	author := &person{}
	*author = *c.join("other", record.Seat{Role: record.Volunteer, Unit: theTownship})
	const evil = "=HYPERLINK(\"http://198.51.100.1\")"
	visit := func(name, household string, more map[string]any) string {
		fields := map[string]any{"household": id(household), "purposes": []string{"policy"}, "met": "met", "occurred_on": "2026-11-21"}
		for k, v := range more {
			fields[k] = v
		}
		return author.line(map[string]any{"type": "entry", "entity": id(name), "kind": "create", "unit": theTownship, "form": "home_visit",
			"form_version": c.app.Engine.Catalogue().Form("home_visit").Version, "event": "submit", "fields": fields})
	}
	var lines []string
	for _, one := range [][2]string{{"not visited", evil}, {"waits", "合成 待审"}, {"beaten", "合成 秘密"}, {"beaten and waits", "合成 未定"}} {
		lines = append(lines, author.line(map[string]any{"type": "household", "entity": id(one[0]), "kind": "create", "unit": theTownship,
			"fields": map[string]any{"head": one[1], "address": "+3 组"}}))
	}
	violence := map[string]any{"signs": []string{"domestic_violence"}}
	lines = append(lines, visit("v1", "waits", nil), visit("v2", "beaten", violence), visit("v3", "beaten and waits", violence))
	if got := outcomes(author.exchange(lines...).want(200)); slices.ContainsFunc(got, func(o string) bool { return o != "applied" }) {
		t.Fatal(got)
	}
	reviewer := c.join("reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	reviewer.decide(id("v2"), "approve", nil)

	path := "/api/v1/campaigns/" + id("campaign") + "/missing"
	on := map[string]string{}
	for _, x := range c.get(reviewer, path+"?unit="+theTownship).want(200).json["households"].([]any) {
		h := x.(map[string]any)
		on[h["name"].(string)] = map[bool]string{true: "记录待审核"}[h["submitted"] == true]
	}
	if len(on) != 3 || on[evil] != "" || on["合成 未定"] != "记录待审核" {
		t.Fatalf("the page: %q", on)
	}
	on["合成 秘密"], on["合成 未定"] = "", ""
	for kind, f := range c.files(reviewer, path+"/export?unit="+theTownship) {
		if len(f.rows)-1 != len(on) || !slices.Equal(f.rows[0], []string{"单位", "区划代码", "户主姓名", "住址（组、门牌）", "情况"}) {
			t.Fatalf("%s: %q", kind, f.rows)
		}
		for _, r := range f.rows[1:] {
			name, where := r[2], "+3 组"
			if kind == "csv" { // in which a spreadsheet takes every cell for what it looks like
				where = "'" + where
				if name == "'"+evil {
					name = evil
				} else if name == evil {
					t.Errorf("a spreadsheet would compute %q", r)
				}
			}
			if state, known := on[name]; !known || !slices.Equal(r, []string{"德党镇", theTownship, r[2], where, state}) {
				t.Errorf("%s: %q", kind, r)
			}
		}
	}

	page := c.get(reviewer, "/api/v1/stuck").want(200).json["groups"].([]any)
	if len(page) != 1 || strings.Count(fmt.Sprint(page), "form:home_visit") != 2 {
		t.Fatalf("the page: %v", page)
	}
	group := page[0].(map[string]any)
	for kind, f := range c.files(reviewer, "/api/v1/stuck/export?lang=zh") {
		want := []string{group["name"].(string), "德党镇", theTownship, "先放着", fmt.Sprint(group["records"]), "2026-11-22 17:00", "提到的住户、人或前一条记录还没有送达。", "入户走访 2026-11-20、不公开的一条"}
		if len(f.rows) != 2 || !slices.Equal(f.rows[1], want) {
			t.Errorf("%s: %q", kind, f.rows[1:])
		}
	}
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	for kind, f := range c.files(clerk, "/api/v1/stuck/export?lang=zh") {
		if len(f.rows) != 2 || f.rows[1][4] != "2" || f.rows[1][7] != "" {
			t.Errorf("%s, from further up: %q", kind, f.rows[1:])
		}
	}

	ended, clear := c.makeReadToken(clerk, theCity, "-旧大屏", 30)
	c.send("DELETE", clerk, "/api/v1/read-tokens/"+ended, map[string]any{}).want(204)
	_, live := c.makeReadToken(clerk, theCounty, "县大数据中心", 365)
	c.read(live, "/api/v1/open/units", "192.0.2.1").want(200)
	tokens := c.get(clerk, "/api/v1/read-tokens").want(200).json["tokens"].([]any)
	for kind, f := range c.files(clerk, "/api/v1/read-tokens/export?lang=zh") {
		if len(f.rows)-1 != len(tokens) {
			t.Fatalf("%s: %q", kind, f.rows)
		}
		for i, x := range tokens {
			one, r := x.(map[string]any), f.rows[i+1]
			want := []string{"县大数据中心", "永德县", theCounty, "在用", "2027-11-22 17:00", "", "2026-11-22 17:00", one["made_by_name"].(string), "2026-11-22 17:00"}
			if one["name"] != "县大数据中心" {
				want = []string{map[string]string{"csv": "'-旧大屏", "xlsx": "-旧大屏"}[kind], "临沧市", theCity, "已停用", "2026-12-22 17:00", "2026-11-22 17:00", "", want[7], want[8]}
			}
			if !slices.Equal(r, want) {
				t.Errorf("%s: %q, the page has %v", kind, r, one)
			}
		}
		if said := fmt.Sprint(f.rows, f.words); strings.Contains(said, "njr_") || strings.Contains(said, clear) {
			t.Errorf("%s opens something: %s", kind, said)
		}
	}
}
