package change_test

import (
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/record"
)

// No line makes the decoder panic, and every refusal has a code.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{``, `{}`, `[]`, `{"n":1.5}`, `{"fields":{"a":null,"b":[{}]}}`, `{"Epoch":"x","epoch":"y"}`, `{"reason":{"text":1}}`, `{} {}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		_, err := change.Decode(line)
		if err == nil {
			return
		}
		if e, ok := err.(*record.Error); !ok || e.Code == "" {
			t.Errorf("%q: %v has no code", line, err)
		}
	})
}
