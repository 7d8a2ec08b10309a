package api

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/server/sheet"
	rules "niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// A campaign's tables leave the server as files just as they stand on its page, with what each column says.

// campaignWords are the words of such a file, in one language.
type campaignWords struct {
	exportWords
	progress, league, span, counted               string
	rank, code, above, rate, approved, target     string
	gap, waiting, entries, households, sum, where string
	says                                          [][2]string // what a column says, by its heading
}

func campaignIn(lang string) campaignWords {
	w := campaignWords{exportWords: exportIn(lang)}
	if lang == "en" {
		w.progress, w.league, w.span, w.counted = "%s: progress of %s", "%s: ranking in %s", "From %s to %s", "What is counted"
		w.rank, w.code, w.above, w.rate, w.approved, w.target = "Rank", "Code", "Unit above", "Done", "Approved", "Target"
		w.gap, w.waiting = "Missing", "Waiting for review"
		w.entries, w.households, w.sum, w.where = "Entries of the form %s", "Households with an entry of the form %s, each once", "The sum of %s in the form %s", "Condition: %s"
		w.says = [][2]string{{w.approved, "Approved in the span of the campaign; it alone counts."}, {w.rate, "Approved divided by the target; it may be more than 100%."},
			{w.target, "What the unit is asked for; of a unit above the sum of those below."}, {w.gap, "What is missing to the target, by what is approved."},
			{w.waiting, "How much more it would be if all that waits were approved. It is not counted yet."}}
		return w
	}
	w.progress, w.league, w.span, w.counted = "%s：%s进度", "%s：%s排名", "%s到%s", "统计什么"
	w.rank, w.code, w.above, w.rate, w.approved, w.target = "名次", "区划代码", "上级单位", "完成率", "已通过", "目标"
	w.gap, w.waiting = "还差", "待审"
	w.entries, w.households, w.sum, w.where = "“%s”的记录条数", "有“%s”记录的户数，同一户只算一户", "“%[2]s”里“%[1]s”的合计", "条件：%s"
	w.says = [][2]string{{w.approved, "活动期间审核通过的，只有它算数。"}, {w.rate, "已通过 ÷ 目标，可以超过 100%。"},
		{w.target, "给这个单位定的目标；上级单位的目标是下面各单位的合计。"}, {w.gap, "目标减去已通过，不够的部分。"},
		{w.waiting, "待审的都通过，还会增加多少；现在还不算。"}}
	return w
}

// campaignCell is a cell as a spreadsheet holds it and as it is shown.
type campaignCell struct {
	value any
	text  string
}

type campaignFile struct {
	words       campaignWords
	title       string
	lines       []string
	heads       []sheet.Heading
	rows        [][]campaignCell
	definitions [][3]string
}

func (s *Server) exportCampaign(c echo.Context) error {
	format := c.QueryParam("format")
	if format != "xlsx" && format != "csv" { // before anything is counted
		return &record.Error{Code: record.BadRequest, Field: "format"}
	}
	ctx, who := c.Request().Context(), callerOf(c).Actor
	one, err := s.Campaigns.One(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	unit, err := s.campaignUnit(c, one)
	if err != nil {
		return err
	}
	level := record.Level(c.QueryParam("level"))
	if level != "" && level.Rank() < 0 {
		return &record.Error{Code: record.BadRequest, Field: "level"}
	}
	p, err := s.readProgress(ctx, who, one.ID, unit, level)
	if err != nil {
		return err
	}
	f := s.campaignFile(p, unit, level, campaignIn(c.QueryParam("lang")))
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="campaign-%s.%s"; filename*=UTF-8''%s.%s`, unit, format, url.PathEscape(f.title), format))
	if format == "csv" {
		h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
		c.Response().WriteHeader(http.StatusOK)
		return f.csv(c.Response())
	}
	h.Set(echo.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	c.Response().WriteHeader(http.StatusOK)
	return f.xlsx(c.Response())
}

// readProgress is a unit with those right below it, or a league of all units of a level in it.
func (s *Server) readProgress(ctx context.Context, who record.Actor, id, unit string, level record.Level) (*engine.CampaignProgress, error) {
	if level != "" {
		return s.Campaigns.League(ctx, who, id, unit, level)
	}
	return s.Campaigns.Progress(ctx, who, id, unit)
}

func (s *Server) campaignFile(p *engine.CampaignProgress, unit string, level record.Level, w campaignWords) *campaignFile {
	places, cat := s.Engine.Places(), s.Engine.Catalogue()
	top, _ := places.Get(unit)
	title := w.progress
	if level != "" {
		title = w.league
	}
	counted, word := w.counts(&p.Campaign, cat)
	f := &campaignFile{words: w, title: fmt.Sprintf(title, p.Campaign.Title, top.Name), lines: []string{
		fmt.Sprintf(w.asOf, time.UnixMilli(int64(p.AsOf)).In(beijing).Format("2006-01-02 15:04")), w.approvedOnly(),
		fmt.Sprintf(w.span, w.day(p.Campaign.Start), w.day(p.Campaign.Deadline))}}
	if p.Recount != nil {
		f.lines = append(f.lines, fmt.Sprintf(w.recounted, 100*p.Recount.Done/max(p.Recount.All, 1), p.Campaign.Title))
	}
	measured := fileColumn{display: catalogue.DisplayInteger}
	switch {
	case p.Money:
		measured.display = catalogue.DisplayYuan
	case p.Decimals > 0:
		measured = fileColumn{display: catalogue.DisplayDecimal, scale: p.Decimals}
	}
	rate := fileColumn{display: catalogue.DisplayPercent}
	_, format := measured.number(0)
	_, percent := rate.number(0)
	named := func(head string) string {
		if word == "" {
			return head
		}
		return head + "（" + word + "）"
	}
	if level != "" {
		f.heads = append(f.heads, sheet.Heading{Text: w.rank, Format: "#,##0"})
	}
	f.heads = append(f.heads, sheet.Heading{Text: w.unit, Width: 26}, sheet.Heading{Text: w.above, Width: 18}, sheet.Heading{Text: w.code, Width: 16, Literal: true},
		sheet.Heading{Text: w.rate, Format: percent}, sheet.Heading{Text: named(w.approved), Format: format}, sheet.Heading{Text: named(w.target), Format: format},
		sheet.Heading{Text: named(w.gap), Format: format}, sheet.Heading{Text: named(w.waiting), Format: format})
	text := func(s string) campaignCell { return campaignCell{s, plainText(s)} }
	cell := func(col fileColumn, x fileCell) campaignCell {
		shown := col.shown(x, w.exportWords)
		if x.withheld || x.value == nil {
			return campaignCell{shown, shown}
		}
		n, _ := col.number(*x.value)
		return campaignCell{n, shown}
	}
	ranks, hidden := rules.Ranks(p.Units), false
	for i, u := range p.Units {
		d, _ := places.Get(u.Unit)
		up, _ := places.Get(d.Parent)
		gap, share := u.Gap(), int64(0)
		done := [4]fileCell{{value: &share, withheld: u.Withheld}, {value: &u.Approved, withheld: u.Withheld}, {value: &u.Target}, {value: &gap, withheld: u.Withheld}}
		if u.Target == 0 {
			done[0], done[2], done[3] = fileCell{}, fileCell{}, fileCell{}
		} else {
			share = 10_000 * u.Approved / u.Target
		}
		waits := fileCell{value: &u.Submitted, withheld: u.Unsaid}
		hidden = hidden || u.Withheld || u.Unsaid
		var row []campaignCell
		if level != "" {
			row = append(row, campaignCell{nothing, nothing})
			if ranks[i] > 0 {
				row[0] = campaignCell{ranks[i], fmt.Sprint(ranks[i])}
			}
		}
		f.rows = append(f.rows, append(row, text(d.Name), text(up.Name), campaignCell{d.Code, d.Code},
			cell(rate, done[0]), cell(measured, done[1]), cell(measured, done[2]), cell(measured, done[3]), cell(measured, waits)))
	}
	if hidden {
		f.lines = append(f.lines, w.withheldWhy)
	}
	f.definitions = append(f.definitions, [3]string{w.counted, word, counted})
	for _, d := range w.says {
		f.definitions = append(f.definitions, [3]string{d[0], "", d[1]})
	}
	return f
}

func (w campaignWords) approvedOnly() string { return w.exportWords.approved }

// counts says what a campaign counts, and in what.
func (w campaignWords) counts(c *rules.Campaign, cat *catalogue.Catalogue) (says, word string) {
	ind, bad := c.Indicator(cat)
	if bad != nil {
		return nothing, ""
	}
	if c.Counts.Form == "" {
		name := w.pick(ind.Name)
		for _, of := range ind.Groups {
			parts := openParts(cat, ind, of)
			if i := slices.IndexFunc(parts, func(p wireOpenGroup) bool { return p.Group == c.Counts.Group }); i >= 0 {
				name += "（" + w.pick(parts[i].Name) + "）"
			}
		}
		return name + "：" + w.pick(ind.Definition), w.pick(ind.Unit)
	}
	form := cat.Form(c.Counts.Form)
	switch c.Counts.Measure {
	case rules.Households:
		says = fmt.Sprintf(w.households, w.pick(form.Name))
	case rules.Sum:
		says = fmt.Sprintf(w.sum, w.pick(form.Field(c.Counts.Field).Label), w.pick(form.Name))
	default:
		says = fmt.Sprintf(w.entries, w.pick(form.Name))
	}
	if where := strings.TrimSpace(c.Counts.Where); where != "" {
		says += "；" + fmt.Sprintf(w.where, where)
	}
	return says, w.pick(ind.Unit)
}

func (f *campaignFile) xlsx(to io.Writer) error {
	data := sheet.Page{Name: f.words.data, Title: f.title, Lines: f.lines, Headings: f.heads}
	for _, r := range f.rows {
		row := make([]any, len(r))
		for i, x := range r {
			row[i] = x.value
		}
		data.Rows = append(data.Rows, row)
	}
	w := f.words
	definitions := sheet.Page{Name: w.definitions, Title: w.definitions,
		Headings: []sheet.Heading{{Text: w.indicator, Width: 24}, {Text: w.measure}, {Text: w.counting, Width: 80}}}
	for _, d := range f.definitions {
		definitions.Rows = append(definitions.Rows, []any{d[0], d[1], d[2]})
	}
	return sheet.Write(to, data, definitions)
}

func (f *campaignFile) csv(to io.Writer) error {
	if _, err := io.WriteString(to, "\ufeff"); err != nil { // Excel's mark of UTF-8
		return err
	}
	out := csv.NewWriter(to)
	out.UseCRLF = true
	lines := [][]string{{plainText(f.title)}}
	for _, l := range f.lines {
		lines = append(lines, []string{plainText(l)})
	}
	var head []string
	for _, h := range f.heads {
		head = append(head, plainText(h.Text))
	}
	lines = append(lines, head)
	for _, r := range f.rows {
		var line []string
		for _, x := range r {
			line = append(line, x.text)
		}
		lines = append(lines, line)
	}
	w := f.words
	lines = append(lines, nil, []string{w.definitions}, []string{w.indicator, w.measure, w.counting})
	for _, d := range f.definitions {
		lines = append(lines, []string{plainText(d[0]), plainText(d[1]), plainText(d[2])})
	}
	return out.WriteAll(lines)
}
