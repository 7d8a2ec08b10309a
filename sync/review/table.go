// Package review has the states of an entry and the one table that moves it on.
package review

// State of an entry. Only approved and amended count.
type State string

const (
	None      State = ""
	Draft     State = "draft"
	Submitted State = "submitted"
	Returned  State = "returned"
	Approved  State = "approved"
	Amended   State = "amended"
	Withdrawn State = "withdrawn"
	Voided    State = "voided"
)

// Event moves an entry from one state to another.
type Event string

const (
	Create    Event = "create"
	Edit      Event = "edit"
	Submit    Event = "submit"
	Withdraw  Event = "withdraw"
	Approve   Event = "approve"
	Return    Event = "return"
	Refuse    Event = "refuse"
	Void      Event = "void"
	Reinstate Event = "reinstate"
)

// Decision reports whether the event is a reviewer's and so names the version seen (R2).
func (e Event) Decision() bool {
	switch e {
	case Approve, Return, Refuse, Void, Reinstate:
		return true
	}
	return false
}

// NeedsReason reports whether the event must say why.
func (e Event) NeedsReason() bool { return e == Return || e == Refuse || e == Void }

// Party is who causes an event.
type Party string

const (
	ByAuthor   Party = "author"
	ByReviewer Party = "reviewer"
)

// Move is a row of the table.
type Move struct {
	From  State
	Event Event
	By    Party
	To    State
}

// Table is every legal move; SPEC section 5 shows the same.
var Table = [...]Move{
	{None, Create, ByAuthor, Draft},

	{Draft, Edit, ByAuthor, Draft},
	{Draft, Submit, ByAuthor, Submitted},
	{Draft, Withdraw, ByAuthor, Withdrawn},

	{Submitted, Edit, ByAuthor, Submitted},
	{Submitted, Edit, ByReviewer, Submitted},
	{Submitted, Withdraw, ByAuthor, Withdrawn},
	{Submitted, Approve, ByReviewer, Approved},
	{Submitted, Return, ByReviewer, Returned},

	{Returned, Edit, ByAuthor, Returned},
	{Returned, Submit, ByAuthor, Submitted},
	{Returned, Withdraw, ByAuthor, Withdrawn},

	{Withdrawn, Edit, ByAuthor, Withdrawn},
	{Withdrawn, Submit, ByAuthor, Submitted},

	{Approved, Edit, ByAuthor, Amended},
	{Approved, Edit, ByReviewer, Amended},
	{Approved, Void, ByReviewer, Voided},

	{Amended, Edit, ByAuthor, Amended},
	{Amended, Edit, ByReviewer, Amended},
	{Amended, Approve, ByReviewer, Approved},
	{Amended, Refuse, ByReviewer, Approved},
	{Amended, Void, ByReviewer, Voided},

	{Voided, Reinstate, ByReviewer, Approved},
}

// Next is the state that an event leads to; ok is false where the table has no such move.
func Next(from State, event Event, by Party) (to State, ok bool) {
	for _, m := range Table {
		if m.From == from && m.Event == event && m.By == by {
			return m.To, true
		}
	}
	return from, false
}

// Already reports whether the event has nothing left to do: it is then a
// duplicate rather than stale or illegal (R2).
func Already(state State, event Event) bool {
	switch event {
	case Submit:
		return state == Submitted
	case Withdraw:
		return state == Withdrawn
	case Approve, Reinstate:
		return state == Approved
	case Return:
		return state == Returned
	case Void:
		return state == Voided
	}
	return false
}
