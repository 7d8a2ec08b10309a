// Package office opens the archive that an office file is (ECMA-376 part 2: .xlsx, .docx), from anybody's computer:
// bounded in bytes whatever its headers say, and told by name where it is none.
package office

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// What a file is that cannot be read.
var (
	ErrTooLarge = errors.New("beyond a bound in bytes")
	ErrPassword = errors.New("encrypted")
	ErrOld      = errors.New("an office file of before 2007") // or a binary one of today
	ErrNone     = errors.New("not an office file")
	ErrBroken   = errors.New("cut off or not well-formed")
	ErrMacros   = errors.New("has macros")
)

const (
	maxParts = 2_000   // files within the file
	maxTypes = 4 << 20 // of the list of their types, decompressed
	types    = "[content_types].xml"
)

var (
	compound  = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1} // the old office files, and encrypted new ones
	encrypted = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
)

// Archive is an office file whose parts can be read.
type Archive struct {
	// Files are the parts in the order in which they stand.
	Files []*zip.File

	parts    map[string]*zip.File // by Name: writers differ
	maxToken int
	types    []byte
}

// Name is how a part is found, whoever wrote its name.
func Name(part string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part, `\`, "/"), "/"))
}

// Open reads the list of parts. No single text or tag of a part that is read from it has more than maxToken bytes: an XML
// decoder would hold that whole before anybody sees it. Its errors are those above, joined with what the reader said.
func Open(file []byte, maxToken int) (*Archive, error) {
	switch {
	case bytes.HasPrefix(file, compound) && bytes.Contains(file, encrypted):
		return nil, ErrPassword
	case bytes.HasPrefix(file, compound):
		return nil, ErrOld
	case !bytes.HasPrefix(file, []byte("PK")):
		return nil, ErrNone
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	if len(archive.File) > maxParts {
		return nil, fmt.Errorf("%w: %d parts", ErrTooLarge, len(archive.File))
	}
	a := &Archive{Files: archive.File, parts: make(map[string]*zip.File, len(archive.File)), maxToken: maxToken}
	for _, f := range archive.File {
		name := Name(f.Name)
		if a.parts[name] != nil {
			// Which of them is meant, each reader would answer in its own way.
			return nil, fmt.Errorf("%w: part %s stands twice", ErrBroken, name)
		}
		a.parts[name] = f
		switch path.Base(name) {
		case "vbaproject.bin", "vbadata.xml":
			return nil, ErrMacros
		case "workbook.bin":
			return nil, ErrOld
		}
		if f.Flags&1 != 0 {
			return nil, ErrPassword
		}
	}
	if !a.Has(types) || !a.Has("_rels/.rels") {
		return nil, fmt.Errorf("%w: an archive of something else", ErrNone)
	}
	if a.types, err = a.Read(types, maxTypes); err != nil {
		return nil, err
	}
	if bytes.Contains(bytes.ToLower(a.types), []byte("macroenabled")) {
		return nil, ErrMacros
	}
	return a, nil
}

// IsText reports whether it has a text, as a word processor writes it.
func (a *Archive) IsText() bool { return bytes.Contains(a.types, []byte("wordprocessingml")) }

// Part gives a part, nil where there is none of that name.
func (a *Archive) Part(name string) *zip.File { return a.parts[Name(name)] }

// Has reports whether there is a part of that name.
func (a *Archive) Has(name string) bool { return a.Part(name) != nil }

// Open streams a part, at most so many bytes of it, decompressed.
func (a *Archive) Open(name string, most int64) (*Part, error) {
	f := a.Part(name)
	if f == nil {
		return nil, fmt.Errorf("%w: no part %s", ErrBroken, name)
	}
	if f.UncompressedSize64 > uint64(max(most, 0)) {
		return nil, fmt.Errorf("%w: part %s", ErrTooLarge, name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, errors.Join(ErrBroken, err)
	}
	return &Part{in: r, left: most, maxToken: a.maxToken}, nil
}

// Read gives a whole part of at most so many bytes.
func (a *Archive) Read(name string, most int64) ([]byte, error) {
	r, err := a.Open(name, most)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("part %s: %w", name, r.Why(err))
	}
	return b, nil
}

// Part ends where it is larger than it may be, or a single text or tag of it is.
type Part struct {
	in       io.ReadCloser
	left     int64
	maxToken int
	run      int // bytes since the last "<"
	over     bool
}

func (p *Part) Read(into []byte) (int, error) {
	n, err := p.in.Read(into)
	p.left -= int64(n)
	// The longest stretch within what came now; what is longer than one piece adds up over several.
	for rest := into[:n]; ; {
		at := bytes.IndexByte(rest, '<')
		if at < 0 {
			p.run += len(rest)
			break
		}
		if p.run+at > p.maxToken {
			p.run += at
			break
		}
		p.run, rest = 1, rest[at+1:]
	}
	if p.over = p.left < 0 || p.run > p.maxToken; p.over {
		return 0, ErrTooLarge
	}
	return n, err
}

// Close is called once by whoever opened it.
func (p *Part) Close() error { return p.in.Close() }

// Why is what an error of a decoder of the part means, which may tell of half a character where the part was ended.
func (p *Part) Why(err error) error {
	if p.over {
		return errors.Join(ErrTooLarge, err)
	}
	return errors.Join(ErrBroken, err)
}
