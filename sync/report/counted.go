package report

import (
	"slices"

	"niangjia/sync/record"
	"niangjia/sync/totals"
)

// Counted is everything that a report's sentences may say, as it was counted at one moment of the log: exact, for nobody
// in particular. It is kept with the report, and counted again from the log it must come out the same.
type Counted struct {
	Mark       Mark             `json:"mark"`
	Unit       Unit             `json:"unit"`
	From       string           `json:"from"`
	To         string           `json:"to"`
	Period     string           `json:"period"`      // the span as figures name it
	YearBefore string           `json:"year_before"` // the same stretch a year earlier
	Rows       []CountedRow     `json:"rows"`        // the unit, with all parts, and those right below with wholes alone
	Before     []CountedRow     `json:"before"`      // the same of the year before
	Compares   bool             `json:"compares"`    // the year before was recorded from its beginning: what began in its middle would compare unlike spans
	Waiting    map[string]int64 `json:"waiting"`     // by form: what waits for a decision in the unit (待审)
	Places     int64            `json:"places"`      // how many units of the lowest level there are in it
	Silent     []Unit           `json:"silent"`      // those of them of which nothing counts in the span
	Gaps       []Asked          `json:"gaps"`        // campaigns that ended in the span and fell short
	Next       []Asked          `json:"next"`        // those of the year after
	Hidden     []Hidden         `json:"hidden"`      // what readers are not told
}

// CountedRow has what one unit counted.
type CountedRow struct {
	Unit  Unit   `json:"unit"`
	Cells []Cell `json:"cells"`
}

// Cell is one figure of a unit.
type Cell struct {
	Indicator string `json:"i"`
	Group     string `json:"g,omitempty"`
	Value
}

// Asked is a campaign as a report speaks of it.
type Asked struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Deadline string `json:"deadline"`
	Target   int64  `json:"target"`
	Done     int64  `json:"done"`
	UnitWord string `json:"unit_word,omitempty"`
	Money    bool   `json:"money,omitempty"` // in fen
	Decimals int64  `json:"decimals,omitempty"`
}

// Seat is a kind of reader: what is withheld of a unit's figures follows from where she stands.
type Seat struct {
	Unit    string `json:"unit"`
	Decides bool   `json:"decides,omitempty"` // as a reviewer or a manager; else she is told numbers alone
}

// Hidden is what one kind of reader is not told of a unit (T8, T14).
type Hidden struct {
	Seat    Seat            `json:"seat"`
	Unit    string          `json:"unit"`
	Before  bool            `json:"before,omitempty"` // of the year before
	Figures []totals.Figure `json:"figures"`
}

// SeatsOf are the kinds of readers that an actor is for a report: of her seats those at the report's unit and above it. Of
// several all is withheld that either is not told, for what she is told elsewhere was not chosen with this beside it.
func SeatsOf(a record.Actor, p *record.Places, unit string) (out []Seat) {
	for _, s := range a.Seats {
		if !p.Within(unit, s.Unit) || s.Role == record.Volunteer && s.Unit != unit {
			continue
		}
		at := Seat{Unit: s.Unit, Decides: s.Role == record.Reviewer || s.Role == record.Manager}
		if !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	return slices.DeleteFunc(out, func(s Seat) bool {
		// At one unit she may decide, what an auditor there is told is no more.
		return !s.Decides && slices.Contains(out, Seat{s.Unit, true})
	})
}

// figures finds values by unit and figure.
type figures map[string]map[totals.Figure]Value

func indexed(rows []CountedRow) figures {
	out := figures{}
	for _, row := range rows {
		of := make(map[totals.Figure]Value, len(row.Cells))
		for _, c := range row.Cells {
			of[totals.Figure{Indicator: c.Indicator, Group: c.Group}] = c.Value
		}
		out[row.Unit.Code] = of
	}
	return out
}
