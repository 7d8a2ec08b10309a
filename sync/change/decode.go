package change

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"niangjia/sync/record"
	"niangjia/sync/review"
)

// Decode reads a line. The error is a *record.Error: unreadable for what is no
// JSON object, wrong_type for a key of another type.
func Decode(line []byte) (*Change, error) {
	if len(line) > MaxLineBytes {
		return nil, record.Errorf(record.TooLong, "line of %d bytes", len(line))
	}
	if c := quick(line); c != nil {
		return c, nil
	}
	return slow(line)
}

// slow reads whatever is JSON.
func slow(line []byte) (*Change, error) {
	var c Change
	if json.Unmarshal(line, &c) == nil {
		return &c, nil
	}
	c = Change{}
	dec := json.NewDecoder(bytes.NewReader(line)) // tells what is wrong with the first value from what comes after it
	if err := dec.Decode(&c); err != nil {
		var typ *json.UnmarshalTypeError
		switch e := err.(type) {
		case *record.Error:
			return &c, e
		case *json.UnmarshalTypeError:
			typ = e
			return &c, &record.Error{Code: record.WrongType, Field: typ.Field, Err: err}
		}
		return nil, record.Errorf(record.Unreadable, "%w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, record.Errorf(record.Unreadable, "more than one value on a line")
	}
	return &c, nil
}

// quick reads a line as phones write them: an object without white space, whose keys are known and stand once, whose texts
// have no escapes. It gives nil for every other line, good or bad, which slow reads: they never come to different things
// (FuzzDecode). Most of what the server did for a change was reading it.
func quick(line []byte) *Change {
	if !utf8.Valid(line) {
		return nil
	}
	c, r, seen := &Change{}, reader{rest: string(line)}, uint32(0) // of which all texts are parts
	r.members(func(key string) {
		bit := uint32(0)
		switch key {
		case "epoch":
			c.Epoch, bit = r.text(), 1<<0
		case "n":
			c.N, bit = r.number(), 1<<1
		case "prev":
			c.Prev, bit = r.text(), 1<<2
		case "after":
			bit = 1 << 3
			r.any(&c.After)
		case "type":
			c.Type, bit = record.Type(r.text()), 1<<4
		case "entity":
			c.Entity, bit = r.text(), 1<<5
		case "kind":
			c.Kind, bit = Kind(r.text()), 1<<6
		case "unit":
			c.Unit, bit = r.text(), 1<<7
		case "form":
			c.Form, bit = r.text(), 1<<8
		case "form_version":
			c.FormVersion, bit = r.number(), 1<<9
		case "fields":
			c.Fields, bit = r.content(), 1<<10
		case "event":
			c.Event, bit = review.Event(r.text()), 1<<11
		case "resolve":
			bit = 1 << 12
			r.any(&c.Resolve)
		case "trunk":
			c.Trunk, bit = r.text(), 1<<13
		case "reason":
			bit = 1 << 14
			r.any(&c.Reason)
		case "at":
			c.At, bit = record.Instant(r.number()), 1<<15
		case "seen":
			c.Seen, bit = record.Instant(r.number()), 1<<16
		}
		r.strange = r.strange || bit == 0 || seen&bit != 0
		seen |= bit
	})
	if r.strange || len(r.rest) > 0 {
		return nil
	}
	return c
}

// reader goes through a line. What is not as it is usually makes it strange, and it reads nothing more.
type reader struct {
	rest    string
	strange bool
}

// take goes over a character, which must stand there.
func (r *reader) take(c byte) {
	if r.strange = r.strange || len(r.rest) == 0 || r.rest[0] != c; !r.strange {
		r.rest = r.rest[1:]
	}
}

// members goes through an object; each reads the value of a key.
func (r *reader) members(each func(key string)) {
	r.take('{')
	if len(r.rest) > 0 && r.rest[0] == '}' {
		r.take('}')
		return
	}
	for !r.strange {
		key := r.text()
		r.take(':')
		if r.strange {
			return
		}
		if each(key); !r.strange && len(r.rest) > 0 && r.rest[0] == '}' {
			r.take('}')
			return
		}
		r.take(',')
	}
}

// text is one without escapes.
func (r *reader) text() string {
	r.take('"')
	end := strings.IndexByte(r.rest, '"')
	if r.strange || end < 0 {
		r.strange = true
		return ""
	}
	out := r.rest[:end]
	for i := range len(out) {
		if out[i] == '\\' || out[i] < ' ' {
			r.strange = true
			return ""
		}
	}
	r.rest = r.rest[end+1:]
	return out
}

// number is an integer of a few digits.
func (r *reader) number() int64 {
	raw := r.value()
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || len(raw) > 16 || raw[0] == '+' || raw[0] == '0' && len(raw) > 1 || raw[0] == '-' && (len(raw) == 1 || raw[1] == '0') {
		r.strange = true
	}
	return n
}

// value is the bytes of whatever stands there. Whoever reads them tells whether they are JSON.
func (r *reader) value() string {
	depth := 0
	for i := 0; i < len(r.rest) && !r.strange; i++ {
		switch c := r.rest[i]; {
		case c == '"':
			for i++; i < len(r.rest) && r.rest[i] != '"'; i++ {
				if r.rest[i] == '\\' {
					i++
				}
			}
		case c == '[' || c == '{':
			depth++
		case depth > 0 && (c == ']' || c == '}'):
			depth--
		case depth == 0 && (c == ',' || c == '}'):
			out := r.rest[:i]
			r.strange = i == 0
			r.rest = r.rest[i:]
			return out
		case c == ' ' || c == '\t' || c == '\n' || c == '\r': // Canonical would go over it
			r.strange = true
		}
	}
	r.strange = true
	return ""
}

// any reads what is seldom there.
func (r *reader) any(to any) {
	raw := r.value()
	r.strange = r.strange || json.Unmarshal([]byte(raw), to) != nil
}

func (r *reader) content() record.Content {
	out := record.Content{}
	r.members(func(key string) {
		raw := r.value()
		if r.strange {
			return
		}
		v, err := record.CanonicalText(raw)
		if _, twice := out[key]; err != nil || twice {
			r.strange = true
			return
		}
		out[key] = v
	})
	return out
}
