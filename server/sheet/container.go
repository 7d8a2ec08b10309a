package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"unicode/utf8"

	"niangjia/server/office"
)

// container is the archive that an XLSX file is.
type container struct{ *office.Archive }

// unpack opens the archive, and tells what a file is that is none.
func unpack(file []byte) (*container, *Fault) {
	if len(file) > MaxFile {
		return nil, &Fault{Code: TooLarge}
	}
	a, err := office.Open(file, maxToken)
	switch {
	case err == nil:
		return &container{a}, nil
	case errors.Is(err, office.ErrNone) && readable(file):
		return nil, &Fault{Code: PlainText}
	}
	return nil, faultOf(err)
}

// faultOf is what the archive says, in this package's words.
func faultOf(err error) *Fault {
	for what, code := range map[error]Code{
		office.ErrTooLarge: TooLarge, office.ErrPassword: Password, office.ErrOld: OldExcel, office.ErrNone: NotXLSX, office.ErrMacros: Macros,
	} {
		if errors.Is(err, what) {
			return &Fault{Code: code, Err: err}
		}
	}
	return &Fault{Code: Broken, Err: err}
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

// decode reads a part that is never large into a struct.
func (c *container) decode(name string, into any) *Fault {
	b, err := c.Read(name, maxSmallPart)
	if err != nil {
		return faultOf(err)
	}
	dec := xml.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(into); err != nil {
		return &Fault{Code: Broken, Err: err}
	}
	return nil
}
