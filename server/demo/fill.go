package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// home is a household of the register with its persons.
type home struct {
	id      string
	persons []string
	by      *worker // whose phone it was entered on
	n       int64   // last change there that is part of it
}

// filler fills one record's content from the catalogue and the weights.
type filler struct {
	dice
	weights *weights
	sheet   *catalogue.Form
	day     time.Time
	// home is the household it is about, chosen when first asked for; nil where the unit keeps none, unless one must be.
	home func(must bool) *home
}

// fill gives a whole content that keeps the form's checks; what is in given stays as it is.
func (f *filler) fill(given record.Content) record.Content {
	content := f.once(given)
	for range 50 {
		if len(f.sheet.Broken(content)) == 0 {
			break
		}
		content = f.once(given)
	}
	return content
}

func (f *filler) once(given record.Content) record.Content {
	content := record.Content{}
	for _, field := range f.sheet.Fields {
		if v := given[field.Key]; v != "" {
			content[field.Key] = v
			continue
		}
		if field.Shown(content) && f.wanted(field, content) {
			if v := f.value(field, content); v != "" {
				content[field.Key] = v
			}
		}
	}
	// What was shown when it was filled may not be any more, and one of several may still be needed.
	for _, field := range f.sheet.Fields {
		if !field.Shown(content) {
			delete(content, field.Key)
		}
	}
	for _, key := range f.sheet.Missing(content) {
		if v := f.value(f.sheet.Field(key), content); v != "" {
			content[key] = v
		}
	}
	return content
}

// rule is how a field is filled here and now.
func (f *filler) rule(field *catalogue.Field, content record.Content) rule {
	r := f.weights.Fields[f.sheet.ID][field.Key]
	for _, c := range r.Cases {
		if f.holds(c.When, content) {
			return c.over(r)
		}
	}
	return r
}

// holds tells whether a condition of the weights does.
func (f *filler) holds(when string, content record.Content) bool {
	return when == "" || f.weights.condition(f.sheet, when).Match(content)
}

// over gives a case the rest of its rule.
func (r rule) over(base rule) rule {
	if r.Max == 0 {
		r.Min, r.Max, r.Step = base.Min, base.Max, base.Step
	}
	if len(r.Choices.keys) == 0 {
		r.Choices = base.Choices
	}
	if len(r.Items) == 0 {
		r.Items = base.Items
	}
	return r
}

func (f *filler) wanted(field *catalogue.Field, content record.Content) bool {
	if !field.Stored() || field.Attached() || field.Hidden && !field.Required {
		return false // the people of a demo city take no pictures
	}
	if field.Required {
		return true
	}
	r := f.rule(field, content)
	about := field.Type == catalogue.TypeHousehold || field.Type == catalogue.TypePerson
	if !f.holds(r.When, content) || about && !r.Own && f.home(false) == nil {
		return false
	}
	share := 0.3
	if r.Fill != nil {
		share = *r.Fill
	}
	return f.chance(share)
}

// value is a value of the field's type, "" where there can be none.
func (f *filler) value(field *catalogue.Field, content record.Content) record.Value {
	r := f.rule(field, content)
	switch field.Type {
	case catalogue.TypeText, catalogue.TypeLongText, catalogue.TypePhone:
		return f.text(field, r)
	case catalogue.TypeInteger, catalogue.TypeMoney, catalogue.TypeDecimal:
		return f.number(field, r)
	case catalogue.TypeDate:
		return f.date(field, r)
	case catalogue.TypeOne:
		return record.Text(f.of(choices(field, r)))
	case catalogue.TypeMany:
		return f.many(field, r)
	case catalogue.TypeYesNo:
		share := 0.9
		if r.Yes != nil {
			share = *r.Yes
		}
		if f.chance(share) {
			return "true"
		}
		return "false"
	case catalogue.TypeHousehold:
		return record.Text(f.home(true).id)
	case catalogue.TypePerson:
		return f.person()
	case catalogue.TypeUnit:
		return record.Text(linked(f.dice, field.Level))
	case catalogue.TypeMonth:
		return record.Text(f.day.Format("2006-01"))
	case catalogue.TypePlace:
		return record.PlaceValue(record.Place{Lat: 23_800_000 + f.between(0, 400_000), Lon: 99_000_000 + f.between(0, 900_000), Accuracy: f.between(5, 60)})
	case catalogue.TypePeople:
		return f.people(r)
	case catalogue.TypeItems:
		return f.items(r)
	}
	return "" // an entry that this one follows is given, never drawn
}

func (f *filler) text(field *catalogue.Field, r rule) record.Value {
	switch {
	case r.Name:
		return record.Text(f.name(f.weights))
	case r.Numbered != "":
		return record.Text(fmt.Sprintf(r.Numbered, f.between(r.Min, r.Max), f.between(1, 99)))
	case r.Digits != "":
		return record.Text(fmt.Sprintf("%s%04d", r.Digits, f.between(0, r.Max)))
	case len(r.Texts) > 0:
		return record.Text(one(f.dice, r.Texts))
	}
	return record.Text(field.Label.ZH)
}

func (f *filler) number(field *catalogue.Field, r rule) record.Value {
	low, high, step := r.Min, r.Max, max(r.Step, 1)
	if high == 0 {
		low, high = 1, 20
		if field.Type == catalogue.TypeMoney {
			low, high, step = 10_000, 100_000, 1_000
		}
	}
	if field.Min != nil {
		low = max(low, *field.Min)
	}
	if field.Max != nil {
		high = min(high, *field.Max)
	}
	return record.Int(low + f.between(0, (high-low)/step)*step)
}

func (f *filler) date(field *catalogue.Field, r rule) record.Value {
	day := f.day
	switch {
	case field.Key == catalogue.KeyOccurredOn:
	case r.Days != nil:
		day = day.AddDate(0, 0, int(f.between(int64(r.Days[0]), int64(r.Days[1]))))
	default:
		day = day.AddDate(0, 0, int(f.between(3, 30)))
	}
	return record.Text(day.Format(time.DateOnly))
}

// choices are those of the weights that the form still has; without any, all alike.
func choices(field *catalogue.Field, r rule) mix {
	var m mix
	for i, key := range r.Choices.keys {
		if field.Choice(key) != nil {
			m.add(key, r.Choices.weights[i])
		}
	}
	if len(m.keys) == 0 {
		for _, c := range field.Choices {
			m.add(c.Key, 1)
		}
	}
	return m
}

func (f *filler) many(field *catalogue.Field, r rule) record.Value {
	m := choices(field, r)
	// One is usual, several are not.
	n := 1
	for n < max(r.Most, 1) && f.chance(0.3) {
		n++
	}
	var chosen []string
	for range n {
		chosen = append(chosen, f.of(m))
	}
	return record.Set(chosen)
}

func (f *filler) people(r rule) record.Value {
	if home := f.home(false); home != nil && len(home.persons) > 0 && !(r.Unnamed[1] > 0 && f.chance(0.1)) {
		n := min(int(f.between(int64(max(r.Persons[0], 1)), int64(max(r.Persons[1], 1)))), len(home.persons))
		from := f.IntN(len(home.persons) - n + 1)
		return record.PeopleValue(record.People{Persons: slices.Clone(home.persons[from : from+n])})
	}
	return record.PeopleValue(record.People{Unnamed: f.between(int64(max(r.Unnamed[0], 1)), int64(max(r.Unnamed[1], 5)))})
}

// person is one of the household's, "" where it has none.
func (f *filler) person() record.Value {
	home := f.home(true)
	if len(home.persons) == 0 {
		return ""
	}
	return record.Text(one(f.dice, home.persons))
}

func (f *filler) items(r rule) record.Value {
	item := record.Item{Name: "物资", Quantity: f.between(1, 5)}
	item.Value = item.Quantity * 5000
	if len(r.Items) > 0 {
		kind := one(f.dice, r.Items)
		item.Name, item.Value = kind.Name, item.Quantity*kind.Value
	}
	raw, err := json.Marshal([]record.Item{item})
	if err != nil {
		return ""
	}
	v, err := record.Canonical(raw)
	if err != nil {
		return ""
	}
	return v
}
