package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// do runs a command line in a data folder.
func do(t *testing.T, data string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append(args, "--data", data), &o, &e)
	return code, o.String(), e.String()
}

func want(t *testing.T, code int, data string, args ...string) string {
	t.Helper()
	got, out, errs := do(t, data, args...)
	if got != code {
		t.Fatalf("niangjia %s ended with %d: %s%s", strings.Join(args, " "), got, out, errs)
	}
	return out + errs
}

func TestACityFromTheCommandLine(t *testing.T) {
	data := t.TempDir()
	if out := want(t, 0, data, "divisions", "import", "../../demo/lincang-5309.csv"); !strings.Contains(out, "1049 added") {
		t.Error(out)
	}
	if out := want(t, 0, data, "divisions", "import", "../../demo/lincang-5309.csv"); !strings.Contains(out, "0 added, 0 changed") {
		t.Error(out)
	}
	add := []string{"accounts", "add", "cun", "--name", "合成", "--seat"}
	if out := want(t, 1, data, append(add, "volunteer@999999999999")...); !strings.Contains(out, "import the divisions") {
		t.Error(out)
	}
	want(t, 1, data, append(add, "queen@530923101201")...)
	var added struct{ ID, Login, Password string }
	if err := json.Unmarshal([]byte(want(t, 0, data, append(add, "volunteer@530923101201", "--json")...)), &added); err != nil {
		t.Fatal(err)
	}
	if len(added.ID) != 32 || added.Login != "cun" || len(added.Password) < 10 {
		t.Errorf("%+v", added)
	}
	if out := want(t, 1, data, append(add, "volunteer@530923101201")...); !strings.Contains(out, "exists") {
		t.Error(out)
	}
	want(t, 0, data, "accounts", "seats", "cun", "--seat", "volunteer@530923101202", "--seat", "reviewer@530923101000")
	want(t, 0, data, "accounts", "close", "cun")
	if out := want(t, 0, data, "accounts", "list"); !strings.Contains(out, "reviewer@530923101000 volunteer@530923101202") && !strings.Contains(out, "volunteer@530923101202 reviewer@530923101000") || !strings.Contains(out, "(closed)") {
		t.Error(out)
	}
	want(t, 0, data, "accounts", "reset", "cun")
	want(t, 1, data, "accounts", "reset", "nobody")
	if out := want(t, 0, data, "verify"); !strings.Contains(out, "0 differences") {
		t.Error(out)
	}
}

func TestADemoCityThatVerifies(t *testing.T) {
	data := t.TempDir()
	want(t, 0, data, "demo", "--entries", "60", "--seed", "7", "--until", "2026-11-22")
	want(t, 1, data, "demo", "--entries", "60") // never over data that are there
	if out := want(t, 0, data, "verify", "--json"); !strings.Contains(out, `"differences":null`) && !strings.Contains(out, `"differences":[]`) {
		t.Error(out)
	}
}

func TestFormsFromFiles(t *testing.T) {
	data := t.TempDir()
	file := filepath.Join(data, "all.json")
	want(t, 0, data, "forms", "check")
	want(t, 0, data, "forms", "export", file)
	raw, err := os.ReadFile(file)
	if err != nil || !json.Valid(raw) {
		t.Errorf("no JSON was written: %v", err)
	}
	// A wrong definition is told with its file and line, and nothing starts with it.
	wrong := t.TempDir()
	if err := os.CopyFS(wrong, os.DirFS("../../catalogue")); err != nil {
		t.Fatal(err)
	}
	form := filepath.Join(wrong, "forms", "home_visit.json")
	text, err := os.ReadFile(form)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(form, []byte(strings.Replace(string(text), `"type": "many"`, `"type": "several"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, verb := range [][]string{{"forms", "check"}, {"serve", "--listen", "127.0.0.1:0"}} {
		if out := want(t, 1, data, append(verb, "--catalogue", wrong)...); !strings.Contains(out, "forms/home_visit.json:") {
			t.Error(out)
		}
	}
}

func TestCommandLinesThatMakeNoSense(t *testing.T) {
	want(t, 2, t.TempDir(), "fly")
	want(t, 2, t.TempDir())
	want(t, 1, t.TempDir(), "verify") // no data there
}
