package change_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// digestCase is a row as it is on the wire, and what it comes to in either language.
type digestCase struct {
	Name     string          `json:"name"`
	Row      json.RawMessage `json:"row"`
	Hash     string          `json:"hash"`
	Reckoned string          `json:"reckoned"`
	Place    string          `json:"place"`
}

func digestRows() map[string]change.Row {
	id := func(n int) string { return fmt.Sprintf("%032x", n) }
	content := record.Content{"text": record.Text("说明 \"b\" 😀\n"), "purposes": record.Set([]string{"b", "a"}), "amount": record.Int(-5), "met": record.Text("")}
	plain := change.Row{Type: record.Entry, Entity: id(1), Unit: "530923101201", State: review.Submitted, Form: "call", FormVersion: 2,
		Content: content, Version: content.Version(), Author: "li", SubmittedAt: 1772380800000, CreatedAt: 1772380800000, UpdatedAt: 1772380800001}
	reason := record.Reason{Event: review.Return, Text: "太短\x1f了 é", Fields: []string{"text", "met"}, By: "town", At: 3}
	full := plain
	full.Entity, full.State = id(2), review.Amended
	full.Approved = record.Content{"amount": record.Int(4)}
	full.ApprovedVersion, full.ApprovedBy, full.ApprovedAt = full.Approved.Version(), "town", 4
	full.Conflicts = []record.Conflict{{Field: "text", Value: record.Text("另一句"), By: "wu", At: 5}, {Field: "purposes", Value: record.Set([]string{"c", "a"}), By: "he", At: 6}, {Field: "met", By: "he", At: 7}}
	full.Reason, full.Refused = &reason, &record.Refused{Content: content, Reason: reason}
	full.Flags = []string{record.FlagDateOdd, record.FlagClockOff}
	full.Case, full.Sensitive, full.Urgent = id(1), true, true
	full.Disclosures = []record.Disclosure{{By: "city", At: 8, Reason: "核实"}}
	approved := plain
	approved.Entity, approved.State, approved.ApprovedVersion, approved.ApprovedBy = id(3), review.Approved, approved.Version, "town"
	garbled := approved
	garbled.Content = record.Content{"text": record.Text("别的")}
	lost := approved
	lost.ApprovedVersion = full.ApprovedVersion
	home := change.Row{Type: record.Household, Entity: id(4), Unit: "530923101201", State: record.Active, Content: record.Content{}, Version: record.Content{}.Version(), Author: "li"}
	return map[string]change.Row{
		"S18 an entry": plain, "S18 an entry with everything": full, "S18 an approved entry": approved, "S18 an entry whose content was garbled": garbled,
		"S18 an entry whose approved content was lost": lost, "S18 an empty household": home,
		"S18 a stub with a content that it should not have": {Type: record.Entry, Entity: id(6), Unit: "530923101201", State: review.Approved, Stub: true, Content: record.Content{"text": record.Text("x")}},
		"S18 a stub": {Type: record.Entry, Entity: id(5), Unit: "530923101201", State: review.Approved, Stub: true},
	}
}

func TestDigestCases(t *testing.T) {
	const golden = "../testdata/digest.json"
	if *update {
		var list []digestCase
		rows := digestRows()
		for _, name := range []string{"S18 an entry", "S18 an entry with everything", "S18 an approved entry", "S18 an entry whose content was garbled",
			"S18 an entry whose approved content was lost", "S18 an empty household", "S18 a stub", "S18 a stub with a content that it should not have"} {
			row := rows[name]
			row.Feed, row.Seq = "unit:530923101201", 7
			raw, err := json.Marshal(row)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, digestCase{name, raw, change.Hex(row.Hash()), change.Hex(row.Reckoned()), change.Hex(change.Place(row.Entity))})
		}
		raw, err := json.MarshalIndent(list, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, append(raw, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	var list []digestCase
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&list); err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		var row change.Row
		if err := json.Unmarshal(c.Row, &row); err != nil {
			t.Fatal(err)
		}
		if h, r, p := change.Hex(row.Hash()), change.Hex(row.Reckoned()), change.Hex(change.Place(row.Entity)); h != c.Hash || r != c.Reckoned || p != c.Place {
			t.Errorf("%s: %s %s %s", c.Name, h, r, p)
		}
	}
	if len(list) != len(digestRows()) {
		t.Errorf("%d cases", len(list))
	}
}

// S18: two rows that look different differ, whatever the difference; where a row stands does not.
func TestEveryPartOfARowIsHashed(t *testing.T) {
	base := digestRows()["S18 an entry with everything"]
	for i := range reflect.TypeOf(base).NumField() {
		row := base
		f := reflect.ValueOf(&row).Elem().Field(i)
		name := reflect.TypeOf(base).Field(i).Name
		switch v := f.Interface().(type) {
		case bool:
			f.SetBool(!v)
		case int64, record.Instant:
			f.SetInt(f.Int() + 1)
		case []record.Conflict:
			row.Conflicts = v[:1]
		case []byte:
			continue // the same row, as it travels
		case []record.Disclosure, []string, *record.Reason, *record.Refused:
			f.SetZero()
		case record.Content:
			f.Set(reflect.ValueOf(record.Content{"text": record.Text("别的")}))
		default: // texts
			f.SetString(f.String() + "x")
		}
		stored, reckoned := row.Hash() != base.Hash(), row.Reckoned() != base.Reckoned()
		switch name {
		case "Feed", "Seq", "Gone": // where it stands; a tombstone has no hash
			if stored || reckoned {
				t.Errorf("%s is hashed", name)
			}
		case "Content", "Approved": // the version stands for them until it is reckoned
			if stored || !reckoned {
				t.Errorf("%s: %v %v", name, stored, reckoned)
			}
		case "Version":
			if !stored || reckoned {
				t.Errorf("%s: %v %v", name, stored, reckoned)
			}
		case "ApprovedVersion": // the approved content is there
			if !stored || reckoned {
				t.Errorf("%s: %v %v", name, stored, reckoned)
			}
		default:
			if !stored || !reckoned {
				t.Errorf("%s is not hashed", name)
			}
		}
	}
}

func BenchmarkRowHash(b *testing.B) {
	row := digestRows()["S18 an entry"]
	for b.Loop() {
		row.Hash()
	}
}

func BenchmarkRowReckoned(b *testing.B) {
	row := digestRows()["S18 an entry"]
	for b.Loop() {
		row.Reckoned()
	}
}
