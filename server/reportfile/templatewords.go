package reportfile

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"niangjia/sync/catalogue"
	"niangjia/sync/report"
)

// fitted are a figure's words as they fit what a clerk has typed around its mark: she writes {{救助金}}万元 and {{办结率}}%, as
// the pages of figures name them, and 2.1万余万元 or 92.59%% is no number.
func (c Options) fitted(f *report.Figure, m *filling) string {
	text := clean(f.Written)
	if f.Withheld {
		return text
	}
	switch after := strings.TrimLeft(m.after, " \u00a0\u3000"); {
	case strings.HasPrefix(after, "%"), strings.HasPrefix(after, "％"):
		text = strings.TrimSuffix(text, "%")
	case strings.HasPrefix(after, "万"):
		text = c.inWan(f, text)
	case strings.HasPrefix(after, "余"):
		text = strings.TrimSuffix(text, "余")
	}
	// A change brings its comma; where a sentence or a cell begins with it, there is nothing before it to be parted from.
	before := strings.TrimRight(m.before, " \u00a0\u3000\t")
	if last, _ := utf8.DecodeLastRuneInString(before); before == "" || strings.ContainsRune("，。；：、（,;:(", last) {
		text = strings.TrimPrefix(text, "，")
	}
	return text
}

// inWan is a number in ten thousands with two decimals, as the tables have it; what was not written as a whole number or as
// an amount stays as it is.
func (c Options) inWan(f *report.Figure, text string) string {
	n := f.Value.N
	switch {
	case f.Style == report.Before && f.LastYear != nil:
		n = f.LastYear.N
	case f.Override != nil:
		n = &f.Override.Value
	}
	display, scale := c.stepsOf(f)
	if n == nil || f.Style == report.Differ || strings.HasSuffix(text, "%") || scale > 0 {
		return text
	}
	steps := int64(10_000)
	if display == catalogue.DisplayYuan || display == catalogue.DisplayWanYuan {
		steps *= 100
	}
	value, sign := *n, ""
	if value < 0 {
		value, sign = -value, "-"
	}
	whole, rest := value/steps, value%steps
	hundredths := (rest*100 + steps/2) / steps
	if whole == 0 && hundredths == 0 { // less than half of a hundredth: all of it
		digits := len(strconv.FormatInt(steps, 10)) - 1
		return sign + trimmed("0."+strings.Repeat("0", digits-len(strconv.FormatInt(rest, 10)))+strconv.FormatInt(rest, 10))
	}
	whole, hundredths = whole+hundredths/100, hundredths%100
	return sign + trimmed(strconv.FormatInt(whole, 10)+"."+strconv.FormatInt(hundredths/10, 10)+strconv.FormatInt(hundredths%10, 10))
}

// trimmed has no noughts at the end of its decimals.
func trimmed(text string) string {
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
