package reportfile

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"niangjia/sync/record"
	"niangjia/sync/report"
)

// block is a paragraph or a table of the file, in the order in which they stand. What it looks like is said once for
// DOCX and PDF by its kind.
type block struct {
	kind   kind
	pieces []piece
	table  *grid
	indent float64 // kindSign, kindDate: places left free to the right; kindList: places left of its first line
	hang   float64 // kindList: places that its other lines stand further in
	page   bool    // begins on a new page
}

type kind int

const (
	kindTitle kind = iota
	kindDraft
	kindFirst  // 一、
	kindSecond // （一）
	kindBody
	kindBlank
	kindList // 附件：1.…
	kindSign
	kindDate
	kindAnnexName  // 附件1
	kindAnnexTitle // its title, in the third line
	kindNote       // small, below a table
	kindTable
)

// piece is words, or a figure as it is written.
type piece struct {
	text   string
	figure *report.Figure
	n      int    // of a figure: its number in the file, from 1
	mark   string // behind a figure: 〔改〕
}

// grid is a table of an annex. Its first row is repeated on every page.
type grid struct {
	heads  []string
	widths []float64 // shares of the width
	rows   [][]piece
	left   map[int]bool // columns of words; numbers stand to the right
}

// What stands behind a number that was not counted from entries.
const (
	markOverride = "〔改〕"
	markImported = "〔填〕"
)

func markOf(f *report.Figure) string {
	switch {
	case f.Override != nil:
		return markOverride
	case ofLastYear(f):
		return markImported
	}
	return ""
}

// ofLastYear: what is said is last year's number, or comes of it, and that was imported.
func ofLastYear(f *report.Figure) bool {
	return f.Imported && (f.Style == report.Before || f.Style == report.Differ)
}

// beijing is the time that all of China keeps.
var beijing = time.FixedZone("UTC+8", 8*60*60)

func moment(at record.Instant) time.Time { return time.UnixMilli(int64(at)).In(beijing) }

func chineseDay(t time.Time) string {
	return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day())
}

// composer numbers the figures as they come.
type composer struct {
	doc     report.Document
	opts    Options
	blocks  []block
	figures []*report.Figure // by number, from 1
	seen    map[string]int   // where in listed
	listed  []*report.Figure // each figure of the text once
	marked  bool
}

func compose(doc report.Document, opts Options) *composer {
	c := &composer{doc: doc, opts: opts, seen: map[string]int{}}
	for _, l := range titleLines(clean(doc.Title)) {
		c.add(kindTitle, piece{text: l})
	}
	if doc.Signed == nil {
		c.add(kindDraft, piece{text: "（未签发）"})
	}
	c.add(kindBlank)
	c.text()
	annexes := c.annexes()
	c.list(annexes)
	c.signature()
	for i, a := range annexes {
		c.annex(a, i+1, len(annexes))
	}
	return c
}

func (c *composer) add(k kind, pieces ...piece) *block {
	c.blocks = append(c.blocks, block{kind: k, pieces: pieces})
	return &c.blocks[len(c.blocks)-1]
}

// numberOf gives a figure its number in the file.
func (c *composer) numberOf(f *report.Figure) int {
	c.figures = append(c.figures, f)
	return len(c.figures)
}

func (c *composer) text() {
	part := 0
	for _, p := range c.doc.Parts {
		if empty(p) {
			continue
		}
		part++
		c.add(kindFirst, piece{text: ordinal(part) + "、" + clean(p.Title)})
		section := 0
		for _, s := range p.Sections {
			if len(s.Paragraphs) == 0 {
				continue
			}
			if s.Title != "" {
				section++
				c.add(kindSecond, piece{text: "（" + ordinal(section) + "）" + clean(s.Title)})
			}
			for _, para := range s.Paragraphs {
				if pieces := c.paragraph(para); len(pieces) > 0 {
					c.add(kindBody, pieces...)
				}
			}
		}
	}
}

// enlist puts a figure on the list of the text's, once, as it is said for itself rather than by its change.
func (c *composer) enlist(f *report.Figure) {
	c.marked = c.marked || markOf(f) != ""
	at, known := c.seen[f.ID]
	if !known {
		c.seen[f.ID] = len(c.listed)
		c.listed = append(c.listed, f)
	} else if plain := f.Style != report.Differ && f.Style != report.Before; plain {
		if was := c.listed[at].Style; was == report.Differ || was == report.Before {
			c.listed[at] = f
		}
	}
}

func empty(p report.Part) bool {
	for _, s := range p.Sections {
		if len(s.Paragraphs) > 0 {
			return false
		}
	}
	return true
}

func (c *composer) paragraph(p report.Paragraph) (out []piece) {
	for _, r := range p.Runs {
		switch {
		case r.Figure != nil:
			f := r.Figure
			// The unit's word belongs to the sentence: 人次 is no part of the number that is compared.
			c.enlist(f)
			if clean(f.Written) == "" { // nothing can be said of it
				continue
			}
			out = append(out, piece{text: clean(f.Written), figure: f, n: c.numberOf(f)}, piece{text: clean(f.UnitWord), mark: markOf(f)})
		case r.Text != "":
			out = append(out, piece{text: clean(r.Text)})
		}
	}
	return out
}

// clean leaves what XML and a line of text can hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < 0x20 || r == 0x7f || r == 0xfffe || r == 0xffff || r == utf8.RuneError || r >= 0xd800 && r < 0xe000:
			return -1
		}
		return r
	}, s)
}

// list names the annexes below the text (7.3.4): 附件：1.…
func (c *composer) list(annexes []annex) {
	if len(annexes) == 0 {
		return
	}
	c.add(kindBlank)
	for i, a := range annexes {
		text, at := "附件："+a.title, 2.0
		hang := 3.0
		if len(annexes) > 1 {
			number := fmt.Sprintf("%d.", i+1)
			text, hang = "附件："+number+a.title, 3+places(number)
			if i > 0 {
				text, at, hang = number+a.title, 5, places(number)
			}
		}
		b := c.add(kindList, piece{text: text})
		b.indent, b.hang = at, hang
	}
}

// signature is that of a paper without a seal (7.3.5.2): the unit's name two places from the right, the date below it,
// beginning two places further right; the longer of the two keeps the distance.
func (c *composer) signature() {
	at := moment(c.doc.Mark.At)
	if c.doc.Signed != nil {
		at = moment(c.doc.Signed.At)
	}
	name, day := clean(c.doc.Unit.Name), chineseDay(at)
	if !strings.Contains(name, "妇") {
		name += "妇女联合会"
	}
	signRight, dateRight := 2.0, 0.0
	begin := charsPerLine - signRight - places(name) + 2
	if dateRight = charsPerLine - begin - places(day); dateRight < 2 {
		dateRight = 2
		signRight = places(day) + dateRight + 2 - places(name)
	}
	c.add(kindBlank)
	c.add(kindSign, piece{text: name}).indent = max(signRight, 0)
	c.add(kindDate, piece{text: day}).indent = dateRight
	if c.marked {
		c.add(kindBody, piece{text: "（标有" + markOverride + "的是手工改写的数，标有" + markImported + "的依据往年填报数，说明见附件1。）"})
	}
}
