package totals

import (
	"strings"
	"time"

	"niangjia/sync/catalogue"
)

// number is what a sum or a median takes from an entry; filled is false where the entry says nothing.
func (e entry) number(v *catalogue.ValueOf) (n int64, filled bool) {
	c := e.content
	switch {
	case v == nil:
		return 0, false
	case v.Field != "":
		return c[v.Field].Int64()
	case v.Size != "":
		return int64(len(c[v.Size].Strings())), c[v.Size] != ""
	case v.Heads != "":
		if c[v.Heads] == "" {
			return v.Else, v.Else != 0
		}
		p, _ := c[v.Heads].People()
		return int64(len(p.Persons)) + p.Unnamed, true
	case v.Unnamed != "":
		p, _ := c[v.Unnamed].People()
		return p.Unnamed, c[v.Unnamed] != ""
	case v.Items != "":
		items, _ := c[v.Items].Items()
		var sum int64
		for _, it := range items {
			sum += it.Value
		}
		return sum, c[v.Items] != ""
	case len(v.Days) == 2:
		return days(e.day(v.Days[0]), e.day(v.Days[1]))
	}
	return 0, false
}

// days are the days from one to another. Where one is empty, or the second lies before the first, there are none.
func days(from, to string) (int64, bool) {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil || b.Before(a) {
		return 0, false
	}
	return int64(b.Sub(a) / (24 * time.Hour)), true
}

// keys are what a distinct or a standing counts of an entry.
func (e entry) keys(key string) []string {
	switch key {
	case catalogue.KeyCase:
		return []string{e.Case}
	case catalogue.KeyOwnUnit:
		return []string{e.Unit}
	}
	v, field := e.content[key], e.form.Field(key)
	if field != nil && field.Type == catalogue.TypePeople {
		p, _ := v.People()
		return p.Persons
	}
	text := v.String()
	if field != nil && field.Type == catalogue.TypeText {
		if text = strings.TrimSpace(text); text != "" {
			text = textKey(text)
		}
	}
	if text == "" {
		return nil
	}
	return []string{text}
}
