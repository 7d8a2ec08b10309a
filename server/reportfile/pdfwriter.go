package reportfile

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pdfObjects writes a PDF's objects one after the other, and its table of where they begin.
type pdfObjects struct {
	b  bytes.Buffer
	at []int // by number less one; 0 for one that was promised
}

func newPDF() *pdfObjects {
	p := &pdfObjects{}
	// 1.5 is what every reader takes; the line of high bytes tells mailers that it is no text.
	p.b.WriteString("%PDF-1.5\n%\xe5\xa8\x98\xe5\xae\xb6\n")
	return p
}

// promise gives the number of an object that is written later.
func (p *pdfObjects) promise() int {
	p.at = append(p.at, 0)
	return len(p.at)
}

func (p *pdfObjects) put(n int, body string) {
	p.at[n-1] = p.b.Len()
	fmt.Fprintf(&p.b, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (p *pdfObjects) add(body string) int {
	n := p.promise()
	p.put(n, body)
	return n
}

// stream is an object of bytes, packed.
func (p *pdfObjects) stream(body string) int {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write([]byte(body)) // into memory
	_ = z.Close()
	return p.add(fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", packed.Len(), packed.String()))
}

func (p *pdfObjects) close(root, info int, id string) []byte {
	start := p.b.Len()
	fmt.Fprintf(&p.b, "xref\n0 %d\n0000000000 65535 f \n", len(p.at)+1)
	for _, at := range p.at {
		fmt.Fprintf(&p.b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&p.b, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", len(p.at)+1, root, info, id, id, start)
	return p.b.Bytes()
}

func ref(n int) string { return fmt.Sprintf("%d 0 R", n) }

// number1 writes a length: a PDF knows no exponents, and hundredths of a point are finer than any printer.
func number1(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100+0, 'f', -1, 64) }

// hexText is a text as a PDF's properties have it.
func hexText(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}

// literal is a text of one byte each: an address.
func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`, "\r", "", "\n", "").Replace(s) + ")"
}

// toUnicode tells which characters the codes of a font are, so that a PDF can be searched and copied from.
func toUnicode(width int, codes []int, chars []rune) string {
	var b strings.Builder
	fmt.Fprintf(&b, "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def /CMapName /Adobe-Identity-UCS def /CMapType 2 def 1 begincodespacerange <%s> <%s> endcodespacerange\n", strings.Repeat("00", width), strings.Repeat("FF", width))
	for len(codes) > 0 {
		n := min(len(codes), 100)
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for i := range n {
			fmt.Fprintf(&b, "<%0*X> <", 2*width, codes[i])
			for _, u := range utf16.Encode([]rune{chars[i]}) {
				fmt.Fprintf(&b, "%04X", u)
			}
			b.WriteString(">\n")
		}
		b.WriteString("endbfchar\n")
		codes, chars = codes[n:], chars[n:]
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end")
	return b.String()
}
