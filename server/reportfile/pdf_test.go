package reportfile

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"niangjia/sync/report"
)

func madePDF(t *testing.T, doc report.Document, opts Options) []byte {
	t.Helper()
	b, err := PDF(doc, opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// placed is one line's piece as a PDF draws it.
type placed struct {
	font string
	size float64
	x, y float64
	text string
}

var drawing = regexp.MustCompile(`BT /(\S+) (\S+) Tf 1 0 0 1 (\S+) (\S+) Tm \[(.*?)\] TJ ET`)

// pagesOf reads what stands on each page of a PDF that names its fonts.
func pagesOf(t *testing.T, file []byte) (pages [][]placed) {
	t.Helper()
	for _, m := range regexp.MustCompile(`/Type /Page /Parent .*? /Contents (\d+) 0 R`).FindAllSubmatch(file, -1) {
		at := bytes.Index(file, []byte("\n"+string(m[1])+" 0 obj"))
		_, body, _ := bytes.Cut(file[at:], []byte("stream\n"))
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		var list []placed
		for _, d := range drawing.FindAllStringSubmatch(string(content), -1) {
			f := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
			p := placed{font: d[1], size: f(d[2]), x: f(d[3]), y: f(d[4])}
			for _, h := range regexp.MustCompile(`<([0-9A-F]*)>`).FindAllStringSubmatch(d[5], -1) {
				b, err := hex.DecodeString(h[1])
				if err != nil {
					t.Fatal(err)
				}
				for ; len(b) >= 2; b = b[2:] {
					p.text += string(utf16.Decode([]uint16{uint16(b[0])<<8 | uint16(b[1])}))
				}
			}
			list = append(list, p)
		}
		pages = append(pages, list)
	}
	return pages
}

func TestAPDFsTableLeadsToItsObjects(t *testing.T) {
	file := madePDF(t, sample(), sampleOptions())
	if !bytes.Equal(file, madePDF(t, sample(), sampleOptions())) {
		t.Error("made twice it is another file")
	}
	_, tail, _ := bytes.Cut(file[bytes.LastIndex(file, []byte("startxref")):], []byte("\n"))
	start, err := strconv.Atoi(strings.Fields(string(tail))[0])
	if err != nil || !bytes.HasPrefix(file[start:], []byte("xref\n")) {
		t.Fatalf("the table is not at %d, %v", start, err)
	}
	rows := regexp.MustCompile(`(\d{10}) 00000 n `).FindAllSubmatch(file[start:], -1)
	if len(rows) < 20 {
		t.Fatalf("%d objects", len(rows))
	}
	for i, r := range rows {
		at, _ := strconv.Atoi(string(r[1]))
		if want := fmt.Sprintf("%d 0 obj\n", i+1); !bytes.HasPrefix(file[at:], []byte(want)) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
	for _, want := range []string{"/FangSong_GB2312", "/FZXiaoBiaoSong-B05S", "/SimHei", "/KaiTi_GB2312", "/SimSun", "/MediaBox [0 0 595.28 841.89]", "/URI (https://fulian.example.cn/reports/r1/figures/visits)", "/niangjia.seq <FEFF003800310032003300340035>"} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}
}

// All of the text stands within the type area, 22 lines a page and 28 characters a line at most, page numbers outside.
func TestAPDFsPagesAreThoseOfOfficialPapers(t *testing.T) {
	pages := pagesOf(t, madePDF(t, sample(), sampleOptions()))
	if len(pages) < 6 {
		t.Fatalf("%d pages", len(pages))
	}
	left, right := points(marginLeft), points(paperWidth-marginRight)
	top, bottom := paperPoints-points(marginTop), points(marginBottom)
	var all strings.Builder
	for n, page := range pages {
		rows := map[float64]float64{} // body lines, and how many characters each has
		number := page[len(page)-1]
		for _, p := range page[:len(page)-1] {
			all.WriteString(p.text)
			width := places(p.text) * p.size
			if p.size == bodySize {
				width = places(p.text) * cell
				rows[p.y] += places(p.text)
			}
			if p.x < left-0.1 || p.y+0.86*p.size > top+0.1 || p.y-0.14*p.size < bottom-0.1 || p.size != bodySize*0.55 && p.x+width > right+1 {
				t.Errorf("page %d: %q of %v stands at %.1f, %.1f and is %.1f wide", n+1, p.text, p.size, p.x, p.y, width)
			}
		}
		if len(rows) > linesPerPage {
			t.Errorf("page %d has %d lines", n+1, len(rows))
		}
		if n == 1 && len(rows) != linesPerPage {
			t.Errorf("a full page has %d lines", len(rows))
		}
		for _, wide := range rows {
			if wide > charsPerLine {
				t.Errorf("page %d has a line of %v characters", n+1, wide)
			}
		}
		if want := fmt.Sprintf("— %d —", n+1); number.text != want || number.size != numberSize {
			t.Errorf("page %d bears %q", n+1, number.text)
		}
		outer := number.x - left
		if n%2 == 0 {
			outer = right - number.x - places(number.text)*numberSize
		}
		middle := bottom - (number.y + 0.36*numberSize)
		if math.Abs(outer-cell) > 0.5 || math.Abs(middle-points(numberBelow)) > 1 {
			t.Errorf("the number of page %d stands %.1f from the edge, %.1f below the text", n+1, outer, middle)
		}
	}
	for _, want := range []string{"一、工作回顾", "（二）技能培训", "全市各级妇联组织和执委走访5.6万余户次", "附件：1.本报告的数据", "不够<完整>", "第40镇", "两期省级培训没有录入"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the pages lack %s", want)
		}
	}
	if n := strings.Count(all.String(), "走访户数（个）"); n != 2 {
		t.Errorf("a table of two pages has its heads %d times", n)
	}
}

func TestNoLineBeginsWithAClosingSign(t *testing.T) {
	doc := sample()
	var runs []report.Run
	for i := range 60 {
		runs = append(runs, words(strings.Repeat("字", i%13+20)+"，《"+strings.Repeat("名", i%7)+"》（12345.67万元）。"))
	}
	doc.Parts[0].Sections[0].Paragraphs[0].Runs = runs
	for _, page := range pagesOf(t, madePDF(t, doc, sampleOptions())) {
		ends := map[float64]string{}
		for _, p := range page {
			if p.size != bodySize {
				continue
			}
			if _, begun := ends[p.y]; !begun && strings.ContainsRune("，。》）、", []rune(p.text)[0]) {
				t.Errorf("a line begins %q", p.text)
			}
			ends[p.y] = p.text
		}
		for _, text := range ends {
			if r := []rune(text); strings.ContainsRune("《（", r[len(r)-1]) {
				t.Errorf("a line ends %q", text)
			}
		}
	}
}

// Words without a place to break them, and a document without any, are set all the same.
func TestAnyTextIsSet(t *testing.T) {
	doc := sample()
	doc.Title = strings.Repeat("9", 200)
	doc.Tables[0].Rows[0].Unit.Name = strings.Repeat("长", 400)
	doc.Parts[0].Sections[0].Title = strings.Repeat("，", 100)
	doc.Parts[0].Sections[0].Paragraphs[0].Runs[0].Text = strings.Repeat("1", 300) + "😀" + strings.Repeat(")", 90)
	if n := len(pagesOf(t, madePDF(t, doc, sampleOptions()))); n < 6 {
		t.Errorf("%d pages", n)
	}
	if n := len(pagesOf(t, madePDF(t, report.Document{}, Options{}))); n != 1 {
		t.Errorf("an empty document has %d pages", n)
	}
}

func TestWithheldFiguresAreNotInThePDF(t *testing.T) {
	doc := sample()
	doc.Tables[0].Rows[1].Cells[0] = report.Figure{ID: "x", Withheld: true, Value: num(7_654_321), Written: "7654321", Link: "/secret"}
	file := madePDF(t, doc, sampleOptions())
	for _, page := range pagesOf(t, file) {
		for _, p := range page {
			if strings.Contains(p.text, "7654321") {
				t.Errorf("it stands there: %q", p.text)
			}
		}
	}
	if bytes.Contains(file, []byte("/secret")) {
		t.Error("its link is there")
	}
}

// A font of the machine is drawn: the outlines of what it has, under their Unicode; what it lacks is left out.
func TestAFontIsDrawnIntoThePDF(t *testing.T) {
	latin, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	fonts := &Fonts{}
	for i := range fonts.faces {
		fonts.faces[i] = latin
	}
	opts := sampleOptions()
	opts.Fonts = fonts
	file := madePDF(t, sample(), opts)
	if !bytes.Contains(file, []byte("/Subtype /Type3")) || bytes.Contains(file, []byte("/SimHei")) {
		t.Error("the font is not drawn, or another is named")
	}
	if !bytes.Contains(file, []byte("/u0035 ")) || bytes.Contains(file, []byte("/u5987 ")) {
		t.Error("the digits are not drawn, or what the font has not is")
	}
	g, ok := outline(latin, 'l')
	if !ok || g.advance < 0.15 || g.advance > 0.4 || g.box[1] < -50 || g.box[3] < 600 || g.box[3] > 900 || !strings.HasSuffix(g.path, "h f") {
		t.Errorf("the l is %+v", g)
	}
	for name, dir := range map[string]fstest.MapFS{
		"none":       {"readme.txt": {Data: []byte("x")}},
		"no Chinese": {"go.ttf": {Data: goregular.TTF}},
		"broken":     {"x.ttf": {Data: []byte("x")}},
	} {
		if f, err := LoadFonts(dir); err == nil {
			t.Errorf("%s: %v", name, f.Names())
		}
	}
}
