package totals

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Kind is how a contribution is put into the figures. Its key says it, so that what was counted by an older definition
// is taken out again as it was put in.
type Kind int

const (
	Plain    Kind = iota // a count or sum
	Since                // the same, in spans that hold another day too
	Valued               // a value of a median
	Distinct             // a key that counts once
	Standing             // a key that begins or ceases to stand
)

// The first characters of keys that are more than a key: ids, codes of units and choices begin with none of them.
const (
	markStanding = '@'
	markSince    = '<'
	markValue    = '#'
	markText     = '='
)

// KindOf is the kind of a contribution with this key.
func KindOf(key string) Kind {
	if key == "" {
		return Plain
	}
	switch key[0] {
	case markStanding:
		return Standing
	case markSince:
		return Since
	case markValue:
		return Valued
	}
	return Distinct
}

// Kind is how the contribution is put into the figures.
func (c Contribution) Kind() Kind { return KindOf(c.Key) }

// Adds is what the contribution adds to its figure, as a reader is told it: of a median its value.
func (c Contribution) Adds() int64 {
	if c.Kind() == Valued {
		return KeyValue(c.Key)
	}
	return c.Value
}

// Keyed says whether figures are kept by this key.
func (k Kind) Keyed() bool { return k == Distinct || k == Standing }

func standingKey(key string) string { return string(markStanding) + key }
func sinceKey(day string) string    { return string(markSince) + day }
func valueKey(v int64) string       { return string(markValue) + strconv.FormatInt(v, 10) }

// textKey names a text without saying it: who may read the number of names may not read the names.
func textKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return string(markText) + hex.EncodeToString(sum[:16])
}

// SinceDay is the other day of a key of its kind.
func SinceDay(key string) string { return strings.TrimPrefix(key, string(markSince)) }

// KeyValue is the value of a key of its kind.
func KeyValue(key string) int64 {
	v, _ := strconv.ParseInt(strings.TrimPrefix(key, string(markValue)), 10, 64) // valueKey wrote it
	return v
}

// Named is what a key names, "" where that is nothing that has a name.
func Named(key string) string {
	switch KindOf(key) {
	case Standing:
		return Named(key[1:])
	case Distinct:
		if key[0] != markText {
			return key
		}
	}
	return ""
}

// beside parts a group from what else its totals are kept by.
const beside = "~"

// Kept is the group under which a contribution's totals are kept: with the month of the other day, or with the value.
func (c Contribution) Kept() string {
	switch c.Kind() {
	case Since:
		return c.Group + beside + c.Key[:min(len(c.Key), len("<2026-11"))]
	case Valued:
		return c.Group + beside + c.Key
	}
	return c.Group
}

// GroupOf takes a group as its totals are kept apart: "" or a key of a Since or Valued kind stands beside it.
func GroupOf(kept string) (group, key string) {
	group, key, _ = strings.Cut(kept, beside)
	return group, key
}
