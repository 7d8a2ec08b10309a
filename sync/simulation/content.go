package simulation

import (
	"fmt"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// content fills a sheet at random, as its fields allow. home is the household
// that it is about, before the entry that it follows; "" for none.
func (w *world) content(sheet *catalogue.Form, day, home, before string) record.Content {
	c := record.Content{}
	for _, f := range sheet.Fields {
		if f.Key == catalogue.KeyDoneBy {
			continue // who records here did the work herself
		}
		if f.Shown(c) && (f.Required || w.chance(0.3)) {
			w.fill(c, f, day, home, before)
		}
	}
	for _, f := range sheet.Fields { // what was shown when it was filled may not be any more
		if !f.Shown(c) {
			delete(c, f.Key)
		}
	}
	for _, key := range sheet.Missing(c) {
		w.fill(c, sheet.Field(key), day, home, before)
	}
	return c
}

func (w *world) fill(c record.Content, f *catalogue.Field, day, home, before string) {
	if v := w.value(f, day, home, before); v != "" {
		c[f.Key] = v
	}
}

// value is a random value of a field, "" where there can be none.
func (w *world) value(f *catalogue.Field, day, home, before string) record.Value {
	switch f.Type {
	case catalogue.TypeText, catalogue.TypeLongText:
		return record.Text(fmt.Sprintf("合成%d", w.rng.IntN(1000)))
	case catalogue.TypePhone:
		return record.Text(fmt.Sprintf("1%010d", w.rng.Int64N(1e10)))
	case catalogue.TypeInteger, catalogue.TypeMoney, catalogue.TypeDecimal:
		low, high := int64(0), int64(5000)
		if f.Min != nil {
			low, high = *f.Min, *f.Min+5000
		}
		if f.Max != nil {
			high = *f.Max
		}
		return record.Int(low + w.rng.Int64N(high-low+1))
	case catalogue.TypeDate:
		if f.Key == catalogue.KeyOccurredOn {
			return record.Text(day)
		}
		return record.Text(dayAfter(day, w.rng.IntN(30)))
	case catalogue.TypeMonth:
		return record.Text(day[:len("2006-01")])
	case catalogue.TypePlace:
		return record.PlaceValue(record.Place{Lat: 24_000_000 + w.rng.Int64N(1_000_000), Lon: 99_000_000 + w.rng.Int64N(1_000_000), Accuracy: 1 + w.rng.Int64N(100)})
	case catalogue.TypeOne:
		return record.Text(f.Choices[w.rng.IntN(len(f.Choices))].Key)
	case catalogue.TypeMany:
		var keys []string
		for _, choice := range f.Choices {
			if w.chance(2 / float64(len(f.Choices))) {
				keys = append(keys, choice.Key)
			}
		}
		if keys == nil {
			keys = []string{f.Choices[w.rng.IntN(len(f.Choices))].Key}
		}
		return record.Set(keys)
	case catalogue.TypeYesNo:
		if w.chance(0.5) {
			return "true"
		}
		return "false"
	case catalogue.TypeHousehold:
		if home != "" {
			return record.Text(home)
		}
	case catalogue.TypeEntry:
		if before != "" {
			return record.Text(before)
		}
	case catalogue.TypePeople:
		return record.PeopleValue(record.People{Unnamed: 1 + w.rng.Int64N(20)})
	}
	return ""
}
