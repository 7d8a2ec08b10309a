package expression

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A condition that is evaluated without the library gives what the library gives, on whatever values.
func TestDirect(t *testing.T) {
	scope := NewScope(map[string]Type{
		"met": Text, "kind": Text, "signs": Texts, "groups": Texts, "count": Whole, "gain": Whole, "agreed": YesNo, "reached": YesNo, "share": Number,
	})
	rng := rand.New(rand.NewPCG(1, 2))
	one := func(of ...string) string { return of[rng.IntN(len(of))] }
	words := []string{"''", "'a'", "'b'", "'2026-03-02'", "'多'"}
	var condition func(depth int) string
	condition = func(depth int) string {
		if depth > 0 {
			switch rng.IntN(4) {
			case 0:
				return "!(" + condition(depth-1) + ")"
			case 1:
				return condition(depth-1) + " || " + condition(depth-1)
			case 2:
				return "(" + condition(depth-1) + ") && (" + condition(depth-1) + ")"
			}
		}
		than := one("==", "!=", "<", "<=", ">", ">=")
		switch rng.IntN(8) {
		case 0:
			return one("agreed", "reached", "true", "false")
		case 1:
			return fmt.Sprint(one("met", "kind", one(words...)), " in [", strings.Join(words[rng.IntN(len(words)):], ", "), "]")
		case 2:
			return one("met", one(words...)) + " in " + one("signs", "groups")
		case 3:
			return one("count", "gain", "3", "-1", "size(signs)") + than + one("count", "0", "1", "2", "size(groups)")
		}
		return one("met", "kind", one(words...)) + than + one("met", "kind", one(words...))
	}
	directly := 0
	for range 3000 {
		source := condition(3)
		e := scope.New(source, YesNo)
		if err := e.Check(); err != nil {
			t.Fatal(source, err)
		}
		if e.straight() != nil {
			directly++
		}
		text := func() string { return strings.Trim(one(words...), "'") }
		texts := func() []string { return []string{text(), text(), text()}[:rng.IntN(4)] }
		for range 5 {
			values := map[string]any{"met": text(), "kind": text(), "signs": texts(), "groups": texts(),
				"count": rng.Int64N(4), "gain": rng.Int64N(4) - 2, "agreed": rng.IntN(2) == 0, "reached": rng.IntN(2) == 0}
			of := Variables(func(name string) any { return values[name] })
			if is := e.Value(of); e.Holds(of) != (is == true) || e.Denied(of) != (is == false) {
				t.Fatalf("%s of %v is %v", source, values, is)
			}
		}
	}
	if directly < 2900 {
		t.Error(directly, "of them were evaluated directly")
	}
	for _, source := range []string{"share > 0.5", "met.startsWith('a')", "met == 'a' && size(met) > 1", "has(entry.met)", "signs.exists(x, x == 'a')", "agreed == true", "1 == 1u"} {
		if scope.New(source, YesNo).straight() != nil {
			t.Error(source, "is no matter of comparing alone")
		}
	}
}

// A value that is not of its variable's type is the library's to judge.
func TestDirectIsLeftWhereAValueIsUnfit(t *testing.T) {
	e := NewScope(map[string]Type{"met": Text}).New("met == 'a' || true", YesNo)
	for _, value := range []any{nil, int64(1), "a", "b"} {
		of := Variables(func(string) any { return value })
		if is := e.Value(of); e.Holds(of) != (is == true) || e.Denied(of) != (is == false) {
			t.Errorf("of %v it is %v", value, is)
		}
	}
}
