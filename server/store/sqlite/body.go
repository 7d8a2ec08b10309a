package sqlite

import (
	"encoding/json"
	"slices"
	"strconv"

	"niangjia/sync/record"
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
