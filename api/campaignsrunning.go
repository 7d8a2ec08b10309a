package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/labstack/echo/v4"

	"niangjia/server/auth"
	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

// mendCampaign puts right what a running campaign says and asks (S30).
func (s *Server) mendCampaign(c echo.Context) error {
	var in struct {
		Version int64 `json:"version"`
		givenCampaign
	}
	if err := readJSONOf(c, maxCampaign, &in); err != nil {
		return err
	}
	given := in.campaign("")
	one, err := s.Campaigns.Mend(c.Request().Context(), callerOf(c).Actor, c.Param("id"), in.Version,
		campaign.Mending{Title: given.Title, Text: given.Text, Targets: given.Targets, Remind: given.Remind})
	if err != nil {
		return err
	}
	return respond(c, campaignToWire(one))
}

type wireWords struct {
	Was string `json:"was"`
	Now string `json:"now"`
}

type wireTargetChange struct {
	Unit string `json:"unit"`
	Was  int64  `json:"was"`
	Now  int64  `json:"now"`
}

type wireCampaignChange struct {
	Version  int64              `json:"version"`
	At       record.Instant     `json:"at"`
	By       string             `json:"by,omitempty"`
	Closed   bool               `json:"closed,omitempty"`
	Title    *wireWords         `json:"title,omitempty"`
	Text     *wireWords         `json:"text,omitempty"`
	Deadline *wireWords         `json:"deadline,omitempty"`
	Remind   bool               `json:"remind,omitempty"`
	Targets  []wireTargetChange `json:"targets"`
}

// campaignChanges says what was changed of a campaign, and by whom.
func (s *Server) campaignChanges(c echo.Context) error {
	list, names, err := s.changesOf(c.Request().Context(), callerOf(c).Actor, c.Param("id"))
	if err != nil {
		return err
	}
	out := make([]wireCampaignChange, 0, len(list))
	for _, x := range list {
		w := wireCampaignChange{Version: x.Version, At: x.At, By: names[x.Account], Closed: x.Closed, Title: (*wireWords)(x.Title),
			Text: (*wireWords)(x.Text), Deadline: (*wireWords)(x.Deadline), Remind: x.Remind, Targets: make([]wireTargetChange, 0, len(x.Targets))}
		for _, t := range x.Targets {
			w.Targets = append(w.Targets, wireTargetChange(t))
		}
		out = append(out, w)
	}
	return respond(c, map[string]any{"changes": out})
}

// changesOf are the changes with the names of who made them. An auditor reads no names.
func (s *Server) changesOf(ctx context.Context, who record.Actor, id string) (list []campaign.Change, names map[string]string, err error) {
	if list, err = s.Campaigns.Changes(ctx, who, id); err != nil {
		return nil, nil, err
	}
	names = map[string]string{}
	if !recording.admit(who) {
		return list, names, nil
	}
	var ids []string
	for _, x := range list {
		ids = append(ids, x.Account)
	}
	names, err = s.Auth.Names(ctx, ids)
	return list, names, err
}

type wireContact struct {
	Name  string        `json:"name"`
	Roles []record.Role `json:"roles"`
	Phone string        `json:"phone"`
}

type wireCalled struct {
	wireUnitProgress
	People []wireContact `json:"people"`
}

// campaignPhones is whom to telephone: who works at the units that have a gap. For who runs the campaign, of units below
// her own alone, and it is kept that she has asked.
func (s *Server) campaignPhones(c echo.Context) error {
	list, err := s.called(c)
	if err != nil {
		return err
	}
	out := make([]wireCalled, 0, len(list.units))
	for _, u := range list.units {
		w := wireCalled{s.unitProgress(u, 0), []wireContact{}}
		for _, p := range list.people[u.Unit] {
			w.People = append(w.People, wireContact(p))
		}
		slices.SortFunc(w.People, func(a, b wireContact) int { return cmp.Compare(a.Name, b.Name) })
		out = append(out, w)
	}
	return respond(c, map[string]any{"campaign": campaignToWire(list.campaign), "units": out, "withheld": list.withheld})
}

// calledUnits are the units of a campaign that have a gap, with who works there.
type calledUnits struct {
	campaign *campaign.Campaign
	unit     string
	units    []campaign.UnitProgress
	people   map[string][]auth.Contact
	withheld int
}

func (s *Server) called(c echo.Context) (out calledUnits, err error) {
	ctx, who := c.Request().Context(), callerOf(c).Actor
	if out.campaign, err = s.Campaigns.One(ctx, who, c.Param("id")); err != nil {
		return out, err
	}
	if out.unit, err = s.campaignUnit(c, out.campaign); err != nil {
		return out, err
	}
	if out.units, out.withheld, err = s.Campaigns.Behind(ctx, who, out.campaign.ID, out.unit); err != nil {
		return out, err
	}
	codes := make([]string, 0, len(out.units))
	for _, u := range out.units {
		codes = append(codes, u.Unit)
	}
	out.people, err = s.Auth.Telephones(ctx, who.Account, out.unit, codes)
	return out, err
}
