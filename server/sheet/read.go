package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Read finds the one table that is wanted. The error is a *Fault; Several where more than one sheet would do.
func Read(file []byte, want Want) (*Table, error) {
	w, found, fault := look(file, want)
	if fault != nil {
		return nil, fault
	}
	if len(found) > 1 {
		var names []string
		for _, f := range found {
			names = append(names, f.name)
		}
		return nil, &Fault{Code: Several, Value: strings.Join(names, "、")}
	}
	t, fault := w.table(found[0], want.rows())
	if fault != nil {
		return nil, fault
	}
	if len(t.Rows) == 0 {
		return nil, &Fault{Code: Empty, Sheet: t.Sheet, Row: t.Heading}
	}
	return t, nil
}

// ReadAll gives every sheet that has the table, in the file's order: a village may keep each of its groups on one. The
// bound on rows is for all of them together.
func ReadAll(file []byte, want Want) ([]*Table, error) {
	w, found, fault := look(file, want)
	if fault != nil {
		return nil, fault
	}
	var out []*Table
	left := want.rows()
	for _, f := range found {
		t, fault := w.table(f, left)
		if fault != nil {
			if fault.Code == TooManyRows {
				fault.Value = strconv.Itoa(want.rows())
			}
			return nil, fault
		}
		if left -= len(t.Rows); len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, &Fault{Code: Empty, Sheet: found[0].name, Row: found[0].row}
	}
	return out, nil
}

func (w Want) rows() int { return cmp.Or(w.Rows, MaxRows) }

// heading is where a table's headings stand.
type heading struct {
	place
	row     int
	columns map[string]int    // key to column
	words   map[string]string // key to the heading in the file
	ignored []string
	twice   *Fault
}

// look opens the file and finds the sheets that have what is wanted.
func look(file []byte, want Want) (*workbook, []heading, *Fault) {
	w, fault := open(file)
	if fault != nil {
		return nil, nil, fault
	}
	var found []heading
	nearest, lacks := -1, want.missing(nil)
	named := false
	for _, s := range w.sheets {
		if want.Sheet != "" && s.name != want.Sheet {
			continue
		}
		named = true
		h, fault := w.heading(s, want)
		if fault != nil {
			return nil, nil, fault
		}
		missing := want.missing(h.columns)
		switch {
		case missing == "" && len(h.columns) > 0:
			found = append(found, h)
		case len(h.columns) > nearest:
			nearest, lacks = len(h.columns), missing
		}
	}
	switch {
	case want.Sheet != "" && !named:
		return nil, nil, &Fault{Code: NoSheet, Value: want.Sheet}
	case len(found) == 0:
		return nil, nil, &Fault{Code: NoTable, Value: lacks}
	}
	for _, h := range found {
		if h.twice != nil {
			return nil, nil, h.twice
		}
	}
	return w, found, nil
}

// heading looks for the row that answers to most of the wanted columns. Where headings stand in two rows, an empty
// place in the lower one is answered by what stands above it.
func (w *workbook) heading(s place, want Want) (heading, *Fault) {
	names := namesOf(want.Columns)
	best := heading{place: s}
	above := map[int]string{}
	_, fault := w.walk(s.part, func(l line) error {
		if l.number > headingRows {
			return errEnough
		}
		here := map[int]string{}
		for _, c := range l.cells {
			if cell, code := w.cell(c, l.number); code == "" && cell.text != "" {
				here[c.column] = cell.text
			}
		}
		both := map[int]string{}
		for column, text := range above {
			both[column] = text
		}
		for column, text := range here {
			both[column] = text
		}
		h := match(s, l.number, both, names)
		own := false
		for _, column := range h.columns {
			own = own || here[column] != ""
		}
		if own && len(h.columns) > len(best.columns) {
			best = h
		}
		above = here
		return nil
	})
	return best, fault
}

// name is a heading by which a column is known, loose without what stands in brackets.
type name struct{ key, full, loose string }

func namesOf(columns []Column) []name {
	var out []name
	for _, c := range columns {
		for _, h := range c.Headings {
			out = append(out, name{c.Key, plain(h), plain(unbracketed(h))})
		}
	}
	return out
}

func match(s place, row int, texts map[int]string, names []name) heading {
	h := heading{place: s, row: row, columns: map[string]int{}, words: map[string]string{}}
	exact := map[string]bool{}
	columns := make([]int, 0, len(texts))
	for column := range texts {
		columns = append(columns, column)
	}
	sort.Ints(columns)
	for _, full := range []bool{true, false} {
		for _, column := range columns {
			text := texts[column]
			at := slices.IndexFunc(names, func(n name) bool {
				if full {
					return n.full == plain(text)
				}
				return n.loose != "" && n.loose == plain(unbracketed(text))
			})
			if at < 0 {
				continue
			}
			key := names[at].key
			first, taken := h.columns[key]
			switch {
			case !taken:
				h.columns[key], h.words[key], exact[key] = column, text, full
			case first == column, exact[key] && !full: // a better one is there already
			case h.twice == nil:
				cell, _ := excelize.CoordinatesToCellName(column, row)
				h.twice = &Fault{Code: Twice, Sheet: s.name, Row: row, Cell: cell, Value: text}
			}
		}
	}
	for _, column := range columns {
		if used := slices.ContainsFunc(names, func(n name) bool { at, ok := h.columns[n.key]; return ok && at == column }); !used {
			h.ignored = append(h.ignored, texts[column])
		}
	}
	return h
}

// plain is a heading without what does not matter in it.
func plain(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "：", "", ":", "", "*", "", "＊", "", " ", "", "\n", "", "\t", "").Replace(usual(s))
	return strings.ToLower(s)
}

func unbracketed(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")").Replace(s)
	for {
		from := strings.IndexByte(s, '(')
		if from < 0 {
			return s
		}
		to := strings.IndexByte(s[from:], ')')
		if to < 0 {
			return s[:from]
		}
		s = s[:from] + s[from+to+1:]
	}
}

// table reads the rows below a heading.
func (w *workbook) table(h heading, most int) (*Table, *Fault) {
	t := &Table{Sheet: h.name, Heading: h.row, Columns: h.words, Letters: map[string]string{}, Ignored: h.ignored}
	keys := map[int]string{}
	for key, column := range h.columns {
		keys[column] = key
		t.Letters[key], _ = excelize.ColumnNumberToName(column)
	}
	spans, fault := w.walk(h.part, func(l line) error {
		if l.number <= h.row {
			return nil
		}
		row := Row{Number: l.number, Hidden: l.hidden, cells: make(map[string]Cell, len(keys))}
		repeats := true
		for _, c := range l.cells {
			key, wanted := keys[c.column]
			if !wanted {
				continue
			}
			cell, code := w.cell(c, l.number)
			if code != "" {
				t.Faults = append(t.Faults, &Fault{Code: code, Sheet: h.name, Row: l.number, Cell: cell.Name, Value: cell.text})
				cell.text = ""
			}
			if !cell.Filled() {
				continue
			}
			repeats = repeats && plain(cell.text) == plain(h.words[key])
			row.cells[key] = cell
		}
		// Long lists are printed with the headings again on each page.
		if len(row.cells) == 0 || repeats && len(row.cells) > 1 {
			return nil
		}
		if len(t.Rows) == most {
			return &Fault{Code: TooManyRows, Sheet: h.name, Row: l.number, Value: strconv.Itoa(most)}
		}
		t.Rows = append(t.Rows, row)
		return nil
	})
	if fault != nil {
		return nil, fault
	}
	if fault := t.fillMerged(spans, keys); fault != nil {
		return nil, fault
	}
	for _, r := range t.Rows {
		if r.Hidden {
			t.Hidden++
		}
	}
	slices.SortStableFunc(t.Faults, func(a, b *Fault) int { return cmp.Compare(a.Row, b.Row) })
	return t, nil
}

// fillMerged gives a merged cell's value to each of its rows, and says where a value lies over several columns.
func (t *Table) fillMerged(spans []span, keys map[int]string) *Fault {
	filled := 0
	for _, s := range spans {
		key, wanted := keys[s.left]
		if !wanted || s.bottom <= t.Heading {
			continue
		}
		at, there := slices.BinarySearchFunc(t.Rows, s.top, func(r Row, n int) int { return cmp.Compare(r.Number, n) })
		if !there || !t.Rows[at].cells[key].Filled() {
			continue
		}
		value := t.Rows[at].cells[key]
		for column := s.left + 1; column <= min(s.right, MaxColumns); column++ {
			if keys[column] == "" {
				continue
			}
			t.Faults = append(t.Faults, &Fault{Code: Merged, Sheet: t.Sheet, Row: s.top, Cell: value.Name, Value: s.text})
			value.Bad = true
			t.Rows[at].cells[key] = value
			break
		}
		for i := at + 1; i < len(t.Rows) && t.Rows[i].Number <= s.bottom; i++ {
			if filled++; filled > len(t.Rows)*len(keys) {
				return &Fault{Code: Broken, Err: fmt.Errorf("merged cells of %s overlap", t.Sheet)}
			}
			t.Rows[i].cells[key] = value
		}
	}
	return nil
}
