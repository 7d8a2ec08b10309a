package reportfile

import (
	"fmt"
	"math"
)

// What GB/T 9704-2012 asks for; the numbers in brackets are its clauses. Lengths are millimetres, sizes are points.
const (
	paperWidth, paperHeight = 210.0, 297.0 // A4 (5.1)
	marginTop               = 37.0         // 天头 (5.2.1)
	marginLeft              = 28.0         // 订口 (5.2.1)
	marginBottom            = 35.0         // what 天头 and a type area of 156 x 225 leave (5.2.1)
	marginRight             = 26.0
	typeWidth, typeHeight   = 156.0, 225.0

	charsPerLine = 28 // (5.2.3)
	linesPerPage = 22 // (5.2.3)
	bodyPitch    = 28.0
	titlePitch   = 36.0

	titleSize  = 22.0 // 2号 (7.3.1)
	bodySize   = 16.0 // 3号 (5.2.2)
	numberSize = 14.0 // 4号, of page numbers (7.5)
	tableSize  = 10.5 // 5号: the standard leaves tables free, and eight columns of 3号 stand on no page
	tablePitch = 16.0

	numberBelow = 7.0 // the dash of a page number stands so far below the type area (7.5)
)

// The typefaces (5.2.2, 7.3.1, 7.3.3, 7.5), by the names under which offices have them installed.
const (
	faceTitle = "方正小标宋简体"
	faceBody  = "仿宋_GB2312"
	faceFirst = "黑体"
	faceKai   = "楷体_GB2312"
	facePage  = "宋体"
)

func twips(mm float64) int      { return int(math.Round(mm / 25.4 * 1440)) }
func points(mm float64) float64 { return mm / 25.4 * 72 }

// cell is the room of one character in a line: 28 fill the type area's width, a little less than the 16 points of 3号.
var cell = points(typeWidth) / charsPerLine

var digits = []rune("〇一二三四五六七八九")

// ordinal is 1 to 99 in Chinese: 一, 十, 十二, 二十三.
func ordinal(n int) string {
	switch {
	case n < 1 || n > 99:
		return fmt.Sprint(n)
	case n < 10:
		return string(digits[n])
	}
	s := "十"
	if n >= 20 {
		s = string(digits[n/10]) + s
	}
	if n%10 > 0 {
		s += string(digits[n%10])
	}
	return s
}

// wide reports whether a character takes a whole place; Latin letters and digits take half of one.
func wide(r rune) bool { return r >= 0x80 }

// places is how many characters' room a text takes.
func places(s string) float64 {
	n := 0.0
	for _, r := range s {
		if wide(r) {
			n++
		} else {
			n += 0.5
		}
	}
	return n
}
