package main

import (
	"bytes"
	"fmt"
	"time"

	"niangjia/server/app"
	"niangjia/server/demo"
	"niangjia/sync/record"
)

// sent counts the bytes that a phone sends a change, in batches of fifty as gzip; no server is needed for that.
func sent(r *report) error {
	cat, err := app.Catalogue(nil)
	if err != nil {
		return err
	}
	for _, text := range []bool{true, false} {
		a, err := newAuthor(cat, 4_000_000)
		if err != nil {
			return err
		}
		a.text = text
		unit := record.Division{Code: demo.Village, Level: record.Village}
		records, approves := newWriting(seat{}, a.id()), newWriting(seat{}, a.id())
		const batch, many = 50, 20
		plain, zipped, decided := 0, 0, 0
		for range many {
			for range batch {
				m, err := a.entry(records, unit, 200, time.Now())
				if err != nil {
					return err
				}
				if err := approve(approves, m, time.Now()); err != nil {
					return err
				}
			}
			_, lines := records.take()
			body, err := packed(bytes.Join(lines, []byte("\n")))
			if err != nil {
				return err
			}
			plain, zipped = plain+len(bytes.Join(lines, []byte("\n"))), zipped+len(body)
			_, lines = approves.take()
			if body, err = packed(bytes.Join(lines, []byte("\n"))); err != nil {
				return err
			}
			decided += len(body)
		}
		name := "with texts of 40 characters, no two alike"
		if !text {
			name = "without texts"
		}
		r.bytes = append(r.bytes, fmt.Sprintf("bytes sent an entry, %s: %d (%d before gzip)", name, zipped/many/batch, plain/many/batch))
		if !text {
			r.bytes = append(r.bytes, fmt.Sprintf("bytes sent an approval: %d", decided/many/batch))
		}
	}
	return nil
}
