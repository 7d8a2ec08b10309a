package engine

import (
	"context"
	"encoding/json"

	"niangjia/sync/record"
)

// Publication says when a catalogue was put in force, and by whose account: "" for whoever keeps the machine.
type Publication struct {
	At      record.Instant `json:"at"`
	Account string         `json:"account,omitempty"`
}

const (
	metaPublications = "catalogue_publications" // the latest, newest first, as JSON
	publicationsKept = 20
)

// Publications lists the latest catalogues that were put in force over another, newest first.
func (e *Engine) Publications(ctx context.Context) (list []Publication, err error) {
	err = e.view(ctx, func(r Reader, _ *world) (err error) {
		list, err = publications(r)
		return err
	})
	if err != nil {
		return nil, storeError(err)
	}
	return list, nil
}

func publications(r interface {
	Meta(key string) (string, error)
}) (list []Publication, err error) {
	text, err := r.Meta(metaPublications)
	if err != nil || text == "" {
		return nil, err
	}
	return list, json.Unmarshal([]byte(text), &list)
}

// keepPublication is part of what a line of the log does, so that a replay of the log keeps the same.
func (s *session) keepPublication(account string) error {
	list, err := publications(s.tx)
	if err != nil {
		return err
	}
	list = append([]Publication{{At: s.now, Account: account}}, list...)
	raw, err := json.Marshal(list[:min(len(list), publicationsKept)])
	if err != nil {
		return err
	}
	return s.tx.SetMeta(metaPublications, string(raw))
}
