// Package report is the yearly report: templates as data, the figures that their sentences carry, and the document that
// comes of both. It is pure; docs/decisions/0047-reports.md says where figures come from and how they stay what they were.
package report

import "niangjia/sync/record"

// Document is a report as one reader may have it: what is withheld from her is not in it. Its JSON is what
// `niangjia report --out F.json` writes.
type Document struct {
	ID      string `json:"id,omitempty"` // of the report that it is kept as; "" for one that is not kept
	Version int64  `json:"version,omitempty"`
	Title   string `json:"title"`
	Unit    Unit   `json:"unit"`
	From    string `json:"from"` // days, both included
	To      string `json:"to"`
	Mark    Mark   `json:"mark"`

	Parts  []Part  `json:"parts"`
	Tables []Table `json:"tables"`
	Signed *Signed `json:"signed,omitempty"`
}

// Unit is whose report it is.
type Unit struct {
	Code  string       `json:"code"`
	Name  string       `json:"name"`
	Level record.Level `json:"level"`
}

// Mark names a moment of the log and the definitions that were in force there: of the same mark the same figures are
// counted on every later day.
type Mark struct {
	Server      string         `json:"server"`      // the server epoch in which the moment lies
	Seq         int64          `json:"seq"`         // the ledger's last place then
	Line        string         `json:"line"`        // hash of the line at it, "" of an empty ledger
	Definitions string         `json:"definitions"` // hash of the catalogue
	Divisions   string         `json:"divisions"`   // hash of the line that put them in force
	At          record.Instant `json:"at"`          // what is dated later counts up to this day (T6)
}

// Part is one of the three: what was done, what is lacking, what comes next.
type Part struct {
	Key      string    `json:"key"` // review, lacking, next
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`
}

// Section has a heading of its own; a part of few words has one without.
type Section struct {
	Key        string      `json:"key"`
	Title      string      `json:"title,omitempty"`
	Paragraphs []Paragraph `json:"paragraphs"`
}

// Paragraph is its runs one after the other.
type Paragraph struct {
	Key  string `json:"key"` // that of its sentence in the template; of one that was written by hand an id
	Runs []Run  `json:"runs"`
	// Read is what its reader reads where that is less than Runs: without what is nought and stands there for others' sake.
	// Empty, the paragraph leaves. It is never kept.
	Read *[]Run `json:"read,omitempty"`
}

// Run is either words or a figure.
type Run struct {
	Text   string  `json:"text,omitempty"`
	Figure *Figure `json:"figure,omitempty"`
	// Lest it tell somebody that a figure is nought of which she is not told, it is said. Who is told reads on without it: the
	// names of such figures, any one of each list (lean). It is kept with a report and told to nobody.
	Lest [][]string `json:"lest,omitempty"`
}

// Value is exact: a whole number in the steps of the figure's display (fen of money, ten-thousandths of a percentage), of a
// ratio with the two parts that it is made of.
type Value struct {
	N           *int64 `json:"n,omitempty"` // nil where there is none: a ratio with nothing below the line
	Numerator   *int64 `json:"numerator,omitempty"`
	Denominator *int64 `json:"denominator,omitempty"`
}

// Figure is a number in a sentence or a table. A withheld one has no number at all.
type Figure struct {
	ID        string `json:"id"` // within the document: the same figure of the same unit has the same
	Indicator string `json:"indicator,omitempty"`
	Group     string `json:"group,omitempty"`
	Unit      string `json:"unit"`
	Name      string `json:"name"`
	// Definition is the sentence that says what is counted.
	Definition string `json:"definition,omitempty"`

	Value    Value     `json:"value"`
	Style    Style     `json:"style,omitempty"`
	Written  string    `json:"written"` // as it stands in the sentence, before its unit's word: 5.6万余; of a change all that is said
	UnitWord string    `json:"unit_word,omitempty"`
	LastYear *Value    `json:"last_year,omitempty"`
	Change   *Change   `json:"change,omitempty"`
	Pending  *int64    `json:"pending,omitempty"` // entries of its forms that wait for a decision: 待审, not counted; nil where the reader is not told
	Withheld bool      `json:"withheld,omitempty"`
	Override *Override `json:"override,omitempty"`
	Imported bool      `json:"imported,omitempty"` // last year's is 往年填报数, which does not open
	Link     string    `json:"link,omitempty"`     // a path in the app; "" where nothing can be opened
	Of       []Behind  `json:"of,omitempty"`       // the counted figures that a computed one is made of
}

// Behind is a counted figure that another is made of, with the path at which its entries are.
type Behind struct {
	Name string `json:"name"`
	Link string `json:"link"`
}

// Change is what there is more than last year, and by how many tenths of a percent where that can be said.
type Change struct {
	N        int64  `json:"n"` // of a percentage in hundredths of a percentage point
	Permille *int64 `json:"permille,omitempty"`
	Written  string `json:"written"` // 增长12.5%, 与上年持平
}

// Override is a number that was put in the place of the counted one.
type Override struct {
	Value  int64          `json:"value"`
	Reason string         `json:"reason"`
	By     string         `json:"by"` // account
	Name   string         `json:"name,omitempty"`
	At     record.Instant `json:"at"`
	Was    Value          `json:"was"`
}

// Signed says who signed a report off; after that it stays what it is.
type Signed struct {
	By   string         `json:"by"`
	Name string         `json:"name,omitempty"`
	At   record.Instant `json:"at"`
}

// Table has the same figures of several units.
type Table struct {
	Key     string   `json:"key"`
	Title   string   `json:"title"`
	Columns []Column `json:"columns"`
	Rows    []Row    `json:"rows"`
}

// Column is one figure of a table.
type Column struct {
	Indicator  string `json:"indicator"`
	Group      string `json:"group,omitempty"`
	Name       string `json:"name"`
	UnitWord   string `json:"unit_word,omitempty"`
	Definition string `json:"definition,omitempty"`
}

// Row is one unit's, a cell a column.
type Row struct {
	Unit  Unit     `json:"unit"`
	Cells []Figure `json:"cells"`
}
