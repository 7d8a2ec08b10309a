package api

import (
	"context"

	"github.com/labstack/echo/v4"

	rules "niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Campaigns beside one another, and what was changed of one, as files: the lists of their pages, with what each column says.

// measuredMost is how many of those that run a file counts: those that end first, as many as a dashboard does.
const measuredMost = 60

// exportCampaigns lists the campaigns of the page, of those that run with how far the reader's own unit has come.
func (s *Server) exportCampaigns(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	state := rules.State(c.QueryParam("state"))
	if state != "" && state != rules.Running && state != rules.Closed {
		return &record.Error{Code: record.BadRequest, Field: "state"}
	}
	ctx, who, w := c.Request().Context(), callerOf(c).Actor, s.listIn(c)
	all, _, err := s.Campaigns.List(ctx, who, true)
	if err != nil {
		return err
	}
	titles := map[rules.State]string{"": w.in("活动", "Campaigns"), rules.Running: w.in("进行中的活动", "Running campaigns"), rules.Closed: w.in("已结束的活动", "Campaigns that have ended")}
	l := s.newList(c, w, about{title: titles[state],
		filter: w.in("和您的单位有关的活动，先截止的在前。进行中的才有完成的数，是您的单位的；活动比您的单位小的，是整个活动的。",
			"Campaigns that concern your units, those that end first at the top. Of those that run it has how far your unit has come; where a campaign is of a unit below yours, the whole of it.")},
		column(30, w.in("名称", "Title"), w.in("活动的名称。", "The campaign's title.")),
		column(24, w.in("哪个单位办的", "Run by"), w.in("发布活动的单位。", "The unit that published it.")), w.codes(),
		column(36, w.in("统计什么", "What is counted"), w.in("算数的是什么。", "What counts for it.")),
		column(14, w.in("计量单位", "In"), w.in("后面几列的数是什么单位。", "What the numbers that follow are in.")),
		column(14, w.in("开始", "Start"), w.in("从这一天起算数，当天也算。", "The first day that counts.")),
		column(14, w.in("截止", "Deadline"), w.in("到这一天为止，当天也算。", "The last day that counts.")),
		column(12, w.in("状态", "State"), w.in("进行中、已结束。", "Running, ended.")),
		column(24, w.in("谁的数", "Whose numbers"), w.in("后面几列是哪个单位的数。", "The unit that the numbers are of.")),
		column(14, w.in("目标", "Target"), w.in("给这个单位定的目标，没有定的显示“—”。", "What this unit is asked for, — for nothing.")),
		column(14, w.in("已通过", "Approved"), w.in("活动期间审核通过的，只有它算数。", "Approved in the span of the campaign; it alone counts.")),
		column(14, w.in("还差", "Missing"), w.in("目标减去已通过，不够的部分。", "What is missing to the target, by what is approved.")),
		column(14, w.in("待审", "Waiting for review"), w.in("待审的都通过，还会增加多少；现在还不算。", "How much more it would be if all that waits were approved. It is not counted yet.")))
	cat, measured, left, hidden := s.Engine.Catalogue(), 0, 0, false
	for i := range all {
		one := &all[i]
		if state != "" && one.State != state {
			continue
		}
		counts, word := campaignIn(w.lang).counts(one, cat)
		unit := s.measuredUnit(who, one)
		amount, target := amountOf(one, cat), one.TargetOf(w.places, unit)
		numbers := [4]fileCell{{value: &target}}
		if target == 0 {
			numbers[0].value = nil
		}
		if one.State == rules.Running && measured == measuredMost {
			left++
		} else if one.State == rules.Running {
			measured++
			u, err := s.progressOf(ctx, who, one.ID, unit)
			if err != nil {
				return err
			}
			if u != nil {
				gap := u.Gap()
				numbers[1], numbers[3] = fileCell{value: &u.Approved, withheld: u.Withheld}, fileCell{value: &u.Submitted, withheld: u.Unsaid}
				if u.Target > 0 {
					numbers[2] = fileCell{value: &gap, withheld: u.Withheld}
				}
				hidden = hidden || u.Withheld || u.Unsaid
			}
		}
		row := []tableCell{textCell(one.Title), textCell(w.place(one.Unit)), textCell(one.Unit), textCell(counts), textCell(word), textCell(one.Start), textCell(one.Deadline),
			textCell(w.campaignState(one.State)), textCell(w.place(unit))}
		for _, n := range numbers {
			row = append(row, amount.cell(n, w.exportWords))
		}
		l.add(row...)
	}
	if left > 0 {
		l.note(w.in("没有算的", "Not counted"), w.inf("先截止的 %d 项有完成的数，另外 %d 项请打开看。", "The %d that end first have their numbers; open the other %d for theirs.", measured, left))
	}
	if hidden {
		l.lines = append(l.lines, w.withheldWhy)
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "campaigns", l.title)
}

func (w listWords) campaignState(s rules.State) string {
	if s == rules.Closed {
		return w.in("已结束", "ended")
	}
	return w.in("进行中", "running")
}

// amountOf is how a campaign's numbers are written: as its page has them, money in yuan.
func amountOf(c *rules.Campaign, cat *catalogue.Catalogue) fileColumn {
	out := fileColumn{display: catalogue.DisplayInteger}
	ind, bad := c.Indicator(cat)
	switch {
	case bad != nil:
	case ind.Money():
		out.display = catalogue.DisplayYuan
	case ind.Decimals() > 0:
		out.display, out.scale = catalogue.DisplayDecimal, ind.Decimals()
	}
	return out
}

// measuredUnit is the unit whose numbers the list has: the reader's, or the campaign's own where hers lies above it.
func (s *Server) measuredUnit(who record.Actor, c *rules.Campaign) string {
	places, out := s.Engine.Places(), ""
	for _, unit := range unitsOf(who) {
		if places.Within(c.Unit, unit) {
			return c.Unit
		}
		if places.Within(unit, c.Unit) && (out == "" || places.Within(out, unit)) {
			out = unit
		}
	}
	if out == "" {
		return c.Unit
	}
	return out
}

// progressOf is how far one unit has come, nil where there are no numbers.
func (s *Server) progressOf(ctx context.Context, who record.Actor, id, unit string) (*rules.UnitProgress, error) {
	p, err := s.Engine.Progress(ctx, &who, id, func(*rules.Campaign, *record.Places) []string { return []string{unit} })
	if err != nil || len(p.Units) == 0 {
		return nil, err
	}
	return &p.Units[0], nil
}

// exportChanges lists what was changed of a campaign, a line for each thing.
func (s *Server) exportChanges(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	ctx, who, w := c.Request().Context(), callerOf(c).Actor, s.listIn(c)
	of, err := s.Campaigns.One(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	list, names, err := s.changesOf(ctx, who, of.ID)
	if err != nil {
		return err
	}
	amount := amountOf(of, s.Engine.Catalogue())
	_, word := campaignIn(w.lang).counts(of, s.Engine.Catalogue())
	l := s.newList(c, w, about{title: w.inf("%s：改动记录", "%s: what was changed", of.Title), unit: of.Unit, span: w.inf("%s到%s", "%s to %s", w.day(of.Start), w.day(of.Deadline)),
		filter: w.in("最近 20 次：发布、修改和结束，新的在前。目标只有和您的单位有关的。", "The latest twenty: its publication, what was changed, and its end, the newest first. Targets that are your units' business alone.")},
		column(18, w.in("时间", "When"), w.in("什么时候改的。", "When it was done.")),
		column(14, w.in("谁改的", "By"), w.in("做这件事的人；监督员看不到姓名。", "Who did it; an auditor reads no names.")),
		numbers(w.in("第几版", "Version"), w.in("这项活动的第几版，发布是第 1 版。", "Of the campaign; 1 is its publication.")),
		column(16, w.in("改了什么", "What"), w.in("发布、名称、说明、截止日期、提醒的日子、目标、结束。", "Publication, title, text, deadline, days of reminders, target, end.")),
		column(24, w.unit, w.in("改的是哪个单位的目标；别的空着。", "Whose target it is; empty for the rest.")), w.codes(),
		column(30, w.in("原来", "Was"), w.inf("改以前；目标的计量单位是“%s”，没有目标的显示“—”。", "What it was; targets are in “%s”, — for none.", word)),
		column(30, w.in("现在", "Is"), w.in("改以后。", "What it is.")))
	for _, x := range list {
		line := func(what, unit string, was, now tableCell) {
			place := ""
			if unit != "" {
				place = w.place(unit)
			}
			l.add(textCell(w.instant(x.At)), textCell(names[x.Account]), numberCell(x.Version), textCell(what), textCell(place), textCell(unit), was, now)
		}
		blank := textCell("")
		if x.Version == 1 {
			line(w.in("发布", "published"), "", blank, blank)
		}
		for _, words := range []struct {
			what string
			of   *rules.Words
		}{{w.in("名称", "title"), x.Title}, {w.in("说明", "text"), x.Text}, {w.in("截止日期", "deadline"), x.Deadline}} {
			if words.of != nil {
				line(words.what, "", textCell(words.of.Was), textCell(words.of.Now))
			}
		}
		if x.Remind {
			line(w.in("提醒的日子", "days of reminders"), "", blank, blank)
		}
		for _, t := range x.Targets {
			line(w.in("目标", "target"), t.Unit, w.target(amount, t.Was), w.target(amount, t.Now))
		}
		if x.Closed {
			line(w.in("结束", "ended"), "", blank, blank)
		}
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "changes-"+of.Unit, l.title)
}

// target is one as it was or is; 0 stands for none.
func (w listWords) target(amount fileColumn, n int64) tableCell {
	if n == 0 {
		return emptyCell
	}
	return amount.cell(fileCell{value: &n}, w.exportWords)
}
