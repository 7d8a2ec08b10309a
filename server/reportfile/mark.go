package reportfile

import (
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"niangjia/sync/record"
	"niangjia/sync/report"
)

// A file carries what its figures were, in three places, for each program that people work with keeps others:
//   - a part of the file's own (customXml), with the snapshot's mark and each figure's id, exact value and words;
//   - document properties with the mark;
//   - at each figure a bookmark and, in the text, a content control, which say which of them it is; and the link, whose
//     end carries id, value and words, where everything else is lost.

// recorded is one figure as it was when the file was made.
type recorded struct {
	N       int    `xml:"n,attr"`
	ID      string `xml:"id,attr"`
	Value   string `xml:"v,attr"` // encodeValue
	Written string `xml:"w,attr"`
	// Of the file's own part alone.
	Name     string `xml:"name,attr,omitempty"`
	Was      string `xml:"was,attr,omitempty"` // what was counted, where Value was put in its place
	Withheld bool   `xml:"withheld,attr,omitempty"`
}

const (
	bookmarkPrefix = "nj_"
	tagPrefix      = "niangjia:"
	fragmentKey    = "nj="
	propertyPrefix = "niangjia."
)

func recordFigure(p piece) recorded {
	f := p.figure
	r := recorded{N: p.n, ID: f.ID, Written: p.text, Name: clean(f.Name), Withheld: f.Withheld}
	switch {
	case f.Withheld:
	case f.Override != nil:
		r.Value, r.Was = encodeValue(report.Value{N: &f.Override.Value}), encodeValue(f.Override.Was)
	default:
		r.Value = encodeValue(f.Value)
	}
	return r
}

func (r recorded) bookmark() string { return bookmarkPrefix + itoa(r.N) }
func (r recorded) tag() string      { return tagPrefix + itoa(r.N) }

// address is a link with the record behind it. A path of the app with an end of its own keeps it.
func (r recorded) address(link string) string {
	sep := "#"
	if strings.Contains(link, "#") {
		sep = "&"
	}
	return link + sep + fragmentKey + itoa(r.N) + "&" + url.Values{"id": {r.ID}, "v": {r.Value}, "w": {r.Written}}.Encode()
}

// recordInAddress reads what address wrote.
func recordInAddress(target string) (recorded, bool) {
	_, end, found := strings.Cut(target, "#")
	if !found {
		return recorded{}, false
	}
	q, err := url.ParseQuery(end)
	if err != nil {
		return recorded{}, false
	}
	n, err := strconv.Atoi(q.Get("nj"))
	if err != nil || n < 1 || n > maxFigures || q.Get("id") == "" {
		return recorded{}, false
	}
	return recorded{N: n, ID: q.Get("id"), Value: q.Get("v"), Written: q.Get("w")}, true
}

// encodeValue writes a value in a word: "56320", of a rate "7750=31/40", "" for none.
func encodeValue(v report.Value) string {
	text := ""
	if v.N != nil {
		text = strconv.FormatInt(*v.N, 10)
	}
	if v.Numerator != nil && v.Denominator != nil {
		text += fmt.Sprintf("=%d/%d", *v.Numerator, *v.Denominator)
	}
	return text
}

func decodeValue(s string) (v report.Value, ok bool) {
	whole, rate, isRate := strings.Cut(s, "=")
	ok = true
	read := func(s string) *int64 {
		n, err := strconv.ParseInt(s, 10, 64)
		ok = ok && err == nil
		return &n
	}
	if whole != "" {
		v.N = read(whole)
	}
	if isRate {
		a, b, _ := strings.Cut(rate, "/")
		v.Numerator, v.Denominator = read(a), read(b)
	}
	if !ok {
		return report.Value{}, false
	}
	return v, true
}

// fileRecord is the part of the file's own.
type fileRecord struct {
	XMLName     xml.Name   `xml:"urn:niangjia:report:1 report"`
	ID          string     `xml:"id,attr,omitempty"`
	Version     int64      `xml:"version,attr,omitempty"`
	Unit        string     `xml:"unit,attr"`
	From        string     `xml:"from,attr"`
	To          string     `xml:"to,attr"`
	Server      string     `xml:"server,attr"`
	Seq         int64      `xml:"seq,attr"`
	Line        string     `xml:"line,attr"`
	Definitions string     `xml:"definitions,attr"`
	Divisions   string     `xml:"divisions,attr"`
	At          int64      `xml:"at,attr"`
	Figures     []recorded `xml:"figure"`
}

func recordOf(doc report.Document, figures []recorded) fileRecord {
	m := doc.Mark
	return fileRecord{ID: doc.ID, Version: doc.Version, Unit: doc.Unit.Code, From: doc.From, To: doc.To,
		Server: m.Server, Seq: m.Seq, Line: m.Line, Definitions: m.Definitions, Divisions: m.Divisions, At: int64(m.At), Figures: figures}
}

func (r fileRecord) mark() report.Mark {
	return report.Mark{Server: r.Server, Seq: r.Seq, Line: r.Line, Definitions: r.Definitions, Divisions: r.Divisions, At: record.Instant(r.At)}
}

func (r fileRecord) xml() string {
	b, err := xml.Marshal(r)
	if err != nil { // strings and numbers
		panic(err)
	}
	return xmlHead + string(b)
}

// itemProps names the part; the name follows from what is in it, for two files of one snapshot are to be alike.
func itemProps(r fileRecord) string {
	h := sha256.Sum256([]byte(r.xml()))
	return xmlHead + fmt.Sprintf(`<ds:datastoreItem xmlns:ds="%s" ds:itemID="{%X-%X-%X-%X-%X}"><ds:schemaRefs><ds:schemaRef ds:uri="urn:niangjia:report:1"/></ds:schemaRefs></ds:datastoreItem>`, nsItem, h[:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// list gives the mark as document properties, in a fixed order.
func (r fileRecord) list() [][2]string {
	return [][2]string{
		{"report", r.ID}, {"version", strconv.FormatInt(r.Version, 10)}, {"unit", r.Unit}, {"from", r.From}, {"to", r.To}, {"server", r.Server}, {"seq", strconv.FormatInt(r.Seq, 10)},
		{"line", r.Line}, {"definitions", r.Definitions}, {"divisions", r.Divisions}, {"at", strconv.FormatInt(r.At, 10)}, {"figures", itoa(len(r.Figures))},
	}
}

func (r fileRecord) properties() string {
	return xmlHead + `<Properties xmlns="` + nsProps + `" xmlns:vt="` + nsVT + `">` + r.propertyList(2) + `</Properties>`
}

// propertyList is the properties themselves, numbered from pid; the format begins at 2.
func (r fileRecord) propertyList(pid int) string {
	var b strings.Builder
	for i, p := range r.list() {
		fmt.Fprintf(&b, `<property xmlns="%s" fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr xmlns:vt="%s">%s</vt:lpwstr></property>`, nsProps, pid+i, propertyPrefix+p[0], nsVT, esc(clean(p[1])))
	}
	return b.String()
}

// fromProperties reads the mark where a program has dropped the part of the file's own.
func fromProperties(values map[string]string) (r fileRecord, ok bool) {
	n := func(key string) int64 { v, _ := strconv.ParseInt(values[key], 10, 64); return v }
	if values["seq"] == "" || values["definitions"] == "" && values["line"] == "" {
		return r, false
	}
	return fileRecord{ID: values["report"], Version: n("version"), Unit: values["unit"], From: values["from"], To: values["to"], Server: values["server"], Seq: n("seq"),
		Line: values["line"], Definitions: values["definitions"], Divisions: values["divisions"], At: n("at")}, true
}
