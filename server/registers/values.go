package registers

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// nothing are the ways in which people write that there is none.
var nothing = map[string]bool{"无": true, "没有": true, "-": true, "--": true, "—": true, "——": true, "/": true, "\\": true, "暂无": true}

// value is what a cell says of a field; the code is "" where it can be taken.
func value(f *catalogue.Field, c sheet.Cell) (record.Value, string) {
	text := strings.Join(strings.Fields(c.Text()), " ")
	if text == "" || nothing[text] {
		return "", ""
	}
	switch f.Type {
	case catalogue.TypeText, catalogue.TypeLongText:
		return record.Text(text), ""
	case catalogue.TypePhone:
		return phone(c)
	case catalogue.TypeInteger:
		n, ok := sheetInt(text)
		if !ok {
			return "", string(record.WrongType)
		}
		return record.Int(n), ""
	case catalogue.TypeDecimal:
		n, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
		if err != nil {
			return "", string(record.WrongType)
		}
		return record.Int(int64(math.Round(n * float64(f.Steps())))), ""
	case catalogue.TypeMonth:
		if day, ok := c.Day(); ok {
			return record.Text(day[:len("2026-11")]), ""
		}
		return record.Text(text), "" // 2026-11; what is none is refused with the field
	case catalogue.TypeMoney:
		yuan, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(text, ",", ""), "元 "), 64)
		if err != nil {
			return "", string(record.WrongType)
		}
		return record.Int(int64(yuan*100 + 0.5)), ""
	case catalogue.TypeDate:
		day, ok := c.Day()
		if !ok {
			return "", string(record.BadDate)
		}
		return record.Text(day), ""
	case catalogue.TypeYesNo:
		switch text {
		case "是", "有", "√", "✓", "1", "Y", "y":
			return "true", ""
		case "否", "不是", "×", "0", "N", "n":
			return "false", ""
		}
		return "", string(record.UnknownChoice)
	case catalogue.TypeOne:
		key := choice(f, text)
		if key == "" {
			return "", string(record.UnknownChoice)
		}
		return record.Text(key), ""
	case catalogue.TypeMany:
		var keys []string
		for _, one := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("、,，;；/|", r) }) {
			key := choice(f, one)
			if key == "" {
				return "", string(record.UnknownChoice)
			}
			keys = append(keys, key)
		}
		return record.Set(keys), ""
	}
	return "", string(record.WrongType)
}

// sheetInt reads 1985 and 1985年.
func sheetInt(text string) (int64, bool) {
	n, err := strconv.ParseInt(strings.TrimRight(strings.ReplaceAll(text, ",", ""), "年 "), 10, 64)
	return n, err == nil
}

// phone keeps digits, and what may stand between several numbers.
func phone(c sheet.Cell) (record.Value, string) {
	text := strings.Map(func(r rune) rune {
		if r == '，' || r == ',' || r == ';' || r == '；' || r == '、' || r == '\n' {
			return '/'
		}
		return r
	}, c.Text())
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("-－—–‑.·", r) {
			return -1
		}
		return r
	}, text)
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("/+()（）", r):
			return "", NotAPhone
		}
	}
	if digits < 5 || c.Cut() {
		return "", NotAPhone
	}
	return record.Text(text), ""
}

// choice finds the one choice that a word means: its label, or the only label that it is part of or that is part of it.
func choice(f *catalogue.Field, text string) string {
	found := ""
	for _, c := range f.Choices {
		if text == c.Label.ZH || strings.EqualFold(text, c.Label.EN) || text == c.Key {
			return c.Key
		}
	}
	for _, c := range f.Choices {
		if strings.Contains(text, c.Label.ZH) || strings.Contains(c.Label.ZH, text) {
			if found != "" {
				return ""
			}
			found = c.Key
		}
	}
	return found
}

var fourDigits = regexp.MustCompile(`^(\d{4})(?:\D|\d{2}$|\d{4}$|$)`)

// yearOf is the year of a day, also of half of one: 1985-03-02, 1985.3, 198503.
func yearOf(c sheet.Cell) (int64, bool) {
	m := fourDigits.FindStringSubmatch(c.Text())
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	return n, err == nil && n >= 1880 && n <= 2200
}

// citizen is what a citizen's number says of its person. The number itself goes no further.
type citizen struct {
	year int64
	odd  bool
	sex  bool // odd is known
}

var (
	newNumber = regexp.MustCompile(`^\d{6}(\d{4})\d{6}(\d)[\dXx]$`)
	oldNumber = regexp.MustCompile(`^\d{6}(\d{2})\d{6}(\d)$`)
)

func citizenOf(c sheet.Cell) (citizen, bool) {
	text := c.Digits()
	year, m := "", newNumber.FindStringSubmatch(text)
	if m != nil {
		year = m[1]
	} else if m = oldNumber.FindStringSubmatch(text); m != nil {
		year = "19" + m[1]
	} else {
		return citizen{}, false
	}
	n, err := strconv.ParseInt(year, 10, 64)
	if err != nil || n < 1880 || n > 2200 {
		return citizen{}, false
	}
	// Typed as a number it has lost its last digits, and with them the sex.
	return citizen{year: n, odd: (m[2][0]-'0')%2 == 1, sex: !c.Cut()}, true
}

// squeezed is a name without the blanks that make two characters as wide as three.
func squeezed(v record.Value) record.Value {
	var b strings.Builder
	runes := []rune(v.String())
	for i, r := range runes {
		if r == ' ' && i > 0 && i+1 < len(runes) && unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i+1]) {
			continue
		}
		b.WriteRune(r)
	}
	return record.Text(b.String())
}
