package change

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// What quick reads slow reads as the same.
func alike(t *testing.T, line []byte) (read bool) {
	t.Helper()
	fast := quick(line)
	if fast == nil {
		return false
	}
	if right, err := slow(line); err != nil || !reflect.DeepEqual(fast, right) {
		t.Errorf("%q is read as %+v and is %+v, %v", line, fast, right, err)
	}
	return true
}

// Lines of all times are read the quick way, but for one with a key that nobody knows yet.
func TestUsualLinesAreReadQuickly(t *testing.T) {
	raw, err := os.ReadFile("../testdata/lines.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Story, Line string }
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, one := range cases {
		if !alike(t, []byte(one.Line)) && one.Story != "keys of times to come" {
			t.Errorf("%s is not read quickly: %s", one.Story, one.Line)
		}
	}
}

func TestStrangeLinesAreReadSlowly(t *testing.T) {
	for _, line := range []string{
		``, `{`, `{"n"`, `{"n":1`, `{"n":1} `, `{"n":01}`, `{"n":-0}`, `{"n":+1}`, `{"n":1.0}`, `{"n":1e3}`, `{"n":}`, `{"n":"1"}`, `{"n":null}`, `{"n":12345678901234567}`,
		`{"n":1,"n":2}`, `{"N":1}`, `{"n":1,}`, `{,"n":1}`, `{"m":1}`, `{ "n":1}`, `{"n":1}{"n":1}`, `{"epoch":"a\u0062"}`, "{\"epoch\":\"a\x01\"}", "{\"epoch\":\"\xff\"}", `{"epoch":1}`,
		`{"fields":{"a":1,"a":2}}`, `{"fields":{"a":1.5}}`, `{"fields":{"a":01}}`, `{"fields":{"a":[1}}}`, `{"fields":{"a": 1}}`, `{"fields":{"a":1]}`, `{"fields":{"a":"x""y"}}`, `{"fields":[]}`, `{"fields":null}`,
		`{"fields":{"a":}}`, `{"after":1}`, `{"after":{"n":"x"}}`, `{"resolve":"a"}`, `{"reason":{"text":1}}`,
	} {
		if quick([]byte(line)) != nil {
			t.Errorf("%q is read quickly", line)
		}
	}
	for _, line := range []string{
		`{}`, `{"n":0,"at":-5}`, `{"fields":{}}`, `{"fields":{"a":null,"b":"","c":[],"d":{}}}`, `{"fields":{"a":[{"b":"}\""}],"c":-3,"d":"x\"y","e":true}}`,
		`{"after":null,"resolve":[],"reason":{"text":"\u6587","fields":["a"]}}`, `{"after":{"epoch":"a","n":3,"lost":2}}`,
	} {
		if !alike(t, []byte(line)) {
			t.Errorf("%q is not read quickly", line)
		}
	}
}

// However a line is written, quick and slow never read different things.
func FuzzQuick(f *testing.F) {
	for _, s := range []string{`{"n":1,"fields":{"a":null,"b":[{}],"c":"文"},"reason":{"text":"x"}}`, `{"epoch":"x","after":{"n":1}}`, `{"fields":{"a":"\""},"resolve":["a"]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) { alike(t, line) })
}
