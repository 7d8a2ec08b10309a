package api

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	service "niangjia/server/report"
	"niangjia/server/sheet"
	"niangjia/sync/record"
	"niangjia/sync/report"
)

// maxReport bounds the words of a report, with its figures as they were sent.
const maxReport = 4 << 20

// A document is told as sync/report writes it: its JSON is a contract with machines by itself (`niangjia report`).

type wireReportRow struct {
	ID        string `json:"id"`
	Unit      string `json:"unit"`
	UnitName  string `json:"unit_name"`
	From      string `json:"from"`
	To        string `json:"to"`
	Title     string `json:"title"`
	Version   int64  `json:"version"`
	Signed    bool   `json:"signed"`
	By        string `json:"by"` // who made it
	ByName    string `json:"by_name"`
	ChangedAt int64  `json:"changed_at"`
}

func (s *Server) reports(c echo.Context) error {
	who := callerOf(c).Actor
	list, err := s.Reports.List(c.Request().Context(), who)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, k := range list {
		people[k.Account] = true
	}
	names, err := s.names(c.Request().Context(), people)
	if err != nil {
		return err
	}
	rows := make([]wireReportRow, 0, len(list))
	for _, k := range list {
		d, _ := s.Engine.Places().Get(k.Unit)
		rows = append(rows, wireReportRow{k.ID, k.Unit, d.Name, k.From, k.To, k.Title, k.Version, k.Signed, k.Account, names[k.Account], k.ChangedAt.UnixMilli()})
	}
	return respond(c, map[string]any{"reports": rows, "writes": append([]string{}, s.Reports.Units(who)...)})
}

func (s *Server) makeReport(c echo.Context) error {
	var in struct {
		ID   string `json:"id"`
		Unit string `json:"unit"`
		From string `json:"from"`
		To   string `json:"to"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	d, err := s.Reports.Make(c.Request().Context(), callerOf(c).Actor, in.ID, in.Unit, in.From, in.To)
	return s.tellReport(c, d, err)
}

// tellReport answers with a document, and the names of those who signed it or put their numbers into it.
func (s *Server) tellReport(c echo.Context, d *report.Document, err error) error {
	if err != nil {
		return err
	}
	people := map[string]bool{}
	if d.Signed != nil {
		people[d.Signed.By] = true
	}
	for _, f := range d.Overrides() {
		people[f.Override.By] = true
	}
	names, err := s.names(c.Request().Context(), people)
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"report": d, "writes": s.Reports.Writes(callerOf(c).Actor, d.Unit.Code), "names": names})
}

// number reads a whole number of a query, 0 where it is not there.
func number(c echo.Context, name string) (int64, error) {
	text := c.QueryParam(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, &record.Error{Code: record.BadRequest, Field: name}
	}
	return n, nil
}

func (s *Server) report(c echo.Context) error {
	n, err := number(c, "version")
	if err != nil {
		return err
	}
	_, d, err := s.Reports.One(c.Request().Context(), callerOf(c).Actor, c.Param("id"), n)
	return s.tellReport(c, d, err)
}

func (s *Server) editReport(c echo.Context) error {
	var in struct {
		Version int64         `json:"version"`
		Title   string        `json:"title"`
		Parts   []report.Part `json:"parts"`
	}
	if err := readJSONOf(c, maxReport, &in); err != nil {
		return err
	}
	d, err := s.Reports.Edit(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version, in.Title, in.Parts)
	return s.tellReport(c, d, err)
}

func (s *Server) dropReport(c echo.Context) error {
	if err := s.Reports.Drop(c.Request().Context(), callerOf(c).Actor, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

type wireReportVersion struct {
	Version int64  `json:"version"`
	By      string `json:"by"`
	ByName  string `json:"by_name"`
	At      int64  `json:"at"`
	What    string `json:"what"`
}

func (s *Server) reportVersions(c echo.Context) error {
	ctx := c.Request().Context()
	list, err := s.Reports.Versions(ctx, callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	people := map[string]bool{}
	for _, v := range list {
		people[v.Account] = true
	}
	names, err := s.names(ctx, people)
	if err != nil {
		return err
	}
	out := make([]wireReportVersion, 0, len(list))
	for _, v := range list {
		out = append(out, wireReportVersion{v.N, v.Account, names[v.Account], v.At.UnixMilli(), v.What})
	}
	return respond(c, map[string]any{"versions": out})
}

func (s *Server) overrideFigure(c echo.Context) error {
	var in struct {
		Version int64  `json:"version"`
		Figure  string `json:"figure"`
		Value   *int64 `json:"value"`
		Reason  string `json:"reason"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	d, err := s.Reports.Override(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version, in.Figure, in.Value, in.Reason)
	return s.tellReport(c, d, err)
}

// shownVersion names the version that was on the screen.
type shownVersion struct {
	Version int64 `json:"version"`
}

func (s *Server) renewReport(c echo.Context) error {
	var in shownVersion
	if err := readJSON(c, &in); err != nil {
		return err
	}
	d, err := s.Reports.Renew(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version)
	return s.tellReport(c, d, err)
}

func (s *Server) signReport(c echo.Context) error {
	var in shownVersion
	if err := readJSON(c, &in); err != nil {
		return err
	}
	d, err := s.Reports.Sign(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version)
	return s.tellReport(c, d, err)
}

type wireRestating struct {
	State string `json:"state"` // none, running, done
	Done  int64  `json:"done"`
	All   int64  `json:"all"`
	// What follows is there when it is done.
	Seq     int64             `json:"seq,omitempty"`
	AsOf    int64             `json:"as_of,omitempty"`
	Holds   bool              `json:"holds,omitempty"`
	Figures []report.Shift    `json:"figures,omitempty"`
	Entries []report.Changed  `json:"entries,omitempty"`
	Hidden  int64             `json:"hidden,omitempty"`
	More    int64             `json:"more,omitempty"`
	Names   map[string]string `json:"names,omitempty"`
}

func (s *Server) restateReport(c echo.Context) error {
	j, err := s.Reports.Restate(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return respond(c, wireRestating{State: "running", Done: j.Done, All: j.All})
}

func (s *Server) restatedReport(c echo.Context) error {
	ctx := c.Request().Context()
	j, r, err := s.Reports.RestatedOf(ctx, callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	w := wireRestating{State: "running", Done: j.Done, All: j.All}
	switch {
	case r == nil && (j.Over || j.All == 0 && j.Done == 0):
		w = wireRestating{State: "none"}
	case r != nil:
		people := map[string]bool{}
		for _, e := range r.Entries {
			for _, a := range e.Acts {
				if a.Account != "" {
					people[a.Account] = true
				}
			}
		}
		w.State, w.Done, w.Seq, w.AsOf, w.Holds, w.Figures, w.Entries, w.Hidden, w.More = "done", j.All, r.Seq, int64(r.AsOf), r.Holds, r.Figures, r.Entries, r.Hidden, r.More
		if w.Names, err = s.names(ctx, people); err != nil {
			return err
		}
	}
	return respond(c, w)
}

type wireReportCase struct {
	Entry   string `json:"entry"`
	Section string `json:"section"`
	Unit    string `json:"unit"`
	Name    string `json:"name"`
	Form    string `json:"form"`
	Day     string `json:"day"`
	Text    string `json:"text"`
}

type wireReportNote struct {
	ID     string `json:"id"`
	Unit   string `json:"unit"`
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Day    string `json:"day"`
	Text   string `json:"text"`
	By     string `json:"by"`
	ByName string `json:"by_name"`
}

func (s *Server) notesToWire(c echo.Context, list []service.Note) ([]wireReportNote, error) {
	people := map[string]bool{}
	for _, n := range list {
		people[n.Account] = true
	}
	names, err := s.names(c.Request().Context(), people)
	out := make([]wireReportNote, 0, len(list))
	for _, n := range list {
		d, _ := s.Engine.Places().Get(n.Unit)
		out = append(out, wireReportNote{n.ID, n.Unit, d.Name, n.Kind, n.Day, n.Text, n.Account, names[n.Account]})
	}
	return out, err
}

func (s *Server) reportMaterials(c echo.Context) error {
	cases, notes, err := s.Reports.Materials(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	out := make([]wireReportCase, 0, len(cases))
	for _, m := range cases {
		d, _ := s.Engine.Places().Get(m.Case.Unit)
		out = append(out, wireReportCase{m.Case.Entity, m.Section, m.Case.Unit, d.Name, m.Case.Form, m.Case.Day, m.Case.Text})
	}
	sent, err := s.notesToWire(c, notes)
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"cases": out, "notes": sent})
}

func (s *Server) reportNotes(c echo.Context) error {
	year := cmp.Or(c.QueryParam("year"), "0")
	if n, err := strconv.Atoi(year); err != nil || n < 2000 || n > 2999 {
		return &record.Error{Code: record.BadRequest, Field: "year"}
	}
	list, err := s.Reports.Sent(c.Request().Context(), callerOf(c).Actor, year+"-01-01", year+"-12-31")
	if err != nil {
		return err
	}
	out, err := s.notesToWire(c, list)
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"notes": out})
}

func (s *Server) sendReportNote(c echo.Context) error {
	var in struct {
		ID   string `json:"id"`
		Unit string `json:"unit"`
		Kind string `json:"kind"`
		Text string `json:"text"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.Reports.Send(c.Request().Context(), callerOf(c).Actor, service.Note{ID: in.ID, Unit: in.Unit, Kind: in.Kind, Text: in.Text}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) takeBackReportNote(c echo.Context) error {
	if err := s.Reports.TakeBack(c.Request().Context(), callerOf(c).Actor, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) entryCase(c echo.Context) error {
	if err := validID("id", c.Param("id")); err != nil {
		return err
	}
	text, marked, err := s.Reports.CaseOf(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"text": text, "marked": marked})
}

func (s *Server) markCase(c echo.Context) error {
	if err := validID("id", c.Param("id")); err != nil {
		return err
	}
	var in struct {
		Text string `json:"text"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	text, err := s.Reports.MarkCase(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Text)
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"text": text, "marked": true})
}

func (s *Server) unmarkCase(c echo.Context) error {
	if err := s.Reports.UnmarkCase(c.Request().Context(), callerOf(c).Actor, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) importPastFigures(c echo.Context) error {
	file, _, err := upload(c)
	if err != nil {
		return err
	}
	n, faults, err := s.Reports.ImportPast(c.Request().Context(), callerOf(c).Actor, c.QueryParam("unit"), c.QueryParam("from"), c.QueryParam("to"), file)
	var unread *sheet.Fault
	if errors.As(err, &unread) {
		faults, err = []service.Fault{{Code: string(unread.Code), Sheet: unread.Sheet, Row: unread.Row, Cell: unread.Cell, Value: unread.Value,
			Sentence: unread.Sentence()}}, nil
	}
	if err != nil {
		return err
	}
	wrong := make([]wireRosterFault, 0, len(faults))
	for _, f := range faults {
		wrong = append(wrong, wireRosterFault(f))
	}
	return respond(c, map[string]any{"figures": n, "faults": wrong})
}

func (s *Server) pastFiguresTemplate(c echo.Context) error {
	unit := c.QueryParam("unit")
	if err := s.knownUnit(unit); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := s.Reports.PastTemplate(c.Request().Context(), callerOf(c).Actor, unit, c.QueryParam("from"), c.QueryParam("to"), &b); err != nil {
		return err
	}
	d, _ := s.Engine.Places().Get(unit)
	h := c.Response().Header()
	h.Set(echo.HeaderContentDisposition, "attachment; filename*=UTF-8''"+url.PathEscape(d.Name+"往年填报数")+".xlsx")
	h.Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, xlsxType, b.Bytes())
}
