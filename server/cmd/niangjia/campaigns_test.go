package main

import (
	"strings"
	"testing"
)

func TestCampaignsAreListed(t *testing.T) {
	data := t.TempDir()
	if out := want(t, 0, data, "demo", "--entries", "40", "--until", "2026-11-22"); !strings.Contains(out, "demo city made") {
		t.Fatal(out)
	}
	out := want(t, 0, data, "campaigns")
	for _, part := range []string{"3 campaigns", "2026-11-01 to 2026-12-31", "of 955 units finished", "2026-01-01 to 2026-12-31", "of 8 units finished"} {
		if !strings.Contains(out, part) {
			t.Errorf("%q is not said:\n%s", part, out)
		}
	}
	want(t, 0, data, "verify")
}
