package api

import (
	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

// exportMissing is the households of a unit that a campaign misses, as the page has them, but for what sensitive entries say.
func (s *Server) exportMissing(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	unit, w := c.QueryParam("unit"), s.listIn(c)
	of, page, err := s.Campaigns.ListMissing(c.Request().Context(), callerOf(c).Actor, c.Param("id"), unit, s.listMost)
	if err != nil {
		return err
	}
	cat := s.Engine.Catalogue()
	// The page shows a register's summary; so does the file, by the names of its fields.
	heads := [2]string{w.in("户", "Household"), w.in("在哪里", "Where")}
	if sheet := cat.Register(string(record.Household)); sheet != nil {
		for i := range min(len(heads), len(sheet.Summary)) {
			if f := sheet.Field(sheet.Summary[i]); f != nil {
				heads[i] = w.pick(f.Label)
			}
		}
	}
	counts, _ := campaignIn(w.lang).counts(of, cat)
	l := s.newList(c, w, about{unit: unit, title: w.inf("%s %s：还没有走到的户", "%s, %s: households not yet visited", of.Title, w.place(unit)),
		span: w.inf("%s到%s", "%s to %s", w.day(of.Start), w.day(of.Deadline)),
		filter: w.inf("住户名册里有、活动还没有算到的户。敏感记录在这里一律当作没有，免得看出谁家有事，所以可能比页面上多。统计的是：%s",
			"Households of the register that the campaign has not counted. Sensitive entries are as if they were not there, so that nobody is given away: there may be more than on the page. What is counted: %s", counts)},
		column(24, w.unit, w.in("是哪个单位的户。", "Whose household it is.")), w.codes(),
		column(14, heads[0], w.in("住户名册里写的。", "As the register has it.")),
		column(28, heads[1], w.in("住户名册里写的，分得清同名的户。", "As the register has it; it tells two of one name apart.")),
		column(14, w.in("情况", "State"), w.in("已经有人去过、记录还没有审核的，写“记录待审核”；没有人去过的，空着。", "“Waits for review” where somebody has been and the entry is not decided on; empty where nobody has.")))
	for _, h := range page.List {
		state := ""
		if h.Submitted {
			state = w.in("记录待审核", "Waits for review")
		}
		l.add(textCell(w.place(unit)), textCell(unit), textCell(h.Name), textCell(h.Where), textCell(state))
	}
	if left := page.All - len(page.List); left > 0 {
		l.cut(int64(left), w.in("请在页面上看。", "They are on the page."))
	}
	return l.done("").send(c, format, "missing-"+unit, l.title)
}
