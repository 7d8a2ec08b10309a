package reportfile

import (
	"encoding/xml"
	"errors"
	"slices"
	"strings"

	"niangjia/sync/report"
)

// Reading is what a file says of itself.
type Reading struct {
	Mark     report.Mark
	ID       string // of the report that it was made of, "" for one that was not kept
	Version  int64
	Unit     string
	From, To string
	// Figures are those that are marked in the text, in its order; a sentence that was copied has its figures twice.
	Figures []Found
	// Lost are those that the file had when it was made and that are marked nowhere now: their sentence was taken out, or
	// somebody wrote over figure and mark.
	Lost []Found
}

// Found is a figure of a file.
type Found struct {
	N       int    // its number in the file
	ID      string // the figure's in its report
	Place   string // the words of its paragraph
	Written string // as it was when the file was made
	Value   report.Value
	Text    string // as it stands there now; changes that wait to be accepted are taken as accepted
	Edited  bool   // Text is not what was written
	Tracked bool   // by a change that Word has recorded and nobody has accepted

	Name     string
	Override bool         // Value was put in the place of Was
	Was      report.Value // what was counted
	Withheld bool         // there is no value: who made the file was not told it
}

// foundOf is a record without its place.
func foundOf(r recorded) Found {
	f := Found{N: r.N, ID: r.ID, Written: r.Written, Name: r.Name, Override: r.Was != "", Withheld: r.Withheld}
	f.Value, _ = decodeValue(r.Value)
	f.Was, _ = decodeValue(r.Was)
	return f
}

// Edited lists the figures that were changed by hand.
func (r *Reading) Edited() (out []Found) {
	for _, f := range r.Figures {
		if f.Edited {
			out = append(out, f)
		}
	}
	return out
}

// Document has the figures that the file was made with, for comparing them with the log: the words are not in it.
func (r *Reading) Document() *report.Document {
	d := &report.Document{ID: r.ID, Version: r.Version, Unit: report.Unit{Code: r.Unit}, From: r.From, To: r.To, Mark: r.Mark}
	var p report.Paragraph
	for _, f := range append(slices.Clone(r.Figures), r.Lost...) {
		_, unit, elsewhere := strings.Cut(f.ID, "@")
		if !elsewhere {
			unit = r.Unit
		}
		one := &report.Figure{ID: f.ID, Unit: unit, Name: f.Name, Value: f.Value, Withheld: f.Withheld}
		if f.Override {
			one.Override = &report.Override{Was: f.Was}
		}
		p.Runs = append(p.Runs, report.Run{Figure: one})
	}
	d.Parts = []report.Part{{Sections: []report.Section{{Paragraphs: []report.Paragraph{p}}}}}
	return d
}

// Read reads a DOCX that DOCX or Fill wrote, also after it was worked on. The error is a *Fault.
func Read(file []byte) (*Reading, error) {
	c, fault := unpack(file)
	if fault != nil {
		return nil, fault
	}
	name, fault := c.text()
	if fault != nil {
		return nil, fault
	}
	rec, found, fault := c.record(name)
	if fault != nil {
		return nil, fault
	}
	names, fault := c.textParts()
	if fault != nil {
		return nil, fault
	}
	s := &scan{records: map[int]recorded{}}
	links, fault := c.linkRecords(names, s.records)
	if fault != nil {
		return nil, fault
	}
	if !found { // there may be figures, and nobody knows of which moment
		return nil, &Fault{Code: NoMark}
	}
	if len(rec.Figures) > 0 {
		// The file's own part knows best: a link that it does not know was there before, in last year's report that became
		// a template, or came with a sentence from another file.
		s.records = make(map[int]recorded, len(rec.Figures))
		for _, r := range rec.Figures {
			s.records[r.N] = r
		}
	}
	for _, name := range names {
		body, fault := c.bytes(name)
		if fault != nil {
			return nil, fault
		}
		s.links = links[name]
		if fault := s.all(body); fault != nil {
			return nil, fault
		}
	}
	out := &Reading{Mark: rec.mark(), ID: rec.ID, Version: rec.Version, Unit: rec.Unit, From: rec.From, To: rec.To, Figures: s.found}
	for _, r := range rec.Figures {
		if !slices.ContainsFunc(s.found, func(f Found) bool { return f.N == r.N }) {
			out.Lost = append(out.Lost, foundOf(r))
		}
	}
	return out, nil
}

// linkRecords reads what the links of each part carry, and gathers it by the figure's number.
func (c *container) linkRecords(names []string, byNumber map[int]recorded) (map[string]map[string]recorded, *Fault) {
	links := map[string]map[string]recorded{}
	for _, name := range names {
		rows, fault := c.relations(name)
		if fault != nil {
			return nil, fault
		}
		links[name] = map[string]recorded{}
		for _, row := range rows {
			if row.kind() != "hyperlink" {
				continue
			}
			if r, ok := recordInAddress(row.Target); ok {
				links[name][row.ID], byNumber[r.N] = r, r
			}
		}
	}
	return links, nil
}

// record finds the snapshot's mark: in the part of the file's own, else in its properties.
func (c *container) record(text string) (rec fileRecord, found bool, fault *Fault) {
	rows, fault := c.relations(text)
	if fault != nil {
		return rec, false, fault
	}
	for _, row := range rows {
		name := row.target(text)
		if row.kind() != "customXml" || !c.Has(name) {
			continue
		}
		b, fault := c.bytes(name)
		if fault != nil {
			return rec, false, fault
		}
		var r fileRecord
		if xml.Unmarshal(b, &r) == nil { // another program's part is none of ours
			if len(r.Figures) > maxFigures {
				return rec, false, &Fault{Code: TooLarge, Err: errors.New("figures")}
			}
			return r, true, nil
		}
	}
	values, fault := c.properties()
	if fault != nil {
		return rec, false, fault
	}
	rec, found = fromProperties(values)
	return rec, found, nil
}

// properties are this program's among the file's own.
func (c *container) properties() (map[string]string, *Fault) {
	name, fault := c.propertiesPart()
	if fault != nil || name == "" {
		return nil, fault
	}
	b, fault := c.bytes(name)
	if fault != nil {
		return nil, fault
	}
	var list struct {
		Rows []struct {
			Name string `xml:"name,attr"`
			Text string `xml:"lpwstr"`
		} `xml:"property"`
	}
	if err := xml.Unmarshal(b, &list); err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	values := map[string]string{}
	for _, r := range list.Rows {
		if key, ok := strings.CutPrefix(r.Name, propertyPrefix); ok {
			values[key] = r.Text
		}
	}
	return values, nil
}
