package engine_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every rule of SPEC.md is named by a test, a scenario or a case file.
func TestEveryRuleIsNamed(t *testing.T) {
	spec, err := os.ReadFile("../SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	var named strings.Builder
	for _, root := range []string{"..", "../../server", "../../api", "../../pwa/src", "../../pwa/e2e"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".test.ts") || strings.Contains(path, "/simtest/") ||
				strings.Contains(path, "sync/testdata") || strings.Contains(path, "e2e/cases") || strings.HasPrefix(path, "../testdata") {
				raw, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				named.Write(raw)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	text := named.String()
	for _, m := range regexp.MustCompile(`\*\*([WSMRDTPF]\d+)\b`).FindAllStringSubmatch(string(spec), -1) {
		if !regexp.MustCompile(`\b` + m[1] + `\b`).MatchString(text) {
			t.Errorf("no test names rule %s", m[1])
		}
	}
}
