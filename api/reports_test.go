package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/report"
)

// documentOf is the document of an answer.
func documentOf(t *testing.T, r *reply) *report.Document {
	t.Helper()
	var out struct{ Report report.Document }
	if err := json.Unmarshal(r.want(200).body, &out); err != nil {
		t.Fatal(err)
	}
	return &out.Report
}

func reportFigure(d *report.Document, id string) *report.Figure {
	for _, f := range d.Figures() {
		if f.ID == id && f.Style == report.Plain {
			return &f
		}
	}
	return &report.Figure{}
}

// Q6, Q7: a township writes its report, puts other words and a number of its own into it, signs it; an entry is voided after
// that, and the report says what it said, while the restatement tells who did that and why.
func TestAReportFromItsFiguresToItsRestatement(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theTownship})
	path := "/api/v1/reports/" + id("of november")
	make := map[string]any{"id": id("of november"), "unit": theTownship, "from": "2026-11-01", "to": "2026-11-30"}

	past := c.upload(clerk, "/api/v1/reports/past?unit="+theTownship+"&from=2025-11-01&to=2025-11-30", rosterFile(t, []any{"指标", "数值"}, []any{"走访户次", 4}, []any{"救助金", 1.5}), "").want(200)
	if past.json["figures"] != 2.0 {
		t.Fatalf("%s", past.body)
	}
	d := documentOf(t, c.post(clerk, "/api/v1/reports", make))
	visits := reportFigure(d, "visits")
	if d.Version != 1 || visits.Value.N == nil || *visits.Value.N != 1 || !visits.Imported || *visits.LastYear.N != 4 || visits.Change.Written != "同比下降75%" ||
		!strings.HasPrefix(visits.Link, "/totals/entries?") || visits.Pending == nil || *visits.Pending == 0 {
		t.Fatalf("%+v", visits)
	}
	if again := documentOf(t, c.post(clerk, "/api/v1/reports", make)); again.Version != 1 {
		t.Error("asked again it is another")
	}

	// Words are free, numbers are not.
	part := d.Parts[0]
	edited := []map[string]any{{"key": part.Key, "title": "", "sections": []any{map[string]any{"key": "mine", "title": "我镇", "paragraphs": []any{map[string]any{"key": "p", "runs": []any{
		map[string]any{"text": "走访"}, map[string]any{"figure": map[string]any{"id": "visits", "unit": theTownship, "name": "", "value": map[string]any{"n": 99}, "written": "99", "pending": 0}}, map[string]any{"text": "。"}}}}}}}}
	for _, p := range d.Parts[1:] {
		edited = append(edited, map[string]any{"key": p.Key, "title": "", "sections": []any{}})
	}
	d = documentOf(t, c.put(clerk, path, map[string]any{"version": 1, "title": "我镇的报告", "parts": edited}))
	if f := reportFigure(d, "visits"); d.Version != 2 || d.Title != "我镇的报告" || *f.Value.N != 1 || f.Written != "1" {
		t.Errorf("%+v", f)
	}
	c.put(clerk, path, map[string]any{"version": 1, "title": "x", "parts": edited}).wantCode(409, record.ReportChanged)
	runs := func(figure string) []map[string]any {
		out := append([]map[string]any{}, edited...)
		out[0] = map[string]any{"key": part.Key, "title": "", "sections": []any{map[string]any{"key": "mine", "title": "", "paragraphs": []any{map[string]any{"key": "p", "runs": []any{
			map[string]any{"figure": map[string]any{"id": figure, "unit": theTownship, "name": "", "value": map[string]any{}, "written": "", "pending": 0}}}}}}}}
		return out
	}
	for _, figure := range []string{"walks", "visits/purposes=dance", "visits@" + another, "campaign:none:gap", ""} {
		if r := c.put(clerk, path, map[string]any{"version": 2, "title": "x", "parts": runs(figure)}).wantCode(422, record.UnknownFigure); r.text("field") != "parts[0].sections[0].paragraphs[0].runs[0]" {
			t.Errorf("%s: %s", figure, r.body)
		}
	}
	c.put(clerk, path, map[string]any{"version": 2, "title": " ", "parts": edited}).wantCode(422, record.MissingField)
	c.put(clerk, path, map[string]any{"version": 2, "title": strings.Repeat("报", 101), "parts": edited}).wantCode(422, record.TooLong)
	c.put(clerk, path, map[string]any{"version": 2, "title": "x", "parts": edited[1:]}).wantCode(400, record.BadRequest)

	c.post(clerk, path+"/override", map[string]any{"version": 2, "figure": "visits", "value": 5, "reason": " "}).wantCode(422, record.MissingField)
	c.post(clerk, path+"/override", map[string]any{"version": 2, "figure": "walks", "value": 5, "reason": "补记"}).wantCode(404, record.NotFound)
	r := c.post(clerk, path+"/override", map[string]any{"version": 2, "figure": "visits", "value": 5, "reason": "纸上还有四户"})
	d = documentOf(t, r)
	if f := reportFigure(d, "visits"); f.Written != "5" || f.Override == nil || f.Override.Reason != "纸上还有四户" || *f.Override.Was.N != 1 || r.json["names"].(map[string]any)[f.Override.By] != "合成 clerk" {
		t.Errorf("%s", r.body)
	}
	d = documentOf(t, c.post(clerk, path+"/renew", map[string]any{"version": 3}))
	if f := reportFigure(d, "visits"); d.Version != 4 || f.Written != "5" || f.Override == nil {
		t.Errorf("renewed: %+v", f)
	}
	if list := c.get(clerk, path+"/versions").want(200).json["versions"].([]any); len(list) != 4 || list[0].(map[string]any)["what"] != "renewed" {
		t.Errorf("%v", list)
	}
	if old := documentOf(t, c.get(clerk, path+"?version=1")); *reportFigure(old, "visits").Value.N != 1 {
		t.Error("an earlier version is another now")
	}

	if list := fmt.Sprint(c.get(clerk, "/api/v1/reports").want(200).json["reports"]); !strings.Contains(list, "by_name:合成 clerk") {
		t.Error(list)
	}
	reader := c.join("reader", record.Seat{Role: record.Auditor, Unit: theCounty})
	c.get(reader, path).wantCode(404, record.NotFound) // a draft is nobody else's
	c.post(clerk, path+"/sign", map[string]any{"version": 3}).wantCode(409, record.ReportChanged)
	if d = documentOf(t, c.post(clerk, path+"/sign", map[string]any{"version": 4})); d.Signed == nil {
		t.Error("it is not signed")
	}
	documentOf(t, c.post(clerk, path+"/sign", map[string]any{"version": 4}))
	c.put(clerk, path, map[string]any{"version": 4, "title": "x", "parts": edited}).wantCode(409, record.ReportSigned)
	c.send("DELETE", clerk, path, map[string]any{}).wantCode(409, record.ReportSigned)
	if got := documentOf(t, c.get(reader, path)); got.Title != "我镇的报告" {
		t.Errorf("%+v", got)
	}
	// T8: among what waits are sensitive visits, so it is told beside a figure to whom small counts are told, on the screen and in the files.
	for who, p := range map[string]*person{"auditor": reader, "city": c.join("city's", record.Seat{Role: record.Manager, Unit: theCity}),
		"volunteer": c.join("volunteer", record.Seat{Role: record.Volunteer, Unit: theTownship}), "county": c.join("county's", record.Seat{Role: record.Reviewer, Unit: theCounty}), "clerk": clerk} {
		told := who == "county" || who == "clerk"
		r := c.get(p, path).want(200)
		if f := reportFigure(documentOf(t, r), "visits"); (f.Pending != nil) != told || told && *f.Pending != 2 || !told && strings.Contains(string(r.body), `"pending":2`) {
			t.Errorf("%s is told %+v", who, f)
		}
		cells := cellsOf(t, c.get(p, path+"/file?format=xlsx").want(200).body) // the line of the figure begins with its name
		at := slices.Index(cells, "走访户次")
		if at < 0 {
			t.Fatalf("%s: %q", who, cells)
		}
		if got, want := cells[at+8], map[bool]string{true: "2"}[told]; got != want {
			t.Errorf("%s: the file tells %q", who, cells[at:at+9])
		}
	}

	reviewer := c.join("voider", record.Seat{Role: record.Reviewer, Unit: theCounty})
	version := c.get(reviewer, "/api/v1/entries/"+id(ordinary)).want(200).json["row"].(map[string]any)["version"]
	if got := outcomes(reviewer.exchange(reviewer.line(map[string]any{"type": "entry", "entity": id(ordinary), "kind": "transition", "event": "void", "trunk": version,
		"reason": map[string]any{"text": "记错了户"}})).want(200)); strings.Join(got, ",") != "applied" {
		t.Fatalf("%v", got)
	}
	if state := c.get(reader, path+"/restatement").want(200).text("state"); state != "none" {
		t.Errorf("state %s", state)
	}
	c.post(clerk, path+"/restatement", map[string]any{}).want(200)
	told := func(p *person) map[string]any {
		for range 600 {
			if r := c.get(p, path+"/restatement").want(200); r.text("state") == "done" {
				return r.json
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatal("it never ends")
		return nil
	}
	w := told(clerk)
	if got := fmt.Sprint(w["holds"], w["figures"]); !strings.Contains(got, "true") || !strings.Contains(got, "then:map[n:1]") || !strings.Contains(got, "now:map[n:0]") {
		t.Errorf("%v", got)
	}
	entries := w["entries"].([]any)
	if len(entries) != 1 || !strings.Contains(fmt.Sprint(entries[0]), "kind:void reason:记错了户") || !strings.Contains(fmt.Sprint(w["names"]), "合成 voider") {
		t.Errorf("%v %v", entries, w["names"])
	}
	// As a file: the lines of the page to the same reader, and nobody's reason.
	for _, p := range []*person{clerk, reader} {
		figures, _ := told(p)["figures"].([]any)
		for kind, f := range c.files(p, path+"/restatement/export?lang=zh") {
			if len(f.rows)-1 != len(figures) || p == clerk && len(figures) == 0 {
				t.Errorf("%s: %q, the page has %v", kind, f.rows, figures)
				continue
			}
			for i, x := range figures {
				one := x.(map[string]any)
				written := one["written"].([]any)
				if got := f.rows[i+1]; !slices.Equal(got, []string{one["name"].(string), "德党镇", one["unit"].(string), written[0].(string), written[1].(string)}) {
					t.Errorf("%s: %q, the page has %v", kind, got, one)
				}
			}
			if said := fmt.Sprint(f.rows, f.notes, f.words); strings.Contains(said, "记错了户") || !strings.Contains(said, "来自 1 条记录") {
				t.Errorf("%s: %s", kind, said)
			}
		}
	}
	if w := told(reader); w["entries"] != nil || w["hidden"] != 1.0 { // an auditor is told numbers
		t.Errorf("%v", w)
	}
	if f := reportFigure(documentOf(t, c.get(clerk, path)), "visits"); *f.Override.Was.N != 1 {
		t.Error("the signed report has changed")
	}
}

// What a report cannot be made of is told by its code, and nothing is kept.
func TestReportsThatAreRefused(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theTownship}, record.Seat{Role: record.Manager, Unit: theVillage})
	for _, x := range []struct {
		change map[string]any
		status int
		code   record.Code
		field  string
	}{
		{map[string]any{"to": "2027-01-31"}, 422, record.PeriodFuture, "period"}, {map[string]any{"from": "2026-12-01", "to": "2026-12-31"}, 422, record.PeriodFuture, "period"},
		{map[string]any{"from": "2026-11-31"}, 400, record.BadRequest, "period"}, {map[string]any{"from": "2026-12-01"}, 400, record.BadRequest, "period"}, {map[string]any{"from": ""}, 400, record.BadRequest, "period"},
		{map[string]any{"unit": "530999999000"}, 404, record.NotFound, "unit"}, {map[string]any{"unit": theVillage}, 403, record.Forbidden, ""}, {map[string]any{"unit": theCounty}, 403, record.Forbidden, ""},
		{map[string]any{"id": "x"}, 400, record.BadRequest, "id"}, {map[string]any{"to": 5}, 400, record.BadRequest, "to"},
	} {
		in := map[string]any{"id": id("r"), "unit": theTownship, "from": "2026-01-01", "to": "2026-10-31"}
		for k, v := range x.change {
			in[k] = v
		}
		if r := c.post(clerk, "/api/v1/reports", in).wantCode(x.status, x.code); r.text("field") != x.field {
			t.Errorf("%v: the place is %q, not %q", x.change, r.text("field"), x.field)
		}
	}
	if list := c.get(clerk, "/api/v1/reports").want(200).json["reports"].([]any); len(list) != 0 {
		t.Errorf("%v", list)
	}
	c.get(clerk, "/api/v1/reports/"+id("r")).wantCode(404, record.NotFound)
	c.get(clerk, "/api/v1/reports/notes?year=26").wantCode(400, record.BadRequest)
	for _, x := range []struct {
		note   map[string]any
		status int
		code   record.Code
	}{
		{map[string]any{"id": id("n"), "unit": theTownship, "kind": "loud", "text": "x"}, 400, record.BadRequest},
		{map[string]any{"id": id("n"), "unit": theTownship, "kind": "highlight", "text": " "}, 422, record.MissingField},
		{map[string]any{"id": id("n"), "unit": theTownship, "kind": "highlight", "text": strings.Repeat("长", 1001)}, 422, record.TooLong},
		{map[string]any{"id": id("n"), "unit": theVillage, "kind": "highlight", "text": "x"}, 403, record.Forbidden},
	} {
		c.post(clerk, "/api/v1/reports/notes", x.note).wantCode(x.status, x.code)
	}
	past := "/api/v1/reports/past?unit=" + theTownship + "&from=2025-01-01&to=2025-12-31"
	for _, x := range []struct {
		rows [][]any
		want string
	}{
		{[][]any{{"指标", "数值"}, {"走访户次", "很多"}, {"跳舞次数", 3}, {"", 3}, {"走访户次", 2}}, "number_wrong figure_unknown figure_missing"},
		{[][]any{{"甲", "乙"}, {1, 2}}, "sheet_no_table"},
	} {
		r := c.upload(clerk, past, rosterFile(t, x.rows...), "").want(200)
		var codes []string
		for _, f := range r.json["faults"].([]any) {
			codes = append(codes, f.(map[string]any)["code"].(string))
		}
		if got := strings.Join(codes, " "); got != x.want || r.json["figures"] != 0.0 {
			t.Errorf("%s: %s", got, r.body)
		}
	}
	c.upload(clerk, "/api/v1/reports/past?unit="+theTownship+"&from=2026-01-01&to=2026-12-31", rosterFile(t, []any{"指标", "数值"}, []any{"走访户次", 1}), "").wantCode(422, record.PeriodFuture)
}

// A reviewer marks an entry as a typical case; beside the county's report it waits without a name, with what a township sent.
func TestMaterialsForAReport(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	reviewer := c.join("reviewer", record.Seat{Role: record.Reviewer, Unit: theCounty})
	town := c.join("town", record.Seat{Role: record.Manager, Unit: theTownship})
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCounty})
	path := "/api/v1/entries/" + id(ordinary) + "/case"
	if r := c.get(reviewer, path).want(200); r.json["marked"] != false {
		t.Errorf("%s", r.body)
	}
	c.put(reviewer, path, map[string]any{"text": ""}).wantCode(422, record.MissingField)
	c.put(reviewer, path, map[string]any{"text": strings.Repeat("长", 2001)}).wantCode(422, record.TooLong)
	text := c.put(reviewer, path, map[string]any{"text": "走访了" + headName + "家，电话13800138000，帮她办了低保。"}).want(200).text("text")
	if strings.Contains(text, headName) || strings.Contains(text, "138") || !strings.Contains(text, "帮她办了低保") {
		t.Errorf("%s", text)
	}
	c.post(town, "/api/v1/reports/notes", map[string]any{"id": id("n"), "unit": theTownship, "kind": "lacking", "text": "山高路远。"}).want(204)
	c.post(clerk, "/api/v1/reports", map[string]any{"id": id("county"), "unit": theCounty, "from": "2026-11-01", "to": "2026-11-30"}).want(200)
	m := c.get(clerk, "/api/v1/reports/"+id("county")+"/materials").want(200)
	if got := fmt.Sprint(m.json["cases"], m.json["notes"]); !strings.Contains(got, "帮她办了低保") || !strings.Contains(got, "section:rights") || !strings.Contains(got, "山高路远") || strings.Contains(got, headName) {
		t.Errorf("%s", got)
	}
	c.send("DELETE", reviewer, path, map[string]any{}).want(204)
	c.send("DELETE", town, "/api/v1/reports/notes/"+id("n"), map[string]any{}).want(204)
	m = c.get(clerk, "/api/v1/reports/"+id("county")+"/materials").want(200)
	if got := fmt.Sprint(m.json["cases"], m.json["notes"]); got != "[] []" {
		t.Errorf("%s", got)
	}
}
