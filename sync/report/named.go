package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"niangjia/sync/catalogue"
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
		if name = cmp.Or(n.called(name), n.spoken(name)); name == "" {
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

// called finds a figure by the name that the report gives it, "" for none. Of two of one name the template's is taken, or
// else the first by id.
func (n *Numbers) called(name string) string {
	var own, found string
	n.eachName(func(id, called string) {
		switch {
		case called != name:
		case n.template.byID[id] != nil:
			own = cmp.Or(own, id)
		case found == "" || id < found:
			found = id
		}
	})
	return cmp.Or(own, found)
}

// spoken finds a figure by a shorter name of its template, or by what stands in its brackets in another order; "" for none.
func (n *Numbers) spoken(name string) string {
	base, brackets, parted := strings.Cut(name, "（")
	id := n.template.Spoken[base]
	if id != "" && !parted {
		return id
	}
	if id != "" {
		base = plainMark(n.name(id))
	}
	if !parted {
		return ""
	}
	if found := n.called(base + "（" + brackets); found != "" {
		return found
	}
	want := inOrder(brackets)
	if !strings.Contains(want, "，") {
		return ""
	}
	var found string
	n.eachName(func(id, called string) {
		if b, rest, _ := strings.Cut(called, "（"); found == "" && b == base && inOrder(rest) == want {
			found = id
		}
	})
	return found
}

// inOrder are the parts of brackets as they are compared.
func inOrder(brackets string) string {
	parts := strings.Split(strings.TrimSuffix(brackets, "）"), "，")
	slices.Sort(parts)
	return strings.Join(parts, "，")
}

// eachName goes through all figures that a mark may name, with their names as plainMark has them: the template's own by
// their ids, those of the definitions, and their parts by fields whose choices are known, whether anything was counted or not.
func (n *Numbers) eachName(one func(id, called string)) {
	if n.names == nil {
		add := func(id string) { n.names = append(n.names, named{id, plainMark(n.name(id))}) }
		for _, id := range slices.Sorted(maps.Keys(n.template.byID)) {
			add(id)
		}
		for _, ind := range n.cat.Indicators {
			add(ind.ID)
			for _, of := range ind.Groups {
				for _, group := range n.parts(ind.ID, of) {
					add(ind.ID + "/" + group)
				}
			}
		}
	}
	for _, x := range n.names {
		one(x.id, x.called)
	}
}

// parts are the groups of an indicator by one field or two: what somebody typed, or a unit, has no name but its own.
func (n *Numbers) parts(indicator, of string) []string {
	out := []string{""}
	for _, key := range catalogue.GroupFields(of) {
		var field *catalogue.Field
		for _, src := range n.sources(indicator) {
			if form := n.cat.Form(src.Form); form != nil && form.Field(key) != nil {
				field = form.Field(key)
				break
			}
		}
		if field == nil {
			return nil
		}
		var next []string
		for _, before := range out {
			for _, choice := range field.Choices {
				next = append(next, strings.TrimPrefix(before+"+"+key+"="+choice.Key, "+"))
			}
		}
		out = next
	}
	return out
}

// Bounds of what is looked for beside a mark that nothing is called.
const (
	nearMark  = 40 // its length
	nearNames = 3
)

// Near are the names that a mark may have meant which nothing is called: those that hold it, or that it holds, and those
// that are a letter in four from it; of these the nearest, a few at most. So a figure that has got another name is found by
// its old one where the one is a part of the other.
func (n *Numbers) Near(text string) (out []string) {
	mark, _, _ := strings.Cut(plainMark(text), "|")
	letters := []rune(mark)
	if len(letters) < 2 || len(letters) > nearMark {
		return nil
	}
	best := len(letters) * 4 // what is five times as long is another thing
	n.eachName(func(_, called string) {
		away := distance(letters, []rune(called))
		if away > best || away > max(1, len(letters)/4) && !strings.Contains(called, mark) && !(strings.Contains(mark, called) && called != "") {
			return
		}
		if away < best {
			best, out = away, nil
		}
		if len(out) < nearNames && !slices.Contains(out, called) {
			out = append(out, called)
		}
	})
	return out
}

// distance is how many letters one has to put in, take out or change to make one word of another.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := before
			if x != y {
				change++
			}
			before, row[j+1] = row[j+1], min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
