package record

import "fmt"

// Code names why something was refused or put aside. The set is closed: each
// code has one HTTP status and one sentence (api/errors.go), and the phone has
// a sentence of its own for each code that an outcome can carry.
type Code string

const (
	Unreadable        Code = "unreadable"
	BadNumber         Code = "bad_number"
	BadChain          Code = "bad_chain"
	WrongType         Code = "wrong_type"
	UnknownField      Code = "unknown_field"
	UnknownChoice     Code = "unknown_choice"
	OutOfRange        Code = "out_of_range"
	TooLong           Code = "too_long"
	MissingField      Code = "missing_field"
	CheckFailed       Code = "check_failed" // a check of the form does not hold
	BadDate           Code = "bad_date"
	ForeignUnit       Code = "foreign_unit"
	ForeignHousehold  Code = "foreign_household"
	MissingEntity     Code = "missing_entity"
	MissingReference  Code = "missing_reference"
	MissingVersion    Code = "missing_version"
	UnknownForm       Code = "unknown_form"
	UnknownKind       Code = "unknown_kind" // a word of a later app
	NoSeat            Code = "no_seat"
	BehindParked      Code = "behind_parked"
	Superseded        Code = "superseded"
	NotAllowed        Code = "not_allowed"
	IllegalTransition Code = "illegal_transition"
	Exists            Code = "exists"
	OwnEntry          Code = "own_entry"
	OpenConflict      Code = "open_conflict"
	ReasonNeeded      Code = "reason_needed"
	TooMany           Code = "too_many"
	TooLarge          Code = "too_large"
	Unauthenticated   Code = "unauthenticated"
	Forbidden         Code = "forbidden"
	NotFound          Code = "not_found"
	RateLimited       Code = "rate_limited"
	UpgradeRequired   Code = "upgrade_required"
	Fork              Code = "fork"
	ForeignEpoch      Code = "foreign_epoch"
	BadRequest        Code = "bad_request"
	WrongPassword     Code = "wrong_password"
	SessionEnded      Code = "session_ended"
	MustChange        Code = "must_change"
	WrongCode         Code = "wrong_code"
	CodeUsed          Code = "code_used"
	CodeExpired       Code = "code_expired"
	Unsupported       Code = "unsupported"
	Unavailable       Code = "unavailable"
	Internal          Code = "internal"
	TooSlow           Code = "too_slow"          // a request that did not come to its end in time
	SnapshotGone      Code = "snapshot_gone"     // a feed's file that has been replaced or withdrawn
	ImportOpen        Code = "import_open"       // a file with faults or undecided lines
	ImportChanged     Code = "import_changed"    // the register is not the one that was shown
	CatalogueChanged  Code = "catalogue_changed" // another one is in force than the definitions were made over
	BadCatalogue      Code = "bad_catalogue"     // definitions with something wrong in them
	BadFile           Code = "bad_file"          // an attachment that is not what it should be
	TooManyFiles      Code = "too_many_files"    // attachments of one record
	WrongOffset       Code = "wrong_offset"      // bytes of an attachment that do not go on where it ends
	WrongProtocol     Code = "wrong_protocol"    // of another version than the server's
	BadDeadline       Code = "bad_deadline"      // of a campaign: before its start, or no later than the one it had
	DeadlinePast      Code = "deadline_past"
	BadTarget         Code = "bad_target"     // none, nought, a fraction or no number
	ForeignTarget     Code = "foreign_target" // of a unit that is not below the campaign's
	TargetTwice       Code = "target_twice"
	BadFilter         Code = "bad_filter"     // a campaign's condition that nothing can be counted by
	UnknownFigure     Code = "unknown_figure" // what a campaign counts is not there, or not any more
	NoTargetFigure    Code = "no_target_figure"
	CampaignClosed    Code = "campaign_closed"
	NoHouseholds      Code = "no_households" // to divide a target by
	TooManyDrafts     Code = "too_many_drafts"
	CampaignChanged   Code = "campaign_changed"  // it is not the one that was shown
	CampaignCounting  Code = "campaign_counting" // its numbers are not to be had just now
	PeriodFuture      Code = "period_future"     // of a report: nothing can be said of it yet
	BadLevel          Code = "bad_level"         // a village, or a province, has no report
	Recounting        Code = "recounting"        // entries are counted anew: figures are of two definitions
	NoTemplate        Code = "no_template"       // for reports of units of this level
	ReportChanged     Code = "report_changed"    // another version is there than the one that was shown
	ReportSigned      Code = "report_signed"     // it stays what it is
	MarkForeign       Code = "mark_foreign"      // a moment of another log
	MarkLost          Code = "mark_lost"         // a moment that was lost with a server
	BadToken          Code = "bad_token"         // a read token that is none
	TokenEnded        Code = "token_ended"       // one that was revoked, has expired, or whose unit is gone
	TooManyTokens     Code = "too_many_tokens"   // of a unit, at once
)

// Flags mark what a reviewer should look at; they refuse nothing (S9, S25).
const (
	FlagDateOdd     = "date_odd"
	FlagClockOff    = "clock_off"
	FlagCheckFailed = "check_failed"
)

// Error is the one error type of the core. Err is for the log, never for a phone.
type Error struct {
	Code  Code
	Field string
	Err   error
}

func (e *Error) Error() string {
	s := string(e.Code)
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose detail goes to the log.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}
