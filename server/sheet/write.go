package sheet

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Page is one sheet of a file that is written: a title and lines of text if there are any, the headings, the rows.
type Page struct {
	Name     string // of the sheet; characters that a sheet's name cannot have are left out
	Title    string
	Lines    []string // below the title: what the table is about, as of when
	Headings []Heading
	// Rows have a value for each heading, or fewer: a string stays the text that it is, int, int64 and float64 are
	// numbers, nil is an empty cell, a Link is words that open an address.
	Rows [][]any
}

// Link is a cell that opens an address. One that is longer than a spreadsheet takes stays words.
type Link struct{ Text, URL string }

// maxFormulaText is what a spreadsheet takes for a text within a formula.
const maxFormulaText = 255

// cell of a link is the one formula that is ever written: both of its texts are quoted, and nothing of them is computed.
func (l Link) cell() excelize.Cell {
	text, url := written(l.Text), written(l.URL)
	if utf8.RuneCountInString(url) > maxFormulaText || utf8.RuneCountInString(text) > maxFormulaText {
		return excelize.Cell{Value: text}
	}
	quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
	return excelize.Cell{Formula: "HYPERLINK(" + quote(url) + "," + quote(text) + ")", Value: text}
}

// Heading is a column of a page that is written.
type Heading struct {
	Text   string
	Width  float64 // in characters of Latin; 0 for 14
	Hidden bool    // there, and not shown
	// Literal: what people type into this column later stays as they typed it, a telephone with its zeros.
	Literal bool
	Format  string // of numbers, as "#,##0.00"
}

const (
	textFormat   = 49 // "@", built in
	usualWidth   = 14
	maxSheetName = 31
)

// Write writes an XLSX file. Text that begins with "=" is text in it and never computed.
func Write(to io.Writer, pages ...Page) error { return WriteWith(to, nil, pages...) }

// WriteWith writes a file that also carries properties of its own: names and texts, which people do not see in the tables.
func WriteWith(to io.Writer, properties [][2]string, pages ...Page) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	for _, p := range properties {
		if err := f.SetCustomProps(excelize.CustomProperty{Name: p[0], Value: written(p[1])}); err != nil {
			return err
		}
	}
	styles, err := newStyles(f)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for i, p := range pages {
		name := sheetName(p.Name, taken)
		if i == 0 {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err != nil {
			return err
		}
		if err := p.write(f, name, styles); err != nil {
			return err
		}
	}
	_, err = f.WriteTo(to)
	return err
}

type styles struct {
	f                           *excelize.File
	title, heading, text, words int
	formats                     map[string]int
}

func newStyles(f *excelize.File) (*styles, error) {
	s := &styles{f: f, formats: map[string]int{}}
	var err [4]error
	s.title, err[0] = f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	s.heading, err[1] = f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F5EEEA"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		Border:    []excelize.Border{{Type: "bottom", Color: "86767C", Style: 1}},
	})
	s.text, err[2] = f.NewStyle(&excelize.Style{NumFmt: textFormat})
	s.words, err[3] = f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	return s, errors.Join(err[:]...)
}

// of is the style of a column's cells.
func (s *styles) of(h Heading) (int, error) {
	if h.Literal {
		return s.text, nil
	}
	if h.Format == "" {
		return s.words, nil
	}
	if id, ok := s.formats[h.Format]; ok {
		return id, nil
	}
	id, err := s.f.NewStyle(&excelize.Style{CustomNumFmt: &h.Format})
	s.formats[h.Format] = id
	return id, err
}

func (p Page) write(f *excelize.File, name string, s *styles) error {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	columns := make([]int, len(p.Headings))
	for i, h := range p.Headings {
		width := h.Width
		if width == 0 {
			width = usualWidth
		}
		if columns[i], err = s.of(h); err != nil {
			return err
		}
		if err := errors.Join(w.SetColWidth(i+1, i+1, width), w.SetColStyle(i+1, i+1, columns[i])); err != nil {
			return err
		}
		if h.Hidden {
			if err := w.SetColVisible(i+1, i+1, false); err != nil {
				return err
			}
		}
	}
	row := 0
	put := func(values []any, opts ...excelize.RowOpts) error {
		row++
		at, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			return err
		}
		return w.SetRow(at, values, opts...)
	}
	head := row
	if p.Title != "" {
		head++
	}
	head += len(p.Lines)
	if len(p.Headings) > 0 {
		head++
		if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: topLeft(head), ActivePane: "bottomLeft"}); err != nil {
			return err
		}
	}
	if p.Title != "" {
		if err := put([]any{excelize.Cell{StyleID: s.title, Value: written(p.Title)}}, excelize.RowOpts{Height: 24}); err != nil {
			return err
		}
	}
	for _, l := range p.Lines {
		if err := put([]any{written(l)}); err != nil {
			return err
		}
	}
	if len(p.Headings) > 0 {
		cells := make([]any, len(p.Headings))
		for i, h := range p.Headings {
			cells[i] = excelize.Cell{StyleID: s.heading, Value: written(h.Text)}
		}
		if err := put(cells); err != nil {
			return err
		}
	}
	for _, r := range p.Rows {
		cells := make([]any, len(r))
		for i, v := range r {
			if v == nil {
				continue
			}
			if text, ok := v.(string); ok {
				v = written(text)
			}
			c := excelize.Cell{Value: v}
			if link, ok := v.(Link); ok {
				c = link.cell()
			}
			if i < len(columns) {
				c.StyleID = columns[i]
			}
			cells[i] = c
		}
		if err := put(cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

func topLeft(row int) string {
	name, _ := excelize.CoordinatesToCellName(1, row+1)
	return name
}

// written is a text as a cell can hold it.
func written(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText])
	}
	return s
}

// sheetName is a name that a sheet may have, and that no other has.
func sheetName(s string, taken map[string]bool) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`:\/?*[]'`, r) {
			return -1
		}
		return r
	}, s)
	short := []rune(strings.TrimSpace(s))
	if len(short) == 0 {
		short = []rune("表")
	}
	short = short[:min(len(short), maxSheetName-3)]
	name := string(short)
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s-%d", string(short), n)
	}
	taken[strings.ToLower(name)] = true
	return name
}
