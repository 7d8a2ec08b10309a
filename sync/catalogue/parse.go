package catalogue

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
)

// reading gathers definitions and what is wrong with them.
type reading struct {
	fillers []*filler
	sheets  []*sheet
	tallies []*tally
	parts   []*part
	raw     map[any][]byte // each form's and indicator's own JSON, for the phones
	broken  map[string]bool
	ledger  bool // its conditions may be of the kind before CEL
	trusted bool // it was checked when it was taken
}

func newReading() *reading { return &reading{raw: map[any][]byte{}, broken: map[string]bool{}} }

func (r *reading) filler(file string) *filler {
	f := &filler{file: file, nodes: map[string]*node{}, ledger: r.ledger, trusted: r.trusted, broken: r.broken}
	r.fillers = append(r.fillers, f)
	return f
}

// Parse reads forms/*.json, registers/*.json, indicators/*.json and, where it is there, sections.json. The error is Problems, with all there are.
func Parse(fsys fs.FS) (*Catalogue, error) { return newReading().files(fsys) }

// ParseTrusted reads files that Parse has taken before, as those in the binary, which a test parses: their
// conditions are compiled when each is first asked, not all of them before the server starts.
func ParseTrusted(fsys fs.FS) (*Catalogue, error) {
	r := newReading()
	r.trusted = true
	return r.files(fsys)
}

func (r *reading) files(fsys fs.FS) (*Catalogue, error) {
	hash := sha256.New()
	for _, folder := range []string{"forms", "indicators", "registers"} {
		names, err := fs.Glob(fsys, folder+"/*.json") // sorted
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			source, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, err
			}
			// Name and length keep two different sets of files from hashing alike.
			fmt.Fprintf(hash, "%s\n%d\n", name, len(source))
			hash.Write(source)
			r.file(folder, name, source)
		}
	}
	source, err := fs.ReadFile(fsys, sectionsFile)
	if err == nil {
		fmt.Fprintf(hash, "%s\n%d\n", sectionsFile, len(source))
		hash.Write(source)
		r.sections(r.filler(sectionsFile), source)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return r.catalogue(hex.EncodeToString(hash.Sum(nil)))
}

// ParseJSON reads what JSON gave, as it stands in the ledger, with the hash that it had.
func ParseJSON(b []byte) (*Catalogue, error) {
	const name = "catalogue.json"
	var whole struct {
		Hash       string            `json:"hash"`
		Forms      []json.RawMessage `json:"forms"`
		Registers  []json.RawMessage `json:"registers"`
		Indicators []json.RawMessage `json:"indicators"`
		Sections   json.RawMessage   `json:"sections"`
	}
	if err := json.Unmarshal(b, &whole); err != nil {
		return nil, Problems{problem(name, 1, "", "not JSON: %v", err)}
	}
	r := newReading()
	r.ledger, r.trusted = true, true
	for i, source := range whole.Forms {
		r.sheet(r.filler(at(name+"#forms", i)), source, false)
	}
	for i, source := range whole.Registers {
		r.sheet(r.filler(at(name+"#registers", i)), source, true)
	}
	if whole.Sections != nil {
		r.sections(r.filler(name+"#sections"), whole.Sections)
	}
	for i, source := range whole.Indicators {
		f := r.filler(at(name+"#indicators", i))
		if n, bad := scan(source); bad == nil {
			r.indicator(f, n, "", source)
		}
	}
	return r.catalogue(whole.Hash)
}

func (r *reading) file(folder, name string, source []byte) {
	f := r.filler(name)
	if folder == "indicators" {
		r.indicators(f, source)
		return
	}
	s := r.sheet(f, source, folder == "registers")
	if s != nil && s.form.ID != "" && s.form.ID != stem(name) {
		f.problem("id", "id %q is not the file's name", s.form.ID)
	}
}

func stem(name string) string { return strings.TrimSuffix(path.Base(name), ".json") }

func (r *reading) sheet(f *filler, source []byte, register bool) *sheet {
	n, bad := scan(source)
	if bad != nil {
		f.problems = append(f.problems, Problem{File: f.file, Line: bad.Line, Reason: bad.Reason, ZH: bad.ZH})
		r.broken[stem(f.file)] = !register
		return nil
	}
	return r.form(f, n, "", source, register)
}

// form reads a form or a register that stands at a place of its file.
func (r *reading) form(f *filler, n *node, prefix string, source []byte, register bool) *sheet {
	s := &sheet{origin{f, prefix}, &Form{}, register}
	f.fill(n, reflect.ValueOf(s.form).Elem(), prefix)
	if n.kind != "an object" {
		return nil
	}
	s.form.fields = map[string]*Field{}
	for _, field := range s.form.Fields {
		if field.Screen == 0 {
			field.Screen = 1
		}
		if field.Type == TypePlace || field.Attached() {
			field.Personal = true // whatever the file says
		}
		if field.Type == TypeComputed {
			s.form.computed = append(s.form.computed, field)
		}
		if s.form.fields[field.Key] == nil {
			s.form.fields[field.Key] = field
		}
	}
	r.sheets = append(r.sheets, s)
	r.raw[s.form] = compact(source)
	return s
}

func (r *reading) indicators(f *filler, source []byte) {
	f.each(source, "a file of indicators is a list", func(item *node, prefix string, raw []byte) { r.indicator(f, item, prefix, raw) })
}

// each goes through the definitions of a file that is a list of them; rule says that it must be one.
func (f *filler) each(source []byte, rule string, take func(item *node, prefix string, raw []byte)) {
	n, bad := scan(source)
	if bad != nil {
		f.problems = append(f.problems, Problem{File: f.file, Line: bad.Line, Reason: bad.Reason, ZH: bad.ZH})
		return
	}
	f.nodes[""] = n
	if n.kind != "a list" {
		f.problem("", "%s, not %s", rule, n.kind)
		return
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(source, &raws); err != nil {
		f.problem("", "not JSON: %v", err)
		return
	}
	for i, item := range n.items {
		take(item, at("", i), raws[i])
	}
}

func (r *reading) indicator(f *filler, n *node, prefix string, source []byte) {
	t := &tally{origin{f, prefix}, &Indicator{}}
	f.fill(n, reflect.ValueOf(t.indicator).Elem(), prefix)
	if n.kind != "an object" {
		return
	}
	if t.indicator.Display == "" {
		t.indicator.Display = DisplayInteger
		if t.indicator.Quotient() {
			t.indicator.Display = DisplayPercent
		}
	}
	for _, source := range t.indicator.Sources {
		if source.Date == "" {
			source.Date = KeyOccurredOn
		}
	}
	r.tallies = append(r.tallies, t)
	r.raw[t.indicator] = compact(source)
}

func compact(source []byte) []byte {
	var b bytes.Buffer
	if err := json.Compact(&b, source); err != nil {
		return nil // not reached: the source was scanned
	}
	return b.Bytes()
}

// catalogue checks everything together.
func (r *reading) catalogue(hash string) (*Catalogue, error) {
	c := &Catalogue{Forms: map[string]*Form{}, Registers: map[string]*Form{}, Hash: hash, indicators: map[string]*Indicator{}}
	for _, s := range r.sheets {
		into, what := c.Forms, "form"
		if s.register {
			into, what = c.Registers, "register"
			s.oneOf(s.path("id"), s.form.ID, registerIDs, "register")
		}
		if s.form.ID != "" && into[s.form.ID] != nil {
			s.problem(s.path("id"), "%s %q stands twice", what, s.form.ID)
			continue
		}
		into[s.form.ID] = s.form
	}
	for _, t := range r.tallies {
		if t.indicator.ID != "" && c.indicators[t.indicator.ID] != nil {
			t.problem(t.path("id"), "indicator %q stands twice", t.indicator.ID)
			continue
		}
		c.indicators[t.indicator.ID] = t.indicator
		c.Indicators = append(c.Indicators, t.indicator)
	}
	for _, p := range r.parts {
		p.check(c)
	}
	c.bind()
	c.index()
	for _, s := range r.sheets {
		s.check()
		s.checkLinks(c.Forms)
		s.checkSection(c)
	}
	for _, t := range r.tallies {
		t.check(c.Forms, c.indicators)
	}
	for _, f := range r.fillers {
		if dir, file := path.Split(f.file); dir == "indicators/" && c.Forms[stem(file)] == nil && !r.broken[stem(file)] {
			f.problem("", "no form %q for this file of indicators", stem(file))
		}
	}
	var problems Problems
	for _, f := range r.fillers {
		problems = append(problems, f.problems...)
	}
	if len(problems) > 0 {
		problems.sort()
		return nil, problems
	}
	slices.SortFunc(c.Indicators, func(a, b *Indicator) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(c.Sections, func(a, b *Section) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID))
	})
	c.wire = r.wire(c)
	return c, nil
}

// JSON gives the catalogue as the phones get it: {"hash", "sections", "forms", "registers", "indicators"}, each in its order.
func (c *Catalogue) JSON() []byte { return c.wire }

// Sorted gives forms or registers in their order.
func Sorted(forms map[string]*Form) []*Form {
	list := make([]*Form, 0, len(forms))
	for _, f := range forms {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *Form) int { return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.ID, b.ID)) })
	return list
}

// wire puts the definitions together as their authors wrote them, so that a key that only the
// phones read reaches them too.
func (r *reading) wire(c *Catalogue) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"hash":%q`, c.Hash)
	write := func(name string, n int, raw func(i int) []byte) {
		fmt.Fprintf(&b, `,%q:[`, name)
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(raw(i))
		}
		b.WriteByte(']')
	}
	if len(c.Sections) > 0 {
		write("sections", len(c.Sections), func(i int) []byte { return r.raw[c.Sections[i]] })
	}
	forms, registers := Sorted(c.Forms), Sorted(c.Registers)
	write("forms", len(forms), func(i int) []byte { return r.raw[forms[i]] })
	write("registers", len(registers), func(i int) []byte { return r.raw[registers[i]] })
	write("indicators", len(c.Indicators), func(i int) []byte { return r.raw[c.Indicators[i]] })
	b.WriteByte('}')
	return b.Bytes()
}
