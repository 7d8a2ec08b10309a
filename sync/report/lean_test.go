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

// noughts is a township with nothing of some sensitive kinds, of which its auditor is not told.
func noughts() *report.Counted {
	c := small()
	c.Rows[0].Cells = []report.Cell{cell("visits", "", 30), cell("mediations", "", 9), cell("mediations", "kind=family", 9), cell("health_served", "", 8), cell("health_suspected", "", 2)}
	hidden := []totals.Figure{{Indicator: "domestic_violence_cases"}, {Indicator: "mediations", Group: "kind=neighbour"}, {Indicator: "mediations", Group: "kind=bride_price"},
		{Indicator: "two_cancers_helped"}, {Indicator: "two_cancers_cash"}, {Indicator: "health_confirmed"}, {Indicator: "petitions"}, {Indicator: "petitions", Group: "channel=call"}}
	c.Hidden = []report.Hidden{{Seat: report.Seat{Unit: c.Unit.Code, Decides: true}, Unit: c.Unit.Code, Figures: []totals.Figure{}}, {Seat: report.Seat{Unit: c.Unit.Code}, Unit: c.Unit.Code, Figures: hidden}}
	return c
}

func seat(c *report.Counted, role record.Role, t *testing.T) []report.Seat {
	return report.SeatsOf(record.Actor{Seats: []record.Seat{{Role: role, Unit: c.Unit.Code}}}, places(t), c.Unit.Code)
}

// Q2, Q3: a sentence about nothing is said to those alone who must not learn that it is nothing: who is told the figure reads
// on without it, with no comma left behind, and no heading where all has left.
func TestWhatIsNoughtLeavesForWhoIsTold(t *testing.T) {
	c := noughts()
	tmpl, cat := template(t, "township"), built(t)
	numbers := report.NumbersOf(tmpl, cat, c, nil)
	whole := report.Compose(tmpl, cat, c, nil)
	clerk, auditor := numbers.Told(whole, seat(c, record.Manager, t), true), numbers.Told(whole, seat(c, record.Auditor, t), false)
	read := written(clerk.AsRead())
	for _, part := range []string{"调解纠纷9起。从类型看，婚姻家庭纠纷9起。\n", "开展义诊、“两癌”检查等健康服务8人次。检查发现可疑2人。\n"} {
		if !strings.Contains(read, part) {
			t.Errorf("%q is not read:\n%s", part, read)
		}
	}
	for _, part := range []string{"纷0起", "索0件", "妇女0人", "诊0人", "0元", "家庭暴力", "实施", "其中12338", "畅通", "，，", "。。", "看，。"} {
		if strings.Contains(read, part) {
			t.Errorf("%q is read:\n%s", part, read)
		}
	}
	// Whoever is not told has all of it, in the very words of a place where there is something.
	other := written(auditor.AsRead())
	for _, part := range []string{"家庭暴力线索若干件。", "从类型看，婚姻家庭纠纷9起，邻里纠纷若干起，彩礼纠纷若干起。", "救助患病妇女若干人，发放救助金若干元。", "检查发现可疑2人，确诊若干人。", "其中12338热线若干件。"} {
		if !strings.Contains(other, part) {
			t.Errorf("%q is not said:\n%s", part, other)
		}
	}
	// What is kept for her sake is told to nobody, and who writes sees what stands there.
	for _, d := range []*report.Document{clerk, auditor} {
		raw, err := json.Marshal(d)
		if err != nil || strings.Contains(string(raw), "lest") {
			t.Errorf("%v: it is told why something is said", err)
		}
	}
	if text := written(clerk); text != written(whole) || !strings.Contains(text, "家庭暴力线索0件") {
		t.Errorf("she writes\n%s", text)
	}
	if text := written(whole.Whole().AsRead()); text != read {
		t.Errorf("whoever has the data folder reads\n%s", text)
	}
}

// A number put in by hand, another moment, words of her own: then it is said.
func TestWhatWasNoughtIsSaidOnceItIsNot(t *testing.T) {
	c := noughts()
	tmpl, cat := template(t, "township"), built(t)
	numbers := report.NumbersOf(tmpl, cat, c, nil)
	whole := report.Compose(tmpl, cat, c, nil)
	read := func(n *report.Numbers, d *report.Document) string {
		return written(n.Told(d, seat(c, record.Manager, t), true).AsRead())
	}

	put, bad := numbers.Override(whole, "domestic_violence_cases", &report.Override{Value: 3, Reason: "派出所转来", By: "x"})
	if bad != nil {
		t.Fatal(bad)
	}
	if text := read(numbers, put); !strings.Contains(text, "家庭暴力线索3件") || strings.Contains(text, "邻里纠纷") {
		t.Error(text)
	}
	later := noughts()
	later.Rows[0].Cells = append(later.Rows[0].Cells, cell("mediations", "kind=neighbour", 2))
	now := report.NumbersOf(tmpl, cat, later, nil)
	if text := read(now, now.Renew(whole)); !strings.Contains(text, "婚姻家庭纠纷9起，邻里纠纷2起。") || strings.Contains(text, "彩礼") {
		t.Error(text)
	}

	// She changes one paragraph: in it all stands as she left it; of the others nothing is lost for the auditor.
	shown := numbers.Told(whole, seat(c, record.Manager, t), true)
	parts := slices.Clone(shown.Parts)
	raw, err := json.Marshal(parts)
	if err != nil {
		t.Fatal(err)
	}
	parts = nil
	if err := json.Unmarshal(raw, &parts); err != nil {
		t.Fatal(err)
	}
	for i := range parts {
		for j := range parts[i].Sections {
			for k := range parts[i].Sections[j].Paragraphs {
				if p := &parts[i].Sections[j].Paragraphs[k]; p.Key == "mediations" {
					p.Runs = append(p.Runs, report.Run{Text: "村村有调解员。"})
				}
			}
		}
	}
	edited, bad := numbers.Edit(whole, nil, whole.Title, parts)
	if bad != nil {
		t.Fatal(bad)
	}
	text := read(numbers, edited)
	if !strings.Contains(text, "邻里纠纷0起") || !strings.Contains(text, "村村有调解员。") || strings.Contains(text, "救助患病妇女") {
		t.Error(text)
	}
	if other := written(numbers.Told(edited, seat(c, record.Auditor, t), false).AsRead()); !strings.Contains(other, "救助患病妇女若干人") || !strings.Contains(other, "邻里纠纷若干起") {
		t.Error(other)
	}

	// Back to how it was written first, it is read as it was then.
	back, bad := numbers.Edit(edited, whole, whole.Title, shown.Parts)
	if bad != nil {
		t.Fatal(bad)
	}
	if text := read(numbers, back); text != read(numbers, whole) {
		t.Error(text)
	}
}
