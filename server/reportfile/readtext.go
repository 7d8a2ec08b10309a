package reportfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// scan goes through the text once. A figure is open from its first mark (control, bookmark, link) to the last.
type scan struct {
	links   map[string]recorded // by relationship
	records map[int]recorded    // by number
	found   []Found

	paragraphs []*paragraphText // those that are open; a text box stands within another
	open       []*openFigure
	stack      []element
	inserted   int // within so many recorded insertions
	deleted    int // within so many recorded deletions
}

type paragraphText struct {
	words   strings.Builder
	figures []int // in found, still without their place
}

// openFigure is a figure whose text is being gathered.
type openFigure struct {
	n        int
	text     strings.Builder
	ends     int    // the depth whose end closes it; 0 of a bookmark
	bookmark string // id whose end closes it
	tracked  bool
	within   bool // within another mark of the same figure, whose text has all of it
}

type element struct {
	name  string
	space string
}

func word(space string) bool { return space == nsW || space == nsStrictW }

func (s *scan) all(body []byte) *Fault {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			switch t := token.(type) {
			case xml.StartElement:
				err = s.start(t)
			case xml.EndElement:
				s.end(t)
			case xml.CharData:
				s.text(string(t))
			}
		}
		switch {
		case errors.Is(err, errDeep):
			return &Fault{Code: TooLarge, Err: err}
		case err != nil:
			return &Fault{Code: Broken, Place: s.place(), Err: err}
		}
	}
	for len(s.open) > 0 {
		s.close(len(s.open) - 1)
	}
	for len(s.paragraphs) > 0 {
		s.endParagraph()
	}
	return nil
}

var errDeep = errors.New("elements too deep within each other")

// place is where the reading stands, for a message.
func (s *scan) place() string {
	if len(s.paragraphs) > 0 {
		return shortened(s.paragraphs[len(s.paragraphs)-1].words.String())
	}
	return ""
}

func shortened(words string) string {
	words = strings.TrimSpace(words)
	if short := cut(words, maxPlace); short != words {
		return short + "…"
	}
	return words
}

func (s *scan) start(t xml.StartElement) error {
	s.stack = append(s.stack, element{t.Name.Local, t.Name.Space})
	if len(s.stack) > maxDepth {
		return errDeep
	}
	if !word(t.Name.Space) {
		return nil
	}
	switch t.Name.Local {
	case "p":
		s.paragraphs = append(s.paragraphs, &paragraphText{})
	case "ins", "moveTo":
		s.inserted++
		s.touched()
	case "del", "moveFrom":
		s.deleted++
		s.touched()
	case "tab", "br", "cr":
		s.write("\t")
	case "noBreakHyphen":
		s.write("-")
	case "tag":
		// The control's text follows its properties: it ends with the control, two levels up.
		if n, ok := number(attr(t, "val"), tagPrefix); ok && len(s.stack) >= 3 && s.stack[len(s.stack)-3].name == "sdt" {
			s.begin(&openFigure{n: n, ends: len(s.stack) - 2})
		}
	case "bookmarkStart":
		if n, ok := number(attr(t, "name"), bookmarkPrefix); ok {
			s.begin(&openFigure{n: n, bookmark: attr(t, "id")})
		}
	case "bookmarkEnd":
		id := attr(t, "id")
		for i := len(s.open) - 1; i >= 0; i-- {
			if s.open[i].bookmark != "" && s.open[i].bookmark == id {
				s.close(i)
				break
			}
		}
	case "hyperlink":
		if r, ok := s.links[attr(t, "id")]; ok {
			s.begin(&openFigure{n: r.N, ends: len(s.stack)})
		}
	}
	return nil
}

// number reads "niangjia:12" and "nj_12".
func number(s, prefix string) (int, bool) {
	rest, ok := strings.CutPrefix(s, prefix)
	n, err := strconv.Atoi(rest)
	return n, ok && err == nil && n > 0 && n <= maxFigures
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// maxOpen is how many marks stand within each other at most; a file that has more was made to be slow.
const maxOpen = 64

func (s *scan) begin(f *openFigure) {
	if len(s.open) >= maxOpen {
		return
	}
	f.within = slices.ContainsFunc(s.open, func(o *openFigure) bool { return o.n == f.n })
	f.tracked = s.inserted > 0 || s.deleted > 0
	s.open = append(s.open, f)
}

// touched: a recorded change lies within the open figures.
func (s *scan) touched() {
	for i := range s.open {
		s.open[i].tracked = true
	}
}

func (s *scan) text(t string) {
	if len(s.stack) == 0 {
		return
	}
	if e := s.stack[len(s.stack)-1]; word(e.space) && e.name == "t" {
		s.write(t)
	}
}

// text2 takes words of the text itself.
func (s *scan) write(t string) {
	if s.deleted > 0 {
		return
	}
	if n := len(s.paragraphs); n > 0 {
		s.paragraphs[n-1].words.WriteString(t)
	}
	for i := range s.open {
		s.open[i].text.WriteString(t)
	}
}

func (s *scan) end(t xml.EndElement) {
	depth := len(s.stack)
	for i := len(s.open) - 1; i >= 0; i-- {
		if s.open[i].ends == depth {
			s.close(i)
		}
	}
	s.stack = s.stack[:depth-1]
	if !word(t.Name.Space) {
		return
	}
	switch t.Name.Local {
	case "p":
		s.endParagraph()
	case "ins", "moveTo":
		s.inserted--
	case "del", "moveFrom":
		s.deleted--
	}
}

// close ends a mark. What lies within another mark of the same figure is part of that one.
func (s *scan) close(i int) {
	o := s.open[i]
	s.open = slices.Delete(s.open, i, i+1)
	r, known := s.records[o.n]
	if o.within || !known || len(s.found) >= maxFigures {
		return
	}
	f := foundOf(r)
	text := o.text.String()
	f.Text, f.Edited, f.Tracked = text, strings.TrimSpace(text) != strings.TrimSpace(r.Written), o.tracked
	if text == "" { // taken out, its mark left behind: that is a lost one
		return
	}
	s.found = append(s.found, f)
	if n := len(s.paragraphs); n > 0 {
		s.paragraphs[n-1].figures = append(s.paragraphs[n-1].figures, len(s.found)-1)
	}
}

func (s *scan) endParagraph() {
	n := len(s.paragraphs) - 1
	if n < 0 {
		return
	}
	p := s.paragraphs[n]
	for _, at := range p.figures {
		s.found[at].Place = shortened(p.words.String())
	}
	s.paragraphs = s.paragraphs[:n]
}
