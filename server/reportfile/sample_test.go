package reportfile

import (
	"fmt"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

func num(n int64) report.Value        { return report.Value{N: &n} }
func rate(n, a, b int64) report.Value { return report.Value{N: &n, Numerator: &a, Denominator: &b} }
func words(s string) report.Run       { return report.Run{Text: s} }
func fig(f report.Figure) report.Run  { return report.Run{Figure: &f} }

const sampleUnit = "530900000000"

// sample is a city's report with everything that a file has to show: figures counted, withheld, overridden, imported,
// twice in the text, paragraphs over a page, a table over pages and one with more columns than a page has room for.
func sample() report.Document {
	visits := report.Figure{ID: "visits", Indicator: "visits", Unit: sampleUnit, Name: "走访户次", Definition: "见到人的入户走访的次数。", Value: num(56_320), Written: "5.6万余", UnitWord: "户次",
		LastYear: new(num(50_062)), Change: &report.Change{N: 6258, Permille: new(int64(125)), Written: "增长12.5%"}, Pending: new(int64(37)), Link: "/reports/r1/figures/visits"}
	aid := report.Figure{ID: "aid", Indicator: "aid", Unit: sampleUnit, Name: "救助金", Definition: "发放的现金之和。", Value: num(123_456_700), Written: "123.4万余", UnitWord: "元", Link: "/reports/r1/figures/aid"}
	solved := report.Figure{ID: "solved", Indicator: "solved", Unit: sampleUnit, Name: "调解成功率", Definition: "调解成功的比有结果的。", Value: rate(7_750, 31, 40), Written: "77.5%", Link: "/reports/r1/figures/solved"}
	sheltered := report.Figure{ID: "violence", Indicator: "violence", Unit: sampleUnit, Name: "家暴线索数", Withheld: true, Written: "若干"}
	trained := report.Figure{ID: "trained", Indicator: "trained", Unit: sampleUnit, Name: "培训人次", Definition: "技能培训的受众人次。", Value: num(9_800), Written: "1.02万", UnitWord: "人次", Link: "/reports/r1/figures/trained",
		Override: &report.Override{Value: 10_200, Reason: "两期省级培训没有录入", By: "u1", Name: "张三妹", At: 1_796_000_000_000, Was: num(9_800)}}
	old := report.Figure{ID: "girls", Indicator: "girls", Unit: sampleUnit, Name: "春蕾资助人数", Definition: "资助的女童。", Value: num(126), Written: "126", UnitWord: "人", LastYear: new(num(98)), Imported: true, Link: "/reports/r1/figures/girls"}

	more := old
	more.Style, more.Written, more.UnitWord = report.Differ, "，同比增长28.5%", ""

	doc := report.Document{ID: "r1", Version: 3, Title: "临沧市妇女联合会2026年1月至11月巾帼关爱行动和妇女儿童维权工作报告", Unit: report.Unit{Code: sampleUnit, Name: "临沧市", Level: record.City},
		From: "2026-01-01", To: "2026-11-30", Mark: report.Mark{Server: "s1", Seq: 812_345, Line: "ab12cd", Definitions: "d3f4", Divisions: "e5", At: 1_796_083_200_000},
		Signed: &report.Signed{By: "u2", Name: "李主席", At: 1_796_183_200_000}}
	para := func(key string, runs ...report.Run) report.Paragraph { return report.Paragraph{Key: key, Runs: runs} }
	doc.Parts = []report.Part{
		{Key: "review", Title: "工作回顾", Sections: []report.Section{
			{Key: "care", Title: "走村入户，把关爱送到身边", Paragraphs: []report.Paragraph{
				para("p1", words("全市各级妇联组织和执委走访"), fig(visits), words("，比上年增长12.5%，发放救助金"), fig(aid), words("。")),
				para("p2", words("调解婚姻家庭纠纷，成功率达到"), fig(solved), words("；发现家暴线索"), fig(sheltered), words("起，全部按规定上报、处置。")),
			}},
			{Key: "growth", Title: "技能培训，带动妇女创业就业", Paragraphs: []report.Paragraph{
				para("p3", words("举办家政、电商、编织等技能培训，受益妇女"), fig(trained), words("；资助春蕾女童"), fig(old), fig(more), words("。其中走访"), fig(visits), words("。")),
			}},
		}},
		{Key: "lacking", Title: "存在不足", Sections: []report.Section{{Key: "l", Paragraphs: []report.Paragraph{para("p4", words("一些村的记录还不及时 & 不够<完整>，基层力量还要加强。"))}}}},
		{Key: "empty", Title: "没有内容的部分", Sections: []report.Section{{Key: "e", Title: "空"}}},
		{Key: "next", Title: "下一年重点工作", Sections: []report.Section{{Key: "n"}}},
	}
	for i := range 9 {
		s := &doc.Parts[3].Sections[0]
		s.Paragraphs = append(s.Paragraphs, para(fmt.Sprint("n", i), words("坚持党建带妇建，围绕乡村振兴，年内举办政策宣讲不少于 1200 场次，培训农村妇女劳动力不少于 10000 人次，转移就业不少于 56000 人次，命名市级最美家庭 40 户，新建巾帼脱贫示范基地 10 个，让更多姐妹在家门口有活干、有收入。")))
	}
	names := []string{"走访户次", "走访户数", "排查户数", "调解起数", "调解成功率", "救助金", "救助人数", "宣讲场次", "受众妇女人次"}
	table := report.Table{Key: "townships", Title: "各乡镇（街道）主要数据"}
	for i, n := range names {
		table.Columns = append(table.Columns, report.Column{Indicator: fmt.Sprint("i", i), Name: n, UnitWord: "个", Definition: n + "的口径。"})
	}
	for u := range 40 {
		code := fmt.Sprintf("5309231%02d000", u)
		row := report.Row{Unit: report.Unit{Code: code, Name: fmt.Sprintf("第%d镇", u+1), Level: record.Township}}
		for i, n := range names {
			f := report.Figure{ID: fmt.Sprintf("t%d-%d", u, i), Indicator: fmt.Sprint("i", i), Unit: code, Name: n, Value: num(int64(u*1000 + i)), Written: fmt.Sprint(u*1000 + i), Link: fmt.Sprintf("/reports/r1/figures/t%d-%d", u, i)}
			if u == 7 && i == 3 {
				f = report.Figure{ID: f.ID, Indicator: f.Indicator, Unit: code, Name: n, Withheld: true}
			}
			row.Cells = append(row.Cells, f)
		}
		table.Rows = append(table.Rows, row)
	}
	doc.Tables = []report.Table{table}
	return doc
}

func sampleOptions() Options {
	return Options{Base: "https://fulian.example.cn", Indicator: func(id string) *catalogue.Indicator {
		switch id {
		case "aid", "i5":
			return &catalogue.Indicator{ID: id, Display: catalogue.DisplayWanYuan}
		case "solved", "i4":
			return &catalogue.Indicator{ID: id, Display: catalogue.DisplayPercent}
		}
		return nil
	}}
}
