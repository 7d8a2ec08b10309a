package sqlite

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"niangjia/sync/record"
	"niangjia/sync/review"
)

// A record's body is its JSON without what follows from the rest, which is most of it: writers are told only of fields
// that somebody else than the creating log wrote last (null: nobody), approved and approved_version only where it is
// another version ("=" where it is this one), case only where an entry is not the first of its own. Records that were
// written before this was so have everything, and are read by the same rules.

// asContent says that the approved version is the current one.
const asContent = "="

func encodeBody(r *record.Record) (string, error) {
	e := encoder{b: make([]byte, 0, 512)}
	e.text("type", string(r.Type))
	e.text("id", r.ID)
	e.text("unit", r.Unit)
	e.text("author", r.Author)
	e.text("epoch", r.Epoch)
	if r.Form != "" {
		e.text("form", r.Form)
	}
	if r.FormVersion != 0 {
		e.number("form_version", r.FormVersion)
	}
	e.text("state", string(r.State))
	e.content("content", r.Content)
	e.text("version", r.Version)
	e.writers(r)
	switch {
	case r.Approved == nil:
		if r.ApprovedVersion != "" {
			e.text("approved_version", r.ApprovedVersion)
		}
	case r.ApprovedVersion == r.Version:
		e.text("approved_version", asContent)
	default:
		e.content("approved", r.Approved)
		e.text("approved_version", r.ApprovedVersion)
	}
	if r.ApprovedBy != "" {
		e.text("approved_by", r.ApprovedBy)
	}
	if r.ApprovedAt != 0 {
		e.number("approved_at", int64(r.ApprovedAt))
	}
	if r.Case != ownCase(r) {
		e.text("case", r.Case)
	}
	if r.DueOn != "" {
		e.text("due_on", r.DueOn)
	}
	// What few records have.
	if len(r.Pending) == 1 && r.Pending[0] == r.Author {
		e.key("pending")
		e.b = append(e.b, `"="`...)
	} else if len(r.Pending) > 0 {
		e.any("pending", r.Pending)
	}
	if len(r.Conflicts) > 0 {
		e.any("conflicts", r.Conflicts)
	}
	if r.Reason != nil {
		e.any("reason", r.Reason)
	}
	if r.Refused != nil {
		e.any("refused", r.Refused)
	}
	if len(r.Flags) > 0 {
		e.any("flags", r.Flags)
	}
	if len(r.Disclosures) > 0 {
		e.any("disclosures", r.Disclosures)
	}
	if r.Sensitive {
		e.any("sensitive", true)
	}
	if r.Urgent {
		e.any("urgent", true)
	}
	if r.SubmittedAt != 0 {
		e.number("submitted_at", int64(r.SubmittedAt))
	}
	e.number("created_at", int64(r.CreatedAt))
	e.number("updated_at", int64(r.UpdatedAt))
	return string(append(e.b, '}')), e.err
}

// ownCase is the case of a record that follows none.
func ownCase(r *record.Record) string {
	if r.Type == record.Entry {
		return r.ID
	}
	return ""
}

type encoder struct {
	b   []byte
	err error
}

func (e *encoder) key(k string) {
	if len(e.b) == 0 {
		e.b = append(e.b, '{')
	} else {
		e.b = append(e.b, ',')
	}
	e.quoted(k)
	e.b = append(e.b, ':')
}

// quoted writes a string. Most are ids and codes, which need no escapes.
func (e *encoder) quoted(s string) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7f {
			raw, err := json.Marshal(s)
			e.b, e.err = append(e.b, raw...), firstOf(e.err, err)
			return
		}
	}
	e.b = append(append(append(e.b, '"'), s...), '"')
}

func (e *encoder) text(k, v string) {
	e.key(k)
	e.quoted(v)
}

func (e *encoder) number(k string, n int64) {
	e.key(k)
	e.b = strconv.AppendInt(e.b, n, 10)
}

func (e *encoder) any(k string, v any) {
	raw, err := json.Marshal(v)
	e.key(k)
	e.b, e.err = append(e.b, raw...), firstOf(e.err, err)
}

// content writes values as the canonical JSON that they are.
func (e *encoder) content(k string, c record.Content) {
	e.key(k)
	if c == nil {
		e.b = append(e.b, "null"...)
		return
	}
	keys := make([]string, 0, len(c))
	for k := range c {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	e.b = append(e.b, '{')
	for i, k := range keys {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.quoted(k)
		e.b = append(e.b, ':')
		if v := c[k]; v == "" {
			e.b = append(e.b, "null"...)
		} else {
			e.b = append(e.b, v...)
		}
	}
	e.b = append(e.b, '}')
}

func (e *encoder) writers(r *record.Record) {
	if r.Writers == nil {
		e.any("writers", nil)
		return
	}
	own := record.Writer{Epoch: r.Epoch, Account: r.Author}
	others := map[string]*record.Writer{}
	for k, w := range r.Writers {
		if _, filled := r.Content[k]; !filled || w != own {
			others[k] = &w
		}
	}
	for k := range r.Content {
		if _, told := r.Writers[k]; !told {
			others[k] = nil
		}
	}
	if len(others) > 0 {
		e.any("writers", others)
	}
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

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
