package main

import (
	"fmt"
	"os"
	"strings"
)

// bar draws progress at a terminal; anywhere else it says nothing.
func bar(what string, to *os.File) func(done, all int64) {
	info, err := to.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return func(int64, int64) {}
	}
	const width = 30
	return func(done, all int64) {
		full := 0
		if all > 0 {
			full = int(min(done, all) * width / all)
		}
		end := "\r"
		if done >= all {
			end = "\n"
		}
		_, _ = fmt.Fprintf(to, "[%s%s] %d of %d %s%s", strings.Repeat("#", full), strings.Repeat(".", width-full), done, all, what, end)
	}
}
