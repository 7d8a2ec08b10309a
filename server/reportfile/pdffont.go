package reportfile

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The five typefaces of a file, in the order of Fonts.
const (
	typeBody = iota
	typeTitle
	typeFirst
	typeKai
	typePage
	typefaces
)

// namedFonts are the typefaces' names as a PDF gives them, for a reader's machine that has them.
var namedFonts = [typefaces]string{typeBody: "FangSong_GB2312", typeTitle: "FZXiaoBiaoSong-B05S", typeFirst: "SimHei", typeKai: "KaiTi_GB2312", typePage: "SimSun"}

// Fonts are typefaces of the machine that writes a PDF. Their outlines are drawn into it, those of the characters that it
// has: any font that can be read will do, of TrueType or OpenType, single or in a collection.
type Fonts struct {
	faces [typefaces]*sfnt.Font
	names []string
}

// Names tells which fonts were found, for whoever runs the server.
func (f *Fonts) Names() []string { return slices.Clone(f.names) }

const (
	maxFontFiles = 64
	maxFontBytes = 64 << 20
)

// wanted says by what words in its name a font is known, the best first; a word after "!" must not be in it.
var wanted = [typefaces][]string{
	typeBody:  {"fangsong", "simfang", "fandolfang", "fzfs", "stfangso"},
	typeTitle: {"xiaobiaosong", "fzxbs", "biaosong"},
	typeFirst: {"simhei", "heiti", "hei", "gothic", "sanscjksc", "sans"},
	typeKai:   {"kaiti", "simkai", "kai"},
	typePage:  {"simsun", "songti", "song", "sung", "ming", "serifcjksc", "serif"},
}

// instead is what stands in for a typeface that is not there.
var instead = [typefaces][]int{
	typeBody: {typePage, typeKai, typeFirst, typeTitle}, typeTitle: {typePage, typeBody, typeFirst, typeKai}, typeFirst: {typeTitle, typePage, typeBody, typeKai},
	typeKai: {typeBody, typePage, typeFirst, typeTitle}, typePage: {typeBody, typeKai, typeFirst, typeTitle},
}

// LoadFonts reads the fonts of a folder, by name the same ones on every machine. Those that have no Chinese are left out.
func LoadFonts(dir fs.FS) (*Fonts, error) {
	files, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, err
	}
	out := &Fonts{}
	best := [typefaces]int{}
	read := 0
	for _, file := range files {
		if ext := strings.ToLower(path.Ext(file.Name())); file.IsDir() || ext != ".ttf" && ext != ".otf" && ext != ".ttc" && ext != ".otc" {
			continue
		}
		if info, err := file.Info(); err != nil || info.Size() > maxFontBytes {
			return nil, fmt.Errorf("font %s is larger than %d MB", file.Name(), maxFontBytes>>20)
		}
		if read++; read > maxFontFiles {
			return nil, fmt.Errorf("more than %d fonts", maxFontFiles)
		}
		b, err := fs.ReadFile(dir, file.Name())
		if err != nil {
			return nil, err
		}
		list, err := sfnt.ParseCollection(b)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", file.Name(), err)
		}
		for i := range list.NumFonts() {
			font, err := list.Font(i)
			if err != nil {
				return nil, fmt.Errorf("font %s: %w", file.Name(), err)
			}
			if n, err := font.GlyphIndex(nil, '妇'); err != nil || n == 0 {
				continue
			}
			name, _ := font.Name(nil, sfnt.NameIDPostScript)
			out.names = append(out.names, name)
			out.offer(font, strings.ToLower(name+" "+file.Name()), &best)
		}
	}
	if len(out.names) == 0 {
		return nil, errors.New("no font with Chinese characters")
	}
	have := out.faces
	for i, f := range have {
		for _, k := range instead[i] {
			if f == nil {
				f = have[k]
			}
		}
		out.faces[i] = f
	}
	return out, nil
}

// offer takes a font for what its name says, or for the body's text where that says nothing.
func (f *Fonts) offer(font *sfnt.Font, name string, best *[typefaces]int) {
	take := func(face, rank int) {
		if f.faces[face] == nil || rank > best[face] {
			f.faces[face], best[face] = font, rank
		}
	}
	for _, face := range []int{typeBody, typeTitle, typeKai, typeFirst, typePage} {
		for i, w := range wanted[face] {
			if strings.Contains(name, w) {
				take(face, 100-i)
				return
			}
		}
	}
	take(typeBody, 1)
}

// drawn are the characters of one typeface that a PDF has used so far, in fonts of 255: a code is one byte.
type drawn struct {
	chars []glyph
	codes map[rune]int
}

type glyph struct {
	char    rune
	advance float64 // of an em
	path    string  // in thousandths of an em, ready to be filled
	box     [4]float64
}

const perFont = 255

// code gives a character's place, and draws it when it is first met. ok is false where no font has it.
func (f *Fonts) code(d *drawn, face int, r rune) (n int, ok bool) {
	if n, ok := d.codes[r]; ok {
		return n, n >= 0
	}
	if d.codes == nil {
		d.codes = map[rune]int{}
	}
	d.codes[r] = -1
	for _, k := range append([]int{face}, instead[face]...) {
		g, ok := outline(f.faces[k], r)
		if !ok {
			continue
		}
		d.chars = append(d.chars, g)
		d.codes[r] = len(d.chars) - 1
		return len(d.chars) - 1, true
	}
	return 0, false
}

// outline reads a character's curves. A font keeps its y downwards, a PDF upwards, and has no curves of the second degree.
func outline(font *sfnt.Font, r rune) (g glyph, ok bool) {
	var buf sfnt.Buffer
	at, err := font.GlyphIndex(&buf, r)
	if err != nil || at == 0 {
		return g, false
	}
	em := fixed.I(1000)
	segments, err := font.LoadGlyph(&buf, at, em, nil)
	if err != nil {
		return g, false
	}
	point := func(p fixed.Point26_6) (x, y float64) { return float64(p.X) / 64, -float64(p.Y) / 64 }
	var b strings.Builder
	var x0, y0 float64
	open := false
	for _, s := range segments {
		x1, y1 := point(s.Args[0])
		x2, y2 := point(s.Args[1])
		x3, y3 := point(s.Args[2])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if open {
				b.WriteString("h ")
			}
			open = true
			fmt.Fprintf(&b, "%s %s m ", number1(x1), number1(y1))
			x0, y0 = x1, y1
		case sfnt.SegmentOpLineTo:
			fmt.Fprintf(&b, "%s %s l ", number1(x1), number1(y1))
			x0, y0 = x1, y1
		case sfnt.SegmentOpQuadTo:
			fmt.Fprintf(&b, "%s %s %s %s %s %s c ", number1(x0+(x1-x0)*2/3), number1(y0+(y1-y0)*2/3), number1(x2+(x1-x2)*2/3), number1(y2+(y1-y2)*2/3), number1(x2), number1(y2))
			x0, y0 = x2, y2
		case sfnt.SegmentOpCubeTo:
			fmt.Fprintf(&b, "%s %s %s %s %s %s c ", number1(x1), number1(y1), number1(x2), number1(y2), number1(x3), number1(y3))
			x0, y0 = x3, y3
		}
	}
	if open {
		b.WriteString("h f")
	}
	bounds, advance, err := font.GlyphBounds(&buf, at, em, 0)
	if err != nil {
		return g, false
	}
	g.char, g.path, g.advance = r, b.String(), float64(advance)/64/1000
	g.box = [4]float64{float64(bounds.Min.X) / 64, -float64(bounds.Max.Y) / 64, float64(bounds.Max.X) / 64, -float64(bounds.Min.Y) / 64}
	return g, true
}
