package catalogue

import (
	"fmt"
	"reflect"
	"strings"
)

// A catalogue of a ledger that was begun before conditions were CEL has them as lists of tests. They are read
// for ever, as expressions: the figures of those days are recounted by them.

type tests struct {
	All []*test `json:"all"`
	Any []*test `json:"any"`
}

type test struct {
	Field  string   `json:"field"`
	In     []string `json:"in"`
	NotIn  []string `json:"not_in"`
	Filled *bool    `json:"filled"`
}

// fillCondition takes an expression, and from the ledger a list of tests.
func (f *filler) fillCondition(n *node, c *Condition, path string) {
	if n.kind == "an object" && f.ledger {
		var old tests
		f.fillStruct(n, reflect.ValueOf(&old).Elem(), path)
		c.Source = old.expression()
		return
	}
	if source, ok := n.value.(string); ok {
		c.Source = source
		return
	}
	f.wrong(path, n, "an expression in CEL, as a text")
}

func (t *tests) expression() string {
	list, joint := t.All, " && "
	if t.Any != nil {
		list, joint = t.Any, " || "
	}
	var parts []string
	for _, one := range list {
		parts = append(parts, one.expression())
	}
	return strings.Join(parts, joint)
}

// expression needs no type of the field: entry.FIELD is there only where it is filled, and a list has members where a
// choice is a text.
func (t *test) expression() string {
	filled := fmt.Sprintf("has(entry.%s)", t.Field)
	if t.Filled != nil {
		if *t.Filled {
			return filled
		}
		return "!" + filled
	}
	chosen := fmt.Sprintf("(%s && (type(entry.%[2]s) == list ? %[3]s.exists(x, entry.%[2]s.exists(y, y == x)) : entry.%[2]s in %[3]s))",
		filled, t.Field, quoted(append(t.In, t.NotIn...)))
	if t.NotIn != nil {
		return "!" + chosen
	}
	return chosen
}

func quoted(choices []string) string {
	return "['" + strings.Join(choices, "', '") + "']"
}
