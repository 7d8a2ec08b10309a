package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"niangjia/server/campaign"
	"niangjia/server/notice"
	"niangjia/server/push"
	"niangjia/sync/remind"
)

// villages is the clock by which nobody is disturbed at night: mainland China has one, without summer time.
var villages = time.FixedZone("CST", 8*60*60)

// Telling is how people are told beside their inbox, which never fails.
type Telling struct {
	PushContact string // whom a push service can write to; "" pushes nothing
	Webhook     push.Webhook
}

// notices wires what tells people that something waits for them.
func (a *App) notices(ctx context.Context) (err error) {
	a.Push, err = push.Open(ctx, push.Options{Store: a.store.Outbox(), Contact: a.config.Telling.PushContact, Webhook: a.config.Telling.Webhook,
		Now: a.config.Now, Zone: villages, Log: a.config.Log,
		Night: func() bool { return a.Notices.Night() }})
	if err != nil {
		return fmt.Errorf("open the push service: %w", err)
	}
	a.Notices = notice.New(notice.Options{
		Store: a.store.Notices(), Places: a.Engine.Places, Now: a.config.Now, Zone: villages, Log: a.config.Log,
		Hook: a.Push.Hooked(), Wake: a.Push.Wake,
		Campaigns: deadlines{a.Campaigns},
	})
	return nil
}

// deadlines are the campaigns as who reminds asks for them: the two services know nothing of each other.
type deadlines struct{ of *campaign.Service }

// Open gives those that are running.
func (d deadlines) Open(ctx context.Context, _ time.Time) ([]remind.Campaign, error) {
	list, err := d.of.Open(ctx)
	out := make([]remind.Campaign, 0, len(list))
	for _, c := range list {
		out = append(out, remind.Campaign{ID: c.ID, Title: c.Title, Unit: c.Unit, Start: c.Start, Deadline: c.Deadline, Marks: c.Remind})
	}
	return out, err
}

// Gaps gives how far each of its units has come.
func (d deadlines) Gaps(ctx context.Context, id string) ([]remind.Gap, error) {
	list, err := d.of.Gaps(ctx, id)
	out := make([]remind.Gap, 0, len(list))
	for _, u := range list {
		out = append(out, remind.Gap{Unit: u.Unit, Target: u.Target, Approved: u.Approved, Submitted: u.Submitted})
	}
	return out, err
}

// tell tells whatever falls due, until the context ends.
func (a *App) tell(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { a.Notices.Run(ctx) })
	both.Go(func() { a.Push.Run(ctx) })
	both.Wait()
}
