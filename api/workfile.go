package api

import (
	"strings"

	"github.com/labstack/echo/v4"

	rules "niangjia/sync/campaign"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

// The entries behind a number of the work as a file: those that its page lists, and how many it only counts.

// workWords name such a number and say what it counts, in the words of the page (pwa/src/texts/dashboard.ts).
func (w listWords) workWords(indicator string) (name, says string) {
	switch indicator {
	case engine.WorkCounted:
		return w.in("通过的记录", "Approved entries"), w.in("这几天做的、审核通过的记录，不管哪种表格，一条算一个。", "Entries of all forms that were done in these days and are approved.")
	case engine.WorkDecided:
		return w.in("处理", "Decided"), w.in("审核人通过、退回、不同意修改，各算一次。算在记录第一次送到的那个月。", "Approvals, returns and refusals, of entries that first arrived in this time.")
	case engine.WorkReturned:
		return w.in("退回", "Returned"), w.in("审核人退回的，和不同意修改的，各算一次。算在记录第一次送到的那个月。", "Returns and refusals, of entries that first arrived in this time.")
	case engine.WorkFlagged:
		return w.in("存疑", "Doubtful"), w.in("送来时看着不对劲的记录：日期、手机时间，或者没过表格的检查。撤回和作废的不算。", "Entries that looked odd when they came: by their date, the phone's clock or a check of the form. Without those withdrawn or voided.")
	case engine.WorkConflicts:
		return w.in("说法不一", "Contradictions"), w.in("两个人改了同一处，说法不一样，还没有人定哪个对的记录，也包括家庭和人员。", "Records of which two people say two things and nobody has chosen yet, households and persons too.")
	case engine.WorkWaiting:
		return w.in("待审", "Waiting"), w.in("送来了、还没有人审的记录，和改过还没有人审的记录。审核通过以前不计数。", "Entries and amendments that nobody has decided on. They do not count before they are approved.")
	}
	return w.in("最近的记录", "Last entries"), w.in("这个单位自己最近的 50 条，敏感的、草稿、撤回和作废的不列。", "The unit's own last fifty, without sensitive ones, drafts, and those withdrawn or voided.")
}

// workPart names what is asked for of what waits.
func (s *Server) workPart(c echo.Context, w listWords, group string) (name string, of *rules.Campaign, err error) {
	kind, rest, some := strings.Cut(group, ":")
	switch {
	case kind == "fresh":
		return w.in("不到 3 天", "less than 3 days"), nil, nil
	case kind == "slow":
		return w.in("3 到 6 天", "3 to 6 days"), nil, nil
	case kind == "overdue":
		return w.in("7 天以上", "7 days and more"), nil, nil
	case kind == "recent":
		return w.in("这七天送来的", "sent in these seven days"), nil, nil
	case some && kind == "form":
		var names []string
		for id := range strings.SplitSeq(rest, ",") {
			if form := s.Engine.Catalogue().Form(id); form != nil {
				id = w.pick(form.Name)
			}
			names = append(names, id)
		}
		return strings.Join(names, w.listed), nil, nil
	case some:
		of, err = s.Campaigns.One(c.Request().Context(), callerOf(c).Actor, rest)
		if err != nil {
			return "", nil, err
		}
		return of.Title, of, nil
	}
	return "", nil, nil
}

func (s *Server) exportWork(c echo.Context, format string, q engine.EntriesQuery) error {
	w := s.listIn(c)
	page, err := s.Engine.ListWork(c.Request().Context(), callerOf(c).Actor, q)
	if err != nil {
		return err
	}
	name, says := w.workWords(q.Indicator)
	part, of, err := s.workPart(c, w, q.Group)
	if err != nil {
		return err
	}
	if part != "" {
		name += w.inf("（%s）", " (%s)", part)
	}
	when := w.in("现在", "now")
	if q.Indicator == engine.WorkCounted || q.Indicator == engine.WorkDecided || q.Indicator == engine.WorkReturned || q.Indicator == engine.WorkFlagged {
		if span, bad := totals.ParsePeriod(q.Period); bad == nil {
			when = w.period(span)
		}
	}
	progress := of != nil && strings.HasPrefix(q.Group, "progress:")
	last := numbers(w.in("次数", "Times"), w.in("这条记录算了几次。", "How often it is counted."))
	adds := fileColumn{}
	if progress {
		says += w.in("这里只有通过以后这个活动的数会变的。", " Here those alone by which the campaign's number would be another.")
		_, word := campaignIn(w.lang).counts(of, s.Engine.Catalogue())
		adds = amountOf(of, s.Engine.Catalogue())
		adds.text = w.in("会增加", "Would add")
		if word != "" {
			adds.text += "（" + word + "）"
		}
		last = listColumn{adds.heading(), w.in("这一条通过以后会增加多少。同一户、同一人可能有几条，只算一次。", "What it would add once it is approved. Of what is counted once several may be of the same.")}
	}
	l := s.newList(c, w, about{unit: q.Unit, span: when, asOf: page.AsOf,
		title:  w.inf("%s %s：“%s”是哪些", "%s, %s: what “%s” counts", w.place(q.Unit), when, name),
		filter: says},
		column(24, w.in("单位", "Unit"), w.in("记录是哪个单位的。", "Whose it is.")), w.codes(),
		column(14, w.in("日期", "Day"), w.in("是哪天做的；不能看的，空着。", "The day on which it was done; empty where it is withheld.")),
		column(16, w.in("表格", "Form"), w.in("记在哪张表格里；敏感记录不写。", "The form; not told of sensitive entries.")),
		column(12, w.in("状态", "State"), w.in("记录现在的状态。", "The entry's state now.")),
		column(18, w.in("对象", "About"), w.in("记的是哪一户、哪个人；按规定不公开姓名的，空着。", "The household or the person; empty where names are withheld.")),
		column(36, w.in("内容", "What"), w.in("这条记录的摘要。", "The entry's summary.")),
		column(28, w.in("哪里存疑", "What is doubtful"), w.in("送来时哪里看着不对劲；没有的和敏感记录空着。", "What looked odd when it came; empty for nothing, and for sensitive entries.")),
		last)
	l.definitions = append([][3]string{{name, "", says}}, l.definitions...)
	for _, e := range page.List {
		l.add(append(s.workRow(w, q.Indicator, e), func() tableCell {
			if progress {
				return adds.cell(fileCell{value: &e.Value}, w.exportWords)
			}
			return numberCell(e.Value)
		}())...)
	}
	if page.Left > 0 {
		l.cut(page.Left, w.in("其中可能有按规定不公开的。请到下面的单位分开存。", "Some of them may be withheld. Save it unit by unit below."))
	}
	if page.Hidden > 0 {
		l.note(w.in("没有列出的", "Not listed"), w.inf("另有 %d 只计数，不列出是哪些。可能敏感的记录，只有本单位和直接上级能看。",
			"Another %d are counted and not listed: entries that may be sensitive are for their unit and the one above.", page.Hidden))
	}
	return l.done("").send(c, format, "work-"+q.Unit, l.title)
}

// workRow is one record of them. Of a sensitive one it says that it is there: a file goes from hand to hand.
func (s *Server) workRow(w listWords, indicator string, e engine.CountedEntry) []tableCell {
	r := e.Record
	day, about, what, odd := e.Day, "", "", ""
	form := ""
	switch one := s.Engine.Catalogue().Form(r.Form); {
	case r.Content == nil || r.Sensitive:
		what = w.in("敏感记录，内容请在系统里看", "Sensitive: open it in the system")
	case r.Type == record.Household:
		form = w.in("家庭", "Household")
	case r.Type == record.Person:
		form = w.in("人员", "Person")
	default:
		if form = r.Form; one != nil {
			form = w.pick(one.Name)
		}
		content := r.Content
		if indicator == engine.WorkCounted {
			content = r.Approved
		}
		about, what = w.says(one, content, nameIn(s.Engine.Catalogue(), e.Named))
		odd = w.flags(r.Flags)
	}
	return []tableCell{textCell(w.place(e.Unit)), textCell(e.Unit), textCell(day), textCell(form), textCell(w.entryState(r.State)), textCell(about), textCell(what), textCell(odd)}
}

// flags say what looked odd, in the words of the page (pwa/src/texts/review.ts).
func (w listWords) flags(list []string) string {
	var out []string
	for _, one := range list {
		words, known := map[string][2]string{
			record.FlagDateOdd: {"日期不寻常", "Unusual date"}, record.FlagClockOff: {"手机时间不准", "Phone’s clock is off"},
			record.FlagCheckFailed: {"有一项和别的项对不上", "An answer does not agree with another"},
		}[one]
		if !known {
			words = [2]string{"系统提醒", "Flagged"}
		}
		out = append(out, w.in(words[0], words[1]))
	}
	return strings.Join(out, w.listed)
}

func (w listWords) entryState(s review.State) string {
	words, known := map[review.State][2]string{
		review.Submitted: {"待审核", "waiting"}, review.Returned: {"已退回", "returned"}, review.Approved: {"已通过", "approved"}, review.Amended: {"修订待审", "amended"},
		review.Withdrawn: {"已撤回", "withdrawn"}, review.Voided: {"已作废", "voided"}, record.Active: {"在册", "kept"},
	}[s]
	if !known {
		return string(s)
	}
	return w.in(words[0], words[1])
}
