package reportfile

import (
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/report"
)

// annex is what stands behind the text, each on a page of its own (7.3.7).
type annex struct {
	title string
	parts []grid
	notes []string
}

// annexes are the list of the text's figures and the document's tables.
func (c *composer) annexes() (out []annex) {
	if len(c.listed) > 0 {
		out = append(out, c.figureList())
	}
	for _, t := range c.doc.Tables {
		if len(t.Rows) > 0 && len(t.Columns) > 0 {
			out = append(out, c.unitTable(t))
		}
	}
	return out
}

func (c *composer) annex(a annex, n, of int) {
	name := "附件"
	if of > 1 {
		name += strconv.Itoa(n)
	}
	c.add(kindAnnexName, piece{text: name}).page = true
	c.add(kindBlank)
	for _, l := range titleLines(a.title) {
		c.add(kindAnnexTitle, piece{text: l})
	}
	for i := range a.parts {
		if i > 0 {
			c.add(kindBlank)
		}
		c.number(&a.parts[i])
		c.add(kindTable).table = &a.parts[i]
	}
	for _, n := range a.notes {
		c.add(kindNote, piece{text: clean(n)})
	}
}

// number gives the figures of a table their numbers, behind those of the text.
func (c *composer) number(g *grid) {
	for _, r := range g.rows {
		for i := range r {
			if r[i].figure != nil {
				r[i].n = c.numberOf(r[i].figure)
			}
		}
	}
}

// figureList has what a clerk wants beside each figure: the exact number, last year's, the change, and what waits.
func (c *composer) figureList() annex {
	a := annex{title: "本报告的数据"}
	g := grid{heads: []string{"指标", "文中写作", "准确数", "上年同期", "增减", "待审"}, widths: []float64{27, 14, 22, 14, 17, 6}, left: map[int]bool{0: true}}
	for _, f := range c.listed {
		last := "—"
		if f.LastYear != nil {
			last = c.exact(f, *f.LastYear)
		}
		change := "—"
		if f.Change != nil && f.Change.Written != "" {
			change = f.Change.Written
		}
		pending := ""
		if f.Pending == nil { // not told
			pending = "—"
		} else if *f.Pending > 0 {
			pending = strconv.FormatInt(*f.Pending, 10)
		}
		override, imported := "", ""
		if f.Imported {
			imported = markImported
		}
		exact := c.exact(f, f.Value)
		if f.Override != nil {
			exact, override = c.exact(f, report.Value{N: &f.Override.Value}), markOverride
		}
		if f.Withheld {
			exact, last, change, pending, imported = withheldWords, "", "", "", ""
		}
		g.rows = append(g.rows, []piece{
			{text: clean(f.Name)}, {text: strings.TrimLeft(clean(f.Written), "，"), mark: override}, {text: exact, figure: f}, {text: last, mark: imported}, {text: clean(change)}, {text: pending},
		})
		if f.Override != nil {
			a.notes = append(a.notes, markOverride+f.Name+"："+c.overridden(f))
		}
		if f.Imported {
			a.notes = append(a.notes, markImported+f.Name+"：上年同期是往年填报数，不是从记录算出的，不能点开。")
		}
	}
	a.parts = []grid{g}
	day := moment(c.doc.Mark.At)
	a.notes = append([]string{fmt.Sprintf("以上是%s %02d:%02d的数，只算审核通过的记录；“待审”是还没有审核、没有算进去的记录。", chineseDay(day), day.Hour(), day.Minute())}, a.notes...)
	return a
}

// overridden says what was put in the place of which number, why, by whom and when.
func (c *composer) overridden(f *report.Figure) string {
	o := f.Override
	who := o.Name
	if who == "" {
		who = o.By
	}
	return fmt.Sprintf("算出的是%s，手工改写为%s。理由：%s（%s，%s）", c.exact(f, o.Was), c.exact(f, report.Value{N: &o.Value}), o.Reason, who, chineseDay(moment(o.At)))
}

// overriddenIn are the notes of a table: those of figures that stand in it alone.
func (c *composer) overriddenIn(t report.Table) (notes []string) {
	for _, r := range t.Rows {
		for i := range r.Cells {
			f := &r.Cells[i]
			if _, told := c.seen[f.ID]; f.Override != nil && !f.Withheld && !told {
				notes = append(notes, markOverride+r.Unit.Name+f.Name+"："+c.overridden(f))
			}
		}
	}
	return notes
}

// tableColumns is how many figures stand side by side.
const tableColumns = 6

// unitTable has the units below each other; more columns than a page has room for go on in a further table.
func (c *composer) unitTable(t report.Table) annex {
	a := annex{title: clean(t.Title)}
	pages := (len(t.Columns) + tableColumns - 1) / tableColumns
	each := (len(t.Columns) + pages - 1) / pages // alike, not six and one
	withheld := false
	for from := 0; from < len(t.Columns); from += each {
		to := min(from+each, len(t.Columns))
		g := grid{heads: []string{"单位"}, widths: []float64{22}, left: map[int]bool{0: true}}
		for _, col := range t.Columns[from:to] {
			head := clean(col.Name)
			if ind := c.opts.indicator(col.Indicator); col.UnitWord != "" && (ind == nil || ind.Display != catalogue.DisplayPercent) && !strings.Contains(head, "（") {
				head += "（" + clean(col.UnitWord) + "）"
			}
			g.heads, g.widths = append(g.heads, head), append(g.widths, 78/float64(to-from))
		}
		for _, r := range t.Rows {
			row := []piece{{text: clean(r.Unit.Name)}}
			for i := from; i < to; i++ {
				p := piece{text: "—"}
				if i < len(r.Cells) {
					f := &r.Cells[i]
					switch {
					case f.Withheld:
						p.text, withheld = withheldWords, true
					case f.Override != nil:
						p = piece{text: c.inColumn(f, report.Value{N: &f.Override.Value}), figure: f, mark: markOverride}
					case f.Value.N != nil:
						p = piece{text: c.inColumn(f, f.Value), figure: f}
					}
				}
				row = append(row, p)
			}
			g.rows = append(g.rows, row)
		}
		a.parts = append(a.parts, g)
	}
	a.notes = c.overriddenIn(t)
	if withheld {
		a.notes = append(a.notes, "“不显示”的数：敏感类别中不足 5 件的，和能推算出它的，按规定不显示，以免看出是谁。")
	}
	return a
}

// inColumn writes a value in the unit of its column's head: numbers below each other are not rounded to 万.
func (c *composer) inColumn(f *report.Figure, v report.Value) string {
	if v.N == nil {
		return "—"
	}
	display, scale := c.opts.stepsOf(f)
	switch display {
	case catalogue.DisplayWanYuan:
		return stepped((*v.N+sign(*v.N)*5_000)/10_000, 2)
	case catalogue.DisplayYuan:
		return stepped(*v.N, 2)
	case catalogue.DisplayPercent:
		return stepped(*v.N, 2) + "%"
	}
	return stepped(*v.N, int(scale))
}

func sign(n int64) int64 {
	if n < 0 {
		return -1
	}
	return 1
}

// exact writes a value out in full: 56,320户次, 1,234,567.00元, a rate with its two numbers.
func (c *composer) exact(f *report.Figure, v report.Value) string {
	if v.N == nil {
		return "—"
	}
	var text string
	switch display, scale := c.opts.stepsOf(f); display {
	case catalogue.DisplayYuan, catalogue.DisplayWanYuan:
		return stepped(*v.N, 2) + "元"
	case catalogue.DisplayPercent:
		text = stepped(*v.N, 2) + "%"
	default:
		text = stepped(*v.N, int(scale)) + clean(f.UnitWord)
	}
	if v.Numerator != nil && v.Denominator != nil {
		text += "（" + thousands(*v.Numerator) + "/" + thousands(*v.Denominator) + "）"
	}
	return text
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return sign + s
}

// stepped writes a number that is kept in steps of so many decimals.
func stepped(n int64, decimals int) string {
	if decimals <= 0 {
		return thousands(n)
	}
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	return sign + thousands(n/unit) + fmt.Sprintf(".%0*d", decimals, n%unit)
}
