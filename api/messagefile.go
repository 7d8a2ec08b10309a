package api

import (
	"github.com/labstack/echo/v4"

	"niangjia/server/notice"
)

// What somebody has told the units below her as files: what she sent, and how far one of it has come, unit by unit.

func (s *Server) exportMessages(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	ctx, w := c.Request().Context(), s.listIn(c)
	list, err := s.Notices.Messages(ctx, callerOf(c).Account.ID)
	if err != nil {
		return err
	}
	campaigns, _, err := s.Campaigns.List(ctx, callerOf(c).Actor, true)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, one := range campaigns {
		titles[one.ID] = one.Title
	}
	l := s.newList(c, w, about{title: w.in("发过的通知", "Messages sent"),
		filter: w.in("您发过的通知，新的在前，最多 200 条。", "Messages that you have sent, the newest first, 200 at most.")},
		column(18, w.in("发出时间", "Sent at"), w.in("什么时候发的。", "When it was sent.")),
		column(24, w.in("以谁的名义", "From"), w.in("以哪个单位的名义发的。", "The unit that it was sent for.")), w.codes(),
		column(48, w.in("写了什么", "Text"), w.in("通知的全文。", "All of it.")),
		column(26, w.in("有关的工作", "Campaign"), w.in("和哪项活动有关；没有的空着。", "The campaign that it is about, if any.")),
		column(20, w.in("发给什么人", "To"), w.in("发给下面单位的什么人。", "In which roles it was sent to.")),
		numbers(w.in("单位数", "Units"), w.in("发给几个单位。", "To how many units it was sent.")), numbers(w.sentTo()), numbers(w.receivedBy()), numbers(w.readBy()))
	for i := range list {
		m := &list[i]
		l.add(textCell(w.when(m.At)), textCell(w.place(m.Unit)), textCell(m.Unit), textCell(m.Text), textCell(titles[m.Campaign]), textCell(w.roles(m.Roles)),
			numberCell(int64(len(m.Units))), numberCell(int64(m.People)), numberCell(int64(m.Received)), numberCell(int64(m.Read)))
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "messages", l.title)
}

func (w listWords) sentTo() (name, says string) {
	return w.in("人数", "People"), w.in("发的时候，这些单位有账号的人。", "Who had an account there when it was sent.")
}

func (w listWords) receivedBy() (name, says string) {
	return w.in("收到", "Received"), w.in("她的手机已经有了的。", "Whose phones have it.")
}

func (w listWords) readBy() (name, says string) {
	return w.in("已读", "Read"), w.in("打开看过的。", "Who have opened it.")
}

func (s *Server) exportMessage(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	id, w := c.Param("id"), s.listIn(c)
	if err := validID("id", id); err != nil {
		return err
	}
	m, reached, err := s.Notices.Message(c.Request().Context(), callerOf(c).Account.ID, id)
	if err != nil {
		return err
	}
	l := s.newList(c, w, about{title: w.inf("%s的通知：谁收到、谁读了", "Message of %s: who has it and who has read it", w.when(m.At)), unit: m.Unit,
		filter: w.inf("发给的每个单位，没人收到的在前。通知写的是：%s", "The units that it was sent to, first those that nobody has it in. What it says: %s", m.Text)},
		column(28, w.unit, w.in("发给的单位。", "A unit that it was sent to.")), w.codes(),
		numbers(w.sentTo()), numbers(w.receivedBy()), numbers(w.readBy()),
		column(14, w.in("情况", "State"), w.in("没收到：还有人没收到。收到没读：都收到了，还有人没读。已读：都读了。没有人：这个单位没有人开账号。",
			"Not received: by somebody there. Not read: all have it, somebody has not read it. Read: by all. Nobody: no account there.")))
	for _, r := range reached {
		l.add(textCell(w.place(r.Unit)), textCell(r.Unit), numberCell(int64(r.People)), numberCell(int64(r.Received)), numberCell(int64(r.Read)), textCell(w.reach(r)))
	}
	return l.done(w.in("请在页面上看。", "They are on the page.")).send(c, format, "message-"+m.Unit, l.title)
}

// reach is how far a message has come in a unit: whoever there is furthest behind says it, as on the page.
func (w listWords) reach(r notice.Reach) string {
	switch {
	case r.People == 0:
		return w.in("没有人", "nobody")
	case r.Received < r.People:
		return w.in("没收到", "not received")
	case r.Read < r.People:
		return w.in("收到没读", "not read")
	}
	return w.in("已读", "read")
}
