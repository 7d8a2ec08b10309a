package api

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/labstack/echo/v4"

	"niangjia/sync/engine"
	"niangjia/sync/totals"
)

// A page of figures has some thousands of values: they are written by hand, since reflection costs more than the figures
// took to read.

// noFiguresYet is where the rows of a page go: no text can look like it, since a text's quotes are escaped.
var noFiguresYet = []byte(`"rows":[`)

// respondTotals answers with rows put where the answer has none yet.
func respondTotals(c echo.Context, w wireTotals, rows []engine.TotalsRow) error {
	return respondFrame(c, w, noFiguresYet, func(b *bytes.Buffer) error {
		for i, r := range rows {
			if i > 0 {
				b.WriteByte(',')
			}
			appendFigures(b, r)
		}
		return nil
	})
}

func appendFigures(b *bytes.Buffer, r engine.TotalsRow) {
	b.WriteString(`{"unit":`)
	appendText(b, r.Division.Code)
	b.WriteString(`,"level":`)
	appendText(b, string(r.Division.Level))
	b.WriteString(`,"name":`)
	appendText(b, r.Division.Name)
	b.WriteString(`,"values":[`)
	for i, v := range r.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		appendValue(b, v)
	}
	b.WriteString("]}")
}

func appendValue(b *bytes.Buffer, v totals.Reading) {
	b.WriteString(`{"indicator":`)
	appendText(b, v.Indicator)
	b.WriteString(`,"group":`)
	appendText(b, v.Group)
	b.WriteString(`,"value":`)
	if v.Value == nil {
		b.WriteString("null")
	} else {
		appendNumber(b, *v.Value)
	}
	if v.Numerator != nil {
		b.WriteString(`,"numerator":`)
		appendNumber(b, *v.Numerator)
	}
	if v.Denominator != nil {
		b.WriteString(`,"denominator":`)
		appendNumber(b, *v.Denominator)
	}
	if v.Withheld {
		b.WriteString(`,"withheld":true`)
	}
	b.WriteByte('}')
}

func appendNumber(b *bytes.Buffer, n int64) { b.Write(strconv.AppendInt(b.AvailableBuffer(), n, 10)) }

// appendText writes a string. Most are ids, which need no escapes.
func appendText(b *bytes.Buffer, s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			raw, err := json.Marshal(s)
			if err != nil { // no string fails
				return
			}
			b.Write(raw)
			return
		}
	}
	b.WriteByte('"')
	b.WriteString(s)
	b.WriteByte('"')
}
