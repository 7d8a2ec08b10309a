package app

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which packages of this module, and whether any from outside the standard library, a package may import.
// A name ending in /* stands for what lies below it. Tests may import more: that of what they test.
var mayImport = []struct {
	who     string
	own     []string
	outside bool
}{
	// The core does no I/O and depends on nobody: a simulation runs it whole in memory.
	{"sync/engine", []string{"sync/*"}, false},
	{"sync/simtest", []string{"sync/*"}, false},
	{"sync/memory", []string{"sync/*"}, false},
	{"sync/simulation", []string{"sync/*"}, false},
	{"sync/phone", []string{"sync/*", "!sync/engine"}, false},
	// What reads CEL is the one library of the core: docs/decisions/0032.
	{"sync/expression", nil, true},
	{"sync/*", []string{"sync/*", "!sync/engine", "!sync/simtest", "!sync/simulation", "!sync/phone"}, false},
	{"migrations", nil, false},
	// A store keeps what the core and the accounts hand it, through interfaces that they define.
	{"server/store/*", []string{"sync/*", "migrations", "server/auth", "server/attachment", "server/campaign", "server/notice", "server/push", "server/report"}, true},
	// api knows no store.
	{"api", []string{"sync/*", "server/sheet", "server/auth", "server/registers", "server/publishing", "server/snapshots", "server/campaign", "server/notice", "server/push", "server/report", "server/reportfile", "server/attachment", "server/audit", "server/geomap"}, true},
	{"server/app", []string{"api", "migrations", "server/*", "sync/*"}, true},
	// The benchmark measures the whole program, the store by itself too.
	{"server/cmd/bench", []string{"server/*", "sync/*"}, true},
	{"server/cmd/*", []string{"server/*", "sync/*", "!server/store/*"}, true},
	// Reading and writing office files is a tool of the services and knows nothing of them.
	{"server/office", nil, false},
	{"server/sheet", []string{"server/office"}, true},
	// Services: none imports another, nor api, nor a store.
	{"server/*", []string{"sync/*", "server/office", "server/sheet"}, true},
}

type goPackage struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

func TestWhoMayImportWhom(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go list")
	}
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		checkImports(t, strings.TrimPrefix(p.ImportPath, "niangjia/"), p.Imports)
	}
	if seen < 10 {
		t.Fatalf("only %d packages were looked at", seen)
	}
}

func checkImports(t *testing.T, who string, imports []string) {
	t.Helper()
	for _, rule := range mayImport {
		if !matches(rule.who, who) {
			continue
		}
		for _, path := range imports {
			own, isOwn := strings.CutPrefix(path, "niangjia/")
			first, _, _ := strings.Cut(path, "/")
			switch {
			case isOwn && !allowed(rule.own, own):
				t.Errorf("%s must not import %s", who, own)
			case !isOwn && strings.Contains(first, ".") && !rule.outside:
				t.Errorf("%s imports the standard library and the core only, not %s", who, path)
			}
		}
		return
	}
	t.Errorf("%s has no row in the table of imports", who)
}

func allowed(list []string, path string) bool {
	if slices.ContainsFunc(list, func(p string) bool { not, is := strings.CutPrefix(p, "!"); return is && matches(not, path) }) {
		return false
	}
	return slices.ContainsFunc(list, func(p string) bool { return matches(p, path) })
}

func matches(pattern, path string) bool {
	if below, is := strings.CutSuffix(pattern, "/*"); is {
		return strings.HasPrefix(path, below+"/")
	}
	return pattern == path
}
