package record

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Content is a record's fields. A key whose Value is empty does not exist.
type Content map[string]Value

// Bytes is the canonical JSON of the content.
func (c Content) Bytes() []byte { return c.append(nil) }

// Version names the content: 64 hex digits of its SHA-256.
func (c Content) Version() string {
	var room [1024]byte // for nearly all
	sum := sha256.Sum256(c.append(room[:0]))
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:])
}

// append writes the canonical JSON of the content behind what is there.
func (c Content) append(out []byte) []byte {
	var room [32]string
	keys := room[:0]
	for k, v := range c {
		if v != "" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	out = append(out, '{')
	for i, k := range keys {
		if i > 0 {
			out = append(out, ',')
		}
		if simple(k) {
			out = append(append(append(out, '"'), k...), '"')
		} else {
			var b strings.Builder
			_ = writeString(&b, k)
			out = append(out, b.String()...)
		}
		out = append(append(out, ':'), c[k]...)
	}
	return append(out, '}')
}

// simple reports whether a key is one as fields have: small letters, digits and underlines, which stand in JSON as they are.
func simple(key string) bool {
	for i := range len(key) {
		if c := key[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Clone is a copy that shares nothing.
func (c Content) Clone() Content {
	out := make(Content, len(c))
	for k, v := range c {
		out[k] = v
	}
	return out
}
