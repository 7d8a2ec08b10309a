package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// raw is a cell as it is written.
type raw struct {
	column  int // from 1
	typ     string
	style   int
	value   string
	formula bool
	inline  bool
}

// line is a row as it is written, with the cells that have anything in them.
type line struct {
	number int
	hidden bool
	cells  []raw
}

// span is a range of merged cells, both corners included.
type span struct {
	left, top, right, bottom int
	text                     string
}

var errEnough = errors.New("enough")

// walk streams a sheet's rows, and tells the merged spans, which stand after them. take ends the walk by errEnough.
func (w *workbook) walk(part string, take func(line) error) ([]span, *Fault) {
	r, err := w.Open(part, maxSheetBytes)
	if err != nil {
		return nil, faultOf(err)
	}
	defer func() { _ = r.Close() }() // reading memory
	s := walking{dec: xml.NewDecoder(r), take: take}
	err = s.run()
	var own *Fault
	switch {
	case err == nil, errors.Is(err, errEnough):
		return s.spans, nil
	case errors.As(err, &own):
		return nil, own
	}
	return nil, faultOf(r.Why(err))
}

type walking struct {
	dec   *xml.Decoder
	take  func(line) error
	row   line
	cell  *raw
	text  strings.Builder
	in    bool // a text that belongs to the cell
	depth int  // of a reading beside a text
	next  int  // the column of a cell that does not say its own
	spans []span
}

func (s *walking) run() error {
	for {
		tok, err := s.dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if err := s.begin(t); err != nil {
				return err
			}
		case xml.EndElement:
			if err := s.end(t.Name.Local); err != nil {
				return err
			}
		case xml.CharData:
			if s.in {
				s.text.Write(t)
			}
		case xml.Directive:
			return errors.New("a document type in the file")
		}
	}
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (s *walking) begin(t xml.StartElement) error {
	switch t.Name.Local {
	case "row":
		number := s.row.number + 1
		if n := attr(t, "r"); n != "" {
			given, err := strconv.Atoi(n)
			if err != nil || given < number || given > excelize.TotalRows {
				return errors.New("row numbers out of order")
			}
			number = given
		}
		hidden := attr(t, "hidden")
		s.row = line{number: number, hidden: hidden == "1" || hidden == "true"}
		s.next = 1
	case "c":
		if name := attr(t, "r"); name != "" {
			column, _, err := excelize.CellNameToCoordinates(name)
			if err != nil || column < s.next {
				return errors.New("cells out of order")
			}
			s.next = column
		}
		style, _ := strconv.Atoi(attr(t, "s"))
		s.cell = &raw{column: s.next, typ: attr(t, "t"), style: style}
		s.next++
		s.text.Reset()
	case "f":
		if s.cell != nil {
			s.cell.formula = true
		}
	case "v":
		s.in = s.cell != nil
	case "is":
		if s.cell != nil {
			s.cell.inline = true
		}
	case "rPh":
		s.depth++
	case "t":
		s.in = s.cell != nil && s.cell.inline && s.depth == 0
	case "mergeCell":
		return s.merge(attr(t, "ref"))
	}
	return nil
}

func (s *walking) end(name string) error {
	switch name {
	case "v", "t":
		s.in = false
	case "rPh":
		s.depth--
	case "c":
		if s.cell == nil {
			return nil
		}
		if s.cell.value = s.text.String(); (s.cell.value != "" || s.cell.formula) && s.cell.column <= MaxColumns {
			s.row.cells = append(s.row.cells, *s.cell)
		}
		s.cell = nil
	case "row":
		if len(s.row.cells) > 0 {
			return s.take(s.row)
		}
	}
	return nil
}

func (s *walking) merge(ref string) error {
	if len(s.spans) == maxMerges {
		return &Fault{Code: TooLarge, Err: errors.New("too many merged cells")}
	}
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return nil
	}
	left, top, err1 := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	s.spans = append(s.spans, span{left: left, top: top, right: right, bottom: bottom, text: ref})
	return nil
}
