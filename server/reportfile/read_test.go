package reportfile

import (
	"errors"
	"strings"
	"testing"
)

// rewrite changes parts of a file, as a program that people work with does.
func rewrite(t *testing.T, file []byte, change func(name, body string) string) []byte {
	t.Helper()
	names, parts := partsOf(t, file)
	var list []part
	for _, n := range names {
		if body := change(n, parts[n]); body != "" {
			list = append(list, part{n, body})
		}
	}
	b, err := pack(list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func inText(change func(string) string) func(name, body string) string {
	return func(name, body string) string {
		if name == "word/document.xml" {
			return change(body)
		}
		return body
	}
}

func swap(t *testing.T, old, with string) func(name, body string) string {
	t.Helper()
	return inText(func(s string) string {
		if !strings.Contains(s, old) {
			t.Fatalf("the text has no %s", old)
		}
		return strings.Replace(s, old, with, 1)
	})
}

func reading(t *testing.T, file []byte) *Reading {
	t.Helper()
	r, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// cells of the sample's table that have a number.
const sampleCells = 40*9 - 1

func TestAFileTellsWhatItsFiguresWere(t *testing.T) {
	doc := sample()
	r := reading(t, made(t, doc))
	if r.Mark != doc.Mark || r.ID != "r1" || r.Version != 3 || r.Unit != sampleUnit || r.From != doc.From || r.To != doc.To {
		t.Errorf("the mark came back as %+v", r)
	}
	if len(r.Edited()) > 0 || len(r.Lost) > 0 {
		t.Errorf("of an untouched file %v are edited and %v lost", r.Edited(), r.Lost)
	}
	// In the text: eight places; in the list: six, of which one is withheld and has its words alone.
	if want := 8 + 6 + sampleCells; len(r.Figures) != want {
		t.Fatalf("%d figures, not %d", len(r.Figures), want)
	}
	first := r.Figures[0]
	if first.ID != "visits" || first.Text != "5.6万余" || *first.Value.N != 56_320 || !strings.HasPrefix(first.Place, "全市各级妇联组织和执委走访5.6万余户次") {
		t.Errorf("the first is %+v", first)
	}
	if v := r.Figures[2].Value; *v.N != 7_750 || *v.Numerator != 31 || *v.Denominator != 40 {
		t.Errorf("the rate is %+v", v)
	}
	if v := r.Figures[4].Value; *v.N != 10_200 { // what was put in its place
		t.Errorf("the override is %d", *v.N)
	}
}

// What is compared with the log is what was counted: of an override the number before it, of what was withheld nothing.
func TestAFilesFiguresCanBeComparedWithTheLog(t *testing.T) {
	doc := sample()
	d := reading(t, made(t, doc)).Document()
	if d.Mark != doc.Mark || d.Unit.Code != doc.Unit.Code || d.From != doc.From || d.To != doc.To {
		t.Errorf("%+v", d)
	}
	for _, f := range d.Figures() {
		switch f.ID {
		case "trained":
			if f.Override == nil || *f.Override.Was.N != 9_800 {
				t.Errorf("%+v", f)
			}
		case "violence":
			if !f.Withheld || f.Value.N != nil {
				t.Errorf("%+v", f)
			}
		case "visits":
			if f.Name != "走访户次" || f.Unit != sampleUnit || *f.Value.N != 56_320 {
				t.Errorf("%+v", f)
			}
		}
	}
}

const firstRun = `<w:r><w:t xml:space="preserve">5.6万余</w:t></w:r>`

// What people do to a figure in Word and WPS, as these write it.
func TestFiguresThatWereEditedByHandAreFound(t *testing.T) {
	control := `<w:alias w:val="走访户次"/><w:tag w:val="niangjia:1"/>`
	for story, c := range map[string]struct {
		change  func(name, body string) string
		text    string
		edited  bool
		tracked bool
	}{
		"written over": {swap(t, firstRun, `<w:r><w:t>6.6万余</w:t></w:r>`), "6.6万余", true, false},
		"split over runs by the spelling check, unchanged": {swap(t, firstRun, `<w:r w:rsidR="00A1"><w:t>5.</w:t></w:r><w:proofErr w:type="gramStart"/><w:r><w:rPr><w:b/></w:rPr><w:t>6万</w:t></w:r><w:r><w:t>余</w:t></w:r>`), "5.6万余", false, false},
		"a digit put in, recorded":                         {swap(t, firstRun, `<w:r><w:t>5.6</w:t></w:r><w:ins w:id="1" w:author="王" w:date="2026-12-03T00:00:00Z"><w:r><w:t>7</w:t></w:r></w:ins><w:r><w:t>万余</w:t></w:r>`), "5.67万余", true, true},
		"a word taken out, recorded":                       {swap(t, firstRun, `<w:r><w:t>5.6万</w:t></w:r><w:del w:id="1" w:author="王" w:date="2026-12-03T00:00:00Z"><w:r><w:delText>余</w:delText></w:r></w:del>`), "5.6万", true, true},
		"written over so that Word dropped bookmark and link": {inText(func(s string) string {
			from := strings.Index(s, `<w:bookmarkStart`)
			to := strings.Index(s, `</w:sdtContent>`)
			return s[:from] + `<w:r><w:t>9万</w:t></w:r>` + s[to:]
		}), "9万", true, false},
		"the control flattened by an older WPS": {swap(t, control, ``), "5.6万余", false, false},
		"control and bookmark gone, the link is left": {inText(func(s string) string {
			s = strings.Replace(s, control, ``, 1)
			return strings.Replace(s, `w:name="nj_1"`, `w:name="x"`, 1)
		}), "5.6万余", false, false},
	} {
		r := reading(t, rewrite(t, made(t, sample()), c.change))
		f := r.Figures[0]
		if f.ID != "visits" || f.N != 1 || f.Text != c.text || f.Edited != c.edited || f.Tracked != c.tracked {
			t.Errorf("%s: %+v", story, f)
		}
		if len(r.Lost) > 0 {
			t.Errorf("%s: lost %v", story, r.Lost)
		}
	}
}

func TestAFigureThatIsGoneIsToldOf(t *testing.T) {
	file := rewrite(t, made(t, sample()), inText(func(s string) string {
		from := strings.Index(s, `<w:sdt>`)
		to := strings.Index(s, `</w:sdt>`) + len(`</w:sdt>`)
		return s[:from] + `<w:r><w:t>近六万</w:t></w:r>` + s[to:]
	}))
	r := reading(t, file)
	if len(r.Lost) != 1 || r.Lost[0].ID != "visits" || r.Lost[0].Written != "5.6万余" {
		t.Errorf("lost: %+v", r.Lost)
	}
	// A sentence that was copied is there twice, and both are looked at.
	file = rewrite(t, made(t, sample()), inText(func(s string) string {
		from := strings.Index(s, `<w:sdt>`)
		to := strings.Index(s, `</w:sdt>`) + len(`</w:sdt>`)
		return s[:to] + strings.Replace(s[from:to], "5.6万余", "7万", 1) + s[to:]
	}))
	r = reading(t, file)
	if r.Figures[0].Edited || !r.Figures[1].Edited || r.Figures[1].ID != "visits" || len(r.Lost) > 0 {
		t.Errorf("the copy: %+v", r.Figures[:2])
	}
}

// A program that drops the part of the file's own keeps properties and links.
func TestAFileThatLostItsOwnPartIsStillRead(t *testing.T) {
	file := rewrite(t, made(t, sample()), func(name, body string) string {
		if strings.HasPrefix(name, "customXml/") {
			return ""
		}
		if name == "word/_rels/document.xml.rels" {
			return strings.Replace(body, `Target="../customXml/item1.xml"`, `Target="../customXml/gone.xml"`, 1)
		}
		return body
	})
	r := reading(t, file)
	if r.Mark != sample().Mark || len(r.Figures) < 5+sampleCells || r.Figures[0].ID != "visits" || *r.Figures[0].Value.N != 56_320 {
		t.Errorf("%+v of %d figures", r.Mark, len(r.Figures))
	}
}

// compound begins the old office files, and encrypted new ones.
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

func TestFilesThatAreNoneAreToldApart(t *testing.T) {
	good := made(t, sample())
	noMark := rewrite(t, good, func(name, body string) string {
		switch {
		case strings.HasPrefix(name, "customXml/"), name == "docProps/custom.xml":
			return ""
		case name == "word/_rels/document.xml.rels":
			return strings.ReplaceAll(strings.ReplaceAll(body, "nj=", "x="), "../customXml/item1.xml", "styles.xml")
		}
		return body
	})
	bomb := rewrite(t, good, inText(func(s string) string { return s + strings.Repeat("<w:p></w:p>", maxPart/11+1) }))
	long := rewrite(t, good, inText(func(s string) string { return strings.Replace(s, "5.6万余", strings.Repeat("长", maxToken/2), 1) }))
	deep := rewrite(t, good, swap(t, firstRun, strings.Repeat("<w:r>", maxDepth)+strings.Repeat("</w:r>", maxDepth)))
	cutOff := rewrite(t, good, inText(func(s string) string { return s[:strings.Index(s, "比上年增长")] }))
	macro := rewrite(t, good, func(name, body string) string {
		return strings.Replace(body, "document.main+xml", "document.macroEnabled.main+xml", 1)
	})
	for name, c := range map[string]struct {
		file []byte
		code Code
	}{
		"nothing":            {nil, NotDOCX},
		"words":              {[]byte("hello"), NotDOCX},
		"old Word":           {append([]byte(compound), 1, 2, 3), OldWord},
		"a password":         {[]byte(compound + "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), Password},
		"half a file":        {good[:len(good)/2], Broken},
		"another archive":    {mustPack(t, part{"a.txt", "x"}), NotDOCX},
		"a spreadsheet":      {mustPack(t, part{"[Content_Types].xml", "<Types/>"}, part{"_rels/.rels", "<Relationships/>"}), NotDOCX},
		"macros":             {macro, Macros},
		"macros, renamed":    {append([]byte{}, mustPack(t, part{"[Content_Types].xml", contentTypes}, part{"_rels/.rels", packageRels}, part{"word/vbaProject.bin", "x"})...), Macros},
		"a part twice":       {mustPack(t, part{"a.xml", "x"}, part{"A.xml", "x"}), Broken},
		"no mark":            {noMark, NoMark},
		"a bomb":             {bomb, TooLarge},
		"a text without end": {long, TooLarge},
		"elements too deep":  {deep, TooLarge},
		"text cut off":       {cutOff, Broken},
	} {
		_, err := Read(c.file)
		var f *Fault
		if !errors.As(err, &f) || f.Code != c.code {
			t.Errorf("%s: %v, not %s", name, err, c.code)
			continue
		}
		if s := f.Sentence(); s == "" || strings.Contains(s, "%") {
			t.Errorf("%s: the sentence is %q", name, s)
		}
		if name == "text cut off" && !strings.Contains(f.Place, "全市各级妇联") {
			t.Errorf("%s: the place is %q", name, f.Place)
		}
	}
}

func mustPack(t *testing.T, parts ...part) []byte {
	t.Helper()
	b, err := pack(parts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryFaultHasASentence(t *testing.T) {
	for _, c := range []Code{NotDOCX, OldWord, Password, Macros, Broken, TooLarge, NoMark, NoFigures, UnknownMark, OpenMark} {
		if sentences[c] == "" {
			t.Errorf("%s has none", c)
		}
	}
}

func FuzzRead(f *testing.F) {
	doc := sample()
	doc.Tables, doc.Parts = nil, doc.Parts[:1]
	b, err := DOCX(doc, sampleOptions())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Read(file)
		var fault *Fault
		if err != nil && !errors.As(err, &fault) || err == nil && r == nil {
			t.Fatalf("%v, %v", r, err)
		}
	})
}

// FuzzReadText feeds the text itself: a random archive is hardly ever one.
func FuzzReadText(f *testing.F) {
	doc := sample()
	doc.Tables, doc.Parts = nil, doc.Parts[:1]
	b, err := DOCX(doc, sampleOptions())
	if err != nil {
		f.Fatal(err)
	}
	c, fault := unpack(b)
	if fault != nil {
		f.Fatal(fault)
	}
	body, fault := c.bytes("word/document.xml")
	if fault != nil {
		f.Fatal(fault)
	}
	f.Add(body)
	f.Fuzz(func(t *testing.T, body []byte) {
		s := &scan{links: map[string]recorded{"rId7": {N: 1, ID: "visits"}}, records: map[int]recorded{1: {N: 1, ID: "visits", Written: "5.6万余"}}}
		if fault := s.all(body); fault == nil && len(s.stack) > 0 {
			t.Fatal("elements are left open")
		}
		for _, x := range s.found {
			if x.N != 1 || x.Text == "" {
				t.Fatalf("%+v", x)
			}
		}
	})
}
