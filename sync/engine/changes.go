package engine

import (
	"context"
	"encoding/json"

	"niangjia/sync/campaign"
)

// What was changed of a campaign stands in the log's lines for ever; the latest are kept beside it as well, so that who
// works for it can be told (S30) without going through the log.

const (
	metaCampaignChanges = "campaign_changes:" // and its id: the latest, newest first, as JSON
	changesKept         = 20
)

// CampaignChanges lists what was changed of a campaign, the newest first.
func (e *Engine) CampaignChanges(ctx context.Context, id string) (list []campaign.Change, err error) {
	err = e.view(ctx, func(r Reader, _ *world) (err error) {
		list, err = changesOf(r, id)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return list, nil
}

func changesOf(r interface {
	Meta(key string) (string, error)
}, id string) (list []campaign.Change, err error) {
	text, err := r.Meta(metaCampaignChanges + id)
	if err != nil || text == "" {
		return nil, err
	}
	return list, json.Unmarshal([]byte(text), &list)
}

// keepChange is part of what a line of the log does, so that a replay of the log keeps the same.
func (s *session) keepChange(line ownLine) error {
	list, err := changesOf(s.tx, line.Campaign.ID)
	if err != nil {
		return err
	}
	list = append([]campaign.Change{campaign.ChangeOf(line.Was, line.Campaign, s.now, line.Account)}, list...)
	raw, err := json.Marshal(list[:min(len(list), changesKept)])
	if err != nil {
		return err
	}
	return s.tx.SetMeta(metaCampaignChanges+line.Campaign.ID, string(raw))
}
