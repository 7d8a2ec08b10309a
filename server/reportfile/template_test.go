package reportfile

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"testing"

	"niangjia/sync/report"
)

// clerks is a clerk's own file: a letterhead in a header, a table, a picture's part that nobody here knows.
func clerks(t *testing.T, paragraphs ...string) []byte {
	t.Helper()
	return mustPack(t,
		part{"[Content_Types].xml", xmlHead + `<Types xmlns="` + nsTypes + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + typeWord + `document.main+xml"/><Override PartName="/word/header1.xml" ContentType="` + typeWord + `header+xml"/></Types>`},
		part{"_rels/.rels", xmlHead + `<Relationships xmlns="` + nsRels + `"><Relationship Id="rId1" Type="` + relBase + `officeDocument" Target="word/document.xml"/></Relationships>`},
		part{"word/document.xml", xmlHead + `<w:document xmlns:w="` + nsW + `" xmlns:r="` + nsR + `"><w:body>` + strings.Join(paragraphs, "") + `<w:sectPr><w:headerReference w:type="default" r:id="rId1"/></w:sectPr></w:body></w:document>`},
		part{"word/_rels/document.xml.rels", xmlHead + `<Relationships xmlns="` + nsRels + `"><Relationship Id="rId1" Type="` + relBase + `header" Target="header1.xml"/></Relationships>`},
		part{"word/header1.xml", xmlHead + `<w:hdr xmlns:w="` + nsW + `"><w:p><w:r><w:t>县妇联 {{单位}} {{走访户次}}</w:t></w:r></w:p></w:hdr>`},
		part{"word/media/image1.png", "\x89PNG\x00\x01"},
	)
}

func paragraph(runs ...string) string { return `<w:p>` + strings.Join(runs, "") + `</w:p>` }

func textRun(format, text string) string {
	return `<w:r w:rsidRPr="00A1">` + format + `<w:t>` + text + `</w:t></w:r>`
}

// byName knows the sample's figures by their names.
func byName(mark string) (report.Run, bool) {
	if mark == "单位" {
		return words("临沧市"), true
	}
	for _, p := range sample().Parts {
		for _, s := range p.Sections {
			for _, para := range s.Paragraphs {
				for _, r := range para.Runs {
					if r.Figure != nil && (r.Figure.Name == mark || r.Figure.Indicator == mark) {
						return r, true
					}
				}
			}
		}
	}
	return report.Run{}, false
}

const bold = `<w:rPr><w:rFonts w:eastAsia="方正楷体"/><w:b/><w:sz w:val="30"/></w:rPr>`

func TestAClerksOwnFileIsFilledIn(t *testing.T) {
	file := clerks(t,
		paragraph(textRun("", "今年走访 "), textRun(bold, "{{走访户次}}"), textRun("", " 户次，救助金{{救助金}}元；{{ visits }}。")),
		// As Word saves what was typed in one go.
		paragraph(textRun(bold, "成功率"), textRun(bold, "｛{调解"), `<w:proofErr w:type="gramStart"/>`, textRun("", "成功"), `<w:bookmarkStart w:id="0" w:name="_GoBack"/>`, textRun(`<w:rPr><w:i/></w:rPr>`, "率}"), textRun("", "}，培训{{培训人次}}人次")),
		paragraph(`<w:hyperlink w:anchor="x">`+textRun("", "{{走访户次}}")+`</w:hyperlink>`, `<w:ins w:id="9" w:author="a">`+textRun("", "新{{救助金}}")+`</w:ins>`, `<w:del w:id="8" w:author="a"><w:r><w:delText>{{没有的数}}</w:delText></w:r></w:del>`),
		`<w:tbl><w:tr><w:tc>`+paragraph(textRun("", "{{春蕾资助人数}}"))+`</w:tc></w:tr></w:tbl>`,
	)
	marks, err := Marks(file)
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, m := range marks {
		asked = append(asked, m.Mark)
	}
	if got := strings.Join(asked, " "); got != "走访户次 救助金 visits 调解成功率 培训人次 走访户次 救助金 春蕾资助人数 单位 走访户次" {
		t.Errorf("asked for is %s", got)
	}
	if marks[3].Place != "成功率｛{调解成功率}}，培训{{培训人次}}人次" {
		t.Errorf("the place is %q", marks[3].Place)
	}
	before := bytes.Clone(file)
	doc := sample()
	out, err := Fill(file, doc, byName, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file, before) {
		t.Error("the template was changed")
	}
	again, err := Fill(file, doc, byName, sampleOptions())
	if err != nil || !bytes.Equal(out, again) {
		t.Errorf("filled twice it is not the same, %v", err)
	}

	r := reading(t, out)
	if r.Mark != doc.Mark || r.ID != "r1" || len(r.Lost) > 0 || len(r.Edited()) > 0 {
		t.Errorf("read back: %+v", r)
	}
	var got []string
	for _, f := range r.Figures {
		got = append(got, f.Text)
	}
	if s := strings.Join(got, " "); s != "5.6万余 123.4万余 5.6万余 77.5% 1.02万 5.6万余 123.4万余 126 5.6万余" {
		t.Errorf("the figures read %s", s)
	}
	if p := r.Figures[3].Place; p != "成功率77.5%，培训1.02万〔改〕人次" {
		t.Errorf("the paragraph reads %q", p)
	}
	if p := r.Figures[0].Place; p != "今年走访 5.6万余 户次，救助金123.4万余元；5.6万余。" {
		t.Errorf("the paragraph reads %q", p)
	}
	_, parts := partsOf(t, out)
	text := parts["word/document.xml"]
	if !strings.Contains(text, `<w:r>`+bold+`<w:t xml:space="preserve">5.6万余</w:t></w:r>`) {
		t.Error("the figure has not the look of its mark")
	}
	if !strings.Contains(parts["word/header1.xml"], "县妇联 临沧市 ") || parts["word/media/image1.png"] != "\x89PNG\x00\x01" {
		t.Error("the header is not filled, or the picture is another")
	}
	if strings.Contains(text, "{{没有的数}}") != true || strings.Count(text, "<w:hyperlink ") != 7 { // six of the text, and hers; not within hers, nor in what was put in
		t.Errorf("%d links", strings.Count(text, "<w:hyperlink "))
	}
	for name, body := range parts {
		if strings.HasSuffix(name, ".rels") && strings.Count(body, "<Relationship ") == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	for _, want := range []string{"/customXml/item1.xml", "/docProps/custom.xml"} {
		if !strings.Contains(parts["[Content_Types].xml"], want) {
			t.Errorf("%s has no type", want)
		}
	}
}

// Last year's report, with marks put where its figures were, is this year's template.
func TestLastYearsReportIsATemplate(t *testing.T) {
	old := sample()
	old.Mark.Seq, old.ID = 77, "r0"
	file := rewrite(t, made(t, old), swap(t, firstRun, `<w:r><w:t>{{走访户次}}</w:t></w:r>`))
	out, err := Fill(file, sample(), byName, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	r := reading(t, out)
	if r.Mark.Seq != 812_345 || r.ID != "r1" || len(r.Lost)+len(r.Edited()) > 0 || len(r.Figures) != 1 {
		t.Errorf("the mark is %+v of %s, lost %v, edited %+v of %d", r.Mark, r.ID, r.Lost, r.Edited(), len(r.Figures))
	}
	_, parts := partsOf(t, out)
	if n := strings.Count(parts["docProps/custom.xml"], `name="niangjia.seq"`); n != 1 {
		t.Errorf("the mark stands %d times among the properties", n)
	}
	names, _ := partsOf(t, out)
	items := 0
	for _, n := range names {
		if strings.HasPrefix(n, "customXml/item") && !strings.Contains(n, "Props") {
			items++
		}
	}
	if items != 1 {
		t.Errorf("%d parts of the file's own", items)
	}
}

func TestWhatCannotBeFilledInIsNamedAllAtOnce(t *testing.T) {
	file := clerks(t,
		paragraph(textRun("", "走访{{走访户数次}}户次")),
		paragraph(textRun("", "没写完的{{走访户次，后面还有字")),
		paragraph(textRun("", "拆开的{{走访"), `<w:r><w:tab/></w:r>`, textRun("", "户次}}，空的{{ }}")),
	)
	if _, err := Marks(file); !errors.As(err, new(Faults)) {
		t.Errorf("marks: %v", err)
	}
	out, err := Fill(file, sample(), byName, sampleOptions())
	var faults Faults
	if out != nil || !errors.As(err, &faults) || len(faults) != 4 {
		t.Fatalf("%d bytes, %v", len(out), err)
	}
	got := faults.Sentence()
	for _, want := range []string{"“走访{{走访户数次}}户次”这一段：没有叫“走访户数次”的数", "“没写完的{{走访户次，后面还有字”这一段：这里的“{{”没有写完", "{{ }}"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}

// Of a change nothing can be said where there is no year before, or where she is not told: her sentence goes on without it.
func TestAMarkWithNothingToSayLeaves(t *testing.T) {
	file := clerks(t, paragraph(textRun("", "走访{{走访户次}}户次{{增减}}。")))
	out, err := Fill(file, sample(), func(mark string) (report.Run, bool) {
		if mark == "增减" {
			return fig(report.Figure{ID: "visits", Style: report.Differ}), true
		}
		return byName(mark)
	}, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	if r := reading(t, out); r.Figures[0].Place != "走访5.6万余户次。" || len(r.Lost) > 0 {
		t.Errorf("%+v", r)
	}
}

// A file that refers to nothing yet has no list of what it refers to.
func TestTheLeastOfAllFilesIsFilledIn(t *testing.T) {
	file := rewrite(t, clerks(t, paragraph(textRun("", "走访{{走访户次}}户次"))), func(name, body string) string {
		if strings.Contains(name, "header") || name == "word/_rels/document.xml.rels" {
			return ""
		}
		return body
	})
	out, err := Fill(file, sample(), byName, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	_, parts := partsOf(t, out)
	if rels := parts["word/_rels/document.xml.rels"]; strings.Count(rels, "<Relationship ") != 2 {
		t.Errorf("it refers to %s", rels)
	}
}

func TestTemplatesThatAreNoneAreRefused(t *testing.T) {
	none := clerks(t, paragraph(textRun("", "没有数")))
	none = rewrite(t, none, func(name, body string) string {
		return strings.ReplaceAll(strings.ReplaceAll(body, "{{", ""), "}}", "")
	})
	broken := rewrite(t, clerks(t, paragraph(textRun("", "走访{{走访户次}}户次"))), inText(func(s string) string { return strings.Replace(s, "</w:p>", "</w:q>", 1) }))
	macro := rewrite(t, none, func(name, body string) string {
		return strings.Replace(body, "document.main", "document.macroEnabled.main", 1)
	})
	for name, c := range map[string]struct {
		file []byte
		code Code
	}{"no mark": {none, NoFigures}, "broken": {broken, Broken}, "macros": {macro, Macros}, "nothing": {nil, NotDOCX}} {
		out, err := Fill(c.file, sample(), byName, sampleOptions())
		var f *Fault
		if out != nil || !errors.As(err, &f) || f.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
		if name == "broken" && !strings.Contains(f.Place, "走访{{走访户次}}户次") {
			t.Errorf("the place is %q", f.Place)
		}
	}
}

func FuzzFill(f *testing.F) {
	f.Add([]byte(paragraph(textRun(bold, "走访{{走访"), textRun("", "户次}}户次 {{救助金}}{{救助金}}"))))
	f.Add([]byte(paragraph(`<w:hyperlink>` + textRun("", "{{走访户次}}") + `</w:hyperlink><w:r><w:t/><w:t>{</w:t></w:r><w:r><w:t>{单位}}</w:t></w:r>`)))
	f.Fuzz(func(t *testing.T, body []byte) {
		out, err := Fill(clerks(t, string(body)), sample(), byName, sampleOptions())
		var fault *Fault
		switch {
		case err != nil && (out != nil || !errors.As(err, &fault) && !errors.As(err, new(Faults))):
			t.Fatalf("%d bytes, %v", len(out), err)
		case err != nil && strings.Contains(err.Error(), "filled, "): // a good file was made into a bad one
			t.Fatalf("%v\n%s", err, body)
		case err == nil:
			if _, err := Read(out); err != nil {
				t.Fatalf("%v\n%s", err, body)
			}
		}
	})
}

// What a clerk types around a mark is hers, the unit too: 万 and % stand once, and a number in 万元 is one.
func TestWhatIsTypedAroundAMarkStandsOnce(t *testing.T) {
	num := func(n int64) report.Value { return report.Value{N: &n} }
	figures := map[string]report.Figure{
		"成功率":   {ID: "solved", Indicator: "solved", Value: num(9259), Written: "92.59%"},
		"救助金":   {ID: "aid", Indicator: "aid", Value: num(2_160_000), Written: "2.1万余", UnitWord: "元", LastYear: new(num(190_000))},
		"物资":    {ID: "goods", Value: num(190_000), Written: "1900", UnitWord: "元"},
		"一点":    {ID: "little", Value: num(3_000), Written: "30", UnitWord: "元"},
		"阅读量":   {ID: "reads", Indicator: "visits", Value: num(41_956), Written: "4.1万余", UnitWord: "次"},
		"整数":    {ID: "even", Indicator: "visits", Value: num(200_000), Written: "20万", UnitWord: "次"},
		"增减":    {ID: "visits", Style: report.Differ, Value: num(3), Written: "，同比增长20%"},
		"救助金去年": {ID: "aid", Style: report.Before, Value: num(2_160_000), LastYear: new(num(190_000)), Written: "1900", UnitWord: "元"},
		"改过":    {ID: "changed", Value: num(300_000_000), Written: "300万", UnitWord: "元", Override: &report.Override{Value: 310_000_000, Reason: "补录"}},
		"不说":    {ID: "hidden", Written: report.Several, Withheld: true},
	}
	know := func(mark string) (report.Run, bool) {
		f, known := figures[mark]
		return report.Run{Figure: &f}, known
	}
	for _, x := range []struct{ typed, want string }{
		{"成功率{{成功率}}%，", "成功率92.59%，"},
		{"成功率{{成功率}} ％，", "成功率92.59 ％，"},
		{"成功率{{成功率}}，", "成功率92.59%，"},
		{"救助金{{救助金}}万元", "救助金2.16万元"},
		{"救助金{{救助金}}元", "救助金2.1万余元"},
		{"救助金{{救助金}}余元", "救助金2.1万余元"},
		{"物资{{物资}}万元", "物资0.19万元"},
		{"一点{{一点}}万元", "一点0.003万元"},
		{"阅读{{阅读量}}万次", "阅读4.2万次"},
		{"阅读{{整数}}万次", "阅读20万次"},
		{"去年{{救助金去年}}万元", "去年0.19万元"},
		{"改成{{改过}}万元", "改成310〔改〕万元"},
		{"不说{{不说}}万元", "不说若干万元"},
		{"{{增减}}", "同比增长20%"},
		{"走访多了（{{增减}}）", "走访多了（同比增长20%）"},
		{"走访{{阅读量}}次{{增减}}。", "走访4.1万余次，同比增长20%。"},
	} {
		out, err := Fill(clerks(t, paragraph(textRun("", x.typed)), paragraph(textRun("", "{{走访户次}}"))), sample(), func(mark string) (report.Run, bool) {
			if r, known := know(mark); known {
				return r, true
			}
			return byName(mark)
		}, sampleOptions())
		if err != nil {
			t.Fatalf("%s: %v", x.typed, err)
		}
		r := reading(t, out)
		if len(r.Edited()) > 0 || len(r.Lost) > 0 {
			t.Errorf("%s: read back %+v", x.typed, r)
		}
		_, parts := partsOf(t, out)
		plain := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(parts["word/document.xml"], "")
		if !strings.HasPrefix(plain[strings.LastIndex(plain, "\n")+1:], x.want) {
			t.Errorf("%s reads %s, not %s", x.typed, plain, x.want)
		}
	}
}
