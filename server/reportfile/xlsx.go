package reportfile

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/report"
)

// XLSX is the report's figures as a spreadsheet: those of the text, what they count, and each table unit by unit, with
// the exact numbers, to be reckoned with.
func XLSX(doc report.Document, opts Options) ([]byte, error) {
	c := compose(doc, opts)
	var records []recorded
	for i, f := range c.listed {
		records = append(records, recordFigure(piece{figure: f, n: i + 1, text: clean(f.Written)}))
	}
	pages := []sheet.Page{c.figurePage(), c.definitionPage()}
	for _, t := range doc.Tables {
		if len(t.Columns) > 0 {
			pages = append(pages, c.tablePage(t))
		}
	}
	var properties [][2]string
	for _, p := range recordOf(doc, records).list() {
		properties = append(properties, [2]string{propertyPrefix + p[0], p[1]})
	}
	var b bytes.Buffer
	if err := sheet.WriteWith(&b, properties, pages...); err != nil {
		return nil, err
	}
	return inOrder(b.Bytes())
}

// inOrder packs a spreadsheet's parts by name: excelize keeps them in a map, whose order is another each time.
func inOrder(file []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(z.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) }) // "[" is before letters of lower case
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range z.File {
		if err := w.Copy(f); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (c *composer) lines() []string {
	at := moment(c.doc.Mark.At)
	return []string{
		fmt.Sprintf("%s，%s到%s；%s %02d:%02d的数，只算审核通过的记录。", c.doc.Unit.Name, c.doc.From, c.doc.To, chineseDay(at), at.Hour(), at.Minute()),
		"“不显示”的数：敏感类别中不足 5 件的，和能推算出它的，按规定不显示，以免看出是谁。",
	}
}

const withheldWords = "不显示"

// figurePage has a row for each figure of the text, in its order.
func (c *composer) figurePage() sheet.Page {
	p := sheet.Page{Name: "数据", Title: c.doc.Title, Lines: c.lines(), Headings: []sheet.Heading{
		{Text: "指标", Width: 30}, {Text: "文中写作"}, {Text: "准确数"}, {Text: "计量单位"}, {Text: "分子"}, {Text: "分母"}, {Text: "上年同期"}, {Text: "增减"}, {Text: "待审"}, {Text: "标注", Width: 48}, {Text: "查看"},
	}}
	for _, f := range c.listed {
		p.Rows = append(p.Rows, c.figureRow(f))
	}
	return p
}

func (c *composer) figureRow(f *report.Figure) []any {
	if f.Withheld {
		return []any{f.Name, strings.TrimLeft(f.Written, "，"), withheldWords}
	}
	value := f.Value
	note := ""
	if o := f.Override; o != nil {
		value = report.Value{N: &o.Value}
		note = c.overridden(f)
	}
	if f.Imported {
		if note != "" {
			note += "；"
		}
		note += "上年同期是往年填报数，不能点开"
	}
	row := []any{f.Name, strings.TrimLeft(f.Written, "，") + f.UnitWord, c.cell(f, value), c.unitWord(f), whole(value.Numerator), whole(value.Denominator), nil, nil, whole(f.Pending), note, nil}
	if f.LastYear != nil {
		row[6] = c.cell(f, *f.LastYear)
	}
	if f.Change != nil {
		row[7] = f.Change.Written
	}
	if url := c.opts.link(f); url != "" {
		row[10] = sheet.Link{Text: "打开", URL: url}
	}
	return row
}

func whole(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

// unitWord is what the exact number is in: money is written out in yuan.
func (c *composer) unitWord(f *report.Figure) string {
	switch display, _ := c.opts.stepsOf(f); display {
	case catalogue.DisplayYuan, catalogue.DisplayWanYuan:
		return "元"
	case catalogue.DisplayPercent:
		return ""
	}
	return f.UnitWord
}

// cell is a value as a number to reckon with: money in yuan, a percentage as a fraction of one.
func (c *composer) cell(f *report.Figure, v report.Value) any {
	if v.N == nil {
		return nil
	}
	switch display, scale := c.opts.stepsOf(f); {
	case display == catalogue.DisplayYuan || display == catalogue.DisplayWanYuan:
		return float64(*v.N) / 100
	case display == catalogue.DisplayPercent:
		return float64(*v.N) / 10_000
	case scale > 0:
		return float64(*v.N) / math.Pow10(int(scale))
	}
	return *v.N
}

// definitionPage says what each figure of the file counts, once.
func (c *composer) definitionPage() sheet.Page {
	p := sheet.Page{Name: "口径", Title: "口径", Headings: []sheet.Heading{{Text: "指标", Width: 30}, {Text: "计量单位"}, {Text: "怎么算", Width: 80}}}
	seen := map[string]bool{}
	add := func(name, unit, definition string) {
		if key := name + "\x00" + definition; definition != "" && !seen[key] {
			seen[key] = true
			p.Rows = append(p.Rows, []any{name, unit, definition})
		}
	}
	for _, f := range c.listed {
		add(f.Name, c.unitWord(f), f.Definition)
	}
	for _, t := range c.doc.Tables {
		for _, col := range t.Columns {
			add(col.Name, c.unitWord(&report.Figure{Indicator: col.Indicator, UnitWord: col.UnitWord}), col.Definition)
		}
	}
	return p
}

// tablePage has a row a unit; a rate has its two numbers beside it, for rates are never added up.
func (c *composer) tablePage(t report.Table) sheet.Page {
	p := sheet.Page{Name: t.Title, Title: t.Title, Lines: append(c.lines(), c.overriddenIn(t)...), Headings: []sheet.Heading{{Text: "单位", Width: 22}, {Text: "区划代码", Width: 16, Literal: true}}}
	rates := make([]bool, len(t.Columns))
	for i, col := range t.Columns {
		for _, r := range t.Rows {
			rates[i] = rates[i] || i < len(r.Cells) && r.Cells[i].Value.Numerator != nil
		}
		head := col.Name
		if unit := c.unitWord(&report.Figure{Indicator: col.Indicator, UnitWord: col.UnitWord}); unit != "" && !rates[i] {
			head += "（" + unit + "）"
		}
		p.Headings = append(p.Headings, sheet.Heading{Text: head})
		if rates[i] {
			p.Headings = append(p.Headings, sheet.Heading{Text: col.Name + "的分子"}, sheet.Heading{Text: col.Name + "的分母"})
		}
	}
	for _, r := range t.Rows {
		row := []any{r.Unit.Name, r.Unit.Code}
		for i := range t.Columns {
			var cells []any
			switch {
			case i >= len(r.Cells):
				cells = []any{nil, nil, nil}
			case r.Cells[i].Withheld:
				cells = []any{withheldWords, withheldWords, withheldWords}
			default:
				v := r.Cells[i].Value
				cells = []any{c.cell(&r.Cells[i], v), whole(v.Numerator), whole(v.Denominator)}
			}
			if !rates[i] {
				cells = cells[:1]
			}
			row = append(row, cells...)
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}
