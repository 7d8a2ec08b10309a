package demo

import (
	"bytes"
	_ "embed" // for the file of weights
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"niangjia/sync/catalogue"
)

//go:embed weights.json
var weightsFile []byte

// weights say how often what happens in the demo city. They are a file, so that no form's id or field stands in code;
// a form or field that the file does not name is filled by its type alone.
type weights struct {
	Levels map[string]struct {
		Share float64 `json:"share"`
		Forms mix     `json:"forms"`
	} `json:"levels"`
	UnknownForm float64                    `json:"unknown_form"`
	Months      []float64                  `json:"months"`
	Weekdays    []float64                  `json:"weekdays"` // from Sunday
	Surnames    []string                   `json:"surnames"`
	Given       []string                   `json:"given"`
	Reasons     []reason                   `json:"reasons"`
	Fields      map[string]map[string]rule `json:"fields"` // form or register, field
	Later       map[string][]later         `json:"later"`  // form

	conditions map[[2]string]*catalogue.Condition
}

type reason struct {
	Text  string `json:"text"`
	Field string `json:"field"` // "" fits every form
}

// rule says how a field is filled. The first of Cases whose When holds stands instead of the rule itself.
type rule struct {
	Fill     *float64 `json:"fill"` // how often an optional field is filled
	When     string   `json:"when"` // only then: a condition on the form's fields
	Cases    []rule   `json:"cases"`
	Choices  mix      `json:"choices"`
	Most     int      `json:"most"` // choices of a many-of field
	Texts    []string `json:"texts"`
	Name     bool     `json:"name"`     // a person's name
	Numbered string   `json:"numbered"` // text with two numbers
	Digits   string   `json:"digits"`   // how a telephone number that nobody has begins
	Min      int64    `json:"min"`
	Max      int64    `json:"max"`
	Step     int64    `json:"step"`
	Days     *[2]int  `json:"days"` // after the entry's day; before it where they are negative
	Own      bool     `json:"own"`  // a household or person, also where the unit keeps none beyond those that it must name
	Yes      *float64 `json:"yes"`  // how often a yes-or-no is yes
	Persons  [2]int   `json:"persons"`
	Unnamed  [2]int   `json:"unnamed"`
	Items    []struct {
		Name  string `json:"name"`
		Value int64  `json:"value"` // fen apiece
	} `json:"items"`
}

// later says what becomes of an entry after some days: its author changes it, and the change is reviewed as the entry was.
type later struct {
	When  string            `json:"when"`
	Share float64           `json:"share"`
	Days  [2]int            `json:"days"`
	Set   map[string]string `json:"set"`  // choices
	Fill  []string          `json:"fill"` // fields that are filled as on a new entry
}

func readWeights() (*weights, error) {
	dec := json.NewDecoder(bytes.NewReader(weightsFile))
	dec.DisallowUnknownFields()
	var w weights
	if err := dec.Decode(&w); err != nil {
		return nil, fmt.Errorf("weights.json: %w", err)
	}
	return &w, nil
}

// condition is one of the weights' conditions, compiled once for all records.
func (w *weights) condition(sheet *catalogue.Form, when string) *catalogue.Condition {
	at := [2]string{sheet.ID, when}
	if w.conditions[at] == nil {
		if w.conditions == nil {
			w.conditions = map[[2]string]*catalogue.Condition{}
		}
		w.conditions[at] = sheet.Condition(when)
	}
	return w.conditions[at]
}

// mix is keys with their weights, in the order of the keys: a map's own order would make each city another.
type mix struct {
	keys    []string
	weights []float64
}

func (m *mix) UnmarshalJSON(b []byte) error {
	var of map[string]float64
	if err := json.Unmarshal(b, &of); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(of)) {
		m.add(key, of[key])
	}
	return nil
}

func (m *mix) add(key string, weight float64) {
	m.keys, m.weights = append(m.keys, key), append(m.weights, weight)
}

// dice are all the randomness there is: one seed, one city.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 0x6e69616e676a6961))} }

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between is a number from a to b, both possible.
func (d dice) between(a, b int64) int64 {
	if b <= a {
		return a
	}
	return a + d.Int64N(b-a+1)
}

// weighted is an index, by its weight.
func (d dice) weighted(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := d.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func (d dice) of(m mix) string { return m.keys[d.weighted(m.weights)] }

func (d dice) id() string { return fmt.Sprintf("%016x%016x", d.Uint64(), d.Uint64()) }

func one[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// name is a name that reads like one and is plainly invented.
func (d dice) name(w *weights) string { return one(d, w.Surnames) + one(d, w.Given) }
