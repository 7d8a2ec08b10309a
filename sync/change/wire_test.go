package change_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

var update = flag.Bool("update", false, "write the golden file anew")

// W2 W3 W4 W5: the names and shapes on the wire are a contract with phones that
// may be a year old. A difference here is a change of protocol.
func TestWire(t *testing.T) {
	through := int64(7)
	content := record.Content{"text": record.Text("说明"), "purposes": record.Set([]string{"b", "a"}), "amount": record.Int(5)}
	reason := &record.Reason{Event: review.Return, Text: "太短", Fields: []string{"text"}, By: "town", At: 3}
	full := &record.Record{
		Type: record.Entry, ID: "e", Unit: "u", Author: "li", Form: "call", FormVersion: 2, State: review.Amended,
		Content: content, Version: "v2", Approved: record.Content{"amount": record.Int(4)}, ApprovedVersion: "v1", ApprovedBy: "town", ApprovedAt: 4,
		Conflicts: []record.Conflict{{Field: "text", Value: record.Text("另一句"), By: "wu", At: 5}},
		Reason:    reason, Refused: &record.Refused{Content: content, Reason: *reason},
		Flags: []string{record.FlagDateOdd}, Case: "c", Disclosures: []record.Disclosure{{By: "city", At: 8, Reason: "核实"}}, Sensitive: true, Urgent: true, SubmittedAt: 6, CreatedAt: 1, UpdatedAt: 7,
	}
	row, stub := change.RowOf(full), change.StubOf(full)
	row.Feed, row.Seq, stub.Feed, stub.Seq = "review:u", 9, "unit:u", 10
	got, err := json.MarshalIndent(map[string]any{
		"change": change.Change{
			Epoch: "ep", N: 2, Prev: "h", Type: record.Entry, Entity: "e", Kind: change.Patch, FormVersion: 2,
			Fields: record.Content{"text": ""}, Event: review.Submit, Resolve: []string{"text"}, Trunk: "v1",
			Reason: &change.Reason{Text: "太短", Fields: []string{"text"}}, At: 1, Seen: 2,
		},
		"head": change.Head{Protocol: 1, Epoch: "ep", From: 2, ServerEpoch: "s", Cursors: map[string]int64{"unit:u": 3},
			Bases: map[string]int64{}, Digests: true},
		"answer": change.Answer{
			Protocol: 1, ServerEpoch: "s", ServerTime: 8, Catalogue: "c", Seats: "x", Names: map[string]string{"li": "李"},
			Push: change.Receipt{Through: 7, Chain: "h", Durable: &through, Outcomes: []change.Outcome{
				{N: 7, Outcome: change.Rejected, Code: record.UnknownField, Field: "f", Version: "v", State: review.Draft}}},
			Pull: change.Page{Rows: []change.Row{row, stub, {Feed: "unit:u", Seq: 11, Type: record.Entry, Entity: "g", Gone: true}},
				Cursors: map[string]int64{"unit:u": 11}, Drop: []string{"unit:w"}, More: true,
				Reset: []string{"review:u"}, Bases: map[string]int64{"review:u": 12}, Digests: map[string]change.Digest{"unit:u": {Rows: 2, Sum: 1<<63 + 5}}},
		},
		"question": change.Question{ServerEpoch: "s", Feed: "unit:u", Prefixes: []string{"", "a0"}, Entities: []string{"e"}},
		"finding": change.Finding{ServerEpoch: "s", Seq: 11, Rows: []change.Row{stub}, Names: map[string]string{"li": "李"},
			Parts: []change.Part{{Prefix: "a0", Digest: change.Of(7), List: map[string]string{"e": change.Hex(7)}},
				{Prefix: "", Digest: change.Digest{Rows: 70, Sum: 9}, Split: make([]change.Digest, 16)}}},
	}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const golden = "../testdata/wire.json"
	if *update {
		if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(append(got, '\n'), want) {
		t.Errorf("the wire has changed; got\n%s", got)
	}
}
