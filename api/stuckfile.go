package api

import (
	"cmp"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// exportStuck is what the server keeps without effect, a line for each card of the page.
func (s *Server) exportStuck(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	ctx, who, w := c.Request().Context(), callerOf(c).Actor, s.listIn(c)
	groups, more, err := s.Engine.Stuck(ctx, who)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, one := range groups {
		people[one.Account] = true
	}
	names, err := s.names(ctx, people)
	if err != nil {
		return err
	}
	l := s.newList(c, w, about{title: w.in("没有生效的记录", "What takes no effect"),
		filter: w.in("先放着的，和近 90 天没有被接受、也还没有改好的，一人一个单位一个原因一行，早的在前。", "What waits, and what was not accepted in the last 90 days and is not made good: a line for each person, unit and cause, the oldest first.")},
		column(14, w.in("姓名", "Name"), w.in("谁记的。", "Who recorded it.")),
		column(24, w.unit, w.in("记在哪个单位。", "For which unit.")), w.codes(),
		column(14, w.in("状态", "State"), w.in("先放着：服务器收好了，原因没有了会自动生效。没有被接受：要她改一下再交。", "Waiting: the server keeps it, and it takes effect when the reason goes away. Not accepted: she has to correct it.")),
		numbers(w.in("条数", "Records"), w.in("有几条记录；读不出来的，算改了几次。", "How many records; of what cannot be read, how many changes.")),
		column(18, w.in("从什么时候起", "Since"), w.in("最早的一次是什么时候收到的。", "When the first of them was received.")),
		column(44, w.in("原因", "Why"), w.in("为什么没有生效。", "Why it takes no effect.")),
		column(56, w.in("是哪些", "Which"), w.in("最多写 20 条。敏感的、草稿和不归您看的，只写“不公开的一条”；只能知道条数的单位，空着。", "Twenty at most. Of what is sensitive, a draft or not yours to read “one withheld” alone; empty where you are told the number alone.")))
	for _, one := range groups {
		state := w.in("先放着", "Waiting")
		if one.Outcome == change.Rejected {
			state = w.in("没有被接受", "Not accepted")
		}
		l.add(textCell(cmp.Or(names[one.Account], w.in("（没有名字）", "(no name)"))), textCell(w.place(one.Unit)), textCell(one.Unit), textCell(state),
			numberCell(int64(cmp.Or(one.Records, one.Changes))), textCell(w.instant(one.Since)), textCell(w.stuckFor(one.Code)), textCell(s.stuckItems(w, one)))
	}
	if more {
		l.note(w.in("没有列完", "Cut"), w.in("太多了，这里只有最近的一部分。", "There are too many: the latest alone are here."))
	}
	return l.done(w.in("请先处理前面的。", "See to the first ones first.")).send(c, format, "stuck", l.title)
}

// stuckFor says why, in the words of the page (pwa/src/texts/proof.ts), or else in those of the code.
func (w listWords) stuckFor(code record.Code) string {
	words, known := map[record.Code][2]string{
		record.NoSeat:           {"她现在不在这个单位任职。", "She has no role in this unit now."},
		record.MissingReference: {"提到的住户、人或前一条记录还没有送达。", "The household, person or earlier entry that it names has not arrived."},
		record.MissingEntity:    {"要改的那条记录还没有送达。", "The record to be changed has not arrived."},
		record.BehindParked:     {"同一条记录前面的改动还放着。", "An earlier change of the same record is waiting."},
		record.UnknownForm:      {"服务器还不认识这种表格。", "The server does not know this form yet."},
		record.UnknownKind:      {"她的应用比服务器的程序新，服务器还不认识这种操作。", "Her app is newer than the server, which does not know this kind of change yet."},
		record.ForeignUnit:      {"记在了别的单位。", "It was recorded for another unit."},
	}[code]
	if known {
		return w.in(words[0], words[1])
	}
	if one, known := answers[code]; known {
		return w.in(one.sentence, one.title)
	}
	return string(code)
}

// stuckItems names single records of a line. A file goes from hand to hand: of a sensitive one it says that it is there.
func (s *Server) stuckItems(w listWords, one engine.Stuck) string {
	cat := s.Engine.Catalogue()
	items := make([]string, 0, len(one.Items)+1)
	for _, i := range one.Items {
		text := w.in("住户或人", "household or person")
		switch {
		case i.Stub || i.Sensitive:
			text = w.in("不公开的一条", "one withheld")
		case i.Type == record.Entry:
			if text = i.Form; cat.Form(i.Form) != nil {
				text = w.pick(cat.Form(i.Form).Name)
			}
		}
		if i.Day != "" && !i.Stub && !i.Sensitive {
			text += " " + i.Day
		}
		items = append(items, text)
	}
	if left := one.Records - len(one.Items); left > 0 && len(one.Items) > 0 {
		items = append(items, w.inf("还有 %d 条", "%d more", left))
	}
	return strings.Join(items, w.listed)
}
