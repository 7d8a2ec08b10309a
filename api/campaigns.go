package api

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

// maxCampaign bounds a campaign: a target for each of some thousand units.
const maxCampaign = 1 << 20

type wireCounts struct {
	Indicator string `json:"indicator,omitempty"`
	Group     string `json:"group,omitempty"`
	Form      string `json:"form,omitempty"`
	Measure   string `json:"measure,omitempty"`
	Field     string `json:"field,omitempty"`
	Where     string `json:"where,omitempty"`
}

type wireTarget struct {
	Unit string `json:"unit"`
	N    int64  `json:"n"`
}

// wireFigure is what opens a number of a campaign: the same list of entries behind it as behind any figure.
type wireFigure struct {
	Indicator string `json:"indicator"`
	Group     string `json:"group"`
	Period    string `json:"period"`
}

type wireCampaign struct {
	ID       string         `json:"id"`
	Version  int64          `json:"version"`
	Unit     string         `json:"unit"`
	State    string         `json:"state"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	Counts   wireCounts     `json:"counts"`
	Start    string         `json:"start"`
	Deadline string         `json:"deadline"`
	Targets  []wireTarget   `json:"targets"`
	Remind   []int          `json:"remind"`
	Preset   record.Content `json:"preset"`
	Figure   wireFigure     `json:"figure"`
}

func campaignToWire(c *campaign.Campaign) wireCampaign {
	w := wireCampaign{ID: c.ID, Version: c.Version, Unit: c.Unit, State: string(c.State), Title: c.Title, Text: c.Text, Counts: wireCounts(c.Counts),
		Start: c.Start, Deadline: c.Deadline, Targets: make([]wireTarget, 0, len(c.Targets)), Remind: append([]int{}, c.Remind...), Preset: c.Preset,
		Figure: wireFigure{c.Figure(), c.Counts.Group, c.Period()}}
	if w.Preset == nil {
		w.Preset = record.Content{}
	}
	for _, t := range c.Targets {
		w.Targets = append(w.Targets, wireTarget(t))
	}
	return w
}

// givenCampaign is one as an app sends it. A target may be any number: what is wrong with it is told with its unit.
type givenCampaign struct {
	Unit     string     `json:"unit"`
	Title    string     `json:"title"`
	Text     string     `json:"text"`
	Counts   wireCounts `json:"counts"`
	Start    string     `json:"start"`
	Deadline string     `json:"deadline"`
	Targets  []struct {
		Unit string  `json:"unit"`
		N    float64 `json:"n"`
	} `json:"targets"`
	Remind []int          `json:"remind"`
	Preset record.Content `json:"preset"`
}

func (g givenCampaign) campaign(id string) campaign.Campaign {
	c := campaign.Campaign{ID: id, Unit: g.Unit, Title: g.Title, Text: g.Text, Counts: campaign.Counts(g.Counts), Start: g.Start,
		Deadline: g.Deadline, Remind: g.Remind, Preset: g.Preset}
	for _, t := range g.Targets {
		n := int64(0) // which no target may be
		if t.N >= 1 && t.N <= campaign.MaxTarget && t.N == float64(int64(t.N)) {
			n = int64(t.N)
		}
		c.Targets = append(c.Targets, campaign.Target{Unit: t.Unit, N: n})
	}
	return c
}

type wireCampaignProblem struct {
	Code     record.Code `json:"code"`
	Field    string      `json:"field"`
	Unit     string      `json:"unit,omitempty"`
	Sentence string      `json:"sentence"`
}

func campaignProblems(list []campaign.Problem) []wireCampaignProblem {
	out := make([]wireCampaignProblem, 0, len(list))
	for _, p := range list {
		out = append(out, wireCampaignProblem{p.Code, p.Field, p.Unit, cmp.Or(p.Says, answers[p.Code].sentence)})
	}
	return out
}

type wireCampaigns struct {
	Campaigns []wireCampaign `json:"campaigns"`
	Stamp     string         `json:"stamp"`
	Runs      []string       `json:"runs"`
}

func (s *Server) campaigns(c echo.Context) error {
	who := callerOf(c).Actor
	list, stamp, err := s.Campaigns.List(c.Request().Context(), who, c.QueryParam("all") == "true")
	if err != nil {
		return err
	}
	w := wireCampaigns{Campaigns: make([]wireCampaign, 0, len(list)), Stamp: stamp, Runs: append([]string{}, s.Campaigns.Units(who)...)}
	for i := range list {
		w.Campaigns = append(w.Campaigns, campaignToWire(&list[i]))
	}
	var raw bytes.Buffer
	if err := writeJSON(&raw, w); err != nil {
		return err
	}
	sum := sha256.Sum256(raw.Bytes())
	return respondTagged(c, hex.EncodeToString(sum[:16]), func(to io.Writer) error {
		_, err := to.Write(raw.Bytes())
		return err
	})
}

type wireUnitProgress struct {
	Unit      string `json:"unit"`
	Name      string `json:"name"`
	Target    int64  `json:"target"`
	Approved  *int64 `json:"approved"`
	Submitted *int64 `json:"submitted"`
	Gap       *int64 `json:"gap"`
	Withheld  bool   `json:"withheld,omitempty"`
	Rank      int    `json:"rank,omitempty"`
}

type wireCampaignProgress struct {
	Campaign wireCampaign       `json:"campaign"`
	AsOf     int64              `json:"as_of"`
	Seq      int64              `json:"seq"`
	Gone     bool               `json:"gone,omitempty"`
	Decimals int64              `json:"decimals"`
	Money    bool               `json:"money"`
	Recount  *wireRecount       `json:"recount,omitempty"`
	Units    []wireUnitProgress `json:"units"`
	Missing  bool               `json:"missing"`
}

func (s *Server) unitProgress(u campaign.UnitProgress, rank int) wireUnitProgress {
	d, _ := s.Engine.Places().Get(u.Unit)
	w := wireUnitProgress{Unit: u.Unit, Name: d.Name, Target: u.Target, Withheld: u.Withheld, Rank: rank}
	gap := u.Gap()
	if !u.Withheld {
		w.Approved, w.Gap = &u.Approved, &gap
	}
	if !u.Unsaid {
		w.Submitted = &u.Submitted
	}
	return w
}

// campaignUnit is the unit that is asked for: that of the campaign where none is named.
func (s *Server) campaignUnit(c echo.Context, of *campaign.Campaign) (string, error) {
	unit := cmp.Or(c.QueryParam("unit"), of.Unit)
	if _, known := s.Engine.Places().Get(unit); !known {
		return "", record.Errorf(record.NotFound, "unit %s", unit)
	}
	return unit, nil
}

func (s *Server) campaignProgress(c echo.Context) error {
	ctx, who := c.Request().Context(), callerOf(c).Actor
	one, err := s.Campaigns.One(ctx, who, c.Param("id"))
	if err != nil {
		return err
	}
	unit, err := s.campaignUnit(c, one)
	if err != nil {
		return err
	}
	level := record.Level(c.QueryParam("level"))
	if level != "" && level.Rank() < 0 {
		return &record.Error{Code: record.BadRequest, Field: "level"}
	}
	return s.tellProgress(c, unit, level)
}

// tellProgress is a unit with those right below it, or a league of all units of a level in it.
func (s *Server) tellProgress(c echo.Context, unit string, level record.Level) error {
	ctx, who, id := c.Request().Context(), callerOf(c).Actor, c.Param("id")
	p, err := s.readProgress(ctx, who, id, unit, level)
	if err != nil {
		return err
	}
	ranks := campaign.Ranks(p.Units)
	one := p.Campaign.For(s.Engine.Places(), unitsOf(who))
	w := wireCampaignProgress{Campaign: campaignToWire(&one), AsOf: int64(p.AsOf), Seq: p.Seq, Gone: p.Gone, Decimals: p.Decimals, Money: p.Money,
		Recount: recountOf(p.Recount), Units: make([]wireUnitProgress, 0, len(p.Units)), Missing: p.Households}
	for i, u := range p.Units {
		rank := 0
		if level != "" {
			rank = ranks[i]
		}
		w.Units = append(w.Units, s.unitProgress(u, rank))
	}
	return respond(c, w)
}

func unitsOf(a record.Actor) (out []string) {
	for _, seat := range a.Seats {
		out = append(out, seat.Unit)
	}
	return out
}

type wireMissing struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Where     string `json:"where"`
	Submitted bool   `json:"submitted,omitempty"`
}

func (s *Server) campaignMissing(c echo.Context) error {
	from, limit := 0, 0
	for _, n := range []struct {
		name string
		to   *int
	}{{"from", &from}, {"limit", &limit}} {
		if text := c.QueryParam(n.name); text != "" {
			v, err := strconv.Atoi(text)
			if err != nil || v < 0 {
				return &record.Error{Code: record.BadRequest, Field: n.name}
			}
			*n.to = v
		}
	}
	page, err := s.Campaigns.Missing(c.Request().Context(), callerOf(c).Actor, c.Param("id"), c.QueryParam("unit"), from, limit)
	if err != nil {
		return err
	}
	rows := make([]wireMissing, 0, len(page.List))
	for _, m := range page.List {
		rows = append(rows, wireMissing(m))
	}
	return respond(c, map[string]any{"households": rows, "all": page.All})
}

type wireDraft struct {
	Campaign  wireCampaign          `json:"campaign"`
	ChangedAt int64                 `json:"changed_at"`
	Problems  []wireCampaignProblem `json:"problems"`
}

func (s *Server) campaignDrafts(c echo.Context) error {
	list, err := s.Campaigns.Drafts(c.Request().Context(), callerOf(c).Actor)
	if err != nil {
		return err
	}
	out := make([]wireDraft, 0, len(list))
	for i := range list {
		wrong, err := s.Campaigns.Check(c.Request().Context(), &list[i].Campaign)
		if err != nil {
			return err
		}
		out = append(out, wireDraft{campaignToWire(&list[i].Campaign), list[i].ChangedAt.UnixMilli(), campaignProblems(wrong)})
	}
	return respond(c, map[string]any{"drafts": out})
}

func (s *Server) putCampaignDraft(c echo.Context) error {
	var in givenCampaign
	if err := readJSONOf(c, maxCampaign, &in); err != nil {
		return err
	}
	wrong, err := s.Campaigns.PutDraft(c.Request().Context(), callerOf(c).Actor, in.campaign(c.Param("id")))
	if err != nil {
		return err
	}
	return respond(c, map[string]any{"problems": campaignProblems(wrong)})
}

func (s *Server) dropCampaignDraft(c echo.Context) error {
	if err := s.Campaigns.DropDraft(c.Request().Context(), callerOf(c).Actor, c.Param("id")); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) publishCampaign(c echo.Context) error {
	one, err := s.Campaigns.Publish(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return respond(c, campaignToWire(one))
}

// runningCampaign names the version that was on the screen, and what is to become of it.
type runningCampaign struct {
	Version  int64  `json:"version"`
	Deadline string `json:"deadline"`
}

func (s *Server) extendCampaign(c echo.Context) error {
	var in runningCampaign
	if err := readJSON(c, &in); err != nil {
		return err
	}
	one, err := s.Campaigns.Extend(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version, in.Deadline)
	if err != nil {
		return err
	}
	return respond(c, campaignToWire(one))
}

func (s *Server) closeCampaign(c echo.Context) error {
	var in runningCampaign
	if err := readJSON(c, &in); err != nil {
		return err
	}
	one, err := s.Campaigns.Close(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version)
	if err != nil {
		return err
	}
	return respond(c, campaignToWire(one))
}

func (s *Server) copyCampaign(c echo.Context) error {
	one, wrong, err := s.Campaigns.Copy(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	return respond(c, wireDraft{Campaign: campaignToWire(one), Problems: campaignProblems(wrong)})
}

type wirePreviewed struct {
	Unit     string `json:"unit"`
	Name     string `json:"name"`
	N        *int64 `json:"n"`
	Withheld bool   `json:"withheld,omitempty"`
}

func (s *Server) previewCampaign(c echo.Context) error {
	var in givenCampaign
	if err := readJSONOf(c, maxCampaign, &in); err != nil {
		return err
	}
	p, err := s.Campaigns.Preview(c.Request().Context(), callerOf(c).Actor, in.campaign(""))
	if err != nil {
		return err
	}
	units := make([]wirePreviewed, 0, len(p.Units))
	for _, u := range p.Units {
		d, _ := s.Engine.Places().Get(u.Unit)
		w := wirePreviewed{Unit: u.Unit, Name: d.Name, Withheld: u.Withheld}
		if !u.Withheld {
			w.N = &u.N
		}
		units = append(units, w)
	}
	return respond(c, map[string]any{"month": p.Month, "decimals": p.Decimals, "money": p.Money, "units": units})
}
