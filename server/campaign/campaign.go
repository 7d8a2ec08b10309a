// Package campaign lets a city, a county or a township run its campaigns: drafts, which are nobody else's business, and
// what is published, which stands in the log. What counts and how far it has come is the core's to say.
package campaign

import (
	"context"
	"errors"
	"slices"
	"time"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// Log is the engine, as far as it is needed here.
type Log interface {
	Present(ctx context.Context) (*catalogue.Catalogue, error)
	Places() *record.Places
	Campaigns(ctx context.Context) ([]campaign.Campaign, string, error)
	Campaign(ctx context.Context, id string) (*campaign.Campaign, error)
	CampaignChanges(ctx context.Context, id string) ([]campaign.Change, error)
	PutCampaign(ctx context.Context, actor record.Actor, c campaign.Campaign, also ...func(engine.Tx) error) error
	Progress(ctx context.Context, actor *record.Actor, id string, of func(c *campaign.Campaign, p *record.Places) []string) (*engine.CampaignProgress, error)
	Missing(ctx context.Context, actor record.Actor, id, unit string, from, limit int) (*engine.MissingHouseholds, error)
	ListMissing(ctx context.Context, actor record.Actor, id, unit string, limit int) (*engine.MissingHouseholds, error)
	Preview(ctx context.Context, actor record.Actor, c campaign.Campaign) (*engine.Preview, error)
	HouseholdsIn(ctx context.Context, units []string) (map[string]int64, error)
}

// Draft is a campaign that is not published.
type Draft struct {
	ID, Unit, Account string
	ChangedAt         time.Time
	Campaign          campaign.Campaign
}

// Store keeps drafts.
type Store interface {
	Draft(ctx context.Context, id string) (*Draft, error)
	DraftsOf(ctx context.Context, units []string) ([]Draft, error)
	PutDraft(ctx context.Context, d Draft) error
	DropDraft(ctx context.Context, id string) error
}

// Options are what a service needs.
type Options struct {
	Log   Log
	Store Store
	Now   func() time.Time
	NewID func() string
}

// Service is safe for concurrent use.
type Service struct{ Options }

// New makes one.
func New(o Options) *Service { return &Service{o} }

func (s *Service) today() string { return engine.Day(record.Instant(s.Now().UnixMilli())) }

// maxDrafts is how many drafts a unit has at most.
const maxDrafts = 50

// runs is an error where an account does not run the campaigns of a unit.
func (s *Service) runs(who record.Actor, unit string) error {
	if !access.RunsCampaigns(who, s.Log.Places(), unit) {
		return record.Errorf(record.Forbidden, "campaigns of %s", unit)
	}
	return nil
}

// Units are those whose campaigns an account runs.
func (s *Service) Units(who record.Actor) (out []string) {
	places := s.Log.Places()
	for _, seat := range who.Seats {
		if access.RunsCampaigns(who, places, seat.Unit) && !slices.Contains(out, seat.Unit) {
			out = append(out, seat.Unit)
		}
	}
	return out
}

func unitsOf(who record.Actor) (out []string) {
	for _, seat := range who.Seats {
		out = append(out, seat.Unit)
	}
	return out
}

// keptFor is how many days after its deadline a campaign is told to everybody.
const keptFor = 60

// List gives the campaigns that run in, above or below an account's units, with the targets that are its business, those
// that end first at the top, and what moves with any campaign. Old ones come where all are asked for.
func (s *Service) List(ctx context.Context, who record.Actor, all bool) ([]campaign.Campaign, string, error) {
	list, stamp, err := s.Log.Campaigns(ctx)
	if err != nil {
		return nil, "", err
	}
	places, units := s.Log.Places(), unitsOf(who)
	since := s.Now().AddDate(0, 0, -keptFor)
	oldest := engine.Day(record.Instant(since.UnixMilli()))
	var out []campaign.Campaign
	for _, c := range list {
		if c.Concerns(places, units) && (all || c.Deadline >= oldest) {
			out = append(out, c.For(places, units))
		}
	}
	slices.SortStableFunc(out, func(a, b campaign.Campaign) int {
		switch {
		case a.State != b.State && a.State == campaign.Running:
			return -1
		case a.State != b.State:
			return 1
		case a.Deadline < b.Deadline:
			return -1
		case a.Deadline > b.Deadline:
			return 1
		}
		return 0
	})
	return out, stamp, nil
}

// One gives a campaign that concerns an account. Errors: not_found, which it is for everybody else.
func (s *Service) One(ctx context.Context, who record.Actor, id string) (*campaign.Campaign, error) {
	c, err := s.Log.Campaign(ctx, id)
	if err != nil {
		return nil, err
	}
	if c == nil || !c.Concerns(s.Log.Places(), unitsOf(who)) {
		return nil, record.Errorf(record.NotFound, "campaign %s", id)
	}
	return c, nil
}

// Progress reads how far a unit and those right below it have come.
func (s *Service) Progress(ctx context.Context, who record.Actor, id, unit string) (*engine.CampaignProgress, error) {
	if _, err := s.One(ctx, who, id); err != nil {
		return nil, err
	}
	return s.Log.Progress(ctx, &who, id, func(_ *campaign.Campaign, p *record.Places) []string {
		return append([]string{unit}, p.Children(unit)...)
	})
}

// League reads how far the units of a level have come, those that have come furthest first.
func (s *Service) League(ctx context.Context, who record.Actor, id, unit string, level record.Level) (*engine.CampaignProgress, error) {
	if _, err := s.One(ctx, who, id); err != nil {
		return nil, err
	}
	p, err := s.Log.Progress(ctx, &who, id, func(c *campaign.Campaign, p *record.Places) []string { return below(p, unit, level) })
	if err != nil {
		return nil, err
	}
	asked := slices.DeleteFunc(p.Units, func(u campaign.UnitProgress) bool { return u.Target == 0 })
	p.Units = campaign.League(asked)
	return p, nil
}

// below lists the units of a level in a unit, in the order of the divisions; itself where it is of that level.
func below(p *record.Places, unit string, level record.Level) (out []string) {
	for _, d := range p.All() {
		if d.Level == level && p.Within(d.Code, unit) {
			out = append(out, d.Code)
		}
	}
	return out
}

// Missing lists the households of a unit to which nobody has been.
func (s *Service) Missing(ctx context.Context, who record.Actor, id, unit string, from, limit int) (*engine.MissingHouseholds, error) {
	if _, err := s.One(ctx, who, id); err != nil {
		return nil, err
	}
	return s.Log.Missing(ctx, who, id, unit, from, limit)
}

// ListMissing is the list for a file.
func (s *Service) ListMissing(ctx context.Context, who record.Actor, id, unit string, limit int) (*campaign.Campaign, *engine.MissingHouseholds, error) {
	c, err := s.One(ctx, who, id)
	if err != nil {
		return nil, nil, err
	}
	list, err := s.Log.ListMissing(ctx, who, id, unit, limit)
	return c, list, err
}

// Preview says what a campaign would have counted last month.
func (s *Service) Preview(ctx context.Context, who record.Actor, c campaign.Campaign) (*engine.Preview, error) {
	if err := s.runs(who, c.Unit); err != nil {
		return nil, err
	}
	return s.Log.Preview(ctx, who, c)
}

// Open gives the campaigns that are running, for whoever reminds: it is the server itself that asks.
func (s *Service) Open(ctx context.Context) ([]campaign.Campaign, error) {
	list, _, err := s.Log.Campaigns(ctx)
	return slices.DeleteFunc(list, func(c campaign.Campaign) bool { return c.State != campaign.Running }), err
}

// Gaps gives how far each unit with a target of its own has come, withholding nothing: nobody but the server reads it.
func (s *Service) Gaps(ctx context.Context, id string) ([]campaign.UnitProgress, error) {
	p, err := s.Log.Progress(ctx, nil, id, func(c *campaign.Campaign, _ *record.Places) (out []string) {
		for _, t := range c.Targets {
			out = append(out, t.Unit)
		}
		return out
	})
	if err == nil && (p.Gone || p.Recount != nil) {
		err = errors.New("it is not counted just now") // who has finished would be told that she has not
	}
	if err != nil {
		return nil, err
	}
	return p.Units, nil
}
