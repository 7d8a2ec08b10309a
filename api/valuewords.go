package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// What an entry says, in the words of a file: the same that the app's lists say (pwa/src/forms/show.ts).

// naming gives the name of a household or a person by its id, "" where the reader is not told it.
type naming func(id string) string

// value is a field's value in words.
func (w listWords) value(f *catalogue.Field, v record.Value, name naming) string {
	if v == "" {
		return ""
	}
	number := func(s string) string { return strings.TrimSpace(s + " " + w.measureOf(f)) }
	n, whole := v.Int64()
	switch f.ValueType() {
	case catalogue.TypeOne, catalogue.TypeMany:
		var words []string
		for _, key := range v.Strings() {
			if choice := f.Choice(key); choice != nil {
				key = w.pick(choice.Label)
			}
			words = append(words, key)
		}
		return strings.Join(words, w.listed)
	case catalogue.TypeDate:
		return w.day(v.String())
	case catalogue.TypeMonth:
		if m, err := time.Parse("2006-01", v.String()); err == nil {
			return fmt.Sprintf(w.monthOf, m.Year(), int(m.Month()))
		}
		return v.String()
	case catalogue.TypeMoney:
		if whole {
			return w.yuan(n)
		}
	case catalogue.TypeDecimal:
		if whole {
			return number(decimals(n, f.Scale))
		}
	case catalogue.TypeInteger:
		if whole {
			return number(strconv.FormatInt(n, 10))
		}
	case catalogue.TypeYesNo:
		if yes, _ := v.Bool(); yes {
			return w.in("是", "Yes")
		}
		return w.in("否", "No")
	case catalogue.TypeUnit:
		return w.place(v.String())
	case catalogue.TypeHousehold, catalogue.TypePerson, catalogue.TypeEntry:
		return name(v.String())
	case catalogue.TypePeople:
		return w.people(v, name)
	case catalogue.TypeItems:
		return w.items(v)
	case catalogue.TypePlace:
		return w.in("已定位", "Located")
	case catalogue.TypePhoto, catalogue.TypeSignature, catalogue.TypeVoice:
		return w.inf("%d 个附件", "%d attached", len(v.Strings()))
	}
	return v.String()
}

// yuan is an amount in fen, without decimals that say nothing.
func (w listWords) yuan(fen int64) string {
	return strings.TrimSuffix(hundredths(fen, 100), ".00") + " " + w.in("元", "yuan")
}

func (w listWords) measureOf(f *catalogue.Field) string {
	if f.Unit == nil {
		return ""
	}
	return w.pick(*f.Unit)
}

func (w listWords) people(v record.Value, name naming) string {
	p, ok := v.People()
	if !ok {
		return ""
	}
	var names []string
	for _, id := range p.Persons {
		if one := name(id); one != "" {
			names = append(names, one)
		}
	}
	named := strings.Join(names, w.listed)
	if named != "" && p.Unnamed == 0 {
		return named
	}
	count := w.inf("共 %d 人", "%d in all", int64(len(p.Persons))+p.Unnamed)
	if named == "" {
		return count
	}
	return named + w.in("，", ", ") + count
}

func (w listWords) items(v record.Value) string {
	items, _ := v.Items()
	var words []string
	for _, one := range items {
		text := fmt.Sprintf("%s ×%d", one.Name, max(one.Quantity, 1))
		if one.Value > 0 {
			text += "（" + w.yuan(one.Value) + "）"
		}
		words = append(words, text)
	}
	return strings.Join(words, w.listed)
}

// says is whom an entry is about, and what its form's summary says besides.
func (w listWords) says(form *catalogue.Form, c record.Content, name naming) (who, what string) {
	if form == nil {
		return "", ""
	}
	for _, typ := range []string{catalogue.TypeHousehold, catalogue.TypePeople, catalogue.TypePerson} {
		for _, f := range form.Fields {
			if who == "" && f.Type == typ {
				who = w.value(f, c[f.Key], name)
			}
		}
	}
	var words []string
	for _, key := range form.Summary {
		f := form.Field(key)
		// Where names are withheld, what is computed of them would be of half the answers.
		if f == nil || f.Type == catalogue.TypeComputed && (f.Personal || f.Sensitive) {
			continue
		}
		if text := w.value(f, c[key], name); text != "" && text != who {
			words = append(words, text)
		}
	}
	return who, strings.Join(words, " · ")
}
