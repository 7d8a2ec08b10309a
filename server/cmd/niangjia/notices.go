package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"niangjia/server/app"
	"niangjia/server/push"
	"niangjia/sync/remind"
)

type noticesCmd struct {
	Plan noticesPlanCmd `cmd:"" help:"Say who would be reminded of a campaign's deadline, of what and when, were all to stay as it is. Nobody is told by it."`
}

type noticesPlanCmd struct {
	Campaign string `arg:"" help:"The campaign's id."`
}

// planned is the plan for machines.
type planned struct {
	Campaign string         `json:"campaign"`
	Title    string         `json:"title"`
	Start    string         `json:"start"`
	Deadline string         `json:"deadline"`
	Units    int            `json:"units"` // with a target
	Open     int            `json:"open"`  // of them, that have to record something still
	Stages   []plannedStage `json:"stages"`
}

type plannedStage struct {
	Days   int             `json:"days"` // before the deadline, below 0 after it
	At     string          `json:"at"`
	Until  string          `json:"until"` // the last day on which it is made good
	People []plannedPerson `json:"people"`
}

type plannedPerson struct {
	Account string        `json:"account"`
	Name    string        `json:"name"`
	Told    bool          `json:"told"`
	Record  []plannedUnit `json:"record,omitempty"`
	Review  []plannedUnit `json:"review,omitempty"`
}

type plannedUnit struct {
	Unit    string `json:"unit"`
	Name    string `json:"name"`
	Missing int64  `json:"missing"`
}

func (p *noticesPlanCmd) Run(ctx context.Context, g *globals) error {
	return g.within(ctx, func(a *app.App) error {
		c, stages, told, err := a.Notices.Forecast(ctx, p.Campaign)
		if err != nil {
			return err
		}
		out := planned{Campaign: c.ID, Title: c.Title, Start: c.Start, Deadline: c.Deadline, Units: len(c.Gaps), Stages: []plannedStage{}}
		for _, gap := range c.Gaps {
			if gap.Missing() > 0 {
				out.Open++
			}
		}
		for _, f := range stages {
			people := slices.Sorted(maps.Keys(f.Items))
			names, err := a.Auth.Names(ctx, people)
			if err != nil {
				return err
			}
			s := plannedStage{Days: f.Mark, At: f.At.Format("2006-01-02 15:04"), Until: f.To, People: []plannedPerson{}}
			for _, account := range people {
				i := f.Items[account]
				s.People = append(s.People, plannedPerson{Account: account, Name: names[account], Told: told[i.Key],
					Record: unitsOf(a, i.Record, remind.Gap.Missing), Review: unitsOf(a, i.Review, remind.Gap.Waiting)})
			}
			out.Stages = append(out.Stages, s)
		}
		return g.say(out, "%s", out.text())
	})
}

func unitsOf(a *app.App, gaps []remind.Gap, missing func(remind.Gap) int64) (out []plannedUnit) {
	for _, gap := range gaps {
		d, _ := a.Engine.Places().Get(gap.Unit)
		out = append(out, plannedUnit{gap.Unit, d.Name, missing(gap)})
	}
	return out
}

func (p planned) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s to %s: %d of %d units have to record something still", p.Title, p.Start, p.Deadline, p.Open, p.Units)
	for _, s := range p.Stages {
		when := fmt.Sprintf("%d days before", s.Days)
		switch {
		case s.Days == 0:
			when = "on the day"
		case s.Days < 0:
			when = fmt.Sprintf("%d days after", -s.Days)
		}
		fmt.Fprintf(&b, "\n\n%s (%s; until %s if it is missed): %d people", s.At, when, s.Until, len(s.People))
		for _, one := range s.People {
			fmt.Fprintf(&b, "\n  %s", one.Name)
			if one.Told {
				b.WriteString(" (told)")
			}
			for _, u := range one.Record {
				fmt.Fprintf(&b, "\n    %s %s: %d to record", u.Unit, u.Name, u.Missing)
			}
			for _, u := range one.Review {
				fmt.Fprintf(&b, "\n    %s %s: %d to approve", u.Unit, u.Name, u.Missing)
			}
		}
	}
	return b.String()
}

// telling says how people are told beside their inbox.
type telling struct {
	PushContact       string `help:"E-mail address or https address by which a push service can reach whoever runs this server; without one, and without --tls-host, nothing is pushed to browsers." env:"NIANGJIA_PUSH_CONTACT" placeholder:"ADDRESS"`
	Webhook           string `help:"Address that is told what is pushed: an SMS gateway, or a WeCom group robot. Off without one." env:"NIANGJIA_WEBHOOK" placeholder:"URL"`
	WebhookFormat     string `help:"json: a signed request for each person; wecom: a line for the group." enum:"json,wecom" default:"json" env:"NIANGJIA_WEBHOOK_FORMAT"`
	WebhookSecretFile string `help:"File with the secret by which the webhook's requests are signed." type:"existingfile" env:"NIANGJIA_WEBHOOK_SECRET_FILE" placeholder:"FILE"`
}

// outside reads the secret, and takes the server's own name where no contact was given.
func (t telling) outside(hosts []string) (out app.Telling, err error) {
	out.PushContact = t.PushContact
	if out.PushContact == "" && len(hosts) > 0 {
		out.PushContact = "https://" + hosts[0]
	}
	if t.Webhook == "" {
		if t.WebhookSecretFile != "" {
			err = errors.New("--webhook-secret-file is for --webhook")
		}
		return out, err
	}
	out.Webhook = push.Webhook{URL: t.Webhook, Format: t.WebhookFormat}
	if t.WebhookSecretFile != "" {
		if out.Webhook.Secret, err = os.ReadFile(t.WebhookSecretFile); err != nil {
			return out, fmt.Errorf("the webhook's secret: %w", err)
		}
		out.Webhook.Secret = bytes.TrimSpace(out.Webhook.Secret)
	}
	return out, nil
}
