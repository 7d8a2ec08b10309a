package report

import (
	"maps"
	"slices"
	"strings"
)

// What a clerk writes in a Word file of her own: {{走访户次}}, {{调解起数（婚姻家庭）|约}}, {{visits|change}}, {{单位}}.

// spokenWords are a report's own words, as people call them.
var spokenWords = map[string]string{"单位": wordUnit, "年份": wordYear, "下一年": wordNext, "时间": wordPeriod, "没有记录的村": wordSilent, "没有记录的村名": wordSilents, "没有记录的单位": wordIdle, "没有记录的单位名": wordIdles}

var spokenStyles = map[string]Style{"": Plain, "约": About, "about": About, "增减": Differ, "change": Differ, "上年": Before, "last": Before}

// Marked is a document of d's figures and words for a clerk's own file: a paragraph for each mark, in their order, without a
// run where nothing is called so. Numbers that were put in the place of counted ones stand here too.
func (n *Numbers) Marked(d *Document, marks []string) *Document {
	out := *d
	section := Section{Key: "marks", Paragraphs: make([]Paragraph, len(marks))}
	instead := map[string]Override{}
	for _, f := range d.Overrides() {
		instead[f.ID] = *f.Override
	}
	for i, m := range marks {
		if r, known := n.marked(m); known {
			if r.Figure != nil {
				if o, is := instead[r.Figure.ID]; is {
					n.override(r.Figure, o)
				}
			}
			section.Paragraphs[i] = Paragraph{Key: m, Runs: []Run{r}}
		}
	}
	out.Parts, out.Tables = []Part{{Key: "marks", Sections: []Section{section}}}, nil
	return &out
}

func (n *Numbers) marked(text string) (Run, bool) {
	name, style, _ := strings.Cut(plainMark(text), "|")
	how, known := spokenStyles[style]
	if !known {
		return Run{}, false
	}
	word := name
	if spoken := spokenWords[name]; spoken != "" {
		word = spoken
	}
	if words[word] {
		w := &writing{Numbers: n, template: n.template}
		return w.mark(mark{name: word}), style == ""
	}
	if !n.Known(name) {
		if name = n.called(name); name == "" {
			return Run{}, false
		}
	}
	f := n.Figure(name, n.counted.Unit.Code, how)
	return Run{Figure: f}, f != nil
}

// plainMark takes out what Word and input methods put in: blanks, brackets and strokes of another width.
func plainMark(s string) string {
	return strings.NewReplacer(" ", "", "\u00a0", "", "\u3000", "", "(", "（", ")", "）", "｜", "|", ",", "，").Replace(s)
}

// called finds a figure by the name that the report gives it, "" for none. Of two of one name the first by id is taken.
func (n *Numbers) called(name string) string {
	for _, id := range slices.Sorted(maps.Keys(n.template.byID)) {
		if plainMark(n.name(id)) == name {
			return id
		}
	}
	var found []string
	for _, ind := range n.cat.Indicators {
		if plainMark(n.name(ind.ID)) == name {
			found = append(found, ind.ID)
		}
	}
	if len(n.counted.Rows) > 0 {
		for _, c := range n.counted.Rows[0].Cells {
			if id := c.Indicator + "/" + c.Group; c.Group != "" && n.cat.Indicator(c.Indicator) != nil && plainMark(n.name(id)) == name {
				found = append(found, id)
			}
		}
	}
	if len(found) == 0 {
		return ""
	}
	return slices.Min(found)
}
