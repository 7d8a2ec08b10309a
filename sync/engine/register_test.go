package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	built_in "niangjia/server/catalogue"
	"niangjia/sync/change"
	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/record"
)

// S6 S14 S16: a whole log is taken by who keeps the register, or nothing of it.
func TestAWholeLogOrNothing(t *testing.T) {
	ctx := context.Background()
	cat, err := built_in.Built()
	if err != nil {
		t.Fatal(err)
	}
	id := func(n int) string { return fmt.Sprintf("%032x", n) }
	store := memory.New()
	e, err := engine.Open(ctx, store, cat, engine.Options{Now: func() record.Instant { return 1 }, NewID: func() string { return id(999) }})
	if err != nil {
		t.Fatal(err)
	}
	const township, village = "530923101000", "530923101201"
	if err := e.SetDivisions(ctx, []record.Division{{Code: township, Name: "镇", Level: record.Township}, {Code: village, Name: "村", Level: record.Village, Parent: township}}); err != nil {
		t.Fatal(err)
	}
	manager := engine.Who{Account: id(1), Device: "d"}
	if err := e.SetSeats(ctx, manager.Account, []record.Seat{{Role: record.Manager, Unit: township}}); err != nil {
		t.Fatal(err)
	}
	actor, err := e.Actor(ctx, manager.Account)
	if err != nil {
		t.Fatal(err)
	}
	log := func(epoch string, fields ...record.Content) (lines [][]byte) {
		prev := ""
		for i, f := range fields {
			raw, err := json.Marshal(change.Change{Epoch: epoch, N: int64(i + 1), Prev: prev, Type: record.Household, Entity: id(100 + i), Kind: change.Create, Unit: village, Fields: f, At: 1, Seen: 1})
			if err != nil {
				t.Fatal(err)
			}
			lines, prev = append(lines, raw), change.Hash(raw)
		}
		return lines
	}
	count := func() int {
		list, err := e.Register(ctx, actor, village)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	head := func(s string) record.Content { return record.Content{"head": record.Text(s)} }
	bad := log(id(2), head("甲"), record.Content{"address": `"1组"`}, head("丙"))
	_, err = e.PushWhole(ctx, manager, id(2), bad)
	var coded *record.Error
	if !errors.As(err, &coded) || coded.Code != record.MissingField || coded.Field != "head" {
		t.Fatalf("%v", err)
	}
	if known, err := e.Pushed(ctx, manager, id(2)); err != nil || len(known) != 0 || count() != 0 {
		t.Errorf("half of it is there: %d changes, %d records, %v", len(known), count(), err)
	}
	if _, err := e.PushWhole(ctx, manager, id(2), make([][]byte, engine.MaxWhole+1)); !errors.As(err, &coded) || coded.Code != record.TooLarge {
		t.Errorf("%d changes at once: %v", engine.MaxWhole+1, err)
	}
	good := log(id(2), head("甲"), head("乙"))
	for range 2 { // again after a lost answer
		outcomes, err := e.PushWhole(ctx, manager, id(2), good)
		if err != nil || len(outcomes) != 2 || outcomes[1].Outcome != change.Applied || count() != 2 {
			t.Fatalf("%v %v, %d records", outcomes, err, count())
		}
	}
	if known, err := e.Pushed(ctx, manager, id(2)); err != nil || len(known) != 2 || known[1].Kind != change.Create {
		t.Errorf("%v %v", known, err)
	}
	if known, err := e.Pushed(ctx, engine.Who{Account: id(5), Device: "d"}, id(2)); err != nil || known != nil {
		t.Errorf("another account is told: %v %v", known, err)
	}
	// Entries are not the manager's to record.
	raw, err := json.Marshal(change.Change{Epoch: id(3), N: 1, Type: record.Entry, Entity: id(300), Kind: change.Create, Unit: village, Form: "home_visit", FormVersion: 1, At: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.PushWhole(ctx, manager, id(3), [][]byte{raw}); !errors.As(err, &coded) || coded.Code != record.ForeignUnit {
		t.Errorf("%v", err)
	}
	v, err := engine.Verify(ctx, store, memory.New(), nil)
	if err != nil || len(v.Differences) > 0 {
		t.Errorf("a replay gives something else: %v %v", v.Differences, err)
	}
}
