package api

import (
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// The lists and tables of the desk as files: what such a file says of itself, and what its columns mean.

// listWords are words in one language, with the names of units.
type listWords struct {
	exportWords
	places *record.Places
	lang   string
}

func (s *Server) listIn(c echo.Context) listWords {
	lang := c.QueryParam("lang")
	return listWords{exportIn(lang), s.Engine.Places(), lang}
}

// in picks a language.
func (w listWords) in(zh, en string) string { return w.pick(catalogue.Text{ZH: zh, EN: en}) }

// inf is in with values put in.
func (w listWords) inf(zh, en string, values ...any) string {
	return fmt.Sprintf(w.in(zh, en), values...)
}

// place is a unit's name, of a village with its township's: two villages of a county may bear the same.
func (w listWords) place(code string) string {
	d, known := w.places.Get(code)
	if !known {
		return code
	}
	if up, ok := w.places.Get(d.Parent); ok && d.Level == record.Village {
		return up.Name + " " + d.Name
	}
	return d.Name
}

// when is a moment, to the minute; "" for none.
func (w listWords) when(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(beijing).Format("2006-01-02 15:04")
}

func (w listWords) instant(at record.Instant) string {
	if at == 0 {
		return ""
	}
	return w.when(time.UnixMilli(int64(at)))
}

// listColumn is a column with what it says.
type listColumn struct {
	sheet.Heading
	says string
}

func column(width float64, name, says string) listColumn {
	return listColumn{sheet.Heading{Text: name, Width: width}, says}
}

// numbers is a column of whole numbers.
func numbers(name, says string) listColumn {
	return listColumn{sheet.Heading{Text: name, Format: "#,##0"}, says}
}

// literal heads a column of digits that are no number.
func literal(width float64, name string) sheet.Heading {
	return sheet.Heading{Text: name, Width: width, Literal: true}
}

// codes is a column of codes, whose zeros are kept.
func (w listWords) codes() listColumn {
	return listColumn{literal(16, w.in("区划代码", "Code")), w.in("国家统计局的 12 位区划代码。", "The division's code of 12 digits.")}
}

func numberCell(n int64) tableCell { return tableCell{n, fmt.Sprint(n)} }

// emptyCell stands where the page has nothing.
var emptyCell = tableCell{nothing, nothing}

// about is what a list says of itself.
type about struct {
	title, unit, span string
	filter            string // what is in it and what is not
	asOf              record.Instant
}

// list is such a file while it is filled.
type list struct {
	*tableFile
	w     listWords
	most  int
	extra int // rows that it has no room for
}

// newList begins one. What it says of itself stands with the definitions.
func (s *Server) newList(c echo.Context, w listWords, a about, columns ...listColumn) *list {
	if a.asOf == 0 {
		a.asOf = s.Engine.Now()
	}
	f := &tableFile{words: w.exportWords, title: a.title, lines: []string{fmt.Sprintf(w.asOf, w.instant(a.asOf))}}
	say := func(name, text string) {
		if text != "" {
			f.definitions = append(f.definitions, [3]string{name, "", text})
		}
	}
	if a.unit != "" {
		say(w.in("哪个单位", "Of which unit"), w.place(a.unit)+" "+a.unit)
	}
	say(w.in("时间段", "Time"), a.span)
	say(w.in("列了什么", "What is listed"), a.filter)
	say(w.in("导出人", "Saved by"), callerOf(c).Account.Name)
	say(w.in("导出时间", "Saved at"), w.instant(s.Engine.Now()))
	for _, one := range columns {
		f.heads = append(f.heads, one.Heading)
		say(one.Text, one.says)
	}
	return &list{tableFile: f, w: w, most: s.listMost}
}

// add puts a row in, as long as there is room.
func (l *list) add(row ...tableCell) {
	if len(l.rows) == l.most {
		l.extra++
		return
	}
	l.rows = append(l.rows, row)
}

// note puts a line above the table and among the definitions: whoever copies the table alone still finds it.
func (l *list) note(name, text string) {
	l.lines = append(l.lines, text)
	l.definitions = append(l.definitions, [3]string{name, "", text})
}

// cut says that the list ends before its end.
func (l *list) cut(left int64, how string) {
	l.note(l.w.in("没有列完", "Cut"), l.w.inf("只列出了前 %d 行，还有 %d 行没有列出。%s", "The first %d rows alone; %d more are not listed. %s", len(l.rows), left, how))
}

// done is the file, told where it was cut.
func (l *list) done(how string) *tableFile {
	if l.extra > 0 {
		l.cut(int64(l.extra), how)
	}
	return l.tableFile
}

// smaller tells how to get what a file has no room for.
func (w listWords) smaller() string {
	return w.in("请到下面的单位分开存。", "Save it unit by unit below.")
}

// listMost bounds the rows of a file.
const listMost = engine.MaxListed
