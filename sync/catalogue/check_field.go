package catalogue

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkExtras looks at the keys that only some types of fields have.
func (s *sheet) checkExtras(field *Field, path string) {
	for _, extra := range []struct {
		key   string
		given bool
		types []string
	}{
		{"level", s.has(join(path, "level")), []string{TypeUnit}},
		{"value", s.has(join(path, "value")), []string{TypeComputed}},
		{"result", s.has(join(path, "result")), []string{TypeComputed}},
		{"scale", s.has(join(path, "scale")) && field.ValueType() != TypeDecimal, nil},
	} {
		if extra.given && field.Type != "" && !slices.Contains(extra.types, field.Type) {
			s.problem(join(path, extra.key), "field %q: a field of type %s has no %q", field.Key, field.Type, extra.key)
		}
	}
	if field.ValueType() == TypeDecimal && (field.Scale < 1 || field.Scale > 4) {
		s.problem(join(path, "scale"), `field %q: "scale" is 1, 2, 3 or 4`, field.Key)
	}
	s.oneOf(join(path, "level"), field.Level, levels, "level")
	if field.Preset != "" {
		s.oneOf(join(path, "preset"), field.Preset, []string{"last_today", "last"}, "preset")
		if field.Attached() || field.Type == TypePlace || field.Type == TypeEntry {
			s.problem(join(path, "preset"), "field %q: what one entry has of type %s is no other's", field.Key, field.Type)
		}
	}
	if !field.Stored() {
		for _, key := range []string{"required", "default", "preset"} {
			if s.has(join(path, key)) {
				s.problem(join(path, key), "field %q: a field of type %s has no %q", field.Key, field.Type, key)
			}
		}
	}
	if s.register && (!field.Stored() || field.Type == TypePlace || field.Attached()) {
		s.problem(join(path, "type"), "field %q: a register has no field of type %s", field.Key, field.Type)
	}
}

func (s *sheet) checkRange(field *Field, path string) {
	low, high := join(path, "min"), join(path, "max")
	switch field.Type {
	case TypeInteger, TypeMoney, TypeDecimal:
		s.numbers(field, path)
		if field.Min != nil && field.Max != nil && *field.Min > *field.Max {
			s.problem(low, `field %q: "min" is above "max"`, field.Key)
		}
		if field.Type == TypeMoney && field.Min != nil && *field.Min < 0 {
			s.problem(low, "field %q: money is never below 0", field.Key)
		}
		return
	case TypeDate:
		s.days(field, path)
		return
	case TypePhoto, TypeVoice:
		s.numbers(field, path)
		most := map[string]int64{TypePhoto: 9, TypeVoice: 3}[field.Type]
		if field.Max != nil && (*field.Max < 1 || *field.Max > most) {
			s.problem(high, `field %q: "max" is 1 to %d`, field.Key, most)
		}
		high = ""
	}
	for _, to := range []string{low, high} {
		if to != "" && s.has(to) {
			s.problem(to, "field %q: a field of type %s has no %q", field.Key, field.Type, keyOf(to))
		}
	}
}

// numbers reports bounds in words, which only a date has.
func (s *sheet) numbers(field *Field, path string) {
	for key, words := range map[string]string{"min": field.First, "max": field.Last} {
		if words != "" {
			s.problem(join(path, key), "%q must be a whole number, not a text", key)
		}
	}
}

// days checks the bounds of a date.
func (s *sheet) days(field *Field, path string) {
	for _, bound := range []struct {
		key, words string
		number     *int64
	}{{"min", field.First, field.Min}, {"max", field.Last, field.Max}} {
		if bound.number != nil || bound.words != "" && !validDay(bound.words) {
			s.problem(join(path, bound.key), `field %q: %q of a date is "today", "today-N", "today+N" or a date`, field.Key, bound.key)
		}
	}
	first, a := fromToday(field.First)
	last, b := fromToday(field.Last)
	if a && b && first > last || validDate(field.First) && validDate(field.Last) && field.First > field.Last {
		s.problem(join(path, "min"), `field %q: "min" is above "max"`, field.Key)
	}
}

func (s *sheet) checkDefault(field *Field, path string) {
	if field.Default == nil || !field.Stored() {
		return // of a wrong type, or reported already
	}
	text, isText := field.Default.(string)
	whole, isWhole := field.Default.(int64)
	ok := false
	switch field.Type {
	case TypeText, TypeLongText, TypePhone:
		ok = isText
	case TypeInteger, TypeMoney, TypeDecimal:
		ok = isWhole && (field.Min == nil || whole >= *field.Min) && (field.Max == nil || whole <= *field.Max) && (field.Type != TypeMoney || whole >= 0)
	case TypeDate:
		ok = isText && validDay(text) && !(validDate(text) && field.outside(text))
	case TypeMonth:
		ok = isText && (text == "today" || validMonth(text))
	case TypeOne:
		ok = isText && field.Choice(text) != nil
	case TypeMany:
		list, isList := field.Default.([]string)
		ok = isList && !slices.ContainsFunc(list, func(c string) bool { return field.Choice(c) == nil })
	case TypeYesNo:
		_, ok = field.Default.(bool)
	}
	if !ok {
		s.problem(path, "field %q: this default does not fit type %s", field.Key, field.Type)
	}
}

// validDay takes `today`, `today+N`, `today-N`, and a plain date.
func validDay(s string) bool {
	if _, ok := fromToday(s); ok {
		return true
	}
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// fromToday reads how many days a bound or default is from today.
func fromToday(s string) (days int, ok bool) {
	rest, ok := strings.CutPrefix(s, "today")
	if !ok || rest == "" {
		return 0, ok
	}
	n, err := strconv.ParseUint(rest[1:], 10, 16) // no second sign
	if err != nil || n == 0 {
		return 0, false
	}
	switch rest[0] {
	case '+':
		return int(n), true
	case '-':
		return -int(n), true
	}
	return 0, false
}
