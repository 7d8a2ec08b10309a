// Package reportfile writes a report as the files that people send on: DOCX in the format of official papers
// (GB/T 9704-2012), PDF, XLSX; reads such a DOCX back, also after somebody worked on it in Word or WPS; and fills the
// marks of a clerk's own Word file.
//
// It is pure: a document comes in, bytes go out. The same document gives the same bytes on every day and machine, so
// that two people can compare the files that they were sent. docs/decisions/0048-report-files.md says what was weighed.
package reportfile

import (
	"strings"

	"niangjia/sync/catalogue"
	"niangjia/sync/report"
)

// Options are what a document does not say about its file.
type Options struct {
	// Base is the app's address, "https://fulian.example.cn": each figure is a link below it. "" for a file without links.
	Base string
	// Indicator tells in which steps a figure is counted, so that its exact number can be written out; nil for one that
	// is not known, whose number then stands as it is.
	Indicator func(id string) *catalogue.Indicator
	// Fonts are drawn into a PDF, so that it looks alike everywhere; without them it names the fonts of official papers,
	// and the reader's machine takes its own.
	Fonts *Fonts
	// Near tells what a mark of a clerk's own file may have meant which nothing is called; nil for nothing.
	Near func(mark string) []string
}

func (o Options) indicator(id string) *catalogue.Indicator {
	if o.Indicator == nil || id == "" {
		return nil
	}
	return o.Indicator(id)
}

// stepsOf says in which steps a figure's numbers travel: money in fen, a percentage in hundredths of one, a decimal in steps
// of its own. One that the template computes is in no catalogue: money says so by its word, a rate by its two numbers.
func (o Options) stepsOf(f *report.Figure) (display string, decimals int64) {
	ind := o.indicator(f.Indicator)
	switch {
	case ind != nil:
		return ind.Display, ind.Decimals()
	case f.UnitWord == "元":
		return catalogue.DisplayYuan, 0
	case f.Value.Denominator != nil || strings.HasSuffix(f.Written, "%"):
		return catalogue.DisplayPercent, 0
	}
	return catalogue.DisplayInteger, 0
}

// link is a figure's address, "" for one that does not open.
func (o Options) link(f *report.Figure) string {
	if o.Base == "" || f == nil || f.Link == "" || f.Withheld || f.Imported && f.Style == report.Before {
		return ""
	}
	return strings.TrimRight(o.Base, "/") + "/" + strings.TrimLeft(f.Link, "/")
}
