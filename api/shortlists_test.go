package api_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	rules "niangjia/sync/campaign"
	"niangjia/sync/record"
)

// sameCell holds a cell to what it should say: of a number a spreadsheet leaves out zeros at its end, and in a CSV no text
// begins as a formula does.
func sameCell(kind, got, want string) bool {
	a, bad := strconv.ParseFloat(got, 64)
	b, worse := strconv.ParseFloat(want, 64)
	if bad == nil && worse == nil && len(want) < len(theCity) {
		return a == b
	}
	if kind == "csv" && want != "" && strings.ContainsRune("=+-@", rune(want[0])) {
		want = "'" + want
	}
	return got == want
}

// sameRows holds a file to the rows that it should have, cell by cell.
func sameRows(t *testing.T, what, kind string, f export, want [][]string) {
	t.Helper()
	if len(f.rows)-1 != len(want) {
		t.Fatalf("%s, %s: %d rows, not %d: %q", what, kind, len(f.rows)-1, len(want), f.rows[1:])
	}
	for i, row := range want {
		for at, cell := range row {
			if got := f.rows[i+1][at]; !sameCell(kind, got, cell) {
				t.Errorf("%s, %s, row %d, %s: %q, not %q", what, kind, i, f.rows[0][at], got, cell)
			}
		}
		if len(f.rows[i+1]) != len(row) {
			t.Errorf("%s, %s: %d columns, not %d", what, kind, len(f.rows[i+1]), len(row))
		}
	}
}

// T14 T18 S30: campaigns beside one another and what was changed of one, as files: what the list's and the campaign's own
// answers say to the same reader, withheld where these withhold it.
func TestCampaignsAsFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	runs := c.join("runs", record.Seat{Role: record.Manager, Unit: theCounty})
	const evil = "=HYPERLINK(\"http://198.51.100.1\")"
	actor := record.Actor{Account: id("account runs"), Seats: []record.Seat{{Role: record.Manager, Unit: theCounty}}}
	for _, one := range []rules.Campaign{
		{ID: id("evil"), Title: evil, Counts: rules.Counts{Indicator: "aid_cash"}, Start: "2026-11-01", Deadline: "2026-11-30", Targets: rules.Each([]string{theCounty}, 123_450)},
		{ID: id("ended"), Title: "合成结束", Counts: rules.Counts{Form: "activity", Measure: rules.Entries}, Start: "2026-11-01", Deadline: "2026-12-01", Targets: rules.Each([]string{theTownship}, 2)},
		{ID: id("of nobody else"), Title: "合成别处", Counts: rules.Counts{Form: "activity", Measure: rules.Entries}, Start: "2026-11-01", Deadline: "2026-12-02", Targets: rules.Each([]string{another}, 2)},
	} {
		one.Version, one.Unit, one.State = 1, theCounty, rules.Running
		if err := c.app.Engine.PutCampaign(t.Context(), actor, one); err != nil {
			t.Fatal(err)
		}
	}
	c.post(runs, "/api/v1/campaigns/"+id("ended")+"/close", map[string]any{"version": 1}).want(200)
	mended := map[string]any{"version": 1, "unit": theCounty, "title": "-" + evil, "text": "@写给大家", "counts": map[string]any{"indicator": "aid_cash"}, "start": "2026-11-01",
		"deadline": "2026-11-30", "targets": []map[string]any{{"unit": theTownship, "n": 5_000}, {"unit": another, "n": 12_300}}, "remind": []int{3}, "preset": map[string]any{}}
	c.post(runs, "/api/v1/campaigns/"+id("evil")+"/mend", mended).want(200)

	volunteer := c.join("her", record.Seat{Role: record.Volunteer, Unit: theTownship})
	auditor := c.join("audits", record.Seat{Role: record.Auditor, Unit: theCounty})
	withheld, untold, counted := 0, 0, 0
	for who, unit := range map[*person]string{runs: theCounty, volunteer: theTownship, auditor: theCounty} {
		list := c.get(who, "/api/v1/campaigns?all=true").want(200).json["campaigns"].([]any)
		if who == volunteer && (len(list) != 3 || strings.Contains(fmt.Sprint(list), "合成别处")) {
			t.Fatalf("%v", list)
		}
		for _, state := range []string{"", "running", "closed"} {
			var want [][]string
			for _, x := range list {
				one := x.(map[string]any)
				if state != "" && one["state"] != state {
					continue
				}
				money := fmt.Sprint(one["title"]) == "-"+evil
				number := func(n any) string {
					switch {
					case n == nil:
						return "不显示"
					case money:
						return fmt.Sprintf("%.2f", n.(float64)/100)
					}
					return fmt.Sprint(n)
				}
				asked, row := 0.0, []string{one["title"].(string), "永德县", theCounty, "", "", one["start"].(string), one["deadline"].(string)}
				for _, y := range one["targets"].([]any) {
					asked += y.(map[string]any)["n"].(float64)
				}
				if one["state"] == "closed" {
					row = append(row, "已结束", "", number(asked), "—", "—", "—")
				} else {
					u := c.get(who, "/api/v1/campaigns/"+one["id"].(string)+"?unit="+unit).want(200).json["units"].([]any)[0].(map[string]any)
					if u["target"] != asked {
						t.Fatalf("%v, asked %v", u, asked)
					}
					row = append(row, "进行中", "", number(asked), number(u["approved"]), number(u["gap"]), number(u["submitted"]))
					if u["approved"] == nil {
						withheld++
					}
					if u["submitted"] == nil {
						untold++
					}
					counted++
				}
				row[8] = map[string]string{theCounty: "永德县", theTownship: "德党镇"}[unit]
				want = append(want, row)
			}
			for kind, f := range c.files(who, "/api/v1/campaigns/export?lang=zh&state="+state) {
				for i := range want {
					want[i][3], want[i][4] = f.rows[i+1][3], f.rows[i+1][4]
					if i == 0 && want[i][3] == "" {
						t.Errorf("%s: what does %q count?", kind, f.rows[i+1])
					}
				}
				sameRows(t, "campaigns "+state, kind, f, want)
			}
		}

		changes := c.get(who, "/api/v1/campaigns/"+id("evil")+"/changes").want(200).json["changes"].([]any)
		var want [][]string
		for _, x := range changes {
			one := x.(map[string]any)
			by, _ := one["by"].(string)
			if (who == auditor) != (by == "") {
				t.Errorf("%v", one)
			}
			line := func(what, place, code, was, now string) {
				want = append(want, []string{"2026-11-22 17:00", by, fmt.Sprint(one["version"]), what, place, code, was, now})
			}
			if one["version"] == 1.0 {
				line("发布", "", "", "", "")
			}
			for _, of := range [][2]string{{"title", "名称"}, {"text", "说明"}, {"deadline", "截止日期"}} {
				if words, some := one[of[0]].(map[string]any); some {
					line(of[1], "", "", words["was"].(string), words["now"].(string))
				}
			}
			if one["remind"] == true {
				line("提醒的日子", "", "", "", "")
			}
			for _, y := range one["targets"].([]any) {
				target := y.(map[string]any)
				yuan := func(n any) string {
					if n == 0.0 {
						return "—"
					}
					return fmt.Sprintf("%.2f", n.(float64)/100)
				}
				name, _ := c.app.Engine.Places().Get(target["unit"].(string))
				line("目标", name.Name, name.Code, yuan(target["was"]), yuan(target["now"]))
			}
		}
		if who == volunteer && strings.Contains(fmt.Sprint(want), another) {
			t.Errorf("targets that are none of hers: %q", want)
		}
		for kind, f := range c.files(who, "/api/v1/campaigns/"+id("evil")+"/changes/export?lang=zh") {
			sameRows(t, "changes", kind, f, want)
		}
	}
	if withheld == 0 || untold == 0 || counted == withheld {
		t.Errorf("%d withheld, %d untold of %d: this says nothing", withheld, untold, counted)
	}
	c.get(runs, "/api/v1/campaigns/export?format=csv&state=draft").wantCode(400, record.BadRequest)
	c.get(runs, "/api/v1/campaigns/export?format=pdf").wantCode(400, record.BadRequest)
	c.get(volunteer, "/api/v1/campaigns/"+id("of nobody else")+"/changes/export?format=csv").wantCode(404, record.NotFound)
}

// N7: what somebody has sent and how far it has come, as files: hers, and nobody else's.
func TestMessagesAsFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	sender, other := c.join("sender", record.Seat{Role: record.Manager, Unit: theCounty}), c.join("other", record.Seat{Role: record.Manager, Unit: theCounty})
	reader := c.join("reader", record.Seat{Role: record.Volunteer, Unit: theVillage})
	c.join("idle", record.Seat{Role: record.Volunteer, Unit: theVillage})
	send := func(name, text string, more map[string]any) {
		m := map[string]any{"id": id(name), "unit": theCounty, "text": text, "units": []string{theTownship, theVillage, another}}
		for k, v := range more {
			m[k] = v
		}
		c.post(sender, "/api/v1/messages", m).want(200)
	}
	send("first", "@请看", nil)
	send("second", "=1+1", map[string]any{"campaign": id("campaign"), "roles": []string{"volunteer"}})
	c.get(reader, "/api/v1/inbox").want(200)
	page := c.get(reader, "/api/v1/inbox").want(200)
	through := fmt.Sprint(int64(page.json["through"].(float64)))
	c.get(reader, "/api/v1/inbox?after="+through).want(200)
	var ids []string
	for _, x := range page.json["notices"].([]any) {
		ids = append(ids, x.(map[string]any)["id"].(string))
	}
	c.post(reader, "/api/v1/inbox/read", map[string]any{"ids": ids[:1]}).want(204)

	list := c.get(sender, "/api/v1/messages").want(200).json["messages"].([]any)
	roles := map[string]string{"volunteer": "志愿者", "reviewer": "审核员", "manager": "管理员", "auditor": "监督员"}
	var want [][]string
	for _, x := range list {
		one := x.(map[string]any)
		var to []string
		for _, role := range one["roles"].([]any) {
			to = append(to, roles[role.(string)])
		}
		about := ""
		if one["campaign"] != nil {
			about = "合成活动"
		}
		want = append(want, []string{"2026-11-22 17:00", "永德县", theCounty, one["text"].(string), about, strings.Join(to, "、"), fmt.Sprint(len(one["units"].([]any))),
			fmt.Sprint(one["people"]), fmt.Sprint(one["received"]), fmt.Sprint(one["read"])})
	}
	if len(want) != 2 || want[0][4] == want[1][4] {
		t.Fatalf("%q", want)
	}
	for kind, f := range c.files(sender, "/api/v1/messages/export?lang=zh") {
		sameRows(t, "messages", kind, f, want)
	}
	for kind, f := range c.files(other, "/api/v1/messages/export?lang=zh") {
		sameRows(t, "another's", kind, f, nil)
	}

	states := map[string]bool{}
	for _, name := range []string{"first", "second"} {
		one := c.get(sender, "/api/v1/messages/"+id(name)).want(200).json
		want = nil
		for _, x := range one["reached"].([]any) {
			r := x.(map[string]any)
			state := "已读"
			switch people := r["people"].(float64); {
			case people == 0:
				state = "没有人"
			case r["received"].(float64) < people:
				state = "没收到"
			case r["read"].(float64) < people:
				state = "收到没读"
			}
			states[state] = true
			place := r["unit_name"].(string)
			if r["unit"] == theVillage {
				place = "德党镇 " + place
			}
			want = append(want, []string{place, r["unit"].(string), fmt.Sprint(r["people"]), fmt.Sprint(r["received"]), fmt.Sprint(r["read"]), state})
		}
		if len(want) != 3 {
			t.Fatalf("%v", one)
		}
		for kind, f := range c.files(sender, "/api/v1/messages/"+id(name)+"/export?lang=zh") {
			sameRows(t, name, kind, f, want)
			if !strings.Contains(fmt.Sprint(f.words), one["text"].(string)) {
				t.Errorf("%s: which message is it? %q", kind, f.words)
			}
		}
	}
	if len(states) < 2 {
		t.Errorf("%v alone: this says nothing", states)
	}
	c.get(other, "/api/v1/messages/"+id("first")+"/export?format=csv").wantCode(404, record.NotFound)
	c.get(sender, "/api/v1/messages/none/export?format=csv").wantCode(400, record.BadRequest)
}

// S28: the forms in force, question by question, and who published them, as files: what the app is sent.
func TestFormsAsFiles(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	manager := c.join("defines", record.Seat{Role: record.Manager, Unit: theCity})
	was := c.get(manager, "/api/v1/catalogue/own").want(200).json["in_force"]
	c.put(manager, "/api/v1/catalogue/own", map[string]any{"against": was, "own": map[string]any{"retouch": map[string]any{"loan": map[string]any{"hidden": true},
		"activity": map[string]any{"fields": map[string]any{"mode": map[string]any{"hint": map[string]string{"zh": "=线上", "en": "+online"}}}}}}}).want(200)

	answer := c.get(manager, "/api/v1/catalogue?format=3").want(200).json
	sections := map[string]string{}
	for _, x := range answer["sections"].([]any) {
		sections[x.(map[string]any)["id"].(string)] = x.(map[string]any)["name"].(map[string]any)["zh"].(string)
	}
	text := func(x any) string {
		words, _ := x.(map[string]any)
		zh, _ := words["zh"].(string)
		return zh
	}
	truth := func(x any, yes, no string) string {
		if x == true {
			return yes
		}
		return no
	}
	type question map[string]string
	asked := map[string]question{}
	for _, x := range answer["forms"].([]any) {
		form := x.(map[string]any)
		section, _ := form["section"].(string)
		from := map[string]string{"loan": "改过", "activity": "改过"}[form["id"].(string)]
		if from == "" {
			from = "程序自带"
		}
		for _, y := range form["fields"].([]any) {
			field := y.(map[string]any)
			var choices, kept []string
			for _, z := range list(field["choices"]) {
				if one := z.(map[string]any); one["hidden"] != true {
					choices = append(choices, text(one["label"]))
				}
			}
			if field["personal"] == true || field["type"] == "place" {
				kept = append(kept, "个人信息")
			}
			if field["sensitive"] == true {
				kept = append(kept, "敏感")
			}
			asked[form["id"].(string)+" "+field["key"].(string)] = question{"分类": sections[section], "表格": text(form["name"]), "表格状态": truth(form["hidden"], "停用", "在用"), "表格来源": from,
				"问什么": text(field["label"]), "问题状态": truth(field["hidden"], "隐藏", "在用"), "必填": truth(field["required"], "是", ""), "不公开": strings.Join(kept, "、"),
				"单位": text(field["unit"]), "选项": strings.Join(choices, "、"), "填写提示": text(field["hint"])}
		}
	}
	for kind, f := range c.files(manager, "/api/v1/catalogue/export?lang=zh") {
		if len(f.rows)-1 != len(asked) || len(asked) < 100 {
			t.Errorf("%s: %d questions of %d", kind, len(f.rows)-1, len(asked))
		}
		ids, keys, answers := f.column(t, "表格编号"), f.column(t, "问题编号"), f.column(t, "怎么答")
		for i := range ids {
			want := asked[ids[i]+" "+keys[i]]
			if want == nil || answers[i] == "" || strings.Contains(answers[i], "_") {
				t.Errorf("%s: %q", kind, f.rows[i+1])
			}
			for head, cell := range want {
				if got := f.rows[i+1][slices.Index(f.rows[0], head)]; !sameCell(kind, got, cell) {
					t.Errorf("%s, %s %s, %s: %q, not %q", kind, ids[i], keys[i], head, got, cell)
				}
			}
		}
		said := map[string]string{}
		for _, w := range f.words {
			if len(w) == 3 {
				said[w[0]] = w[2]
			}
		}
		for _, x := range answer["indicators"].([]any) {
			one := x.(map[string]any)
			if got := said[text(one["name"])]; got != text(one["definition"]) {
				t.Errorf("%s: %s: %q", kind, text(one["name"]), got)
			}
		}
	}

	past := c.get(manager, "/api/v1/catalogue/history").want(200).json["publications"].([]any)
	if len(past) != 1 {
		t.Fatalf("%v", past)
	}
	for kind, f := range c.files(manager, "/api/v1/catalogue/history/export?lang=zh") {
		sameRows(t, "publications", kind, f, [][]string{{"2026-11-22 17:00", past[0].(map[string]any)["by"].(string)}})
	}
}

// list is an array of JSON, nil where there is none.
func list(x any) []any {
	out, _ := x.([]any)
	return out
}
