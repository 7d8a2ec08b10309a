package api

import (
	"cmp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	rules "niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// The entries behind a figure as a file: those that its page lists, and how many it only counts.

// counted is a figure as it is named, with what it counts.
type counted struct {
	name, measure, definition string
	column                    fileColumn
}

func (s *Server) exportEntries(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	q := engine.EntriesQuery{Unit: c.QueryParam("unit"), Period: c.QueryParam("period"),
		Indicator: c.QueryParam("indicator"), Group: c.QueryParam("group"), Limit: s.listMost}
	if engine.IsWork(q.Indicator) {
		return s.exportWork(c, format, q)
	}
	ctx, who, w := c.Request().Context(), callerOf(c).Actor, s.listIn(c)
	page, err := s.Engine.ListEntries(ctx, who, q)
	if err != nil {
		return err
	}
	figure, err := s.countedFigure(c, w, q)
	if err != nil {
		return err
	}
	span, err := totals.ParsePeriod(q.Period)
	if err != nil {
		return &record.Error{Code: record.BadRequest, Field: "period", Err: err}
	}
	approvers := map[string]bool{}
	for _, e := range page.List {
		approvers[e.Record.ApprovedBy] = true
	}
	names, err := s.names(ctx, approvers)
	if err != nil {
		return err
	}
	figure.column.text = w.in("计入", "Adds")
	if figure.measure != "" {
		figure.column.text += "（" + figure.measure + "）"
	}
	when := w.period(span)
	l := s.newList(c, w, about{unit: q.Unit, span: when, asOf: page.AsOf,
		title:  w.inf("%s %s：“%s”的由来", "%s, %s: what “%s” is made of", w.place(q.Unit), when, figure.name),
		filter: w.inf("算进“%s”的记录，只有审核通过的。", "The entries that “%s” counts: approved ones alone.", figure.name)},
		column(24, w.in("单位", "Unit"), w.in("记录是哪个单位的。", "Whose entry it is.")),
		w.codes(),
		column(14, w.in("日期", "Day"), w.in("这条记录算在哪一天。", "The day that it counts on.")),
		column(16, w.in("表格", "Form"), w.in("记在哪张表格里。", "The form that it was recorded with.")),
		column(18, w.in("对象", "About"), w.in("记的是哪一户、哪个人；按规定不公开姓名的，空着。", "The household or the person; empty where names are withheld.")),
		column(36, w.in("内容", "What"), w.in("这条记录的摘要，是审核通过的内容。", "The entry's summary, as it was approved.")),
		listColumn{figure.column.heading(), w.inf("这一行给“%s”加了多少。不重复计的数（户数、人数），同一户、同一人可能有几行，只算一次。",
			"What the line adds to “%s”. Of what is counted once (households, persons) several lines may be of the same.", figure.name)},
		column(14, w.in("审核人", "Approved by"), w.in("谁审核通过的。", "Who approved it.")),
		column(18, w.in("审核时间", "Approved at"), w.in("什么时候审核通过的。", "When it was approved.")))
	l.definitions = append([][3]string{{figure.name, figure.measure, figure.definition}}, l.definitions...)
	cat := s.Engine.Catalogue()
	for _, e := range page.List {
		form := cat.Form(e.Record.Form)
		who, what := w.says(form, e.Record.Approved, nameIn(cat, e.Named))
		if e.Record.Sensitive { // a file goes from hand to hand
			who, what = "", w.in("敏感记录，内容请在系统里看", "Sensitive: open it in the system")
		}
		formName, adds := e.Record.Form, e.Adds()
		if form != nil {
			formName = w.pick(form.Name)
		}
		l.add(textCell(w.place(e.Unit)), textCell(e.Unit), textCell(e.Day), textCell(formName), textCell(who), textCell(what),
			figure.column.cell(fileCell{value: &adds}, w.exportWords), textCell(names[e.Record.ApprovedBy]), textCell(w.instant(e.Record.ApprovedAt)))
	}
	if page.Left > 0 {
		l.cut(page.Left, w.in("其中可能有按规定不公开的。请到下面的单位，或按更短的时间分开存。",
			"Some of them may be withheld. Save it unit by unit below, or for shorter times."))
	}
	if page.Hidden > 0 {
		l.note(w.in("没有列出的", "Not listed"), w.inf("另有 %d 条敏感记录，只计数，内容不公开。", "And %d sensitive entries that count but are not shown.", page.Hidden))
	}
	return l.done("").send(c, format, "entries-"+q.Unit, l.title)
}

// countedFigure names what is asked for: a figure of the catalogue, a part of it, or what a campaign counts by a condition
// of its own.
func (s *Server) countedFigure(c echo.Context, w listWords, q engine.EntriesQuery) (out counted, err error) {
	cat := s.Engine.Catalogue()
	if id, own := strings.CutPrefix(q.Indicator, rules.OwnFigure); own {
		one, err := s.Campaigns.One(c.Request().Context(), callerOf(c).Actor, id)
		if err != nil {
			return out, err
		}
		out.name = one.Title
		out.definition, out.measure = campaignIn(w.lang).counts(one, cat)
		if ind, bad := one.Indicator(cat); bad == nil {
			out.column = fileColumn{display: ind.Display, scale: ind.Decimals()}
		}
		return out, nil
	}
	ind := cat.Indicator(q.Indicator)
	if ind == nil {
		return out, record.Errorf(record.NotFound, "figure %s", q.Indicator)
	}
	out = counted{w.pick(ind.Name), w.pick(ind.Unit), w.pick(ind.Definition), fileColumn{display: ind.Display, scale: ind.Decimals()}}
	if q.Group != "" {
		out.name += "（" + w.part(cat, ind, q.Group) + "）"
	}
	return out, nil
}

// part names a part of a figure.
func (w listWords) part(cat *catalogue.Catalogue, ind *catalogue.Indicator, group string) string {
	for _, of := range ind.Groups {
		parts := openParts(cat, ind, of)
		if i := slices.IndexFunc(parts, func(p wireOpenGroup) bool { return p.Group == group }); i >= 0 {
			return w.pick(parts[i].Name)
		}
	}
	return group
}

// nameIn finds names among what an entry names: the first field of a register's summary, as everywhere.
func nameIn(cat *catalogue.Catalogue, named map[string]*record.Record) naming {
	return func(id string) string {
		one := named[id]
		if one == nil || one.Type == record.Entry {
			return ""
		}
		sheet := cat.Register(string(one.Type))
		if sheet == nil || len(sheet.Summary) == 0 {
			return ""
		}
		return cmp.Or(one.Content[sheet.Summary[0]].Strings()...)
	}
}
