package expression_test

import (
	"fmt"
	"testing"

	"niangjia/sync/expression"
)

// No text makes the reader of expressions fall over. One that passes the check costs no more than it may and
// can be evaluated, on full and on empty values, and gives the same each time.
func FuzzExpression(f *testing.F) {
	vars := map[string]expression.Type{
		"met": expression.Text, "signs": expression.Texts, "count": expression.Whole, "agreed": expression.YesNo,
		"who": expression.People, "goods": expression.Items, "share": expression.Number, "place": expression.Point,
	}
	for _, s := range []string{
		"", "met == 'yes'", "'violence' in signs", "count / 0 > 1", "has(entry.met) && !agreed", "signs.exists(x, x in ['a', 'b'])",
		"size(who.persons) + who.unnamed", "goods.map(g, g.quantity).size() > 0", "place.lat > 24.0", "met.matches('^(a+)+$')",
		"signs.all(a, signs.all(b, a == b))", "((((((1))))))", "met ? 1 : 'x'", "timestamp(met) > timestamp('2026-11-22T00:00:00Z')",
		"share * 100.0 >= 99.5 || count > 9223372036854775807", "[1, 2, 3].map(x, x * count)", "\"\\u4e00\" + met", "{'a': 1}.a == 1",
	} {
		f.Add(s)
	}
	full := map[string]any{
		"met": "yes", "signs": []string{"violence", "quarrel"}, "count": int64(3), "agreed": true,
		"who":   map[string]any{"persons": []string{"0a"}, "unnamed": int64(2)},
		"goods": []map[string]any{{"name": "米", "quantity": int64(2), "value": int64(100)}}, "share": 0.5,
		"place": map[string]any{"lat": 24.5, "lon": 99.5, "accuracy": int64(10)},
	}
	full[expression.Entry] = map[string]any{"met": "yes", "count": int64(3)}
	empty := map[string]any{
		"met": "", "signs": []string{}, "count": int64(0), "agreed": false, "who": map[string]any{"persons": []string{}, "unnamed": int64(0)},
		"goods": []map[string]any{}, "share": 0.0, "place": map[string]any{}, expression.Entry: map[string]any{},
	}
	scope := expression.NewScope(vars)
	f.Fuzz(func(t *testing.T, source string) {
		e := scope.New(source, expression.YesNo, expression.Text, expression.Whole, expression.Number)
		_ = e.Names()
		cost, err := e.Cost()
		if err != nil {
			return
		}
		if cost > expression.MaxCost {
			t.Fatalf("%q may cost %d", source, cost)
		}
		for _, values := range []map[string]any{full, empty} {
			of := expression.Variables(func(name string) any { return values[name] })
			if a, b := fmt.Sprint(e.Value(of)), fmt.Sprint(e.Value(of)); a != b { // as texts: NaN is not itself
				t.Fatalf("%q gives %v and %v", source, a, b)
			}
			if is := e.Value(of); e.Holds(of) != (is == true) || e.Denied(of) != (is == false) {
				t.Fatalf("%q is %v", source, is)
			}
		}
	})
}
