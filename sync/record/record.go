// Package record has the records that phones and server share, the people who
// write them and the places they belong to.
package record

import "niangjia/sync/review"

// Type is the kind of a record.
type Type string

const (
	Entry     Type = "entry"
	Household Type = "household"
	Person    Type = "person"
)

// Valid reports whether the type is one of the three.
func (t Type) Valid() bool { return t == Entry || t == Household || t == Person }

// Instant is UTC milliseconds since 1970.
type Instant int64

// DayMS is a day in milliseconds.
const DayMS Instant = 24 * 60 * 60 * 1000

// Active is the state of a household or person: registers are not reviewed.
const Active review.State = "active"

// Writer says who last wrote a field: merge rule M3 asks for the log, review
// rule R3 for the account.
type Writer struct {
	Epoch   string `json:"epoch"`
	Account string `json:"account"`
}

// Conflict is a value that could not be merged and waits for a reviewer (M4).
type Conflict struct {
	Field string  `json:"field"`
	Value Value   `json:"value"`
	By    string  `json:"by"`
	At    Instant `json:"at"`
}

// Reason is why a reviewer returned, refused or voided. Fields are the keys it points at.
type Reason struct {
	Event  review.Event `json:"event"`
	Text   string       `json:"text"`
	Fields []string     `json:"fields,omitempty"`
	By     string       `json:"by"`
	At     Instant      `json:"at"`
}

// Refused is an amendment that was not accepted, kept and shown.
type Refused struct {
	Content Content `json:"content"`
	Reason  Reason  `json:"reason"`
}

// Disclosure opened a sensitive entry to a reader of a higher level, for a reason that she stated (D1).
type Disclosure struct {
	By     string  `json:"by"`
	At     Instant `json:"at"`
	Reason string  `json:"reason"`
}

// DisclosureMS is how long a stated reason opens an entry, in milliseconds.
const DisclosureMS = DayMS

// MaxDisclosures is how many a record carries to the phones; the log has all.
const MaxDisclosures = 20

// OpenTo reports whether a stated reason opens the record to an account.
func (r *Record) OpenTo(account string, now Instant) bool {
	for _, d := range r.Disclosures {
		if d.By == account && now < d.At+DisclosureMS {
			return true
		}
	}
	return false
}

// Record is an entry, a household or a person as the server holds it.
type Record struct {
	Type        Type         `json:"type"`
	ID          string       `json:"id"`
	Unit        string       `json:"unit"`
	Author      string       `json:"author"`
	Epoch       string       `json:"epoch"` // the log that created it
	Form        string       `json:"form,omitempty"`
	FormVersion int64        `json:"form_version,omitempty"`
	State       review.State `json:"state"`

	Content Content           `json:"content"`
	Version string            `json:"version"` // always Content.Version()
	Writers map[string]Writer `json:"writers"` // last writer of each field

	// Approved is what counts; nil until the first approval.
	Approved        Content `json:"approved,omitempty"`
	ApprovedVersion string  `json:"approved_version,omitempty"`
	ApprovedBy      string  `json:"approved_by,omitempty"`
	ApprovedAt      Instant `json:"approved_at,omitempty"`

	// Pending are the accounts that wrote since the last approval (R3).
	Pending   []string   `json:"pending,omitempty"`
	Conflicts []Conflict `json:"conflicts,omitempty"`
	Reason    *Reason    `json:"reason,omitempty"`
	Refused   *Refused   `json:"refused,omitempty"`
	Flags     []string   `json:"flags,omitempty"`

	// Disclosures are the latest MaxDisclosures to readers of higher levels, oldest first (D1).
	Disclosures []Disclosure `json:"disclosures,omitempty"`

	Case string `json:"case,omitempty"` // the first entry of its chain of follows

	// DueOn is the day on which the approved content asks for another entry.
	DueOn string `json:"due_on,omitempty"`

	Sensitive bool `json:"sensitive,omitempty"`
	Urgent    bool `json:"urgent,omitempty"`

	SubmittedAt Instant `json:"submitted_at,omitempty"` // since when it waits for a decision
	CreatedAt   Instant `json:"created_at"`
	UpdatedAt   Instant `json:"updated_at"`
}

// Counts reports whether the record's approved content counts (T1).
func (r *Record) Counts() bool {
	return r != nil && r.Approved != nil && (r.State == review.Approved || r.State == review.Amended)
}

// Conflict finds the open conflict of a field by one author.
func (r *Record) Conflict(field, by string) int {
	for i, c := range r.Conflicts {
		if c.Field == field && c.By == by {
			return i
		}
	}
	return -1
}

// ValidID reports whether s is 32 lower-case hex digits.
func ValidID(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}
