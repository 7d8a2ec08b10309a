package report_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

func n(v int64) report.Value { return report.Value{N: &v} }

func cell(id, group string, v int64) report.Cell {
	return report.Cell{Indicator: id, Group: group, Value: n(v)}
}

// small is a township with a few figures, one of them small and of a sensitive kind: whoever audits is not told of it, nor
// of another that it could be worked out from.
func small() *report.Counted {
	unit := report.Unit{Code: "530923101000", Name: "德党镇", Level: record.Township}
	hidden := []totals.Figure{{Indicator: "domestic_violence_cases"}, {Indicator: "mediations", Group: "kind=family"}, {Indicator: "mediations", Group: "kind=neighbour"}}
	auditor, manager := report.Seat{Unit: unit.Code}, report.Seat{Unit: unit.Code, Decides: true}
	return &report.Counted{
		Mark: report.Mark{Server: "s", Seq: 9, Line: "h"}, Unit: unit, From: "2026-01-01", To: "2026-11-30", Period: "2026-01--2026-11", YearBefore: "2025-01--2025-11",
		Rows: []report.CountedRow{
			{Unit: unit, Cells: []report.Cell{cell("visits", "", 12345), cell("mediations", "", 9), cell("mediations", "kind=family", 2), cell("domestic_violence_cases", "", 2), cell("petitions", "", 7), cell("training_courses", "kind=skills_training", 3), cell("site_jobs", "", 55)}},
			{Unit: report.Unit{Code: "530923101201", Name: "一村", Level: record.Village}, Cells: []report.Cell{cell("visits", "", 12345)}},
			{Unit: report.Unit{Code: "530923101202", Name: "二村", Level: record.Village}, Cells: []report.Cell{cell("visits", "", 0)}},
		},
		Before:   []report.CountedRow{{Unit: unit, Cells: []report.Cell{cell("visits", "", 10000), cell("petitions", "", 3)}}},
		Compares: true,
		Waiting:  map[string]int64{"home_visit": 4},
		Silent:   []report.Unit{{Code: "530923101202", Name: "二村", Level: record.Village}},
		Gaps:     []report.Asked{{ID: "g", Title: "秋季走访", Deadline: "2026-10-31", Target: 300, Done: 120, UnitWord: "户"}},
		Next:     []report.Asked{{ID: "a", Title: "技能培训", Target: 10080, UnitWord: "人次"}, {ID: "b", Title: "走访家庭", Target: 960, UnitWord: "户"}},
		Hidden: []report.Hidden{
			{Seat: manager, Unit: unit.Code, Figures: []totals.Figure{}}, {Seat: auditor, Unit: unit.Code, Figures: hidden},
			{Seat: manager, Unit: unit.Code, Before: true, Figures: []totals.Figure{}}, {Seat: auditor, Unit: unit.Code, Before: true, Figures: []totals.Figure{{Indicator: "petitions"}}},
		},
	}
}

func written(d *report.Document) string {
	var b strings.Builder
	for _, p := range d.Parts {
		for _, s := range p.Sections {
			for _, par := range s.Paragraphs {
				for _, r := range par.Runs {
					b.WriteString(r.Words())
				}
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

// Q2: sentences without anything to say leave, clauses by themselves; what is lacking and what comes next is said too.
func TestComposed(t *testing.T) {
	d := report.Compose(template(t, "township"), built(t), small(), report.Past{"visits/purposes=policy": 3})
	text := written(d)
	for _, part := range []string{
		"走访1.2万余户次，同比增长23.5%。", "调解纠纷9起", "受理来信来访来电7件，同比增长133.3%。", "发现和受理家庭暴力线索2件。", "婚姻家庭纠纷2起，邻里纠纷0起。", // what somebody is not told is said, a nought too
		"2026年1月至11月有1个村（社区）没有审核通过的工作记录：二村。", "“秋季走访”目标300户，完成120户，还差180户。", "2027年，重点抓好以下工作：技能培训不少于10080人次；走访家庭不少于960户。",
		"举办技能培训班3期。\n各类阵地带动就业55人。",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said:\n%s", part, text)
		}
	}
	for _, part := range []string{"贷款", "植树", "救助", "—", "{", "]"} {
		if strings.Contains(text, part) {
			t.Errorf("%q is said:\n%s", part, text)
		}
	}
	// What is computed opens to what it is made of, and each of that to its entries.
	rate := report.NumbersOf(template(t, "township"), built(t), small(), nil).Figure("mediation_success_rate", "530923101000", report.Plain)
	if len(rate.Of) != 2 || rate.Of[0].Link != "/totals/entries?indicator=mediations_succeeded&period=2026-01--2026-11&unit=530923101000" || rate.Of[0].Name == "" {
		t.Errorf("%+v", rate.Of)
	}
	if d.Title != "德党镇妇联2026年1月至11月工作报告" {
		t.Error(d.Title)
	}
	for _, f := range d.Figures() {
		if f.ID == "visits" && (*f.Pending != 4 || *f.LastYear.N != 10000 || f.Link != "/totals/entries?indicator=visits&period=2026-01--2026-11&unit=530923101000") {
			t.Errorf("%+v", f)
		}
	}
}

// Q2: what is made of two parts is said by both, or by the one that there is, once and in its own words; and a list begins
// with the first thing that there is.
func TestOnePartIsSaidOnce(t *testing.T) {
	for _, x := range []struct {
		name  string
		cells []report.Cell
		want  string
		never []string
	}{
		{"money and goods", []report.Cell{cell("donations_cash", "", 12000), cell("donations_goods", "", 18000)}, "募集款物300元，其中资金120元，物资价值180元。", nil},
		{"goods alone", []report.Cell{cell("donations_goods", "", 18000)}, "广聚社会爱心，募集物资价值180元。", []string{"募集款物", "资金"}},
		{"money alone", []report.Cell{cell("donations_cash", "", 12000), cell("donations_goods", "", 0)}, "广聚社会爱心，募集资金120元。", []string{"募集款物", "物资价值"}},
		{"neither", nil, "", []string{"募集"}},
		{"aid in goods alone", []report.Cell{cell("aid_goods", "", 18000), cell("aid_person_times", "", 56)}, "情暖困难群众，发放物资价值180元，惠及56人次。", []string{"救助金"}},
		{"aid in money", []report.Cell{cell("aid_cash", "", 200000), cell("aid_goods", "", 18000), cell("aid_persons", "", 4), cell("aid_person_times", "", 5)},
			"情暖困难群众，发放救助金2000元，物资价值180元，救助4人，惠及5人次。", []string{"发放物资"}},
		{"children's homes alone", []report.Cell{cell("sites_running", "kind=childrens_home", 2)}, "在用阵地有儿童之家2个。", []string{"妇女之家"}},
		{"demonstration bases alone", []report.Cell{cell("sites_running", "kind=poverty_base", 2)}, "建强产业阵地，现有巾帼脱贫示范基地2个。", []string{"车间"}},
		{"children of mothers, not of all pairs", []report.Cell{cell("pairings", "scheme=mothers", 3), cell("pairing_children", "", 9), cell("pairing_children", "scheme=mothers", 4)}, "“爱心妈妈”结对3对，结对儿童4人。", []string{"儿童9"}},
		{"skills, not the cadres' courses", []report.Cell{cell("training_courses", "", 5), cell("training_courses", "kind=skills_training", 3), cell("trained", "", 90), cell("trained", "kind=skills_training", 60), cell("audience_women", "kind=skills_training", 50)},
			"举办技能培训班3期，培训60人次，其中妇女50人次。", []string{"5期", "90"}},
		{"checks are among the services", []report.Cell{cell("health_served", "", 848), cell("cancer_checks", "", 290)}, "健康服务848人次，其中“两癌”检查290人次。", nil},
		{"families are households", []report.Cell{cell("honours_named", "title=beautiful_family", 5), cell("honours_named", "title=beautiful_family+level=county", 2), cell("honours_named", "title=beautiful_family+level=village", 3)}, "命名最美家庭5户（县级2户，村级3户）。", []string{"美丽庭院", "（，"}},
		{"families of no level", []report.Cell{cell("honours_named", "title=beautiful_family", 5)}, "命名最美家庭5户。", []string{"（）"}},
		{"customs alone", []report.Cell{cell("activity_sessions", "kind=customs", 2), cell("audience", "", 900), cell("audience", "kind=customs", 80)}, "推进移风易俗和美丽庭院建设，移风易俗活动2场，参与群众80人次。", []string{"900"}},
		{"nothing of customs", []report.Cell{cell("activity_sessions", "kind=law", 2), cell("audience", "", 900)}, "法治宣传教育2场", []string{"移风易俗"}},
		{"honours from above", []report.Cell{cell("honours_named", "level=national", 1), cell("honours_named", "level=county", 2), cell("honours_named", "", 3)}, "获县级以上表扬3个。", nil},
		{"mothers alone", []report.Cell{cell("pairings", "scheme=mothers", 3)}, "关爱儿童成长，“爱心妈妈”结对3对。", []string{"春蕾"}},
	} {
		c := small()
		c.Rows[0].Cells = append([]report.Cell{}, x.cells...)
		c.Gaps, c.Next = nil, nil
		d := report.Compose(template(t, "township"), built(t), c, nil)
		text := written(d)
		if !strings.Contains(text, x.want) || strings.Count(text, "广聚社会爱心") > 1 || strings.Count(text, "情暖困难群众") > 1 {
			t.Errorf("%s: %q is not said, or twice:\n%s", x.name, x.want, text)
		}
		for _, part := range x.never {
			if strings.Contains(text, part) {
				t.Errorf("%s: %q is said:\n%s", x.name, part, text)
			}
		}
		// A part that nothing is asked in has no section, and no heading in a file.
		if next := d.Parts[len(d.Parts)-1]; next.Key != report.PartNext || len(next.Sections) != 0 {
			t.Errorf("%s: next year has %+v", x.name, next)
		}
	}
}

// Q3: who is not told a figure finds no number of it anywhere in the document, not as last year's nor as a change, and not
// that it was nought.
func TestToldWithoutWhatIsWithheld(t *testing.T) {
	c := small()
	numbers := report.NumbersOf(template(t, "township"), built(t), c, nil)
	whole := report.Compose(template(t, "township"), built(t), c, nil)
	if o, bad := numbers.Override(whole, "domestic_violence_cases", &report.Override{Value: 4, Reason: "另有两件", By: "x"}); bad != nil {
		t.Fatal(bad)
	} else {
		whole = o
	}
	manager := report.SeatsOf(record.Actor{Seats: []record.Seat{{Role: record.Manager, Unit: c.Unit.Code}, {Role: record.Auditor, Unit: c.Unit.Code}}}, places(t), c.Unit.Code)
	if len(manager) != 1 || !manager[0].Decides {
		t.Fatalf("%v", manager)
	}
	if text := written(numbers.Told(whole, manager, true)); !strings.Contains(text, "家庭暴力线索4件") || !strings.Contains(text, "邻里纠纷0起") {
		t.Error(text)
	}
	auditor := report.SeatsOf(record.Actor{Seats: []record.Seat{{Role: record.Auditor, Unit: c.Unit.Code}}}, places(t), c.Unit.Code)
	// Whom nobody thought of, and who has no seat at all, is told no more than anybody.
	for _, seats := range [][]report.Seat{auditor, nil, {{Unit: "530900000000"}}} {
		told := numbers.Told(whole, seats, false)
		text := written(told)
		for _, part := range []string{"家庭暴力线索若干件", "婚姻家庭纠纷若干起", "邻里纠纷若干起", "调解纠纷9起", "受理来信来访来电7件。"} {
			if !strings.Contains(text, part) {
				t.Errorf("%v: %q is not said:\n%s", seats, part, text)
			}
		}
		raw, err := json.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "另有两件") {
			t.Error("the reason of an override is told")
		}
		for _, f := range told.Figures() {
			hides := slices.Contains([]string{"domestic_violence_cases", "mediations/kind=family", "mediations/kind=neighbour"}, f.ID)
			if hides && (!f.Withheld || f.Value.N != nil || f.LastYear != nil || f.Change != nil || f.Override != nil || f.Link != "" || f.Of != nil) {
				t.Errorf("%+v", f)
			}
			// T8: of what waits nothing by a form whose entries may be sensitive, also beside a figure that is told.
			switch f.ID {
			case "visits", "mediations", "mediation_success_rate", "domestic_violence_cases", "petitions", "risk_signs":
				if f.Pending != nil {
					t.Errorf("%d wait beside %s", *f.Pending, f.ID)
				}
			case "activity_sessions", "trained", "honours_named":
				if f.Pending == nil {
					t.Errorf("what waits beside %s is not told", f.ID)
				}
			}
			if f.ID == "petitions" && (f.LastYear != nil || f.Change != nil || *f.Value.N != 7) {
				t.Errorf("%+v", f)
			}
		}
	}
	if f := numbers.Figure("domestic_violence_cases", c.Unit.Code, report.Plain); *f.Value.N != 2 {
		t.Error("telling has changed what was counted")
	}
}

func places(t *testing.T) *record.Places {
	t.Helper()
	p, err := record.NewPlaces([]record.Division{{Code: "530923101000", Name: "德党镇", Level: record.Township, Parent: "530923000000"},
		{Code: "530923000000", Name: "永德县", Level: record.County, Parent: "530900000000"}, {Code: "530900000000", Name: "临沧市", Level: record.City}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What was counted for this report alone stands nowhere but in its versions: a sentence that was taken out comes back from
// one of them, and from nowhere else.
func TestASentenceThatWasTakenOutComesBack(t *testing.T) {
	numbers := report.NumbersOf(template(t, "township"), built(t), small(), nil)
	whole := report.Compose(template(t, "township"), built(t), small(), nil)
	empty := make([]report.Part, len(whole.Parts))
	for i, p := range whole.Parts {
		empty[i] = report.Part{Key: p.Key}
	}
	short, bad := numbers.Edit(whole, nil, "x", empty)
	if bad != nil {
		t.Fatal(bad)
	}
	if _, bad := numbers.Edit(short, nil, "x", whole.Parts); bad == nil || bad.Code != record.UnknownFigure {
		t.Errorf("%v", bad)
	}
	back, bad := numbers.Edit(short, whole, "x", whole.Parts)
	if bad != nil || written(back) != written(whole) {
		t.Errorf("%v\n%s", bad, written(back))
	}
}

// A rate of nought is no achievement: it is said among what is lacking, and there alone.
func TestARateOfNoughtIsLacking(t *testing.T) {
	zero, ten := int64(0), int64(10)
	c := small()
	c.Rows[0].Cells = []report.Cell{cell("petitions", "", 10), {Indicator: "petition_close_rate", Value: report.Value{N: &zero, Numerator: &zero, Denominator: &ten}},
		{Indicator: "petition_settle_rate", Value: report.Value{N: &zero, Numerator: &zero, Denominator: &ten}}}
	text := written(report.Compose(template(t, "township"), built(t), c, nil))
	// What no sentence of what is lacking has stays where it is.
	if !strings.Contains(text, "受理来信来访来电10件，同比增长233.3%，调处率0%。") || !strings.Contains(text, "当期办结率为0%，办理效率需要提高") || strings.Count(text, "办结率") != 1 {
		t.Error(text)
	}
}

// Villages are silent by whole months, and of a span of days just that is said; a day is one day.
func TestASpanOfDaysClaimsNothingOfItsMonths(t *testing.T) {
	c := small()
	c.From, c.To = "2026-03-05", "2026-03-05"
	d := report.Compose(template(t, "county"), built(t), c, nil)
	text := written(d)
	if !strings.Contains(text, "2026年3月有1个村（社区）没有审核通过的工作记录：二村。\n") || strings.Contains(text, "其中1个") || d.Title != "德党镇妇联2026年3月5日工作报告" {
		t.Errorf("%s\n%s", d.Title, text)
	}
	c.From, c.To = "2026-02-01", "2026-02-28"
	if text := written(report.Compose(template(t, "county"), built(t), c, nil)); !strings.Contains(text, "2026年2月有1个村（社区）没有审核通过的工作记录：二村。其中1个") {
		t.Error(text)
	}
}
