package catalogue_test

import (
	"testing"

	"niangjia/sync/catalogue"
)

// No catalogue makes the parser panic.
func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{``, `{}`, `{"forms":[{"id":"a","version":1,"fields":[]}]}`, `{"forms":{},"registers":[],"indicators":[{"id":"i","measure":"ratio"}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = catalogue.ParseJSON(raw) })
}
