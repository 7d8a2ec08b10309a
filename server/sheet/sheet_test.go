package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"niangjia/server/sheet"
)

// people is a table that the tests look for.
var people = sheet.Want{Columns: []sheet.Column{
	{Key: "head", Headings: []string{"户主", "户主姓名"}, Needed: true},
	{Key: "name", Headings: []string{"姓名"}, Needed: true},
	{Key: "phone", Headings: []string{"电话", "联系电话", "手机号"}},
	{Key: "born", Headings: []string{"出生日期"}},
}}

// file makes an XLSX file by another program's hands: the library that the reader does not read with.
func file(t testing.TB, make_ func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	make_(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(f *excelize.File, name string, rows ...[]any) {
	for i, r := range rows {
		if err := f.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &r); err != nil {
			panic(err)
		}
	}
}

// changed is a file with one part written anew; nil leaves it out.
func changed(t testing.TB, file []byte, parts map[string]func(string) string, more map[string]string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	put := func(name, text string) {
		p, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(p, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		if change, ok := parts[f.Name]; ok {
			if text = []byte(change(string(text))); len(text) == 0 {
				continue
			}
		}
		put(f.Name, string(text))
	}
	for name, text := range more {
		put(name, text)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, file []byte) *sheet.Table {
	t.Helper()
	table, err := sheet.Read(file, people)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// refused asserts a code, and that the sentence says where.
func refused(t *testing.T, file []byte, want sheet.Want, code sheet.Code, says ...string) {
	t.Helper()
	_, err := sheet.Read(file, want)
	var fault *sheet.Fault
	if !errors.As(err, &fault) || fault.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	for _, s := range says {
		if !strings.Contains(fault.Sentence(), s) {
			t.Errorf("%q does not say %q", fault.Sentence(), s)
		}
	}
}

func TestATableIsFoundByItsHeadings(t *testing.T) {
	table := read(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"说明"}, []any{"本表由村妇联填写"})
		if _, err := f.NewSheet("花名册"); err != nil {
			t.Fatal(err)
		}
		set(f, "花名册",
			[]any{"忙岗村家庭花名册"},
			[]any{"填表日期：2026年11月"},
			[]any{"序号", " 户 主 ", "姓　名", "联系电话（必填）", "出生日期", "备注"},
			[]any{1, "王小明", "王小红", "１３８００００００００", "1985年3月2日", "x"},
			[]any{},
			[]any{"序号", "户主", "姓名", "联系电话（必填）", "出生日期", "备注"},
			[]any{2, "李 四", "李四", 13900000000, "1990.1.31"})
	}))
	if table.Sheet != "花名册" || table.Heading != 3 || table.Columns["phone"] != "联系电话(必填)" && table.Columns["phone"] != "联系电话（必填）" || table.Letters["phone"] != "D" {
		t.Errorf("%+v", table)
	}
	if !slices.Equal(table.Ignored, []string{"序号", "备注"}) {
		t.Errorf("ignored %v", table.Ignored)
	}
	if len(table.Rows) != 2 || table.Rows[1].Number != 7 {
		t.Fatalf("rows %+v", table.Rows)
	}
	for i, want := range [][]string{{"王小明", "王小红", "13800000000", "1985-03-02"}, {"李 四", "李四", "13900000000", "1990-01-31"}} {
		r := table.Rows[i]
		born, _ := r.Cell("born").Day()
		if got := []string{r.Cell("head").Text(), r.Cell("name").Text(), r.Cell("phone").Digits(), born}; !slices.Equal(got, want) {
			t.Errorf("row %d: %v", i, got)
		}
	}
	if c := table.Rows[1].Cell("phone"); c.Name != "D7" {
		t.Errorf("cell %s", c.Name)
	}
	if c := table.Rows[1].Cell("none"); c.Filled() || c.Name != "" {
		t.Errorf("%+v", c)
	}
}

func TestHeadingsInTwoRows(t *testing.T) {
	table := read(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1",
			[]any{"户主", "家庭成员", nil, "电话"},
			[]any{nil, "姓名", "出生日期", nil},
			[]any{"王小明", "王小红", "2001-02-03", "138"})
		for _, span := range [][2]string{{"A1", "A2"}, {"B1", "C1"}, {"D1", "D2"}} {
			if err := f.MergeCell("Sheet1", span[0], span[1]); err != nil {
				t.Fatal(err)
			}
		}
	}))
	if table.Heading != 2 || len(table.Rows) != 1 || table.Rows[0].Cell("head").Text() != "王小明" || table.Rows[0].Cell("phone").Text() != "138" {
		t.Errorf("%+v", table)
	}
}

// Both date systems, and the day in 1900 that there was not.
func TestDays(t *testing.T) {
	for _, from1904 := range []bool{false, true} {
		b := file(t, func(f *excelize.File) {
			if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
				t.Fatal(err)
			}
			set(f, "Sheet1", []any{"户主", "姓名", "出生日期"})
			day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
			if err != nil {
				t.Fatal(err)
			}
			chinese := `yyyy"年"m"月"d"日";@`
			own, err := f.NewStyle(&excelize.Style{CustomNumFmt: &chinese})
			if err != nil {
				t.Fatal(err)
			}
			red := `[Red]0.00;"day"0`
			plain, err := f.NewStyle(&excelize.Style{CustomNumFmt: &red})
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range []struct {
				value float64
				style int
			}{{45992, day}, {45992.75, own}, {45992, plain}, {1, day}, {59, day}, {61, day}} {
				at := fmt.Sprint(i + 2)
				for _, err := range []error{f.SetCellStr("Sheet1", "A"+at, "甲"), f.SetCellFloat("Sheet1", "C"+at, c.value, -1, 64), f.SetCellStyle("Sheet1", "C"+at, "C"+at, c.style)} {
					if err != nil {
						t.Fatal(err)
					}
				}
			}
		})
		want := []string{"2025-12-01", "2025-12-01", "", "1900-01-01", "1900-02-28", "1900-03-01"}
		if from1904 {
			want = []string{"2029-12-02", "2029-12-02", "", "1904-01-02", "1904-02-29", "1904-03-02"}
		}
		for i, r := range read(t, b).Rows {
			day, ok := r.Cell("born").Day()
			if day != want[i] || ok != (want[i] != "") {
				t.Errorf("1904 %v, row %d: %q, want %q", from1904, r.Number, day, want[i])
			}
		}
	}
}

func TestValuesAsPeopleTypeThem(t *testing.T) {
	table := read(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名", "电话", "出生日期"},
			[]any{"=1+1", "\u200b王\u00a0小明 ", 1.3800000000e10, "2026-2-30"},
			[]any{"甲", 530923199001011210.0, " 0883-521 1234", true},
			[]any{"乙", "1,234", "008", "19900131"})
	}))
	r := table.Rows
	if got := r[0].Cell("head").Text(); got != "=1+1" {
		t.Errorf("text that looks like a formula: %q", got)
	}
	if got := r[0].Cell("name").Text(); got != "王 小明" {
		t.Errorf("%q", got)
	}
	if got := r[0].Cell("phone").Text(); got != "13800000000" {
		t.Errorf("%q", got)
	}
	if _, ok := r[0].Cell("born").Day(); ok {
		t.Error("30 February is a day")
	}
	if !r[1].Cell("name").Cut() || r[1].Cell("name").Text() != "530923199001011200" {
		t.Errorf("%+v", r[1].Cell("name"))
	}
	if got := r[1].Cell("phone").Digits(); got != "08835211234" {
		t.Errorf("%q", got)
	}
	if n, ok := r[2].Cell("name").Int(); n != 1234 || !ok {
		t.Errorf("%d", n)
	}
	if got := r[2].Cell("phone").Text(); got != "008" {
		t.Errorf("leading zeros: %q", got)
	}
	if day, _ := r[2].Cell("born").Day(); day != "1990-01-31" {
		t.Errorf("%q", day)
	}
}

// A formula is taken by the result that the file keeps; without one, or with an error, the cell is named.
func TestFormulas(t *testing.T) {
	b := changed(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名", "电话"}, []any{"甲", "乙", "1"})
	}),
		map[string]func(string) string{"xl/worksheets/sheet1.xml": func(s string) string {
			return strings.Replace(s, "</sheetData>", `<row r="3"><c r="A3" t="str"><f>B3</f><v>丙</v></c><c r="B3" t="e"><f>X!A1</f><v>#REF!</v></c><c r="C3"><f>1+1</f></c></row>`+
				`<row r="4"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4" t="inlineStr"><is><r><t>丁</t></r><rPh><t>ding</t></rPh><r><t>_x000D_戊</t></r></is></c><c r="C4"><f>SUM(A1)</f><v>7</v></c></row></sheetData>`, 1)
		}}, nil)
	table := read(t, b)
	var got []string
	for _, f := range table.Faults {
		got = append(got, fmt.Sprint(f.Code, f.Cell, f.Row, f.Value))
	}
	if !slices.Equal(got, []string{"cell_formula_errorB33#REF!", "cell_no_resultC33"}) {
		t.Errorf("%v", got)
	}
	if s := table.Faults[0].Sentence(); s != "表“Sheet1”第 3 行 B3 格：这一格的公式出错了（#REF!）。请改成文字或数字。" {
		t.Error(s)
	}
	r := table.Rows[1]
	if r.Cell("head").Text() != "丙" || !r.Cell("name").Bad || r.Cell("name").Text() != "" {
		t.Errorf("%+v", r)
	}
	r = table.Rows[2]
	if r.Cell("head").Filled() || r.Cell("name").Text() != "丁 戊" || r.Cell("phone").Text() != "7" {
		t.Errorf("%+v", r)
	}
}

func TestMergedCells(t *testing.T) {
	table := read(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名", "电话"},
			[]any{"甲", "一", "1"}, []any{nil, "二", "2"}, []any{nil, "三", "3"},
			[]any{"横着合并", nil, "4"}, []any{"乙", "四"})
		for _, span := range [][2]string{{"A2", "A4"}, {"A5", "B5"}, {"B7", "C9"}} {
			if err := f.MergeCell("Sheet1", span[0], span[1]); err != nil {
				t.Fatal(err)
			}
		}
	}))
	var heads []string
	for _, r := range table.Rows {
		heads = append(heads, r.Cell("head").Text())
	}
	if !slices.Equal(heads, []string{"甲", "甲", "甲", "横着合并", "乙"}) || table.Rows[2].Cell("head").Name != "A2" {
		t.Errorf("%v", heads)
	}
	if len(table.Faults) != 1 || table.Faults[0].Code != sheet.Merged || table.Faults[0].Cell != "A5" || table.Faults[0].Value != "A5:B5" || !table.Rows[3].Cell("head").Bad {
		t.Errorf("%v", table.Faults)
	}
}

func TestHiddenSheetsAndRows(t *testing.T) {
	b := file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名"}, []any{"甲", "一"}, []any{"乙", "二"})
		if _, err := f.NewSheet("旧"); err != nil {
			t.Fatal(err)
		}
		set(f, "旧", []any{"户主", "姓名"}, []any{"丙", "三"})
		if err := errors.Join(f.SetSheetVisible("旧", false), f.SetRowVisible("Sheet1", 3, false)); err != nil {
			t.Fatal(err)
		}
	})
	if table := read(t, b); table.Sheet != "Sheet1" || len(table.Rows) != 2 || table.Hidden != 1 {
		t.Errorf("%+v", table)
	}
}

func TestWrongSheets(t *testing.T) {
	refused(t, file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "电话"}, []any{"甲", "1"}) }), people, sheet.NoTable, "姓名")
	refused(t, file(t, func(f *excelize.File) {}), people, sheet.NoTable, "户主、姓名")
	refused(t, file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "姓名"}) }), people, sheet.Empty, "表“Sheet1”第 1 行")
	refused(t, file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名", "户主 "}, []any{"甲", "乙", "丙"})
	}), people, sheet.Twice, " C1 格", "户主")
	two := file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名"}, []any{"甲", "一"})
		if _, err := f.NewSheet("二组"); err != nil {
			t.Fatal(err)
		}
		set(f, "二组", []any{"户主", "姓名"}, []any{"乙", "二"})
	})
	refused(t, two, people, sheet.Several, "Sheet1、二组")
	want := people
	want.Sheet = "二组"
	table, err := sheet.Read(two, want)
	if err != nil || table.Rows[0].Cell("head").Text() != "乙" {
		t.Errorf("%+v %v", table, err)
	}
	want.Sheet = "三组"
	refused(t, two, want, sheet.NoSheet, "三组")
	all, err := sheet.ReadAll(two, people)
	if err != nil || len(all) != 2 || all[1].Sheet != "二组" {
		t.Errorf("%v %v", all, err)
	}
	want = people
	want.Rows = 1
	if _, err := sheet.ReadAll(two, want); err == nil || err.(*sheet.Fault).Code != sheet.TooManyRows {
		t.Errorf("the bound is for all sheets together: %v", err)
	}
	layouts := sheet.Want{Columns: []sheet.Column{{Key: "a", Headings: []string{"甲"}}, {Key: "b", Headings: []string{"乙"}}, {Key: "c", Headings: []string{"丙"}}}, Layouts: [][]string{{"a"}, {"b", "c"}}}
	refused(t, file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"乙"}, []any{"1"}) }), layouts, sheet.NoTable, "要有：甲")
	if _, err := sheet.Read(file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"乙", "丙"}, []any{"1"}) }), layouts); err != nil {
		t.Error(err)
	}
}

func TestOtherFiles(t *testing.T) {
	good := file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "姓名"}, []any{"甲", "一"}) })
	locked := func() []byte {
		f := excelize.NewFile()
		var b bytes.Buffer
		if err := errors.Join(f.Write(&b, excelize.Options{Password: "x"}), f.Close()); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}()
	old := append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 600)...)
	types := "[Content_Types].xml"
	for what, c := range map[string]struct {
		file []byte
		code sheet.Code
	}{
		"nothing":         {nil, sheet.NotXLSX},
		"a program":       {append([]byte("MZ\x90\x00"), make([]byte, 500)...), sheet.NotXLSX},
		"a picture":       {append([]byte("\x89PNG\r\n\x1a\n\x00\x00"), make([]byte, 500)...), sheet.NotXLSX},
		"xls":             {old, sheet.OldExcel},
		"csv":             {[]byte("户主,姓名\r\n甲,一\r\n"), sheet.PlainText},
		"csv in GBK":      {[]byte("\xbb\xa7\xd6\xf7,\xd0\xd5\xc3\xfb\r\n"), sheet.PlainText},
		"a page":          {[]byte("<html><table><tr><td>户主</td></tr></table></html>"), sheet.PlainText},
		"locked":          {locked, sheet.Password},
		"macros":          {changed(t, good, nil, map[string]string{"xl/vbaProject.bin": "x"}), sheet.Macros},
		"macros by type":  {changed(t, good, map[string]func(string) string{types: func(s string) string { return strings.Replace(s, "sheet.main", "sheet.macroEnabled.main", 1) }}, nil), sheet.Macros},
		"xlsb":            {changed(t, good, nil, map[string]string{"xl/workbook.bin": "x"}), sheet.OldExcel},
		"another archive": {changed(t, good, map[string]func(string) string{types: func(string) string { return "" }}, nil), sheet.NotXLSX},
		"cut off":         {good[:len(good)/2], sheet.Broken},
		"no sheet part":   {changed(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": func(string) string { return "" }}, nil), sheet.Broken},
		"broken XML":      {changed(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": func(s string) string { return s[:len(s)/2] }}, nil), sheet.Broken},
		"an entity": {changed(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": func(s string) string {
			return strings.Replace(s, "<worksheet", `<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet`, 1)
		}}, nil), sheet.Broken},
		"large": {make([]byte, sheet.MaxFile+1), sheet.TooLarge},
	} {
		t.Run(what, func(t *testing.T) { refused(t, c.file, people, c.code) })
	}
}

// Small archives that are large inside end at a bound, not at the machine's memory.
func TestBombs(t *testing.T) {
	good := file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "姓名"}, []any{"甲", "一"}) })
	rows := func(row string, n int) func(string) string {
		return func(s string) string {
			return strings.Replace(s, "</sheetData>", strings.Repeat(row, n)+"</sheetData>", 1)
		}
	}
	sheet1 := "xl/worksheets/sheet1.xml"
	for what, b := range map[string][]byte{
		"rows without end": changed(t, good, map[string]func(string) string{sheet1: rows("<row><!--"+strings.Repeat("x", 1000)+"--></row>", 70_000)}, nil),
		"one long text":    changed(t, good, map[string]func(string) string{sheet1: rows(`<row><c t="inlineStr"><is><t>`+strings.Repeat("长", 1<<20)+`</t></is></c></row>`, 1)}, nil),
		"texts":            changed(t, good, map[string]func(string) string{"xl/sharedStrings.xml": func(string) string { return "<sst>" + strings.Repeat("<si/>", 600_000) + "</sst>" }}, nil),
		"merged spans": changed(t, good, map[string]func(string) string{sheet1: func(s string) string {
			return strings.Replace(s, "</worksheet>", "<mergeCells>"+strings.Repeat(`<mergeCell ref="A1:B2"/>`, 60_000)+"</mergeCells></worksheet>", 1)
		}}, nil),
	} {
		t.Run(what, func(t *testing.T) {
			if len(b) > sheet.MaxFile {
				t.Fatalf("%d bytes: the upload alone would be refused", len(b))
			}
			refused(t, b, people, sheet.TooLarge)
		})
	}
}

func TestAHundredThousandRows(t *testing.T) {
	good := file(t, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "姓名"}) })
	text := `<c t="inlineStr"><is><t>甲</t></is></c>`
	b := changed(t, good, map[string]func(string) string{"xl/worksheets/sheet1.xml": func(s string) string {
		return strings.Replace(s, "</sheetData>", strings.Repeat("<row>"+text+text+"</row>", 100_000)+"</sheetData>", 1)
	}}, nil)
	refused(t, b, people, sheet.TooManyRows, "表“Sheet1”第 20002 行", "最多 20000 行")
}

// Whatever a byte is changed to, the answer is a table or a fault with a sentence.
func TestDamagedFiles(t *testing.T) {
	good := file(t, func(f *excelize.File) {
		set(f, "Sheet1", []any{"户主", "姓名", "出生日期"}, []any{"甲", "一", 45992}, []any{nil, "二", "x"})
		if err := f.MergeCell("Sheet1", "A2", "A3"); err != nil {
			t.Fatal(err)
		}
	})
	random := rand.New(rand.NewSource(1))
	for range 400 {
		b := slices.Clone(good)
		for range 1 + random.Intn(4) {
			b[random.Intn(len(b))] ^= byte(1 << random.Intn(8))
		}
		answers(t, b)
	}
	// Damage within a part, past the archive's own checks.
	for _, part := range []string{"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"} {
		for range 50 {
			answers(t, changed(t, good, map[string]func(string) string{part: func(s string) string {
				b := []byte(s)
				for range 1 + random.Intn(6) {
					b[random.Intn(len(b))] = `0123456789<>"/=A `[random.Intn(17)]
				}
				return string(b)
			}}, nil))
		}
	}
}

func answers(t testing.TB, b []byte) {
	t.Helper()
	_, err := sheet.Read(b, people)
	var fault *sheet.Fault
	if err != nil && (!errors.As(err, &fault) || fault.Sentence() == "") {
		t.Fatalf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(f, func(f *excelize.File) { set(f, "Sheet1", []any{"户主", "姓名"}, []any{"甲", 1}) }))
	f.Add([]byte("户主,姓名"))
	f.Fuzz(func(t *testing.T, b []byte) { answers(t, b) })
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	var b bytes.Buffer
	err := sheet.Write(&b,
		sheet.Page{Name: "户/人:[名]册", Title: "花名册", Lines: []string{"截至 2026-11-22"},
			Headings: []sheet.Heading{{Text: "户主", Width: 20}, {Text: "姓名"}, {Text: "电话", Literal: true}, {Text: "编号", Hidden: true}, {Text: "金额", Format: "#,##0.00"}},
			Rows:     [][]any{{"=HYPERLINK(1)", "+甲", "0138", "x", 12.5}, {"@乙", "-丙\n丁", nil, "y", int64(3)}, {"_x0041_", "\x01戊"}}},
		sheet.Page{Name: "口径", Headings: []sheet.Heading{{Text: "指标"}}, Rows: [][]any{{"走访"}}},
		sheet.Page{Name: "口径"})
	if err != nil {
		t.Fatal(err)
	}
	table := read(t, b.Bytes())
	var got []string
	for _, r := range table.Rows {
		got = append(got, r.Cell("head").Text(), r.Cell("name").Text(), r.Cell("phone").Text())
	}
	if !slices.Equal(got, []string{"=HYPERLINK(1)", "+甲", "0138", "@乙", "-丙\n丁", "", "_x0041_", "戊", ""}) {
		t.Errorf("%q", got)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if names := f.GetSheetList(); !slices.Equal(names, []string{"户人名册", "口径", "口径-2"}) {
		t.Errorf("%v", names)
	}
	if v, _ := f.GetCellFormula("户人名册", "A4"); v != "" {
		t.Errorf("a formula: %s", v)
	}
	if visible, _ := f.GetColVisible("户人名册", "D"); visible {
		t.Error("the hidden column is shown")
	}
	if v, _ := f.GetCellValue("户人名册", "E4"); v != "12.50" {
		t.Errorf("%s", v)
	}
	if v, _ := f.GetCellValue("户人名册", "A1"); v != "花名册" {
		t.Errorf("%s", v)
	}
}
