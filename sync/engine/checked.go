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

// checked holds what is no draft any more to the checks of its form (S25). Where the change may be refused for one
// that is broken, that one's field comes back; else the entry is flagged for its reviewer.
func checked(sheet *catalogue.Form, rec *record.Record, refuse bool) (field string) {
	var flags []string
	for _, f := range rec.Flags {
		if f != record.FlagCheckFailed {
			flags = append(flags, f)
		}
	}
	if len(sheet.Checks) > 0 && !unfinished(rec.State) {
		if broken := sheet.Broken(rec.Content); len(broken) > 0 {
			if refuse {
				return broken[0].Field
			}
			flags = append(flags, record.FlagCheckFailed)
		}
	}
	rec.Flags = flags
	return ""
}
