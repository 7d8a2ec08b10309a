package report

import (
	"fmt"
	"strings"
)

// segment is a piece of a sentence: words, a mark, or a clause that may be left out.
type segment struct {
	text   string
	mark   *mark
	clause []segment
}

// mark is where something is put in: {visits}, {visits/purposes=policy|change}.
type mark struct {
	name  string // a figure's id with its group, or a word
	style Style
}

// Style is how a figure is written.
type Style string

// The styles. A change brings its own comma, so that nothing is left of it where it cannot be told.
const (
	Plain  Style = ""
	About  Style = "about"  // rounded down to two digits, with 余
	Differ Style = "change" // ，比上年增长12.5%
	Before Style = "last"   // last year's
)

// Words that stand for something of the report itself.
const (
	wordUnit     = "unit"
	wordYear     = "year"
	wordNext     = "next_year"
	wordPeriod   = "period"
	wordMonths   = "months"   // the whole months that the span lies in: by them villages are silent
	wordSilent   = "silent"   // how many villages have no entry that counts
	wordSilents  = "silents"  // some of their names
	wordIdle     = "idle"     // how many of the units right below have none
	wordIdles    = "idles"    // their names
	wordBelow    = "below"    // 县（区）, 乡镇（街道）, 村（社区）: what the units right below are called
	wordCampaign = "campaign" // of a sentence that is said for each
	wordTarget   = "target"
	wordDone     = "done"
	wordGap      = "gap"
)

var words = map[string]bool{wordUnit: true, wordYear: true, wordNext: true, wordPeriod: true, wordMonths: true, wordSilent: true, wordSilents: true,
	wordIdle: true, wordIdles: true, wordBelow: true}

var eachWords = map[string]bool{wordCampaign: true, wordTarget: true, wordDone: true, wordGap: true}

// parseText reads a sentence: {marks} and [clauses], which may hold each other.
func parseText(text string) ([]segment, error) {
	p := &parser{rest: text}
	out, err := p.until("")
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q closes what was not opened", p.rest[:1])
	}
	return out, err
}

type parser struct{ rest string }

func (p *parser) until(end string) (out []segment, err error) {
	for {
		i := strings.IndexAny(p.rest, "{}[]")
		if i < 0 {
			if end != "" {
				return nil, fmt.Errorf("%q is missing", end)
			}
			if p.rest != "" {
				out = append(out, segment{text: p.rest})
			}
			p.rest = ""
			return out, nil
		}
		if i > 0 {
			out = append(out, segment{text: p.rest[:i]})
		}
		found := p.rest[i : i+1]
		if found == "]" || found == "}" {
			p.rest = p.rest[i:]
			if found == end {
				p.rest = p.rest[1:]
			} else if end != "" || found == "}" {
				return nil, fmt.Errorf("%q closes what was not opened", found)
			}
			return out, nil
		}
		p.rest = p.rest[i+1:]
		if found == "[" {
			clause, err := p.until("]")
			if err != nil {
				return nil, err
			}
			out = append(out, segment{clause: clause})
			continue
		}
		name, after, closed := strings.Cut(p.rest, "}")
		if !closed || strings.ContainsAny(name, "{[]") {
			return nil, fmt.Errorf("a mark is not closed: {%s", cut(p.rest))
		}
		p.rest = after
		name, style, _ := strings.Cut(name, "|")
		if s := Style(style); s != Plain && s != About && s != Differ && s != Before {
			return nil, fmt.Errorf("no way of writing %q", style)
		}
		out = append(out, segment{mark: &mark{strings.TrimSpace(name), Style(style)}})
	}
}

func cut(s string) string {
	if r := []rune(s); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return s
}

// marksOf lists all marks, also those in clauses.
func marksOf(list []segment) (out []*mark) {
	for _, s := range list {
		if s.mark != nil {
			out = append(out, s.mark)
		}
		out = append(out, marksOf(s.clause)...)
	}
	return out
}
