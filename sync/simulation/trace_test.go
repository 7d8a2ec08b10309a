package simulation

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/memory"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/review"
	"niangjia/sync/simtest"
)

var (
	recordTraces = flag.Bool("record", false, "play the recorded worlds anew and write testdata/traces")
	// What was recorded stays what happened; a rule that changed shows another state after it.
	writeStates = flag.Bool("states", false, "write the states that the phone comes to now into testdata/traces")
)

const traces = "../testdata/traces"

// recorded are the worlds of which a phone's trace is kept; together they have every outcome, forks, restores and lost ends.
var recorded = []struct {
	name    string
	seed    uint64
	account string
	days    int
	offSite bool
}{
	{"clones", 1, "v0", 45, false},
	{"conflicts", 2, "v1", 40, false},
	{"decisions", 3, "town101", 20, false},
	{"forgetting", 4, "v0", 60, true},
	{"lost", 5, "v1", 75, true},
	{"restores", 6, "v0", 45, false},
	{"reviewing", 7, "town101", 20, false},
}

func TestRecord(t *testing.T) {
	if !*recordTraces {
		t.Skip("-record plays the worlds anew")
	}
	hard := Faults{ // of those that a phone by itself can tell of
		RequestLost: 0.1, AnswerLost: 0.1, Twice: 0.05, Late: 0.03, Portal: 0.03, Crash: 0.02, Offline: 0.15, Clock: 0.2,
		Rewind: 0.06, Clone: 0.06, Restore: 0.1, Seats: 0.06, Poison: 0.05,
	}
	for _, w := range recorded {
		tr := &Trace{Account: w.account, OffSite: w.offSite, Full: os.Getenv("TRACE_FULL") != ""}
		r, err := Run(Config{Seed: w.seed, Phones: 3, Days: w.days, Entries: 1, Faults: hard, Catalogue: simtest.Catalogue(t), Store: inMemory{memory.New()}, Trace: tr})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Holds() && !w.offSite { // where all is said to be copied off site, and is not, something may be lost
			t.Error(r.Failures)
		}
		keepTrace(t, w.name, tr)
	}
}

func keepTrace(t *testing.T, name string, tr *Trace) {
	t.Helper()
	var text bytes.Buffer
	z, err := gzip.NewWriterLevel(&text, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(z).Encode(tr); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(traces, name+".json.gz"), text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %d events, %d KB", name, len(tr.Events), text.Len()>>10)
}

// W4 P2: the phone comes to the recorded states; so does its twin in pwa/src/test/twins.test.ts. Together they have all that can
// happen, every outcome among it.
func TestTracesAreWhatThePhoneDoes(t *testing.T) {
	seen := map[string]int{}
	for _, w := range recorded {
		t.Run(w.name, func(t *testing.T) { replay(t, w.name, seen) })
	}
	for _, one := range scenes {
		for _, name := range one.traces {
			t.Run(name, func(t *testing.T) { replay(t, name, seen) })
		}
	}
	for _, what := range []string{
		"applied", "merged", "conflict", "stale", "duplicate", "parked", "rejected", "fork", "fork told by an answer",
		"copy", "back", "lost", "forgotten", "another server", "approve", "return",
		"resolve", "resolve applied", "resolve stale", "open_conflict", "garbled", "counted", "mended", "reset", "part of a file", "pull beside a file",
	} {
		if seen[what] == 0 {
			t.Errorf("no trace has %s", what)
		}
	}
	t.Log(seen)
}

func readTrace(t *testing.T, name string) *Trace {
	t.Helper()
	f, err := os.Open(filepath.Join(traces, name+".json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var tr Trace
	if err := json.Unmarshal(raw, &tr); err != nil {
		t.Fatal(err)
	}
	return &tr
}

func replay(t *testing.T, name string, seen map[string]int) {
	tr := readTrace(t, name)
	p := phone.New(simtest.Catalogue(t), tr.Account, tr.Epoch)
	if tr.Files {
		p.Loads()
	}
	var before *phone.Phone
	var forgot, then record.Instant
	server := ""
	resolves := map[int64]bool{}
	for i, e := range tr.Events {
		switch e.Do {
		case wrote:
			c, err := change.Decode([]byte(e.Line))
			if err != nil {
				t.Fatal(err)
			}
			writeAgain(t, p, e.At, c)
			if line, _ := p.Newest(); string(line) != e.Line {
				t.Fatalf("event %d: wrote\n%s\nand not\n%s", i, line, e.Line)
			}
			seen[string(c.Event)]++
			if len(c.Resolve) > 0 {
				seen["resolve"]++
				resolves[c.N] = true
			}
		case asked:
			head, lines := p.Request(phone.BatchChanges)
			if !tr.Proves {
				head.Bases, head.Digests = nil, false
			}
			if text(head) != text(e.Head) || change.Hash(bytes.Join(lines, []byte("\n"))) != e.Body {
				t.Fatalf("event %d: asks %s with %d lines and not %s with %d", i, text(head), len(lines), text(e.Head), e.Lines)
			}
		case heard:
			var fork phone.ErrFork
			if err := p.Receive(e.Answer); errors.As(err, &fork) != (e.Forks != nil) || e.Forks != nil && fork.Common != *e.Forks {
				t.Fatalf("event %d: %v", i, err)
			}
			if e.Forks != nil {
				seen["fork told by an answer"]++
				break
			}
			for _, o := range e.Answer.Push.Outcomes {
				seen[string(o.Outcome)]++
				if o.Code != "" {
					seen[string(o.Code)]++
				}
				if resolves[o.N] {
					seen["resolve "+string(o.Outcome)]++
				}
			}
			seen["reset"] += len(e.Answer.Pull.Reset)
			if _, loads := p.Wanted(); loads && len(e.Answer.Push.Outcomes) > 0 {
				seen["pull beside a file"]++
			}
			if server != "" && server != e.Answer.ServerEpoch {
				seen["another server"]++
			}
			server = e.Answer.ServerEpoch
			if e.Answer.ServerTime-forgot > forgetEvery {
				forgot = e.Answer.ServerTime
				had := p.Last()
				_ = p.Lines(func(_ string, n int64, _ []byte) error { had = min(had, n); return nil })
				p.Prune(e.Answer.ServerTime)
				_ = p.Lines(func(_ string, n int64, _ []byte) error {
					if had < n {
						seen["forgotten"]++
						had = n
					}
					return errors.ErrUnsupported
				})
			}
		case forks:
			if err := p.Fork(e.Common, e.Epoch); err != nil {
				t.Fatal(err)
			}
			seen["fork"]++
			_, lines := p.Request(1)
			if len(lines) > 0 {
				if c, _ := change.Decode(lines[0]); c.After != nil && c.After.Lost > 0 {
					seen["lost"]++
				}
			}
		case kept:
			before, then = p.Copy(), forgot
			seen["copy"]++
		case back:
			p, forgot = before, then
			before = nil
			seen["back"]++
		case damaged:
			p.Damage(e.Feed, e.Entity, e.Row)
			seen["garbled"]++
		case counted:
			p.Recount()
			seen["counted"]++
		case mended:
			for _, one := range e.Asked {
				q := p.Question()
				if text(q) != text(one.Question) {
					t.Fatalf("event %d: asks %s and not %s", i, text(q), text(one.Question))
				}
				seen["mended"] += p.Mend(q, &one.Finding)
			}
		case loaded:
			for rest := e.File; len(rest) > 0; seen["part of a file"]++ {
				piece, ok := p.Wanted()
				if !ok || piece.Bytes > int64(len(rest)) {
					break
				}
				if err := p.Take(e.Feed, rest[:piece.Bytes]); err != nil {
					t.Fatal(err)
				}
				rest = rest[piece.Bytes:]
			}
		}
		if tr.Proves && (text(digestsOf(p)) != text(e.Digests) || (p.Question() != nil) != e.Differs) {
			t.Fatalf("event %d, %s: digests %s and not %s", i, e.Do, text(digestsOf(p)), text(e.Digests))
		}
		if s := short(stateOf(p)); *writeStates {
			tr.Events[i].State = s
		} else if s != e.State {
			t.Fatalf("event %d, %s: the phone comes to another state\n%.3000s\n%s", i, e.Do, stateOf(p), e.Full)
		}
	}
	if *writeStates {
		keepTrace(t, name, tr)
	}
}

func writeAgain(t *testing.T, p *phone.Phone, at record.Instant, c *change.Change) {
	t.Helper()
	var err error
	switch submit := c.Event == review.Submit; c.Kind {
	case change.Create:
		err = p.Create(at, phone.Draft{Type: c.Type, Entity: c.Entity, Unit: c.Unit, Form: c.Form, Fields: c.Fields, Submit: submit})
	case change.Patch:
		err = p.Patch(at, c.Entity, phone.Edit{Fields: c.Fields, Submit: submit, Resolve: c.Resolve})
	default:
		err = p.Transition(at, c.Entity, c.Event, c.Reason)
	}
	if err != nil {
		t.Fatal(err)
	}
}
