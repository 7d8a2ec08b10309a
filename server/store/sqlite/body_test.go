package sqlite

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/totals"
)

func drawRecord(t *rapid.T) *record.Record {
	word := rapid.SampledFrom([]string{"a", "b\"\\", "村<&>\n", "c,}]{[:", "= "})
	value := rapid.SampledFrom([]record.Value{`"x"`, `"a\"b\\,}"`, `12`, `["p","q"]`, `{"persons":["}"],"unnamed":3}`, `true`, `"村\n"`})
	keys := rapid.SampledFrom([]string{"k1", "k2", "k3", `k"4`})
	content := rapid.Custom(func(t *rapid.T) record.Content {
		return rapid.MapOfN(keys, value, 0, 4).Draw(t, "content")
	})
	maybe := func(name string) bool { return rapid.Bool().Draw(t, name) }
	r := &record.Record{Type: record.Entry, ID: word.Draw(t, "id"), Unit: "u", Author: word.Draw(t, "author"), Epoch: "e",
		State: review.Submitted, Content: content.Draw(t, "now"), CreatedAt: 5, UpdatedAt: record.Instant(rapid.Int64().Draw(t, "updated"))}
	r.Version = r.Content.Version()
	r.Case = r.ID
	r.Writers = map[string]record.Writer{}
	for k := range r.Content {
		switch rapid.IntRange(0, 3).Draw(t, "writer") {
		case 0:
		case 1:
			r.Writers[k] = record.Writer{Epoch: "f", Account: word.Draw(t, "by")}
		default:
			r.Writers[k] = record.Writer{Epoch: r.Epoch, Account: r.Author}
		}
	}
	if maybe("writer of nothing") {
		r.Writers["gone"] = record.Writer{Epoch: r.Epoch, Account: r.Author}
	}
	if maybe("form") {
		r.Form, r.FormVersion = word.Draw(t, "form"), 3
	}
	if maybe("another case") {
		r.Case = rapid.SampledFrom([]string{"", "z"}).Draw(t, "case")
	}
	if maybe("approved") {
		r.ApprovedBy, r.ApprovedAt, r.DueOn = "who", 7, "2026-01-01"
		r.Approved = r.Content
		if maybe("other") {
			r.Approved = content.Draw(t, "then")
		}
		r.ApprovedVersion = r.Approved.Version()
	}
	if maybe("pending") {
		r.Pending = []string{r.Author}
		if maybe("another") {
			r.Pending = []string{word.Draw(t, "writer"), "x"}
		}
	}
	if maybe("rest") {
		r.Conflicts = []record.Conflict{{Field: "k1", Value: value.Draw(t, "other value"), By: "b", At: 3}}
		r.Reason = &record.Reason{Event: review.Return, Text: word.Draw(t, "why"), Fields: []string{"k1"}, By: "b", At: 4}
		r.Refused = &record.Refused{Content: content.Draw(t, "refused"), Reason: *r.Reason}
		r.Flags = []string{"f"}
		r.Disclosures = []record.Disclosure{{By: "b", At: 8, Reason: word.Draw(t, "reason")}}
		r.Sensitive, r.Urgent, r.SubmittedAt = true, true, 9
	}
	return r
}

// A record comes back as it was; one in the form that was stored before does so too.
func TestBody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t)
		body, err := encodeBody(r)
		if err != nil {
			t.Fatal(err)
		}
		if !json.Valid([]byte(body)) {
			t.Fatalf("no JSON: %s", body)
		}
		got, err := decodeBody(body)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("%v\n%+v\ncame back as\n%+v\nby %s", err, r, got, body)
		}
		if r.Case == "" {
			return // entries always had one
		}
		was := *r
		was.Writers = map[string]record.Writer{} // every field had a writer
		for k := range r.Content {
			was.Writers[k] = record.Writer{Epoch: "e", Account: "w"}
		}
		whole, err := json.Marshal(was)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeBody(string(whole)); err != nil || !sameJSON(got, &was) {
			t.Fatalf("%v\n%s\ncame back as\n%+v", err, whole, got)
		}
	})
}

// A row that is put together from the body's texts says what change.RowOf says of the record, whatever it is.
func TestPackedRow(t *testing.T) {
	plain := 0
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t)
		r.Type = rapid.SampledFrom([]record.Type{record.Entry, record.Household, record.Person}).Draw(t, "type")
		body, err := encodeBody(r)
		if err != nil {
			t.Fatal(err)
		}
		if r, err = decodeBody(body); err != nil {
			t.Fatal(err)
		}
		var p packed
		if err := p.read(body); err != nil {
			t.Fatal(err)
		}
		if !p.plain() {
			if r.Conflicts == nil && r.Content != nil && r.ID == "a" && r.Author == "a" && (r.Form == "" || r.Form == "a") {
				t.Fatalf("goes by way of the record: %s", body)
			}
			return
		}
		plain++
		row, err := change.Row{Feed: "f", Seq: 3, Packed: p.append(nil)}.Unpack()
		want := change.RowOf(r)
		want.Feed, want.Seq = "f", 3
		if err != nil || !sameJSON(row, want) || row.Author != unquoted(p.author) || row.ApprovedBy != unquoted(p.approvedBy) {
			t.Fatalf("%v\n%s\nwas packed as\n%s", err, body, p.append(nil))
		}
	})
	if plain == 0 {
		t.Error("no record was packed")
	}
}

func sameJSON(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// A field that the record gets one day must be kept too.
func TestBodyKnowsEveryField(t *testing.T) {
	known := `type id unit author epoch form form_version state content version writers approved approved_version approved_by approved_at
		pending conflicts reason refused flags disclosures case due_on sensitive urgent submitted_at created_at updated_at`
	typ := reflect.TypeFor[record.Record]()
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if !strings.Contains(" "+strings.Join(strings.Fields(known), " ")+" ", " "+name+" ") {
			t.Errorf("body.go does not keep %q", name)
		}
	}
}

// What was damaged is an error, never another record.
func TestDamagedBody(t *testing.T) {
	for _, body := range []string{"", "{", `{"id"`, `{"id":"a`, `{"id":5}`, `{"content":[1]}`, `{"updated_at":"x"}`, "null"} {
		if r, err := decodeBody(body); err == nil {
			t.Errorf("%q is %+v", body, r)
		}
	}
}

// What stands beside a record or a line is the JSON that it was when it was written by reflection.
func TestEncodedBeside(t *testing.T) {
	for _, o := range []change.Outcome{{N: 7, Outcome: change.Applied, Version: "v", State: review.Approved},
		{N: 1, Outcome: change.Rejected, Code: record.WrongType, Field: "a\"b\n入户"}, {}} {
		want, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := encodeOutcome(o); err != nil || got != string(want) {
			t.Errorf("%s %v, want %s", got, err, want)
		}
	}
	list := []totals.Contribution{{Indicator: "calls", Group: "kind=父\"", Unit: "u", Day: "2026-01-01", Key: "k", Value: -3}, {Indicator: "homes", Unit: "u"}}
	want, err := json.Marshal([][5]any{{"calls", "kind=父\"", "2026-01-01", "k", -3}, {"homes", "", "", "", 0}})
	if err != nil {
		t.Fatal(err)
	}
	got, err := encodeCounted(list)
	if err != nil || got != string(want) {
		t.Errorf("%s %v, want %s", got, err, want)
	}
	if back, err := decodeCounted(got, "u"); err != nil || !slices.Equal(back, list) {
		t.Errorf("%+v %v", back, err)
	}
}
