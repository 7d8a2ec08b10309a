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
	var rows [][5]json.RawMessage
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		return nil, fmt.Errorf("contributions of a record: %w", err)
	}
	for _, r := range rows {
		c := totals.Contribution{Unit: unit}
		for i, to := range []any{&c.Indicator, &c.Group, &c.Day, &c.Key, &c.Value} {
			if err := json.Unmarshal(r[i], to); err != nil {
				return nil, fmt.Errorf("contributions of a record: %w", err)
			}
		}
		list = append(list, c)
	}
	return list, nil
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
