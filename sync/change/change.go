// Package change has the vocabulary of the log: what a phone sends up, what it
// is told about each change, and the rows that come down. SPEC section 2.
package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"niangjia/sync/record"
	"niangjia/sync/review"
)

// Bounds of W7.
const (
	Protocol     = 1
	MaxLines     = 1000
	MaxLineBytes = 64 << 10
	MaxFields    = 200
	MaxText      = 2000 // characters
	MaxRows      = 1000
)

// Kind says what a change does to its record.
type Kind string

const (
	Create     Kind = "create"
	Patch      Kind = "patch"
	Transition Kind = "transition"
)

// Change is one line of a log (W2).
type Change struct {
	Epoch       string         `json:"epoch"`
	N           int64          `json:"n"`
	Prev        string         `json:"prev"`
	After       *After         `json:"after,omitempty"`
	Type        record.Type    `json:"type"`
	Entity      string         `json:"entity"`
	Kind        Kind           `json:"kind"`
	Unit        string         `json:"unit,omitempty"`
	Form        string         `json:"form,omitempty"`
	FormVersion int64          `json:"form_version,omitempty"`
	Fields      record.Content `json:"fields,omitempty"`
	Event       review.Event   `json:"event,omitempty"`
	Resolve     []string       `json:"resolve,omitempty"`
	Trunk       string         `json:"trunk,omitempty"`
	Reason      *Reason        `json:"reason,omitempty"`
	At          record.Instant `json:"at"`
	Seen        record.Instant `json:"seen"`
}

// After is in every line of a log that continues another one of the same
// account (S17): its first line has number N+1. Lost is the first number that
// neither the server nor the phone has any more, 0 where nothing is missing.
type After struct {
	Epoch string `json:"epoch"`
	N     int64  `json:"n"`
	Lost  int64  `json:"lost,omitempty"`
}

// Fork is the end of what a phone's log and the server's have in common (S2).
type Fork struct {
	Common int64
	Chain  string // hash of that line, "" at 0
}

func (f *Fork) Error() string { return fmt.Sprintf("the logs part after number %d", f.Common) }

// Reason is why a reviewer returns, refuses or voids.
type Reason struct {
	Text   string   `json:"text"`
	Fields []string `json:"fields,omitempty"`
}

// Hash is the SHA-256 of a line's exact bytes, 64 hex digits.
func Hash(line []byte) string {
	sum := sha256.Sum256(line)
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:])
}

// Head opens a push (W3).
type Head struct {
	Protocol    int              `json:"protocol"`
	Epoch       string           `json:"epoch"`
	From        int64            `json:"from"`
	ServerEpoch string           `json:"server_epoch,omitempty"`
	Cursors     map[string]int64 `json:"cursors,omitempty"`
	// Bases are the heads that feeds had when this phone began to fetch them from nothing, while it still does. A head
	// without them is of a phone that knows no reset.
	Bases map[string]int64 `json:"bases,omitzero"`
	// Digests asks for the digest of every feed, also where nothing is new.
	Digests   bool `json:"digests,omitempty"`
	Snapshots bool `json:"snapshots,omitempty"` // this phone can load them (W8)
}

// Result is what became of a change (W4).
type Result string

const (
	Applied   Result = "applied"
	Merged    Result = "merged"
	Conflict  Result = "conflict"
	Stale     Result = "stale"
	Duplicate Result = "duplicate"
	Parked    Result = "parked"
	Rejected  Result = "rejected"
	Retry     Result = "retry"
)

// Outcome is the answer to one change.
type Outcome struct {
	N       int64        `json:"n"`
	Outcome Result       `json:"outcome"`
	Code    record.Code  `json:"code,omitempty"`
	Field   string       `json:"field,omitempty"`
	Version string       `json:"version,omitempty"`
	State   review.State `json:"state,omitempty"`
}

// Receipt is the server's word for what its ledger holds of an epoch. Durable
// is the last number in a verified copy off site; nil where none is made.
type Receipt struct {
	Through  int64     `json:"through"`
	Chain    string    `json:"chain"`
	Durable  *int64    `json:"durable"`
	Outcomes []Outcome `json:"outcomes"`
}

// Row is a record's state for one audience (W5). A stub has no content, a
// tombstone (Gone) nothing but the record's name.
type Row struct {
	Feed   string       `json:"feed"`
	Seq    int64        `json:"seq"`
	Type   record.Type  `json:"type"`
	Entity string       `json:"entity"`
	Gone   bool         `json:"gone,omitempty"`
	Stub   bool         `json:"stub,omitempty"`
	Unit   string       `json:"unit,omitempty"`
	State  review.State `json:"state,omitempty"`

	Form            string              `json:"form,omitempty"`
	FormVersion     int64               `json:"form_version,omitempty"`
	Version         string              `json:"version,omitempty"`
	Content         record.Content      `json:"content,omitempty"`
	Author          string              `json:"author,omitempty"`
	ApprovedVersion string              `json:"approved_version,omitempty"`
	Approved        record.Content      `json:"approved,omitempty"`
	ApprovedBy      string              `json:"approved_by,omitempty"`
	ApprovedAt      record.Instant      `json:"approved_at,omitempty"`
	Conflicts       []record.Conflict   `json:"conflicts,omitempty"`
	Reason          *record.Reason      `json:"reason,omitempty"`
	Refused         *record.Refused     `json:"refused,omitempty"`
	Flags           []string            `json:"flags,omitempty"`
	Disclosures     []record.Disclosure `json:"disclosures,omitempty"`
	Case            string              `json:"case,omitempty"`
	Sensitive       bool                `json:"sensitive,omitempty"`
	Urgent          bool                `json:"urgent,omitempty"`
	SubmittedAt     record.Instant      `json:"submitted_at,omitempty"`
	CreatedAt       record.Instant      `json:"created_at,omitempty"`
	UpdatedAt       record.Instant      `json:"updated_at,omitempty"`

	// Packed is the row as it travels, from its type to its closing brace. Of a
	// packed row only feed, place, type, entity and who wrote and approved it
	// are told beside it.
	Packed []byte `json:"-"`
}

// Unpack gives a row with everything that is packed in it.
func (r Row) Unpack() (Row, error) {
	if r.Packed == nil {
		return r, nil
	}
	out := Row{Feed: r.Feed, Seq: r.Seq}
	err := json.Unmarshal(append([]byte{'{'}, r.Packed...), &out)
	return out, err
}

// RowOf shows a record to an audience that may read it whole.
func RowOf(r *record.Record) Row {
	row := Row{
		Type: r.Type, Entity: r.ID, Unit: r.Unit, State: r.State, Form: r.Form, FormVersion: r.FormVersion,
		Version: r.Version, Content: r.Content, Author: r.Author,
		ApprovedVersion: r.ApprovedVersion, ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt,
		Conflicts: r.Conflicts, Reason: r.Reason, Refused: r.Refused, Flags: r.Flags, Case: r.Case,
		Sensitive: r.Sensitive, Urgent: r.Urgent, Disclosures: r.Disclosures,
		SubmittedAt: r.SubmittedAt, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
	if r.Approved != nil && r.ApprovedVersion != r.Version {
		row.Approved = r.Approved
	}
	return row
}

// StubOf shows only that a record exists.
func StubOf(r *record.Record) Row {
	return Row{Type: r.Type, Entity: r.ID, Unit: r.Unit, State: r.State, Stub: true}
}

// Mentions lists the accounts that the row names; some may come twice.
func (r *Row) Mentions() []string {
	out := make([]string, 0, 4)
	add := func(account string) {
		if account != "" {
			out = append(out, account)
		}
	}
	add(r.Author)
	add(r.ApprovedBy)
	for _, x := range r.Conflicts {
		add(x.By)
	}
	for _, d := range r.Disclosures {
		add(d.By)
	}
	if r.Reason != nil {
		add(r.Reason.By)
	}
	if r.Refused != nil {
		add(r.Refused.Reason.By)
	}
	return out
}

// Page is the downward half of an answer.
type Page struct {
	Rows    []Row            `json:"rows"`
	Cursors map[string]int64 `json:"cursors"`
	Drop    []string         `json:"drop,omitempty"`
	More    bool             `json:"more,omitempty"`
	// Reset names feeds that begin from nothing again: what this page does not bring, nor one after it, is gone (S19).
	Reset []string `json:"reset,omitempty"`
	// Bases are the heads of feeds that this page begins and does not end.
	Bases map[string]int64 `json:"bases,omitempty"`
	// Digests are those of feeds that this page takes to their heads (S18).
	Digests map[string]Digest `json:"digests,omitempty"`
	// Snapshots are of feeds that this phone has nothing of; none of their rows is in Rows (S20).
	Snapshots []Snapshot `json:"snapshots,omitempty"`
}

// Snapshot names a file of a feed as it stood at a place (W8).
type Snapshot struct {
	Feed  string `json:"feed"`
	Seq   int64  `json:"seq"` // the cursor of whoever has stored all of it
	Rows  int64  `json:"rows"`
	Bytes int64  `json:"bytes"` // of the whole file
	Index int64  `json:"index"` // bytes of its first part
	Hash  string `json:"hash"`  // SHA-256 of the first part, which has the others'
	Path  string `json:"path"`
	// Accounts are those whom its rows name.
	Accounts []string `json:"-"`
}

// Unpack gives every row of the page with all that is in it.
func (p *Page) Unpack() (err error) {
	for i := range p.Rows {
		if p.Rows[i], err = p.Rows[i].Unpack(); err != nil {
			return err
		}
	}
	return nil
}

// Answer is the whole answer to an exchange (W3). Names is filled by the API.
type Answer struct {
	Protocol    int               `json:"protocol"`
	ServerEpoch string            `json:"server_epoch"`
	ServerTime  record.Instant    `json:"server_time"`
	Catalogue   string            `json:"catalogue"`
	Campaigns   string            `json:"campaigns"` // another word whenever any campaign has changed, "" while there is none
	Seats       string            `json:"seats"`
	Push        Receipt           `json:"push"`
	Pull        Page              `json:"pull"`
	Names       map[string]string `json:"names"`
}
