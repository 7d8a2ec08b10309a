package access_test

import (
	"testing"

	"niangjia/sync/access"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

const (
	city, county, town, village, neighbour = "530900000000", "530923000000", "530923101000", "530923101201", "530923101202"
)

func places(t *testing.T) *record.Places {
	p, err := record.NewPlaces([]record.Division{
		{Code: city, Level: record.City}, {Code: county, Level: record.County, Parent: city},
		{Code: town, Level: record.Township, Parent: county},
		{Code: village, Level: record.Village, Parent: town}, {Code: neighbour, Level: record.Village, Parent: town},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func seat(role record.Role, unit string) record.Actor {
	return record.Actor{Account: "reader", Seats: []record.Seat{{Role: role, Unit: unit}}}
}

// Every reader against every matter, as the field's table has it.
func TestWhoMayReadWhat(t *testing.T) {
	const now = record.DayMS * 20000
	p := places(t)
	ordinary := &record.Record{Type: record.Entry, Unit: village, Author: "li", State: review.Submitted}
	sensitive := &record.Record{Type: record.Entry, Unit: village, Author: "li", State: review.Submitted, Sensitive: true}
	draft := &record.Record{Type: record.Entry, Unit: village, Author: "li", State: review.Draft}
	household := &record.Record{Type: record.Household, Unit: village, Author: "li", State: record.Active}
	own := record.Actor{Account: "li", Seats: []record.Seat{{Role: record.Volunteer, Unit: village}}}
	for _, c := range []struct {
		name                                  string
		who                                   record.Actor
		ordinary, sensitive, draft, household access.View
	}{
		{"author", own, access.Whole, access.Whole, access.Whole, access.Whole},
		{"colleague", seat(record.Volunteer, village), access.Whole, access.Exists, access.Nothing, access.Whole},
		{"neighbour", seat(record.Volunteer, neighbour), access.Nothing, access.Nothing, access.Nothing, access.Nothing},
		{"township reviewer", seat(record.Reviewer, town), access.Whole, access.Whole, access.Nothing, access.Whole},
		{"township manager", seat(record.Manager, town), access.Whole, access.Whole, access.Nothing, access.Whole},
		{"township volunteer", seat(record.Volunteer, town), access.Nothing, access.Nothing, access.Nothing, access.Nothing},
		{"county reviewer", seat(record.Reviewer, county), access.Online, access.Number, access.Nothing, access.Masked},
		{"city manager", seat(record.Manager, city), access.Online, access.Number, access.Nothing, access.Masked},
		{"auditor", seat(record.Auditor, city), access.Number, access.Number, access.Nothing, access.Nothing},
		{"nobody", record.Actor{Account: "x"}, access.Nothing, access.Nothing, access.Nothing, access.Nothing},
	} {
		for _, m := range []struct {
			what string
			rec  *record.Record
			want access.View
		}{{"ordinary", ordinary, c.ordinary}, {"sensitive", sensitive, c.sensitive}, {"draft", draft, c.draft}, {"household", household, c.household}} {
			if got := access.Entry(c.who, p, m.rec, now); got != m.want {
				t.Errorf("%s reads %s: %d, want %d", c.name, m.what, got, m.want)
			}
		}
	}
	// Who decides in the stead of the unit above sees all of it, but never a draft, and keeps nothing.
	for _, m := range []struct {
		rec  *record.Record
		want access.View
	}{{ordinary, access.Online}, {sensitive, access.Online}, {draft, access.Nothing}, {household, access.Online}} {
		if got := access.As(access.Deciding, m.rec); got != m.want {
			t.Errorf("deciding on %+v: %d, want %d", m.rec, got, m.want)
		}
	}
	// A stated reason opens what was a number, to the one who stated it and for a day; never a draft.
	told := *sensitive
	told.Disclosures = []record.Disclosure{{By: "reader", At: now}}
	hidden := told
	hidden.State = review.Draft
	for _, m := range []struct {
		who  record.Actor
		rec  *record.Record
		at   record.Instant
		want access.View
	}{
		{seat(record.Manager, city), &told, now, access.Online}, {seat(record.Reviewer, county), &told, now + record.DayMS - 1, access.Online},
		{seat(record.Manager, city), &told, now + record.DayMS, access.Number}, {seat(record.Manager, city), &hidden, now, access.Nothing},
		{seat(record.Auditor, city), &told, now, access.Number}, {seat(record.Volunteer, village), &told, now, access.Exists},
		{record.Actor{Account: "other", Seats: seat(record.Manager, city).Seats}, &told, now, access.Number},
	} {
		if got := access.Entry(m.who, p, m.rec, m.at); got != m.want {
			t.Errorf("%+v with a reason reads %d, want %d", m.who, got, m.want)
		}
	}
	// Small counts: the unit above and the author's own, nobody else.
	for who, want := range map[access.Relation]access.View{
		access.Author: access.Whole, access.Above: access.Whole,
		access.Peer: access.Nothing, access.Deciding: access.Nothing, access.Disclosed: access.Nothing, access.Higher: access.Nothing, access.Auditing: access.Nothing, access.Outside: access.Nothing,
	} {
		if got := access.May(access.Small, who); got != want {
			t.Errorf("small counts, relation %d: %d", who, got)
		}
	}
}
