package api_test

import (
	"archive/zip"
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"niangjia/server/reportfile"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// wordFile is the least that a Word file has, with a paragraph of that text.
func wordFile(t *testing.T, text string) []byte {
	t.Helper()
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		w, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A clerk takes her report away in all three kinds, and has a file of her own filled in.
func TestAReportIsTakenAwayAsAFile(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	subject(c)
	clerk := c.join("clerk", record.Seat{Role: record.Manager, Unit: theTownship})
	path := "/api/v1/reports/" + id("report") + "/file"
	for format, begins := range map[string]string{"docx": "PK", "xlsx": "PK", "pdf": "%PDF-"} {
		r := c.get(clerk, path+"?format="+format).want(200)
		if name, err := url.PathUnescape(r.header.Get("Content-Disposition")); err != nil || !bytes.HasPrefix(r.body, []byte(begins)) || !strings.HasSuffix(name, "工作报告."+format) || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s, %d bytes", format, name, len(r.body))
		}
		if again := c.get(clerk, path+"?format="+format).want(200); !bytes.Equal(r.body, again.body) {
			t.Errorf("%s: the second time it is another", format)
		}
	}
	for _, format := range []string{"", "doc", "json"} {
		if r := c.get(clerk, path+"?format="+format).wantCode(400, record.BadRequest); r.text("field") != "format" {
			t.Errorf("%s: %s", format, r.body)
		}
	}
	c.get(clerk, path+"?format=docx&version=x").wantCode(400, record.BadRequest)
	c.get(clerk, path+"?format=docx&version=9").wantCode(404, record.NotFound)

	d := documentOf(t, c.get(clerk, "/api/v1/reports/"+id("report")))
	all := d.Figures()
	f := all[slices.IndexFunc(all, func(f report.Figure) bool { return f.Indicator != "" })]
	c.post(clerk, "/api/v1/reports/"+id("report")+"/override", map[string]any{"version": d.Version, "figure": f.ID, "value": 4321, "reason": "另有两场没有录入"}).want(200)
	read, err := reportfile.Read(c.get(clerk, path+"?format=docx").want(200).body)
	if err != nil {
		t.Fatal(err)
	}
	if read.Mark != d.Mark || read.ID != d.ID || len(read.Edited()) > 0 || !slices.ContainsFunc(read.Figures, func(x reportfile.Found) bool { return x.ID == f.ID && x.Override && *x.Value.N == 4321 }) {
		t.Errorf("%+v, %+v", read.Mark, read.Figures)
	}
	if sheet := c.get(clerk, path+"?format=xlsx").want(200).body; !bytes.Contains(unzipped(t, sheet), []byte("另有两场没有录入（合成 clerk，")) {
		t.Errorf("who overrode it is not named: %s", regexp.MustCompile(`手工改写[^<]*`).Find(unzipped(t, sheet)))
	}

	filled := c.upload(clerk, path, wordFile(t, "{{单位}}：走访{{走访户次}}户次"), "").want(200)
	if read, err = reportfile.Read(filled.body); err != nil || len(read.Figures) != 1 || read.Figures[0].ID != "visits" || !strings.HasPrefix(read.Figures[0].Place, "德党镇：走访") {
		t.Errorf("%+v, %v: %.300s", read, err, filled.body)
	}
	for text, code := range map[string]reportfile.Code{"没有数": reportfile.NoFigures, "{{没有的数}}": reportfile.UnknownMark, "{{走访户次": reportfile.OpenMark, "</w:q>": reportfile.Broken} {
		r := c.upload(clerk, path, wordFile(t, text), "").want(200)
		if !strings.Contains(string(r.body), `"code":"`+string(code)+`"`) {
			t.Errorf("%s: %s", text, r.body)
		}
	}
	// What may be two figures: where its mark stands, and what it may have meant.
	r := c.upload(clerk, path, wordFile(t, "来听的{{人次（政策宣讲）}}，走访{{走访户数次|约}}，{{没有的数}}"), "").want(200)
	var said []string
	for _, x := range r.json["faults"].([]any) {
		said = append(said, x.(map[string]any)["sentence"].(string))
	}
	const at = "“来听的{{人次（政策宣讲）}}，走访{{走访户数次|约}}，{{没有的数}}”这一段："
	if want := []string{at + "没有叫“人次（政策宣讲）”的数。是不是“受众人次（政策宣讲）”或“培训人次（政策宣讲）”？请改好再试。", at + "没有叫“走访户数次|约”的数。是不是“走访户次”或“走访户数”？请改好再试。",
		at + "没有叫“没有的数”的数。请对照指标名称改一改。"}; !slices.Equal(said, want) {
		t.Errorf("%q", said)
	}
	// By the name that it is told, a part of which nothing was counted is nought, and no fault.
	// A shorter one that people say is taken for it.
	for _, mark := range []string{"活动场次（政策宣讲）", "场次(政策宣讲)"} {
		filled = c.upload(clerk, path, wordFile(t, "{{单位}}宣讲{{"+mark+"}}场"), "").want(200)
		if read, err := reportfile.Read(filled.body); err != nil || len(read.Figures) != 1 || read.Figures[0].ID != "activity_sessions/kind=policy_talk" || read.Figures[0].Place != "德党镇宣讲0场" {
			t.Errorf("%+v, %v: %.300s", read, err, filled.body)
		}
	}
	if r := c.upload(clerk, path, []byte("no Word file"), "").want(200); !strings.Contains(string(r.body), string(reportfile.NotDOCX)) {
		t.Errorf("%s", r.body)
	}
	c.post(clerk, path, map[string]any{}).want(415)
}

// unzipped is all that an archive holds, one after the other.
func unzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}
