package sheet

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Cell is one cell's value; the zero Cell is an empty one.
type Cell struct {
	Name string // "C12"; of a merged cell the name of its first
	// Bad: the cell has a fault, which stands in the table's list.
	Bad bool

	text string // as people read it, in usual width, without outer white space
	day  bool   // text is a day, "2026-01-02"
	cut  bool
}

// maxText is what a spreadsheet itself keeps in a cell.
const maxText = excelize.TotalCellChars

// Filled reports whether anything stands in the cell.
func (c Cell) Filled() bool { return c.text != "" || c.Bad }

// Text is what stands in the cell. A number is its digits, a day "2026-01-02".
func (c Cell) Text() string { return c.text }

// Digits is a telephone or another number that is no quantity: without the blanks and strokes between its digits.
func (c Cell) Digits() string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-－—–‑.·", r) {
			return -1
		}
		return r
	}, c.text)
}

// Cut reports a number of more than fifteen digits that was typed as a number: the last ones are lost for ever.
func (c Cell) Cut() bool { return c.cut }

// Int is a whole number, also one typed as text; ok is false for anything else.
func (c Cell) Int() (n int64, ok bool) {
	n, err := strconv.ParseInt(strings.NewReplacer(",", "", "，", "", " ", "").Replace(c.text), 10, 64)
	return n, err == nil && !c.cut && !c.day
}

var (
	dayText    = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s.*|T.*)?$`)
	compactDay = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
)

// Day is a day as "2026-01-02": one that the file keeps as such, or one of the ways in which people type it
// (2026-1-2, 2026/1/2, 2026.1.2, 2026年1月2日, 20260102).
func (c Cell) Day() (day string, ok bool) {
	if c.day {
		return c.text, true
	}
	m := dayText.FindStringSubmatch(c.text)
	if m == nil {
		m = compactDay.FindStringSubmatch(c.text)
	}
	if m == nil {
		return "", false
	}
	y, _ := strconv.Atoi(m[1])
	mo, _ := strconv.Atoi(m[2])
	d, _ := strconv.Atoi(m[3])
	t := time.Date(y, time.Month(mo), d, 0, 0, 0, 0, time.UTC)
	if t.Month() != time.Month(mo) || t.Day() != d {
		return "", false
	}
	return t.Format(time.DateOnly), true
}

// usual brings full-width letters, digits and blanks to the usual width, drops what cannot be seen and outer white
// space. Chinese punctuation stays as it is.
func usual(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - 0xfee0
		case r == '\n' || r == '\t':
			return r
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}

// cell says what a written cell means. The code is that of its fault, "" for none.
func (w *workbook) cell(c raw, row int) (cell Cell, code Code) {
	cell.Name, _ = excelize.CoordinatesToCellName(c.column, row)
	switch {
	case c.typ == "e":
		cell.Bad, cell.text = true, c.value
		return cell, FormulaError
	case c.formula && c.value == "" && c.typ != "str":
		cell.Bad = true
		return cell, NoResult
	}
	switch c.typ {
	case "s":
		at, err := strconv.Atoi(strings.TrimSpace(c.value))
		if err != nil || at < 0 || at >= len(w.strings) {
			cell.Bad = true
			return cell, Broken
		}
		cell.text = usual(w.strings[at])
	case "str", "inlineStr":
		cell.text = usual(unescape(c.value))
	case "b":
		cell.text = map[string]string{"1": "是", "true": "是"}[c.value]
		if cell.text == "" {
			cell.text = "否"
		}
	case "d":
		cell.text = usual(c.value)
		if t, err := time.Parse(time.DateOnly, cell.text[:min(len(cell.text), 10)]); err == nil {
			cell.text, cell.day = t.Format(time.DateOnly), true
		}
	default:
		w.number(c, &cell)
	}
	if utf8.RuneCountInString(cell.text) > maxText {
		cell.text, cell.Bad = "", true
		return cell, TooLong
	}
	return cell, ""
}

func (w *workbook) number(c raw, cell *Cell) {
	n, err := strconv.ParseFloat(strings.TrimSpace(c.value), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		cell.text = usual(c.value)
		return
	}
	if c.style >= 0 && c.style < len(w.dates) && w.dates[c.style] {
		if day, ok := w.day(n); ok {
			cell.text, cell.day = day, true
			return
		}
	}
	cell.text = strconv.FormatFloat(n, 'f', -1, 64)
	cell.cut = math.Abs(n) >= 1e15
	// 0.1+0.2 is kept as 0.30000000000000004 and shown as 0.3: fifteen digits are what people see.
	if short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64); err == nil && !cell.cut {
		cell.text = strconv.FormatFloat(short, 'f', -1, 64)
	}
}

// day reads a number of days. The system of 1900 counts a 29 February that there was not, and so is one ahead after it.
func (w *workbook) day(n float64) (string, bool) {
	if n < 1 || n > 2958465 { // 9999-12-31
		return "", false
	}
	whole := int(math.Floor(n))
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case w.from04:
		from = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case whole < 60:
		from = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	case whole == 60:
		return "", false
	}
	return from.AddDate(0, 0, whole).Format(time.DateOnly), true
}
