package catalogue_test

import (
	"encoding/json"
	"fmt"
	"time"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// content is random and such as the form takes: every field that is asked for may hold anything that its type allows,
// and checks are kept. With aim it is such as that counts, of this year.
func (w *town) content(form *catalogue.Form, unit record.Division, aim *catalogue.Source) record.Content {
	w.t.Helper()
	for range 20_000 {
		day := w.day("2025-10-01", 415)
		c := record.Content{}
		for _, field := range form.Fields {
			if !field.Stored() || field.Attached() || field.Hidden || !field.Shown(c) {
				continue
			}
			if field.Required || w.dice.IntN(10) < 7 {
				c[field.Key] = w.value(field, day, unit.Code)
			}
		}
		// What hid a field may have been filled after it.
		for _, field := range form.Fields {
			if c[field.Key] != "" && !field.Shown(c) {
				delete(c, field.Key)
			}
		}
		if len(form.Missing(c)) > 0 || len(form.Broken(c)) > 0 {
			continue
		}
		if aim != nil && (c[aim.Date].String() < "2026-01-01" || c[aim.Date].String() > today || !aim.Where.Match(c) || aim.Key != "" && form.Field(aim.Key) != nil && !names(c[aim.Key])) {
			continue
		}
		out, err := form.Normalise(c)
		if err != nil {
			w.t.Fatalf("%s: %v in %v", form.ID, err, c)
		}
		return out
	}
	w.t.Fatalf("no content of %s is good", form.ID)
	return nil
}

// names says whether a value names anything that counts once: unnamed heads do not.
func names(v record.Value) bool {
	if p, ok := v.People(); ok && v != "" {
		return len(p.Persons) > 0
	}
	return v != ""
}

// day is one of the days from a first one on.
func (w *town) day(first string, days int) time.Time {
	at, err := time.Parse(time.DateOnly, first)
	w.must(err)
	return at.AddDate(0, 0, w.dice.IntN(days))
}

func (w *town) pick(list []string) string { return list[w.dice.IntN(len(list))] }

func (w *town) value(field *catalogue.Field, day time.Time, unit string) record.Value {
	switch field.Type {
	case catalogue.TypeText, catalogue.TypeLongText, catalogue.TypePhone:
		// A space more or less is the same name.
		return record.Text(w.pick([]string{"甲", "乙 ", " 乙", "丙", "丁"}))
	case catalogue.TypeInteger, catalogue.TypeMoney, catalogue.TypeDecimal:
		low, high := int64(0), int64(40)
		if field.Min != nil {
			low = max(*field.Min, -50)
			high = low + 40
		}
		if field.Max != nil {
			high = min(high, *field.Max)
		}
		return record.Int(low + w.dice.Int64N(high-low+1))
	case catalogue.TypeDate:
		if field.Key != catalogue.KeyOccurredOn {
			day = day.AddDate(0, 0, w.dice.IntN(90)-30) // also days that are still to come
		}
		return record.Text(day.Format(time.DateOnly))
	case catalogue.TypeMonth:
		return record.Text(day.Format("2006-01"))
	case catalogue.TypeOne:
		return record.Text(field.Choices[w.dice.IntN(len(field.Choices))].Key)
	case catalogue.TypeMany:
		var keys []string
		for range 1 + w.dice.IntN(3) {
			keys = append(keys, field.Choices[w.dice.IntN(len(field.Choices))].Key)
		}
		return record.Set(keys)
	case catalogue.TypeYesNo:
		if w.dice.IntN(3) > 0 {
			return "true"
		}
		return "false"
	case catalogue.TypeHousehold:
		return record.Text(w.pick(w.homes[unit]))
	case catalogue.TypePerson:
		return record.Text(w.pick(w.heads[unit]))
	case catalogue.TypeUnit:
		for {
			if u := w.units[w.dice.IntN(len(w.units))]; field.Level == "" || string(u.Level) == field.Level {
				return record.Text(u.Code)
			}
		}
	case catalogue.TypePlace:
		return record.PlaceValue(record.Place{Lat: 24_000_000, Lon: 99_000_000, Accuracy: 10})
	case catalogue.TypePeople:
		p := record.People{Unnamed: w.dice.Int64N(3)}
		for range w.dice.IntN(3) {
			p.Persons = append(p.Persons, w.pick(w.heads[unit]))
		}
		if p.Unnamed == 0 && len(p.Persons) == 0 {
			p.Unnamed = 1
		}
		return record.PeopleValue(p)
	case catalogue.TypeItems:
		raw, err := json.Marshal([]record.Item{{Name: "米", Quantity: 2, Value: w.dice.Int64N(9000)}, {Name: "油", Quantity: 1, Value: 700}})
		w.must(err)
		v, err := record.Canonical(raw)
		w.must(err)
		return v
	}
	w.must(fmt.Errorf("field %s is of type %s, which this test cannot fill", field.Key, field.Type))
	return ""
}
