package api_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/xuri/excelize/v2"

	"niangjia/server/app"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// filledCity is a city with a year of entries.
func filledCity(t *testing.T, entries int) *city {
	t.Helper()
	c := &city{t: t, clock: &clock{now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}, log: &buffer{}, spec: contract(t)}
	var err error
	if c.router, err = legacy.NewRouter(c.spec); err != nil {
		t.Fatal(err)
	}
	config := app.Config{Data: t.TempDir(), Now: c.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if _, err := app.MakeDemo(t.Context(), config, app.DemoOptions{Entries: entries, Seed: 7, Until: c.clock.now}); err != nil {
		t.Fatal(err)
	}
	if c.app, err = app.Open(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.app.Close(); err != nil {
			t.Error(err)
		}
	})
	if c.server, err = c.app.Server(); err != nil {
		t.Fatal(err)
	}
	return c
}

// figure is one of an answer: its value, or why there is none.
type figure struct {
	value    float64
	none     bool
	withheld bool
	parts    [2]float64 // of a rate
}

func figureOf(x map[string]any) figure {
	f := figure{withheld: x["withheld"] == true}
	if f.value, f.none = 0, x["value"] == nil; !f.none {
		f.value = x["value"].(float64)
	}
	for i, name := range []string{"numerator", "denominator"} {
		if n, ok := x[name].(float64); ok {
			f.parts[i] = n
		}
	}
	return f
}

// figures of a unit and those below it, by unit and indicator.
func (c *city) figures(p *person, unit, period string) map[string]map[string]figure {
	c.t.Helper()
	out := map[string]map[string]figure{}
	for _, r := range c.get(p, "/api/v1/totals?unit="+unit+"&period="+period).want(200).json["rows"].([]any) {
		row := r.(map[string]any)
		of := map[string]figure{}
		for _, v := range row["values"].([]any) {
			if x := v.(map[string]any); x["group"] == "" {
				of[x["indicator"].(string)] = figureOf(x)
			}
		}
		out[row["unit"].(string)] = of
	}
	return out
}

// T8: a month of the line is the very figure that the page of that month has, also where it is withheld.
func TestTheMonthsOfALineAreThoseOfThePages(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 400)
	readers := map[string]*person{
		theCity:   c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity}),
		theCounty: c.join("auditor", record.Seat{Role: record.Auditor, Unit: theCounty}),
	}
	withheld, counted := 0, 0
	for unit, p := range readers {
		pages := map[string]map[string]figure{}
		for m := range 23 { // January 2025 to November 2026
			name := fmt.Sprintf("%04d-%02d", 2025+m/12, m%12+1)
			pages[name] = c.figures(p, unit, name)[unit]
		}
		for i, ind := range c.app.Engine.Catalogue().Indicators {
			if i%12 != 0 && !ind.IsSensitive("") {
				continue
			}
			months := c.get(p, "/api/v1/totals/months?unit="+unit+"&year=2026&indicator="+ind.ID).want(200).json["months"].([]any)
			if len(months) != len(pages) {
				t.Fatalf("%s has %d months", ind.ID, len(months))
			}
			for _, x := range months {
				m := x.(map[string]any)
				got, want := figureOf(m), pages[m["month"].(string)][ind.ID]
				if got != want {
					t.Errorf("%s of %s in %s: %+v, the page has %+v", ind.ID, unit, m["month"], got, want)
				}
				if got.withheld {
					withheld++
				} else if got.value > 0 {
					counted++
				}
			}
		}
	}
	if withheld == 0 || counted == 0 {
		t.Errorf("%d withheld and %d counted: these say nothing", withheld, counted)
	}
}

// export is a file that was taken away, read back.
type export struct {
	notes []string   // title and lines above the table
	rows  [][]string // with the headings
	words [][]string // the definitions
}

func readXLSX(t *testing.T, body []byte) (out export) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.GetSheetList(); len(got) != 2 || got[1] != "口径" {
		t.Fatalf("sheets %v", got)
	}
	rows, err := f.GetRows("数据", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	if out.words, err = f.GetRows("口径"); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if len(out.rows) == 0 && len(r) < 2 {
			out.notes = append(out.notes, strings.Join(r, ""))
			continue
		}
		out.rows = append(out.rows, r)
	}
	for row := range rows {
		for col := range rows[row] {
			at, _ := excelize.CoordinatesToCellName(col+1, row+1)
			if formula, err := f.GetCellFormula("数据", at); err != nil || formula != "" {
				t.Errorf("%s is a formula: %s %v", at, formula, err)
			}
		}
	}
	return out
}

func readCSV(t *testing.T, body []byte) (out export) {
	t.Helper()
	text, marked := bytes.CutPrefix(body, []byte("\ufeff"))
	if !marked {
		t.Error("no mark of UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for ; at < len(rows) && len(rows[at]) < 2; at++ {
		out.notes = append(out.notes, rows[at][0])
	}
	for ; at < len(rows) && len(rows[at]) > 1; at++ {
		out.rows = append(out.rows, rows[at])
	}
	out.words = rows[at:]
	return out
}

// Cell by cell, what is taken away as a file is what the API says to the same reader (T8).
func TestExportsReadBack(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 1200)
	p := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	cat := c.app.Engine.Catalogue()
	var ids []string
	for _, ind := range cat.Indicators {
		if !ind.Hidden {
			ids = append(ids, ind.ID)
		}
	}
	now, before := c.figures(p, theCounty, "2026-11"), c.figures(p, theCounty, "2025-11")
	path := "/api/v1/totals/export?unit=" + theCounty + "&period=2026-11&compare=1&indicators=" + strings.Join(ids, ",")
	xlsx, plain := c.get(p, path+"&format=xlsx").want(200), c.get(p, path+"&format=csv").want(200)
	name, err := url.PathUnescape(xlsx.header.Get("Content-Disposition"))
	if err != nil || !strings.HasSuffix(name, "UTF-8''永德县-2026年11月.xlsx") {
		t.Errorf("named %s", name)
	}
	units := append([]string{theCounty}, c.app.Engine.Places().Children(theCounty)...)
	rates := len(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !cat.Indicator(id).Quotient() }))
	withheld, exact := 0, 0
	for kind, file := range map[string]export{"xlsx": readXLSX(t, xlsx.body), "csv": readCSV(t, plain.body)} {
		if file.notes[0] != "永德县 2026年11月数据" || !strings.HasPrefix(file.notes[1], "2026-11-22 17:00算出") {
			t.Errorf("%s begins %q", kind, file.notes)
		}
		if len(file.rows) != len(units)+1 || len(file.rows[0]) != 1+3*len(ids)+4*rates {
			t.Fatalf("%s has %d rows of %d columns", kind, len(file.rows), len(file.rows[0]))
		}
		for i, unit := range units {
			place, _ := c.app.Engine.Places().Get(unit)
			row := file.rows[i+1]
			if row[0] != place.Name {
				t.Errorf("%s: row %d is %s", kind, i, row[0])
			}
			at := 0
			cell := func() string { at++; return row[at] }
			holds := func(id, cell string, f figure, value float64, ind *catalogue.Indicator, change bool) {
				switch {
				case f.withheld:
					withheld++
					if cell != "不显示" {
						t.Errorf("%s %s %s: %q is withheld", kind, unit, id, cell)
					}
				case f.none:
					if cell != "—" {
						t.Errorf("%s %s %s: %q, and there is none", kind, unit, id, cell)
					}
				default:
					exact++
					if got, want := cellNumber(t, cell, kind), shownNumber(value, ind, kind, change); math.Abs(got-want) > 1e-9 {
						t.Errorf("%s %s %s: %v, want %v", kind, unit, id, got, want)
					}
				}
			}
			for _, id := range ids {
				ind := cat.Indicator(id)
				a, b := now[unit][id], before[unit][id]
				for _, f := range []figure{a, b} {
					holds(id, cell(), f, f.value, ind, false)
					for k, part := range []string{ind.Numerator, ind.Denominator} {
						if !ind.Quotient() {
							break
						}
						of := cat.Indicator(part)
						if of == nil { // the units of a coverage
							of = &catalogue.Indicator{}
						}
						holds(id+" "+part, cell(), figure{withheld: f.withheld}, f.parts[k], of, false)
					}
				}
				change := figure{none: a.none || b.none, withheld: a.withheld || b.withheld}
				holds(id+" change", cell(), change, a.value-b.value, ind, true)
			}
		}
		said := fmt.Sprint(file.words)
		for _, id := range ids {
			if ind := cat.Indicator(id); !strings.Contains(said, ind.Name.ZH) || !strings.Contains(said, ind.Definition.ZH) {
				t.Errorf("%s does not say what %s is", kind, id)
			}
		}
	}
	if withheld == 0 || exact < 100 || rates == 0 {
		t.Errorf("%d withheld and %d counted: these say nothing", withheld, exact)
	}
}

func cellNumber(t *testing.T, cell, kind string) float64 {
	t.Helper()
	if kind == "csv" {
		cell = strings.TrimSuffix(cell, "%")
	}
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil {
		t.Errorf("%q is no number: %v", cell, err)
	}
	return n
}

// shownNumber is what a value is in a cell: exact in a spreadsheet, to two decimals in a text.
func shownNumber(value float64, ind *catalogue.Indicator, kind string, change bool) float64 {
	display := ind.Display
	if display == catalogue.DisplayDecimal {
		return value / math.Pow10(int(ind.Scale))
	}
	by := map[string]float64{"wan_yuan": 1e6, "yuan": 100, "percent": 100}[display]
	if by == 0 {
		return value
	}
	if kind == "xlsx" {
		if display == "percent" && !change {
			by = 10_000
		}
		return value / by
	}
	return math.Copysign(math.Floor(math.Abs(value)*100/by+0.5)/100, value)
}

func TestTheMonthsAsAFile(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 300)
	p := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	want := map[string]figure{}
	for _, x := range c.get(p, "/api/v1/totals/months?unit="+theCity+"&year=2026&indicator=visits").want(200).json["months"].([]any) {
		m := x.(map[string]any)
		want[m["month"].(string)] = figureOf(m)
	}
	body := c.get(p, "/api/v1/totals/export?unit="+theCity+"&period=2026-11&indicators=visits&by=month&format=csv&lang=en").want(200).body
	file := readCSV(t, body)
	if len(file.rows) != 13 || !strings.HasSuffix(file.rows[0][1], " 2026") {
		t.Fatalf("%q", file.rows)
	}
	for m := 1; m <= 12; m++ {
		row := file.rows[m]
		for i, year := range []string{"2026", "2025"} {
			f, there := want[fmt.Sprintf("%s-%02d", year, m)]
			if cell := row[1+i]; there && cell != fmt.Sprint(f.value) || !there && cell != "—" {
				t.Errorf("%s-%02d: %q, want %+v", year, m, cell, f)
			}
		}
	}
	if row := file.rows[12]; row[1] != "—" || row[3] != "—" {
		t.Errorf("December has not begun: %q", row)
	}
}

// T13: the days of a month add up to the month, in answers and in files; a file says which days they are.
func TestSpansOfDays(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 800)
	p := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	month := c.figures(p, theCity, "2026-10")
	first, rest := c.figures(p, theCity, "2026-10-01--2026-10-13"), c.figures(p, theCity, "2026-10-14--2026-10-31")
	over := c.figures(p, theCity, "2026-09-20--2026-10-13")
	counted := 0
	for _, ind := range c.app.Engine.Catalogue().Indicators {
		for unit, figures := range month {
			m, a, b := figures[ind.ID], first[unit][ind.ID], rest[unit][ind.ID]
			if over[unit][ind.ID].withheld || a.withheld {
				t.Errorf("%s of %s is withheld from who is told small counts", ind.ID, unit)
			}
			switch ind.Measure {
			case catalogue.MeasureCount, catalogue.MeasureSum:
				if !m.withheld && m.value != a.value+b.value && len(ind.Sources) > 0 && ind.Sources[0].Since == "" {
					t.Errorf("%s of %s: %v and %v of %v", ind.ID, unit, a.value, b.value, m.value)
				}
			case catalogue.MeasureDistinct:
				if !m.withheld && (m.value > a.value+b.value || m.value < max(a.value, b.value)) {
					t.Errorf("%s of %s: %v and %v of %v", ind.ID, unit, a.value, b.value, m.value)
				}
			}
			if a.value > 0 && b.value > 0 {
				counted++
			}
		}
	}
	if counted < 10 {
		t.Errorf("%d figures: these say nothing", counted)
	}
	path := "/api/v1/totals/export?unit=" + theCity + "&period=2026-10-01--2026-10-13&compare=1&indicators=visits&format=csv"
	file := readCSV(t, c.get(p, path).want(200).body)
	if file.notes[0] != "临沧市 2026年10月1日到2026年10月13日数据" || file.rows[1][1] != fmt.Sprint(first[theCity]["visits"].value) ||
		file.rows[0][2] != "走访户次（户次） 2025年10月1日到2025年10月13日" {
		t.Errorf("%q %q", file.notes, file.rows[:2])
	}
	c.get(p, path+"&through=2026-10").wantCode(400, record.BadRequest)
	c.get(p, path+"&by=month").want(200)
}

// A unit's name is a text, whatever it begins with.
func TestAFileComputesNothing(t *testing.T) {
	c := newCity(t)
	p := c.join("zhen", record.Seat{Role: record.Manager, Unit: theTownship})
	all := c.app.Engine.Places().All()
	const evil = `=HYPERLINK("http://example.com";"x")`
	for i, d := range all {
		if d.Code == theVillage {
			all[i].Name = evil
		}
	}
	if err := c.app.Engine.SetDivisions(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/totals/export?unit=" + theTownship + "&period=2026&indicators=visits&format="
	for _, r := range readCSV(t, c.get(p, path+"csv").want(200).body).rows {
		if strings.HasPrefix(r[0], "=") {
			t.Errorf("%q is computed", r[0])
		}
	}
	found := false
	for _, r := range readXLSX(t, c.get(p, path+"xlsx").want(200).body).rows {
		found = found || r[0] == evil
	}
	if !found {
		t.Error("the village is not in the file")
	}
}

func TestExportsThatMakeNoSense(t *testing.T) {
	c := newCity(t)
	p := c.join("zhen", record.Seat{Role: record.Manager, Unit: theTownship})
	good := map[string]string{"unit": theTownship, "period": "2026Q3", "indicators": "visits", "format": "csv"}
	for name, x := range map[string]struct {
		change map[string]string
		status int
		field  string
	}{
		"as it should be":       {nil, 200, ""},
		"no unit":               {map[string]string{"unit": ""}, 404, ""},
		"an unknown unit":       {map[string]string{"unit": "530923101999"}, 404, ""},
		"a foreign unit":        {map[string]string{"unit": another}, 403, ""},
		"the unit above":        {map[string]string{"unit": theCounty}, 403, ""},
		"no period":             {map[string]string{"period": ""}, 400, "period"},
		"a period of nothing":   {map[string]string{"period": "0001"}, 400, "period"},
		"a period far away":     {map[string]string{"period": "9999-12"}, 400, "period"},
		"a thirteenth month":    {map[string]string{"period": "2026-13"}, 400, "period"},
		"another kind of file":  {map[string]string{"format": "pdf"}, 400, "format"},
		"no kind of file":       {map[string]string{"format": ""}, 400, "format"},
		"no indicator":          {map[string]string{"indicators": ""}, 400, "indicators"},
		"an unknown one":        {map[string]string{"indicators": "visits,no_such"}, 400, "indicators"},
		"one twice":             {map[string]string{"indicators": "visits,visits"}, 400, "indicators"},
		"a thousand":            {map[string]string{"indicators": strings.Repeat("visits,", 1000)}, 400, "indicators"},
		"rows of something":     {map[string]string{"by": "person"}, 400, "by"},
		"the months of several": {map[string]string{"by": "month", "indicators": "visits,households_visited"}, 400, "indicators"},
		"the months of nowhere": {map[string]string{"by": "month", "unit": another}, 403, ""},
	} {
		q := url.Values{}
		for k, v := range good {
			q.Set(k, v)
		}
		for k, v := range x.change {
			q.Set(k, v)
		}
		r := c.get(p, "/api/v1/totals/export?"+q.Encode())
		if r.status != x.status || x.field != "" && r.json["field"] != x.field {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
		if x.status != 200 && r.header.Get("Content-Disposition") != "" {
			t.Errorf("%s: a problem is no file", name)
		}
	}
	months := "/api/v1/totals/months?indicator=visits&unit="
	for path, status := range map[string]int{
		months + theTownship + "&year=2026":    http.StatusOK,
		months + another + "&year=2026":        http.StatusForbidden,
		months + "x&year=2026":                 http.StatusNotFound,
		months + theTownship:                   http.StatusBadRequest,
		months + theTownship + "&year=2026-01": http.StatusBadRequest,
		months + theTownship + "&year=0000":    http.StatusBadRequest,
		months + theTownship + "&year=-999":    http.StatusBadRequest,
		"/api/v1/totals/months?indicator=no_such&unit=" + theTownship + "&year=2026": http.StatusNotFound,
		"/api/v1/totals?unit=" + theTownship + "&period=1999":                        http.StatusBadRequest,
		"/api/v1/totals?unit=" + theTownship + "&period=9999Q4":                      http.StatusBadRequest,
	} {
		if r := c.get(p, path); r.status != status {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

// Of a year that is not over the months that are stand beside the same of the year before; the rows come as they stood
// on the screen. What is withheld of the part is at least what is withheld of the months themselves (T8).
func TestAPartOfAPeriodBesideTheSameMonthsInTheOrderOfTheScreen(t *testing.T) {
	t.Parallel()
	c := filledCity(t, 600)
	p := c.join("clerk", record.Seat{Role: record.Manager, Unit: theCity})
	const part, was = "2026-01--2026-10", "2025-01--2025-10"
	now, alike, before := c.figures(p, theCity, "2026"), c.figures(p, theCity, part), c.figures(p, theCity, was)
	ids := []string{"visits", "households_visited", "mediations"}
	below := slices.Clone(c.app.Engine.Places().Children(theCity))
	slices.Reverse(below)
	named := below[:len(below)-2] // the two that are not named follow by their codes
	path := "/api/v1/totals/export?unit=" + theCity + "&period=2026&compare=1&through=2026-10&format=csv&indicators=" + strings.Join(ids, ",") +
		"&rows=" + strings.Join(named, ",")
	file := readCSV(t, c.get(p, path).want(200).body)
	if said := strings.Join(file.notes, "\n"); !strings.Contains(said, "2026年1–10月和2025年1–10月比") {
		t.Errorf("the file says %q", said)
	}
	if head := file.rows[0]; len(head) != 1+4*len(ids) || !strings.HasSuffix(head[1], " 2026年") ||
		!strings.HasSuffix(head[2], " 2026年1–10月") || !strings.HasSuffix(head[3], " 2025年1–10月") {
		t.Fatalf("columns %q", head)
	}
	order := append(append([]string{theCity}, named...), below[len(below)-1], below[len(below)-2])
	counted := 0
	for i, unit := range order {
		place, _ := c.app.Engine.Places().Get(unit)
		row := file.rows[i+1]
		if row[0] != place.Name {
			t.Fatalf("row %d is %s, want %s", i, row[0], place.Name)
		}
		for j, id := range ids {
			for k, want := range []figure{now[unit][id], alike[unit][id], before[unit][id]} {
				if cell := row[1+4*j+k]; !want.withheld && cell != fmt.Sprint(want.value) || want.withheld && cell != "不显示" {
					t.Errorf("%s of %s: %q, want %+v", id, place.Name, cell, want)
				}
				counted += int(want.value)
			}
			a, b := alike[unit][id], before[unit][id]
			if want := fmt.Sprint(a.value - b.value); !a.withheld && !b.withheld && row[1+4*j+3] != want {
				t.Errorf("%s of %s changed by %q, want %s", id, place.Name, row[1+4*j+3], want)
			}
		}
		if i > 1 {
			continue // what a month has is the same work for each: the city and one county will do
		}
		sum := 0.0
		for m := 1; m <= 10; m++ {
			sum += c.figures(p, unit, fmt.Sprintf("2026-%02d", m))[unit]["visits"].value
		}
		if got := alike[unit]["visits"].value; got != sum {
			t.Errorf("visits of %s in %s: %v, month by month %v", place.Name, part, got, sum)
		}
	}
	withheld := 0
	month, alike := c.figures(p, theCounty, "2026-03"), c.figures(p, theCounty, part)
	for unit, of := range month {
		for id, f := range of {
			if f.withheld {
				withheld++
				if !alike[unit][id].withheld {
					t.Errorf("%s of %s is withheld in March and told in the part of the year that has it", id, unit)
				}
			}
		}
	}
	if counted == 0 || withheld == 0 {
		t.Errorf("%d counted and %d withheld: these say nothing", counted, withheld)
	}
	for change, field := range map[string]string{
		"&through=2026-13": "through", "&through=2026Q3": "through", "&through=2025-10": "through", "&through=2026-01--2026-03": "through",
		"&period=2026Q1&through=2026-04": "through", "&rows=" + strings.Repeat(",", 1001): "rows",
	} {
		q, _ := url.ParseQuery("unit=" + theCity + "&indicators=visits&format=csv")
		more, _ := url.ParseQuery(change[1:])
		q.Set("period", "2026")
		for k, v := range more {
			q[k] = v
		}
		if r := c.get(p, "/api/v1/totals/export?"+q.Encode()); r.status != 400 || r.json["field"] != field {
			t.Errorf("%s: %d %s", change, r.status, r.body)
		}
	}
}
