// Package catalogue reads the forms, registers and indicators that a city works with.
//
// They are data: nothing in this package, and nothing that uses it, knows a form by its id.
// docs/catalogue.md describes the files; a wrong one is refused with file, line and reason.
package catalogue

import (
	"slices"

	"niangjia/sync/expression"
	"niangjia/sync/record"
)

// Text is what a user reads, in Chinese and in English. Both are always there.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Catalogue is one consistent set of definitions. It is read once and never changed.
type Catalogue struct {
	Forms      map[string]*Form
	Registers  map[string]*Form
	Indicators []*Indicator // by Order, then ID
	Sections   []*Section   // by Order, then ID; none in a catalogue without sections.json
	Hash       string       // SHA-256, hex, of the source files in the order of their names

	indicators map[string]*Indicator
	counting   map[string][]*Indicator // by the form that they count from, in their order
	wire       []byte
}

// CountingFrom lists the indicators that count from a form, in their order.
func (c *Catalogue) CountingFrom(form string) []*Indicator { return c.counting[form] }

// index finds out who counts from which form: for every entry this is asked, and an entry's form is one of many.
func (c *Catalogue) index() {
	c.counting = map[string][]*Indicator{}
	for _, ind := range c.Indicators {
		for _, s := range ind.Sources {
			if list := c.counting[s.Form]; len(list) == 0 || list[len(list)-1] != ind {
				c.counting[s.Form] = append(list, ind)
			}
		}
	}
}

// Form gives a form by its id, nil where there is none.
func (c *Catalogue) Form(id string) *Form { return c.Forms[id] }

// Register gives a register by its id, nil where there is none.
func (c *Catalogue) Register(id string) *Form { return c.Registers[id] }

// Indicator gives an indicator by its id, nil where there is none.
func (c *Catalogue) Indicator(id string) *Indicator { return c.indicators[id] }

// Section is a part of the federation's work, in which forms and their figures are found.
type Section struct {
	ID    string `json:"id"`
	Order int64  `json:"order"`
	Name  Text   `json:"name"`
}

// Section gives a section by its id, nil where there is none.
func (c *Catalogue) Section(id string) *Section {
	for _, s := range c.Sections {
		if s.ID == id {
			return s
		}
	}
	return nil
}

// The types of a field's value.
const (
	TypeText      = "text"
	TypeLongText  = "long_text"
	TypePhone     = "phone"
	TypeInteger   = "integer"
	TypeMoney     = "money"
	TypeDate      = "date"
	TypeOne       = "one"
	TypeMany      = "many"
	TypeYesNo     = "yes_no"
	TypeHousehold = "household"
	TypeEntry     = "entry"
	TypePeople    = "people"
	TypeItems     = "items"
	TypeDecimal   = "decimal"   // an integer of steps: 12.5 at scale 1 is 125
	TypeMonth     = "month"     // "YYYY-MM"
	TypeUnit      = "unit"      // the code of a division
	TypePerson    = "person"    // one of the register
	TypePlace     = "place"     // record.Place
	TypePhoto     = "photo"     // ids of attachments
	TypeSignature = "signature" // one of them
	TypeVoice     = "voice"
	TypeComputed  = "computed" // never stored: Derive
	TypeNote      = "note"     // a text between the questions
)

// Keys that mean the same in every form.
const (
	KeyOccurredOn = "occurred_on"
	KeyText       = "text"
	KeyHousehold  = "household"
	KeyFollows    = "follows"
	KeyDoneBy     = "done_by" // who did the work, where another recorded it
)

// Form is a form of entries, or a register's sheet.
type Form struct {
	ID         string     `json:"id"`
	Version    int64      `json:"version"`
	Name       Text       `json:"name"`
	Action     Text       `json:"action"`
	Icon       string     `json:"icon"`
	Order      int64      `json:"order"`
	Hidden     bool       `json:"hidden"` // nobody begins one any more (S28)
	Section    string     `json:"section"`
	Levels     []string   `json:"levels"`
	Summary    []string   `json:"summary"`
	Save       *Text      `json:"save"`
	More       *Text      `json:"more"`
	Fields     []*Field   `json:"fields"`
	RequireAny [][]string `json:"require_any"`
	Checks     []*Check   `json:"checks"`
	Sensitive  *Condition `json:"sensitive"`
	Urgent     *Urgent    `json:"urgent"`
	Offers     []*Offer   `json:"offers"`
	Due        *Due       `json:"due"`
	Balance    *Balance   `json:"balance"`
	Columns    []*Column  `json:"columns"` // of a register

	fields   map[string]*Field
	computed []*Field
	vars     *expression.Scope
}

// Field gives a field by its key, nil where there is none.
func (f *Form) Field(key string) *Field { return f.fields[key] }

// IsSensitive says whether an entry with this content is for its author and the unit's reviewers only.
func (f *Form) IsSensitive(v record.Content) bool { return f.Sensitive != nil && f.Sensitive.Match(v) }

// IsUrgent says whether the units above must be told of an entry with this content at once.
func (f *Form) IsUrgent(v record.Content) bool { return f.Urgent != nil && f.Urgent.When.Match(v) }

// Missing gives the keys that keep this content from being submitted: required fields that are shown and empty, and the
// first key that is asked of each require_any list of which nothing is filled.
func (f *Form) Missing(v record.Content) []string {
	var missing []string
	for _, field := range f.Fields {
		if field.Required && field.Shown(v) && v[field.Key] == "" {
			missing = append(missing, field.Key)
		}
	}
lists:
	for _, keys := range f.RequireAny {
		asked := ""
		for _, key := range keys {
			if v[key] != "" {
				continue lists
			}
			if field := f.Field(key); asked == "" && field != nil && !field.Hidden && field.Shown(v) {
				asked = key
			}
		}
		if asked != "" && !slices.Contains(missing, asked) { // who is asked for none of them cannot fill one
			missing = append(missing, asked)
		}
	}
	return missing
}

// RecordedAt says whether units of this level (village, township, county, city) record the form.
func (f *Form) RecordedAt(level string) bool {
	for _, l := range f.Levels {
		if l == level {
			return true
		}
	}
	return false
}

// Field is one question of a form.
type Field struct {
	Key       string     `json:"key"`
	Type      string     `json:"type"`
	Label     Text       `json:"label"`
	Required  bool       `json:"required"`
	Hint      *Text      `json:"hint"`
	Default   any        `json:"default"` // string, int64, bool or []string, by the type
	Preset    string     `json:"preset"`  // last_today or last
	Screen    int64      `json:"screen"`  // 1 or 2
	Folded    bool       `json:"folded"`
	Hidden    bool       `json:"hidden"`
	Personal  bool       `json:"personal"`
	Sensitive bool       `json:"sensitive"`
	Choices   []*Choice  `json:"choices"`
	Visible   *Condition `json:"visible"`
	Min       *int64     `json:"min" text:"First"` // of a decimal in its steps
	Max       *int64     `json:"max" text:"Last"`  // of photos and voice notes: how many
	Unit      *Text      `json:"unit"`
	Scale     int64      `json:"scale"`    // of a decimal: digits after the point, 1 to 4
	Level     string     `json:"level"`    // of a unit: only units of this level
	Value     *Formula   `json:"value"`    // of a computed field
	Result    string     `json:"result"`   // of a computed field: the type of its value
	Headings  []string   `json:"headings"` // in a spreadsheet of a register, beside the label

	// Of a date: the first and the last day that it may be, "today", "today-N", "today+N" or a date.
	First, Last string
}

// ValueType is the type of the field's value: of a computed field that of its result.
func (f *Field) ValueType() string {
	if f.Type == TypeComputed {
		return f.Result
	}
	return f.Type
}

// Attached says whether the value names attachments.
func (f *Field) Attached() bool {
	return f.Type == TypePhoto || f.Type == TypeSignature || f.Type == TypeVoice
}

// Most is how many attachments the field takes.
func (f *Field) Most() int64 {
	switch {
	case f.Type == TypeSignature || f.Type == TypeVoice && f.Max == nil:
		return 1
	case f.Max == nil:
		return 3
	}
	return *f.Max
}

// Stored says whether an entry holds a value of the field: a computed one is derived, a note has none.
func (f *Field) Stored() bool { return f.Type != TypeComputed && f.Type != TypeNote }

// Chosen says whether the value is one or some of the field's choices.
func (f *Field) Chosen() bool { return f.Type == TypeOne || f.Type == TypeMany }

// Choice gives a choice of a one-of or many-of field, nil where there is none.
func (f *Field) Choice(key string) *Choice {
	for _, c := range f.Choices {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// Shown says whether the question is asked at all, given the rest of the content.
func (f *Field) Shown(v record.Content) bool { return f.Visible.Match(v) }

// Choice is one answer to choose.
type Choice struct {
	Key      string   `json:"key"`
	Label    Text     `json:"label"`
	Hidden   bool     `json:"hidden"`   // not offered any more (S28)
	Headings []string `json:"headings"` // of a column of its own in a spreadsheet of a register, beside the label
}

// What a column of a register's spreadsheet that is no field says.
const (
	ColumnID       = "id"        // the record's own id, as an export wrote it
	ColumnBegins   = "begins"    // a row with one of the words begins a household, whose head is its person
	ColumnBefore   = "before"    // stands before the text of a field
	ColumnYear     = "year"      // its year is a field's whole number
	ColumnIDNumber = "id_number" // a citizen's number: never kept, only the year of birth and the sex in it
)

// Column is a column that registers on paper have and that is no field by itself.
type Column struct {
	As       string   `json:"as"`
	Headings []string `json:"headings"` // the first is the one that is written
	Of       string   `json:"of"`       // the field that it fills
	Suffix   string   `json:"suffix"`   // before: follows a bare number
	Words    []string `json:"words"`    // begins
	Parity   *Parity  `json:"parity"`   // id_number
}

// Parity is what the last digit but one of a citizen's number says.
type Parity struct {
	Field string `json:"field"`
	Odd   string `json:"odd"`
	Even  string `json:"even"`
}

// Column gives the first column that says this, nil where the register has none.
func (f *Form) Column(as string) *Column {
	for _, c := range f.Columns {
		if c.As == as {
			return c
		}
	}
	return nil
}

// Urgent says which entries cannot wait, and what to tell the volunteer at once.
type Urgent struct {
	When   *Condition `json:"when"`
	Advice Text       `json:"advice"`
}

// Offer is an entry that may follow this one, prefilled.
type Offer struct {
	Form  string            `json:"form"`
	Label Text              `json:"label"`
	When  *Condition        `json:"when"`
	Carry map[string]string `json:"carry"` // from field: to field
	Map   []*ChoiceMap      `json:"map"`
}

// ChoiceMap translates choices of one form into those of another.
type ChoiceMap struct {
	From   string            `json:"from"`
	To     string            `json:"to"`
	Values map[string]string `json:"values"`
}

// Due says that on a date an entry of a form is expected about the same household. Where says
// which entries of that form will do.
type Due struct {
	On    string     `json:"on"`
	Form  string     `json:"form"`
	Same  string     `json:"same"`
	Where *Condition `json:"where"`
}
