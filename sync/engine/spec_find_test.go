package engine_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// titled is a test, a part of one, or a scenario: what it is called, and the comment that stands right above it.
type titled struct{ name, above string }

// testsByRule lists the tests of the program that name a rule, each as `file` and name.
func testsByRule(t *testing.T, top string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, root := range []string{"sync", "server", "api", "pwa/src", "pwa/e2e"} {
		err := filepath.WalkDir(filepath.Join(top, root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			at := filepath.ToSlash(strings.TrimPrefix(path, top+string(filepath.Separator)))
			read := titlesOf(t, at)
			if read == nil {
				return nil
			}
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, one := range read(string(raw)) {
				for _, rule := range rulesIn(one.above + "\n" + one.name) {
					out[rule] = append(out[rule], "`"+at+"` "+strings.ReplaceAll(one.name, "|", `\|`))
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// titlesOf is how the tests of a file are found, nil where it has none.
func titlesOf(t *testing.T, path string) func(source string) []titled {
	switch {
	case strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, ".go") && (strings.HasPrefix(path, "sync/simtest/") || strings.HasPrefix(path, "server/store/storetest/")):
		return func(source string) []titled { return goTitles(t, path, source) }
	case strings.HasSuffix(path, ".test.ts"):
		return tsTitles
	case strings.HasPrefix(path, "sync/testdata/") && strings.HasSuffix(path, ".json"):
		return caseTitles
	}
	return nil
}

// rulesIn lists the rules that a text names, those between two as well (M1 to M10).
func rulesIn(text string) (out []string) {
	seen := map[string]bool{}
	add := func(rule string) {
		if !seen[rule] {
			seen[rule] = true
			out = append(out, rule)
		}
	}
	for _, m := range regexp.MustCompile(`\b([WSMRDTPFNQ])(\d+)\b(?: to ([WSMRDTPFNQ])(\d+)\b)?`).FindAllStringSubmatch(text, -1) {
		first, _ := strconv.Atoi(m[2])
		last := first
		if m[3] == m[1] {
			last, _ = strconv.Atoi(m[4])
		}
		for n := first; n <= last; n++ {
			add(m[1] + strconv.Itoa(n))
		}
	}
	return out
}

// goTitles finds functions Test… and Fuzz…, the parts that a test runs by name, and scenarios.
func goTitles(t *testing.T, path, source string) (out []titled) {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	line := func(p token.Pos) int { return files.Position(p).Line }
	above := map[int]string{} // by the line that follows a comment
	for _, c := range file.Comments {
		above[line(c.End())+1] = c.Text()
	}
	text := func(e ast.Expr) (string, bool) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(lit.Value)
		return s, err == nil
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if strings.HasPrefix(n.Name.Name, "Test") || strings.HasPrefix(n.Name.Name, "Fuzz") {
				out = append(out, titled{n.Name.Name, n.Doc.Text()})
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Run" && len(n.Args) == 2 {
				if name, ok := text(n.Args[0]); ok {
					out = append(out, titled{name, ""})
				}
			}
		case *ast.CompositeLit:
			if list, ok := n.Type.(*ast.ArrayType); ok {
				if of, ok := list.Elt.(*ast.Ident); ok && of.Name == "Scenario" {
					for _, e := range n.Elts {
						if one, ok := e.(*ast.CompositeLit); ok && len(one.Elts) == 2 {
							if name, ok := text(one.Elts[0]); ok {
								out = append(out, titled{name, above[line(one.Pos())]})
							}
						}
					}
				}
			}
		}
		return true
	})
	return out
}

var tsTest = regexp.MustCompile(`(?m)^[ \t]*(?:describe|it|test|story)(?:\.\w+)*(?:\(\w+\))?\(\s*(?:'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|` + "`([^`]*)`)")

// tsTitles finds what is handed to describe, it, test and story.
func tsTitles(source string) (out []titled) {
	for _, m := range tsTest.FindAllStringSubmatchIndex(source, -1) {
		var one titled
		for i := 2; i < len(m); i += 2 {
			if m[i] >= 0 {
				one.name = source[m[i]:m[i+1]]
			}
		}
		before := strings.Split(source[:m[0]], "\n")
		for i := len(before) - 2; i >= 0; i-- {
			text := strings.TrimSpace(before[i])
			if !strings.HasPrefix(text, "//") && !strings.HasPrefix(text, "/*") && !strings.HasPrefix(text, "*") {
				break
			}
			one.above += text + "\n"
		}
		out = append(out, one)
	}
	return out
}

// caseTitles finds the names of cases that Go and TypeScript both run, each a test by its name.
func caseTitles(source string) (out []titled) {
	var cases []struct{ Name string }
	if json.Unmarshal([]byte(source), &cases) == nil {
		for _, c := range cases {
			out = append(out, titled{c.Name, ""})
		}
	}
	return out
}
