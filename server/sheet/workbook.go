package sheet

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// workbook is what all sheets share.
type workbook struct {
	*container
	sheets  []place
	from04  bool // days are counted from 1904
	strings []string
	dates   []bool // whether a style shows a number as a day, by the style's number
}

// place is a visible sheet.
type place struct{ name, part string }

type relations struct {
	List []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
		Mode   string `xml:"TargetMode,attr"`
	} `xml:"Relationship"`
}

// relation finds parts by the end of a relation's type: the two editions of the standard differ before it.
func (c *container) relations(of string) (relations, *Fault) {
	dir, base := path.Split(of)
	var r relations
	name := dir + "_rels/" + base + ".rels"
	if !c.Has(name) {
		return r, nil
	}
	fault := c.decode(name, &r)
	for i, one := range r.List {
		if !strings.HasPrefix(one.Target, "/") {
			r.List[i].Target = path.Join(dir, one.Target)
		}
	}
	return r, fault
}

func (r relations) of(kind string) string {
	for _, one := range r.List {
		if strings.HasSuffix(one.Type, "/"+kind) && one.Mode != "External" {
			return one.Target
		}
	}
	return ""
}

func open(file []byte) (*workbook, *Fault) {
	c, fault := unpack(file)
	if fault != nil {
		return nil, fault
	}
	top, fault := c.relations("")
	if fault != nil {
		return nil, fault
	}
	main := top.of("officeDocument")
	if main == "" || !c.Has(strings.TrimPrefix(main, "/")) {
		return nil, &Fault{Code: NotXLSX, Err: errors.New("no workbook")}
	}
	var book struct {
		XMLName    xml.Name
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string     `xml:"name,attr"`
			State string     `xml:"state,attr"`
			Attrs []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if fault := c.decode(main, &book); fault != nil {
		return nil, fault
	}
	if book.XMLName.Local != "workbook" {
		return nil, &Fault{Code: NotXLSX, Err: errors.New("a document of another kind")}
	}
	rels, fault := c.relations(strings.TrimPrefix(main, "/"))
	if fault != nil {
		return nil, fault
	}
	if len(book.Sheets) > MaxSheets {
		return nil, &Fault{Code: TooLarge, Err: errors.New("too many sheets")}
	}
	w := &workbook{container: c, from04: book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"}
	for _, s := range book.Sheets {
		if s.State != "" && s.State != "visible" {
			continue
		}
		for _, a := range s.Attrs {
			if a.Name.Local != "id" {
				continue
			}
			for _, r := range rels.List {
				// A chart's own sheet has no rows.
				if r.ID == a.Value && strings.HasSuffix(r.Type, "/worksheet") && r.Mode != "External" {
					w.sheets = append(w.sheets, place{name: s.Name, part: r.Target})
				}
			}
		}
	}
	if part := rels.of("styles"); part != "" {
		if fault := w.readStyles(part); fault != nil {
			return nil, fault
		}
	}
	if part := rels.of("sharedStrings"); part != "" {
		if fault := w.readStrings(part); fault != nil {
			return nil, fault
		}
	}
	return w, nil
}

func (w *workbook) readStyles(part string) *Fault {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if fault := w.decode(part, &styles); fault != nil {
		return fault
	}
	own := map[int]bool{}
	for _, f := range styles.Formats {
		own[f.ID] = dateCode(f.Code)
	}
	for _, c := range styles.Cells {
		day, known := own[c.Format]
		w.dates = append(w.dates, known && day || !known && dateFormat(c.Format))
	}
	return nil
}

// dateFormat knows the built-in formats of days and times, those of Chinese systems among them.
func dateFormat(id int) bool {
	return id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 45 && id <= 47 || id >= 50 && id <= 58
}

// dateCode reports whether a format shows a day: a y, m or d outside of quotes and brackets.
func dateCode(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch b := code[i]; {
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '\\' || b == '_' || b == '*':
			i++
		case b == '[':
			bracket = true
		case b == ']':
			bracket = false
		case bracket:
		case b == ';':
			return false // only the first section, that of positive numbers, matters
		case strings.IndexByte("ymdYMD", b) >= 0:
			return true
		}
	}
	return false
}

// readStrings streams the table of texts; the readings of characters that stand beside some are no part of them.
func (w *workbook) readStrings(part string) *Fault {
	r, err := w.Open(part, maxStrings)
	if err != nil {
		return faultOf(err)
	}
	defer func() { _ = r.Close() }() // reading memory
	dec := xml.NewDecoder(r)
	var text strings.Builder
	depth := 0 // of a reading
	inText := false
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return faultOf(r.Why(err))
		}
		switch t := tok.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "rPh":
				depth++
			case "t":
				inText = depth == 0
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				if len(w.strings) == maxTexts {
					return &Fault{Code: TooLarge, Err: errors.New("too many texts")}
				}
				w.strings = append(w.strings, unescape(text.String()))
			case "rPh":
				depth--
			case "t":
				inText = false
			}
		case xml.CharData:
			if inText {
				text.Write(t)
			}
		case xml.Directive:
			return &Fault{Code: Broken, Err: errors.New("a document type in the file")}
		}
	}
}

// unescape reads _x000D_ and its like, by which the format writes what XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		at := strings.Index(s, "_x")
		if at < 0 || len(s) < at+7 {
			b.WriteString(s)
			return b.String()
		}
		n, err := strconv.ParseUint(s[at+2:at+6], 16, 32)
		if err != nil || s[at+6] != '_' {
			b.WriteString(s[:at+2])
			s = s[at+2:]
			continue
		}
		b.WriteString(s[:at])
		b.WriteRune(rune(n))
		s = s[at+7:]
	}
}
