package api

import (
	"time"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
)

// exportReadTokens lists the tokens of the page. What opens them is not kept, so no file can have it.
func (s *Server) exportReadTokens(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	list, names, err := s.Auth.ReadTokensOf(c.Request().Context(), callerOf(c).Account.ID)
	if err != nil {
		return err
	}
	w := s.listIn(c)
	l := s.newList(c, w, about{title: w.in("读数口令", "Read tokens"),
		filter: w.in("您管的单位发过的口令，新的在前，过期的和停用的也在。口令本身不在表里。", "The tokens of your units, the newest first, also those that have expired or were revoked. What opens anything is not in it.")},
		column(30, w.in("给谁用、做什么用", "For whom, and what for"), w.in("新建时写的。", "As it was given when the token was made.")),
		column(24, w.unit, w.in("能读哪个单位和下面各单位的数。", "Whose figures it reads, and of all below.")), w.codes(),
		column(12, w.in("状态", "State"), w.in("在用、已过期、已停用。", "In use, expired, revoked.")),
		column(18, w.in("用到", "Until"), w.in("到什么时候为止。", "When it expires.")),
		column(18, w.in("停用时间", "Revoked at"), w.in("没有停用的，空着。", "Empty where it was not.")),
		column(18, w.in("最近读数", "Last read"), w.in("最近一次读数的时间，十分钟内的不重复记；还没有人用过的，空着。", "When it was last used, noted every ten minutes at most; empty for never.")),
		column(14, w.in("谁新建的", "Made by"), w.in("新建的人。", "Who made it.")),
		column(18, w.in("新建时间", "Made at"), w.in("什么时候新建的。", "When it was made.")))
	now := time.UnixMilli(int64(s.Engine.Now()))
	for _, t := range list {
		l.add(textCell(t.Name), textCell(w.place(t.Unit)), textCell(t.Unit), textCell(w.tokenState(t, now)), textCell(w.when(t.ExpiresAt)),
			textCell(w.when(t.EndedAt)), textCell(w.when(t.UsedAt)), textCell(names[t.Account]), textCell(w.when(t.MadeAt)))
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "read-tokens", l.title)
}

func (w listWords) tokenState(t auth.ReadToken, now time.Time) string {
	switch {
	case !t.EndedAt.IsZero():
		return w.in("已停用", "revoked")
	case t.Live(now):
		return w.in("在用", "in use")
	}
	return w.in("已过期", "expired")
}
