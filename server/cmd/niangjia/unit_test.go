package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// systemd itself reads the unit of docs/: no word that it does not know, and nothing left open that a server can do without.
func TestTheUnitIsWhatSystemdTakes(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("no systemd-analyze here")
	}
	raw, err := os.ReadFile("../../../docs/niangjia.service")
	if err != nil {
		t.Fatal(err)
	}
	const program = "/usr/local/bin/niangjia"
	if !strings.Contains(string(raw), "ExecStart="+program+" serve\n") {
		t.Fatalf("the unit does not start %s serve", program)
	}
	analyze := func(text string, args ...string) (string, error) {
		unit := filepath.Join(t.TempDir(), "niangjia.service")
		// systemd wants a program that is there: this one is.
		if err := os.WriteFile(unit, []byte(strings.ReplaceAll(text, program, os.Args[0])), 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, "systemd-analyze", append(args, unit)...).CombinedOutput()
		return string(out), err
	}
	// A word that it does not know is only told, and passed over.
	if out, err := analyze(string(raw), "verify"); err != nil || strings.TrimSpace(out) != "" {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if out, err := analyze(strings.Replace(string(raw), "ProtectHome=", "ProtectHouse=", 1), "verify"); err == nil && strings.TrimSpace(out) == "" {
		t.Error("verify takes any word")
	}
	// The exposure from 0 to 100; a service that says nothing has 96.
	const most = "--threshold=20"
	if out, err := analyze(string(raw), "security", "--offline=true", "--no-pager", most); err != nil {
		t.Errorf("security: %v\n%s", err, out)
	}
	if _, err := analyze("[Service]\nExecStart="+program+" serve\n", "security", "--offline=true", "--no-pager", most); err == nil {
		t.Error("security takes any unit")
	}
}
