package campaign

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"niangjia/sync/catalogue"
	"niangjia/sync/record"
)

// Problem is one thing that is wrong with a campaign. Its code says it in a sentence, Says more where there is more.
type Problem struct {
	Code  record.Code
	Field string // "deadline", "targets", "counts.where" …
	Unit  string // of a target
	Says  string
}

func (p *Problem) Error() string { return string(p.Code) + " " + p.Field + " " + p.Unit + " " + p.Says }

// Unwrap gives the code.
func (p *Problem) Unwrap() error { return &record.Error{Code: p.Code, Field: p.Field} }

func problem(code record.Code, field string) *Problem { return &Problem{Code: code, Field: field} }

// Bounds. A target of a city in fen of a year's aid has eleven digits.
const (
	MaxTitle  = 60
	MaxText   = 2000
	MaxTarget = 1_000_000_000_000
	maxYears  = 10
	maxRemind = 60
)

// Check says all that is wrong with a campaign on a day, by what is in force; nothing where it can be published.
func Check(c *Campaign, cat *catalogue.Catalogue, places *record.Places, today string) (out []Problem) {
	put := func(p *Problem) {
		if p != nil {
			out = append(out, *p)
		}
	}
	out = append(out, checkWords(c)...)
	put(checkSpan(c, today))
	if _, known := places.Get(c.Unit); !known {
		put(problem(record.NotFound, "unit"))
	}
	out = append(out, checkTargets(c, places)...)
	ind, bad := c.Indicator(cat)
	put(bad)
	out = append(out, checkRemind(c)...)
	if ind != nil && len(c.Preset) > 0 {
		put(checkPreset(c, cat, ind))
	}
	return out
}

func checkWords(c *Campaign) (out []Problem) {
	switch title := strings.TrimSpace(c.Title); {
	case title == "":
		out = append(out, *problem(record.MissingField, "title"))
	case utf8.RuneCountInString(title) > MaxTitle:
		out = append(out, *problem(record.TooLong, "title"))
	}
	if utf8.RuneCountInString(c.Text) > MaxText {
		out = append(out, *problem(record.TooLong, "text"))
	}
	return out
}

func checkRemind(c *Campaign) []Problem {
	if slices.ContainsFunc(c.Remind, func(days int) bool { return days < -1 || days > maxRemind }) {
		return []Problem{*problem(record.OutOfRange, "remind")}
	}
	return nil
}

func checkSpan(c *Campaign, today string) *Problem {
	first, ok1 := dayOf(c.Start)
	last, ok2 := dayOf(c.Deadline)
	switch {
	case !ok1:
		return problem(record.BadDate, "start")
	case !ok2:
		return problem(record.BadDate, "deadline")
	case last.Before(first):
		return problem(record.BadDeadline, "deadline")
	case first.AddDate(maxYears, 0, 0).Before(last):
		return problem(record.OutOfRange, "deadline")
	case c.State != Closed && c.Deadline < today:
		return problem(record.DeadlinePast, "deadline")
	}
	return nil
}

func dayOf(day string) (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, day)
	return at, err == nil
}

// checkTargets names each unit's own fault, so that a table of a thousand shows it in its row.
func checkTargets(c *Campaign, places *record.Places) (out []Problem) {
	if len(c.Targets) == 0 {
		return []Problem{*problem(record.MissingField, "targets")}
	}
	seen := map[string]bool{}
	for _, t := range c.Targets {
		p := Problem{Field: "targets", Unit: t.Unit}
		switch {
		case !places.Within(t.Unit, c.Unit):
			p.Code = record.ForeignTarget
		case seen[t.Unit]:
			p.Code = record.TargetTwice
		case t.N < 1 || t.N > MaxTarget:
			p.Code = record.BadTarget
		default:
			seen[t.Unit] = true
			continue
		}
		out = append(out, p)
	}
	return out
}

// checkPreset holds what is filled in beforehand to the one form that counts.
func checkPreset(c *Campaign, cat *catalogue.Catalogue, ind *catalogue.Indicator) *Problem {
	forms := Forms(ind)
	if len(forms) != 1 || cat.Form(forms[0]) == nil {
		return problem(record.BadRequest, "preset")
	}
	form := cat.Form(forms[0])
	for key := range c.Preset {
		// A name or a number that is filled in for everybody is nobody's; an attachment is one record's.
		if f := form.Field(key); f == nil || f.Personal || f.Attached() || !f.Stored() {
			return problem(record.UnknownField, "preset."+key)
		}
	}
	if _, bad := form.Normalise(c.Preset); bad != nil {
		return problem(bad.Code, "preset."+bad.Field)
	}
	return nil
}

// Tidy brings a campaign into the one form that is kept: targets by unit, reminders from the earliest.
func (c *Campaign) Tidy() {
	c.Title, c.Text = strings.TrimSpace(c.Title), strings.TrimSpace(c.Text)
	c.Targets = slices.Clone(c.Targets)
	slices.SortStableFunc(c.Targets, func(a, b Target) int { return strings.Compare(a.Unit, b.Unit) })
	if c.Remind == nil {
		c.Remind = Reminding()
	}
	c.Remind = slices.Clone(c.Remind)
	slices.Sort(c.Remind)
	c.Remind = slices.Compact(c.Remind)
	slices.Reverse(c.Remind)
}

// Follows says whether one version of a campaign may follow another in the log; old is nil for the first. What a campaign
// counts stays what it is: who has worked for it must not see her work count for nothing. What is asked of her may be
// mended, and it is told that it was (S30).
func Follows(old, c *Campaign) error {
	if old == nil {
		if c.Version != 1 || c.State != Running {
			return &record.Error{Code: record.CampaignChanged}
		}
		return nil
	}
	switch {
	case old.State == Closed:
		return &record.Error{Code: record.CampaignClosed}
	case c.Version != old.Version+1:
		return &record.Error{Code: record.CampaignChanged}
	case c.Unit != old.Unit || c.Counts != old.Counts || c.Start != old.Start:
		return &record.Error{Code: record.BadRequest, Field: "counts"}
	case c.Deadline < old.Deadline:
		return &record.Error{Code: record.BadDeadline, Field: "deadline"}
	}
	return nil
}

// Extended gives the campaign with a later deadline. Errors: campaign_closed, bad_date, bad_deadline, deadline_past.
func (c Campaign) Extended(deadline, today string) (Campaign, error) {
	_, ok := dayOf(deadline)
	switch {
	case c.State == Closed:
		return c, &record.Error{Code: record.CampaignClosed}
	case !ok:
		return c, &record.Error{Code: record.BadDate, Field: "deadline"}
	case deadline <= c.Deadline:
		return c, &record.Error{Code: record.BadDeadline, Field: "deadline"}
	case deadline < today:
		return c, &record.Error{Code: record.DeadlinePast, Field: "deadline"}
	}
	c.Deadline = deadline
	c.Version++
	return c, nil
}

// Ended gives the campaign closed. Errors: campaign_closed.
func (c Campaign) Ended() (Campaign, error) {
	if c.State == Closed {
		return c, &record.Error{Code: record.CampaignClosed}
	}
	c.State = Closed
	c.Version++
	return c, nil
}

// Again gives a draft of the same for the year after, under another id: the same days, the 28th of February for the 29th,
// and the last of a month where it ended on one: whole months stay whole (T14). Targets of units that are no more are left out.
func (c Campaign) Again(id string, places *record.Places) Campaign {
	c.ID, c.Version, c.State = id, 0, Running
	ends := lastOfMonth(c.Deadline)
	c.Start, c.Deadline = yearAfter(c.Start), yearAfter(c.Deadline)
	if next, ok := dayOf(c.Deadline); ok && ends {
		c.Deadline = next.AddDate(0, 1, -next.Day()).Format(time.DateOnly)
	}
	c.Targets = slices.DeleteFunc(slices.Clone(c.Targets), func(t Target) bool { return !places.Within(t.Unit, c.Unit) })
	return c
}

func yearAfter(day string) string {
	at, ok := dayOf(day)
	if !ok {
		return day
	}
	next := at.AddDate(1, 0, 0)
	if next.Month() != at.Month() {
		next = next.AddDate(0, 0, -next.Day())
	}
	return next.Format(time.DateOnly)
}

func lastOfMonth(day string) bool {
	at, ok := dayOf(day)
	return ok && at.AddDate(0, 0, 1).Day() == 1
}
