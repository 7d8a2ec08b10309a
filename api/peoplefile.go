package api

import (
	"cmp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Accounts as files: who works where for managers, what was done to accounts for auditors.

func (w listWords) role(r record.Role) string {
	switch r {
	case record.Volunteer:
		return w.in("志愿者", "Volunteer")
	case record.Reviewer:
		return w.in("审核员", "Reviewer")
	case record.Manager:
		return w.in("管理员", "Manager")
	case record.Auditor:
		return w.in("监督员", "Auditor")
	}
	return string(r)
}

func (w listWords) roles(list []record.Role) string {
	words := make([]string, 0, len(list))
	for _, one := range list {
		words = append(words, w.role(one))
	}
	return strings.Join(words, w.listed)
}

func (w listWords) seats(list []record.Seat) string {
	words := make([]string, 0, len(list))
	for _, one := range list {
		words = append(words, w.place(one.Unit)+" "+w.role(one.Role))
	}
	return strings.Join(words, w.listed)
}

// exportAccounts lists who works at a unit and below it, a line for each unit that somebody works at: names, and no logins,
// for many of these are telephone numbers, of which a list is kept note of (server/auth/telephones.go).
func (s *Server) exportAccounts(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	unit, w := c.QueryParam("unit"), s.listIn(c)
	if err := s.knownUnit(unit); err != nil {
		return err
	}
	people, err := s.Auth.Roster(c.Request().Context(), callerOf(c).Account.ID, unit)
	if err != nil {
		return err
	}
	l := s.newList(c, w, about{title: w.inf("%s：人员", "%s: people", w.place(unit)), unit: unit,
		filter: w.in("这个单位和下面各单位的账号，一人在几个单位就有几行；没有人的单位不在表里。", "Accounts of the unit and those below: a line for each unit that somebody works at; units without anybody are left out.")},
		column(24, w.unit, w.in("在哪个单位；这里已经没有身份的，显示“—”。", "Where she works; “—” for who has no role here any more.")), w.codes(),
		column(14, w.in("姓名", "Name"), w.in("开账号时填的姓名。", "As it was given when the account was opened.")),
		column(18, w.in("身份", "Role"), w.in("在这个单位的身份。", "Her role at that unit.")),
		column(14, w.in("状态", "State"), w.in("没有开通码、等待开通、在用、已停用。", "No code, not set up yet, in use, closed.")),
		column(18, w.in("最近在线", "Last seen"), w.in("最近一次连上服务器；没有用过的，空着。", "When she was last connected; empty for never.")),
		numbers(w.in("待接收", "To receive"), w.in("交了上来、等管理员接收的记录条数。", "Records that were sent up and wait for a manager to receive them.")))
	type line struct {
		unit  string
		roles []record.Role
		who   auth.Member
	}
	var lines []line
	for _, one := range people {
		at := map[string]int{}
		for _, seat := range one.Seats {
			if !w.places.Within(seat.Unit, unit) { // the page of another unit has it
				continue
			}
			if i, known := at[seat.Unit]; known {
				lines[i].roles = append(lines[i].roles, seat.Role)
				continue
			}
			at[seat.Unit] = len(lines)
			lines = append(lines, line{seat.Unit, []record.Role{seat.Role}, one})
		}
		if len(at) == 0 {
			lines = append(lines, line{who: one})
		}
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(cmp.Or(a.unit, "~"), cmp.Or(b.unit, "~")), cmp.Compare(a.who.Name, b.who.Name), cmp.Compare(a.who.ID, b.who.ID))
	})
	for _, one := range lines {
		waits := 0
		for _, a := range one.who.Awaiting {
			waits += a.Records
		}
		name, code := emptyCell, emptyCell
		if one.unit != "" {
			name, code = textCell(w.place(one.unit)), textCell(one.unit)
		}
		l.add(name, code, textCell(one.who.Name), textCell(w.roles(one.roles)), textCell(w.accountState(one.who.State)), textCell(w.when(one.who.LastSeen)), numberCell(int64(waits)))
	}
	return l.done(w.smaller()).send(c, format, "people-"+unit, l.title)
}

func (w listWords) accountState(s auth.AccountState) string {
	switch s {
	case auth.NoCode:
		return w.in("没有开通码", "no code")
	case auth.Waiting:
		return w.in("等待开通", "not set up yet")
	case auth.InUse:
		return w.in("在用", "in use")
	case auth.Shut:
		return w.in("已停用", "closed")
	}
	return string(s)
}

// exportAudit lists what was done to accounts, as the auditor's page has it.
func (s *Server) exportAudit(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	who, w := callerOf(c).Actor, s.listIn(c)
	a, err := s.Auth.AuditList(c.Request().Context(), who, s.listMost)
	if err != nil {
		return err
	}
	var units []string
	for _, seat := range who.Seats {
		if seat.Role == record.Auditor {
			units = append(units, w.place(seat.Unit)+" "+seat.Unit)
		}
	}
	l := s.newList(c, w, about{title: w.in("账号变动记录", "What was done to accounts"),
		filter: w.inf("%s和下面各单位的账号变动，新的在前面。只写账号，不写姓名和电话。", "Of the accounts of %s and all below, the newest first. Accounts alone: no names, no telephones.", strings.Join(units, w.listed))},
		column(18, w.in("时间", "When"), w.in("什么时候做的。", "When it was done.")),
		column(18, w.in("账号", "Account"), w.in("动了哪个账号。", "The account that it was done to.")),
		column(28, w.in("现有身份", "Roles now"), w.in("这个账号现在在您能看的单位里的身份。", "The roles that it has now, in the units that you may see.")),
		column(26, w.in("变动", "What"), w.in("做了什么。", "What was done.")),
		column(24, w.unit, w.in("和哪个单位有关；没有的空着。", "The unit that it is about, if any.")),
		column(28, w.in("增加的身份", "Given"), w.in("这次给的身份。", "Roles that were given.")),
		column(28, w.in("取消的身份", "Taken"), w.in("这次取消的身份。", "Roles that were taken.")),
		column(18, w.in("谁做的", "By"), w.in("做这件事的账号。", "The account that did it.")))
	login := func(id string) string {
		if one, known := a.Accounts[id]; known && id != "" {
			return one.Login
		}
		return w.in("服务器管理员", "Operator of the server")
	}
	for _, e := range a.Events {
		unit := ""
		if e.Detail.Unit != "" {
			unit = w.place(e.Detail.Unit)
		}
		l.add(textCell(w.when(e.At)), textCell(login(e.Account)), textCell(w.seats(a.Accounts[e.Account].Seats)), textCell(w.event(e, login)), textCell(unit),
			textCell(w.seats(e.Detail.Gave)), textCell(w.seats(e.Detail.Took)), textCell(login(e.By)))
	}
	if a.Next != 0 {
		l.note(w.in("没有列完", "Cut"), w.inf("只列出了最新的 %d 行，更早的没有列出，请在页面上看。", "The newest %d rows alone; older ones are on the page.", len(l.rows)))
	}
	return l.done("").send(c, format, "audit", l.title)
}

// event says what was done, in the words of the page (pwa/src/texts/people.ts).
func (w listWords) event(e auth.Event, login func(string) string) string {
	switch e.What {
	case auth.HandedOver:
		return w.inf("交接给%s", "Handed over to %s", login(e.Detail.Other))
	case auth.TookOver:
		return w.inf("从%s接手", "Took over from %s", login(e.Detail.Other))
	case auth.WorkReceived:
		return w.inf("接收 %d 条记录", "%d records received", e.Detail.N)
	case auth.Telephoned:
		return w.inf("打开了 %d 人的电话单", "Opened a telephone list of %d people", e.Detail.N)
	}
	words, known := map[auth.What][2]string{
		auth.Opened: {"开账号", "Account opened"}, auth.Renamed: {"改姓名", "Name changed"}, auth.Seated: {"改身份", "Roles changed"},
		auth.Invited: {"发开通码", "Code issued"}, auth.WasReset: {"重设", "Reset"}, auth.Enrolled: {"开通了一部手机", "A phone was set up"},
		auth.PasswordSet: {"改了密码", "Password changed"}, auth.Closed: {"停用账号", "Account closed"}, auth.Reopened: {"恢复账号", "Account opened again"},
		auth.PhoneEnded: {"停用一部手机", "A phone was revoked"}, auth.Published: {"发布表格设置", "Forms published"},
		auth.TokenMade: {"新建读数口令", "Read token made"}, auth.TokenEnded: {"停用读数口令", "Read token revoked"},
	}[e.What]
	if !known {
		return string(e.What)
	}
	return w.in(words[0], words[1])
}

// exportPhones is whom to telephone of a campaign's units, as the page has it. That it was taken is kept.
func (s *Server) exportPhones(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	called, err := s.called(c)
	if err != nil {
		return err
	}
	w := s.listIn(c)
	of := called.campaign
	counts, measure := campaignIn(w.lang).counts(of, s.Engine.Catalogue())
	amount := fileColumn{text: w.in("还差", "Missing")}
	if measure != "" {
		amount.text += "（" + measure + "）"
	}
	if ind, bad := of.Indicator(s.Engine.Catalogue()); bad == nil {
		amount.display, amount.scale = ind.Display, ind.Decimals()
		if ind.Money() { // as the page: in yuan
			amount.display = catalogue.DisplayYuan
		}
	}
	l := s.newList(c, w, about{title: w.inf("%s：电话单", "%s: whom to telephone", of.Title), unit: called.unit,
		span: w.inf("%s到%s", "%s to %s", w.day(of.Start), w.day(of.Deadline)), filter: w.inf("还没有完成的单位。统计的是：%s", "Units that are not finished. What is counted: %s", counts)},
		column(28, w.unit, w.in("还没有完成的单位。", "A unit that is not finished.")), w.codes(),
		listColumn{amount.heading(), w.in("离目标还差多少。", "What is missing to the target.")},
		column(14, w.in("姓名", "Name"), w.in("在这个单位的人；没有账号的，空着。", "Who works there; empty where nobody has an account.")),
		column(18, w.in("身份", "Role"), w.in("在这个单位的身份。", "Her role there.")),
		listColumn{literal(18, w.in("电话", "Telephone")), w.in("登录用的手机号；不是手机号的，空着。", "The number that she signs in with; empty where it is none.")})
	for _, u := range called.units {
		gap := u.Gap()
		unit := []tableCell{textCell(w.place(u.Unit)), textCell(u.Unit), amount.cell(fileCell{value: &gap}, w.exportWords)}
		people := called.people[u.Unit]
		slices.SortFunc(people, func(a, b auth.Contact) int { return cmp.Compare(a.Name, b.Name) })
		if len(people) == 0 {
			l.add(append(unit, textCell(""), textCell(""), textCell(""))...)
		}
		for _, p := range people {
			l.add(append(unit[:3:3], textCell(p.Name), textCell(w.roles(p.Roles)), textCell(p.Phone))...)
		}
	}
	if called.withheld > 0 {
		l.note(w.in("没有列出的", "Not listed"), w.inf("另有 %d 个单位的数按规定不显示，不在表里。", "%d more units are left out: their numbers are withheld.", called.withheld))
	}
	return l.done(w.smaller()).send(c, format, "phones-"+called.unit, l.title)
}
