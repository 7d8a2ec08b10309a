package office_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"niangjia/server/office"
)

const maxToken = 1000

func pack(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatAFileIsThatIsNone(t *testing.T) {
	whole := []string{"[Content_Types].xml", "<Types/>", "_rels/.rels", "<Relationships/>"}
	with := func(more ...string) []byte { return pack(t, append(append([]string{}, whole...), more...)...) }
	many := make([]string, 0, 4_002)
	for range 2_001 {
		many = append(many, "p"+strings.Repeat("x", len(many)/2), "")
	}
	old := append([]byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}, make([]byte, 64)...)
	locked := append(append([]byte{}, old...), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...)
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"an office file":     {with("xl/workbook.xml", "<workbook/>"), nil},
		"nothing":            {nil, office.ErrNone},
		"words":              {[]byte("姓名,电话"), office.ErrNone},
		"another archive":    {pack(t, "a.txt", "x"), office.ErrNone},
		"cut off":            {with()[:40], office.ErrBroken},
		"of before 2007":     {old, office.ErrOld},
		"binary":             {with("xl/workbook.bin", "x"), office.ErrOld},
		"encrypted":          {locked, office.ErrPassword},
		"macros":             {with("xl/vbaProject.bin", "x"), office.ErrMacros},
		"macros by its type": {pack(t, "[Content_Types].xml", "<Types x='macroEnabled'/>", "_rels/.rels", "x"), office.ErrMacros},
		"a part twice":       {with("a.xml", "x", `\A.xml`, "y"), office.ErrBroken},
		"too many parts":     {pack(t, many...), office.ErrTooLarge},
	} {
		if _, err := office.Open(c.file, maxToken); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// A bound holds over what is read at once and over what is read piece by piece.
func TestAPartIsBounded(t *testing.T) {
	text := func(n int) string { return "<t>" + strings.Repeat("x", n) + "</t>" }
	long := strings.Repeat(text(maxToken/2), 100)
	a, err := office.Open(pack(t,
		"[Content_Types].xml", "<Types/>", "_rels/.rels", "x",
		"long.xml", long, "fits.xml", text(maxToken-3), "token.xml", text(maxToken)+strings.Repeat("<b/>", 20_000),
	), maxToken)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := a.Read("/LONG.xml", int64(len(long))); err != nil || string(b) != long {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if _, err := a.Read("long.xml", int64(len(long)-1)); !errors.Is(err, office.ErrTooLarge) {
		t.Errorf("one byte over: %v", err)
	}
	if _, err := a.Read("fits.xml", 1<<20); err != nil {
		t.Errorf("the longest text: %v", err)
	}
	if _, err := a.Read("token.xml", 1<<20); !errors.Is(err, office.ErrTooLarge) {
		t.Errorf("a longer one, ended within one piece: %v", err)
	}
	if _, err := a.Read("none.xml", 1); !errors.Is(err, office.ErrBroken) {
		t.Errorf("no such part: %v", err)
	}
	for _, step := range []int{1, 7} {
		p, err := a.Open("token.xml", 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{p}, make([]byte, step))
		if !errors.Is(err, office.ErrTooLarge) || !errors.Is(p.Why(io.ErrUnexpectedEOF), office.ErrTooLarge) {
			t.Errorf("%d bytes at a time: %v", step, err)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}
