package catalogue

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%(\[\d\])?[a-z]`)

// Whoever publishes in the app reads Chinese: a sentence without its Chinese one would be found by her.
func TestEveryReasonIsToldInChinese(t *testing.T) {
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	// Which argument of these is the sentence.
	sentence := map[string]int{"problem": 1, "none": 0, "unread": 0}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name, place := "", 0
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				if name = f.Name; name == "problem" { // with its file and line before
					place = 2
				}
			}
			i, known := sentence[name]
			if !known || len(call.Args) <= i+place {
				return true
			}
			if text, ok := call.Args[i+place].(*ast.BasicLit); ok {
				s, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				used[s] = true
			}
			return true
		})
	}
	if len(used) < 100 {
		t.Fatalf("only %d sentences were found", len(used))
	}
	for s := range used {
		zh, told := chinese[s]
		if !told {
			t.Errorf("no Chinese for %q", s)
			continue
		}
		if a, b := verb.FindAllString(s, -1), verb.FindAllString(zh, -1); len(a) > len(b) && !strings.Contains(zh, "[") {
			t.Errorf("%q does not say all of %q", zh, s)
		}
	}
	for s := range chinese {
		if !used[s] {
			t.Errorf("nobody says %q", s)
		}
	}
	if said := inChinese("%q must be %s, not %s", []any{"fields", "a list", "a text"}); said != `"fields" 应该是一个列表，不是文字` {
		t.Error(said)
	}
	if said := problem("", 3, "p", "field %q is required: it cannot be hidden", Text{"走访对象", "Visited"}); said.ZH != "“走访对象”是必填的，不能隐藏" || said.Reason != `field "Visited" is required: it cannot be hidden` || said.Line != 0 {
		t.Error(said)
	}
}
