package reportfile

import (
	"encoding/xml"
	"errors"
	"path"
	"strings"

	"niangjia/server/office"
)

// Bounds of what is read: a file comes from anybody's computer.
const (
	// MaxFile is the largest file, in bytes.
	MaxFile = 16 << 20

	maxPart    = 32 << 20 // of one part that is read, decompressed
	maxAll     = 64 << 20 // of all parts that are read together
	maxToken   = 1 << 20  // bytes of one text or one tag: a picture within the XML is longer and has no place here
	maxDepth   = 256      // elements within each other
	maxFigures = 100_000  // in one file
	maxPlace   = 40       // characters of a paragraph's words in a message
)

// container is the archive that a DOCX is.
type container struct {
	*office.Archive
	read int64
	kept map[string][]byte // parts that were read already
}

// unpack opens the archive, and tells what a file is that is none.
func unpack(file []byte) (*container, *Fault) {
	if len(file) > MaxFile {
		return nil, &Fault{Code: TooLarge}
	}
	a, err := office.Open(file, maxToken)
	if err != nil {
		return nil, faultOf(err)
	}
	if !a.IsText() {
		return nil, &Fault{Code: NotDOCX, Err: errors.New("another office file")}
	}
	return &container{Archive: a, kept: map[string][]byte{}}, nil
}

// faultOf is what the archive says, in this package's words.
func faultOf(err error) *Fault {
	for what, code := range map[error]Code{
		office.ErrTooLarge: TooLarge, office.ErrPassword: Password, office.ErrOld: OldWord, office.ErrNone: NotDOCX, office.ErrMacros: Macros,
	} {
		if errors.Is(err, what) {
			return &Fault{Code: code, Err: err}
		}
	}
	return &Fault{Code: Broken, Err: err}
}

// bytes reads a part, once.
func (c *container) bytes(name string) ([]byte, *Fault) {
	if b, ok := c.kept[office.Name(name)]; ok {
		return b, nil
	}
	b, err := c.Read(name, min(maxPart, maxAll-c.read))
	if err != nil {
		return nil, faultOf(err)
	}
	c.read += int64(len(b))
	c.kept[office.Name(name)] = b
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
	if !c.Has(name) {
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
		return office.Name(r.Target)
	}
	return office.Name(path.Join(path.Dir(from), r.Target))
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
		if name := r.target(""); r.kind() == "officeDocument" && c.Has(name) {
			return c.Part(name).Name, nil
		}
	}
	return "", &Fault{Code: NotDOCX, Err: errors.New("no part with the text")}
}
