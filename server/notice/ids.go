package notice

import (
	"regexp"

	"niangjia/sync/remind"
)

var (
	noticeID = regexp.MustCompile(`^[0-9a-f]{32}$`)
	// What a phone makes of its own rows: entry, version, what happened to it and when.
	entryID = regexp.MustCompile(`^entry:[0-9a-f]{32}:[0-9a-f]{64}:[a-z0-9_]{1,32}$`)
)

func readable(id string) bool { return noticeID.MatchString(id) || entryID.MatchString(id) }

// idOf names a notice by what makes it one: made again, by whatever process and at whatever time, it is the same.
func idOf(kind Kind, about, account string) string {
	return remind.Hash("notice", string(kind), about, account)
}
