package notice

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"time"

	"niangjia/sync/record"
	"niangjia/sync/remind"
)

const (
	// urgentEvery is how soon after its arrival an urgent entry is told.
	urgentEvery = 2 * time.Second
	// planEvery is how often it is asked who is to be reminded: what falls due comes minutes after 08:00 at the latest.
	planEvery = 5 * time.Minute
	tidyEvery = 24 * time.Hour
	// keeps is for how long a notice, and that it was told, is kept: longer than any campaign's deadline matters.
	keeps = 400 * 24 * time.Hour
	// tellAtOnce bounds one transaction: whoever writes beside is not to wait for a whole city.
	tellAtOnce = 200
	// remindersLast is for how long a reminder stays in an inbox after its deadline.
	remindersLast = 14 * 24 * time.Hour
)

// Run tells whatever falls due, until the context ends. Each of several processes may run it: what one has told the
// others find told.
func (s *Service) Run(ctx context.Context) {
	var planned, tidied time.Time
	for {
		now := time.Now() // when to look again; what is due is told by the service's clock
		s.attempt(ctx, "urgent cases", s.Alarm)
		if now.Sub(planned) >= planEvery {
			planned = now
			s.attempt(ctx, "reminders", s.Remind)
		}
		if now.Sub(tidied) >= tidyEvery {
			tidied = now
			s.attempt(ctx, "old notices", func(ctx context.Context) error { return s.opt.Store.Tidy(ctx, s.opt.Now().Add(-keeps)) })
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(urgentEvery):
		}
	}
}

// attempt goes on after an error: it is tried again with the next look.
func (s *Service) attempt(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && !errors.Is(err, context.Canceled) {
		s.opt.Log.Warn("notices could not be told, it is tried again", slog.String("what", what), slog.String("error", err.Error()))
	}
}

// Remind tells what is due of deadlines now.
func (s *Service) Remind(ctx context.Context) error {
	if s.opt.Campaigns == nil {
		return nil
	}
	if night, err := s.nightAnywhere(ctx); err != nil || night {
		return err
	}
	now := s.opt.Now()
	campaigns, err := s.due(ctx, now)
	if err != nil || len(campaigns) == 0 {
		return err
	}
	actors, err := s.opt.Store.People(ctx)
	if err != nil {
		return err
	}
	places, people := s.opt.Places(), remind.NewPeople(actors)
	// Everything that could be told, to ask in one go what of it was.
	var ids []string
	for _, r := range remind.Plan(now, s.opt.Zone, places, people, campaigns, func(string) bool { return false }) {
		ids = append(ids, r.ID)
		for _, i := range r.Items {
			ids = append(ids, i.Key)
		}
	}
	told, err := s.opt.Store.Told(ctx, ids)
	if err != nil {
		return err
	}
	plan := remind.Plan(now, s.opt.Zone, places, people, campaigns, func(id string) bool { return told[id] })
	for part := range slices.Chunk(plan, tellAtOnce) {
		list := make([]Telling, 0, len(part))
		for _, r := range part {
			list = append(list, reminding(r, now))
		}
		if _, err := s.tell(ctx, list, nil); err != nil {
			return err
		}
	}
	return nil
}

// due are the campaigns that have a mark today, with their gaps.
func (s *Service) due(ctx context.Context, now time.Time) ([]remind.Campaign, error) {
	open, err := s.opt.Campaigns.Open(ctx, now)
	if err != nil {
		return nil, err
	}
	today := remind.Day(now, s.opt.Zone)
	var due []remind.Campaign
	for _, c := range open {
		if _, is := c.Due(today); !is {
			continue
		}
		if c.Gaps, err = s.opt.Campaigns.Gaps(ctx, c.ID); err != nil {
			// One that cannot be counted does not keep the others from being told.
			s.opt.Log.Warn("a campaign could not be counted", slog.String("campaign", c.ID), slog.String("error", err.Error()))
			continue
		}
		due = append(due, c)
	}
	return due, nil
}

// reminderParams is what an inbox has of a reminder.
type reminderParams struct {
	Day   string         `json:"day"`
	Items []reminderItem `json:"items"`
}

type reminderItem struct {
	Campaign string `json:"campaign"`
	Title    string `json:"title"`
	Deadline string `json:"deadline"`
	Left     int    `json:"left"` // days, below 0 after the deadline
	// Units for which she has to record, and of which only her approval is missing. How much that is her phone reckons from
	// what it holds: of what is sensitive the number may be withheld from her.
	Record []string `json:"record,omitempty"`
	Review []string `json:"review,omitempty"`
}

// reminding makes the notice of a person's reminder.
func reminding(r remind.Reminder, now time.Time) Telling {
	keys, last := make([]string, 0, len(r.Items)), ""
	for _, i := range r.Items {
		keys, last = append(keys, i.Key), max(last, i.Deadline)
	}
	expires := now.Add(remindersLast)
	if end, err := time.Parse(time.DateOnly, last); err == nil && end.Add(remindersLast).After(expires) {
		expires = end.Add(remindersLast)
	}
	return Telling{
		Notice: Notice{ID: r.ID, Account: r.Account, Kind: Reminder, At: now, Expires: expires},
		Keys:   keys,
		Build: func(keys []string) (json.RawMessage, error) {
			p := reminderParams{Day: r.Day, Items: []reminderItem{}}
			for _, i := range r.Items {
				if !slices.Contains(keys, i.Key) {
					continue
				}
				w := reminderItem{Campaign: i.Campaign, Title: i.Title, Deadline: i.Deadline, Left: i.Left}
				for _, g := range i.Record {
					w.Record = append(w.Record, g.Unit)
				}
				for _, g := range i.Review {
					w.Review = append(w.Review, g.Unit)
				}
				p.Items = append(p.Items, w)
			}
			return json.Marshal(p)
		},
		Out: &Out{Due: now, Expires: r.Until},
	}
}

// Forecast is the plan of one campaign, were all to stay as it is.
func (s *Service) Forecast(ctx context.Context, campaign string) (*remind.Campaign, []remind.Forecast, map[string]bool, error) {
	if s.opt.Campaigns == nil {
		return nil, nil, nil, record.Errorf(record.NotFound, "there are no campaigns")
	}
	open, err := s.opt.Campaigns.Open(ctx, s.opt.Now())
	if err != nil {
		return nil, nil, nil, err
	}
	at := slices.IndexFunc(open, func(c remind.Campaign) bool { return c.ID == campaign })
	if at < 0 {
		return nil, nil, nil, record.Errorf(record.NotFound, "no open campaign %s", campaign)
	}
	c := open[at]
	if c.Gaps, err = s.opt.Campaigns.Gaps(ctx, c.ID); err != nil {
		return nil, nil, nil, err
	}
	actors, err := s.opt.Store.People(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	plan := c.Forecasts(s.opt.Zone, s.opt.Places(), remind.NewPeople(actors))
	var keys []string
	for _, f := range plan {
		for _, i := range f.Items {
			keys = append(keys, i.Key)
		}
	}
	told, err := s.opt.Store.Told(ctx, keys)
	return &c, plan, told, err
}
