package api

import (
	"context"
	"fmt"
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

func (s *Server) exportCampaign(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
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
	return f.send(c, format, "campaign-"+unit, f.title)
}

// readProgress is a unit with those right below it, or a league of all units of a level in it.
func (s *Server) readProgress(ctx context.Context, who record.Actor, id, unit string, level record.Level) (*engine.CampaignProgress, error) {
	if level != "" {
		return s.Campaigns.League(ctx, who, id, unit, level)
	}
	return s.Campaigns.Progress(ctx, who, id, unit)
}

func (s *Server) campaignFile(p *engine.CampaignProgress, unit string, level record.Level, w campaignWords) *tableFile {
	places, cat := s.Engine.Places(), s.Engine.Catalogue()
	top, _ := places.Get(unit)
	title := w.progress
	if level != "" {
		title = w.league
	}
	counted, word := w.counts(&p.Campaign, cat)
	f := &tableFile{words: w.exportWords, title: fmt.Sprintf(title, p.Campaign.Title, top.Name), lines: []string{
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
		var row []tableCell
		if level != "" {
			row = append(row, tableCell{nothing, nothing})
			if ranks[i] > 0 {
				row[0] = tableCell{ranks[i], fmt.Sprint(ranks[i])}
			}
		}
		f.rows = append(f.rows, append(row, textCell(d.Name), textCell(up.Name), textCell(d.Code),
			rate.cell(done[0], w.exportWords), measured.cell(done[1], w.exportWords), measured.cell(done[2], w.exportWords), measured.cell(done[3], w.exportWords), measured.cell(waits, w.exportWords)))
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
