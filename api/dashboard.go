package api

import (
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/engine"
	"niangjia/sync/record"
	"niangjia/sync/totals"
)

type wireReading struct {
	Indicator   string `json:"indicator"`
	Group       string `json:"group"`
	Value       *int64 `json:"value"`
	Numerator   *int64 `json:"numerator,omitempty"`
	Denominator *int64 `json:"denominator,omitempty"`
	Withheld    bool   `json:"withheld,omitempty"`
}

func readingToWire(indicator string, r totals.Reading) wireReading {
	return wireReading{indicator, "", r.Value, r.Numerator, r.Denominator, r.Withheld}
}

type wireCompare struct {
	Period        string `json:"period"`
	Before        string `json:"before"`
	Through       string `json:"through,omitempty"`
	ThroughBefore string `json:"through_before,omitempty"`
}

type wireCompared struct {
	Indicator     string       `json:"indicator"`
	Value         wireReading  `json:"value"`
	Before        wireReading  `json:"before"`
	Through       *wireReading `json:"through,omitempty"`
	ThroughBefore *wireReading `json:"through_before,omitempty"`
}

type wireTwoWeeks struct {
	Indicator string `json:"indicator,omitempty"`
	Value     *int64 `json:"value"`
	Before    *int64 `json:"before"`
	Withheld  bool   `json:"withheld,omitempty"`
}

func twoWeeks(indicator string, value, before int64, withheld bool) wireTwoWeeks {
	if withheld {
		return wireTwoWeeks{Indicator: indicator, Withheld: true}
	}
	return wireTwoWeeks{Indicator: indicator, Value: &value, Before: &before}
}

type wireWeek struct {
	Period  string         `json:"period"`
	Before  string         `json:"before"`
	Entries wireTwoWeeks   `json:"entries"`
	Waiting *int64         `json:"waiting"`
	Figures []wireTwoWeeks `json:"figures"`
}

type wireTargetUnit struct {
	Unit      string        `json:"unit"`
	Name      string        `json:"name"`
	Target    int64         `json:"target"`
	Approved  *int64        `json:"approved"`
	Waiting   *int64        `json:"waiting"`
	Gap       *int64        `json:"gap"`
	Withheld  bool          `json:"withheld,omitempty"`
	Pace      campaign.Pace `json:"pace"`
	Expected  *int64        `json:"expected,omitempty"`
	Projected *int64        `json:"projected,omitempty"`
}

func targetUnitToWire(u engine.TargetUnit) wireTargetUnit {
	w := wireTargetUnit{Unit: u.Division.Code, Name: u.Division.Name, Target: u.Target, Withheld: u.Withheld, Pace: u.Pacing.Pace}
	if u.Untold {
		return w
	}
	w.Expected = &u.Expected
	if !u.Withheld {
		gap := u.Gap()
		w.Approved, w.Gap = &u.Approved, &gap
		if u.Pacing.Pace != campaign.NotBegun && u.Pacing.Pace != campaign.Begun && u.Pacing.Pace != campaign.Untold {
			w.Projected = &u.Projected
		}
	}
	if !u.Unsaid {
		w.Waiting = &u.Waiting
	}
	return w
}

type wireDashboardTarget struct {
	Campaign  string           `json:"campaign"`
	Title     string           `json:"title"`
	Unit      string           `json:"unit"`
	Indicator string           `json:"indicator"`
	Group     string           `json:"group"`
	Own       bool             `json:"own"`
	State     campaign.State   `json:"state"`
	Kind      string           `json:"kind"`
	Start     string           `json:"start"`
	Deadline  string           `json:"deadline"`
	Period    string           `json:"period"`
	Decimals  int64            `json:"decimals"`
	Money     bool             `json:"money"`
	Gone      bool             `json:"gone,omitempty"`
	Elsewhere bool             `json:"elsewhere,omitempty"`
	Whole     wireTargetUnit   `json:"whole"`
	Units     []wireTargetUnit `json:"units"`
}

func dashboardTargetToWire(t engine.Target) wireDashboardTarget {
	c := t.Campaign
	w := wireDashboardTarget{Campaign: c.ID, Title: c.Title, Unit: c.Unit, Indicator: c.Figure(), Group: c.Counts.Group, Own: campaign.Own(c.Figure()), State: c.State,
		Kind: t.Kind, Start: c.Start, Deadline: c.Deadline, Period: c.Period(), Decimals: t.Decimals, Money: t.Money, Gone: t.Gone, Elsewhere: t.Elsewhere,
		Whole: targetUnitToWire(t.Units[0]), Units: make([]wireTargetUnit, 0, len(t.Units)-1)}
	for _, u := range t.Units[1:] {
		w.Units = append(w.Units, targetUnitToWire(u))
	}
	return w
}

type wireAges struct {
	Fresh   int64 `json:"fresh"`
	Slow    int64 `json:"slow"`
	Overdue int64 `json:"overdue"`
}

type wireWaitingIn struct {
	Unit   string   `json:"unit"`
	Name   string   `json:"name"`
	Count  int64    `json:"count"`
	Ages   wireAges `json:"ages"`
	Oldest string   `json:"oldest,omitempty"`
}

type wireWaitingNow struct {
	Count  int64           `json:"count"`
	Ages   wireAges        `json:"ages"`
	Oldest string          `json:"oldest,omitempty"`
	Forms  []wirePending   `json:"forms"`
	Units  []wireWaitingIn `json:"units"`
}

func waitingToWire(n engine.WaitingNow) wireWaitingNow {
	w := wireWaitingNow{Count: n.Count, Ages: wireAges(n.Ages), Oldest: n.Oldest, Forms: []wirePending{}, Units: []wireWaitingIn{}}
	for _, f := range n.Forms {
		w.Forms = append(w.Forms, wirePending{f.Form, f.Count})
	}
	for _, u := range n.Units {
		w.Units = append(w.Units, wireWaitingIn{u.Division.Code, u.Division.Name, u.Count, wireAges(u.Ages), u.Oldest})
	}
	return w
}

type wireCovered struct {
	Unit     string `json:"unit"`
	Name     string `json:"name"`
	Villages int    `json:"villages"`
	Silent   int    `json:"silent"`
	Never    int    `json:"never"`
}

type wireCoverage struct {
	Days     int           `json:"days"`
	Since    string        `json:"since"`
	Villages int           `json:"villages"`
	Silent   int           `json:"silent"`
	Never    int           `json:"never"`
	Units    []wireCovered `json:"units"`
}

func coverageToWire(c engine.Coverage) wireCoverage {
	w := wireCoverage{c.Days, c.Since, c.Villages, c.Silent, c.Never, make([]wireCovered, 0, len(c.Units))}
	for _, u := range c.Units {
		w.Units = append(w.Units, wireCovered{u.Division.Code, u.Division.Name, u.Villages, u.Silent, u.Never})
	}
	return w
}

type wireQualityOf struct {
	Unit      string `json:"unit"`
	Name      string `json:"name"`
	Decided   int64  `json:"decided"`
	Returned  int64  `json:"returned"`
	Flagged   int64  `json:"flagged"`
	Conflicts int64  `json:"conflicts"`
}

type wireQuality struct {
	Whole wireQualityOf   `json:"whole"`
	Units []wireQualityOf `json:"units"`
}

func qualityToWire(list []engine.Quality) wireQuality {
	w := wireQuality{Units: make([]wireQualityOf, 0, len(list))}
	for i, q := range list {
		one := wireQualityOf{q.Division.Code, q.Division.Name, q.Decided, q.Returned, q.Flagged, q.Conflicts}
		if i == 0 {
			w.Whole = one
		} else {
			w.Units = append(w.Units, one)
		}
	}
	return w
}

type wireDashboard struct {
	Unit     string                `json:"unit"`
	Name     string                `json:"name"`
	Level    record.Level          `json:"level"`
	Parent   string                `json:"parent,omitempty"`
	Period   string                `json:"period"`
	AsOf     int64                 `json:"as_of"`
	Seq      int64                 `json:"seq"`
	Today    string                `json:"today"`
	Recount  *wireRecount          `json:"recount,omitempty"`
	Compare  wireCompare           `json:"compare"`
	Week     wireWeek              `json:"week"`
	Figures  []wireCompared        `json:"figures"`
	Targets  []wireDashboardTarget `json:"targets"`
	Waiting  wireWaitingNow        `json:"waiting"`
	Coverage wireCoverage          `json:"coverage"`
	Quality  wireQuality           `json:"quality"`
	Map      bool                  `json:"map,omitempty"`
}

// dashboard is how a unit stands, in one answer.
func (s *Server) dashboard(c echo.Context) error {
	var indicators []string
	if text := c.QueryParam("indicators"); text != "" {
		indicators = strings.Split(text, ",")
	}
	who := callerOf(c).Actor
	d, err := s.Engine.Dashboard(c.Request().Context(), who, c.QueryParam("unit"), c.QueryParam("year"), c.QueryParam("quarter"), indicators)
	if err != nil {
		return err
	}
	w := wireDashboard{Unit: d.Division.Code, Name: d.Division.Name, Level: d.Division.Level, Parent: s.openParent(who, d.Division.Code),
		Period: d.Period.Name, AsOf: int64(d.AsOf), Seq: d.Seq, Today: d.Today, Recount: recountOf(d.Recount),
		Compare: wireCompare{Period: d.Period.Name, Before: d.Compare.Before.Name},
		Week:    weekToWire(d.Week), Figures: make([]wireCompared, 0, len(d.Figures)), Targets: make([]wireDashboardTarget, 0, len(d.Targets)),
		Waiting: waitingToWire(d.Waiting), Coverage: coverageToWire(d.Coverage), Quality: qualityToWire(d.Quality), Map: s.mapped(who, d.Division.Code)}
	if d.Compare.Through != nil {
		w.Compare.Through, w.Compare.ThroughBefore = d.Compare.Through.Name, d.Compare.ThroughBefore.Name
	}
	for _, f := range d.Figures {
		id := f.Value.Indicator
		one := wireCompared{Indicator: id, Value: readingToWire(id, f.Value), Before: readingToWire(id, f.Before)}
		if f.Through != nil {
			through, before := readingToWire(id, *f.Through), readingToWire(id, *f.ThroughBefore)
			one.Through, one.ThroughBefore = &through, &before
		}
		w.Figures = append(w.Figures, one)
	}
	for _, t := range d.Targets {
		w.Targets = append(w.Targets, dashboardTargetToWire(t))
	}
	return respond(c, w)
}

func weekToWire(k engine.Week) wireWeek {
	w := wireWeek{Period: k.Period.Name, Before: k.Before.Name, Entries: twoWeeks("", k.Entries, k.EntriesBefore, k.Untold), Figures: make([]wireTwoWeeks, 0, len(k.Figures))}
	if !k.Untold {
		w.Waiting = &k.Waiting
	}
	for _, f := range k.Figures {
		w.Figures = append(w.Figures, twoWeeks(f.Indicator, f.Value, f.Before, f.Withheld))
	}
	return w
}

type wireUnitRow struct {
	Unit     string          `json:"unit"`
	Level    record.Level    `json:"level"`
	Name     string          `json:"name"`
	Parent   string          `json:"parent,omitempty"`
	Value    *wireReading    `json:"value,omitempty"`
	Before   *wireReading    `json:"before,omitempty"`
	Share    *int64          `json:"share,omitempty"`
	Progress *wireTargetUnit `json:"progress,omitempty"`
	Rank     int             `json:"rank,omitempty"`
}

type wireUnitsTable struct {
	Unit      string        `json:"unit"`
	Period    string        `json:"period"`
	Before    string        `json:"before,omitempty"`
	Indicator string        `json:"indicator"`
	Campaign  string        `json:"campaign,omitempty"`
	AsOf      int64         `json:"as_of"`
	Seq       int64         `json:"seq"`
	Recount   *wireRecount  `json:"recount,omitempty"`
	Gone      bool          `json:"gone,omitempty"`
	Elsewhere bool          `json:"elsewhere,omitempty"`
	Rows      []wireUnitRow `json:"rows"`
}

// dashboardUnits is one figure or target in the units below.
func (s *Server) dashboardUnits(c echo.Context) error {
	who, deep := callerOf(c).Actor, c.QueryParam("deep")
	if deep != "" && deep != "0" && deep != "1" {
		return &record.Error{Code: record.BadRequest, Field: "deep"}
	}
	t, err := s.Engine.DashboardUnits(c.Request().Context(), who, c.QueryParam("unit"), c.QueryParam("year"), c.QueryParam("quarter"),
		c.QueryParam("indicator"), c.QueryParam("campaign"), deep == "1")
	if err != nil {
		return err
	}
	w := wireUnitsTable{Unit: t.Unit, Period: t.Period.Name, Before: t.Before.Name, Indicator: t.Indicator, AsOf: int64(t.AsOf), Seq: t.Seq,
		Recount: recountOf(t.Recount), Rows: make([]wireUnitRow, 0, len(t.Rows))}
	if t.Target != nil {
		w.Campaign, w.Gone, w.Elsewhere, w.Period, w.Before = t.Target.Campaign.ID, t.Target.Gone, t.Target.Elsewhere, t.Target.Campaign.Period(), ""
	}
	for _, r := range t.Rows {
		row := wireUnitRow{Unit: r.Division.Code, Level: r.Division.Level, Name: r.Division.Name, Parent: s.openParent(who, r.Division.Code), Rank: r.Rank}
		if r.Part != nil {
			part := targetUnitToWire(*r.Part)
			row.Progress = &part
		} else {
			value, before := readingToWire(t.Indicator, r.Value), readingToWire(t.Indicator, r.Before)
			row.Value, row.Before = &value, &before
			if r.Share >= 0 {
				row.Share = &r.Share
			}
		}
		w.Rows = append(w.Rows, row)
	}
	return respond(c, w)
}

type wireSilence struct {
	Unit         string `json:"unit"`
	Name         string `json:"name"`
	Township     string `json:"township"`
	TownshipName string `json:"township_name"`
	Last         string `json:"last,omitempty"`
	Days         int64  `json:"days,omitempty"`
}

type wireSilentVillages struct {
	Unit     string        `json:"unit"`
	Days     int           `json:"days"`
	Since    string        `json:"since"`
	Villages int           `json:"villages"`
	Rows     []wireSilence `json:"rows"`
}

// silentDays is how long a village is to have been silent.
func silentDays(c echo.Context) (int, error) {
	text := c.QueryParam("days")
	if text == "" {
		return engine.SilentDays, nil
	}
	days, err := strconv.Atoi(text)
	if err != nil || days < 7 || days > 366 {
		return 0, &record.Error{Code: record.BadRequest, Field: "days"}
	}
	return days, nil
}

// dashboardSilent lists the villages that have recorded nothing for some days.
func (s *Server) dashboardSilent(c echo.Context) error {
	days, err := silentDays(c)
	if err != nil {
		return err
	}
	v, err := s.Engine.Silent(c.Request().Context(), callerOf(c).Actor, c.QueryParam("unit"), days)
	if err != nil {
		return err
	}
	w := wireSilentVillages{v.Unit, v.Days, v.Since, v.Villages, make([]wireSilence, 0, len(v.Rows))}
	for _, r := range v.Rows {
		w.Rows = append(w.Rows, wireSilence{r.Division.Code, r.Division.Name, r.Township.Code, r.Township.Name, r.Last, r.Days})
	}
	return respond(c, w)
}

type wireBacklogEntry struct {
	Entry    string         `json:"entry"`
	Form     string         `json:"form,omitempty"`
	Unit     string         `json:"unit"`
	UnitName string         `json:"unit_name"`
	Day      string         `json:"day,omitempty"`
	Since    record.Instant `json:"since,omitempty"`
	Days     *int64         `json:"days,omitempty"`
	State    string         `json:"state"`
}

type wireBacklogEntries struct {
	Unit   string             `json:"unit"`
	Count  int64              `json:"count"`
	Hidden int64              `json:"hidden"`
	Rows   []wireBacklogEntry `json:"rows"`
}

// dashboardWaiting lists the entries that have waited for a decision for longest.
func (s *Server) dashboardWaiting(c echo.Context) error {
	limit := pageLimit
	if text := c.QueryParam("limit"); text != "" {
		var err error
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > 200 {
			return &record.Error{Code: record.BadRequest, Field: "limit"}
		}
	}
	unit := c.QueryParam("unit")
	list, err := s.Engine.WaitingEntries(c.Request().Context(), callerOf(c).Actor, unit, limit)
	if err != nil {
		return err
	}
	w := wireBacklogEntries{unit, list.Count, list.Hidden, make([]wireBacklogEntry, 0, len(list.Rows))}
	for _, r := range list.Rows {
		d, _ := s.Engine.Places().Get(r.Unit)
		row := wireBacklogEntry{Entry: r.ID, Form: r.Form, Unit: r.Unit, UnitName: d.Name, Day: r.Day, Since: r.SubmittedAt, State: string(r.State)}
		if !r.Stub {
			row.Days = &r.Days
		}
		w.Rows = append(w.Rows, row)
	}
	return respond(c, w)
}

// openParent is the unit above, where the caller may ask for it.
func (s *Server) openParent(who record.Actor, unit string) string {
	places := s.Engine.Places()
	if up := places.Parent(unit); up != "" && access.Scope(who, places, up) {
		return up
	}
	return ""
}
