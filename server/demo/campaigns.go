package demo

import (
	_ "embed" // for the file of campaigns
	"encoding/json"
	"fmt"
	"time"

	"niangjia/sync/campaign"
	"niangjia/sync/record"
)

//go:embed campaigns.json
var campaignsFile []byte

// Campaigns are those of a demo city on the day after its year: running ones, the targets of its year and of the next among them.
func Campaigns(places *record.Places, until time.Time) ([]campaign.Campaign, error) {
	var list []struct {
		Unit, Title, Text string
		Counts            campaign.Counts
		Span              string
		Level             record.Level
		Each              int64
		Preset            record.Content
	}
	if err := json.Unmarshal(campaignsFile, &list); err != nil {
		return nil, fmt.Errorf("campaigns.json: %w", err)
	}
	out := make([]campaign.Campaign, 0, len(list))
	for i, one := range list {
		var units []string
		for _, d := range places.All() {
			if d.Level == one.Level && places.Within(d.Code, one.Unit) {
				units = append(units, d.Code)
			}
		}
		first, last := spanOf(one.Span, until)
		out = append(out, campaign.Campaign{
			ID: fmt.Sprintf("de%030x", 0xca0001+i), Version: 1, Unit: one.Unit, State: campaign.Running, Title: one.Title, Text: one.Text,
			Counts: one.Counts, Start: first.Format(time.DateOnly), Deadline: last.Format(time.DateOnly), Targets: campaign.Each(units, one.Each), Preset: one.Preset,
		})
	}
	return out, nil
}

// spanOf is of whole months, so that every unit's numbers are told (SPEC T14): the year, the next one, or a month and the next one of the same year.
func spanOf(name string, until time.Time) (first, last time.Time) {
	year, month, _ := until.Date()
	if name == "next_year" {
		year++
	}
	if name == "year" || name == "next_year" {
		return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(year, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	if month == time.December {
		month--
	}
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC), time.Date(year, month+2, 0, 0, 0, 0, 0, time.UTC)
}
