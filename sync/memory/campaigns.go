package memory

import (
	"slices"

	"niangjia/sync/catalogue"
	"niangjia/sync/engine"
	"niangjia/sync/record"
)

func (r reader) Campaigns() ([]engine.CampaignRow, error) {
	var out []engine.CampaignRow
	for _, id := range sortedKeys(r.d.campaigns) {
		out = append(out, r.d.campaigns[id])
	}
	return out, nil
}

func (t *tx) PutCampaign(c engine.CampaignRow) error {
	put(t, t.d.campaigns, c.ID, c)
	return nil
}

func (r reader) CountedOn(form, from, to string, f func(*record.Record) error) error {
	for _, rec := range r.list(func(rec *record.Record) bool {
		day := rec.Approved[catalogue.KeyOccurredOn].String()
		return rec.Counts() && rec.Form == form && day >= from && day <= to
	}) {
		if err := f(rec); err != nil {
			return err
		}
	}
	return nil
}

func (r reader) DoneIn(unit string, forms []string, from, to string) ([]*record.Record, error) {
	return r.list(func(rec *record.Record) bool {
		day := rec.Approved[catalogue.KeyOccurredOn].String()
		return rec.Counts() && rec.Unit == unit && from <= day && day <= to && (forms == nil || slices.Contains(forms, rec.Form))
	}), nil
}

func (r reader) Households(unit string) ([]*record.Record, error) {
	return r.list(func(rec *record.Record) bool { return rec.Type == record.Household && rec.Unit == unit }), nil
}

func (r reader) HouseholdsIn(units []string) (map[string]int64, error) {
	out := map[string]int64{}
	for _, rec := range r.d.records {
		if rec.Type == record.Household && slices.Contains(units, rec.Unit) {
			out[rec.Unit]++
		}
	}
	return out, nil
}
