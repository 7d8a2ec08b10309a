package catalogue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// object is a JSON object whose keys keep their order: what a city retouches of a definition is to be found in it where it
// stood, with every key that only a later program knows.
type object struct {
	keys   []string
	values map[string]json.RawMessage
}

// readObject reads an object; what is none has no keys.
func readObject(raw json.RawMessage) *object {
	o := &object{values: map[string]json.RawMessage{}}
	n, bad := scan(raw)
	if bad != nil || json.Unmarshal(raw, &o.values) != nil {
		o.values = map[string]json.RawMessage{}
		return o
	}
	for _, m := range n.members {
		if !slices.Contains(o.keys, m.key) {
			o.keys = append(o.keys, m.key)
		}
	}
	return o
}

func (o *object) set(key string, value json.RawMessage) {
	if _, there := o.values[key]; !there {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
}

// flag writes a key that is true, or is not there.
func (o *object) flag(key string, on bool) {
	if on {
		o.set(key, json.RawMessage("true"))
		return
	}
	o.remove(key)
}

func (o *object) remove(key string) {
	delete(o.values, key)
	o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
}

func (o *object) text(key string) (s string) {
	_ = json.Unmarshal(o.values[key], &s) // "" where it is no text
	return s
}

func (o *object) list(key string) (list []json.RawMessage) {
	_ = json.Unmarshal(o.values[key], &list) // empty where it is no list
	return list
}

// number is a whole number, 0 where there is none.
func (o *object) number(key string) (n int64) {
	_ = json.Unmarshal(o.values[key], &n)
	return n
}

func (o *object) json() json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, key := range o.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", key)
		b.Write(compact(o.values[key]))
	}
	b.WriteByte('}')
	return b.Bytes()
}

func listOf(parts []json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, part := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(part)
	}
	b.WriteByte(']')
	return b.Bytes()
}
