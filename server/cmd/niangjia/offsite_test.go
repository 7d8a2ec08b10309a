package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// S21: a copy counts when its hash comes back; the running server's receipts say so at once, a restarted one's too, and a
// restored one's what the copy knew.
func TestWhatIsSafelyCopied(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	data, out := t.TempDir(), t.TempDir()
	want(t, 0, data, "demo", "--entries", "40", "--seed", "3", "--until", "2026-11-22")
	s := serveData(t, data)
	v := newVolunteer(t, s)
	durable := func(n, households int) {
		t.Helper()
		if err := v.record(s, households); err != nil {
			t.Fatal(err)
		}
		if got := v.Durable(); got != int64(n) {
			t.Errorf("durable %d, want %d", got, n)
		}
	}
	copied := func(name string, more ...string) (file, hash string) {
		t.Helper()
		file = filepath.Join(out, name)
		backUp(t, data, file, more...)
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		return file, hex.EncodeToString(sum[:])
	}
	durable(0, 5)
	_, first := copied("first")
	durable(0, 2) // made is not yet off site
	want(t, 0, data, "backup", "confirm", strings.ToUpper(first))
	durable(5, 2)
	_, quick := copied("quick", "--quick")
	if text := want(t, 1, data, "backup", "confirm", quick); !strings.Contains(text, "--quick") {
		t.Error(text)
	}
	if text := want(t, 1, data, "backup", "confirm", strings.Repeat("ab", 32)); !strings.Contains(text, "no backup of this hash") {
		t.Error(text)
	}
	for _, bad := range []string{"ab", strings.Repeat("xy", 32)} {
		want(t, 1, data, "backup", "confirm", bad)
	}
	durable(5, 0)
	file, second := copied("second")
	want(t, 0, data, "backup", "confirm", second, "--lies", "cellar")
	want(t, 0, data, "backup", "confirm", first) // an older one again takes nothing back
	durable(9, 0)

	s.stop(t, syscall.SIGTERM)
	s = serveData(t, data)
	v.login(t, s)
	durable(9, 3)
	s.stop(t, syscall.SIGTERM)

	// The copy was made before it was confirmed: it knows of the first one. Its own hash is known to nobody any more.
	want(t, 0, data, "restore", file, "--replace")
	s = serveData(t, data)
	v.login(t, s)
	durable(5, 0)
	if text := want(t, 1, data, "backup", "confirm", second); !strings.Contains(text, "a restore has undone") {
		t.Error(text)
	}
	_, third := copied("third")
	want(t, 0, data, "backup", "confirm", third)
	durable(12, 0)
	s.stop(t, syscall.SIGTERM)
}
