package api

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// exportWords are the words of a file, in one language; what is counted is named by the catalogue.
type exportWords struct {
	pick                                            func(catalogue.Text) string
	unit, month, monthName, title                   string
	asOf, approved, withheldWhy                     string
	unfinished, alike, recounted, listed            string
	withheld, change, points                        string
	data, definitions, indicator, measure, counting string
	year, half1, half2, quarter, monthOf, months    string
	days, dayOf                                     string
	numerator, denominator, units                   string
}

// beijing is the time that all of China keeps.
var beijing = time.FixedZone("UTC+8", 8*60*60)

func exportIn(lang string) exportWords {
	if lang == "en" {
		return exportWords{
			pick: func(t catalogue.Text) string {
				if t.EN != "" {
					return t.EN
				}
				return t.ZH
			},
			unit: "Unit", month: "Month", monthName: "%d", title: "%s, %s",
			asOf: "As of %s", approved: "Approved entries alone are counted.",
			withheldWhy: "Withheld: small numbers of sensitive kinds (fewer than 5), and those that would give them away.",
			unfinished:  "The period is not over: it is counted up to now, the one a year before is whole.",
			alike:       "The period is not over: the months that are over are compared, %s with %s.",
			recounted:   "The definitions have changed and entries are being counted anew (%d%%). Not done yet: %s. Save the file again when it is.",
			listed:      ", ",
			withheld:    "Withheld", change: "Change", points: "points",
			data: "Figures", definitions: "Definitions", indicator: "Figure", measure: "In", counting: "What is counted",
			year: "%d", half1: "%d, first half", half2: "%d, second half", quarter: "%d, quarter %d", monthOf: "%d-%d", months: "%d, months %d to %d",
			days: "%s to %s", dayOf: "2006-01-02",
			numerator: "%s, numerator: %s", denominator: "%s, denominator: %s", units: "Units",
		}
	}
	return exportWords{
		pick: func(t catalogue.Text) string { return t.ZH },
		unit: "单位", month: "月份", monthName: "%d月", title: "%s %s数据",
		asOf: "%s算出的数", approved: "只算审核通过的记录。",
		withheldWhy: "“不显示”的数：敏感类别中不足 5 件的，和能推算出它的，按规定不显示，以免看出是谁。",
		unfinished:  "这段时间还没有过完：今年的数算到现在，去年的数是整段时间的。",
		alike:       "这段时间还没有过完：和去年比的是已经过完的月份，%s和%s比。",
		recounted:   "正在按新口径重新统计（%d%%），还没有算完的数：%s。请等统计完再存一次。",
		listed:      "、",
		withheld:    "不显示", change: "增减", points: "百分点",
		data: "数据", definitions: "口径", indicator: "指标", measure: "计量单位", counting: "怎么算",
		year: "%d年", half1: "%d年上半年", half2: "%d年下半年", quarter: "%d年第%d季度", monthOf: "%d年%d月", months: "%d年%d–%d月",
		days: "%s到%s", dayOf: "2006年1月2日",
		numerator: "%s的分子：%s", denominator: "%s的分母：%s", units: "单位数",
	}
}

// period is the name of a period as the page has it.
func (w exportWords) period(p totals.Period) string {
	year, from := p.From/12, p.From%12
	if p.Days() {
		return fmt.Sprintf(w.days, w.day(p.First), w.day(p.Last))
	}
	if strings.Contains(p.Name, "--") && p.From != p.To {
		return fmt.Sprintf(w.months, year, from+1, p.To%12+1)
	}
	switch p.To - p.From {
	case 0:
		return fmt.Sprintf(w.monthOf, year, from+1)
	case 2:
		return fmt.Sprintf(w.quarter, year, from/3+1)
	case 5:
		if from == 0 {
			return fmt.Sprintf(w.half1, year)
		}
		return fmt.Sprintf(w.half2, year)
	}
	return fmt.Sprintf(w.year, year)
}

// day writes a day as people do.
func (w exportWords) day(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil { // a period has days
		return day
	}
	return d.Format(w.dayOf)
}

// fileTable is what a file shows.
type fileTable struct {
	place, when string
	title       string
	lines       []string
	rowHead     string
	columns     []fileColumn
	rows        []fileRow
	defined     []*catalogue.Indicator
}

type fileColumn struct {
	text    string
	display string
	scale   int64
	change  bool // a difference of two figures
}

// fileRow has a cell for each column: nil shows nothing.
type fileRow struct {
	head  string
	cells []fileCell
}

type fileCell struct {
	value    *int64
	withheld bool
}

func (s *Server) newTable(q *exportQuery, asOf record.Instant, recount *engine.Recount) fileTable {
	place, _ := s.Engine.Places().Get(q.unit)
	w := q.words
	t := fileTable{place: place.Name, when: w.period(q.period), defined: q.indicators}
	t.title = fmt.Sprintf(w.title, t.place, t.when)
	t.lines = []string{fmt.Sprintf(w.asOf, time.UnixMilli(int64(asOf)).In(beijing).Format("2006-01-02 15:04")), w.approved}
	switch {
	case q.partly():
		t.lines = append(t.lines, fmt.Sprintf(w.alike, w.period(q.alike), w.period(q.before)))
	case q.compare && q.period.LastDay() >= engine.Day(asOf):
		t.lines = append(t.lines, w.unfinished)
	}
	if undone := q.undone(recount); len(undone) > 0 {
		t.lines = append(t.lines, fmt.Sprintf(w.recounted, 100*recount.Done/max(recount.All, 1), strings.Join(undone, w.listed)))
	}
	return t
}

// undone names the figures of the file that are being counted anew (T16).
func (q *exportQuery) undone(r *engine.Recount) (names []string) {
	for _, ind := range q.indicators {
		if r != nil && slices.Contains(r.Indicators, ind.ID) {
			names = append(names, q.words.pick(ind.Name))
		}
	}
	return names
}

// column heads an indicator: this period, and where it is asked for what of it is compared, the same a year before and
// the change. A rate stands with its two numbers, as on the page.
func (t *fileTable) column(q *exportQuery, ind *catalogue.Indicator, all *catalogue.Catalogue) {
	heads := []fileColumn{q.words.head(ind)}
	name := q.words.pick(ind.Name)
	if ind.Quotient() {
		for _, part := range []struct{ word, id string }{{q.words.numerator, ind.Numerator}, {q.words.denominator, ind.Denominator}} {
			head := fileColumn{text: q.words.units} // of a coverage: how many there are
			if one := all.Indicator(part.id); one != nil {
				head = q.words.head(one)
			}
			head.text = fmt.Sprintf(part.word, name, head.text)
			heads = append(heads, head)
		}
	}
	if !q.compare {
		t.columns = append(t.columns, heads...)
		return
	}
	change := q.words.change
	if ind.Display == catalogue.DisplayPercent {
		change += "（" + q.words.points + "）"
	}
	spans := []totals.Period{q.period, q.before}
	if q.partly() {
		spans = []totals.Period{q.period, q.alike, q.before}
	}
	for _, span := range spans {
		for _, head := range heads {
			head.text += " " + q.words.period(span)
			t.columns = append(t.columns, head)
		}
	}
	heads[0].text, heads[0].change = heads[0].text+" "+change, true
	t.columns = append(t.columns, heads[0])
}

func (w exportWords) head(ind *catalogue.Indicator) fileColumn {
	name := w.pick(ind.Name)
	if unit := w.pick(ind.Unit); unit != "" && ind.Display != catalogue.DisplayPercent {
		name += "（" + unit + "）"
	}
	return fileColumn{text: name, display: ind.Display, scale: ind.Decimals()}
}

// put adds an indicator's cells. A change with a figure that is withheld is withheld: it would give the figure away (T8).
func (r *fileRow) put(q *exportQuery, ind *catalogue.Indicator, now, alike, was *totals.Reading) {
	r.cells = append(r.cells, cellsOf(ind, now)...)
	if !q.compare {
		return
	}
	if q.partly() {
		r.cells = append(r.cells, cellsOf(ind, alike)...)
	}
	a, b := cellOf(alike), cellOf(was)
	change := fileCell{withheld: a.withheld || b.withheld}
	if !change.withheld && a.value != nil && b.value != nil {
		n := *a.value - *b.value
		change.value = &n
	}
	r.cells = append(append(r.cells, cellsOf(ind, was)...), change)
}

// cellsOf are a figure's: of a rate with its two numbers.
func cellsOf(ind *catalogue.Indicator, r *totals.Reading) []fileCell {
	one := cellOf(r)
	switch {
	case !ind.Quotient():
		return []fileCell{one}
	case r == nil || r.Withheld:
		return []fileCell{one, one, one}
	}
	return []fileCell{one, {value: r.Numerator}, {value: r.Denominator}}
}

func cellOf(r *totals.Reading) fileCell {
	switch {
	case r == nil:
		return fileCell{}
	case r.Withheld:
		return fileCell{withheld: true}
	}
	return fileCell{value: r.Value}
}

// nothing stands where there is no figure: no month yet, or a rate of none.
const nothing = "—"

// shown is a figure as it stands on the page, without commas between thousands.
func (c fileColumn) shown(x fileCell, w exportWords) string {
	switch {
	case x.withheld:
		return w.withheld
	case x.value == nil:
		return nothing
	}
	switch c.display {
	case catalogue.DisplayPercent:
		if c.change {
			return hundredths(*x.value, 100)
		}
		return hundredths(*x.value, 100) + "%"
	case catalogue.DisplayWanYuan:
		return hundredths(*x.value, 1_000_000)
	case catalogue.DisplayYuan:
		return hundredths(*x.value, 100)
	case catalogue.DisplayDecimal:
		return decimals(*x.value, c.scale)
	}
	return strconv.FormatInt(*x.value, 10)
}

// hundredths divides to two decimals, rounded half away from zero, without a fraction on the way.
func hundredths(value, unit int64) string {
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	n := (value*100 + unit/2) / unit
	return fmt.Sprintf("%s%d.%02d", sign, n/100, n%100)
}

// decimals writes a number that is kept in steps of so many decimals.
func decimals(value, scale int64) string {
	if scale == 0 {
		return strconv.FormatInt(value, 10)
	}
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	text := fmt.Sprintf("%0*d", scale+1, value)
	at := len(text) - int(scale)
	return sign + text[:at] + "." + text[at:]
}

// number is a figure as a cell of a spreadsheet holds it: exact, and shown as on the page by its format.
func (c fileColumn) number(value int64) (n any, format string) {
	switch {
	case c.display == catalogue.DisplayPercent && c.change:
		return float64(value) / 100, "0.00"
	case c.display == catalogue.DisplayPercent:
		return float64(value) / 10_000, "0.00%"
	case c.display == catalogue.DisplayWanYuan:
		return float64(value) / 1_000_000, "#,##0.00"
	case c.display == catalogue.DisplayYuan:
		return float64(value) / 100, "#,##0.00"
	case c.display == catalogue.DisplayDecimal && c.scale > 0:
		return float64(value) / math.Pow10(int(c.scale)), "#,##0." + strings.Repeat("0", int(c.scale))
	}
	return value, "#,##0"
}

// notes stand above a table.
func (t fileTable) notes(w exportWords) []string {
	for _, r := range t.rows {
		for _, x := range r.cells {
			if x.withheld {
				return append(t.lines[:len(t.lines):len(t.lines)], w.withheldWhy)
			}
		}
	}
	return t.lines
}

// file is the table as it is taken away.
func (t fileTable) file(w exportWords) *tableFile {
	f := &tableFile{words: w, title: t.title, lines: t.notes(w), heads: []sheet.Heading{{Text: t.rowHead, Width: 22}}}
	for _, c := range t.columns {
		f.heads = append(f.heads, c.heading())
	}
	for _, r := range t.rows {
		row := []tableCell{textCell(r.head)}
		for i, x := range r.cells {
			row = append(row, t.columns[i].cell(x, w))
		}
		f.rows = append(f.rows, row)
	}
	for _, ind := range t.defined {
		f.definitions = append(f.definitions, w.defined(ind))
	}
	return f
}

// defined is what an indicator counts.
func (w exportWords) defined(ind *catalogue.Indicator) [3]string {
	return [3]string{w.pick(ind.Name), w.pick(ind.Unit), w.pick(ind.Definition)}
}

// plainText keeps a spreadsheet from taking a text for a formula: a name that begins with "=" would be computed on the
// clerk's machine.
func plainText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
