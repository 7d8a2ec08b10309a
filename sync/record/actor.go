package record

// Role is what an account may do at a unit.
type Role string

const (
	Volunteer Role = "volunteer"
	Reviewer  Role = "reviewer"
	Manager   Role = "manager"
	Auditor   Role = "auditor"
)

// Valid reports whether the role is one of the four.
func (r Role) Valid() bool {
	return r == Volunteer || r == Reviewer || r == Manager || r == Auditor
}

// Seat is a role at a unit.
type Seat struct {
	Role Role   `json:"role"`
	Unit string `json:"unit"`
}

// Actor is an account with the seats that it holds now.
type Actor struct {
	Account string `json:"account"`
	Seats   []Seat `json:"seats"`
	// Past are units where the actor held a seat once: a queue that was
	// recorded there is parked rather than refused (S14).
	Past []string `json:"past,omitempty"`
}

// Has reports whether the actor holds the role at exactly this unit.
func (a Actor) Has(role Role, unit string) bool {
	for _, s := range a.Seats {
		if s.Role == role && s.Unit == unit {
			return true
		}
	}
	return false
}

// WorksAt reports whether the actor records for the unit: volunteers do, and the
// reviewers of every level for their own unit.
func (a Actor) WorksAt(unit string) bool {
	return a.Has(Volunteer, unit) || a.Has(Reviewer, unit)
}
