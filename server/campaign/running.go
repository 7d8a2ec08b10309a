package campaign

import (
	"context"
	"errors"

	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

// Drafts lists those of the units whose campaigns an account runs.
func (s *Service) Drafts(ctx context.Context, who record.Actor) ([]Draft, error) {
	return s.Store.DraftsOf(ctx, s.Units(who))
}

// draft finds one that is an account's to change.
func (s *Service) draft(ctx context.Context, who record.Actor, id string) (*Draft, error) {
	d, err := s.Store.Draft(ctx, id)
	if err != nil {
		return nil, err
	}
	if d == nil || s.runs(who, d.Unit) != nil {
		return nil, record.Errorf(record.NotFound, "draft %s", id)
	}
	return d, nil
}

// PutDraft keeps a draft, finished or not, and says what is still wrong with it. Errors: forbidden; exists where it is
// published, or is a draft of others; too_many; too_large.
func (s *Service) PutDraft(ctx context.Context, who record.Actor, c campaign.Campaign) ([]campaign.Problem, error) {
	if !record.ValidID(c.ID) {
		return nil, &record.Error{Code: record.BadRequest, Field: "id"}
	}
	if err := s.runs(who, c.Unit); err != nil {
		return nil, err
	}
	if len(c.Targets) > len(s.Log.Places().All()) {
		return nil, &record.Error{Code: record.TooLarge, Field: "targets"}
	}
	published, err := s.Log.Campaign(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	before, err := s.Store.Draft(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	if published != nil || before != nil && s.runs(who, before.Unit) != nil {
		return nil, &record.Error{Code: record.Exists, Field: "id"}
	}
	if before == nil {
		list, err := s.Store.DraftsOf(ctx, []string{c.Unit})
		if err != nil {
			return nil, err
		}
		if len(list) >= maxDrafts {
			return nil, &record.Error{Code: record.TooManyDrafts}
		}
	}
	c.Version, c.State = 0, campaign.Running
	c.Tidy()
	err = s.Store.PutDraft(ctx, Draft{ID: c.ID, Unit: c.Unit, Account: who.Account, ChangedAt: s.Now(), Campaign: c})
	if err != nil {
		return nil, err
	}
	return s.Check(ctx, &c)
}

// Check says what is still wrong with a draft.
func (s *Service) Check(ctx context.Context, c *campaign.Campaign) ([]campaign.Problem, error) {
	cat, err := s.Log.Present(ctx)
	if err != nil {
		return nil, err
	}
	return campaign.Check(c, cat, s.Log.Places(), s.today()), nil
}

// DropDraft forgets a draft.
func (s *Service) DropDraft(ctx context.Context, who record.Actor, id string) error {
	if _, err := s.draft(ctx, who, id); err != nil {
		return err
	}
	return s.Store.DropDraft(ctx, id)
}

// Wrong says all that keeps a draft from being published.
type Wrong struct{ Problems []campaign.Problem }

func (w *Wrong) Error() string { return w.Problems[0].Error() }

// Unwrap gives the first.
func (w *Wrong) Unwrap() error { return &w.Problems[0] }

// Publish puts a draft into the log. Again it says the same, whether or not its answer arrived. Errors: not_found, *Wrong.
func (s *Service) Publish(ctx context.Context, who record.Actor, id string) (*campaign.Campaign, error) {
	c, err := s.Log.Campaign(ctx, id)
	if err != nil {
		return nil, err
	}
	if c != nil && s.runs(who, c.Unit) == nil {
		return c, s.Store.DropDraft(ctx, id)
	}
	d, err := s.draft(ctx, who, id)
	if err != nil {
		return nil, err
	}
	next := d.Campaign
	next.Version, next.State = 1, campaign.Running
	wrong, err := s.Check(ctx, &next)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, &Wrong{wrong}
	}
	if err := s.put(ctx, who, next); err != nil {
		return nil, err
	}
	// A draft that stays behind after a crash goes when it is published again, and is refused as there already.
	return &next, s.Store.DropDraft(ctx, id)
}

func (s *Service) put(ctx context.Context, who record.Actor, c campaign.Campaign) error {
	err := s.Log.PutCampaign(ctx, who, c)
	var p *campaign.Problem
	if errors.As(err, &p) {
		return &Wrong{[]campaign.Problem{*p}}
	}
	return err
}

// running finds a campaign that an account runs, as it was shown: in another version it is campaign_changed.
func (s *Service) running(ctx context.Context, who record.Actor, id string, version int64) (*campaign.Campaign, error) {
	c, err := s.One(ctx, who, id)
	if err != nil {
		return nil, err
	}
	if err := s.runs(who, c.Unit); err != nil {
		return nil, err
	}
	if c.Version != version {
		return nil, &record.Error{Code: record.CampaignChanged}
	}
	return c, nil
}

// Extend gives a campaign a later deadline.
func (s *Service) Extend(ctx context.Context, who record.Actor, id string, version int64, deadline string) (*campaign.Campaign, error) {
	c, err := s.running(ctx, who, id, version)
	if err != nil {
		return nil, err
	}
	next, err := c.Extended(deadline, s.today())
	if err != nil {
		return nil, err
	}
	return &next, s.put(ctx, who, next)
}

// Mend puts right how a campaign is called and told of, what is asked of whom, and when is reminded (S30). Where nothing is
// another than it was, nothing is written.
func (s *Service) Mend(ctx context.Context, who record.Actor, id string, version int64, m campaign.Mending) (*campaign.Campaign, error) {
	c, err := s.running(ctx, who, id, version)
	if err != nil {
		return nil, err
	}
	next, err := c.Mended(m)
	if err != nil || next.Version == c.Version {
		return c, err
	}
	if wrong := campaign.CheckNext(c, &next, s.Log.Places()); len(wrong) > 0 {
		return nil, &Wrong{wrong}
	}
	return &next, s.put(ctx, who, next)
}

// Changes lists what was changed of a campaign, the newest first, with the targets that are an account's business.
func (s *Service) Changes(ctx context.Context, who record.Actor, id string) ([]campaign.Change, error) {
	if _, err := s.One(ctx, who, id); err != nil {
		return nil, err
	}
	list, err := s.Log.CampaignChanges(ctx, id)
	for i := range list {
		list[i] = list[i].For(s.Log.Places(), unitsOf(who))
	}
	return list, err
}

// Behind lists the units with a target of their own, in one unit and below the campaign's, that have not finished, as far
// as the caller is told so; withheld is of how many she is not. Errors: forbidden for who does not run it; campaign_counting
// while its numbers are not to be had.
func (s *Service) Behind(ctx context.Context, who record.Actor, id, unit string) (list []campaign.UnitProgress, withheld int, err error) {
	c, err := s.One(ctx, who, id)
	if err != nil {
		return nil, 0, err
	}
	if err := s.runs(who, c.Unit); err != nil {
		return nil, 0, err
	}
	p, err := s.Log.Progress(ctx, &who, id, func(c *campaign.Campaign, p *record.Places) (out []string) {
		for _, t := range c.Targets {
			if t.Unit != c.Unit && p.Within(t.Unit, unit) {
				out = append(out, t.Unit)
			}
		}
		return out
	})
	if err != nil {
		return nil, 0, err
	}
	if p.Gone || p.Recount != nil {
		return nil, 0, &record.Error{Code: record.CampaignCounting}
	}
	for _, u := range p.Units {
		switch {
		case u.Withheld:
			withheld++
		case !u.Finished():
			list = append(list, u)
		}
	}
	return list, withheld, nil
}

// Close ends a campaign: nobody is reminded any more. What was done until its deadline counts as ever.
func (s *Service) Close(ctx context.Context, who record.Actor, id string, version int64) (*campaign.Campaign, error) {
	c, err := s.running(ctx, who, id, version)
	if err != nil {
		return nil, err
	}
	next, err := c.Ended()
	if err != nil {
		return nil, err
	}
	return &next, s.put(ctx, who, next)
}

// Copy makes a draft of a campaign for the year after.
func (s *Service) Copy(ctx context.Context, who record.Actor, id string) (*campaign.Campaign, []campaign.Problem, error) {
	c, err := s.One(ctx, who, id)
	if err != nil {
		return nil, nil, err
	}
	next := c.Again(s.NewID(), s.Log.Places())
	wrong, err := s.PutDraft(ctx, who, next)
	return &next, wrong, err
}
