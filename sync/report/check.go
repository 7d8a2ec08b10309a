package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

type checking struct {
	*catalogue.Filled
	template *Template
	cat      *catalogue.Catalogue
}

func (c *checking) check() {
	t := c.template
	if len(t.Levels) == 0 {
		c.Wrong("levels", `"levels" is missing`, "缺少“levels”")
	}
	for i, level := range t.Levels {
		if !slices.Contains([]string{string(record.City), string(record.County), string(record.Township)}, level) {
			c.Wrong(at("levels", i), "a report is of a city, a county or a township, not of %q", "报告只有市、县、乡镇的，没有 %q 的", level)
		}
	}
	for i, f := range t.Figures {
		c.computed(at("figures", i), f)
	}
	c.cycles()
	c.spoken()
	c.words("title", t.Title, "")
	keys := map[string]bool{}
	once := func(path, key string) {
		if key == "" || keys[key] {
			c.Wrong(path+".key", "key %q is missing or stands twice", "名字 %q 没有写，或者写了两次", key)
		}
		keys[key] = true
	}
	for i, p := range t.Parts {
		where := at("parts", i)
		if !slices.Contains([]string{PartReview, PartLacking, PartNext}, p.Key) {
			c.Wrong(where+".key", "a part is review, lacking or next, not %q", "部分只有 review、lacking、next，没有 %q", p.Key)
		}
		once(where, p.Key)
		for j, s := range p.Sections {
			where := at(where+".sections", j)
			once(where, s.Key)
			for k, sentence := range s.Sentences {
				where := at(where+".sentences", k)
				once(where, sentence.Key)
				c.sentence(where, sentence)
			}
		}
	}
	if len(t.Parts) == 0 {
		c.Wrong("parts", `"parts" is missing`, "缺少“parts”")
	}
	for i, table := range t.Tables {
		once(at("tables", i), table.Key)
		for j, name := range table.Figures {
			if where := at(at("tables", i)+".figures", j); c.figure(where, name) && t.byID[name] != nil {
				c.Wrong(where, "a table has figures of the catalogue, not %q", "表里只能用指标，不能用 %q", name)
			}
		}
	}
}

func at(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func (c *checking) sentence(where string, s *Sentence) {
	if s.Each != "" && s.Each != EachGap && s.Each != EachNext {
		c.Wrong(where+".each", "%q is none of gap, next", "%q 不对，只能是 gap 或 next", s.Each)
	}
	if s.Below != nil && c.figure(where+".below.figure", s.Below.Figure) && !c.template.rate(c.cat, s.Below.Figure) {
		c.Wrong(where+".below.figure", "%q is no rate", "%q 不是比率", s.Below.Figure)
	}
	for i, name := range s.Without {
		// That it stands there tells every reader that the figure is nought.
		where := at(where+".without", i)
		switch id, group, _ := strings.Cut(name, "/"); {
		case !c.figure(where, name):
		case c.cat.Indicator(id) == nil:
			c.Wrong(where, "%q is computed: name those that it is made of", "%q 是算出来的，请写它由哪些数算出", name)
		case c.cat.Indicator(id).IsSensitive(group):
			c.Wrong(where, "%q is sensitive: that the sentence is said would tell that there is none", "%q 是敏感的数：说不说这一句，会让人看出有没有", name)
		}
	}
	s.said = c.words(where+".text", s.Text, s.Each)
	if s.Lead == "" {
		return
	}
	if s.Each == "" {
		c.Wrong(where+".lead", "only a sentence with each has a lead", "只有带 each 的句子才有 lead")
	}
	s.lead = c.words(where+".lead", s.Lead, "")
}

// words reads a text and checks what its marks name.
func (c *checking) words(where, text, each string) []segment {
	list, err := parseText(text)
	if err != nil {
		c.Wrong(where, "%v", "写法不对：%v", err)
		return nil
	}
	if len(list) == 0 {
		c.Wrong(where, "the text is missing", "没有写文字")
	}
	for _, m := range marksOf(list) {
		switch {
		case words[m.name], each != "" && eachWords[m.name]:
			if m.style != Plain {
				c.Wrong(where, "{%s} has no other way of writing", "{%s} 没有别的写法", m.name)
			}
		default:
			c.figure(where, m.name)
		}
	}
	return list
}

// figure checks the name of one, with its group.
func (c *checking) figure(where, name string) bool {
	id, group, _ := strings.Cut(name, "/")
	if own := c.template.byID[id]; own != nil {
		if group != "" {
			c.Wrong(where, "figure %q is computed, and has no filter %q", "指标 %q 是算出来的，不能再筛选 %q", id, group)
		}
		return group == ""
	}
	ind := c.cat.Indicator(id)
	if ind == nil {
		c.Wrong(where, "no figure %q", "没有指标 %q", id)
		return false
	}
	if group != "" && !HasGroup(c.cat, ind, group) {
		c.Wrong(where, "figure %q has no filter %q", "指标 %q 不能这样筛选：%q", id, group)
		return false
	}
	return true
}

// HasGroup reports whether an indicator is counted by a group.
func HasGroup(cat *catalogue.Catalogue, ind *catalogue.Indicator, group string) bool {
	if !slices.Contains(ind.Groups, totals.FieldOf(group)) {
		return false
	}
	sources := ind.Sources
	for _, part := range []string{ind.Numerator, ind.Denominator} {
		if of := cat.Indicator(part); of != nil {
			sources = append(slices.Clone(sources), of.Sources...)
		}
	}
	for part := range strings.SplitSeq(group, "+") {
		key, choice, _ := strings.Cut(part, "=")
		if !slices.ContainsFunc(sources, func(s *catalogue.Source) bool {
			form := cat.Form(s.Form)
			return form != nil && form.Field(key) != nil && form.Field(key).Choice(choice) != nil
		}) {
			return false
		}
	}
	return true
}

func (c *checking) computed(where string, f *ComputedFigure) {
	t := c.template
	if f.ID == "" || t.byID[f.ID] != nil || c.cat.Indicator(f.ID) != nil || words[f.ID] || eachWords[f.ID] {
		c.Wrong(where+".id", "figure %q is missing, or is there already", "指标 %q 没有写，或者已经有了", f.ID)
	}
	t.byID[f.ID] = f
	ways := 0
	for _, list := range [][]string{f.Sum, f.Less, f.Ratio} {
		if len(list) > 0 {
			ways++
		}
	}
	if ways != 1 || len(f.Less) != 0 && len(f.Less) != 2 || len(f.Ratio) != 0 && len(f.Ratio) != 2 {
		c.Wrong(where, "figure %q is a sum, one less another, or one by another", "指标 %q 要么是一项或几项相加，要么是两项相减或者相除", f.ID)
	}
}

// cycles looks through what computed figures are made of, when all of them are known.
func (c *checking) cycles() {
	t := c.template
	for i, f := range t.Figures {
		where := at("figures", i)
		way := map[string]bool{}
		var through func(f *ComputedFigure) bool
		through = func(f *ComputedFigure) bool {
			if way[f.ID] {
				return false
			}
			way[f.ID] = true
			for _, name := range f.of() {
				if own := t.byID[name]; own != nil && !through(own) {
					return false
				}
			}
			delete(way, f.ID)
			return true
		}
		if !through(f) {
			c.Wrong(where, "figure %q is made of itself", "指标 %q 绕了一圈又用到了自己", f.ID)
			continue
		}
		for _, name := range f.of() {
			if !c.figure(where, name) {
				continue
			}
			if len(f.Sum) == 0 && t.byID[name] == nil {
				id, _, _ := strings.Cut(name, "/")
				if c.cat.Indicator(id).Quotient() || c.cat.Indicator(id).Measure == catalogue.MeasureMedian {
					c.Wrong(where, "figure %q: %q is a rate, and is no part of another", "指标 %q：%q 是比率，不能再拿来计算", f.ID, name)
				}
			}
			if len(f.Sum) > 0 && !t.addsUp(c.cat, name) {
				// The same person may be in both: their sum would count her twice.
				c.Wrong(where, "figure %q: %q does not add up with others", "指标 %q：%q 不能和别的相加", f.ID, name)
			}
		}
		if len(f.Ratio) == 0 && !c.alike(f) {
			c.Wrong(where, "figure %q: its parts are of different kinds", "指标 %q：几项的单位不一样", f.ID)
		}
	}
}

func (c *checking) alike(f *ComputedFigure) bool {
	first := ""
	for _, name := range f.of() {
		if own := c.template.byID[name]; own != nil {
			if len(own.Ratio) > 0 {
				return false
			}
			continue
		}
		id, _, _ := strings.Cut(name, "/")
		ind := c.cat.Indicator(id)
		if ind == nil {
			return true // told already
		}
		display := ind.Display
		if ind.Money() {
			display = "money"
		}
		if display = fmt.Sprint(display, ind.Decimals()); first != "" && first != display {
			return false
		}
		first = display
	}
	return true
}

// addsUp reports whether a figure may stand in a sum.
func (t *Template) addsUp(cat *catalogue.Catalogue, name string) bool {
	if own := t.byID[name]; own != nil {
		return len(own.Ratio) == 0
	}
	id, _, _ := strings.Cut(name, "/")
	ind := cat.Indicator(id)
	return ind == nil || ind.Measure == catalogue.MeasureCount || ind.Measure == catalogue.MeasureSum
}

// rate reports whether a figure is written in percent.
func (t *Template) rate(cat *catalogue.Catalogue, name string) bool {
	if own := t.byID[name]; own != nil {
		return len(own.Ratio) > 0
	}
	id, _, _ := strings.Cut(name, "/")
	ind := cat.Indicator(id)
	return ind != nil && ind.Display == catalogue.DisplayPercent
}

// spoken names stand for figures that are there, and none for two.
func (c *checking) spoken() {
	t := c.template
	if len(t.Spoken) == 0 {
		return
	}
	n := &Numbers{template: t, cat: c.cat, counted: &Counted{}}
	sound := len(c.Problems()) == 0 // else some figures have no name
	for _, name := range slices.Sorted(maps.Keys(t.Spoken)) {
		if !c.figure("spoken", t.Spoken[name]) || !sound {
			continue
		}
		if id := n.called(name); name != plainMark(name) || strings.Contains(name, "（") || spokenWords[name] != "" || n.Known(name) || id != "" && id != t.Spoken[name] {
			c.Wrong("spoken", "%q is the name of another figure, or no name", "%q 已经是别的数的名字，或者不能当名字", name)
		}
	}
}
