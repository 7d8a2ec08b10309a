package phone

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"niangjia/sync/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

const (
	me    = "11111111111111111111111111111111"
	epoch = "22222222222222222222222222222222"
	entry = "33333333333333333333333333333333"
	unit  = "530923101201"
	feed  = "unit:" + unit
)

const form = `{"id":"note","version":3,"name":{"zh":"记","en":"Note"},"action":{"zh":"记","en":"Note"},"icon":"note","order":1,
"levels":["village"],"summary":["text"],"fields":[
{"key":"occurred_on","type":"date","label":{"zh":"日","en":"Day"},"required":true},
{"key":"text","type":"long_text","label":{"zh":"文","en":"Text"}},
{"key":"place","type":"text","label":{"zh":"地","en":"Place"}},
{"key":"tags","type":"many","label":{"zh":"签","en":"Tags"},"choices":[
{"key":"a","label":{"zh":"甲","en":"A"}},{"key":"b","label":{"zh":"乙","en":"B"}},{"key":"c","label":{"zh":"丙","en":"C"}}]}]}`

func newPhone(t *testing.T) *Phone {
	t.Helper()
	cat, err := catalogue.Parse(fstest.MapFS{"forms/note.json": {Data: []byte(form)}})
	if err != nil {
		t.Fatal(err)
	}
	return New(cat, me, epoch)
}

func create(t *testing.T, p *Phone, text string) {
	t.Helper()
	if err := p.Create(1000, Draft{Type: record.Entry, Entity: entry, Unit: unit, Form: "note", Submit: true,
		Fields: record.Content{"occurred_on": record.Text("2026-11-22"), "text": record.Text(text), "tags": record.Set([]string{"a"})}}); err != nil {
		t.Fatal(err)
	}
}

// answer acknowledges all that the phone has sent and brings rows.
func answer(p *Phone, rows ...change.Row) *change.Answer {
	a := &change.Answer{Protocol: 1, ServerEpoch: "s", ServerTime: 5000, Push: change.Receipt{Through: p.Last(), Chain: p.last}}
	a.Pull = change.Page{Rows: rows, Cursors: map[string]int64{feed: int64(len(rows))}}
	return a
}

func row(state review.State, content record.Content) change.Row {
	return change.Row{Feed: feed, Seq: 1, Type: record.Entry, Entity: entry, Unit: unit, State: state, Form: "note", FormVersion: 3,
		Version: content.Version(), Content: content, Author: me}
}

func receive(t *testing.T, p *Phone, a *change.Answer) {
	t.Helper()
	if err := p.Receive(a); err != nil {
		t.Fatal(err)
	}
}

// W2
func TestLinesAreNumberedAndChained(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	if err := p.Patch(1001, entry, Edit{Fields: record.Content{"text": record.Text("二"), "place": ""}}); err != nil {
		t.Fatal(err)
	}
	head, lines := p.Request(10)
	if head.From != 1 || head.Epoch != epoch || len(lines) != 2 {
		t.Fatalf("%+v, %d lines", head, len(lines))
	}
	var first, second change.Change
	if err := json.Unmarshal(lines[0], &first); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(lines[1], &second); err != nil {
		t.Fatal(err)
	}
	if first.N != 1 || first.Prev != "" || first.FormVersion != 3 || second.N != 2 || second.Prev != change.Hash(lines[0]) || second.Trunk != "" {
		t.Errorf("%s\n%s", lines[0], lines[1])
	}
	if !strings.Contains(string(lines[1]), `"place":null`) || strings.ContainsRune(string(lines[1]), '\n') {
		t.Errorf("%s", lines[1])
	}
}

// W2: a patch names the last server version pulled, a transition the version on the screen; `seen` is the server's time.
func TestTrunkAndSeen(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	base := record.Content{"occurred_on": record.Text("2026-11-22"), "text": record.Text("一"), "tags": record.Set([]string{"a"})}
	receive(t, p, answer(p, row(review.Submitted, base)))
	for _, text := range []string{"二", "三"} {
		if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text(text)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Transition(2001, entry, review.Withdraw, nil); err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int64]string{2: base.Version(), 3: base.Version(), 4: p.Record(entry).Version} {
		if c := p.at(n).change; c.Trunk != want || c.Seen != 5000 {
			t.Errorf("change %d: trunk %s, want %s, seen %d", n, c.Trunk, want, c.Seen)
		}
	}
	if r := p.Record(entry); r.State != review.Withdrawn || r.Content["text"].String() != "三" {
		t.Errorf("%+v", r)
	}
}

// P2: what others did to the server's row and what this phone has pending are both shown.
func TestPendingChangesLieOverTheRow(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	base := record.Content{"occurred_on": record.Text("2026-11-22"), "text": record.Text("一"), "tags": record.Set([]string{"a"})}
	receive(t, p, answer(p, row(review.Submitted, base)))
	if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text("二"), "tags": record.Set([]string{"a", "b"})}}); err != nil {
		t.Fatal(err)
	}
	theirs := base.Clone()
	theirs["place"], theirs["tags"] = record.Text("村口"), record.Set([]string{"a", "c"})
	a := answer(p, row(review.Approved, theirs))
	a.Push.Through, a.Push.Chain = 1, p.at(1).hash
	receive(t, p, a)
	r := p.Record(entry)
	if r.Content["text"].String() != "二" || r.Content["place"].String() != "村口" || r.Content["tags"] != record.Set([]string{"a", "b", "c"}) || r.State != review.Amended {
		t.Errorf("%s %s", r.State, r.Content.Bytes())
	}
}

// P2: what was corrected before it was sent is no conflict with oneself.
func TestCorrectedBeforeItWasSent(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text("二")}}); err != nil {
		t.Fatal(err)
	}
	if r := p.Record(entry); r.Content["text"].String() != "二" || len(r.Conflicts) > 0 {
		t.Errorf("%s %v", r.Content.Bytes(), r.Conflicts)
	}
}

// P3: acknowledged is not yet shown by the server; a change stays laid over until its rows came.
func TestChangeStaysUntilItsRowsCame(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	a := answer(p)
	a.Pull.More = true
	receive(t, p, a)
	if p.Waiting() != 0 || p.Record(entry) == nil {
		t.Fatal("acknowledged and gone from the screen")
	}
	base := record.Content{"occurred_on": record.Text("2026-11-22"), "text": record.Text("一")}
	receive(t, p, answer(p, row(review.Submitted, base)))
	if r := p.Record(entry); r == nil || r.Content.Version() != base.Version() {
		t.Errorf("%+v", r)
	}
}

// S3, P3: an answer that acknowledges less is believed, and the phone begins again there.
func TestThroughSaysWhereToGoOn(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	for range 4 {
		if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text("二")}}); err != nil {
			t.Fatal(err)
		}
	}
	a := answer(p)
	a.Push.Through, a.Push.Chain = 3, p.at(3).hash
	receive(t, p, a)
	if head, lines := p.Request(10); head.From != 4 || len(lines) != 2 {
		t.Errorf("from %d, %d lines", head.From, len(lines))
	}
	if _, lines := p.Request(1); len(lines) != 1 {
		t.Errorf("%d lines", len(lines))
	}
}

func TestForkIsNoticed(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	a := answer(p)
	a.Push.Chain = change.Hash([]byte("another"))
	receive(t, p, a)
	// It is sent again, for the server to say how far the two are the same.
	if head, lines := p.Request(10); p.Waiting() != 1 || head.From != 1 || len(lines) != 1 {
		t.Errorf("from %d, %d lines", head.From, len(lines))
	}
}

// S17: from a fork on the log goes on under another epoch, with the same numbers and the same changes.
func TestForkGoesOn(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	first := p.at(1).hash
	for _, text := range []string{"二", "三"} {
		if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text(text)}}); err != nil {
			t.Fatal(err)
		}
	}
	a := answer(p)
	a.Push.Through, a.Push.Chain = 1, first
	receive(t, p, a)
	const fresh = "44444444444444444444444444444444"
	if err := p.Fork(1, fresh); err != nil {
		t.Fatal(err)
	}
	head, lines := p.Request(10)
	if head.Epoch != fresh || head.From != 2 || len(lines) != 2 {
		t.Fatalf("%+v, %d lines", head, len(lines))
	}
	prev := first
	for i, raw := range lines {
		c, err := change.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if c.Epoch != fresh || c.N != int64(i+2) || c.Prev != prev || *c.After != (change.After{Epoch: epoch, N: 1}) {
			t.Errorf("%s", raw)
		}
		prev = change.Hash(raw)
	}
	if p.Waiting() != 2 {
		t.Errorf("%d wait", p.Waiting())
	}
	create(t, p, "四")
	if c := p.at(4).change; c.Epoch != fresh || c.Prev != prev || c.After == nil {
		t.Errorf("%+v", c)
	}
}

// S17: what the server lost and the phone no longer has is said in the log that goes on without it.
func TestWhatIsMissingIsSaid(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	receive(t, p, answer(p))
	create(t, p, "二")
	receive(t, p, answer(p))
	p.durable = 1
	p.Prune(60 * record.DayMS)
	a := answer(p)
	a.Push = change.Receipt{}
	if err := p.Receive(a); err != (ErrFork{0}) {
		t.Fatal(err)
	}
	if err := p.Fork(0, "44444444444444444444444444444444"); err != nil {
		t.Fatal(err)
	}
	_, lines := p.Request(10)
	if c, _ := change.Decode(lines[0]); len(lines) != 1 || c.N != 2 || *c.After != (change.After{Epoch: epoch, N: 1, Lost: 1}) {
		t.Errorf("%s", lines)
	}
}

// P7: what was rejected is no longer shown as done, and its outcome stays to be shown.
func TestRejectedStaysWithThePhone(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	a := answer(p)
	a.Push.Outcomes = []change.Outcome{{N: 1, Outcome: change.Rejected, Code: record.MissingField, Field: "text"}}
	receive(t, p, a)
	if p.Record(entry) != nil {
		t.Error("shown as if it were done")
	}
	p.Prune(1000 + 40*record.DayMS)
	if o, ok := p.Outcome(1); !ok || o.Code != record.MissingField {
		t.Error("outcome lost")
	}
}

// W6: a whole row wins over a stub, and a tombstone removes what came by its feed alone.
func TestFeedsOfOneRecord(t *testing.T) {
	p := newPhone(t)
	base := record.Content{"text": record.Text("一")}
	whole := row(review.Submitted, base)
	whole.Feed = "own:" + me
	stub := change.Row{Feed: feed, Type: record.Entry, Entity: entry, Unit: unit, State: review.Submitted, Stub: true}
	receive(t, p, answer(p, stub, whole))
	if r := p.Record(entry); len(r.Content) != 1 {
		t.Error("the stub won")
	}
	receive(t, p, answer(p, change.Row{Feed: whole.Feed, Type: record.Entry, Entity: entry, Gone: true}))
	if r := p.Record(entry); r == nil || len(r.Content) != 0 {
		t.Error("the stub should be left")
	}
	a := answer(p)
	a.Pull.Drop = []string{feed}
	receive(t, p, a)
	if p.Record(entry) != nil || len(p.Entities()) != 0 {
		t.Error("a dropped feed's rows are still there")
	}
}

// P3, P12: what the server has stays for 30 days by its clock, whatever the phone's says, and until a copy off site has it.
func TestPruneKeepsThirtyDays(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一") // at 1000 by a phone that believes in 1970
	a := answer(p, row(review.Submitted, record.Content{"text": record.Text("一")}))
	a.ServerTime = 1000 * record.DayMS
	receive(t, p, a)
	p.Prune(2000 * record.DayMS)
	if p.at(1) == nil {
		t.Error("forgotten, and only one server has it")
	}
	all := int64(1)
	a.Push.Durable = &all
	receive(t, p, a)
	p.Prune(1029 * record.DayMS)
	if p.at(1) == nil {
		t.Error("forgotten too early")
	}
	p.Prune(1031 * record.DayMS)
	if p.at(1) != nil {
		t.Error("kept for ever")
	}
	create(t, p, "二")
	if c := p.at(2).change; c.N != 2 || c.Prev == "" {
		t.Error("the chain broke")
	}
}

// P12: a server comes back from a copy of before a change, and a late request brings it the change again, after another copy
// was made; the phone hears of neither. Counted from its first answer the 30 days would end before those of that copy: were
// the server lost once more, nobody would have the change.
func TestThirtyDaysBeginAnewWithARestoredServer(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	a := answer(p, row(review.Submitted, record.Content{"text": record.Text("一")}))
	all := int64(1)
	a.ServerTime, a.Push.Durable = 1000*record.DayMS, &all
	receive(t, p, a)
	a = answer(p, row(review.Submitted, record.Content{"text": record.Text("一")}))
	a.ServerEpoch, a.ServerTime, a.Push.Durable = "another", 1020*record.DayMS, &all
	receive(t, p, a)
	if p.Waiting() != 0 {
		t.Fatal("the server had it")
	}
	p.Prune(1049 * record.DayMS)
	if p.at(1) == nil {
		t.Error("forgotten too early")
	}
	p.Prune(1051 * record.DayMS)
	if p.at(1) != nil {
		t.Error("kept for ever")
	}
}

// P6: at most 200 changes and 256 KiB, but always at least one.
func TestBatchesAreBounded(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	for range 300 {
		if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text("二")}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, lines := p.Request(1000); len(lines) != BatchChanges {
		t.Errorf("%d changes", len(lines))
	}
	p = newPhone(t)
	create(t, p, "一")
	for range 60 {
		if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text(strings.Repeat("长", 3000))}}); err != nil {
			t.Fatal(err)
		}
	}
	_, lines := p.Request(1000)
	size := 0
	for _, l := range lines {
		size += len(l) + 1
	}
	if size > BatchBytes || len(lines) == 0 || len(lines) == 61 {
		t.Errorf("%d bytes in %d changes", size, len(lines))
	}
	if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text(strings.Repeat("长", 30000))}}); err == nil {
		t.Error("a line that no server takes was put into the log")
	}
}

// P12: a server that was lost and restored from an older copy says less, and all is kept from anew: what it has from when it
// was first heard, what it lacked from when it had that again.
func TestDurableGoesBackWithTheServer(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	create(t, p, "二")
	a := answer(p)
	both, one := int64(2), int64(1)
	a.ServerTime, a.Push.Durable = 1000*record.DayMS, &both
	receive(t, p, a)
	back := answer(p)
	back.ServerEpoch, back.ServerTime = "restored", 1050*record.DayMS
	back.Push.Through, back.Push.Chain, back.Push.Durable = 1, p.at(1).hash, &one
	receive(t, p, back)
	if p.Durable() != 1 || p.Waiting() != 1 {
		t.Errorf("durable %d, %d wait", p.Durable(), p.Waiting())
	}
	again := answer(p)
	again.ServerEpoch, again.ServerTime, again.Push.Durable = "restored", 1051*record.DayMS, &both
	receive(t, p, again)
	if p.Prune(1079 * record.DayMS); p.at(1) == nil {
		t.Error("the 30 days of what the server has begin anew")
	}
	if p.Prune(1080*record.DayMS + 1); p.at(1) != nil || p.at(2) == nil {
		t.Error("the 30 days of what was sent again begin with that")
	}
}

// P12: where no copy off site is ever made the newest 20,000 stay, so that the phone's storage has an end.
func TestWithoutACopyThereIsABound(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	for range keepMost + 4 {
		if err := p.append(2000, &change.Change{Type: record.Entry, Entity: entry, Kind: change.Patch}, nil); err != nil {
			t.Fatal(err)
		}
	}
	receive(t, p, answer(p, row(review.Submitted, record.Content{"text": record.Text("一")})))
	p.Prune(6000 + keepSent)
	if p.at(5) != nil || p.at(6) == nil || p.Last() != keepMost+5 {
		t.Errorf("%d kept of %d", len(p.log), p.Last())
	}
}

// S17 P9: the server was lost with a phone's line, and a copy of that phone came first with two others. The phone had nothing
// to send; it took what it heard for its own log with more behind it, and its line was never sent again.
func TestALogOfARestoredServerIsComparedThoughNothingWaits(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	p.Request(200)
	receive(t, p, answer(p))
	p.Request(200)
	back := answer(p)
	back.ServerEpoch, back.Push.Through, back.Push.Chain = "restored", 2, "another's"
	receive(t, p, back)
	if head, lines := p.Request(200); head.From != 1 || len(lines) != 1 {
		t.Fatalf("%d lines from %d are compared", len(lines), head.From)
	}
	if err := p.Receive(back); err != (ErrFork{1}) { // it was the same line after all
		t.Errorf("%v", err)
	}
}

// S17 P9: a phone was set back to an old copy of itself, and has forgotten all of its log. It goes on in another one, in
// which it has nothing to write yet, and which the server therefore does not know. It took that for a server that has
// lost everything, said so, opened one more log, and so for ever.
func TestWhatHasNothingToSayIsNotLost(t *testing.T) {
	p := newPhone(t)
	create(t, p, "一")
	all := int64(1)
	safe := answer(p, row(review.Submitted, record.Content{"text": record.Text("一")}))
	safe.Push.Durable = &all
	receive(t, p, safe)
	if p.Prune(100 * record.DayMS); p.at(1) != nil {
		t.Fatal("it has not forgotten")
	}
	p.Request(200)
	more := answer(p)
	more.Push.Through, more.Push.Chain = 5, "another's"
	if err := p.Receive(more); err != (ErrFork{1}) {
		t.Fatal(err)
	}
	if err := p.Fork(1, "44444444444444444444444444444444"); err != nil {
		t.Fatal(err)
	}
	p.Request(200)
	unknown := answer(p)
	unknown.Push.Through, unknown.Push.Chain = 0, ""
	receive(t, p, unknown)
	if p.Unsure() || p.Waiting() != 0 {
		t.Errorf("it goes on asking, %d wait", p.Waiting())
	}
	if err := p.Patch(2000, entry, Edit{Fields: record.Content{"text": record.Text("二")}}); err != nil {
		t.Fatal(err)
	}
	if a := p.Written().After; a == nil || a.N != 1 || a.Lost != 0 {
		t.Errorf("it goes on after %+v", a)
	}
}
