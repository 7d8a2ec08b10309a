package reportfile

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// look finds the marks of a part. Word splits what was typed in one go over any number of runs, by its spelling check,
// its language guess and its notes of who typed when: so a mark is looked for in a paragraph's characters one after the other.
func (p *templatePart) look() (faults Faults, fault *Fault) {
	l := looker{part: p, decoder: xml.NewDecoder(bytes.NewReader(p.body))}
	for {
		from := int(l.decoder.InputOffset())
		token, err := l.decoder.Token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				break
			}
			return nil, &Fault{Code: Broken, Place: l.place(), Err: err}
		}
		to := int(l.decoder.InputOffset())
		switch x := token.(type) {
		case xml.StartElement:
			if l.start(x, from, to); len(l.stack) > maxDepth {
				return nil, &Fault{Code: TooLarge, Err: errDeep}
			}
		case xml.EndElement:
			l.end(x, to)
		case xml.CharData:
			l.text(x, from, to)
		}
	}
	return l.faults, nil
}

type looker struct {
	part       *templatePart
	decoder    *xml.Decoder
	stack      []string // local names of this vocabulary, "" of others
	paragraphs [][]int  // segments of the open ones; -1 is a tab or a break
	faults     Faults

	formatFrom     int
	formats        []string // of the runs that are open: a text box stands within one
	tagFrom, tagTo int
	fresh          bool
}

func (l *looker) start(t xml.StartElement, from, to int) {
	name := ""
	if word(t.Name.Space) {
		name = t.Name.Local
	}
	l.stack = append(l.stack, name)
	switch name {
	case "p":
		l.paragraphs = append(l.paragraphs, nil)
	case "r":
		l.formats = append(l.formats, "")
	case "rPr":
		l.formatFrom = from
	case "t":
		l.tagFrom, l.tagTo, l.fresh = from, to, true
	case "tab", "br", "cr":
		l.hold(-1)
	}
}

func (l *looker) hold(segment int) {
	if n := len(l.paragraphs); n > 0 {
		l.paragraphs[n-1] = append(l.paragraphs[n-1], segment)
	}
}

func (l *looker) end(t xml.EndElement, to int) {
	name := l.stack[len(l.stack)-1]
	l.stack = l.stack[:len(l.stack)-1]
	switch name {
	case "rPr":
		if n := len(l.formats); n > 0 && len(l.stack) > 0 && l.stack[len(l.stack)-1] == "r" {
			l.formats[n-1] = string(l.part.body[l.formatFrom:to])
		}
	case "r":
		l.formats = l.formats[:len(l.formats)-1]
	case "p":
		l.paragraph()
	}
}

func (l *looker) text(t xml.CharData, from, to int) {
	n := len(l.stack)
	if n < 2 || l.stack[n-1] != "t" || l.stack[n-2] != "r" || len(l.paragraphs) == 0 {
		return
	}
	tag := string(l.part.body[l.tagFrom+1 : l.tagTo])
	prefix, _, found := strings.Cut(tag, ":")
	if !found || strings.ContainsAny(prefix, " />=\"") {
		prefix = ""
	} else {
		prefix += ":"
	}
	l.part.segments = append(l.part.segments, segment{from: from, to: to, tagFrom: l.tagFrom, tagTo: l.tagTo, text: []rune(string(t)), format: l.formats[len(l.formats)-1], prefix: prefix,
		nested: slices.ContainsFunc(l.stack, func(s string) bool {
			return s == "hyperlink" || s == "fldSimple" || s == "sdtContent" || s == "ins" || s == "moveTo"
		}),
		first: l.fresh})
	l.fresh = false
	l.hold(len(l.part.segments) - 1)
}

// words are the characters of the innermost open paragraph, and for each of them segment and place in it.
func (l *looker) words() (text []rune, at [][2]int) {
	if len(l.paragraphs) == 0 {
		return nil, nil
	}
	for _, i := range l.paragraphs[len(l.paragraphs)-1] {
		if i < 0 {
			text, at = append(text, '\t'), append(at, [2]int{-1, 0})
			continue
		}
		for k, r := range l.part.segments[i].text {
			text, at = append(text, r), append(at, [2]int{i, k})
		}
	}
	return text, at
}

func (l *looker) place() string {
	text, _ := l.words()
	return shortened(string(text))
}

// paragraph ends one: its marks are found, and what they cut out of each segment.
func (l *looker) paragraph() {
	text, at := l.words()
	all := string(text)
	l.paragraphs = l.paragraphs[:len(l.paragraphs)-1]
	if !strings.ContainsAny(all, "{｛") {
		return
	}
	place := shortened(all)
	closed := map[int]bool{}
	runes := func(bytes int) int { return len([]rune(all[:bytes])) }
	for _, m := range markPattern.FindAllStringSubmatchIndex(all, -1) {
		words := strings.TrimSpace(all[m[2]:m[3]])
		closed[m[0]] = true
		if words == "" || strings.Contains(words, "\t") {
			l.faults = append(l.faults, &Fault{Code: OpenMark, Place: place, Value: shortened(all[m[0]:])})
			continue
		}
		l.part.mark(filling{words: words, place: place, before: all[:m[0]], after: all[m[1]:]}, at[runes(m[0]):runes(m[1])])
	}
	for _, m := range markOpening.FindAllStringIndex(all, -1) {
		if !closed[m[0]] {
			l.faults = append(l.faults, &Fault{Code: OpenMark, Place: place, Value: shortened(all[m[0]:])})
		}
	}
}

func (p *templatePart) mark(m filling, at [][2]int) {
	n := len(p.marks)
	m.nested = p.segments[at[0][0]].nested
	p.marks = append(p.marks, m)
	for i := 0; i < len(at); {
		j := i
		for j < len(at) && at[j][0] == at[i][0] {
			j++
		}
		s := &p.segments[at[i][0]]
		c := cutting{from: at[i][1], to: at[j-1][1] + 1, mark: -1}
		if i == 0 {
			c.mark = n
		}
		s.cuts = append(s.cuts, c)
		i = j
	}
}
