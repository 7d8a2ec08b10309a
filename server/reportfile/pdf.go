package reportfile

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf16"

	"niangjia/sync/report"
)

// PDF is the report as pages: those of the Word file, set by this program.
func PDF(doc report.Document, opts Options) ([]byte, error) {
	c := compose(doc, opts)
	s := &setter{composer: c, used: map[int]map[rune]bool{}}
	s.newPage()
	for i := range c.blocks {
		s.block(&c.blocks[i], i+1 < len(c.blocks) && c.blocks[i+1].kind != kindBlank)
	}
	s.numbers()
	return s.write(), nil
}

// look is how a kind of block is set. Lengths are points.
type look struct {
	face        int
	size, pitch float64
	align       byte // j: both edges, c, l, r
	first       float64
	keep        bool // stays with what follows
}

var looks = map[kind]look{
	kindTitle:      {typeTitle, titleSize, titlePitch, 'c', 0, true},
	kindDraft:      {typeKai, bodySize, bodyPitch, 'c', 0, false},
	kindFirst:      {typeFirst, bodySize, bodyPitch, 'j', 2 * cell, true},
	kindSecond:     {typeKai, bodySize, bodyPitch, 'j', 2 * cell, true},
	kindBody:       {typeBody, bodySize, bodyPitch, 'j', 2 * cell, false},
	kindBlank:      {typeBody, bodySize, bodyPitch, 'j', 0, false},
	kindList:       {typeBody, bodySize, bodyPitch, 'j', 0, false},
	kindSign:       {typeBody, bodySize, bodyPitch, 'r', 0, true},
	kindDate:       {typeBody, bodySize, bodyPitch, 'r', 0, false},
	kindAnnexName:  {typeFirst, bodySize, bodyPitch, 'l', 0, true},
	kindAnnexTitle: {typeTitle, titleSize, titlePitch, 'c', 0, true},
	kindNote:       {typeBody, tableSize, tablePitch + 2, 'l', 0, false},
}

// char is one character with its place in a line.
type char struct {
	r       rune
	face    int
	size    float64
	rise    float64
	advance float64
	link    string
	x       float64
}

// setter sets characters on pages.
type setter struct {
	*composer
	pages []*page
	y     float64 // of the next line's upper edge, from the top of the type area
	drawn [typefaces]drawn
	used  map[int]map[rune]bool // without fonts of its own: characters by typeface
}

type page struct {
	content strings.Builder
	links   []linkArea
}

type linkArea struct {
	box [4]float64
	url string
}

func (s *setter) newPage() {
	s.pages = append(s.pages, &page{})
	s.y = 0
}

func (s *setter) page() *page { return s.pages[len(s.pages)-1] }

func (s *setter) block(b *block, follows bool) {
	if b.page && s.y > 0 {
		s.newPage()
	}
	if b.kind == kindTable {
		s.table(b.table)
		return
	}
	l := looks[b.kind]
	if b.kind == kindBlank {
		s.y += l.pitch
		return
	}
	left, first, right := 0.0, l.first, 0.0
	switch b.kind {
	case kindSign, kindDate:
		right = b.indent * cell
	case kindList:
		left, first = (b.indent+b.hang)*cell, -b.hang*cell
	}
	width := points(typeWidth) - left - right
	lines := s.lines(s.chars(b.pieces, l.face, l.size), width, first)
	for i, line := range lines {
		need := l.pitch
		if l.keep && follows && i == len(lines)-1 {
			need += bodyPitch
		}
		if s.y+need > points(typeHeight)+0.01 {
			s.newPage()
		}
		indent := 0.0
		if i == 0 {
			indent = first
		}
		align := l.align
		if align == 'j' && i == len(lines)-1 {
			align = 'l'
		}
		s.line(line, points(marginLeft)+left+indent, width-indent, s.y, l.pitch, align)
		s.y += l.pitch
	}
}

// chars are the characters of a block. Those of 3号 are a little narrower set than they are: 28 fill a line.
func (s *setter) chars(pieces []piece, face int, size float64) (out []char) {
	for _, p := range pieces {
		url := ""
		if p.figure != nil && p.n > 0 {
			url = s.opts.link(p.figure)
		}
		for _, r := range p.text {
			out = append(out, char{r: r, face: face, size: size, advance: s.advance(face, r, size), link: url})
		}
		for _, r := range p.mark {
			out = append(out, char{r: r, face: face, size: size * 0.55, rise: size * 0.4, advance: s.advance(face, r, size*0.55)})
		}
	}
	return out
}

func (s *setter) advance(face int, r rune, size float64) float64 {
	switch {
	case size == bodySize && wide(r):
		return cell
	case wide(r):
		return size
	case s.opts.Fonts != nil:
		if n, ok := s.opts.Fonts.code(&s.drawn[face], face, r); ok {
			return s.drawn[face].chars[n].advance * size
		}
	}
	return size / 2
}

// lines breaks a paragraph, where people would: never before a closing sign, nor within a number that fits into a line.
func (s *setter) lines(chars []char, width, first float64) (out [][]char) {
	for len(chars) > 0 {
		room := width
		if len(out) == 0 {
			room -= first
		}
		n, at := 0, 0.0
		for n < len(chars) && at+chars[n].advance <= room+0.01 {
			at += chars[n].advance
			n++
		}
		if n == len(chars) {
			return append(out, chars)
		}
		cut := max(n, 1)
		for k := cut; k > max(cut-24, 0); k-- {
			if k < len(chars) && chars[k].rise == 0 && mayBreak(chars[k-1].r, chars[k].r) { // a raised mark stays with its number
				cut = k
				break
			}
		}
		out = append(out, chars[:cut])
		chars = chars[cut:]
		for len(chars) > 0 && chars[0].r == ' ' {
			chars = chars[1:]
		}
	}
	return out
}

// line sets one line: x and width of its room, top from the type area's upper edge.
func (s *setter) line(chars []char, x, width, top, pitch float64, align byte) {
	if len(chars) == 0 {
		return
	}
	natural, size := 0.0, 0.0
	for _, c := range chars {
		natural += c.advance
		size = max(size, c.size)
	}
	gap := 0.0
	switch spare := width - natural; {
	case align == 'c':
		x += spare / 2
	case align == 'r':
		x += spare
	case align == 'j' && len(chars) > 1:
		gap = spare / float64(len(chars)-1)
	}
	// The em square stands in the middle of the line, its base 0.14 of it above the lower edge.
	base := paperPoints - points(marginTop) - top - (pitch-size)/2 - size*0.86
	placed := slices.Clone(chars)
	for i := range placed {
		placed[i].x = x
		x += placed[i].advance + gap
	}
	s.draw(placed, base)
}

var paperPoints = points(paperHeight)

// draw writes characters that have their places, font by font, and remembers where links are.
func (s *setter) draw(chars []char, base float64) {
	p := s.page()
	for i := 0; i < len(chars); {
		font, _ := s.font(chars[i])
		j := i
		for j < len(chars) && chars[j].size == chars[i].size && chars[j].rise == chars[i].rise && chars[j].face == chars[i].face {
			if f, _ := s.font(chars[j]); f != font {
				break
			}
			j++
		}
		fmt.Fprintf(&p.content, "BT /%s %s Tf 1 0 0 1 %s %s Tm [", font, number1(chars[i].size), number1(chars[i].x), number1(base+chars[i].rise))
		for k := i; k < j; k++ {
			_, code := s.font(chars[k])
			p.content.WriteString("<" + code + ">")
			if k+1 < j {
				if by := (chars[k].x + s.natural(chars[k]) - chars[k+1].x) / chars[k].size * 1000; math.Abs(by) >= 0.5 {
					p.content.WriteString(number1(math.Round(by)))
				}
			}
		}
		p.content.WriteString("] TJ ET\n")
		i = j
	}
	for i := 0; i < len(chars); i++ {
		if chars[i].link == "" {
			continue
		}
		from := i
		for i+1 < len(chars) && chars[i+1].link == chars[from].link {
			i++
		}
		c := chars[i]
		p.links = append(p.links, linkArea{[4]float64{chars[from].x, base - 0.14*c.size, c.x + c.advance, base + 0.86*c.size}, chars[from].link})
	}
}

// natural is how far a font moves on by itself.
func (s *setter) natural(c char) float64 {
	if s.opts.Fonts != nil {
		if n, ok := s.opts.Fonts.code(&s.drawn[c.face], c.face, c.r); ok {
			return s.drawn[c.face].chars[n].advance * c.size
		}
		return 0
	}
	if wide(c.r) {
		return c.size
	}
	return c.size / 2
}

// font gives a character's font in the file and its code in it.
func (s *setter) font(c char) (name, code string) {
	if s.opts.Fonts == nil {
		if s.used[c.face] == nil {
			s.used[c.face] = map[rune]bool{}
		}
		s.used[c.face][c.r] = true
		for _, u := range utf16.Encode([]rune{c.r}) {
			code += fmt.Sprintf("%04X", u)
		}
		return fmt.Sprintf("F%d", c.face), code
	}
	n, ok := s.opts.Fonts.code(&s.drawn[c.face], c.face, c.r)
	if !ok {
		return fmt.Sprintf("F%dx0", c.face), ""
	}
	return fmt.Sprintf("F%dx%d", c.face, n/perFont), fmt.Sprintf("%02X", n%perFont+1)
}

// numbers puts a page's number between two dashes below the type area, one character from the outer edge.
func (s *setter) numbers() {
	all := s.pages
	for i, p := range all {
		s.pages = []*page{p}
		text := s.chars([]piece{{text: fmt.Sprintf("— %d —", i+1)}}, typePage, numberSize)
		top := typeHeight + numberBelow - footerLine/2/72*25.4
		align := byte('r')
		if i%2 == 1 {
			align = 'l'
		}
		s.line(text, points(marginLeft)+cell, points(typeWidth)-2*cell, points(top), footerLine, align)
	}
	s.pages = all
}

func (s *setter) write() []byte {
	out := newPDF()
	fonts := s.fontObjects(out)
	pages := out.promise()
	var kids []string
	for _, p := range s.pages {
		var areas []string
		for _, l := range p.links {
			areas = append(areas, ref(out.add(fmt.Sprintf("<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [%s %s %s %s] /A << /S /URI /URI %s >> >>",
				number1(l.box[0]), number1(l.box[1]), number1(l.box[2]), number1(l.box[3]), literal(l.url)))))
		}
		content := out.stream(p.content.String())
		kids = append(kids, ref(out.add(fmt.Sprintf("<< /Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources << /Font << %s >> >> /Contents %s /Annots [%s] >>",
			ref(pages), number1(points(paperWidth)), number1(points(paperHeight)), fonts, ref(content), strings.Join(areas, " ")))))
	}
	out.put(pages, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [%s] >>", len(kids), strings.Join(kids, " ")))
	root := out.add(fmt.Sprintf("<< /Type /Catalog /Pages %s /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>", ref(pages)))
	day := moment(s.doc.Mark.At).UTC().Format("20060102150405")
	info := fmt.Sprintf("<< /Title %s /Author %s /Creator (Niangjia) /CreationDate (D:%sZ)", hexText(clean(s.doc.Title)), hexText(clean(s.doc.Unit.Name)), day)
	for _, p := range recordOf(s.doc, make([]recorded, len(s.figures))).list() {
		info += fmt.Sprintf(" /niangjia.%s %s", p[0], hexText(clean(p[1])))
	}
	about := out.add(info + " >>")
	id := sha256.Sum256(out.b.Bytes())
	return out.close(root, about, fmt.Sprintf("%X", id[:16]))
}

// fontObjects writes the fonts and gives their list for the pages.
func (s *setter) fontObjects(out *pdfObjects) string {
	var list []string
	for face := range typefaces {
		if s.opts.Fonts == nil {
			if chars := s.used[face]; len(chars) > 0 {
				list = append(list, fmt.Sprintf("/F%d %s", face, ref(namedFont(out, namedFonts[face], chars))))
			}
			continue
		}
		for from := 0; from < len(s.drawn[face].chars) || from == 0; from += perFont {
			chars := s.drawn[face].chars
			list = append(list, fmt.Sprintf("/F%dx%d %s", face, from/perFont, ref(drawnFont(out, chars[from:min(from+perFont, len(chars))]))))
		}
	}
	return strings.Join(list, " ")
}

// namedFont is one that the reader's machine has: Chinese of the collection that all of them know, by its Unicode.
func namedFont(out *pdfObjects, name string, used map[rune]bool) int {
	var codes []int
	var chars []rune
	for r := range used {
		if r <= 0xffff {
			chars = append(chars, r)
		}
	}
	slices.Sort(chars)
	for _, r := range chars {
		codes = append(codes, int(r))
	}
	described := out.add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [0 -141 1000 859] /ItalicAngle 0 /Ascent 859 /Descent -141 /CapHeight 683 /StemV 80 >>", name))
	below := out.add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> /FontDescriptor %s /DW 1000 /W [1 95 500 814 939 500] >>", name, ref(described)))
	return out.add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /UniGB-UTF16-H /DescendantFonts [%s] /ToUnicode %s >>", name, ref(below), ref(out.stream(toUnicode(2, codes, chars)))))
}

// drawnFont has the outlines of up to 255 characters.
func drawnFont(out *pdfObjects, chars []glyph) int {
	var names, widths, procs []string
	var codes []int
	var runes []rune
	box := [4]float64{0, 0, 0, 0}
	for i, g := range chars {
		w := number1(g.advance * 1000)
		proc := out.stream(fmt.Sprintf("%s 0 %s %s %s %s d1 %s", w, number1(g.box[0]), number1(g.box[1]), number1(g.box[2]), number1(g.box[3]), g.path))
		name := fmt.Sprintf("/u%04X", g.char)
		names, widths, procs = append(names, name), append(widths, w), append(procs, name+" "+ref(proc))
		codes, runes = append(codes, i+1), append(runes, g.char)
		box = [4]float64{min(box[0], g.box[0]), min(box[1], g.box[1]), max(box[2], g.box[2]), max(box[3], g.box[3])}
	}
	return out.add(fmt.Sprintf("<< /Type /Font /Subtype /Type3 /FontMatrix [0.001 0 0 0.001 0 0] /FontBBox [%s %s %s %s] /Resources << >> /FirstChar 1 /LastChar %d /Widths [%s] /Encoding << /Type /Encoding /Differences [1 %s] >> /CharProcs << %s >> /ToUnicode %s >>",
		number1(box[0]), number1(box[1]), number1(box[2]), number1(box[3]), max(len(chars), 1), strings.Join(widths, " "), strings.Join(names, " "), strings.Join(procs, " "), ref(out.stream(toUnicode(1, codes, runes)))))
}
