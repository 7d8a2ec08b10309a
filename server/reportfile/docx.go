package reportfile

import (
	"math"
	"strconv"
	"strings"

	"niangjia/sync/report"
)

func itoa(n int) string { return strconv.Itoa(n) }

// DOCX is the report as a Word file in the format of official papers.
func DOCX(doc report.Document, opts Options) ([]byte, error) {
	c := compose(doc, opts)
	w := &docx{composer: c}
	// The parts that every such file has come first, so that their ids do not move with the text.
	w.rels.add("styles", "styles.xml", false)
	w.rels.add("settings", "settings.xml", false)
	w.rels.add("fontTable", "fontTable.xml", false)
	w.rels.add("customXml", "../customXml/item1.xml", false)
	w.odd = w.rels.add("footer", "footer1.xml", false)
	w.even = w.rels.add("footer", "footer2.xml", false)
	for i, b := range c.blocks {
		// A page break stands in the paragraph that begins the page, so that no empty one is left before it.
		w.block(b, i+1 < len(c.blocks) && c.blocks[i+1].kind == kindTable)
	}
	record := recordOf(doc, w.records)
	return pack([]part{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"word/document.xml", w.document()},
		{"word/_rels/document.xml.rels", w.rels.xml()},
		{"word/styles.xml", stylesPart()},
		{"word/settings.xml", settingsPart},
		{"word/fontTable.xml", fontsPart()},
		{"word/footer1.xml", footerPart("right")},
		{"word/footer2.xml", footerPart("left")},
		{"customXml/item1.xml", record.xml()},
		{"customXml/_rels/item1.xml.rels", itemRels},
		{"customXml/itemProps1.xml", itemProps(record)},
		{"docProps/core.xml", corePart(doc)},
		{"docProps/app.xml", appPart},
		{"docProps/custom.xml", record.properties()},
	})
}

// docx writes the text's XML.
type docx struct {
	*composer
	body      strings.Builder
	rels      relationships
	odd, even string
	records   []recorded
}

func (w *docx) document() string {
	return xmlHead + `<w:document xmlns:w="` + nsW + `" xmlns:r="` + nsR + `" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" mc:Ignorable="w15"><w:body>` +
		w.body.String() +
		`<w:sectPr><w:footerReference w:type="default" r:id="` + w.odd + `"/><w:footerReference w:type="even" r:id="` + w.even + `"/>` +
		`<w:pgSz w:w="` + itoa(twips(paperWidth)) + `" w:h="` + itoa(twips(paperHeight)) + `"/>` +
		`<w:pgMar w:top="` + itoa(twips(marginTop)) + `" w:right="` + itoa(twips(marginRight)) + `" w:bottom="` + itoa(twips(marginBottom)) + `" w:left="` + itoa(twips(marginLeft)) +
		`" w:header="851" w:footer="` + itoa(footerDistance()) + `" w:gutter="0"/>` +
		// The grid is of lines alone: of characters Word makes 28 a line with it and LibreOffice 17. The styles' spacing does it in all.
		`<w:docGrid w:type="lines" w:linePitch="` + itoa(int(math.Round(bodyPitch*20))) + `"/></w:sectPr></w:body></w:document>`
}

// footerLine is the height of the page number's line; its dash stands in the middle of it.
const footerLine = 16.0

// footerDistance is where the footer ends above the paper's edge, so that the dash stands 7 mm below the type area.
func footerDistance() int {
	top := numberBelow - footerLine/2/72*25.4
	return twips(marginBottom - top - footerLine/72*25.4)
}

var styleOf = map[kind]string{
	kindTitle: "Title", kindDraft: "Draft", kindFirst: "Heading1", kindSecond: "Heading2", kindBody: "BodyText", kindBlank: "Blank", kindList: "AnnexList",
	kindSign: "Signature", kindDate: "Date", kindAnnexName: "AnnexName", kindAnnexTitle: "AnnexTitle", kindNote: "TableNote",
}

// ind is a distance of so many characters: Word takes the characters, others the twips.
func ind(side string, chars float64) string {
	return ` w:` + side + `Chars="` + itoa(int(math.Round(chars*100))) + `" w:` + side + `="` + itoa(int(math.Round(chars*cell*20))) + `"`
}

func (w *docx) block(b block, beforeTable bool) {
	if b.kind == kindTable {
		w.table(b.table)
		return
	}
	w.body.WriteString(`<w:p><w:pPr><w:pStyle w:val="` + styleOf[b.kind] + `"/>`)
	if beforeTable {
		w.body.WriteString(`<w:keepNext/>`)
	}
	if b.page {
		w.body.WriteString(`<w:pageBreakBefore/>`)
	}
	switch b.kind {
	case kindSign, kindDate:
		w.body.WriteString(`<w:ind` + ind("right", b.indent) + `/>`)
	case kindList:
		w.body.WriteString(`<w:ind` + ind("left", b.indent+b.hang) + ind("hanging", b.hang) + `/>`)
	}
	w.body.WriteString(`</w:pPr>`)
	w.pieces(b.pieces, b.kind == kindBody)
	w.body.WriteString(`</w:p>`)
}

// pieces writes runs. A figure of the text stands in a content control, which Word keeps when the number in it is
// written over; those of a table have the bookmark alone.
func (w *docx) pieces(list []piece, control bool) {
	for _, p := range list {
		if p.figure == nil {
			w.body.WriteString(run("", p.text))
		} else {
			w.figure(p, control)
		}
		if p.mark != "" {
			w.body.WriteString(run(`<w:rPr><w:rStyle w:val="FigureMark"/></w:rPr>`, p.mark))
		}
	}
}

func run(format, text string) string {
	if text == "" {
		return ""
	}
	return `<w:r>` + format + `<w:t xml:space="preserve">` + esc(text) + `</w:t></w:r>`
}

func (w *docx) figure(p piece, control bool) {
	rec := recordFigure(p)
	w.records = append(w.records, rec)
	if control {
		w.body.WriteString(`<w:sdt><w:sdtPr><w:alias w:val="` + esc(cut(clean(p.figure.Name), 60)) + `"/><w:tag w:val="` + rec.tag() + `"/><w:id w:val="` + itoa(controlIDs+p.n) + `"/><w15:appearance w15:val="hidden"/></w:sdtPr><w:sdtContent>`)
	}
	w.body.WriteString(bookmark("", rec, run("", p.text), w.hyperlink(p, rec)))
	if control {
		w.body.WriteString(`</w:sdtContent></w:sdt>`)
	}
}

// controlIDs begins the numbers of content controls and bookmarks, away from those that a template has.
const controlIDs = 940_000

// bookmark puts a figure's bookmark around its run, and the link where it has one. The declaration is for a file whose
// names may be others.
func bookmark(declared string, rec recorded, run, link string) string {
	id := ` w:id="` + itoa(controlIDs+rec.N) + `"`
	if link != "" {
		run = link + run + `</w:hyperlink>`
	}
	return `<w:bookmarkStart` + declared + id + ` w:name="` + rec.bookmark() + `"/>` + run + `<w:bookmarkEnd` + declared + id + `/>`
}

// hyperlink opens a figure's link, "" where it does not open. Its address carries what was recorded, for programs that
// keep nothing else.
func (w *docx) hyperlink(p piece, rec recorded) string {
	url := w.opts.link(p.figure)
	if url == "" {
		return ""
	}
	tip := p.figure.Name
	if v := w.exact(p.figure, p.figure.Value); v != "—" {
		tip += "：" + v
	}
	return `<w:hyperlink r:id="` + w.rels.add("hyperlink", rec.address(url), true) + `" w:tooltip="` + esc(cut(clean(tip), 200)) + `" w:history="1">`
}

// cut keeps to what Word takes in a name.
func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (w *docx) table(g *grid) {
	full := twips(typeWidth)
	share := 0.0
	for _, x := range g.widths {
		share += x
	}
	widths, left := make([]int, len(g.widths)), full
	for i, x := range g.widths {
		widths[i] = int(float64(full) * x / share)
		left -= widths[i]
	}
	widths[0] += left
	w.body.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="FigureTable"/><w:tblW w:w="` + itoa(full) + `" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0420"/></w:tblPr><w:tblGrid>`)
	for _, x := range widths {
		w.body.WriteString(`<w:gridCol w:w="` + itoa(x) + `"/>`)
	}
	w.body.WriteString(`</w:tblGrid>`)
	head := make([]piece, len(g.heads))
	for i, h := range g.heads {
		head[i].text = h
	}
	w.row(g, widths, head, true)
	for _, r := range g.rows {
		w.row(g, widths, r, false)
	}
	w.body.WriteString(`</w:tbl>`)
	// Word wants a paragraph behind a table: notes and what comes next are one, and the end of the text needs its own.
	w.body.WriteString(`<w:p><w:pPr><w:pStyle w:val="AfterTable"/></w:pPr></w:p>`)
}

func (w *docx) row(g *grid, widths []int, cells []piece, head bool) {
	w.body.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
	if head {
		w.body.WriteString(`<w:tblHeader/>`)
	}
	w.body.WriteString(`</w:trPr>`)
	for i, p := range cells {
		style := "TableNumber"
		switch {
		case head:
			style = "TableHead"
		case g.left[i]:
			style = "TableWords"
		}
		w.body.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + itoa(widths[i]) + `" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
		w.pieces([]piece{p}, false)
		w.body.WriteString(`</w:p></w:tc>`)
	}
	w.body.WriteString(`</w:tr>`)
}
