package reportfile

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// Bounds of what is read: a file comes from anybody's computer.
const (
	// MaxFile is the largest file, in bytes.
	MaxFile = 16 << 20

	maxParts   = 2_000    // files within the file
	maxPart    = 32 << 20 // of one part that is read, decompressed
	maxAll     = 64 << 20 // of all parts that are read together
	maxToken   = 1 << 20  // bytes between two "<": a text or a tag; a picture within the XML is longer and has no place here
	maxDepth   = 256      // elements within each other
	maxFigures = 100_000  // in one file
	maxPlace   = 40       // characters of a paragraph's words in a message
)

// container is the archive that a DOCX is.
type container struct {
	archive *zip.Reader
	parts   map[string]*zip.File // by lower-case name: writers differ
	read    int64
	kept    map[string][]byte // parts that were read already
}

var (
	compound  = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1} // the old office files, and encrypted new ones
	encrypted = []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")
)

// unpack opens the archive, and tells what a file is that is none.
func unpack(file []byte) (*container, *Fault) {
	switch {
	case len(file) > MaxFile:
		return nil, &Fault{Code: TooLarge}
	case bytes.HasPrefix(file, compound):
		if bytes.Contains(file, encrypted) {
			return nil, &Fault{Code: Password}
		}
		return nil, &Fault{Code: OldWord}
	case !bytes.HasPrefix(file, []byte("PK")):
		return nil, &Fault{Code: NotDOCX}
	}
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	if len(archive.File) > maxParts {
		return nil, &Fault{Code: TooLarge, Err: errors.New("too many parts")}
	}
	c := &container{archive: archive, parts: make(map[string]*zip.File, len(archive.File)), kept: map[string][]byte{}}
	for _, f := range archive.File {
		name := partName(f.Name)
		if c.parts[name] != nil {
			return nil, &Fault{Code: Broken, Err: errors.New("part " + name + " stands twice")}
		}
		c.parts[name] = f
		if base := path.Base(name); base == "vbaproject.bin" || base == "vbadata.xml" {
			return nil, &Fault{Code: Macros}
		}
		if f.Flags&1 != 0 {
			return nil, &Fault{Code: Password}
		}
	}
	if !c.has("[content_types].xml") || !c.has("_rels/.rels") {
		return nil, &Fault{Code: NotDOCX, Err: errors.New("an archive of something else")}
	}
	types, fault := c.bytes("[content_types].xml")
	switch {
	case fault != nil:
		return nil, fault
	case bytes.Contains(bytes.ToLower(types), []byte("macroenabled")):
		return nil, &Fault{Code: Macros}
	case !bytes.Contains(types, []byte("wordprocessingml")):
		return nil, &Fault{Code: NotDOCX, Err: errors.New("another office file")}
	}
	return c, nil
}

func partName(name string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
}

func (c *container) has(name string) bool { return c.parts[partName(name)] != nil }

// bytes reads a part, at most so much of it whatever its header says, and no text or tag in it that is too long: an XML
// decoder would hold that whole before anybody sees it.
func (c *container) bytes(name string) ([]byte, *Fault) {
	f := c.parts[partName(name)]
	if f == nil {
		return nil, &Fault{Code: Broken, Err: errors.New("no part " + name)}
	}
	if b, ok := c.kept[f.Name]; ok {
		return b, nil
	}
	left := min(maxPart, maxAll-c.read)
	if f.UncompressedSize64 > uint64(max(left, 0)) {
		return nil, &Fault{Code: TooLarge, Err: errors.New("part " + name)}
	}
	r, err := f.Open()
	if err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	b, err := io.ReadAll(io.LimitReader(r, left+1))
	err = errors.Join(err, r.Close())
	c.read += int64(len(b))
	switch {
	case int64(len(b)) > left:
		return nil, &Fault{Code: TooLarge, Err: errors.New("part " + name)}
	case err != nil:
		return nil, &Fault{Code: Broken, Err: err}
	}
	for rest := b; len(rest) > maxToken; {
		at := bytes.LastIndexByte(rest[:maxToken], '<')
		if at <= 0 {
			return nil, &Fault{Code: TooLarge, Err: errors.New("one text or tag of part " + name)}
		}
		rest = rest[at:]
	}
	c.kept[f.Name] = b
	return b, nil
}

// relation is a row of a part's relationships.
type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr"`
}

// relations of a part, none where it has no list.
func (c *container) relations(of string) ([]relation, *Fault) {
	dir, base := path.Split(of)
	name := dir + "_rels/" + base + ".rels"
	if !c.has(name) {
		return nil, nil
	}
	b, fault := c.bytes(name)
	if fault != nil {
		return nil, fault
	}
	var list struct {
		Rows []relation `xml:"Relationship"`
	}
	if err := xml.Unmarshal(b, &list); err != nil {
		return nil, &Fault{Code: Broken, Err: err}
	}
	return list.Rows, nil
}

// target is a relation's part, "" for what lies outside of the file.
func (r relation) target(from string) string {
	if strings.EqualFold(r.Mode, "External") {
		return ""
	}
	if strings.HasPrefix(r.Target, "/") {
		return partName(r.Target)
	}
	return partName(path.Join(path.Dir(from), r.Target))
}

// kind is the last word of a relation's type: both forms of the standard end alike.
func (r relation) kind() string { return path.Base(r.Type) }

// text is the name of the part with the text.
func (c *container) text() (string, *Fault) {
	rows, fault := c.relations("")
	if fault != nil {
		return "", fault
	}
	for _, r := range rows {
		if name := r.target(""); r.kind() == "officeDocument" && c.has(name) {
			return c.parts[name].Name, nil
		}
	}
	return "", &Fault{Code: NotDOCX, Err: errors.New("no part with the text")}
}
