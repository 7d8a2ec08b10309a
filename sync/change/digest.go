package change

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"niangjia/sync/record"
)

// Digest says of a set of rows how many they are, and the sum of their hashes
// modulo 2^64: two sets with the same digest are the same (S18).
type Digest struct {
	Rows int64
	Sum  uint64
}

// Plus is the digest with more rows in it, Minus with fewer.
func (d Digest) Plus(o Digest) Digest  { return Digest{d.Rows + o.Rows, d.Sum + o.Sum} }
func (d Digest) Minus(o Digest) Digest { return Digest{d.Rows - o.Rows, d.Sum - o.Sum} }

// Of is the digest of one row.
func Of(hash uint64) Digest { return Digest{1, hash} }

// Hex is how a hash or a sum stands on the wire: JavaScript's numbers end at 2^53.
func Hex(h uint64) string { return fmt.Sprintf("%016x", h) }

// MarshalJSON writes {"rows", "sum"}.
func (d Digest) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"rows":%d,"sum":"%016x"}`, d.Rows, d.Sum), nil
}

// UnmarshalJSON reads it back.
func (d *Digest) UnmarshalJSON(raw []byte) error {
	var wire struct {
		Rows int64  `json:"rows"`
		Sum  string `json:"sum"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	sum, err := strconv.ParseUint(wire.Sum, 16, 64)
	if err != nil {
		return fmt.Errorf("sum of a digest: %w", err)
	}
	*d = Digest{wire.Rows, sum}
	return nil
}

// Hash is what a row shows, as a number: the stored version stands for the
// content. Place in the feed is no part of it: a row that moved and looks the
// same is the same. A tombstone has none.
func (r *Row) Hash() uint64 { return r.hash(r.Version, r.ApprovedVersion) }

// Reckoned is Hash with the versions reckoned anew from the contents, so that
// a content that was garbled where it lies is seen.
func (r *Row) Reckoned() uint64 {
	if r.Stub {
		if len(r.Content)+len(r.Approved) > 0 {
			return garbled // a stub has none
		}
		return r.Hash()
	}
	version, approved := r.Content.Version(), r.ApprovedVersion
	switch {
	case r.Approved != nil:
		approved = r.Approved.Version()
	case approved == r.Version:
		approved = version
	case approved != "":
		approved = "missing"
	}
	return r.hash(version, approved)
}

// garbled is what no row's hash is but that of one which cannot be what it says.
const garbled = math.MaxUint64

func (r *Row) hash(version, approved string) uint64 {
	if r.Stub {
		return start.text("stub").text(string(r.Type)).text(r.Unit).text(string(r.State)).text(r.Entity).done()
	}
	h := start.text("row").text(string(r.Type)).text(r.Unit).text(string(r.State)).
		text(r.Form).number(r.FormVersion).text(version).text(r.Author).
		text(approved).text(r.ApprovedBy).instant(r.ApprovedAt).text(r.Case).
		flag(r.Sensitive).flag(r.Urgent).instant(r.SubmittedAt).instant(r.CreatedAt).instant(r.UpdatedAt)
	for _, f := range r.Flags {
		h = h.text("flag").text(f)
	}
	for _, c := range r.Conflicts {
		h = h.text("conflict").text(c.Field).text(string(c.Value)).text(c.By).instant(c.At)
	}
	if r.Reason != nil {
		h = h.reason(r.Reason)
	}
	if r.Refused != nil {
		h = h.text("refused").text(string(r.Refused.Content.Bytes())).reason(&r.Refused.Reason)
	}
	for _, d := range r.Disclosures {
		h = h.text("disclosure").text(d.By).instant(d.At).text(d.Reason)
	}
	return h.text(r.Entity).done()
}

// PlaceDigits is how many hex digits a Place has.
const PlaceDigits = 16

// Place spreads records evenly, whatever their ids are: a feed is halved and
// halved again by the leading digits of this number in hex, never by ids.
func Place(entity string) uint64 { return start.text(entity).done() }

// fnv is FNV-1a over UTF-8, each part ended by a unit separator. It is cheap in
// both languages; no attacker gains by a collision, who could as well send the row.
type fnv uint64

const (
	start     fnv = 14695981039346656037
	prime     fnv = 1099511628211
	separator fnv = 0x1f
)

func (h fnv) text(s string) fnv {
	for i := 0; i < len(s); i++ {
		h = (h ^ fnv(s[i])) * prime
	}
	return (h ^ separator) * prime
}

func (h fnv) number(n int64) fnv {
	var room [20]byte
	for _, c := range strconv.AppendInt(room[:0], n, 10) {
		h = (h ^ fnv(c)) * prime
	}
	return (h ^ separator) * prime
}

func (h fnv) instant(at record.Instant) fnv { return h.number(int64(at)) }

func (h fnv) flag(b bool) fnv {
	if b {
		return h.text("1")
	}
	return h.text("")
}

func (h fnv) reason(r *record.Reason) fnv {
	h = h.text("reason").text(string(r.Event)).text(r.Text).text(r.By).instant(r.At)
	for _, f := range r.Fields {
		h = h.text(f)
	}
	return h
}

// done mixes the halves: the last bytes of FNV-1a hardly reach its high bits,
// and sums of such numbers would cancel out.
func (h fnv) done() uint64 {
	hi, lo := uint32(h>>32), uint32(h)
	hi = (hi ^ lo>>15) * 0x85ebca6b
	lo = (lo ^ hi>>13) * 0xc2b2ae35
	hi ^= lo >> 16
	return uint64(hi)<<32 | uint64(lo)
}

// Bounds of a question (W7).
const (
	MaxParts  = 64  // prefixes in a question
	MaxAsked  = 200 // rows asked for by id
	ListBelow = 64  // a part of no more rows than this is listed
)

// Question asks what a feed is made of where digests differ: of the records
// whose places begin with the prefixes, or rows by id. The answer is of one snapshot.
type Question struct {
	ServerEpoch string   `json:"server_epoch"`
	Feed        string   `json:"feed"`
	Prefixes    []string `json:"prefixes,omitempty"`
	Entities    []string `json:"entities,omitempty"`
}

// Finding answers it. Seq is the feed's last place: a phone whose cursor is
// another one compares different things, and pulls first.
type Finding struct {
	ServerEpoch string            `json:"server_epoch"`
	Seq         int64             `json:"seq"`
	Parts       []Part            `json:"parts,omitempty"`
	Rows        []Row             `json:"rows,omitempty"`
	Names       map[string]string `json:"names,omitempty"`
}

// Part is the rows whose places begin with a prefix: listed where they are few,
// else as sixteen digests, of the prefix with one more hex digit each.
type Part struct {
	Prefix string            `json:"prefix"`
	Digest Digest            `json:"digest"`
	List   map[string]string `json:"list,omitempty"` // entity: hash
	Split  []Digest          `json:"split,omitempty"`
}
