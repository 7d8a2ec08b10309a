package api

import (
	"github.com/labstack/echo/v4"

	"niangjia/sync/record"
)

// exportRestated is a report's figures that are others now, as the page has them. The entries that made the difference stay
// on the page: why somebody changed one may speak of people.
func (s *Server) exportRestated(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	ctx, who, id, w := c.Request().Context(), callerOf(c).Actor, c.Param("id"), s.listIn(c)
	_, d, err := s.Reports.One(ctx, who, id, 0)
	if err != nil {
		return err
	}
	_, r, err := s.Reports.RestatedOf(ctx, who, id)
	if err != nil {
		return err
	}
	if r == nil {
		return record.Errorf(record.NotFound, "what has changed in report %s", id)
	}
	l := s.newList(c, w, about{unit: d.Unit.Code, title: w.inf("%s：现在不一样的数", "%s: figures that are others now", d.Title), asOf: r.AsOf,
		span: w.inf("%s到%s", "%s to %s", w.day(d.From), w.day(d.To)),
		filter: w.inf("报告里的数，现在再算不一样的；按规定不给您看的不在表里。报告里的数是%s算出的，不会变。",
			"Figures of the report that are others now; those that are withheld from you are left out. The report's are of %s and stay.", w.instant(d.Mark.At))},
		column(36, w.in("指标", "Figure"), w.in("报告里的数。", "A figure of the report.")),
		column(24, w.unit, w.in("是哪个单位的数。", "Whose figure it is.")), w.codes(),
		column(20, w.in("当时", "Then"), w.in("当时算出的，写法和报告一样。", "As it was counted then, written as in the report.")),
		column(20, w.in("现在", "Now"), w.in("现在算出的，写法一样。", "As it is counted now, written alike.")))
	for _, one := range r.Figures {
		l.add(textCell(one.Name), textCell(w.place(one.Unit)), textCell(one.Unit), textCell(one.Written[0]), textCell(one.Written[1]))
	}
	if n := int64(len(r.Entries)) + r.Hidden + r.More; n > 0 {
		l.note(w.in("哪些记录", "Which entries"), w.inf("这些变化来自 %d 条记录，请在页面上看。", "They come of %d entries, which are on the page.", n))
	}
	if !r.Holds {
		l.note(w.in("请注意", "Attention"), w.in("当时的数经重新计算，和报告里存的不一样。请告诉系统管理员。", "The figures of that moment were counted again and are not those that are kept. Tell the administrator."))
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "changed-"+d.Unit.Code, l.title)
}
