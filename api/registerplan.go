package api

import (
	"cmp"
	"slices"

	"niangjia/server/registers"
	"niangjia/server/sheet"
	"niangjia/sync/record"
)

// How many lines of a kind a preview shows; what needs a decision is always there.
const (
	maxPlanLines  = 500
	maxPlanFaults = 500
)

type wirePlan struct {
	Unit       string            `json:"unit"`
	State      string            `json:"state"`
	Ready      bool              `json:"ready"`
	Tables     []wirePlanTable   `json:"tables"`
	Households wirePlanCounts    `json:"households"`
	Persons    wirePlanCounts    `json:"persons"`
	IDNumbers  int               `json:"id_numbers,omitempty"`
	Faults     []wirePlanFault   `json:"faults"`
	FaultCount int               `json:"fault_count"`
	Lines      []wirePlanLine    `json:"lines"`
	Names      map[string]string `json:"names"`
}

type wirePlanTable struct {
	Sheet   string           `json:"sheet"`
	Heading int              `json:"heading"`
	Rows    int              `json:"rows"`
	Hidden  int              `json:"hidden,omitempty"`
	Columns []wirePlanColumn `json:"columns"`
	Ignored []string         `json:"ignored"`
}

type wirePlanColumn struct {
	Letter  string `json:"letter"`
	Heading string `json:"heading"`
}

type wirePlanCounts struct {
	New      int `json:"new"`
	Changed  int `json:"changed"`
	Same     int `json:"same"`
	Doubtful int `json:"doubtful"`
	Waiting  int `json:"waiting"`
}

func (n *wirePlanCounts) add(w registers.What) {
	switch w {
	case registers.Added:
		n.New++
	case registers.Changed:
		n.Changed++
	case registers.Same:
		n.Same++
	case registers.Doubtful:
		n.Doubtful++
	case registers.Waiting:
		n.Waiting++
	}
}

type wirePlanFault struct {
	Code     string `json:"code"`
	Sheet    string `json:"sheet,omitempty"`
	Row      int    `json:"row,omitempty"`
	Cell     string `json:"cell,omitempty"`
	Heading  string `json:"heading,omitempty"`
	Value    string `json:"value,omitempty"`
	Sentence string `json:"sentence"`
}

type wirePlanLine struct {
	ID         string              `json:"id"`
	Type       string              `json:"type"`
	Sheet      string              `json:"sheet"`
	Row        int                 `json:"row"`
	What       string              `json:"what"`
	Content    record.Content      `json:"content"`
	Entity     string              `json:"entity,omitempty"`
	Household  string              `json:"household,omitempty"`
	Changes    []wirePlanChange    `json:"changes,omitempty"`
	Candidates []wirePlanCandidate `json:"candidates,omitempty"`
}

type wirePlanChange struct {
	Field   string       `json:"field"`
	Present record.Value `json:"present"`
	File    record.Value `json:"file"`
}

type wirePlanCandidate struct {
	Entity  string         `json:"entity"`
	Content record.Content `json:"content"`
	Why     []string       `json:"why"`
}

func planToWire(p *registers.Plan) wirePlan {
	w := wirePlan{Unit: p.Unit, State: p.State, Ready: p.Ready(), IDNumbers: p.IDNumbers, FaultCount: len(p.Faults),
		Tables: []wirePlanTable{}, Faults: []wirePlanFault{}, Lines: []wirePlanLine{}, Names: map[string]string{}}
	for _, t := range p.Tables {
		w.Tables = append(w.Tables, tableToWire(t))
	}
	for _, f := range p.Faults[:min(len(p.Faults), maxPlanFaults)] {
		w.Faults = append(w.Faults, wirePlanFault{Code: f.Code, Sheet: f.Sheet, Row: f.Row, Cell: f.Cell, Heading: f.Heading, Value: f.Value, Sentence: f.Sentence()})
	}
	added := 0
	for _, l := range p.Lines {
		n := &w.Households
		if l.Type == record.Person {
			n = &w.Persons
		}
		n.add(l.What)
		switch {
		case l.What == registers.Same && len(l.Candidates) == 0:
			continue
		case l.What == registers.Added && len(l.Candidates) == 0, l.What == registers.Waiting:
			if added++; added > maxPlanLines {
				continue
			}
		}
		w.Lines = append(w.Lines, planLineToWire(p, l, w.Names))
	}
	return w
}

func tableToWire(t *sheet.Table) wirePlanTable {
	w := wirePlanTable{Sheet: t.Sheet, Heading: t.Heading, Rows: len(t.Rows), Hidden: t.Hidden, Columns: []wirePlanColumn{}, Ignored: t.Ignored}
	if w.Ignored == nil {
		w.Ignored = []string{}
	}
	for key, letter := range t.Letters {
		w.Columns = append(w.Columns, wirePlanColumn{Letter: letter, Heading: t.Columns[key]})
	}
	slices.SortFunc(w.Columns, func(a, b wirePlanColumn) int {
		return cmp.Or(cmp.Compare(len(a.Letter), len(b.Letter)), cmp.Compare(a.Letter, b.Letter))
	})
	return w
}

func planLineToWire(p *registers.Plan, l *registers.Line, names map[string]string) wirePlanLine {
	w := wirePlanLine{ID: l.ID, Type: string(l.Type), Sheet: l.Sheet, Row: l.Row, What: string(l.What), Content: filled(l.Content), Household: l.Household}
	if l.What != registers.Doubtful && l.What != registers.Waiting {
		w.Entity = l.Entity
	}
	name := func(id string) {
		if known := p.Names[id]; known != "" {
			names[id] = known
		}
	}
	name(l.Household)
	for _, d := range l.Changes {
		name(d.Present.String())
		name(d.File.String())
		w.Changes = append(w.Changes, wirePlanChange(d))
	}
	for _, c := range l.Candidates {
		why := make([]string, 0, len(c.Why))
		for _, y := range c.Why {
			why = append(why, string(y))
		}
		for _, v := range c.Content {
			name(v.String())
		}
		w.Candidates = append(w.Candidates, wirePlanCandidate{Entity: c.Entity, Content: filled(c.Content), Why: why})
	}
	return w
}
