// Package sheet reads tables that people keep in XLSX files, and writes such files.
//
// Reading is for uploads: nothing about the file is believed. Read takes the bytes and a Want, which says by what
// headings the caller knows its columns; the table may stand on any visible sheet and begin below any title. What comes
// back are rows of cells by the caller's keys, each cell with its name ("C12"), and Faults, each with a closed code and
// the sheet, row and cell to look at. A file that cannot be read at all is the error of Read, a *Fault too.
//
//	table, err := sheet.Read(file, sheet.Want{Columns: []sheet.Column{
//		{Key: "name", Headings: []string{"姓名", "名字"}, Needed: true},
//		{Key: "phone", Headings: []string{"电话", "手机"}},
//	}})
//	for _, row := range table.Rows {
//		name := row.Cell("name").Text()
//	}
//
// How it reads:
//   - A value comes as what it means, however it was typed: digits typed as text are a number, a telephone that was
//     typed as a number is its digits, a day is a day in both date systems (1900 and 1904). Full-width letters, digits
//     and spaces are the usual ones.
//   - A formula is never computed. Its last result, which whoever saved the file saw, is taken; where the file keeps
//     none, or an error such as #REF!, the cell is a fault.
//   - A cell merged downwards gives its value to each of its rows: one household over its members. Cells merged over
//     several wanted columns are a fault: nobody can say which column they belong to.
//   - Hidden sheets are not read. Hidden rows and columns are, and Table.Hidden says how many rows were.
//   - Macros, passwords and every other kind of file are refused with what to do about it.
//
// A reading holds the rows of one sheet in memory, at most MaxRows or what the Want allows, and never writes a
// temporary file: what is uploaded has names and telephone numbers in it.
//
// Write is the other way round: pages of a title, headings and rows. Text stays text in it: a name that begins with
// "=" is no formula, and a telephone keeps its zeros.
package sheet

import (
	"slices"
	"strings"
)

// Bounds of what is read.
const (
	// MaxFile is the largest upload, in bytes.
	MaxFile = 8 << 20
	// MaxRows is the most rows below the headings, if the Want names no other.
	MaxRows = 20_000
	// MaxColumns is the rightmost column that is looked at; an empty one to its right does no harm.
	MaxColumns = 256
	// MaxSheets is the most sheets of one file.
	MaxSheets = 100

	maxSheetBytes = 64 << 20  // of one sheet, decompressed
	maxStrings    = 24 << 20  // of the table of texts, decompressed
	maxSmallPart  = 4 << 20   // of every other part, decompressed
	maxTexts      = 500_000   // different texts in the table
	maxMerges     = 50_000    // merged spans of a sheet
	maxToken      = 256 << 10 // bytes of one text or one tag: Excel keeps at most 32,767 characters in a cell
	headingRows   = 30        // the headings stand in one of the first so many rows
)

// Column is one column that a caller looks for.
type Column struct {
	Key string
	// Headings are the words over it, the one that is shown to people first. Spaces, case, full width and what stands
	// in brackets do not matter; a heading that matches in full with its brackets goes first.
	Headings []string
	// Needed: a sheet without it is not the one.
	Needed bool
}

// missing is what a sheet lacks, in the words of the headings; "" for a sheet that will do.
func (w Want) missing(found map[string]int) string {
	var lacks []string
	for _, c := range w.Columns {
		if _, ok := found[c.Key]; c.Needed && !ok {
			lacks = append(lacks, c.Headings[0])
		}
	}
	if len(w.Layouts) > 0 && !slices.ContainsFunc(w.Layouts, func(keys []string) bool {
		return !slices.ContainsFunc(keys, func(k string) bool { _, ok := found[k]; return !ok })
	}) {
		for _, k := range w.Layouts[0] {
			at := slices.IndexFunc(w.Columns, func(c Column) bool { return c.Key == k })
			if _, ok := found[k]; !ok && at >= 0 {
				lacks = append(lacks, w.Columns[at].Headings[0])
			}
		}
	}
	return strings.Join(lacks, "、")
}

// Want says which table is looked for.
type Want struct {
	Columns []Column
	// Layouts are sets of keys, one of which must be there as a whole; the first is the one that people are told of.
	Layouts [][]string
	Rows    int    // most rows; 0 for MaxRows
	Sheet   string // the sheet to read where several would do; "" for the only one
}

// Table is what was found.
type Table struct {
	Sheet   string
	Heading int               // the row of the headings, from 1
	Columns map[string]string // the heading as it stands in the file, by the caller's key
	Letters map[string]string // the column's letter, by the caller's key
	Ignored []string          // headings that no column of the Want answers to
	Rows    []Row             // without empty rows and repeated headings
	Hidden  int               // how many of Rows are hidden
	Faults  []*Fault          // cells that cannot be taken, in the file's order
}

// Row is a line of the table.
type Row struct {
	Number int // as the file counts, from 1
	Hidden bool
	cells  map[string]Cell
}

// Cell gives the cell of a column; of a column that the file does not have, an empty cell without a name.
func (r Row) Cell(key string) Cell { return r.cells[key] }
