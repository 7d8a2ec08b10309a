package catalogue

import (
	"slices"
	"time"
	"unicode/utf8"

	"niangjia/sync/merge"
	"niangjia/sync/record"
)

// The most characters of each kind of text (W7).
var longest = map[string]int{TypeText: 200, TypePhone: 30, TypeLongText: 2000}

// The bounds of lists inside a value.
const (
	maxPersons  = 500
	maxItems    = 100
	maxQuantity = 1_000_000_000
	maxAccuracy = 1_000_000         // metres
	maxMoney    = 1_000_000_000_000 // fen: ten thousand million yuan
)

// Meets says how the values of a field that two people changed meet.
func (f *Form) Meets(key string) merge.Shape {
	field := f.Field(key)
	switch {
	case field == nil:
		return merge.Shape{}
	case field.Attached():
		return merge.Shape{Most: int(field.Most())}
	}
	return merge.Shape{Set: field.Type == TypeMany}
}

// Normalise checks the values that a change brings against the form and puts
// each into the one form that merge and version rely on (a many-of value is a
// sorted set). It asks nothing of fields that the change does not name.
func (f *Form) Normalise(fields record.Content) (record.Content, *record.Error) {
	return f.NormaliseFrom(fields, f.Version)
}

// NormaliseFrom is Normalise of a change that was made by a version of the form. A field that this version no longer
// has may have been one of an older: its value is kept as it came (S22).
func (f *Form) NormaliseFrom(fields record.Content, version int64) (record.Content, *record.Error) {
	out := make(record.Content, len(fields))
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys) // of several wrong fields always the same one is named
	for _, key := range keys {
		field := f.Field(key)
		if field != nil && !field.Stored() {
			if fields[key] == "" { // what an older version of the form stored there may be emptied
				out[key] = ""
				continue
			}
			field = nil
		}
		if field == nil && version > 0 && version < f.Version {
			out[key] = fields[key]
			continue
		}
		if field == nil {
			return nil, &record.Error{Code: record.UnknownField, Field: key}
		}
		v, code := field.normalise(fields[key])
		if code != "" {
			return nil, &record.Error{Code: code, Field: key}
		}
		out[key] = v
	}
	return out, nil
}

func (f *Field) normalise(v record.Value) (record.Value, record.Code) {
	if v == "" {
		return "", ""
	}
	switch f.Type {
	case TypeText, TypeLongText, TypePhone:
		s := v.String()
		if v[0] != '"' {
			return "", record.WrongType
		}
		if utf8.RuneCountInString(s) > longest[f.Type] {
			return "", record.TooLong
		}
	case TypeInteger, TypeMoney, TypeDecimal:
		n, ok := v.Int64()
		if !ok {
			return "", record.WrongType
		}
		if f.Type == TypeMoney && (n < 0 || n > maxMoney) || f.Min != nil && n < *f.Min || f.Max != nil && n > *f.Max {
			return "", record.OutOfRange
		}
	case TypeDate:
		if v[0] != '"' {
			return "", record.WrongType
		}
		if day := v.String(); !validDate(day) {
			return "", record.BadDate
		} else if f.outside(day) {
			return "", record.OutOfRange
		}
	case TypeMonth:
		if v[0] != '"' {
			return "", record.WrongType
		}
		if !validMonth(v.String()) {
			return "", record.BadDate
		}
	case TypeOne:
		if v[0] != '"' {
			return "", record.WrongType
		}
		if f.Choice(v.String()) == nil {
			return "", record.UnknownChoice
		}
	case TypeMany:
		keys := v.Strings()
		if v[0] != '[' || keys == nil {
			return "", record.WrongType
		}
		for _, k := range keys {
			if f.Choice(k) == nil {
				return "", record.UnknownChoice
			}
		}
		return record.Set(keys), ""
	case TypeYesNo:
		if _, ok := v.Bool(); !ok {
			return "", record.WrongType
		}
	case TypeUnit:
		if !record.ValidCode(v.String()) {
			return "", record.WrongType
		}
	case TypePlace:
		return v, checkPlace(v)
	case TypePhoto, TypeSignature, TypeVoice:
		return v, f.checkAttached(v)
	case TypeHousehold, TypeEntry, TypePerson:
		if !record.ValidID(v.String()) {
			return "", record.WrongType
		}
	case TypePeople:
		return normalisePeople(v)
	case TypeItems:
		return v, checkItems(v)
	}
	return v, ""
}

func normalisePeople(v record.Value) (record.Value, record.Code) {
	p, ok := v.People()
	if !ok {
		return "", record.WrongType
	}
	if p.Unnamed < 0 || p.Unnamed > 10_000_000 || len(p.Persons) > maxPersons {
		return "", record.OutOfRange
	}
	for _, id := range p.Persons {
		if !record.ValidID(id) {
			return "", record.WrongType
		}
	}
	return record.PeopleValue(p), ""
}

func checkItems(v record.Value) record.Code {
	items, ok := v.Items()
	if !ok {
		return record.WrongType
	}
	if len(items) > maxItems {
		return record.OutOfRange
	}
	for _, it := range items {
		if utf8.RuneCountInString(it.Name) > longest[TypeText] {
			return record.TooLong
		}
		if it.Quantity < 0 || it.Quantity > maxQuantity || it.Value < 0 || it.Value > maxMoney {
			return record.OutOfRange
		}
	}
	return ""
}

func checkPlace(v record.Value) record.Code {
	p, ok := v.Place()
	if !ok {
		return record.WrongType
	}
	if p.Lat < -90*degree || p.Lat > 90*degree || p.Lon < -180*degree || p.Lon > 180*degree || p.Accuracy < 0 || p.Accuracy > maxAccuracy {
		return record.OutOfRange
	}
	return ""
}

// checkAttached checks a list of attachments' ids, whose order is kept.
func (f *Field) checkAttached(v record.Value) record.Code {
	ids := v.IDs()
	if len(ids) == 0 {
		return record.WrongType
	}
	if int64(len(ids)) > f.Most() {
		return record.OutOfRange
	}
	for i, id := range ids {
		if !record.ValidID(id) || slices.Index(ids, id) < i {
			return record.WrongType
		}
	}
	return ""
}

// outside says whether a day is before the first or after the last that the field takes. Bounds that follow today
// are the phone's to hold: its today is not the day on which the entry arrives (S9).
func (f *Field) outside(day string) bool {
	return validDate(f.First) && day < f.First || validDate(f.Last) && day > f.Last
}

func validMonth(s string) bool { return len(s) == 7 && validDate(s+"-01") }

// validDate accepts a calendar day of the years 1900 to 2199; odd ones inside
// that are flagged for the reviewer, not refused (S9).
func validDate(s string) bool {
	d, err := time.Parse(time.DateOnly, s)
	return err == nil && d.Year() >= 1900 && d.Year() < 2200
}
