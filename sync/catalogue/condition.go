package catalogue

import "slices"

// Values is an entry's content as far as a condition looks at it.
type Values interface {
	// Strings gives the choice or choices of a one-of or many-of field, none where it is empty.
	Strings(key string) []string
	// Filled says whether the content has the key.
	Filled(key string) bool
}

// Condition is tests of which all, or any, must hold. Its twin runs on the phones:
// sync/testdata/conditions.json holds both to the same answers.
type Condition struct {
	All []*Test `json:"all"`
	Any []*Test `json:"any"`
}

// Test looks at one field. One of In, NotIn and Filled is set.
type Test struct {
	Field  string   `json:"field"`
	In     []string `json:"in"`
	NotIn  []string `json:"not_in"`
	Filled *bool    `json:"filled"`
}

// Match says whether the content meets the condition. No condition is met by everything, so that
// a field without `visible` is shown and a source without `where` counts every entry.
func (c *Condition) Match(v Values) bool {
	if c == nil {
		return true
	}
	if c.Any != nil {
		return slices.ContainsFunc(c.Any, func(t *Test) bool { return t.match(v) })
	}
	return !slices.ContainsFunc(c.All, func(t *Test) bool { return !t.match(v) })
}

func (t *Test) match(v Values) bool {
	if t.Filled != nil {
		return v.Filled(t.Field) == *t.Filled
	}
	has := func(choices []string) bool {
		return slices.ContainsFunc(v.Strings(t.Field), func(s string) bool { return slices.Contains(choices, s) })
	}
	if t.NotIn != nil {
		return !has(t.NotIn)
	}
	return has(t.In)
}
