package api

import (
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// Every table of the desk leaves the server in one shape: what it is about above it, and what each column says on a second
// sheet, in a CSV below it.

// tableCell is a cell as a spreadsheet holds it, and as it is shown.
type tableCell struct {
	value any
	text  string
}

// textCell is a text, whatever it begins with.
func textCell(s string) tableCell { return tableCell{s, plainText(s)} }

// cell is a number of a column as its page shows it.
func (c fileColumn) cell(x fileCell, w exportWords) tableCell {
	shown := c.shown(x, w)
	if x.withheld || x.value == nil {
		return tableCell{shown, shown}
	}
	n, _ := c.number(*x.value)
	return tableCell{n, shown}
}

// heading heads a column of such numbers.
func (c fileColumn) heading() sheet.Heading {
	_, format := c.number(0)
	return sheet.Heading{Text: c.text, Format: format}
}

// tableFile is a table that is taken away.
type tableFile struct {
	words exportWords
	title string // names the file, too
	lines []string
	heads []sheet.Heading
	rows  [][]tableCell
	// definitions say what each column, or each figure, is: its name, in what it is counted, and how.
	definitions [][3]string
}

// fileFormat is asked for before anything is counted.
func fileFormat(c echo.Context) (string, error) {
	format := c.QueryParam("format")
	if format != "xlsx" && format != "csv" {
		return "", &record.Error{Code: record.BadRequest, Field: "format"}
	}
	return format, nil
}

// send answers with the file. plain names it for browsers that know no Chinese (RFC 6266).
func (f *tableFile) send(c echo.Context, format, plain, name string) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s.%s"; filename*=UTF-8''%s.%s`, plain, format, url.PathEscape(name), format))
	if format == "csv" {
		h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
		c.Response().WriteHeader(http.StatusOK)
		return f.csv(c.Response())
	}
	h.Set(echo.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Response().WriteHeader(http.StatusOK)
	return f.xlsx(c.Response())
}

func (f *tableFile) xlsx(to io.Writer) error {
	w := f.words
	data := sheet.Page{Name: w.data, Title: f.title, Lines: f.lines, Headings: f.heads}
	for _, r := range f.rows {
		row := make([]any, len(r))
		for i, x := range r {
			row[i] = x.value
		}
		data.Rows = append(data.Rows, row)
	}
	definitions := sheet.Page{Name: w.definitions, Title: w.definitions,
		Headings: []sheet.Heading{{Text: w.indicator, Width: 24}, {Text: w.measure}, {Text: w.counting, Width: 80}}}
	for _, d := range f.definitions {
		definitions.Rows = append(definitions.Rows, []any{d[0], d[1], d[2]})
	}
	return sheet.Write(to, data, definitions)
}

// csv has the definitions below the table: of two files one is lost. The mark at its head tells Excel that it is UTF-8.
func (f *tableFile) csv(to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(to)
	out.UseCRLF = true
	lines := [][]string{{plainText(f.title)}}
	for _, l := range f.lines {
		lines = append(lines, []string{plainText(l)})
	}
	var head []string
	for _, h := range f.heads {
		head = append(head, plainText(h.Text))
	}
	lines = append(lines, head)
	for _, r := range f.rows {
		var line []string
		for _, x := range r {
			line = append(line, x.text)
		}
		lines = append(lines, line)
	}
	w := f.words
	lines = append(lines, nil, []string{w.definitions}, []string{w.indicator, w.measure, w.counting})
	for _, d := range f.definitions {
		lines = append(lines, []string{plainText(d[0]), plainText(d[1]), plainText(d[2])})
	}
	return out.WriteAll(lines)
}
