package reportfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"niangjia/sync/report"
)

func made(t *testing.T, doc report.Document) []byte {
	t.Helper()
	b, err := DOCX(doc, sampleOptions())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func partsOf(t *testing.T, file []byte) (names []string, parts map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, f.Name)
		parts[f.Name] = string(b)
	}
	return names, parts
}

// Of one snapshot two people get the same bytes: who compares their files finds no difference that is none.
func TestTheSameSnapshotIsTheSameFile(t *testing.T) {
	first := made(t, sample())
	for range 3 {
		if !bytes.Equal(first, made(t, sample())) {
			t.Fatal("two files of one snapshot differ")
		}
	}
	other := sample()
	other.Mark.Seq++
	if bytes.Equal(first, made(t, other)) {
		t.Fatal("a file of another moment is the same")
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if !f.Modified.IsZero() && f.Modified.Year() > 1980 {
			t.Errorf("%s carries the time %v", f.Name, f.Modified)
		}
	}
}

// Word calls a file damaged if a part has no type, a relation leads nowhere, or a style or id is missing or twice.
func TestThePackageHangsTogether(t *testing.T) {
	names, parts := partsOf(t, made(t, sample()))
	if names[0] != "[Content_Types].xml" {
		t.Errorf("the types come %q, not first", names[0])
	}
	typed := map[string]bool{}
	for _, m := range regexp.MustCompile(`PartName="/([^"]+)"`).FindAllStringSubmatch(parts["[Content_Types].xml"], -1) {
		typed[m[1]] = true
		if parts[m[1]] == "" {
			t.Errorf("the type of %s is given, and the part is missing", m[1])
		}
	}
	for _, n := range names {
		if err := xml.Unmarshal([]byte(parts[n]), new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("%s: %v", n, err)
		}
		if strings.HasPrefix(n, "word/") && path.Ext(n) == ".xml" && !typed[n] {
			t.Errorf("%s has no type of its own", n)
		}
		if path.Ext(n) != ".rels" {
			continue
		}
		from := strings.TrimSuffix(strings.Replace(n, "_rels/", "", 1), ".rels")
		for _, m := range regexp.MustCompile(`Target="([^"]+)"( TargetMode="External")?`).FindAllStringSubmatch(parts[n], -1) {
			if m[2] == "" && parts[path.Join(path.Dir(from), m[1])] == "" {
				t.Errorf("%s leads to %s, which is not there", n, m[1])
			}
		}
	}
	text := parts["word/document.xml"]
	for _, m := range regexp.MustCompile(`r:id="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(parts["word/_rels/document.xml.rels"], `Id="`+m[1]+`"`) {
			t.Errorf("relation %s is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`<w:(?:pStyle|rStyle|tblStyle) w:val="([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(parts["word/styles.xml"], `w:styleId="`+m[1]+`"`) {
			t.Errorf("style %s is not there", m[1])
		}
	}
	for _, id := range []string{`<w:bookmarkStart w:id="([^"]+)"`, `w:name="(nj_[^"]+)"`, `<w:id w:val="([^"]+)"`} {
		seen := map[string]bool{}
		for _, m := range regexp.MustCompile(id).FindAllStringSubmatch(text, -1) {
			if seen[m[1]] {
				t.Errorf("%s stands twice for %s", m[1], id)
			}
			seen[m[1]] = true
		}
		if len(seen) == 0 {
			t.Errorf("nothing is found by %s", id)
		}
	}
	if a, b := strings.Count(text, "<w:bookmarkStart"), strings.Count(text, "<w:bookmarkEnd"); a != b {
		t.Errorf("%d bookmarks begin and %d end", a, b)
	}
}

// The lengths of GB/T 9704-2012 in twentieths of a point, worked out by hand: 37 mm are 2098, 35 are 1984, 28 are 1587, 26 are 1474.
func TestTheFormatOfOfficialPapers(t *testing.T) {
	_, parts := partsOf(t, made(t, sample()))
	text, styles := parts["word/document.xml"], parts["word/styles.xml"]
	for _, want := range []string{`<w:pgSz w:w="11906" w:h="16838"/>`, `w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"`, `<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="even" r:id="rId6"/>`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	style := func(id string) string {
		_, s, _ := strings.Cut(styles, `w:styleId="`+id+`"`)
		s, _, _ = strings.Cut(s, `</w:style>`)
		return s
	}
	for id, wants := range map[string][]string{
		"Title":      {`w:eastAsia="方正小标宋简体"`, `<w:sz w:val="44"/>`, `<w:jc w:val="center"/>`},
		"Normal":     {`w:eastAsia="仿宋_GB2312"`, `<w:sz w:val="32"/>`, `w:line="560" w:lineRule="exact"`},
		"Heading1":   {`w:eastAsia="黑体"`, `w:firstLineChars="200"`, `<w:outlineLvl w:val="0"/>`},
		"Heading2":   {`w:eastAsia="楷体_GB2312"`, `w:firstLineChars="200"`, `<w:outlineLvl w:val="1"/>`},
		"BodyText":   {`w:firstLineChars="200"`},
		"AnnexName":  {`w:eastAsia="黑体"`},
		"Footer":     {`w:eastAsia="宋体"`, `<w:sz w:val="28"/>`},
		"AnnexTitle": {`<w:jc w:val="center"/>`},
	} {
		for _, want := range wants {
			if !strings.Contains(style(id), want) {
				t.Errorf("style %s lacks %s: %s", id, want, style(id))
			}
		}
	}
	for name, side := range map[string]string{"word/footer1.xml": "right", "word/footer2.xml": "left"} {
		if f := parts[name]; !strings.Contains(f, `w:`+side+`Chars="100"`) || !strings.Contains(f, ` PAGE `) || !strings.Contains(f, "— ") {
			t.Errorf("%s: %s", name, f)
		}
	}
	if !strings.Contains(parts["word/settings.xml"], "<w:evenAndOddHeaders/>") {
		t.Error("odd and even pages are alike")
	}
	for _, want := range []string{"一、工作回顾", "（一）走村入户", "（二）技能培训", "二、存在不足", "三、下一年重点工作", "附件1", "附件2", "不够&lt;完整&gt;"} {
		if !strings.Contains(text, ">"+want) && !strings.Contains(text, want) {
			t.Errorf("the text lacks %s", want)
		}
	}
	if strings.Contains(text, "没有内容的部分") {
		t.Error("a part without a word has a heading")
	}
}

func TestATitleIsBrokenWhereItsWordsEnd(t *testing.T) {
	for title, want := range map[string]string{
		"临沧市2026年工作报告": "临沧市2026年工作报告",
		"临沧市妇女联合会2026年1月至11月巾帼关爱行动和妇女儿童维权工作报告": "临沧市妇女联合会2026年1月至11月/巾帼关爱行动和妇女儿童维权工作报告",
		"永德县妇女联合会关于2026年度妇女儿童工作情况的报告":          "永德县妇女联合会关于2026年度/妇女儿童工作情况的报告",
	} {
		if got := strings.Join(titleLines(title), "/"); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
	for _, title := range []string{strings.Repeat("很长的标题", 30), strings.Repeat("1234567890", 9), "", "（（（（（（（（（（（（（（（（（（（（（（（（"} {
		if got := strings.Join(titleLines(title), ""); got != title {
			t.Errorf("of %q there is left %q", title, got)
		}
	}
}

// What is withheld from the reader has no number anywhere in the file, not even in what programs read.
func TestWithheldFiguresAreNowhereInTheFile(t *testing.T) {
	doc := sample()
	secret := report.Figure{ID: "v", Name: "家暴线索数", Withheld: true, Written: "不显示", Value: num(7_654_321), LastYear: new(num(7_654_321)), Pending: new(int64(7_654_321)), Link: "/secret"}
	doc.Parts[0].Sections[0].Paragraphs[0].Runs = append(doc.Parts[0].Sections[0].Paragraphs[0].Runs, fig(secret))
	doc.Tables[0].Rows[0].Cells[0] = secret
	_, parts := partsOf(t, made(t, doc))
	for name, body := range parts {
		if strings.Contains(body, "7654321") || strings.Contains(body, "7,654,321") || strings.Contains(body, "/secret") {
			t.Errorf("%s has the withheld number or its link", name)
		}
	}
}

func TestAFigureIsALinkAndMarkedByWhereItComesFrom(t *testing.T) {
	_, parts := partsOf(t, made(t, sample()))
	if !strings.Contains(parts["word/_rels/document.xml.rels"], `Target="https://fulian.example.cn/reports/r1/figures/visits#nj=1&amp;id=visits`) {
		t.Error("the first figure's link is not there")
	}
	text := parts["word/document.xml"]
	for _, want := range []string{"1.02万", "〔改〕", "〔填〕", "两期省级培训没有录入", "张三妹", "往年填报数", "77.50%（31/40）", "1,234,567.00元"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %s", want)
		}
	}
	doc := sample()
	b, err := DOCX(doc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, parts = partsOf(t, b)
	if strings.Contains(parts["word/document.xml"], "<w:hyperlink") {
		t.Error("without an address there are links")
	}
}

func TestAnEmptyDocumentIsAFile(t *testing.T) {
	b, err := DOCX(report.Document{Title: "空\x00报告\ufffe"}, Options{Base: "https://x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(b); err != nil {
		var f *Fault
		if !errors.As(err, &f) || f.Code != NoMark {
			t.Fatal(err)
		}
	}
}
