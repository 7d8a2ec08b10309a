package report

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"niangjia/server/sheet"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/report"
	"niangjia/sync/totals"
)

// PastFigures are those of a unit and a span before the program was there (往年填报数).
type PastFigures struct {
	Unit, From, To, Account string
	At                      time.Time
	Figures                 report.Past
}

// past are the imported figures of the stretch of the year before.
func (s *Service) past(ctx context.Context, c *report.Counted) (report.Past, error) {
	from, to := yearBefore(c.From), yearBefore(c.To)
	return s.Store.Past(ctx, c.Unit.Code, from, to)
}

// yearBefore is the same day a year earlier; the end of February for the 29th.
func yearBefore(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	if at.Month() == time.February && at.AddDate(0, 0, 1).Month() == time.March {
		return time.Date(at.Year()-1, time.March, 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	return at.AddDate(-1, 0, 0).Format(time.DateOnly)
}

// FaultCode says what is wrong with a cell of past figures. The set is closed.
type FaultCode string

// The faults.
const (
	FigureMissing FaultCode = "figure_missing"
	FigureUnknown FaultCode = "figure_unknown"
	FigureTwice   FaultCode = "figure_twice"
	NumberWrong   FaultCode = "number_wrong"
)

var sentences = map[FaultCode]string{
	FigureMissing: "没有写指标。请写指标的编号或名称，或者删掉这一行。",
	FigureUnknown: "没有“%s”这个指标。请下载模板来填。",
	FigureTwice:   "“%s”写了两次。请留一行。",
	NumberWrong:   "“%s”不是数。请只填数字，单位按模板；没有的空着。",
}

// Fault is one thing that is wrong in a file, and where.
type Fault struct {
	Code, Sheet string
	Row         int
	Cell, Value string
	Sentence    string
}

var pastColumns = []sheet.Column{
	{Key: "id", Headings: []string{"编号", "指标编号"}},
	{Key: "name", Headings: []string{"指标", "指标名称", "名称"}},
	{Key: "value", Headings: []string{"数值", "往年填报数", "上年数", "数量"}, Needed: true},
}

// span is that of past figures: any that a period names, in the past.
func (s *Service) span(from, to string) error {
	if _, err := totals.ParsePeriod(from + "--" + to); err != nil {
		return &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	if to > s.today() {
		return &record.Error{Code: record.PeriodFuture, Field: "period"}
	}
	return nil
}

// ImportPast reads a unit's figures of a span from a file, and keeps them in the place of those that it had. With a fault
// none is kept. Errors: forbidden; period_future; no_template; *sheet.Fault of a file that is no such table.
func (s *Service) ImportPast(ctx context.Context, who record.Actor, unit, from, to string, file []byte) (int, []Fault, error) {
	t, cat, err := s.mayPast(ctx, who, unit, from, to)
	if err != nil {
		return 0, nil, err
	}
	table, err := sheet.Read(file, sheet.Want{Columns: pastColumns, Layouts: [][]string{{"id"}, {"name"}}})
	if err != nil {
		return 0, nil, err
	}
	var faults []Fault
	for _, f := range table.Faults {
		faults = append(faults, Fault{string(f.Code), f.Sheet, f.Row, f.Cell, f.Value, f.Sentence()})
	}
	figures := t.Askable(cat)
	byName := map[string]string{}
	for _, f := range figures {
		byName[f.Name] = f.ID
	}
	out := report.Past{}
	for _, row := range table.Rows {
		fault := func(key string, code FaultCode, value string) {
			sentence := sentences[code]
			if strings.Contains(sentence, "%s") {
				sentence = fmt.Sprintf(sentence, value)
			}
			faults = append(faults, Fault{string(code), table.Sheet, row.Number, row.Cell(key).Name, value, sentence})
		}
		value := row.Cell("value")
		if !value.Filled() || value.Bad { // a bad cell is told already
			continue
		}
		id, name := row.Cell("id").Text(), row.Cell("name").Text()
		if id == "" {
			id = byName[name]
		}
		n := report.NumbersOf(t, cat, &report.Counted{}, nil)
		_, twice := out[id]
		switch {
		case id == "" && name == "":
			fault("name", FigureMissing, "")
		case id == "" || !n.Known(id):
			fault("name", FigureUnknown, name+row.Cell("id").Text())
		case twice:
			fault("name", FigureTwice, id)
		default:
			steps, ok := stepsOf(value.Text(), n.Scale(id))
			if !ok {
				fault("value", NumberWrong, value.Text())
				continue
			}
			out[id] = steps
		}
	}
	if len(faults) > 0 || len(out) == 0 {
		return 0, faults, nil
	}
	return len(out), nil, s.Store.PutPast(ctx, PastFigures{Unit: unit, From: from, To: to, Account: who.Account, At: s.Now(), Figures: out})
}

func (s *Service) mayPast(ctx context.Context, who record.Actor, unit, from, to string) (*report.Template, *catalogue.Catalogue, error) {
	if _, known := s.Log.Places().Get(unit); !known {
		return nil, nil, &record.Error{Code: record.NotFound, Field: "unit", Err: fmt.Errorf("no unit %s", unit)}
	}
	if err := s.writes(who, unit); err != nil {
		return nil, nil, err
	}
	if err := s.span(from, to); err != nil {
		return nil, nil, err
	}
	return s.template(ctx, unit)
}

// stepsOf is a number as it is typed in the steps of its figure: 12.5 万元 are so many fen. More decimals than it has are
// rounded half away from nought.
func stepsOf(text string, steps int64) (int64, bool) {
	text = strings.TrimSuffix(strings.ReplaceAll(strings.TrimSpace(text), ",", ""), "%")
	r, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "/eExXpP_") {
		return 0, false
	}
	r.Mul(r, new(big.Rat).SetInt64(steps))
	half := big.NewRat(int64(r.Sign()), 2)
	n := new(big.Int).Quo(new(big.Int).Set(r.Add(r, half).Num()), r.Denom())
	return n.Int64(), n.IsInt64() && n.CmpAbs(big.NewInt(1<<53)) < 0
}

// PastTemplate writes a table to be filled in: the figures of a unit's report, with those that are there already.
func (s *Service) PastTemplate(ctx context.Context, who record.Actor, unit, from, to string, out io.Writer) error {
	t, cat, err := s.mayPast(ctx, who, unit, from, to)
	if err != nil {
		return err
	}
	have, err := s.Store.Past(ctx, unit, from, to)
	if err != nil {
		return err
	}
	page := sheet.Page{Name: "往年填报数", Headings: []sheet.Heading{
		{Text: "编号", Width: 34, Literal: true}, {Text: "指标", Width: 40}, {Text: "单位", Width: 10}, {Text: "数值", Width: 16},
	}}
	for _, f := range t.Askable(cat) {
		var value any
		if n, there := have[f.ID]; there {
			value, _ = new(big.Rat).SetFrac64(n, f.Steps).Float64()
		}
		page.Rows = append(page.Rows, []any{f.ID, f.Name, f.Word, value})
	}
	return sheet.Write(out, page)
}
