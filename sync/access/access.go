// Package access is the one table of who may read what. Every feed, route,
// drill-down and export asks it; nothing else decides.
package access

import (
	"strings"

	"niangjia/sync/record"
)

// Relation is how a reader stands to a record.
type Relation int

const (
	Outside   Relation = iota // no seat at the unit or above it
	Auditing                  // an auditor's seat at the unit or above it, and nothing better
	Higher                    // reviewer or manager further up than the unit right above
	Disclosed                 // the same, for a day after she stated why she must read it (D1)
	Deciding                  // a reviewer one level higher, while the entry waits for her to decide on it (R4)
	Above                     // reviewer or manager of the unit right above (a city's own: of the city)
	Peer                      // works at the same unit
	Author                    // recorded it
)

// Matter is what is read.
type Matter int

const (
	Ordinary  Matter = iota // an ordinary entry's ordinary field
	Personal                // an ordinary entry's personal field: name, phone, address, photo
	Sensitive               // any field of a sensitive entry
	Small                   // a count below SmallCount of a sensitive kind
	Draft                   // an entry that its author has not submitted
)

// View is how much of it is shown.
type View int

const (
	Nothing View = iota // not even that it exists, beyond a number
	Number              // it is in the counts
	Exists              // that it exists, its unit and state
	Masked              // with personal values withheld: 王*
	Online              // whole, but never kept on the reader's device
	Whole               // whole
)

// SmallCount is the count below which a sensitive kind could point to a person.
const SmallCount = 5

// The table, matter by relation.
var table = map[Matter]map[Relation]View{
	Ordinary:  {Author: Whole, Peer: Whole, Above: Whole, Deciding: Online, Disclosed: Online, Higher: Online, Auditing: Number, Outside: Nothing},
	Personal:  {Author: Whole, Peer: Whole, Above: Whole, Deciding: Online, Disclosed: Online, Higher: Masked, Auditing: Nothing, Outside: Nothing},
	Sensitive: {Author: Whole, Peer: Exists, Above: Whole, Deciding: Online, Disclosed: Online, Higher: Number, Auditing: Number, Outside: Nothing},
	Small:     {Author: Whole, Peer: Nothing, Above: Whole, Deciding: Nothing, Disclosed: Nothing, Higher: Nothing, Auditing: Nothing, Outside: Nothing},
	Draft:     {Author: Whole, Peer: Nothing, Above: Nothing, Deciding: Nothing, Disclosed: Nothing, Higher: Nothing, Auditing: Nothing, Outside: Nothing},
}

// May is the table's answer.
func May(m Matter, r Relation) View { return table[m][r] }

// To is the best relation of a reader to a unit's records; author is the
// account that recorded the one in question, "" where none is meant.
func To(a record.Actor, p *record.Places, unit, author string) Relation {
	if author != "" && author == a.Account {
		return Author
	}
	best := Outside
	for _, s := range a.Seats {
		var r Relation
		switch {
		case !p.Within(unit, s.Unit):
			continue
		case s.Role == record.Auditor:
			r = Auditing
		case s.Role != record.Volunteer && p.Reviewing(unit) == s.Unit:
			r = Above
		case s.Unit == unit:
			r = Peer
		case s.Role == record.Volunteer:
			// A township's volunteer records for the township; the villages
			// below it are not hers to read.
			continue
		default:
			r = Higher
		}
		best = max(best, r)
	}
	return best
}

// RecordsFor reports whether an actor records entries for a unit at which she
// does not work: a reviewer of the township right above a village (代录), who
// reads all that is recorded there.
func RecordsFor(a record.Actor, p *record.Places, unit string) bool {
	d, ok := p.Get(unit)
	return ok && d.Level == record.Village && a.Has(record.Reviewer, p.Reviewing(unit))
}

// KeepsRegister reports whether an actor adds to and changes the households and
// persons of a unit: who works there, and the reviewers and managers of the unit
// right above, who enter a village's list for it. All of them read it whole.
func KeepsRegister(a record.Actor, p *record.Places, unit string) bool {
	up := p.Reviewing(unit)
	return a.WorksAt(unit) || up != "" && (a.Has(record.Reviewer, up) || a.Has(record.Manager, up))
}

// ReadsRegister reports whether an actor may take a unit's households and
// persons away, names and telephones and all.
func ReadsRegister(a record.Actor, p *record.Places, unit string) bool {
	return May(Personal, To(a, p, unit, "")) == Whole
}

// SeesSmall reports whether a reader is told a small count of a sensitive kind
// in a unit's figure. The figure of a township is the sum of its villages',
// each of which its reviewer is told: so she is told the sum too.
func SeesSmall(a record.Actor, p *record.Places, unit string) bool {
	if May(Small, To(a, p, unit, "")) == Whole {
		return true
	}
	return len(p.Children(unit)) > 0 && (a.Has(record.Reviewer, unit) || a.Has(record.Manager, unit))
}

// Defines reports whether an actor may change the forms and figures of everybody:
// a manager at the top, which no unit above looks after.
func Defines(a record.Actor, p *record.Places) bool {
	for _, s := range a.Seats {
		if s.Role == record.Manager && p.Reviewing(s.Unit) == s.Unit {
			return true
		}
	}
	return false
}

// RunsCampaigns reports whether an actor may start, extend and close campaigns of a unit, and sees their drafts: its
// managers, of a township, a county or the city. A village has nobody below it to ask.
func RunsCampaigns(a record.Actor, p *record.Places, unit string) bool {
	d, ok := p.Get(unit)
	return ok && d.Level != record.Village && d.Level != record.Province && a.Has(record.Manager, unit)
}

// WritesReports reports whether an actor makes, edits and signs the reports of a unit: its managers, of a township, a county
// or the city.
func WritesReports(a record.Actor, p *record.Places, unit string) bool {
	return RunsCampaigns(a, p, unit)
}

// PicksCases reports whether an actor marks entries of a unit as typical cases for reports: who reviews them, and reads them
// whole.
func PicksCases(a record.Actor, p *record.Places, unit string) bool {
	up := p.Reviewing(unit)
	return up != "" && a.Has(record.Reviewer, up)
}

// Misses reports whether a reader is told by name which households of a unit nobody has been to: who reads its register
// whole. Which of the visits she knows of is for As to say, or a name that is not on the list would tell of a visit.
func Misses(a record.Actor, p *record.Places, unit string) bool { return ReadsRegister(a, p, unit) }

// Of is the relation of a reader to one record, at a moment.
func Of(a record.Actor, p *record.Places, r *record.Record, now record.Instant) Relation {
	rel := To(a, p, r.Unit, r.Author)
	if rel == Higher && r.OpenTo(a.Account, now) {
		return Disclosed
	}
	return rel
}

// Entry is how much of one record a reader sees, at a moment.
func Entry(a record.Actor, p *record.Places, r *record.Record, now record.Instant) View {
	return As(Of(a, p, r, now), r)
}

// As is how much of one record a relation sees.
func As(rel Relation, r *record.Record) View {
	switch {
	case r.Type == record.Entry && Unsubmitted(r):
		return May(Draft, rel)
	case r.Sensitive:
		return May(Sensitive, rel)
	case r.Type != record.Entry:
		return May(Personal, rel)
	}
	return May(Ordinary, rel)
}

// Unsubmitted reports whether an entry is still its author's alone: a draft, or
// a draft that was taken back before anybody else saw it.
func Unsubmitted(r *record.Record) bool {
	return r.State == "draft" || r.State == "withdrawn" && r.Approved == nil
}

// Scope reports whether the actor may see figures of the unit: any seat at it
// or above it.
func Scope(a record.Actor, p *record.Places, unit string) bool {
	return To(a, p, unit, "") != Outside
}

// Feed names an audience.
type Feed struct {
	ID   string
	Stub bool // this audience sees only that the record exists
}

const unitFeed = "unit:"

// Shared reports whether a feed is what everybody who works in a unit may read:
// nothing in it is one reader's alone.
func Shared(feed string) bool { return strings.HasPrefix(feed, unitFeed) }

// Feed ids (W6).
func UnitFeed(unit string) string   { return unitFeed + unit }
func OwnFeed(account string) string { return "own:" + account }
func ReviewFeed(unit string) string { return "review:" + unit }

// Audiences lists the feeds a record belongs in now.
func Audiences(r *record.Record) []Feed {
	switch {
	case r.Type != record.Entry:
		return []Feed{{ID: UnitFeed(r.Unit)}}
	case Unsubmitted(r):
		return []Feed{{ID: OwnFeed(r.Author)}}
	case r.Sensitive:
		return []Feed{
			{ID: OwnFeed(r.Author)},
			{ID: ReviewFeed(r.Unit)},
			{ID: UnitFeed(r.Unit), Stub: true},
		}
	}
	return []Feed{{ID: UnitFeed(r.Unit)}}
}

// Feeds lists what an actor replicates: the units she works for, her own
// drafts, and for a reviewer the units right below.
func Feeds(a record.Actor, p *record.Places) []string {
	var out []string
	seen := map[string]bool{}
	add := func(id string) {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	for _, s := range a.Seats {
		if s.Role == record.Volunteer || s.Role == record.Reviewer {
			add(OwnFeed(a.Account))
			add(UnitFeed(s.Unit))
		}
	}
	for _, s := range a.Seats {
		if s.Role != record.Reviewer {
			continue
		}
		for _, unit := range reviewed(p, s.Unit) {
			add(UnitFeed(unit))
			add(ReviewFeed(unit))
		}
	}
	return out
}

// reviewed lists the units whose entries a unit decides on.
func reviewed(p *record.Places, unit string) []string {
	out := append([]string(nil), p.Children(unit)...)
	if p.Reviewing(unit) == unit {
		out = append(out, unit)
	}
	return out
}
