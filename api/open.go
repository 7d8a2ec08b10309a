package api

import (
	"encoding/csv"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// What another program reads with a read token: totals, and what is needed to understand them. No entry, no name of a person,
// no number of what waits; small counts of sensitive kinds are withheld as from somebody who may read no entry.

func readTokenOf(c echo.Context) *auth.ReadToken {
	t, _ := c.Get(readTokenKey).(*auth.ReadToken)
	return t
}

// openTable answers with the same rows as JSON or as CSV: the one for programs, the other for programs that read tables.
type openTable struct {
	heads []string
	lines [][]string
}

func (t openTable) respond(c echo.Context, as any) error {
	switch c.QueryParam("format") {
	case "", "json":
		return respond(c, as)
	case "csv":
		h := c.Response().Header()
		h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
		h.Set(echo.HeaderCacheControl, "no-store")
		c.Response().WriteHeader(http.StatusOK)
		return t.csv(c.Response())
	}
	return &record.Error{Code: record.BadRequest, Field: "format"}
}

// csv is RFC 4180: the first line names the columns. Texts are kept from being computed where somebody opens it by hand.
func (t openTable) csv(to io.Writer) error {
	out := csv.NewWriter(to)
	out.UseCRLF = true
	if err := out.Write(t.heads); err != nil {
		return err
	}
	return out.WriteAll(t.lines)
}

func (s *Server) openUnits(c echo.Context) error {
	token := readTokenOf(c)
	out := struct {
		Unit  string         `json:"unit"`
		Units []wireDivision `json:"units"`
	}{token.Unit, []wireDivision{}}
	t := openTable{heads: []string{"unit", "name", "level", "parent"}}
	for _, d := range s.Engine.Places().All() {
		if !s.Auth.Covers(token, d.Code) {
			continue
		}
		w := wireDivision{Code: d.Code, Name: d.Name, Level: string(d.Level), Parent: d.Parent}
		if d.Code == token.Unit { // what lies above is none of its units
			w.Parent = ""
		}
		out.Units = append(out.Units, w)
		t.lines = append(t.lines, []string{w.Code, plainText(w.Name), w.Level, w.Parent})
	}
	return t.respond(c, out)
}

type wireOpenGroup struct {
	Group string         `json:"group"`
	Name  catalogue.Text `json:"name"`
}

type wireOpenIndicator struct {
	ID          string          `json:"id"`
	Name        catalogue.Text  `json:"name"`
	Unit        catalogue.Text  `json:"unit"`
	Definition  catalogue.Text  `json:"definition"`
	Measure     string          `json:"measure"`
	Decimals    int64           `json:"decimals"`
	Numerator   string          `json:"numerator,omitempty"`
	Denominator string          `json:"denominator,omitempty"`
	Groups      []wireOpenGroup `json:"groups,omitempty"`
}

func (s *Server) openIndicators(c echo.Context) error {
	cat, err := s.Engine.Present(c.Request().Context()) // another process may have published it
	if err != nil {
		return err
	}
	out := struct {
		Catalogue  string              `json:"catalogue"`
		Indicators []wireOpenIndicator `json:"indicators"`
	}{cat.Hash, []wireOpenIndicator{}}
	t := openTable{heads: []string{"indicator", "name", "measured_in", "measure", "definition", "numerator", "denominator"}}
	for _, ind := range cat.Indicators {
		w := wireOpenIndicator{ID: ind.ID, Name: ind.Name, Unit: ind.Unit, Definition: ind.Definition, Measure: ind.Measure,
			Decimals: openDecimals(ind), Numerator: ind.Numerator, Denominator: ind.Denominator}
		for _, of := range ind.Groups {
			w.Groups = append(w.Groups, openParts(cat, ind, of)...)
		}
		out.Indicators = append(out.Indicators, w)
		t.lines = append(t.lines, []string{ind.ID, plainText(ind.Name.ZH), plainText(ind.Unit.ZH), ind.Measure, plainText(ind.Definition.ZH), ind.Numerator, ind.Denominator})
	}
	return t.respond(c, out)
}

// openDecimals is how many digits of a figure's whole number stand behind the point, in the unit that the indicator names.
func openDecimals(ind *catalogue.Indicator) int64 {
	switch ind.Display {
	case catalogue.DisplayPercent, catalogue.DisplayYuan:
		return 2
	case catalogue.DisplayWanYuan:
		return 6
	}
	return ind.Decimals()
}

// openParts are the parts of an indicator by one field or two whose choices are known: a part by what somebody typed, or by a
// unit, has no name but its own.
func openParts(cat *catalogue.Catalogue, ind *catalogue.Indicator, of string) []wireOpenGroup {
	out := []wireOpenGroup{{}}
	for _, key := range catalogue.GroupFields(of) {
		field := openField(cat, ind, key)
		if field == nil || len(field.Choices) == 0 {
			return nil
		}
		var next []wireOpenGroup
		for _, before := range out {
			for _, choice := range field.Choices {
				one := wireOpenGroup{Group: key + "=" + choice.Key, Name: choice.Label}
				if before.Group != "" {
					one = wireOpenGroup{Group: before.Group + "+" + one.Group,
						Name: catalogue.Text{ZH: before.Name.ZH + "，" + one.Name.ZH, EN: before.Name.EN + ", " + one.Name.EN}}
				}
				next = append(next, one)
			}
		}
		out = next
	}
	return out
}

// openField finds what an indicator is divided by: of a rate, what its numerator is.
func openField(cat *catalogue.Catalogue, ind *catalogue.Indicator, key string) *catalogue.Field {
	if ind.Quotient() {
		if ind = cat.Indicator(ind.Numerator); ind == nil {
			return nil
		}
	}
	for _, source := range ind.Sources {
		if form := cat.Form(source.Form); form != nil {
			if field := form.Field(key); field != nil {
				return field
			}
		}
	}
	return nil
}

type wireOpenValue struct {
	Indicator   string `json:"indicator"`
	Group       string `json:"group"`
	Value       *int64 `json:"value"`
	Numerator   *int64 `json:"numerator,omitempty"`
	Denominator *int64 `json:"denominator,omitempty"`
	Withheld    bool   `json:"withheld,omitempty"`
}

type wireOpenRow struct {
	Unit   string          `json:"unit"`
	Level  string          `json:"level"`
	Name   string          `json:"name"`
	Values []wireOpenValue `json:"values"`
}

type wireOpenFigures struct {
	Unit      string        `json:"unit"`
	Period    string        `json:"period"`
	FirstDay  string        `json:"first_day"`
	LastDay   string        `json:"last_day"`
	AsOf      int64         `json:"as_of"`
	Seq       int64         `json:"seq"`
	Catalogue string        `json:"catalogue"`
	Rows      []wireOpenRow `json:"rows"`
	Recount   *wireRecount  `json:"recount,omitempty"`
}

// openFigures are those of a unit with their parts, and the wholes of the units right below it.
func (s *Server) openFigures(c echo.Context) error {
	token, unit := readTokenOf(c), c.QueryParam("unit")
	if unit == "" {
		unit = token.Unit
	}
	period, err := periodOf(c.QueryParam("period"))
	if err != nil {
		return err
	}
	if !s.Auth.Covers(token, unit) { // one that is nowhere, and one elsewhere: the same to who asks
		return &record.Error{Code: record.NotFound, Field: "unit"}
	}
	ctx := c.Request().Context()
	cat, err := s.Engine.Present(ctx)
	if err != nil {
		return err
	}
	only, err := openAsked(cat, c.QueryParam("indicators"))
	if err != nil {
		return err
	}
	page, err := s.Engine.Page(ctx, s.Auth.Reader(token), unit, period.Name)
	if err != nil {
		return err
	}
	out := wireOpenFigures{Unit: unit, Period: period.Name, FirstDay: period.FirstDay(), LastDay: period.LastDay(), AsOf: int64(page.AsOf), Seq: page.Seq,
		Catalogue: cat.Hash, Rows: []wireOpenRow{}, Recount: recountOf(page.Recount)}
	t := openTable{heads: []string{"unit", "name", "level", "period", "indicator", "indicator_name", "measured_in", "group", "value", "numerator", "denominator", "withheld"}}
	for _, r := range page.Rows {
		row := wireOpenRow{Unit: r.Division.Code, Level: string(r.Division.Level), Name: r.Division.Name, Values: []wireOpenValue{}}
		for _, v := range r.Values {
			ind := cat.Indicator(v.Indicator)
			if ind == nil || only != nil && !slices.Contains(only, v.Indicator) {
				continue
			}
			row.Values = append(row.Values, wireOpenValue(v))
			t.lines = append(t.lines, []string{row.Unit, plainText(row.Name), row.Level, period.Name, v.Indicator, plainText(ind.Name.ZH), plainText(ind.Unit.ZH), plainText(v.Group),
				openNumber(v.Value, openDecimals(ind)), openNumber(v.Numerator, partDecimals(cat, ind.Numerator)), openNumber(v.Denominator, partDecimals(cat, ind.Denominator)), withheldWord(v)})
		}
		out.Rows = append(out.Rows, row)
	}
	return t.respond(c, out)
}

// openAsked reads which indicators are asked for; nil for all.
func openAsked(cat *catalogue.Catalogue, ids string) ([]string, error) {
	if ids == "" {
		return nil, nil
	}
	list := strings.Split(ids, ",")
	if len(list) > maxExported || slices.ContainsFunc(list, func(id string) bool { return cat.Indicator(id) == nil }) {
		return nil, &record.Error{Code: record.BadRequest, Field: "indicators"}
	}
	return list, nil
}

// openNumber writes a figure in the unit that its indicator names; nothing where there is none.
func openNumber(n *int64, places int64) string {
	if n == nil {
		return ""
	}
	return decimals(*n, places)
}

// partDecimals are those of a rate's numerator or denominator; of a coverage the latter counts units.
func partDecimals(cat *catalogue.Catalogue, id string) int64 {
	if ind := cat.Indicator(id); ind != nil {
		return openDecimals(ind)
	}
	return 0
}

func withheldWord(v totals.Reading) string { return strconv.FormatBool(v.Withheld) }
