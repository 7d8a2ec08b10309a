package reportfile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"niangjia/sync/report"
)

// TemplateMark is a place of a clerk's own Word file in which a figure is to stand: {{走访户次}}.
type TemplateMark struct {
	Mark  string // what stands between the braces, without outer blanks
	Place string // the words of its paragraph
}

// Marks lists what a clerk's file asks for, in its order; what cannot be read as a mark is an error (*Fault or Faults).
func Marks(file []byte) ([]TemplateMark, error) {
	t, fault := openTemplate(file)
	if fault != nil {
		return nil, fault
	}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	var out []TemplateMark
	for _, p := range t.parts {
		for _, m := range p.marks {
			out = append(out, TemplateMark{m.words, m.place})
		}
	}
	return out, nil
}

// Fill writes what figures gives for each mark, without its unit's word, which she has typed herself, into a clerk's own file, in the look of the mark's first character, and
// leaves all else as it is. The snapshot's mark goes into the file, so that Read reads it back. The error is a *Fault or
// Faults, and then there is no file.
func Fill(file []byte, doc report.Document, figures func(mark string) (report.Run, bool), opts Options) ([]byte, error) {
	t, fault := openTemplate(file)
	if fault != nil {
		return nil, fault
	}
	var records []recorded
	next := t.last
	for _, p := range t.parts {
		rels := relationEdits{part: p.name, base: t.relationBase()}
		for i := range p.marks {
			m := &p.marks[i]
			r, known := figures(m.words)
			switch {
			case !known:
				fault := &Fault{Code: UnknownMark, Place: m.place, Value: m.words}
				if opts.Near != nil && len(t.faults) < maxNear {
					fault.Near = opts.Near(m.words)
				}
				t.faults = append(t.faults, fault)
			case r.Figure == nil:
				m.text = clean(r.Text)
			case strings.TrimSpace(clean(r.Figure.Written)) == "": // a change of which nothing can be said: nothing stands there, and nothing is marked
			default:
				next++
				m.piece = piece{text: opts.fitted(r.Figure, m), figure: r.Figure, n: next, mark: markOf(r.Figure)}
				m.record = recordFigure(m.piece)
				records = append(records, m.record)
				if url := opts.link(r.Figure); url != "" && p.main && !m.nested {
					m.relation = rels.add(m.record.address(url), next)
				}
			}
		}
		if len(t.faults) == 0 {
			t.changed[p.name] = p.filled()
			if rels.body != "" {
				if fault := t.addRelations(rels); fault != nil {
					return nil, fault
				}
			}
		}
	}
	if len(t.faults) > 0 {
		return nil, t.faults
	}
	if next > maxFigures {
		return nil, &Fault{Code: TooLarge, Err: errors.New("figures")}
	}
	if fault := t.keepRecord(recordOf(doc, records)); fault != nil {
		return nil, fault
	}
	out, err := t.write()
	if err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	// Whoever gets the file is not the first to open it: what cannot be read back is not given out.
	back, err := Read(out)
	if err != nil {
		return nil, &Fault{Code: Broken, Err: fmt.Errorf("filled, it cannot be read: %w", err)}
	}
	if len(back.Lost) > 0 {
		return nil, &Fault{Code: Broken, Err: fmt.Errorf("filled, figure %s is lost", back.Lost[0].ID)}
	}
	return out, nil
}

// maxNear is for how many marks it is looked up what they may have meant: of a file of nothing else the rest goes without.
const maxNear = 50

// template is an open file with the marks found in it.
type template struct {
	*container
	parts   []*templatePart
	faults  Faults
	last    int // the highest number of a figure that it has already: it may be a report of last year
	changed map[string]string
	added   []part
}

type templatePart struct {
	name     string
	main     bool
	body     []byte
	segments []segment
	marks    []filling
}

// segment is characters between two tags: where they stand in the part, and the run around them.
type segment struct {
	from, to       int // of the characters
	tagFrom, tagTo int // of the tag <w:t>
	text           []rune
	format         string // the run's properties, as they stand there
	prefix         string // of the names: "w:" nearly always
	nested         bool
	first          bool // the first between its tag and the end
	cuts           []cutting
}

// cutting takes characters out of a segment; the mark that begins here is filled in at it.
type cutting struct {
	from, to int
	mark     int // in the part's marks, -1 where the mark began in an earlier segment
}

// filling is one mark.
type filling struct {
	words, place  string
	before, after string // what stands in its paragraph around it
	nested        bool   // where no link may stand: within another, in a control, in a recorded insertion
	text          string
	piece         piece
	record        recorded
	relation      string
}

var (
	markPattern = regexp.MustCompile(`[{｛]{2}([^{}｛｝]*)[}｝]{2}`)
	markOpening = regexp.MustCompile(`[{｛]{2}`)
	ourNumbers  = regexp.MustCompile(`"(?:` + bookmarkPrefix + `|` + tagPrefix + `)(\d{1,6})"|#` + fragmentKey + `(\d{1,6})`)
)

func openTemplate(file []byte) (*template, *Fault) {
	c, fault := unpack(file)
	if fault != nil {
		return nil, fault
	}
	t := &template{container: c, changed: map[string]string{}}
	names, fault := c.textParts()
	if fault != nil {
		return nil, fault
	}
	found := 0
	for i, name := range names {
		body, fault := c.bytes(name)
		if fault != nil {
			return nil, fault
		}
		p := &templatePart{name: name, main: i == 0, body: body}
		faults, fault := p.look()
		if fault != nil {
			return nil, fault
		}
		t.faults = append(t.faults, faults...)
		t.parts = append(t.parts, p)
		found += len(p.marks)
		for _, m := range ourNumbers.FindAllSubmatch(body, -1) {
			n, _ := strconv.Atoi(string(m[1]) + string(m[2]))
			t.last = max(t.last, min(n, maxFigures))
		}
	}
	if found == 0 && len(t.faults) == 0 {
		return nil, &Fault{Code: NoFigures}
	}
	if found > maxFigures {
		return nil, &Fault{Code: TooLarge, Err: errors.New("marks")}
	}
	return t, nil
}

// textParts are the text itself and what stands on its pages besides.
func (c *container) textParts() ([]string, *Fault) {
	text, fault := c.text()
	if fault != nil {
		return nil, fault
	}
	rows, fault := c.relations(text)
	if fault != nil {
		return nil, fault
	}
	names := []string{text}
	for _, r := range rows {
		if name := r.target(text); slices.Contains([]string{"header", "footer", "footnotes", "endnotes"}, r.kind()) && c.Has(name) {
			if name = c.Part(name).Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names[1:])
	return names, nil
}

// filled is the part with its marks filled in: all else keeps its bytes.
func (p *templatePart) filled() string {
	var b strings.Builder
	at := 0
	for i := range p.segments {
		s := &p.segments[i]
		if len(s.cuts) == 0 {
			continue
		}
		if s.first { // blanks at the ends of what is left would be dropped
			b.Write(p.body[at:s.tagFrom])
			b.WriteString("<" + s.prefix + `t xml:space="preserve">`)
			at = s.tagTo
		}
		b.Write(p.body[at:s.from])
		b.WriteString(p.segment(s))
		at = s.to
	}
	b.Write(p.body[at:])
	return b.String()
}

func (p *templatePart) segment(s *segment) string {
	var b strings.Builder
	at := 0
	for _, c := range s.cuts {
		b.WriteString(esc(string(s.text[at:c.from])))
		at = c.to
		if c.mark < 0 {
			continue
		}
		m := p.marks[c.mark]
		if m.piece.figure == nil {
			b.WriteString(esc(m.text))
			continue
		}
		// The run is ended, the figure has one of its own in the same look, and what follows has one again.
		begin := "<" + s.prefix + "r>" + s.format + "<" + s.prefix + `t xml:space="preserve">`
		end := "</" + s.prefix + "t></" + s.prefix + "r>"
		link := ""
		if m.relation != "" {
			link = `<w:hyperlink xmlns:w="` + p.namespace(nsW, nsStrictW) + `" xmlns:r="` + p.namespace(nsR, nsStrictR) + `" r:id="` + m.relation + `" w:tooltip="` + esc(cut(clean(m.piece.figure.Name), 200)) + `" w:history="1">`
		}
		b.WriteString(end + bookmark(` xmlns:w="`+p.namespace(nsW, nsStrictW)+`"`, m.record, begin+esc(m.piece.text)+end, link) + begin + esc(m.piece.mark))
	}
	b.WriteString(esc(string(s.text[at:])))
	return b.String()
}

// namespace is the one of two forms of the standard that the part is written in.
func (p *templatePart) namespace(usual, strict string) string {
	if bytes.Contains(p.body[:min(len(p.body), 8192)], []byte(nsStrictW)) {
		return strict
	}
	return usual
}

// write packs the file again: parts that were not changed keep their bytes.
func (t *template) write() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name, body string) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write([]byte(body))
		}
		return err
	}
	for _, f := range t.Files {
		body, changed := t.changed[f.Name]
		if !changed {
			if err := z.Copy(f); err != nil {
				return nil, err
			}
			continue
		}
		if err := put(f.Name, body); err != nil {
			return nil, err
		}
	}
	for _, p := range t.added {
		if err := put(p.name, p.body); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Answers gives Fill the runs that were found for marks, in their order; nil for one that nothing is called.
func Answers(marks []string, runs []*report.Run) func(mark string) (report.Run, bool) {
	found := map[string]*report.Run{}
	for i, m := range marks {
		if i < len(runs) && runs[i] != nil {
			found[m] = runs[i]
		}
	}
	return func(mark string) (report.Run, bool) {
		r := found[mark]
		if r == nil {
			return report.Run{}, false
		}
		return *r, true
	}
}
