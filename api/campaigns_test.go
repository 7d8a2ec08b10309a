package api_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// given is a campaign of the county as its page sends it, with some keys changed.
func given(more map[string]any) map[string]any {
	c := map[string]any{"unit": theCounty, "title": "冬季走访", "text": "每个村走访困难家庭。", "counts": map[string]any{"indicator": "visits"},
		"start": "2026-11-01", "deadline": "2026-12-31", "targets": []map[string]any{{"unit": theTownship, "n": 9}, {"unit": another, "n": 5}}}
	for k, v := range more {
		c[k] = v
	}
	return c
}

// wrong lists what is wrong with a campaign, by an answer: codes with their fields.
func wrong(list any) string {
	var out []string
	all, _ := list.([]any)
	for _, x := range all {
		p := x.(map[string]any)
		if s, _ := p["sentence"].(string); !strings.HasSuffix(s, "。") && p["code"] != "bad_filter" {
			return "no sentence: " + s
		}
		out = append(out, fmt.Sprint(p["code"], " ", p["field"]))
	}
	return strings.Join(out, ", ")
}

// unitOf is one unit of a campaign's progress.
func unitOf(r *reply, unit string) map[string]any {
	for _, x := range r.json["units"].([]any) {
		if u := x.(map[string]any); u["unit"] == unit {
			return u
		}
	}
	return nil
}

// T8 T18: a campaign's tables as files have what its page has, cell by cell, and what each column says on a second sheet.
func TestACampaignsTableAsAFile(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	path := "/api/v1/campaigns/" + id("campaign")
	for _, query := range []string{"?unit=" + theCounty, "?unit=" + theCounty + "&level=township", "?unit=" + theTownship} {
		page := c.get(clerk, path+query).want(200)
		file := c.get(clerk, path+"/export"+query+"&format=xlsx").want(200)
		f, err := excelize.OpenReader(bytes.NewReader(file.body))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows("数据", excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		said, err := f.GetRows("口径")
		if err != nil || len(said) < 7 || !strings.Contains(fmt.Sprint(said), "统计什么") {
			t.Errorf("definitions %v, %v", said, err)
		}
		at := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, "区划代码") })
		ranked := strings.Contains(query, "level")
		if at < 0 || (rows[at][0] == "名次") != ranked {
			t.Fatalf("%s: %v", query, rows)
		}
		units := page.json["units"].([]any)
		if len(rows)-at-1 != len(units) {
			t.Fatalf("%d rows for %d units", len(rows)-at-1, len(units))
		}
		for i, x := range units {
			u, row := x.(map[string]any), rows[at+1+i]
			number := func(v any) string {
				if v == nil {
					return "不显示"
				}
				return fmt.Sprint(v)
			}
			want := []string{fmt.Sprint(u["name"]), row[len(row)-7], fmt.Sprint(u["unit"]), row[len(row)-5],
				number(u["approved"]), number(u["target"]), number(u["gap"]), number(u["submitted"])}
			if u["target"] == 0.0 {
				want[5], want[6] = "—", "—"
			}
			got := row
			if ranked {
				got = row[1:]
				if rank := u["rank"]; rank != nil && row[0] != fmt.Sprint(rank) || rank == nil && row[0] != "—" {
					t.Errorf("rank %v of %v", row[0], u)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, the page has %v", query, got, want)
			}
		}
		text := string(c.get(clerk, path+"/export"+query+"&format=csv&lang=en").want(200).body)
		if !strings.Contains(text, theTownship) || !strings.Contains(text, "What is counted") {
			t.Errorf("the CSV: %s", text)
		}
	}
	for field, query := range map[string]string{"format": "?format=doc", "level": "?format=csv&level=house"} {
		if r := c.get(clerk, path+"/export"+query).wantCode(400, record.BadRequest); r.text("field") != field {
			t.Errorf("%s: %v", query, r.json)
		}
	}
	c.get(clerk, path+"/export?format=csv&unit=999999999999").wantCode(404, record.NotFound)
}

// S29 T18: a county drafts, publishes, looks how far its townships have come and at the entries behind a number, extends,
// copies and closes; a township's phone hears of it.
func TestACampaignFromDraftToEnd(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	woman := c.join("woman", record.Seat{Role: record.Volunteer, Unit: theTownship})
	stamp := func() string { return woman.exchange().want(200).text("campaigns") }
	before := stamp()

	path := "/api/v1/campaigns/drafts/" + id("winter")
	r := c.put(clerk, path, given(map[string]any{"deadline": "", "targets": []any{}})).want(200)
	if got := wrong(r.json["problems"]); got != "bad_date deadline, missing_field targets" {
		t.Error(got)
	}
	if got := wrong(c.put(clerk, path, given(nil)).want(200).json["problems"]); got != "" {
		t.Error(got)
	}
	if list := c.get(clerk, "/api/v1/campaigns/drafts").want(200).json["drafts"].([]any); len(list) != 2 { // one is of the subject
		t.Errorf("%d drafts", len(list))
	}
	if stamp() != before || len(c.get(woman, "/api/v1/campaigns").want(200).json["campaigns"].([]any)) != 1 {
		t.Error("a draft is told of")
	}
	c.post(clerk, path+"/publish", map[string]any{}).want(200)
	if c.post(clerk, path+"/publish", map[string]any{}).want(200).json["version"] != 1.0 {
		t.Error("published twice it is another")
	}
	c.put(clerk, path, given(nil)).wantCode(409, record.Exists)
	if stamp() == before {
		t.Error("her phone hears of nothing")
	}
	list := c.get(woman, "/api/v1/campaigns").want(200)
	tag := list.header.Get("ETag")
	req := httptest.NewRequest("GET", "/api/v1/campaigns", nil)
	req.Header.Set("If-None-Match", tag)
	c.do(woman, req).want(304)
	var hers map[string]any
	for _, x := range list.json["campaigns"].([]any) {
		if one := x.(map[string]any); one["id"] == id("winter") {
			hers = one
		}
	}
	if got := fmt.Sprint(hers["targets"], hers["remind"], list.json["runs"], hers["figure"]); got != "[map[n:9 unit:"+theTownship+"]] [7 3 1 0 -1] [] map[group: indicator:visits period:2026-11-01--2026-12-31]" {
		t.Error(got)
	}

	at := "/api/v1/campaigns/" + id("winter")
	p := c.get(clerk, at).want(200)
	if u := unitOf(p, theTownship); u["target"] != 9.0 || u["approved"] != 1.0 || u["submitted"] != 2.0 || u["gap"] != 8.0 {
		t.Errorf("%v", u)
	}
	if u := unitOf(p, theCounty); u["target"] != 14.0 || u["approved"] != 1.0 {
		t.Errorf("%v", u)
	}
	league := c.get(clerk, at+"?level=township").want(200).json["units"].([]any)
	if first := league[0].(map[string]any); len(league) != 2 || first["unit"] != theTownship || first["rank"] != 1.0 {
		t.Errorf("%v", league)
	}
	entries := c.get(clerk, "/api/v1/totals/entries?unit="+theTownship+"&indicator=visits&period=2026-11-01--2026-12-31").want(200)
	if rows := entries.json["rows"].([]any); len(rows) != 1 {
		t.Errorf("%s", entries.body)
	}
	c.post(clerk, at+"/extend", map[string]any{"version": 1, "deadline": "2026-12-31"}).wantCode(422, record.BadDeadline)
	c.post(clerk, at+"/extend", map[string]any{"version": 1, "deadline": "2026-13-01"}).wantCode(422, record.BadDate)
	if c.post(clerk, at+"/extend", map[string]any{"version": 1, "deadline": "2027-01-15"}).want(200).json["deadline"] != "2027-01-15" {
		t.Error("not extended")
	}
	c.post(clerk, at+"/extend", map[string]any{"version": 1, "deadline": "2027-01-20"}).wantCode(409, record.CampaignChanged)
	again := c.post(clerk, at+"/copy", map[string]any{}).want(200).json["campaign"].(map[string]any)
	if again["start"] != "2027-11-01" || again["deadline"] != "2028-01-15" || again["id"] == id("winter") || again["version"] != 0.0 {
		t.Errorf("%v", again)
	}
	if c.post(clerk, at+"/close", map[string]any{"version": 2}).want(200).json["state"] != "closed" {
		t.Error("not closed")
	}
	c.post(clerk, at+"/extend", map[string]any{"version": 3, "deadline": "2027-02-01"}).wantCode(409, record.CampaignClosed)
	c.post(clerk, at+"/close", map[string]any{"version": 3}).wantCode(409, record.CampaignClosed)
	c.send("DELETE", clerk, "/api/v1/campaigns/drafts/"+again["id"].(string), map[string]any{}).want(204)
}

// S30: a running campaign is mended; who works for it is told what it was, by whom it was changed, and only of her own
// target. What is wrong with it is said as of a new one.
func TestACampaignIsMended(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	woman := c.join("woman", record.Seat{Role: record.Volunteer, Unit: theTownship})
	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty})
	path := "/api/v1/campaigns/drafts/" + id("winter")
	c.put(clerk, path, given(nil)).want(200)
	c.post(clerk, path+"/publish", map[string]any{}).want(200)
	at := "/api/v1/campaigns/" + id("winter")
	mend := func(version int, more map[string]any) *reply {
		body := map[string]any{"version": version, "title": "冬季走访", "text": "每个村走访困难家庭。", "remind": []int{7, 3, 1, 0, -1},
			"targets": []map[string]any{{"unit": theTownship, "n": 9}, {"unit": another, "n": 5}}}
		for k, v := range more {
			body[k] = v
		}
		return c.post(clerk, at+"/mend", body)
	}
	if mend(1, nil).want(200).json["version"] != 1.0 {
		t.Error("nothing was changed, and it is another version")
	}
	r := mend(1, map[string]any{"title": "", "targets": []map[string]any{{"unit": theTownship, "n": 0}, {"unit": theCity, "n": 3}}}).want(422)
	if got := wrong(r.json["campaign"]); got != "missing_field title, foreign_target targets, bad_target targets" {
		t.Error(got)
	}
	r = mend(1, map[string]any{"title": "冬季大走访", "targets": []map[string]any{{"unit": theTownship, "n": 7}, {"unit": another, "n": 6}}}).want(200)
	if r.json["version"] != 2.0 || r.json["start"] != "2026-11-01" || r.json["deadline"] != "2026-12-31" {
		t.Errorf("%s", r.body)
	}
	mend(1, nil).wantCode(409, record.CampaignChanged)
	if u := unitOf(c.get(clerk, at).want(200), theTownship); u["target"] != 7.0 || u["gap"] != 6.0 {
		t.Errorf("%v", u)
	}
	changes := func(p *person) []any { return c.get(p, at+"/changes").want(200).json["changes"].([]any) }
	hers := changes(woman)
	if got := fmt.Sprint(hers[0].(map[string]any)["targets"], hers[0].(map[string]any)["by"], hers[0].(map[string]any)["title"], len(hers)); got !=
		"[map[now:7 unit:"+theTownship+" was:9]]合成 clerkmap[now:冬季大走访 was:冬季走访] 2" {
		t.Error(got)
	}
	if one := changes(auditor)[0].(map[string]any); one["by"] != nil || len(one["targets"].([]any)) != 2 {
		t.Errorf("%v", one)
	}
	c.post(clerk, at+"/close", map[string]any{"version": 2}).want(200)
	mend(3, map[string]any{"title": "春季"}).wantCode(409, record.CampaignClosed)
}

// Whom to telephone is told to who runs a campaign, of the units below hers that have a gap, and it is kept that she asked.
func TestTelephonesOfUnitsWithAGap(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	city := c.join("city", record.Seat{Role: record.Manager, Unit: theCity})
	auditor := c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty})
	c.join("13800000001", record.Seat{Role: record.Manager, Unit: another})
	c.join("13800000002", record.Seat{Role: record.Auditor, Unit: another}) // whose business it is not
	c.join("13800000003", record.Seat{Role: record.Volunteer, Unit: theVillage})
	gone := c.join("13800000004", record.Seat{Role: record.Volunteer, Unit: another})
	if err := c.app.Auth.SetOpen(t.Context(), city.id, gone.id, false); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/campaigns/drafts/" + id("winter")
	// The township has done what is asked of it; the county's own target is nobody's below.
	c.put(clerk, path, given(map[string]any{"targets": []map[string]any{{"unit": theCounty, "n": 99}, {"unit": theTownship, "n": 1}, {"unit": another, "n": 5}, {"unit": theVillage, "n": 2}}})).want(200)
	c.post(clerk, path+"/publish", map[string]any{}).want(200)
	at := "/api/v1/campaigns/" + id("winter") + "/phones"
	list := func(query string) (out []string) {
		for _, x := range c.get(clerk, at+query).want(200).json["units"].([]any) {
			u := x.(map[string]any)
			for _, y := range u["people"].([]any) {
				who := y.(map[string]any)
				out = append(out, fmt.Sprint(u["unit"], " ", u["gap"], " ", who["name"], " ", who["phone"], " ", who["roles"]))
			}
		}
		return out
	}
	if got := list(""); !slices.Equal(got, []string{theVillage + " 2 合成 13800000003 13800000003 [volunteer]", another + " 5 合成 13800000001 13800000001 [manager]"}) {
		t.Errorf("%q", got)
	}
	if got := list("?unit=" + another); len(got) != 1 {
		t.Errorf("%q", got)
	}
	c.get(clerk, at+"?unit=999999999999").wantCode(404, record.NotFound)
	c.get(city, at).wantCode(403, record.Forbidden)
	var kept []string
	for _, x := range c.get(auditor, "/api/v1/audit").want(200).json["events"].([]any) {
		if e := x.(map[string]any); e["what"] == "telephones" {
			kept = append(kept, fmt.Sprint(e["by"] == clerk.id, e["unit"], e["n"]))
		}
	}
	if got := strings.Join(kept, ", "); got != "true"+another+"1, true"+theCounty+"2" {
		t.Errorf("kept: %s", got)
	}
	// By days of no whole months she is not told how far villages have come in what may be sensitive, nor that they have a gap.
	days := id("days")
	c.put(clerk, "/api/v1/campaigns/drafts/"+days, given(map[string]any{"start": "2026-11-02", "targets": []map[string]any{{"unit": theVillage, "n": 2}}})).want(200)
	c.post(clerk, "/api/v1/campaigns/drafts/"+days+"/publish", map[string]any{}).want(200)
	if r := c.get(clerk, "/api/v1/campaigns/"+days+"/phones").want(200); r.json["withheld"] != 1.0 || len(r.json["units"].([]any)) != 0 {
		t.Errorf("%s", r.body)
	}
}

// S29: what is wrong is said by code and sentence, with its field and unit, and nothing is published.
func TestCampaignsThatAreWrong(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	path := "/api/v1/campaigns/drafts/" + id("wrong")
	own := func(more map[string]any) map[string]any {
		counts := map[string]any{"form": "home_visit", "measure": "entries"}
		for k, v := range more {
			counts[k] = v
		}
		return map[string]any{"counts": counts}
	}
	one := func(unit string, n any) map[string]any {
		return map[string]any{"targets": []map[string]any{{"unit": unit, "n": n}}}
	}
	for _, x := range []struct {
		more map[string]any
		want string
	}{
		{map[string]any{"deadline": "2026-10-31"}, "bad_deadline deadline"},
		{map[string]any{"start": "2026-01-01", "deadline": "2026-11-21"}, "deadline_past deadline"},
		{one(theCity, 3), "foreign_target targets"}, {one("530902000000", 3), "foreign_target targets"}, {one("x", 3), "foreign_target targets"},
		{one(theTownship, 0), "bad_target targets"}, {one(theTownship, 2.5), "bad_target targets"}, {one(theTownship, -1), "bad_target targets"},
		{one(theTownship, 1e300), "bad_target targets"},
		{map[string]any{"counts": map[string]any{"indicator": "gone_long_ago"}}, "unknown_figure counts.indicator"},
		{map[string]any{"counts": map[string]any{"indicator": "mediation_success_rate"}}, "no_target_figure counts.indicator"},
		{own(map[string]any{"where": "dance == 'tango'"}), "bad_filter counts.where"},
		{own(map[string]any{"where": "'dancing' in purposes"}), "bad_filter counts.where"},
		{own(map[string]any{"where": "household != ''"}), "bad_filter counts.where"},
		{own(map[string]any{"where": "'domestic_violence' in signs"}), "bad_filter counts.where"},
		{own(map[string]any{"where": strings.Repeat("met == 'met' && ", 400) + "true"}), "bad_filter counts.where"},
		{own(map[string]any{"measure": "sum", "field": "no_such"}), "unknown_figure counts.field"},
		{own(map[string]any{"where": "'policy' in purposes"}), ""},
		{map[string]any{"preset": map[string]any{"purposes": []string{"policy"}}, "counts": map[string]any{"indicator": "visits"}}, ""},
		{map[string]any{"preset": map[string]any{"text": "每家都一样"}}, "unknown_field preset.text"},
	} {
		if got := wrong(c.put(clerk, path, given(x.more)).want(200).json["problems"]); got != x.want {
			t.Errorf("%v: %s, want %s", x.more, got, x.want)
		}
		if x.want == "" {
			continue
		}
		r := c.post(clerk, path+"/publish", map[string]any{}).want(422)
		if got := wrong(r.json["campaign"]); got != x.want || r.json["code"] != strings.Fields(x.want)[0] {
			t.Errorf("%v: %s", x.more, r.body)
		}
	}
	for _, x := range []struct {
		body any
		code record.Code
	}{
		{map[string]any{"unit": theCounty, "targets": "all"}, record.BadRequest}, {[]string{}, record.BadRequest}, {map[string]any{"unit": 5}, record.BadRequest},
		{given(map[string]any{"preset": map[string]any{"met": 1.5}}), record.BadRequest},
	} {
		r := c.put(clerk, path, x.body)
		if r.status < 400 || r.status >= 500 {
			t.Errorf("%v: %d %s", x.body, r.status, r.body)
		}
	}
	c.put(clerk, "/api/v1/campaigns/drafts/nonsense", given(nil)).wantCode(400, record.BadRequest)
	c.put(clerk, path, given(map[string]any{"unit": theTownship})).wantCode(403, record.Forbidden)
	c.put(clerk, path, given(map[string]any{"unit": "999999999999"})).wantCode(403, record.Forbidden)
	r := c.post(clerk, "/api/v1/campaigns/preview", given(map[string]any{"counts": map[string]any{"form": "home_visit", "measure": "entries", "where": "nothing"}})).want(422)
	if wrong(r.json["campaign"]) != "bad_filter counts.where" {
		t.Errorf("%s", r.body)
	}
	if list := c.get(clerk, "/api/v1/campaigns").want(200).json["campaigns"].([]any); len(list) != 0 {
		t.Errorf("%d are published", len(list))
	}
}

// Targets by ways and from a spreadsheet: they add up, and each faulty cell is named.
func TestTargetsAtOnce(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c) // with a household in the township
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	ask := func(level, way string, n any) *reply {
		return c.post(clerk, "/api/v1/campaigns/targets", map[string]any{"unit": theCounty, "level": level, "way": way, "n": n})
	}
	sum := func(r *reply) (n, units float64) {
		for _, x := range r.want(200).json["targets"].([]any) {
			n += x.(map[string]any)["n"].(float64)
			units++
		}
		return n, units
	}
	townships := float64(len(c.app.Engine.Places().Children(theCounty)))
	if n, units := sum(ask("township", "equal", 1000)); n != 1000 || units != townships {
		t.Errorf("%v over %v", n, units)
	}
	if n, units := sum(ask("township", "each", 5)); n != 5*townships || units != townships {
		t.Errorf("%v over %v", n, units)
	}
	if n, units := sum(ask("township", "households", 7)); n != 7 || units != 1 { // the rest have none
		t.Errorf("%v over %v", n, units)
	}
	if n, units := sum(ask("township", "percent", 50)); n != 1 || units != 1 {
		t.Errorf("%v over %v", n, units)
	}
	ask("village", "households", 7).wantCode(422, record.NoHouseholds)
	ask("township", "equal", 0).wantCode(422, record.BadTarget)
	ask("township", "equal", 1.5).wantCode(422, record.BadTarget)
	ask("township", "percent", 101).wantCode(422, record.BadTarget)
	ask("township", "somehow", 5).wantCode(400, record.BadRequest)
	ask("city", "each", 5).wantCode(400, record.BadRequest)

	place := "/api/v1/campaigns/targets/import?unit=" + theCounty
	file := func(rows ...[]any) []byte {
		var b bytes.Buffer
		page := sheet.Page{Name: "目标", Headings: []sheet.Heading{{Text: "代码", Literal: true}, {Text: "单位"}, {Text: "目标"}}, Rows: rows}
		if err := sheet.Write(&b, page); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	r := c.upload(clerk, place, file([]any{theTownship, "", 9}, []any{"", "德党镇忙岗村民委员会", 3}, []any{another, "", nil}), "").want(200)
	if got := fmt.Sprint(r.json["targets"], r.json["faults"]); got != "[map[n:9 unit:"+theTownship+"] map[n:3 unit:"+theVillage+"]] []" {
		t.Error(got)
	}
	r = c.upload(clerk, place, file([]any{theTownship, "", 0}, []any{theTownship, "", 2.5}, []any{theCity, "", 3}, []any{"", "没有的村", 3},
		[]any{"", "", 3}, []any{another, "", "许多"}, []any{theVillage, "", 4}, []any{theVillage, "", 4}), "").want(200)
	var codes []string
	for _, x := range r.json["faults"].([]any) {
		f := x.(map[string]any)
		codes = append(codes, fmt.Sprint(f["code"], f["cell"]))
		if s, _ := f["sentence"].(string); !strings.HasSuffix(s, "。") || strings.Contains(s, "%") {
			t.Errorf("%v", f)
		}
	}
	want := []string{"target_wrongC2", "target_wrongC3", "unit_beyondA4", "unit_unknownB5", "unit_missing<nil>", "target_wrongC7", "unit_twiceA9"}
	if !slices.Equal(codes, want) || len(r.json["targets"].([]any)) != 0 {
		t.Errorf("%v, want %v", codes, want)
	}
	if r := c.upload(clerk, place, []byte("no table"), "").want(200); len(r.json["faults"].([]any)) != 1 {
		t.Errorf("%s", r.body)
	}
	filled := c.get(clerk, "/api/v1/campaigns/targets/template?level=township&unit="+theCounty).want(200)
	if r := c.upload(clerk, place, filled.body, "").want(200); len(r.json["targets"].([]any)) != 0 || len(r.json["faults"].([]any)) != 0 {
		t.Errorf("an empty template: %s", r.body)
	}
}

// Of a campaign that two villages work for, each is told of itself alone: no target, number, household or change of the other.
func TestAVillageIsToldOfItself(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	woman := c.join("woman", villager)
	other := c.app.Engine.Places().Children(theTownship)[0]
	if other == theVillage {
		other = c.app.Engine.Places().Children(theTownship)[1]
	}
	path, at := "/api/v1/campaigns/drafts/"+id("winter"), "/api/v1/campaigns/"+id("winter")
	c.put(clerk, path, given(map[string]any{"counts": map[string]any{"form": "home_visit", "measure": "households"},
		"targets": []map[string]any{{"unit": theVillage, "n": 9}, {"unit": other, "n": 5}}})).want(200)
	c.post(clerk, path+"/publish", map[string]any{}).want(200)
	for query, units := range map[string]int{"": 0, "?unit=" + other: 0, "?unit=" + theTownship: 1, "?level=village": 1, "?level=village&unit=" + theTownship: 1} {
		r := c.get(woman, at+query).want(200)
		if list := r.json["units"].([]any); len(list) != units || strings.Contains(string(r.body), other) {
			t.Errorf("%q: %s", query, r.body)
		}
	}
	for _, r := range []*reply{c.get(woman, "/api/v1/campaigns").want(200), c.get(woman, at+"/changes").want(200)} {
		if strings.Contains(string(r.body), other) {
			t.Errorf("%s", r.body)
		}
	}
	for _, where := range []string{at + "/missing?unit=" + other, at + "/missing?unit=" + theTownship, at + "/phones?unit=" + theVillage,
		"/api/v1/totals/entries?unit=" + other + "&indicator=campaign:" + id("winter") + "&period=2026-11-01--2026-12-31"} {
		c.get(woman, where).wantCode(403, record.Forbidden)
	}
}
