package record

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Value is one field's value as canonical JSON (SPEC W1), so that two values
// are equal exactly when their texts are. The empty Value is "no value".
type Value string

// maxSafe is 2^53-1, the largest integer that JavaScript keeps exactly.
const maxSafe = 1<<53 - 1

// Canonical rewrites one JSON value in its canonical form. null, "", [] and {}
// become the empty Value; a fraction or an integer beyond ±(2^53−1) is wrong_type.
func Canonical(raw []byte) (Value, error) { return CanonicalText(string(raw)) }

// CanonicalText is Canonical of a text. What is canonical already stays the part of it that it is.
func CanonicalText(raw string) (Value, error) {
	if plain(raw) {
		return Value(raw), nil
	}
	dec := json.NewDecoder(strings.NewReader(raw))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return "", Errorf(WrongType, "not JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return "", Errorf(WrongType, "more than one value")
	}
	if deeper(v, maxDepth) {
		return "", Errorf(WrongType, "nested too deep")
	}
	if empty(v) {
		return "", nil
	}
	var b strings.Builder
	if err := write(&b, v); err != nil {
		return "", err
	}
	return Value(b.String()), nil
}

// plain reports whether a value stands in its canonical form already, as nearly all do: a text
// without escapes, a list of such, an integer of a few digits, a yes or no.
func plain(raw string) bool {
	n := len(raw)
	switch {
	case n > 2 && raw[0] == '"' && raw[n-1] == '"':
		return !strings.ContainsFunc(raw[1:n-1], escaped)
	case n > 4 && raw[0] == '[' && raw[1] == '"' && raw[n-2] == '"' && raw[n-1] == ']':
		for text := range strings.SplitSeq(raw[2:n-2], `","`) {
			if strings.ContainsFunc(text, escaped) {
				return false
			}
		}
		return true
	case n > 0 && n < 16 && raw[0] > '0' && raw[0] <= '9':
		return !strings.ContainsFunc(raw, func(r rune) bool { return r < '0' || r > '9' })
	}
	return raw == "true" || raw == "false"
}

// escaped reports whether a character stands in JSON as another, or is none.
func escaped(r rune) bool { return r < 0x20 || r == '"' || r == '\\' || r == utf8.RuneError }

// maxDepth is deeper than any field's value; what is read again at each depth
// would cost a hostile line its square.
const maxDepth = 16

func deeper(v any, depth int) bool {
	switch v := v.(type) {
	case []any:
		return depth == 0 || slices.ContainsFunc(v, func(x any) bool { return deeper(x, depth-1) })
	case map[string]any:
		if depth == 0 {
			return true
		}
		for _, x := range v {
			if deeper(x, depth-1) {
				return true
			}
		}
	}
	return false
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, x := range v {
			if !empty(x) {
				return false
			}
		}
		return true
	}
	return false
}

func write(b *strings.Builder, v any) error {
	switch v := v.(type) {
	case nil:
		return Errorf(WrongType, "null inside a value")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || n > maxSafe || n < -maxSafe {
			return Errorf(WrongType, "number %s is no safe integer", v)
		}
		b.WriteString(strconv.FormatInt(n, 10))
	case string:
		return writeString(b, v)
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := write(b, x); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k, x := range v {
			if !empty(x) {
				keys = append(keys, k)
			}
		}
		sort.Strings(keys)
		b.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeString(b, k); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := write(b, v[k]); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	}
	return nil
}

const hexDigits = "0123456789abcdef"

func writeString(b *strings.Builder, s string) error {
	// The decoder puts U+FFFD where the phone sent a lone surrogate or broken
	// UTF-8; such text would not hash to what the phone hashed.
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return Errorf(WrongType, "text is not valid Unicode")
	}
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\b':
			b.WriteString(`\b`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\f':
			b.WriteString(`\f`)
		case c == '\r':
			b.WriteString(`\r`)
		case c < 0x20:
			b.WriteString(`\u00`)
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return nil
}

// Text makes a string's Value. It is for text the server itself makes.
func Text(s string) Value {
	if s == "" {
		return ""
	}
	var b strings.Builder
	if err := writeString(&b, strings.ToValidUTF8(s, "?")); err != nil {
		return Value(`"?"`)
	}
	return Value(b.String())
}

// Int makes an integer's Value.
func Int(n int64) Value { return Value(strconv.FormatInt(n, 10)) }

// Set makes a many-of field's Value: sorted, each choice once.
func Set(keys []string) Value {
	if len(keys) == 0 {
		return ""
	}
	sorted := slices.Clone(keys)
	slices.Sort(sorted)
	raw, err := json.Marshal(slices.Compact(sorted))
	if err != nil {
		return ""
	}
	v, err := Canonical(raw)
	if err != nil {
		return ""
	}
	return v
}

// List makes the Value of a field of attachments: their ids, in their order.
func List(ids []string) Value {
	if len(ids) == 0 {
		return ""
	}
	return Value(`["` + strings.Join(ids, `","`) + `"]`)
}

// String is the text of a string Value, "" for every other kind.
func (v Value) String() string {
	if plain, ok := v.plain(); ok {
		return plain
	}
	var s string
	if len(v) > 1 && v[0] == '"' && json.Unmarshal([]byte(v), &s) == nil {
		return s
	}
	return ""
}

// plain is the text of a string Value without escapes, which most are.
func (v Value) plain() (string, bool) {
	if n := len(v); n > 1 && v[0] == '"' && v[n-1] == '"' && strings.IndexByte(string(v), '\\') < 0 {
		return string(v[1 : n-1]), true
	}
	return "", false
}

// Int64 is the number of an integer Value.
func (v Value) Int64() (int64, bool) {
	n, err := strconv.ParseInt(string(v), 10, 64)
	return n, err == nil
}

// Bool is the truth of a yes/no Value.
func (v Value) Bool() (value, ok bool) { return v == "true", v == "true" || v == "false" }

// Strings is an array of strings, or the one string, or nothing.
func (v Value) Strings() []string {
	if v == "" {
		return nil
	}
	if v[0] == '"' {
		return []string{v.String()}
	}
	if v[0] != '[' {
		return nil
	}
	if list, ok := v.plainList(); ok {
		return list
	}
	var s []string
	if json.Unmarshal([]byte(v), &s) == nil {
		return s
	}
	return nil
}

// plainList reads an array of strings without escapes, as it stands in
// canonical form; ok is false for any other.
func (v Value) plainList() (list []string, ok bool) {
	s := string(v)
	if len(s) < 4 || s[len(s)-1] != ']' || strings.IndexByte(s, '\\') >= 0 {
		return nil, false
	}
	for s = s[1:]; ; s = s[1:] {
		if s[0] != '"' {
			return nil, false
		}
		end := strings.IndexByte(s[1:], '"') + 1
		if end < 1 || end+1 >= len(s) {
			return nil, false
		}
		list, s = append(list, s[1:end]), s[end+1:]
		if s == "]" {
			return list, true
		}
		if s[0] != ',' || len(s) < 2 {
			return nil, false
		}
	}
}

// People is the value of a people field: persons of the register, and how many unnamed.
type People struct {
	Persons []string `json:"persons,omitempty"`
	Unnamed int64    `json:"unnamed,omitempty"`
}

// People reads a people field; ok is false for another shape.
func (v Value) People() (p People, ok bool) {
	return p, v.decode(&p)
}

// Item is one line of an items field; Value in fen.
type Item struct {
	Name     string `json:"name"`
	Quantity int64  `json:"quantity,omitempty"`
	Value    int64  `json:"value,omitempty"`
}

// Items reads an items field; ok is false for another shape.
func (v Value) Items() (items []Item, ok bool) {
	return items, v.decode(&items)
}

// Place is where something is, in millionths of a degree (WGS 84); Accuracy in metres.
type Place struct {
	Lat      int64 `json:"lat"`
	Lon      int64 `json:"lon"`
	Accuracy int64 `json:"accuracy"`
}

// Place reads a place field; ok is false for another shape, also one that lacks a part.
func (v Value) Place() (p Place, ok bool) {
	ok = v.decode(&p)
	return p, ok && (v == "" || v == PlaceValue(p))
}

// PlaceValue makes a place field's Value.
func PlaceValue(p Place) Value {
	return Value(fmt.Sprintf(`{"accuracy":%d,"lat":%d,"lon":%d}`, p.Accuracy, p.Lat, p.Lon))
}

// IDs are the ids of a field of photos, signatures or voice notes, in their order; nil for another shape.
func (v Value) IDs() []string {
	if v == "" || v[0] != '[' {
		return nil
	}
	return v.Strings()
}

func (v Value) decode(to any) bool {
	if v == "" {
		return true
	}
	dec := json.NewDecoder(strings.NewReader(string(v)))
	dec.DisallowUnknownFields()
	return dec.Decode(to) == nil
}

// MarshalJSON writes the value as the JSON that it is.
func (v Value) MarshalJSON() ([]byte, error) {
	if v == "" {
		return []byte("null"), nil
	}
	return []byte(v), nil
}

// UnmarshalJSON brings any JSON value into canonical form.
func (v *Value) UnmarshalJSON(raw []byte) error {
	c, err := Canonical(raw)
	*v = c
	return err
}

// PeopleValue makes a people field's Value: ids sorted and each once, empty parts left out.
func PeopleValue(p People) Value {
	slices.Sort(p.Persons)
	p.Persons = slices.Compact(p.Persons)
	raw, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	v, err := Canonical(raw)
	if err != nil {
		return ""
	}
	return v
}
