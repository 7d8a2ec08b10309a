package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// container is the archive that an XLSX file is.
type container struct {
	parts map[string]*zip.File // by lower-case name: writers differ
}

var (
	compound  = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1} // the old office files, and encrypted new ones
	encrypted = utf16("EncryptedPackage")
)

func utf16(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

// unpack opens the archive, and tells what a file is that is none.
func unpack(file []byte) (*container, *Fault) {
	switch {
	case len(file) > MaxFile:
		return nil, &Fault{Code: TooLarge}
	case bytes.HasPrefix(file, compound):
		if bytes.Contains(file, encrypted) {
			return nil, &Fault{Code: Password}
		}
		return nil, &Fault{Code: OldExcel}
	case !bytes.HasPrefix(file, []byte("PK")):
		if readable(file) {
			return nil, &Fault{Code: PlainText}
		}
		return nil, &Fault{Code: NotXLSX}
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	if len(archive.File) > maxParts {
		return nil, &Fault{Code: TooLarge, Err: errors.New("too many parts")}
	}
	c := &container{parts: make(map[string]*zip.File, len(archive.File))}
	for _, f := range archive.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		c.parts[name] = f
		switch path.Base(name) {
		case "vbaproject.bin":
			return nil, &Fault{Code: Macros}
		case "workbook.bin":
			return nil, &Fault{Code: OldExcel}
		}
		if f.Flags&1 != 0 {
			return nil, &Fault{Code: Password}
		}
	}
	if !c.has("[content_types].xml") || !c.has("_rels/.rels") {
		return nil, &Fault{Code: NotXLSX, Err: errors.New("an archive of something else")}
	}
	types, fault := c.small("[content_types].xml")
	if fault != nil {
		return nil, fault
	}
	if bytes.Contains(bytes.ToLower(types), []byte("macroenabled")) {
		return nil, &Fault{Code: Macros}
	}
	return c, nil
}

// readable reports whether a file is text in one of the encodings that a CSV comes in: few control characters, no zero.
func readable(file []byte) bool {
	head := file[:min(len(file), 4096)]
	if len(head) == 0 || bytes.HasPrefix(head, []byte{0xff, 0xfe}) {
		return len(head) > 0
	}
	odd := 0
	for _, b := range head {
		if b == 0 {
			return false
		}
		if b < 0x20 && b != '\n' && b != '\r' && b != '\t' {
			odd++
		}
	}
	return odd == 0 && (utf8.Valid(head[:len(head)-min(len(head)-1, 4)]) || bytes.ContainsAny(head, ",\t\n"))
}

func (c *container) has(name string) bool { return c.parts[strings.ToLower(name)] != nil }

// open streams a part, at most so many bytes of it whatever its header says.
func (c *container) open(name string, bound int64) (*bounded, *Fault) {
	f := c.parts[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if f == nil {
		return nil, &Fault{Code: Broken, Err: errors.New("no part " + name)}
	}
	if f.UncompressedSize64 > uint64(bound) {
		return nil, &Fault{Code: TooLarge, Err: errors.New("part " + name)}
	}
	r, err := f.Open()
	if err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	return &bounded{in: r, left: bound}, nil
}

// small reads a whole part that is never large.
func (c *container) small(name string) ([]byte, *Fault) {
	r, fault := c.open(name, maxSmallPart)
	if fault != nil {
		return nil, fault
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, r.fault(err)
	}
	return b, nil
}

// decode reads a small part into a struct.
func (c *container) decode(name string, into any) *Fault {
	b, fault := c.small(name)
	if fault != nil {
		return fault
	}
	dec := xml.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(into); err != nil {
		return &Fault{Code: Broken, Err: err}
	}
	return nil
}

var errTooLarge = errors.New("larger than the bound")

// bounded ends a part that is larger than it may be, or has a single text or tag that is: the decoder would hold it
// whole before anybody sees it.
type bounded struct {
	in   io.ReadCloser
	left int64
	run  int // bytes since the last "<"
	over bool
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	b.left -= int64(n)
	if at := bytes.LastIndexByte(p[:n], '<'); at >= 0 {
		b.run = n - at
	} else {
		b.run += n
	}
	if b.over = b.left < 0 || b.run > maxToken; b.over {
		return 0, errTooLarge
	}
	return n, err
}

// fault is what an error of the decoder means, which may tell of half a character where the part was ended.
func (b *bounded) fault(err error) *Fault {
	if b.over {
		return &Fault{Code: TooLarge, Err: err}
	}
	return &Fault{Code: Broken, Err: err}
}

func (b *bounded) Close() error { return b.in.Close() }
