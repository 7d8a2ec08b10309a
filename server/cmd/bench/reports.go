package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"niangjia/server/demo"
	"niangjia/sync/totals"
)

// reporting is what a city's report takes: to write one of this moment, and to count its figures again from the log.
type reporting struct {
	entries int
	written series // milliseconds, of the whole program from its start to the file
	memory  float64
	again   time.Duration // 0 where it was not tried
	lines   int64
}

// replayed is up to how many entries a report is counted again: of a million it takes minutes.
const replayed = 100_000

// reported writes a report of all months of a year that are over, and counts it again.
func reported(ctx context.Context, s settings, r *report, dir string, entries int) error {
	month := totals.MonthOf(time.Now().Format(time.DateOnly)) - 1
	file := filepath.Join(dir, "report.json")
	one := reporting{entries: entries}
	for range max(timeLeast, s.rounds) {
		cmd := exec.CommandContext(ctx, s.server, "report", "--json", "--data", dir, "--unit", demo.City, "--from", totals.MonthName(month/12*12)+"-01",
			"--to", totals.DayBefore(totals.MonthName(month+1)+"-01"), "--out", file)
		cmd.Stderr = os.Stderr
		began := time.Now()
		most, err := noted(cmd)
		if err != nil {
			return err
		}
		one.written.add(float64(time.Since(began).Microseconds()) / 1000)
		one.memory = max(one.memory, float64(most)/(1<<20))
	}
	if entries <= replayed {
		began := time.Now()
		cmd := exec.CommandContext(ctx, s.server, "report", "again", "--json", "--data", dir, file)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("counted again: %w: %s", err, out)
		}
		one.again = time.Since(began)
		if one.lines, err = markOf(file); err != nil {
			return err
		}
	}
	r.reports = append(r.reports, one)
	say("a city's report on %s entries: %.0f ms", thousands(entries), one.written.median())
	return os.Remove(file)
}

// markOf is how far the log of a report goes.
func markOf(file string) (int64, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	d := struct {
		Mark struct {
			Seq int64 `json:"seq"`
		} `json:"mark"`
	}{}
	err = json.Unmarshal(raw, &d)
	return d.Mark.Seq, err
}

func (r *report) reportRows() (out [][]string) {
	for _, x := range r.reports {
		out = append(out, []string{fmt.Sprintf("a city's report of the year's months, written to a file by `niangjia report`, on %s entries; the most memory", thousands(x.entries)),
			fmt.Sprintf("%s; %.0f MB", ms(x.written.median()), x.memory)})
		if x.again > 0 {
			out = append(out, []string{fmt.Sprintf("its figures counted again from %s lines of the log", thousands(int(x.lines))),
				fmt.Sprintf("%.1f s, %s lines a second", x.again.Seconds(), thousands(int(float64(x.lines)/x.again.Seconds())))})
		}
	}
	return out
}
