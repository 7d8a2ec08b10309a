package report

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Past are last year's figures that were imported, of the report's unit and the stretch of the year before: by a figure's
// name with its group. They stand in the place of what was counted then.
type Past map[string]int64

// Compose writes a report: all that was counted, for nobody in particular. For a reader see Told.
func Compose(t *Template, cat *catalogue.Catalogue, c *Counted, past Past) *Document {
	w := &writing{Numbers: NumbersOf(t, cat, c, past), template: t}
	d := &Document{Unit: c.Unit, From: c.From, To: c.To, Mark: c.Mark, Parts: []Part{}, Tables: []Table{}}
	d.Title = textOf(w.runs(w.said(t.Title)))
	for _, part := range t.Parts {
		p := Part{Key: part.Key, Title: part.Title, Sections: []Section{}}
		for _, section := range part.Sections {
			s := Section{Key: section.Key, Title: section.Title, Paragraphs: w.paragraphs(section.Sentences)}
			if len(s.Paragraphs) > 0 {
				p.Sections = append(p.Sections, s)
			}
		}
		d.Parts = append(d.Parts, p)
	}
	for _, table := range t.Tables {
		d.Tables = append(d.Tables, w.table(table))
	}
	return d
}

func textOf(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Words())
	}
	return b.String()
}

// Words are a run as it is read.
func (r Run) Words() string {
	if r.Figure == nil {
		return r.Text
	}
	return r.Figure.Words()
}

// Words are a figure as it is read.
func (f *Figure) Words() string { return f.Written + f.UnitWord }

type writing struct {
	*Numbers
	template *Template
	campaign *Asked   // of a sentence that is said for each
	nothing  bool     // a figure of what is being written has nothing to say
	within   bool     // a clause is being written
	wanting  []string // figures of what is being written that have nothing to say, and are said for the sake of those who are not told
}

func (w *writing) said(text string) []segment {
	list, err := parseText(text)
	if err != nil { // not reached: the template was checked
		return []segment{{text: text}}
	}
	return list
}

// paragraphs writes sentences, those that have something to say.
func (w *writing) paragraphs(list []*Sentence) []Paragraph {
	out := []Paragraph{}
	begins := true // also where the sentence that begins the paragraph has nothing to say: what follows is of another matter
	for _, s := range list {
		begins = begins || s.New
		campaigns := []*Asked{nil}
		switch s.Each {
		case EachGap:
			campaigns = pointers(w.counted.Gaps)
		case EachNext:
			campaigns = pointers(w.counted.Next)
		}
		said := 0
		for _, campaign := range campaigns {
			w.campaign = campaign
			runs := w.sentence(s)
			if len(runs) == 0 {
				continue
			}
			if said == 0 && len(s.lead) > 0 {
				runs = join(append(w.runs(s.lead), runs...))
			}
			said++
			if begins {
				begins = false
				out = append(out, Paragraph{Key: s.Key, Runs: runs})
				continue
			}
			last := &out[len(out)-1]
			last.Runs = join(append(last.Runs, runs...))
		}
		if said > 0 && s.Each != "" {
			last := out[len(out)-1].Runs
			if end := &last[len(last)-1]; strings.HasSuffix(end.Text, "；") { // of a list; what ends it ends a sentence
				end.Text = strings.TrimSuffix(end.Text, "；") + "。"
			}
		}
	}
	return out
}

func pointers(list []Asked) (out []*Asked) {
	for i := range list {
		out = append(out, &list[i])
	}
	return out
}

func (w *writing) sentence(s *Sentence) []Run {
	if s.Below != nil {
		v, _ := w.value(s.Below.Figure, w.counted.Unit.Code, w.now)
		if v.N == nil || *v.N >= s.Below.Percent*100 {
			return nil
		}
	}
	for _, name := range s.Without {
		if f := w.Figure(name, w.counted.Unit.Code, Plain); f != nil && !w.empty(f) {
			return nil
		}
	}
	w.wanting = nil
	runs := w.runs(s.said)
	if w.nothing {
		return nil
	}
	runs = frame(lest(runs, w.wanting))
	if len(marksOf(s.said)) > 0 && !slices.ContainsFunc(runs, func(r Run) bool { return r.Figure != nil && r.Figure.Written != "" }) && s.Each == "" {
		return nil // all its clauses have left
	}
	return tidy(runs)
}

// runs writes segments, and says in nothing whether one of them, outside of every clause, has nothing to say.
func (w *writing) runs(list []segment) (out []Run) {
	w.nothing = false
	nothing := false
	for _, s := range list {
		switch {
		case s.mark != nil:
			run := w.mark(*s.mark)
			nothing = nothing || w.nothing
			if run.Figure != nil || run.Text != "" {
				out = append(out, run)
			}
		case s.clause != nil:
			outer, within := w.wanting, w.within
			w.wanting, w.within = nil, true
			if clause := w.runs(s.clause); !w.nothing {
				out = append(out, lest(clause, w.wanting)...)
			}
			w.wanting, w.within = outer, within
		default:
			out = append(out, Run{Text: s.text})
		}
	}
	w.nothing = nothing
	return join(out)
}

// join puts words that follow each other together, unless one may be left out without the other.
func join(list []Run) (out []Run) {
	for _, r := range list {
		if n := len(out); n > 0 && r.Figure == nil && out[n-1].Figure == nil && len(r.Lest) == 0 && len(out[n-1].Lest) == 0 {
			out[n-1].Text += r.Text
			continue
		}
		out = append(out, r)
	}
	return out
}

// tidied are marks that follow each other where what stood between them has gone, and what is left of them.
var tidied = [][2]string{{"，，", "，"}, {"；；", "；"}, {"，；", "；"}, {"，。", "。"}, {"；。", "。"}, {"、。", "。"}, {"：，", "："}, {"：；", "："}, {"；，", "；"}, {"其中，", "其中"}, {"看，，", "看，"}, {"分，，", "分，"}, {"现有、", "现有"}, {"阵地有、", "阵地有"}, {"（，", "（"}, {"（）", ""}}

// tidy leaves no comma in a sentence where what stood before it has gone.
func tidy(list []Run) []Run {
	out := join(list)
	for i := range out {
		if out[i].Figure != nil {
			continue
		}
		for _, pair := range tidied {
			out[i].Text = strings.ReplaceAll(out[i].Text, pair[0], pair[1])
			if i > 0 && out[i-1].Figure == nil {
				out[i-1].Text, out[i].Text = tidyAcross(out[i-1].Text, out[i].Text, pair)
			}
		}
		if i == 0 {
			out[i].Text = strings.TrimLeft(out[i].Text, "，；、。")
		}
	}
	return slices.DeleteFunc(out, func(r Run) bool { return r.Figure == nil && r.Text == "" })
}

// tidyAcross does the same where one of the two may be left out.
func tidyAcross(a, b string, pair [2]string) (string, string) {
	for i := range pair[0] {
		if i == 0 || !strings.HasSuffix(a, pair[0][:i]) || !strings.HasPrefix(b, pair[0][i:]) {
			continue
		}
		a, b = strings.TrimSuffix(a, pair[0][:i]), strings.TrimPrefix(b, pair[0][i:])
		if strings.HasPrefix(pair[0], pair[1]) {
			return a + pair[1], b
		}
		return a, pair[1] + b
	}
	return a, b
}

// mark writes one; in nothing it says whether that has anything to say.
func (w *writing) mark(m mark) Run {
	w.nothing = false
	c := w.counted
	number := func(n int64, word string) Run {
		w.nothing = n == 0
		return Run{Figure: &Figure{ID: m.name, Unit: c.Unit.Code, Name: ownNames[m.name], Value: Value{N: &n}, Written: Written(n, Plain), UnitWord: word, Link: w.page(c.Unit.Code)}}
	}
	switch m.name {
	case wordUnit:
		return Run{Text: c.Unit.Name}
	case wordYear:
		return Run{Text: c.To[:4]}
	case wordNext:
		year, _ := strconv.Atoi(c.To[:4])
		return Run{Text: strconv.Itoa(year + 1)}
	case wordPeriod:
		return Run{Text: Spoken(c.From, c.To)}
	case wordMonths:
		from, to := monthsOf(c.From, c.To)
		return Run{Text: Spoken(from, to)}
	case wordBelow:
		return Run{Text: belowOf[c.Unit.Level]}
	case wordSilent:
		return number(int64(len(c.Silent)), "个")
	case wordSilents:
		w.nothing = len(c.Silent) == 0
		return Run{Text: some(c.Silent)}
	case wordIdle:
		return number(int64(len(w.idle())), "个")
	case wordIdles:
		w.nothing = len(w.idle()) == 0
		return Run{Text: some(w.idle())}
	case wordCampaign, wordTarget, wordDone, wordGap:
		if w.campaign != nil {
			return w.ofCampaign(m.name)
		}
	}
	f := w.Figure(m.name, c.Unit.Code, m.style)
	w.nothing = f == nil || w.empty(f)
	if w.within && !w.nothing && f.Value.N != nil && *f.Value.N == 0 && !w.hides(f) && w.template.lacks(m.name) {
		w.nothing = true // a rate of nought is no achievement, and it is said among what is lacking
	}
	if !w.nothing && m.style != Differ && m.style != Before && f.nought() {
		w.wanting = append(w.wanting, f.ID)
	}
	return Run{Figure: f}
}

// ownNames are what the report itself counts.
var ownNames = map[string]string{wordSilent: "没有记录的村（社区）", wordIdle: "没有记录的单位", wordTarget: "目标", wordDone: "已完成", wordGap: "还差"}

var belowOf = map[record.Level]string{record.City: "县（区）", record.County: "乡镇（街道）", record.Township: "村（社区）"}

func (w *writing) ofCampaign(what string) Run {
	a := w.campaign
	if what == wordCampaign {
		return Run{Text: a.Title}
	}
	n := map[string]int64{wordTarget: a.Target, wordDone: a.Done, wordGap: max(0, a.Target-a.Done)}[what]
	m := manner{display: catalogue.DisplayInteger, word: a.UnitWord}
	if a.Money {
		m = manner{display: catalogue.DisplayYuan, word: "元"}
	} else if a.Decimals > 0 {
		m = manner{display: catalogue.DisplayDecimal, scale: a.Decimals, word: a.UnitWord}
	}
	return Run{Figure: &Figure{ID: "campaign:" + a.ID + ":" + what, Unit: w.counted.Unit.Code, Name: a.Title + "：" + ownNames[what], Value: Value{N: &n},
		Written: m.exactly(n), UnitWord: m.word, Link: "/campaigns/" + a.ID}}
}

// monthsOf are the first and the last day of the months that a span lies in.
func monthsOf(from, to string) (first, last string) {
	first, last = from[:8]+"01", to
	for totals.DayAfter(last)[8:] != "01" {
		last = totals.DayAfter(last)
	}
	return first, last
}

// idle are the units right below of which nothing counts. Of a span of days they are not told: villages are silent by whole
// months, and a township without entries on three days is not among them.
func (w *writing) idle() (out []Unit) {
	if from, to := monthsOf(w.counted.From, w.counted.To); from != w.counted.From || to != w.counted.To {
		return nil
	}
	for _, row := range w.counted.Rows[1:] {
		if !w.done(row) {
			out = append(out, row.Unit)
		}
	}
	return out
}

// done reports whether anything was done in a unit: what merely stands there was perhaps done years ago.
func (w *writing) done(row CountedRow) bool {
	return slices.ContainsFunc(row.Cells, func(c Cell) bool {
		ind := w.cat.Indicator(c.Indicator)
		return c.N != nil && *c.N != 0 && ind != nil && !ind.Quotient() && ind.Measure != catalogue.MeasureStanding
	})
}

// maxNamed is how many units a sentence names.
const maxNamed = 5

func some(list []Unit) string {
	names := make([]string, 0, maxNamed)
	for _, u := range list[:min(len(list), maxNamed)] {
		names = append(names, u.Name)
	}
	if text := strings.Join(names, "、"); len(list) > maxNamed {
		return text + "等"
	} else {
		return text
	}
}

// Spoken is a span as a report says it: 2026年, 2026年1月至11月, 2026年3月5日至6月20日.
func Spoken(from, to string) string {
	n := func(s string) int { v, _ := strconv.Atoi(s); return v }
	year, month, day := func(d string) int { return n(d[:4]) }, func(d string) int { return n(d[5:7]) }, func(d string) int { return n(d[8:]) }
	whole := day(from) == 1 && totals.DayAfter(to)[8:] == "01"
	switch {
	case whole && year(from) == year(to) && month(from) == 1 && month(to) == 12:
		return fmt.Sprintf("%d年", year(to))
	case whole && year(from) == year(to) && month(from) == month(to):
		return fmt.Sprintf("%d年%d月", year(to), month(to))
	case whole && year(from) == year(to):
		return fmt.Sprintf("%d年%d月至%d月", year(to), month(from), month(to))
	case whole:
		return fmt.Sprintf("%d年%d月至%d年%d月", year(from), month(from), year(to), month(to))
	case from == to:
		return fmt.Sprintf("%d年%d月%d日", year(to), month(to), day(to))
	case year(from) == year(to):
		return fmt.Sprintf("%d年%d月%d日至%d月%d日", year(to), month(from), day(from), month(to), day(to))
	}
	return fmt.Sprintf("%d年%d月%d日至%d年%d月%d日", year(from), month(from), day(from), year(to), month(to), day(to))
}

// page is the page of a unit's figures.
func (n *Numbers) page(unit string) string {
	return "/totals?" + url.Values{"unit": {unit}, "period": {n.counted.Period}}.Encode()
}

func (w *writing) table(t *TemplateTable) Table {
	out := Table{Key: t.Key, Title: t.Title, Columns: []Column{}, Rows: []Row{}}
	for _, name := range t.Figures {
		id, group, _ := strings.Cut(name, "/")
		ind := w.cat.Indicator(id)
		out.Columns = append(out.Columns, Column{Indicator: id, Group: group, Name: w.name(name), UnitWord: ind.Unit.ZH, Definition: ind.Definition.ZH})
	}
	for _, row := range w.counted.Rows {
		r := Row{Unit: row.Unit, Cells: []Figure{}}
		for _, name := range t.Figures {
			r.Cells = append(r.Cells, *w.Figure(name, row.Unit.Code, Plain))
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}
