package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/totals"
)

// What a record's next change must take out again stands beside it as JSON: its places in feeds, [[feed, seq], …], and
// its contributions, [[indicator, grp, day, key, value], …].

func encodePlaces(list []feedPlace) string {
	b := make([]byte, 0, 24*len(list)+2)
	b = append(b, '[')
	for i, p := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '['), p.feed, 10)
		b = strconv.AppendInt(append(b, ','), p.seq, 10)
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

func decodePlaces(text string) (list []feedPlace, err error) {
	if text == "[]" {
		return nil, nil
	}
	// Nearly every record is in one feed.
	if one, only := strings.CutSuffix(strings.TrimPrefix(text, "[["), "]]"); only && strings.Count(one, ",") == 1 {
		feed, seq, _ := strings.Cut(one, ",")
		f, err1 := strconv.ParseInt(feed, 10, 64)
		q, err2 := strconv.ParseInt(seq, 10, 64)
		return []feedPlace{{f, q}}, errors.Join(err1, err2)
	}
	var pairs [][2]int64
	err = json.Unmarshal([]byte(text), &pairs)
	for _, p := range pairs {
		list = append(list, feedPlace{p[0], p[1]})
	}
	return list, err
}

// A record's contributions are all of its own unit.

func encodeCounted(list []totals.Contribution) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	e := encoder{b: make([]byte, 0, 96*len(list))}
	for i, c := range list {
		e.b = append(e.b, "[,"[min(i, 1)], '[')
		for _, s := range []string{c.Indicator, c.Group, c.Day, c.Key} {
			e.quoted(s)
			e.b = append(e.b, ',')
		}
		e.b = append(strconv.AppendInt(e.b, c.Value, 10), ']')
	}
	return string(append(e.b, ']')), e.err
}

func decodeCounted(text, unit string) (list []totals.Contribution, err error) {
	if text == "[]" {
		return nil, nil
	}
	err = eachCounted(text, unit, func(c totals.Contribution) error {
		list = append(list, c)
		return nil
	})
	return list, err
}

// eachCounted reads what encodeCounted wrote. A page of days reads it of a hundred thousand records: texts without an
// escape, which nearly all are, are taken as they stand.
func eachCounted(text, unit string, f func(totals.Contribution) error) error {
	if text == "[]" {
		return nil
	}
	if !plainCounted(text) {
		return eachCountedJSON(text, unit, f)
	}
	for rest := text[1:]; ; rest = rest[1:] { // ","
		c := totals.Contribution{Unit: unit}
		rest = rest[1:] // "["
		for _, to := range []*string{&c.Indicator, &c.Group, &c.Day, &c.Key} {
			end := strings.IndexByte(rest[1:], '"') + 1
			*to, rest = rest[1:end], rest[end+len(`",`):]
		}
		end := strings.IndexByte(rest, ']')
		n, err := strconv.ParseInt(rest[:end], 10, 64)
		if err != nil {
			return fmt.Errorf("contributions of a record: %w", err)
		}
		c.Value, rest = n, rest[end+1:]
		if err := f(c); err != nil || rest == "]" {
			return err
		}
	}
}

// plainCounted reports whether it is as encodeCounted writes it, of texts without an escape. What is written in another
// way is JSON all the same.
func plainCounted(text string) bool {
	rest, ok := strings.CutPrefix(text, "[")
	if !ok {
		return false
	}
	for {
		if rest, ok = strings.CutPrefix(rest, "["); !ok {
			return false
		}
		for range 4 {
			if rest, ok = strings.CutPrefix(rest, `"`); !ok {
				return false
			}
			end := 0
			for end < len(rest) && rest[end] != '"' {
				if rest[end] == '\\' || rest[end] < 0x20 || rest[end] >= 0x7f {
					return false
				}
				end++
			}
			if rest, ok = strings.CutPrefix(rest[end:], `",`); !ok {
				return false
			}
		}
		rest = strings.TrimPrefix(rest, "-")
		end := 0
		for end < len(rest) && rest[end] >= '0' && rest[end] <= '9' {
			end++
		}
		if end == 0 || end > 1 && rest[0] == '0' {
			return false
		}
		if rest, ok = strings.CutPrefix(rest[end:], "]"); !ok {
			return false
		}
		if rest == "]" {
			return true
		}
		if rest, ok = strings.CutPrefix(rest, ","); !ok {
			return false
		}
	}
}

func eachCountedJSON(text, unit string, f func(totals.Contribution) error) error {
	var rows [][5]json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return fmt.Errorf("contributions of a record: %w", err)
	}
	for _, r := range rows {
		c := totals.Contribution{Unit: unit}
		for i, to := range []any{&c.Indicator, &c.Group, &c.Day, &c.Key, &c.Value} {
			if err := json.Unmarshal(r[i], to); err != nil {
				return fmt.Errorf("contributions of a record: %w", err)
			}
		}
		if err := f(c); err != nil {
			return err
		}
	}
	return nil
}

// encodeOutcome writes the JSON that change.Outcome reads.
func encodeOutcome(o change.Outcome) (string, error) {
	e := encoder{b: make([]byte, 0, 160)}
	e.number("n", o.N)
	e.text("outcome", string(o.Outcome))
	for _, f := range [][2]string{{"code", string(o.Code)}, {"field", o.Field}, {"version", o.Version}, {"state", string(o.State)}} {
		if f[1] != "" {
			e.text(f[0], f[1])
		}
	}
	return string(append(e.b, '}')), e.err
}
