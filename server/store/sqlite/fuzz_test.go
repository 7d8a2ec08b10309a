package sqlite

import (
	"reflect"
	"testing"
)

// What stands in a record's row is read or refused, and what was read is written and read again as the same.
func FuzzStored(f *testing.F) {
	for _, s := range [][3]string{
		{"[]", "[]", "{}"}, {"[[1,2]]", `[["a","","2026-01-01","k",1]]`, `{"type":"entry"}`}, {"[[1,2],[3,4]]", `[[1]]`, `{"content":{"a":"b"}}`},
		{"[[,]]", "[[null,null,null,null,null]]", `{"writers":{"a":1}}`}, {"[[1,2]", "[[[[]]]]", "= "},
	} {
		f.Add(s[0], s[1], s[2])
	}
	f.Fuzz(func(t *testing.T, places, counted, body string) {
		if list, err := decodePlaces(places); err == nil {
			if again, err := decodePlaces(encodePlaces(list)); err != nil || !reflect.DeepEqual(list, again) {
				t.Errorf("%q: %v, again %v %v", places, list, again, err)
			}
		}
		if list, err := decodeCounted(counted, "u"); err == nil {
			text, err := encodeCounted(list)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := decodeCounted(text, "u"); err != nil || !reflect.DeepEqual(list, again) {
				t.Errorf("%q: %v, again %v %v", counted, list, again, err)
			}
		}
		if r, err := decodeBody(body); err == nil {
			text, err := encodeBody(r)
			if err != nil {
				return // a version that is not its content's
			}
			if _, err := decodeBody(text); err != nil {
				t.Errorf("%q is written as %q: %v", body, text, err)
			}
		}
	})
}
