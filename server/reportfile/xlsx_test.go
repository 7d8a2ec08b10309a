package reportfile

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"niangjia/sync/report"
)

// The spreadsheet, read back by another hand, has every number of the document, cell by cell.
func TestTheSpreadsheetHasEveryNumber(t *testing.T) {
	doc := sample()
	for u := range doc.Tables[0].Rows { // a column of rates
		doc.Tables[0].Rows[u].Cells[4].Value = rate(int64(u)*250, int64(u), 40)
	}
	b, err := XLSX(doc, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), "、"); got != "数据、口径、各乡镇（街道）主要数据" {
		t.Errorf("the sheets are %s", got)
	}
	rows := func(name string) [][]string {
		r, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	at := func(row []string, i int) string {
		if i < len(row) {
			return row[i]
		}
		return ""
	}

	want := [][]string{
		{"走访户次", "5.6万余户次", "56320", "户次", "", "", "50062", "增长12.5%", "37", "", "打开"},
		{"救助金", "123.4万余元", "1234567", "元", "", "", "", "", "", "", "打开"},
		{"调解成功率", "77.5%", "0.775", "", "31", "40", "", "", "", "", "打开"},
		{"家暴线索数", "若干", "不显示"},
		{"培训人次", "1.02万人次", "10200", "人次", "", "", "", "", "", "算出的是9,800人次，手工改写为10,200人次。理由：两期省级培训没有录入（张三妹，2026年11月30日）", "打开"},
		{"春蕾资助人数", "126人", "126", "人", "", "", "98", "", "", "上年同期是往年填报数，不能点开", "打开"},
	}
	data := rows("数据")[4:]
	if len(data) != len(want) {
		t.Fatalf("%d figures, not %d", len(data), len(want))
	}
	for i, row := range want {
		for k := range 11 {
			if got, wanted := at(data[i], k), at(row, k); got != wanted {
				t.Errorf("figure %d, column %d: %q, not %q", i, k, got, wanted)
			}
		}
	}
	if link, err := f.GetCellFormula("数据", "K5"); err != nil || link != `HYPERLINK("https://fulian.example.cn/reports/r1/figures/visits","打开")` {
		t.Errorf("the link is %s, %v", link, err)
	}

	table := rows("各乡镇（街道）主要数据")
	if heads := strings.Join(table[3], " "); heads != "单位 区划代码 走访户次（个） 走访户数（个） 排查户数（个） 调解起数（个） 调解成功率 调解成功率的分子 调解成功率的分母 救助金（元） 救助人数（个） 宣讲场次（个） 受众妇女人次（个）" {
		t.Errorf("the headings are %s", heads)
	}
	for u, r := range doc.Tables[0].Rows {
		var row []string
		row = append(row, r.Unit.Name, r.Unit.Code)
		for i, c := range r.Cells {
			switch {
			case c.Withheld:
				row = append(row, "不显示")
			case i == 4:
				row = append(row, strconv.FormatFloat(float64(u)/40, 'f', -1, 64), strconv.Itoa(u), "40")
			case i == 5: // fen
				row = append(row, strconv.FormatFloat(float64(*c.Value.N)/100, 'f', -1, 64))
			default:
				row = append(row, strconv.FormatInt(*c.Value.N, 10))
			}
		}
		if got := strings.Join(table[4+u], "|"); got != strings.Join(row, "|") {
			t.Errorf("unit %d: %s, not %s", u, got, strings.Join(row, "|"))
		}
	}

	definitions := rows("口径")[2:]
	if len(definitions) != 5+9 || at(definitions[0], 2) != "见到人的入户走访的次数。" || at(definitions[13], 0) != "受众妇女人次" {
		t.Errorf("%d definitions: %v", len(definitions), definitions)
	}
	properties := map[string]string{}
	list, err := f.GetCustomProps()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		properties[p.Name], _ = p.Value.(string)
	}
	if properties["niangjia.seq"] != "812345" || properties["niangjia.line"] != "ab12cd" {
		t.Errorf("the mark is %v", properties)
	}
	for range 5 {
		if again, err := XLSX(doc, sampleOptions()); err != nil || !bytes.Equal(b, again) {
			t.Fatalf("made twice it is another file, %v", err)
		}
	}
}

// A name that begins with "=" is no formula, and a withheld number stands nowhere.
func TestTheSpreadsheetComputesNothing(t *testing.T) {
	doc := sample()
	doc.Tables[0].Rows[0].Unit.Name = `=1+1`
	doc.Tables[0].Rows[1].Cells[0] = report.Figure{ID: "x", Withheld: true, Value: num(7_654_321)}
	b, err := XLSX(doc, Options{Base: `https://x/"&A1&"`})
	if err != nil {
		t.Fatal(err)
	}
	_, parts := partsOf(t, b)
	for name, body := range parts {
		if strings.Contains(body, "7654321") {
			t.Errorf("%s has the withheld number", name)
		}
		for _, f := range strings.Split(body, "<f>")[1:] {
			if formula, _, _ := strings.Cut(f, "</f>"); !strings.HasPrefix(formula, "HYPERLINK(&#34;https://x/&#34;&#34;&amp;A1&amp;&#34;&#34;/") {
				t.Errorf("%s has the formula %s", name, formula)
			}
		}
	}
}

// What a template computes is in no catalogue: the sum of two amounts stood in fen where yuan was written behind it, a hundred
// times too much, and a rate in hundredths of a percent.
func TestWhatATemplateComputesIsWrittenOutInFull(t *testing.T) {
	c := &composer{opts: sampleOptions()}
	for _, x := range []struct {
		name   string
		figure report.Figure
		value  report.Value
		exact  string
		cell   any
		word   string
	}{
		{"money", report.Figure{Written: "6.4万余", UnitWord: "元", Value: num(6_460_000)}, num(6_460_000), "64,600.00元", 64_600.0, "元"},
		{"money of last year", report.Figure{Written: "6.4万余", UnitWord: "元", Value: num(6_460_000)}, num(5), "0.05元", 0.05, "元"},
		{"a rate", report.Figure{Written: "29.39%", Value: rate(2939, 72, 245)}, rate(2939, 72, 245), "29.39%（72/245）", 0.2939, ""},
		{"a rate put in by hand", report.Figure{Written: "30%", Value: report.Value{}}, num(3000), "30.00%", 0.3, ""},
		{"a count", report.Figure{Written: "1.2万余", UnitWord: "户", Value: num(12_345)}, num(12_345), "12,345户", int64(12_345), "户"},
	} {
		if got := c.exact(&x.figure, x.value); got != x.exact {
			t.Errorf("%s: %s, want %s", x.name, got, x.exact)
		}
		if got := c.cell(&x.figure, x.value); got != x.cell {
			t.Errorf("%s: a cell of %v, want %v", x.name, got, x.cell)
		}
		if got := c.unitWord(&x.figure); got != x.word {
			t.Errorf("%s: in %q, want %q", x.name, got, x.word)
		}
	}
	money := report.Figure{UnitWord: "元", Value: num(6_460_000)}
	if got := c.inColumn(&money, money.Value); got != "64,600.00" {
		t.Errorf("in a table %s", got)
	}
}
