package engine

import (
	"niangjia/sync/catalogue"
	"niangjia/sync/record"
	"niangjia/sync/review"
)

// unfinished reports whether an entry waits for its author, who may leave it as it is until she submits.
func unfinished(state review.State) bool {
	return state == review.Draft || state == review.Returned || state == review.Withdrawn
}

// held holds what is no draft any more to its form: its required fields are filled (R6) and its checks hold (S25). Where the
// change may be refused for what is wrong, its code and field come back; else the entry is flagged for its reviewer.
// lacking and broken say whether it may be, for a field that is empty and for a check.
func held(sheet *catalogue.Form, rec *record.Record, lacking, broken bool) (code record.Code, field string) {
	var flags []string
	for _, f := range rec.Flags {
		if f != record.FlagCheckFailed {
			flags = append(flags, f)
		}
	}
	if !unfinished(rec.State) {
		wrong := false
		if keys := sheet.Missing(rec.Content); len(keys) > 0 {
			if lacking {
				return record.MissingField, keys[0]
			}
			wrong = true
		}
		if checks := sheet.Broken(rec.Content); len(checks) > 0 {
			if broken {
				return record.CheckFailed, checks[0].Field
			}
			wrong = true
		}
		if wrong {
			flags = append(flags, record.FlagCheckFailed)
		}
	}
	rec.Flags = flags
	return "", ""
}
