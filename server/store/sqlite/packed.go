package sqlite

import (
	"fmt"
	"strings"

	"niangjia/sync/engine"
	"niangjia/sync/record"
)

// A row travels as its record's body says, in another order and without what is the server's own. So it is put together
// from the body's texts, without the record in between: change.RowOf says what a row is, and a test holds that this is
// the same for every kind of record.

// packed is what a body has of a row, as the JSON that it is.
type packed struct {
	typ, id, unit, form, formVersion, state, version, content, author         string
	approvedVersion, approved, approvedBy, approvedAt                         string
	flags, caseID, sensitive, urgent, submittedAt, createdAt, updatedAt, more string
}

func (p *packed) read(body string) error {
	d := decoder{s: body}
	for k, raw := range d.members() {
		switch k {
		case "type":
			p.typ = raw
		case "id":
			p.id = raw
		case "unit":
			p.unit = raw
		case "author":
			p.author = raw
		case "form":
			p.form = raw
		case "form_version":
			p.formVersion = raw
		case "state":
			p.state = raw
		case "content":
			p.content = raw
		case "version":
			p.version = raw
		case "approved":
			p.approved = raw
		case "approved_version":
			p.approvedVersion = raw
		case "approved_by":
			p.approvedBy = raw
		case "approved_at":
			p.approvedAt = raw
		case "case":
			p.caseID = raw
		case "flags":
			p.flags = raw
		case "sensitive":
			p.sensitive = raw
		case "urgent":
			p.urgent = raw
		case "submitted_at":
			p.submittedAt = raw
		case "created_at":
			p.createdAt = raw
		case "updated_at":
			p.updatedAt = raw
		case "conflicts", "reason", "refused", "disclosures":
			if raw != "null" {
				p.more = raw
			}
		}
	}
	if d.bad != nil {
		return fmt.Errorf("record %s: %w", p.id, d.bad)
	}
	return nil
}

// plain reports whether the texts can be put together as they are. What few records have, and what has an escape in it,
// goes by way of the record.
func (p *packed) plain() bool {
	if p.more != "" || p.content == "" || p.content == "null" {
		return false
	}
	for _, text := range [...]string{p.typ, p.id, p.unit, p.state, p.version, p.author} {
		if len(text) < 2 || text[0] != '"' || strings.IndexByte(text, '\\') >= 0 {
			return false
		}
	}
	for _, text := range [...]string{p.form, p.approvedVersion, p.approvedBy, p.flags, p.caseID} {
		if strings.IndexByte(text, '\\') >= 0 {
			return false
		}
	}
	return p.createdAt != "" && p.updatedAt != ""
}

// filled reports whether a text says anything: what says nothing does not travel.
func filled(raw string) bool {
	switch raw {
	case "", `""`, "0", "null", "{}", "[]", "false":
		return false
	}
	return true
}

// append puts the row's members after one another, from type on and with the closing brace.
func (p *packed) append(b []byte) []byte {
	b = append(append(b, `"type":`...), p.typ...)
	put := func(key, raw string) { b = append(append(b, key...), raw...) }
	some := func(key, raw string) {
		if filled(raw) {
			put(key, raw)
		}
	}
	put(`,"entity":`, p.id)
	put(`,"unit":`, p.unit)
	some(`,"form":`, p.form)
	some(`,"form_version":`, p.formVersion)
	put(`,"state":`, p.state)
	put(`,"version":`, p.version)
	put(`,"content":`, p.content)
	put(`,"author":`, p.author)
	switch {
	case p.approvedVersion == `"`+asContent+`"`:
		put(`,"approved_version":`, p.version)
	case p.approvedVersion == p.version:
		put(`,"approved_version":`, p.version)
	default:
		some(`,"approved_version":`, p.approvedVersion)
		some(`,"approved":`, p.approved)
	}
	some(`,"approved_by":`, p.approvedBy)
	some(`,"approved_at":`, p.approvedAt)
	some(`,"flags":`, p.flags)
	switch {
	case p.caseID != "":
		some(`,"case":`, p.caseID)
	case p.typ == `"`+string(record.Entry)+`"`: // the first of its own
		put(`,"case":`, p.id)
	}
	some(`,"sensitive":`, p.sensitive)
	some(`,"urgent":`, p.urgent)
	some(`,"submitted_at":`, p.submittedAt)
	put(`,"created_at":`, p.createdAt)
	put(`,"updated_at":`, p.updatedAt)
	return append(b, '}')
}

// unquoted is the text of a plain string, "" for none.
func unquoted(raw string) string {
	if len(raw) < 2 {
		return ""
	}
	return raw[1 : len(raw)-1]
}

const (
	// packedPiece is how much memory rows are put into at a time.
	packedPiece = 64 << 10
	// packedMore is by how much a row may be longer than its body: longer names, a version and an id told twice.
	packedMore = 512
)

func (r reader) PackedRows(feed string, after int64, limit int) (list []engine.FeedRow, err error) {
	var num int64
	if found, err := r.c.one("SELECT num FROM feeds WHERE feed = ?", []any{feed}, &num); err != nil || !found {
		return nil, err
	}
	var piece []byte // rows share pieces of memory: one that grows would be copied again and again
	err = r.c.each(`SELECT f.seq, f.view, CASE f.view WHEN 2 THEN r.id ELSE r.body END, CASE f.view WHEN 2 THEN r.type ELSE '' END FROM feed_rows f
		JOIN records r ON r.num = f.record WHERE f.feed = ? AND f.seq > ? ORDER BY f.seq LIMIT ?`, []any{num, after, limit}, func(scan func(...any) error) error {
		var row engine.FeedRow
		var text string
		if err := scan(&row.Seq, &row.View, &text, &row.Type); err != nil {
			return err
		}
		var p packed
		switch row.View {
		case engine.Gone:
			row.Entity = text
		case engine.Whole:
			if err := p.read(text); err != nil {
				return err
			}
			if p.plain() {
				row.Entity, row.Type = unquoted(p.id), record.Type(unquoted(p.typ))
				row.Author, row.ApprovedBy = unquoted(p.author), unquoted(p.approvedBy)
				if most := len(text) + packedMore; cap(piece)-len(piece) < most {
					piece = make([]byte, 0, max(most, packedPiece))
				}
				from := len(piece)
				piece = p.append(piece)
				row.Packed = piece[from:len(piece):len(piece)]
				break
			}
			fallthrough
		default:
			rec, err := decodeBody(text)
			if err != nil {
				return err
			}
			row.Entity, row.Type, row.Record = rec.ID, rec.Type, rec
		}
		list = append(list, row)
		return nil
	})
	return list, err
}
