package record_test

import (
	"strings"
	"testing"
	"time"

	"niangjia/sync/record"
)

// A canonical value is its own canonical form (W1), whatever came; and with white space before it, which no short way
// takes, it is the same.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`null`, `"a"`, `[1,null]`, `{"b":{"a":[]},"a":-0}`, `1e3`, `9007199254740993`, `"\\ud800"`, "\"\xff\"", `[[[["x"]]]]`,
		`["a","村"]`, `["",""]`, `["a",1,"b"]`, `["a""b"]`, "[\"\xff\"]", `["\\u0061"]`, `"\\u0061"`, "\"\x01\"", `12`, `012`, `true`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		v, err := record.Canonical(raw)
		if long, bad := record.Canonical(append([]byte{' '}, raw...)); long != v || (err == nil) != (bad == nil) {
			t.Errorf("%q became %q, %v, and the long way %q, %v", raw, v, err, long, bad)
		}
		if err != nil || v == "" {
			return
		}
		again, err := record.Canonical([]byte(v))
		if err != nil || again != v {
			t.Errorf("%q became %q and then %q: %v", raw, v, again, err)
		}
	})
}

// A line of 64 KiB must not cost the square of its depth.
func TestDeepValuesAreRefused(t *testing.T) {
	const deep = 9_000
	began := time.Now()
	_, err := record.Canonical([]byte(strings.Repeat(`{"a":`, deep) + "1" + strings.Repeat("}", deep)))
	if e, ok := err.(*record.Error); !ok || e.Code != record.WrongType {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %s", took)
	}
}
