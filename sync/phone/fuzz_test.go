package phone_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"niangjia/sync/change"
	"niangjia/sync/phone"
	"niangjia/sync/record"
	"niangjia/sync/simtest"
)

// P4: whatever a server, or what stands in its place, answers: the log stays, byte for byte, and the phone goes on
// asking from a place that it has.
func FuzzReceive(f *testing.F) {
	cat := simtest.Catalogue(f)
	for _, s := range []string{
		`{}`, `null`, `{"protocol":1}`, `{"protocol":1,"server_epoch":"a","push":{"through":2,"chain":"","outcomes":[{"n":1,"outcome":"rejected"}]}}`,
		`{"protocol":1,"push":{"through":9,"chain":"x"}}`, `{"protocol":1,"push":{"through":-9}}`,
		`{"protocol":1,"push":{"through":3},"pull":{"rows":[{"feed":"unit:1","seq":-1,"type":"entry","entity":"x"},{"feed":"","gone":true}],"cursors":{"unit:1":-7},"drop":["unit:1"],"more":true}}`,
	} {
		f.Add([]byte(s), []byte(s))
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		p := phone.New(cat, "li", fmt.Sprintf("%032x", 1))
		for i := range 3 {
			if err := p.Create(simtest.Start, phone.Draft{Type: record.Household, Entity: fmt.Sprintf("%032x", 16+i), Unit: simtest.Village,
				Fields: record.Content{"head": "\"甲\""}}); err != nil {
				t.Fatal(err)
			}
		}
		before := kept(t, p)
		for i, raw := range [][]byte{first, second} {
			p.Request(2)
			var a change.Answer
			if json.Unmarshal(raw, &a) != nil {
				continue // no protocol's JSON
			}
			if err := p.Receive(&a); err != nil {
				var fork phone.ErrFork
				if f, ok := err.(phone.ErrFork); ok {
					fork = f
					if err := p.Fork(fork.Common, fmt.Sprintf("%032x", 100+i)); err != nil {
						t.Fatal(err)
					}
					before = kept(t, p)
				}
			}
			head, _ := p.Request(phone.BatchChanges)
			if head.From < 1 || head.From > p.Last()+1 {
				t.Errorf("after %q it asks from %d of %d", raw, head.From, p.Last())
			}
			if p.Last() != 3 {
				t.Errorf("after %q the log ends at %d", raw, p.Last())
			}
			for _, id := range p.Entities() {
				p.Record(id)
			}
		}
		if after := kept(t, p); !bytes.Equal(before, after) {
			t.Errorf("the log was\n%s and is\n%s", before, after)
		}
	})
}

func kept(t *testing.T, p *phone.Phone) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Lines(func(epoch string, n int64, line []byte) error {
		fmt.Fprintf(&b, "%s %d %s\n", epoch, n, line)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
