package sqlite

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"niangjia/sync/record"
	"niangjia/sync/review"
)

func decodeBody(body string) (*record.Record, error) {
	r := &record.Record{Writers: map[string]record.Writer{}}
	d := decoder{s: body}
	var writers, approved string
	var approvedVersion, pending string
	toldCase := false
	for k, raw := range d.members() {
		switch k {
		case "type":
			r.Type = record.Type(d.text(raw))
		case "id":
			r.ID = d.text(raw)
		case "unit":
			r.Unit = d.text(raw)
		case "author":
			r.Author = d.text(raw)
		case "epoch":
			r.Epoch = d.text(raw)
		case "form":
			r.Form = d.text(raw)
		case "form_version":
			r.FormVersion = d.number(raw)
		case "state":
			r.State = review.State(d.text(raw))
		case "content":
			r.Content = d.content(raw)
		case "version":
			r.Version = d.text(raw)
		case "writers":
			writers = raw
		case "approved":
			approved = raw
		case "approved_version":
			approvedVersion = d.text(raw)
		case "approved_by":
			r.ApprovedBy = d.text(raw)
		case "approved_at":
			r.ApprovedAt = record.Instant(d.number(raw))
		case "case":
			r.Case, toldCase = d.text(raw), true
		case "due_on":
			r.DueOn = d.text(raw)
		case "pending":
			pending = raw
		case "conflicts":
			d.any(raw, &r.Conflicts)
		case "reason":
			d.any(raw, &r.Reason)
		case "refused":
			d.any(raw, &r.Refused)
		case "flags":
			d.any(raw, &r.Flags)
		case "disclosures":
			d.any(raw, &r.Disclosures)
		case "sensitive":
			r.Sensitive = raw == "true"
		case "urgent":
			r.Urgent = raw == "true"
		case "submitted_at":
			r.SubmittedAt = record.Instant(d.number(raw))
		case "created_at":
			r.CreatedAt = record.Instant(d.number(raw))
		case "updated_at":
			r.UpdatedAt = record.Instant(d.number(raw))
		}
	}
	if !toldCase {
		r.Case = ownCase(r)
	}
	switch {
	case approvedVersion == asContent:
		r.Approved, r.ApprovedVersion = r.Content, r.Version
	default:
		r.ApprovedVersion = approvedVersion
		if approved != "" {
			r.Approved = d.content(approved)
		}
	}
	if pending == `"`+asContent+`"` {
		r.Pending = []string{r.Author}
	} else if pending != "" {
		d.any(pending, &r.Pending)
	}
	d.writers(r, writers)
	if d.bad != nil {
		return nil, fmt.Errorf("record %s: %w", r.ID, d.bad)
	}
	return r, nil
}

// decoder reads JSON that this program wrote: it finds where values end, and trusts what is between.
type decoder struct {
	s   string
	bad error
}

func (d *decoder) fail(raw string) {
	if d.bad == nil {
		d.bad = fmt.Errorf("unreadable from %q", raw[:min(len(raw), 40)])
	}
}

// members walks an object's keys with their values' texts.
func (d *decoder) members() func(func(string, string) bool) {
	s := d.s
	return func(yield func(string, string) bool) {
		if len(s) < 2 || s[0] != '{' {
			d.fail(s)
			return
		}
		for at := 1; at < len(s) && s[at] != '}'; {
			if s[at] == ',' {
				at++
			}
			end := valueEnd(s, at)
			if end < 0 || end >= len(s) || s[end] != ':' {
				d.fail(s[at:])
				return
			}
			key := d.text(s[at:end])
			from := end + 1
			if at = valueEnd(s, from); at < 0 {
				d.fail(s[from:])
				return
			}
			if !yield(key, s[from:at]) {
				return
			}
		}
	}
}

// valueEnd finds the end of the value that begins at a place, -1 where there is none.
func valueEnd(s string, at int) int {
	depth := 0
	for i := at; i < len(s); i++ {
		switch s[i] {
		case '"':
			if i = textEnd(s, i+1); i < 0 {
				return -1
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i // of a number before it
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

// textEnd finds the quote that ends the text that begins at a place, -1 where there is none.
func textEnd(s string, at int) int {
	for at <= len(s) {
		quote := strings.IndexByte(s[at:], '"')
		if quote < 0 {
			return -1
		}
		escape := strings.IndexByte(s[at:at+quote], '\\')
		if escape < 0 {
			return at + quote
		}
		at += escape + 2
	}
	return -1
}

func (d *decoder) text(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		d.fail(raw)
		return ""
	}
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1]
	}
	var s string
	d.any(raw, &s)
	return s
}

func (d *decoder) number(raw string) int64 {
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		d.fail(raw)
	}
	return n
}

func (d *decoder) any(raw string, to any) {
	if err := json.Unmarshal([]byte(raw), to); err != nil && d.bad == nil {
		d.bad = err
	}
}

// content takes the values as they stand: what is stored is canonical.
func (d *decoder) content(raw string) record.Content {
	if raw == "null" {
		return nil
	}
	c := make(record.Content, 8)
	in := decoder{s: raw}
	for k, v := range in.members() {
		if v == "null" {
			v = ""
		}
		c[k] = record.Value(v)
	}
	if in.bad != nil {
		d.fail(raw)
	}
	return c
}

func (d *decoder) writers(r *record.Record, raw string) {
	if raw == "null" {
		r.Writers = nil
		return
	}
	own := record.Writer{Epoch: r.Epoch, Account: r.Author}
	for k := range r.Content {
		r.Writers[k] = own
	}
	if raw == "" {
		return
	}
	var others map[string]*record.Writer
	d.any(raw, &others)
	for k, w := range others {
		if w == nil {
			delete(r.Writers, k)
		} else {
			r.Writers[k] = *w
		}
	}
}
