package engine

import (
	"maps"
	"slices"
	"strings"

	"niangjia/sync/change"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// What a change is about, what it does and which step it takes are words. A later app may have others: what they mean
// this program cannot say, only that somebody saved it. Such a change waits for a program that knows its words (S24).

// metaWords has the words that are in force, as wordList writes them; nothing stands for those of the first program.
const metaWords = "words"

// known are the words of this program; what a later one adds stands in a line of its server's log before it is used, so
// that a replay decides each change by what was known at its place.
var known = wordsOf(
	"type:"+string(record.Entry), "type:"+string(record.Household), "type:"+string(record.Person),
	"kind:"+string(change.Create), "kind:"+string(change.Patch), "kind:"+string(change.Transition),
	"event:"+string(review.Submit), "event:"+string(review.Withdraw), "event:"+string(review.Approve), "event:"+string(review.Return),
	"event:"+string(review.Refuse), "event:"+string(review.Void), "event:"+string(review.Reinstate),
)

type words map[string]bool

func wordsOf(list ...string) words {
	out := make(words, len(list))
	for _, w := range list {
		out[w] = true
	}
	return out
}

// mine are those of them that this program can do anything about: a later one may have written the others.
func (w words) mine() words {
	out := maps.Clone(w)
	maps.DeleteFunc(out, func(word string, _ bool) bool { return !known[word] })
	return out
}

func (w words) list() []string { return slices.Sorted(maps.Keys(w)) }

// readWords gives the words that a store has in force.
func readWords(r Reader) (words, error) {
	text, err := r.Meta(metaWords)
	if err != nil || text == "" {
		return known, err
	}
	return wordsOf(strings.Fields(text)...), nil
}

// setWords puts words in force and replays what waited for one of them.
func (s *session) setWords(list []string) error {
	next := *s.world
	next.words = wordsOf(list...).mine()
	s.world = &next
	if err := s.tx.SetMeta(metaWords, strings.Join(list, " ")); err != nil {
		return err
	}
	for _, word := range next.words.list() {
		if err := s.release(word); err != nil {
			return err
		}
	}
	return nil
}

// strange is the first word of a change that is not known, "" for none; and the key that it stands at.
func (w words) strange(c *change.Change) (word, key string) {
	for _, one := range []struct{ key, word string }{{"type", string(c.Type)}, {"kind", string(c.Kind)}, {"event", string(c.Event)}} {
		if named := one.key + ":" + one.word; !w[named] && (one.key != "event" || one.word != "") {
			return named, one.key
		}
	}
	return "", ""
}

// isWord tells a word from rubbish: 1 to 32 lower-case letters and lines between them.
func isWord(text string) bool {
	return text != "" && len(text) <= 32 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_") == "" && text[0] != '_'
}

// unknown says what becomes of a change with a word that is not known. It holds up what comes after it of the same
// record, so it must come from somebody who may change that.
func (s *session) unknown(actor record.Actor, c *change.Change, word, key string, seq int64) (result, error) {
	if _, text, _ := strings.Cut(word, ":"); !isWord(text) {
		return reject(record.WrongType, key), nil
	}
	rec, err := s.tx.Record(c.Entity)
	if err != nil {
		return result{}, err
	}
	if rec != nil {
		if rec.Type != c.Type {
			return reject(record.WrongType, "type"), nil
		}
		_, refused, err := s.changes(actor, rec)
		if err != nil {
			return result{}, err
		}
		if refused != nil {
			return *refused, nil
		}
		if held, err := s.held(c.Entity, seq); err != nil || held {
			return park(record.BehindParked, "behind:"+c.Entity), err
		}
	}
	res := park(record.UnknownKind, word)
	res.field = key
	return res, nil
}

// held reports whether an earlier change of a record that is parked holds up the one at this place (S8).
func (s *session) held(entity string, seq int64) (bool, error) {
	parked, err := s.tx.ParkedOf(entity)
	return slices.ContainsFunc(parked, func(p Parked) bool { return p.Seq < seq && p.holds() }), err
}
