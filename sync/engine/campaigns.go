package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"niangjia/sync/access"
	"niangjia/sync/campaign"
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// A campaign is a fact of the log, as the catalogue and the seats are (S12, S29). docs/decisions/0042-campaigns.md.

const kindCampaign = "campaign" // of a line of the server's own log

// MetaCampaigns is the key of Store.Meta under which stands what moves with every campaign: phones fetch them again then.
const MetaCampaigns = "campaigns"

func (w *world) readCampaigns(r Reader) (err error) {
	if w.stamp, err = r.Meta(MetaCampaigns); err != nil || w.stamp == "" {
		w.campaigns = nil
		return err
	}
	rows, err := r.Campaigns()
	if err != nil {
		return err
	}
	w.campaigns = make([]*campaign.Campaign, 0, len(rows))
	for _, row := range rows {
		c := &campaign.Campaign{}
		if err := json.Unmarshal(row.JSON, c); err != nil {
			return fmt.Errorf("campaign %s in the store: %w", row.ID, err)
		}
		w.campaigns = append(w.campaigns, c)
	}
	return nil
}

// weigh brings what is counted up to date with the catalogue and the campaigns.
func (w *world) weigh() { w.counted = w.over(w.catalogue) }

// over lays the campaigns' own counts over a catalogue. One that cannot be counted by it (its form is gone, its condition
// names what is no more) is left out, and said to be so where it is read.
func (w *world) over(cat *catalogue.Catalogue) *catalogue.Catalogue {
	var own []*catalogue.Indicator
	for _, c := range w.campaigns {
		if c.Counts.Form == "" {
			continue
		}
		if ind, bad := c.Indicator(cat); bad == nil {
			own = append(own, ind)
		}
	}
	return cat.With(own)
}

// counts is what entries are counted by.
func (w *world) counts() *catalogue.Catalogue {
	if w.counted == nil {
		return w.catalogue
	}
	return w.counted
}

// telling is the world as one figure is told in it: an own count is not among the others. It is the world itself for
// every figure of the catalogue.
func (w *world) telling(ind *catalogue.Indicator) *world {
	if ind == nil || !campaign.Own(ind.ID) {
		return w
	}
	return w.alone(ind)
}

func (w *world) alone(ind *catalogue.Indicator) *world {
	one := *w
	one.catalogue = w.catalogue.Only(ind)
	return &one
}

func (w *world) campaign(id string) *campaign.Campaign {
	for _, c := range w.campaigns {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// asks reports whether a period is the one of the campaign that has this own count.
func (w *world) asks(figure, period string) bool {
	for _, c := range w.campaigns {
		if c.Figure() == figure {
			return c.Period() == period
		}
	}
	return false
}

// PutCampaign publishes a campaign, or puts its next version in force. also joins the same transaction. Errors: forbidden;
// campaign_changed where another version is in force; campaign_closed; a *campaign.Problem.
func (e *Engine) PutCampaign(ctx context.Context, actor record.Actor, c campaign.Campaign, also ...func(Tx) error) error {
	c.Tidy()
	now := e.opt.Now()
	var next *world
	err := e.store.Update(ctx, func(tx Tx) error {
		s, err := e.session(tx, now)
		if err != nil {
			return err
		}
		if !access.RunsCampaigns(actor, s.world.places, c.Unit) {
			return record.Errorf(record.Forbidden, "campaigns of %s", c.Unit)
		}
		was := s.world.campaign(c.ID)
		if err := campaign.Follows(was, &c); err != nil {
			return err
		}
		if was == nil {
			if bad := campaign.Check(&c, s.world.catalogue, s.world.places, Day(now)); len(bad) > 0 {
				return &bad[0]
			}
		} else if bad := campaign.CheckNext(was, &c, s.world.places); len(bad) > 0 {
			return &bad[0]
		}
		line := ownLine{Kind: kindCampaign, Account: actor.Account, Campaign: &c, Was: was}
		if c.Counts.Form != "" && (was == nil || was.Deadline != c.Deadline) {
			last, err := tx.LastSeq()
			if err != nil {
				return err
			}
			line.Recount = &recountOf{Forms: []string{c.Counts.Form}, Indicators: []string{c.Figure()}, Later: last > e.opt.Recount.atOnce()}
		}
		if err := s.put(line); err != nil {
			return err
		}
		for _, write := range also {
			if err := write(tx); err != nil {
				return err
			}
		}
		next = s.world
		return nil
	})
	if err != nil {
		return campaignError(err)
	}
	e.world.Store(next)
	return nil
}

// campaignError keeps what says more than its code.
func campaignError(err error) error {
	var p *campaign.Problem
	if errors.As(err, &p) {
		return p
	}
	return storeError(err)
}

// setCampaign puts a campaign in force. Its own count is counted from what was recorded before as well: a campaign may
// have begun before it was published.
func (s *session) setCampaign(line ownLine, seq int64, stamp string) error {
	c := line.Campaign
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	err = s.tx.PutCampaign(CampaignRow{ID: c.ID, Unit: c.Unit, State: string(c.State), Start: c.Start, Deadline: c.Deadline, JSON: raw})
	if err != nil {
		return err
	}
	if err := s.keepChange(line); err != nil {
		return err
	}
	next := *s.world
	next.stamp = stamp[:16]
	if err := s.tx.SetMeta(MetaCampaigns, next.stamp); err != nil {
		return err
	}
	next.campaigns = slices.DeleteFunc(slices.Clone(next.campaigns), func(old *campaign.Campaign) bool { return old.ID == c.ID })
	at, _ := slices.BinarySearchFunc(next.campaigns, c.ID, func(old *campaign.Campaign, id string) int {
		if old.ID < id {
			return -1
		}
		return 1
	})
	next.campaigns = slices.Insert(next.campaigns, at, c)
	next.weigh()
	s.world = &next
	if line.Recount == nil {
		return nil
	}
	return s.beginRecount(line.Recount, seq)
}

// Campaigns gives all campaigns in force, by id, and what moves with any of them.
func (e *Engine) Campaigns(ctx context.Context) (list []campaign.Campaign, stamp string, err error) {
	err = e.view(ctx, func(_ Reader, w *world) error {
		stamp = w.stamp
		for _, c := range w.campaigns {
			list = append(list, *c)
		}
		return nil
	})
	if err != nil {
		return nil, "", storeError(err)
	}
	return list, stamp, nil
}

// Campaign gives one in force, nil where there is none of that id.
func (e *Engine) Campaign(ctx context.Context, id string) (c *campaign.Campaign, err error) {
	err = e.view(ctx, func(_ Reader, w *world) error {
		c = w.campaign(id)
		return nil
	})
	if err != nil {
		return nil, storeError(err)
	}
	return c, nil
}

// toldRecounting is what a reader of the figures is told of a counting anew: nothing of campaigns' own counts, which are
// not among them.
func toldRecounting(r Reader) (*Recount, error) {
	c, err := recounting(r)
	if err != nil || c == nil {
		return nil, err
	}
	c.Indicators = slices.DeleteFunc(c.Indicators, campaign.Own)
	if len(c.Indicators) == 0 {
		return nil, nil
	}
	return c, nil
}

// campaignTexts are the campaigns of a store as they are compared.
func campaignTexts(r Reader) (out []string, err error) {
	rows, err := r.Campaigns()
	for _, row := range rows {
		out = append(out, fmt.Sprint(row.ID, row.Unit, row.State, row.Start, row.Deadline, " ", string(row.JSON)))
	}
	return out, err
}
