package reportfile

import (
	"strings"
	"unicode"
)

// titleChars is how many characters of 2号 a line of the type area has room for.
const titleChars = 20

// endings are words after which a title may be broken: "a line's meaning whole, lengths well matched" (7.3.1).
var endings = []string{"联合会", "妇联", "委员会", "人民政府", "办公室", "关于", "年度", "月", "年"}

// titleLines breaks a title into lines of like length, the first words first, and never within a number or a word that
// stands in endings.
func titleLines(title string) []string {
	title = strings.TrimSpace(title)
	if places(title) <= titleChars {
		return []string{title}
	}
	text := []rune(title)
	lines := 2
	for places(title) > float64(lines*titleChars)-2 {
		lines++
	}
	var out []string
	for ; lines > 1; lines-- {
		cut := breakAt(text, places(string(text))/float64(lines))
		out = append(out, string(text[:cut]))
		text = text[cut:]
	}
	// What is left is longer than a line only where nothing could be broken: Word breaks it then.
	return append(out, string(text))
}

// breakAt is the best place near so many characters.
func breakAt(text []rune, want float64) int {
	best, cost := len(text), 1e9
	at := 0.0
	for i := 1; i < len(text); i++ {
		at += places(string(text[i-1]))
		if at > titleChars || !mayBreak(text[i-1], text[i]) {
			continue
		}
		c := at - want
		if c < 0 {
			c = -c
		}
		if !endsWord(string(text[:i])) {
			c += 4
		}
		if c < cost {
			best, cost = i, c
		}
	}
	return best
}

func endsWord(s string) bool {
	for _, e := range endings {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}

// mayBreak: no line begins with a closing sign, ends with an opening one, or breaks a number or a Latin word.
func mayBreak(before, after rune) bool {
	narrow := func(r rune) bool {
		return r < 0x100 && !unicode.IsSpace(r)
	}
	switch {
	case strings.ContainsRune("，。、；：！？）》〉】〕”’％%·…—,.;:!?)]}", after):
		return false
	case strings.ContainsRune("（《〈【〔“‘([{", before):
		return false
	case narrow(before) && narrow(after), before == '年' && after == '度':
		return false
	case unicode.IsDigit(before) && strings.ContainsRune("年月日万亿个人户件起场次", after):
		return false
	}
	return true
}
