// Package snapshot is the shape of a feed's file for phones that have nothing
// of the feed yet (W8): parts one after the other, each a gzip member of its
// own. The first is the index, one line of JSON; each of the others has up to
// MaxRows rows, a line each, as they go over the wire. The index has the length
// and the hash of every part, so that a phone can store part by part, and go on
// after a cut from where it was, without having seen the end.
package snapshot

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"niangjia/sync/change"
)

// Bounds (W8). A phone holds one part in memory at a time.
const (
	MaxRows  = 1000    // of a part
	MaxPlain = 8 << 20 // bytes of a part, unpacked; the index too
	fullFrom = 1 << 20 // bytes from which a part is closed though there is room for more rows
)

// Index says what a file holds.
type Index struct {
	Feed string `json:"feed"`
	Seq  int64  `json:"seq"`
	Rows int64  `json:"rows"`
	// Accounts are those whom the rows name.
	Accounts []string `json:"accounts"`
	Parts    []Part   `json:"parts"`
}

// Part is one piece of the file, after the index and the parts before it.
type Part struct {
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"`
	Hash  string `json:"hash"` // SHA-256 of its bytes as they are in the file
}

// Writer gathers rows into parts, which it writes one after the other.
type Writer struct {
	to    io.Writer
	zip   *gzip.Writer
	plain bytes.Buffer
	rows  int64
	Parts []Part
}

// NewWriter writes to a place that the index does not stand in yet: it is known last and comes first.
func NewWriter(to io.Writer) *Writer {
	return &Writer{to: to, zip: gzip.NewWriter(io.Discard)}
}

// Add puts a row at the end. It is JSON without a line break.
func (w *Writer) Add(row []byte) error {
	w.plain.Write(row)
	w.plain.WriteByte('\n')
	if w.rows++; w.rows < MaxRows && w.plain.Len() < fullFrom {
		return nil
	}
	return w.Close()
}

// Close writes the part that has begun.
func (w *Writer) Close() error {
	if w.rows == 0 {
		return nil
	}
	packed, err := w.pack(w.plain.Bytes())
	if err != nil {
		return err
	}
	w.Parts = append(w.Parts, Part{Rows: w.rows, Bytes: int64(len(packed)), Hash: change.Hash(packed)})
	w.plain.Reset()
	w.rows = 0
	_, err = w.to.Write(packed)
	return err
}

func (w *Writer) pack(plain []byte) ([]byte, error) {
	var packed bytes.Buffer
	w.zip.Reset(&packed)
	if _, err := w.zip.Write(plain); err != nil {
		return nil, err
	}
	err := w.zip.Close()
	return packed.Bytes(), err
}

// Packed is the index as it stands at the head of the file.
func (w *Writer) Packed(i Index) ([]byte, error) {
	i.Parts = w.Parts
	raw, err := json.Marshal(i)
	if err != nil {
		return nil, err
	}
	return w.pack(append(raw, '\n'))
}

// ErrOther says that bytes are not what they should be: they were cut, garbled, or another file's.
var ErrOther = errors.New("not the part that was named")

// Open gives what a part holds. Its bytes are held to their hash before anything of them is read.
func Open(packed []byte, hash string) ([]byte, error) {
	if change.Hash(packed) != hash {
		return nil, ErrOther
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errors.Join(ErrOther, err)
	}
	plain, err := io.ReadAll(io.LimitReader(z, MaxPlain+1))
	if err != nil {
		return nil, errors.Join(ErrOther, err)
	}
	if len(plain) > MaxPlain {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrOther, MaxPlain)
	}
	return plain, nil
}

// OpenIndex reads a file's first part. It is held to what the answer to a pull said of the file.
func OpenIndex(packed []byte, s change.Snapshot) (*Index, error) {
	plain, err := Open(packed, s.Hash)
	if err != nil {
		return nil, err
	}
	var i Index
	if err := json.Unmarshal(plain, &i); err != nil {
		return nil, errors.Join(ErrOther, err)
	}
	rows, size := int64(0), s.Index
	for _, p := range i.Parts {
		if p.Rows < 1 || p.Rows > MaxRows || p.Bytes < 1 || p.Bytes > MaxPlain {
			return nil, fmt.Errorf("%w: a part of %d rows in %d bytes", ErrOther, p.Rows, p.Bytes)
		}
		rows, size = rows+p.Rows, size+p.Bytes
	}
	if i.Feed != s.Feed || i.Seq != s.Seq || rows != s.Rows || size != s.Bytes {
		return nil, fmt.Errorf("%w: an index of %s at %d", ErrOther, i.Feed, i.Seq)
	}
	return &i, nil
}
