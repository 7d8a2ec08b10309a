package api

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/labstack/echo/v4"

	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// The tables of the dashboard as files, each as its card has it.

func (s *Server) exportDashboard(c echo.Context) error {
	format, err := fileFormat(c)
	if err != nil {
		return err
	}
	var l *list
	w, unit := s.listIn(c), c.QueryParam("unit")
	table := c.QueryParam("table")
	switch table {
	case "units":
		l, err = s.unitsFile(c, w)
	case "waiting", "coverage", "quality":
		var d *engine.Dashboard
		if d, err = s.Engine.Dashboard(c.Request().Context(), callerOf(c).Actor, unit, c.QueryParam("year"), c.QueryParam("quarter"), nil); err != nil {
			return err
		}
		l = map[string]func(echo.Context, listWords, *engine.Dashboard) *list{
			"waiting": s.waitingFile, "coverage": s.coverageFile, "quality": s.qualityFile}[table](c, w, d)
	case "silent":
		l, err = s.silentFile(c, w)
	case "oldest":
		if !recording.admit(callerOf(c).Actor) { // as the list on the page
			return &record.Error{Code: record.Forbidden}
		}
		l, err = s.oldestFile(c, w)
	default:
		err = &record.Error{Code: record.BadRequest, Field: "table"}
	}
	if err != nil {
		return err
	}
	return l.done(w.smaller()).send(c, format, table+"-"+unit, l.title)
}

func (w listWords) unitColumn() listColumn {
	return column(24, w.unit, w.in("哪个单位的数。", "Whose numbers they are."))
}

// unitsFile is one figure or target in the units below, as they are ranked.
func (s *Server) unitsFile(c echo.Context, w listWords) (*list, error) {
	who, deep, unit := callerOf(c).Actor, c.QueryParam("deep"), c.QueryParam("unit")
	if deep != "" && deep != "0" && deep != "1" {
		return nil, &record.Error{Code: record.BadRequest, Field: "deep"}
	}
	t, err := s.Engine.DashboardUnits(c.Request().Context(), who, unit, c.QueryParam("year"), c.QueryParam("quarter"),
		c.QueryParam("indicator"), c.QueryParam("campaign"), deep == "1")
	if err != nil {
		return nil, err
	}
	rows := slices.DeleteFunc(slices.Clone(t.Rows[1:]), func(r engine.UnitRow) bool {
		return (cmp.Or(s.openParent(who, r.Division.Code), unit) == unit) == (deep == "1")
	})
	slices.SortStableFunc(rows, func(a, b engine.UnitRow) int {
		last := func(rank int) int { return (rank - 1) & (1<<30 - 1) } // who has no place comes last
		return cmp.Or(cmp.Compare(last(a.Rank), last(b.Rank)), cmp.Compare(a.Division.Code, b.Division.Code))
	})
	rank := numbers(w.in("名次", "Rank"), w.in("一样大的，名次相同；没有数的，没有名次。", "Equal ones share a rank; who has no number has none."))
	first := []listColumn{rank, w.unitColumn(), column(18, w.in("上级单位", "Unit above"), w.in("它在哪个单位下面。", "The unit that it lies in.")), w.codes()}
	var l *list
	var cells func(engine.UnitRow) []tableCell
	if t.Target != nil {
		l, cells = s.targetColumns(c, w, t, first)
	} else {
		l, cells = s.figureColumns(c, w, t, first)
	}
	for _, r := range rows {
		place := emptyCell
		if r.Rank > 0 {
			place = numberCell(int64(r.Rank))
		}
		l.add(append([]tableCell{place, textCell(r.Division.Name), textCell(w.place(w.places.Parent(r.Division.Code))), textCell(r.Division.Code)}, cells(r)...)...)
	}
	if slices.ContainsFunc(l.rows, func(r []tableCell) bool {
		return slices.ContainsFunc(r, func(x tableCell) bool { return x.value == w.withheld })
	}) {
		l.note(w.withheld, w.withheldWhy)
	}
	return l, nil
}

func (s *Server) figureColumns(c echo.Context, w listWords, t *engine.UnitsTable, first []listColumn) (*list, func(engine.UnitRow) []tableCell) {
	ind := s.Engine.Catalogue().Indicator(t.Indicator)
	head := w.head(ind)
	span := func(p totals.Period) listColumn {
		one := head
		one.text += " " + w.period(p)
		return listColumn{one.heading(), w.pick(ind.Definition)}
	}
	share := fileColumn{text: w.in("占比", "Share"), display: catalogue.DisplayPercent}
	columns := append(first, span(t.Period))
	if t.Before.Name != "" {
		columns = append(columns, span(t.Before))
	}
	shared := slices.ContainsFunc(t.Rows, func(r engine.UnitRow) bool { return r.Share >= 0 })
	if shared {
		columns = append(columns, listColumn{share.heading(), w.inf("占“%s”的数的百分之几。", "Of the number of “%s”.", w.place(t.Unit))})
	}
	when := w.period(t.Period)
	l := s.newList(c, w, about{title: w.inf("%s %s：%s排名", "%s, %s: ranking by %s", w.place(t.Unit), when, w.pick(ind.Name)),
		unit: t.Unit, span: when, filter: w.exportWords.approved, asOf: t.AsOf}, columns...)
	if t.Recount != nil && slices.Contains(t.Recount.Indicators, ind.ID) {
		l.lines = append(l.lines, fmt.Sprintf(w.recounted, 100*t.Recount.Done/max(t.Recount.All, 1), w.pick(ind.Name)))
	}
	return l, func(r engine.UnitRow) []tableCell {
		row := []tableCell{head.cell(cellOf(&r.Value), w.exportWords)}
		if t.Before.Name != "" {
			row = append(row, head.cell(cellOf(&r.Before), w.exportWords))
		}
		switch {
		case !shared:
		case r.Share < 0:
			row = append(row, emptyCell)
		default:
			row = append(row, share.cell(fileCell{value: &r.Share}, w.exportWords))
		}
		return row
	}
}

func (s *Server) targetColumns(c echo.Context, w listWords, t *engine.UnitsTable, first []listColumn) (*list, func(engine.UnitRow) []tableCell) {
	one := t.Target.Campaign
	says, measure := campaignIn(w.lang).counts(&one, s.Engine.Catalogue())
	counts := fileColumn{display: catalogue.DisplayInteger}
	switch {
	case t.Target.Money:
		counts.display = catalogue.DisplayYuan
	case t.Target.Decimals > 0:
		counts = fileColumn{display: catalogue.DisplayDecimal, scale: t.Target.Decimals}
	}
	amount := func(name, says string) listColumn {
		col := counts
		if col.text = name; measure != "" {
			col.text += "（" + measure + "）"
		}
		return listColumn{col.heading(), says}
	}
	rate := fileColumn{text: w.in("完成率", "Done"), display: catalogue.DisplayPercent}
	columns := append(first,
		listColumn{rate.heading(), w.in("已通过 ÷ 目标，可以超过 100%。", "Approved divided by the target; it may be more than 100%.")},
		amount(w.in("已通过", "Approved"), w.in("审核通过的，只有它算数。", "What is approved; it alone counts.")),
		amount(w.in("目标", "Target"), w.in("给这个单位定的目标。", "What the unit is asked for.")),
		amount(w.in("还差", "Missing"), w.in("目标减去已通过，不够的部分。", "What is missing to the target.")),
		column(22, w.in("进度", "Pace"), w.in("按到今天的速度，到截止日期能不能完成。", "Whether it will be done by the deadline at the pace so far.")))
	when := w.inf("%s到%s", "%s to %s", w.day(one.Start), w.day(one.Deadline))
	l := s.newList(c, w, about{title: w.inf("%s：“%s”排名", "%s: ranking of “%s”", w.place(t.Unit), one.Title), unit: t.Unit, span: when, filter: says, asOf: t.AsOf}, columns...)
	if t.Target.Elsewhere || t.Target.Gone {
		l.note(w.in("没有数", "No numbers"), w.in("这个目标的数这里没有，请到活动页去看。", "The campaign's own page has these numbers."))
	}
	return l, func(r engine.UnitRow) []tableCell {
		if r.Part == nil || r.Part.Untold || r.Part.Target == 0 {
			return []tableCell{emptyCell, emptyCell, emptyCell, emptyCell, emptyCell}
		}
		p := r.Part
		share, gap := 10_000*p.Approved/p.Target, p.Gap()
		cell := func(col fileColumn, n *int64, withheld bool) tableCell {
			return col.cell(fileCell{value: n, withheld: withheld}, w.exportWords)
		}
		return []tableCell{cell(rate, &share, p.Withheld), cell(counts, &p.Approved, p.Withheld), cell(counts, &p.Target, false),
			cell(counts, &gap, p.Withheld), textCell(w.pace(p.Pacing.Pace))}
	}
}

func (w listWords) pace(p campaign.Pace) string {
	switch p {
	case campaign.NotBegun:
		return w.in("还没有开始", "Not begun")
	case campaign.Begun:
		return w.in("今天刚开始", "Begins today")
	case campaign.Reached:
		return w.in("已经完成", "Reached")
	case campaign.OnTrack:
		return w.in("按现在的速度能完成", "Done in time at this pace")
	case campaign.Behind:
		return w.in("按现在的速度完不成", "Not done in time at this pace")
	case campaign.Missed:
		return w.in("过了截止日期，没有完成", "Past the deadline, not reached")
	}
	return w.withheld
}

// waitingFile is what waits, for how long, and where.
func (s *Server) waitingFile(c echo.Context, w listWords, d *engine.Dashboard) *list {
	l := s.newList(c, w, about{title: w.inf("%s：待审等了几天", "%s: what waits for review, and how long", w.place(d.Division.Code)),
		unit: d.Division.Code, asOf: d.AsOf, filter: w.in("现在等着审核的记录，不管是哪天做的；还没有计数。", "What waits for a decision now, whenever it was done; it is not counted yet.")},
		w.unitColumn(), w.codes(),
		numbers(w.in("待审", "Waiting"), w.in("等着审核的条数，含下面各单位的；第一行是合计。", "Entries that wait, of all units below too; the first line is all of them.")),
		numbers(w.in("不到 3 天", "Under 3 days"), w.in("送来不到 3 天的。", "Sent less than 3 days ago.")),
		numbers(w.in("3 到 6 天", "3 to 6 days"), w.in("送来 3 到 6 天的。", "Sent 3 to 6 days ago.")),
		numbers(w.in("7 天以上", "7 days or more"), w.in("送来 7 天以上的，再上一级也可以审。", "Sent 7 days ago or more: the level above may decide, too.")),
		column(14, w.in("最早", "Oldest"), w.in("等得最久的是哪天送来的；按规定不公开的，显示“—”。", "The day on which the oldest was sent; “—” where that is withheld.")))
	row := func(name string, in engine.WaitingIn) {
		oldest := emptyCell
		if in.Oldest != "" {
			oldest = textCell(in.Oldest)
		}
		l.add(textCell(name), textCell(in.Division.Code), numberCell(in.Count), numberCell(in.Ages.Fresh), numberCell(in.Ages.Slow), numberCell(in.Ages.Overdue), oldest)
	}
	row(d.Division.Name, d.Waiting.WaitingIn)
	for _, in := range d.Waiting.Units {
		if d.Division.Level == record.Village {
			break
		}
		name := in.Division.Name
		if in.Division.Code == d.Division.Code {
			name = w.inf("%s自己的", "%s itself", name)
		}
		row(name, in)
	}
	return l
}

// coverageFile says how many villages are silent, by unit.
func (s *Server) coverageFile(c echo.Context, w listWords, d *engine.Dashboard) *list {
	of := d.Coverage
	l := s.newList(c, w, about{title: w.inf("%s：哪些村没有记录", "%s: villages without a record", w.place(d.Division.Code)),
		unit: d.Division.Code, asOf: d.AsOf, span: w.inf("从%s起，近 %d 天", "From %s, the last %d days", w.day(of.Since), of.Days), filter: w.notSensitive()},
		w.unitColumn(), w.codes(),
		numbers(w.in("村数", "Villages"), w.in("有多少个村。", "How many villages there are.")),
		numbers(w.in("没有记录", "Silent"), w.in("这段时间没有记录的村，含从来没有记录的。", "Villages without a record in this time, those that never had one among them.")),
		numbers(w.in("从来没有", "Never"), w.in("从来没有记录的村。", "Villages that never recorded anything.")))
	row := func(one engine.Covered) {
		l.add(textCell(one.Division.Name), textCell(one.Division.Code), numberCell(int64(one.Villages)), numberCell(int64(one.Silent)), numberCell(int64(one.Never)))
	}
	row(of.Covered)
	for _, one := range of.Units {
		row(one)
	}
	return l
}

func (w listWords) notSensitive() string {
	return w.in("敏感记录不算在这里，只记了敏感记录的村也会在名单上。", "Sensitive entries are left out: a village that recorded nothing else is on the list.")
}

// silentFile names the villages.
func (s *Server) silentFile(c echo.Context, w listWords) (*list, error) {
	days, err := silentDays(c)
	if err != nil {
		return nil, err
	}
	v, err := s.Engine.Silent(c.Request().Context(), callerOf(c).Actor, c.QueryParam("unit"), days)
	if err != nil {
		return nil, err
	}
	l := s.newList(c, w, about{title: w.inf("%s：没有记录的村", "%s: villages without a record", w.place(v.Unit)), unit: v.Unit,
		span: w.inf("从%s起，近 %d 天", "From %s, the last %d days", w.day(v.Since), v.Days), filter: w.notSensitive()},
		column(24, w.in("村", "Village"), w.in("没有记录的村。", "A village without a record.")),
		column(18, w.in("乡镇", "Township"), w.in("它在哪个乡镇。", "The township that it lies in.")), w.codes(),
		column(14, w.in("最近一次", "Last record"), w.in("最近一次记录的日期。", "The day of its last record.")),
		numbers(w.in("天数", "Days"), w.in("从那天到今天过了几天；从来没有的，显示“—”。", "Days since then; “—” where there never was one.")))
	for _, r := range v.Rows {
		last, gone := textCell(w.in("从来没有", "never")), emptyCell
		if r.Last != "" {
			last, gone = textCell(r.Last), numberCell(r.Days)
		}
		l.add(textCell(r.Division.Name), textCell(r.Township.Name), textCell(r.Division.Code), last, gone)
	}
	return l, nil
}

// oldestFile lists what has waited for longest, without what it says.
func (s *Server) oldestFile(c echo.Context, w listWords) (*list, error) {
	unit := c.QueryParam("unit")
	page, err := s.Engine.WaitingEntries(c.Request().Context(), callerOf(c).Actor, unit, s.listMost)
	if err != nil {
		return nil, err
	}
	l := s.newList(c, w, about{title: w.inf("%s：等得最久的待审", "%s: those that have waited longest", w.place(unit)), unit: unit,
		filter: w.in("现在等着审核的记录，等得最久的在前面。", "What waits for a decision now, the oldest first.")},
		column(20, w.in("表格", "Form"), w.in("记在哪张表格里；敏感记录不写。", "The form; not told of sensitive entries.")),
		column(24, w.in("单位", "Unit"), w.in("记录是哪个单位的。", "Whose entry it is.")), w.codes(),
		column(14, w.in("日期", "Day"), w.in("是哪天做的。", "The day on which it was done.")),
		column(18, w.in("送来时间", "Sent"), w.in("什么时候送来审核的。", "When it was sent.")),
		numbers(w.in("等了几天", "Days waited"), w.in("从送来到今天。", "From then to today.")))
	for _, r := range page.Rows {
		if r.Stub {
			l.add(textCell(w.in("敏感记录", "Sensitive entry")), textCell(w.place(r.Unit)), textCell(r.Unit), emptyCell, emptyCell, emptyCell)
			continue
		}
		name := r.Form
		if form := s.Engine.Catalogue().Form(r.Form); form != nil {
			name = w.pick(form.Name)
		}
		l.add(textCell(name), textCell(w.place(r.Unit)), textCell(r.Unit), textCell(r.Day), textCell(w.instant(r.SubmittedAt)), numberCell(r.Days))
	}
	if left := page.Count - page.Hidden - int64(len(page.Rows)); left > 0 && len(page.Rows) == s.listMost {
		l.cut(left, w.smaller())
	}
	if page.Hidden > 0 {
		l.note(w.in("没有列出的", "Not listed"), w.inf("另有 %d 条您不能看，只计数。", "%d more that you may not read are counted alone.", page.Hidden))
	}
	return l, nil
}

// withOwn puts what the unit itself recorded on a line of its own, as the page does: then those below the whole come to it.
func withOwn(of []engine.Quality, w listWords) []engine.Quality {
	if len(of) < 2 {
		return of
	}
	own := of[0]
	for _, q := range of[1:] {
		own.Decided -= q.Decided
		own.Returned -= q.Returned
		own.Flagged -= q.Flagged
		own.Conflicts -= q.Conflicts
	}
	if own.Decided == 0 && own.Returned == 0 && own.Flagged == 0 && own.Conflicts == 0 {
		return of
	}
	own.Division.Name = w.inf("%s自己的", "%s itself", own.Division.Name)
	return slices.Insert(slices.Clone(of), 1, own)
}

// qualityFile says how the units' entries were decided on.
func (s *Server) qualityFile(c echo.Context, w listWords, d *engine.Dashboard) *list {
	when := w.period(d.Period)
	share := fileColumn{text: w.in("退回率", "Share returned"), display: catalogue.DisplayPercent}
	l := s.newList(c, w, about{title: w.inf("%s %s：审核质量", "%s, %s: how reviewing goes", w.place(d.Division.Code), when), unit: d.Division.Code, span: when, asOf: d.AsOf,
		filter: w.in("这段时间送来的记录审得怎样；说法不一的，是现在还没有定的。", "Of what was sent in this time; contradictions are those that are open now.")},
		w.unitColumn(), w.codes(),
		numbers(w.in("处理", "Decided"), w.in("审核通过和退回的次数。", "Decisions: approvals and returns.")),
		numbers(w.in("退回", "Returned"), w.in("其中退回的。", "Those that sent an entry back.")),
		listColumn{share.heading(), w.in("退回 ÷ 处理。", "Returned divided by decided.")},
		numbers(w.in("存疑", "Doubtful"), w.in("送来时日期或手机时间看着不对，或没过表格检查的记录。", "Entries whose date or phone's clock looked odd when they came, or that were against a check of the form.")),
		numbers(w.in("说法不一", "Contradictions"), w.in("同一处有两种说法、等人来定的记录。", "Records that say two things, for somebody to choose.")))
	for _, q := range withOwn(d.Quality, w) {
		rate := fileCell{}
		if q.Decided > 0 {
			n := (20_000*q.Returned + q.Decided) / (2 * q.Decided) // rounded, as on the page
			rate.value = &n
		}
		l.add(textCell(q.Division.Name), textCell(q.Division.Code), numberCell(q.Decided), numberCell(q.Returned), share.cell(rate, w.exportWords), numberCell(q.Flagged), numberCell(q.Conflicts))
	}
	return l
}
