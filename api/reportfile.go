package api

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"niangjia/server/reportfile"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// reportFiles are the kinds of files that a report is taken away as.
var reportFiles = map[string]struct {
	kind  string
	write func(report.Document, reportfile.Options) ([]byte, error)
}{
	"docx": {docxType, reportfile.DOCX},
	"pdf":  {"application/pdf", reportfile.PDF},
	"xlsx": {xlsxType, reportfile.XLSX},
}

// reportFile is a report as a file, with what the caller may be told of it.
func (s *Server) reportFile(c echo.Context) error {
	file, known := reportFiles[c.QueryParam("format")]
	if !known {
		return &record.Error{Code: record.BadRequest, Field: "format"}
	}
	n, err := number(c, "version")
	if err != nil {
		return err
	}
	_, d, err := s.Reports.One(c.Request().Context(), callerOf(c).Actor, c.Param("id"), n)
	if err != nil {
		return err
	}
	if err := s.nameOverrides(c, d); err != nil {
		return err
	}
	raw, err := file.write(*d.AsRead(), s.reportOptions(c))
	if err != nil {
		return err
	}
	return fileAnswer(c, d.Title+"."+c.QueryParam("format"), file.kind, raw)
}

type wireFileFault struct {
	Code     string `json:"code"`
	Place    string `json:"place"` // words of the paragraph, "" for the whole file
	Value    string `json:"value"`
	Sentence string `json:"sentence"`
}

// fillReportFile fills a Word file of the clerk's own with the report's figures. What is wrong in it is answered all at
// once, and then there is no file.
func (s *Server) fillReportFile(c echo.Context) error {
	template, _, err := upload(c)
	if err != nil {
		return err
	}
	id, who := c.Param("id"), callerOf(c).Actor
	// Whose report it is not learns nothing of her file either.
	if _, _, err := s.Reports.One(c.Request().Context(), who, id, 0); err != nil {
		return err
	}
	marks, err := reportfile.Marks(template)
	if err != nil {
		return faultsAnswer(c, err)
	}
	asked := make([]string, len(marks))
	for i, m := range marks {
		asked[i] = m.Mark
	}
	d, runs, near, err := s.Reports.Marked(c.Request().Context(), who, id, asked)
	if err != nil {
		return err
	}
	opts := s.reportOptions(c)
	opts.Near = near
	raw, err := reportfile.Fill(template, *d, reportfile.Answers(asked, runs), opts)
	if err != nil {
		return faultsAnswer(c, err)
	}
	return fileAnswer(c, d.Title+".docx", docxType, raw)
}

// faultsAnswer tells what is wrong in a file; another error is one of the server's.
func faultsAnswer(c echo.Context, err error) error {
	var faults reportfile.Faults
	var fault *reportfile.Fault
	switch {
	case errors.As(err, &faults):
	case errors.As(err, &fault):
		faults = reportfile.Faults{fault}
	default:
		return err
	}
	out := make([]wireFileFault, 0, len(faults))
	for _, f := range faults {
		out = append(out, wireFileFault{string(f.Code), f.Place, f.Value, f.Sentence()})
	}
	return respond(c, map[string]any{"faults": out})
}

// reportOptions: links lead to where the caller has the app from.
func (s *Server) reportOptions(c echo.Context) reportfile.Options {
	return reportfile.Options{Base: c.Scheme() + "://" + c.Request().Host, Indicator: s.Engine.Catalogue().Indicator, Fonts: s.ReportFonts}
}

// nameOverrides puts the names of those who wrote other numbers into a document that is the caller's own.
func (s *Server) nameOverrides(c echo.Context, d *report.Document) error {
	people := map[string]bool{}
	for _, f := range d.Overrides() {
		people[f.Override.By] = true
	}
	if len(people) == 0 {
		return nil
	}
	names, err := s.names(c.Request().Context(), people)
	if err != nil {
		return err
	}
	name := func(f *report.Figure) {
		if f.Override != nil {
			o := *f.Override
			o.Name = names[o.By]
			f.Override = &o
		}
	}
	for _, p := range d.Parts {
		for _, section := range p.Sections {
			for _, para := range section.Paragraphs {
				for _, r := range para.Runs {
					if r.Figure != nil {
						name(r.Figure)
					}
				}
			}
		}
	}
	for _, t := range d.Tables {
		for _, row := range t.Rows {
			for i := range row.Cells {
				name(&row.Cells[i])
			}
		}
	}
	return nil
}

func fileAnswer(c echo.Context, name, kind string, raw []byte) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(name))
	return c.Blob(http.StatusOK, kind, raw)
}
