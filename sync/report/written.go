package report

import (
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/totals"
)

const (
	wan = 10_000
	yi  = 100_000_000
)

// Written is a whole number as reports write it: below 10,000 as it is, from there in 万 with one decimal, rounded down,
// with 余 where something is left. About rounds smaller ones down to two digits as well.
func Written(n int64, style Style) string {
	if n < 0 {
		return "-" + Written(-n, style)
	}
	switch {
	case n >= yi:
		return large(n/(yi/10), n%(yi/10) > 0, "亿")
	case n >= wan:
		return large(n/(wan/10), n%(wan/10) > 0, "万")
	case style == About && n >= 100:
		step := int64(1)
		for n/step >= 100 {
			step *= 10
		}
		return strconv.FormatInt(n/step*step, 10) + more(n%step > 0)
	}
	return strconv.FormatInt(n, 10)
}

func large(tenths int64, rest bool, word string) string {
	return decimals(tenths, 1) + word + more(rest)
}

func more(rest bool) string {
	if rest {
		return "余"
	}
	return ""
}

// Money is an amount of fen in yuan.
func Money(fen int64, style Style) string {
	if fen < 0 {
		return "-" + Money(-fen, style)
	}
	if yuan := fen / 100; yuan >= wan || style == About && yuan >= 100 {
		text := Written(yuan, style)
		if fen%100 > 0 && !strings.HasSuffix(text, "余") {
			text += "余"
		}
		return text
	}
	return decimals(fen, 2)
}

// decimals writes n steps of 10^-scale without noughts at the end.
func decimals(n, scale int64) string {
	if n < 0 {
		return "-" + decimals(-n, scale)
	}
	step := int64(1)
	for range scale {
		step *= 10
	}
	text := strconv.FormatInt(n/step, 10)
	if rest := n % step; rest > 0 {
		text += "." + strings.TrimRight(fmt.Sprintf("%0*d", int(scale), rest), "0")
	}
	return text
}

// manner is how a figure's numbers are written, whichever they are.
type manner struct {
	display string
	scale   int64
	word    string
}

func mannerOf(ind *catalogue.Indicator) manner {
	m := manner{ind.Display, ind.Decimals(), ind.Unit.ZH}
	switch {
	case ind.Money():
		m.word = "元" // 万 stands in the number
	case ind.Display == catalogue.DisplayPercent:
		m.word = ""
	}
	return m
}

func (m manner) write(n int64, style Style) string {
	switch m.display {
	case catalogue.DisplayPercent:
		return decimals(n, 2) + "%" // it travels in ten-thousandths
	case catalogue.DisplayDecimal:
		return decimals(n, m.scale)
	case catalogue.DisplayWanYuan, catalogue.DisplayYuan:
		return Money(n, style)
	}
	return Written(n, style)
}

// exactly writes a number without 余: nobody is asked for a good ten thousand, and a target, what is done of it and the gap
// are added up by who reads them.
func (m manner) exactly(n int64) string {
	text := m.write(n, Plain)
	if !strings.HasSuffix(text, "余") {
		return text
	}
	if m.word == "元" {
		return decimals(n, 2)
	}
	return strconv.FormatInt(n, 10)
}

// change says how a number stands to the one of the year before; nil where nothing can be said.
func (m manner) change(now, before int64) *Change {
	c := &Change{N: now - before}
	switch {
	case m.display == catalogue.DisplayPercent:
		switch {
		case c.N == 0:
			c.Written = "与上年同期持平"
		case c.N > 0:
			c.Written = "同比提高" + decimals(c.N, 2) + "个百分点"
		default:
			c.Written = "同比下降" + decimals(-c.N, 2) + "个百分点"
		}
	case before <= 0:
		return c
	default:
		permille := totals.Quotient(c.N, before, 0, 0, 3)
		c.Permille = &permille
		switch {
		case c.N == 0:
			c.Written = "与上年同期持平"
		case permille == 0:
			c.Written = "与上年同期基本持平"
		case c.N > 0:
			c.Written = "同比增长" + decimals(permille, 1) + "%"
		default:
			c.Written = "同比下降" + decimals(-permille, 1) + "%"
		}
	}
	return c
}
