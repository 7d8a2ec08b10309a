package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"niangjia/server/app"
	"niangjia/server/demo"
)

// denser is how many times as many entries a dense database stands for.
const denser = 10

// dense leaves in a copy of a city what ten times as many entries would leave there at most, of all that dashboards read: a
// village has the figures, months and days that its township had, a township those of its county, a county those of the
// city, and the city every figure in every month and on every day (but what waits is by the day on which it was sent: these
// are as many however much is sent on them); of what is read row by row there is ten times as much. The other entries,
// which no dashboard reads, stay as many as they are: to make ten million takes a day.
func dense(ctx context.Context, dir string) (err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, app.DatabaseFile)+"?_pragma=synchronous(OFF)&_pragma=cache_size(-200000)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	do := func(query string, args ...any) error {
		if err == nil {
			if _, err = db.ExecContext(ctx, query, args...); err != nil {
				err = fmt.Errorf("%s: %w", query, err)
			}
		}
		return err
	}
	for _, t := range []struct{ table, when, rest, numbers string }{
		{"days", "day", "indicator", "value, entries"},
		{"totals", "month", "indicator, grp", "value, entries"},
		{"standings", "month", "indicator, grp", "n"},
		{"steps", "month", "indicator, grp, prev", "n"},
	} {
		for _, level := range []string{"village", "township", "county"} {
			if t.table == "days" && level == "village" {
				continue // of villages nothing is kept by the day
			}
			_ = do(`INSERT OR IGNORE INTO `+t.table+` SELECT d.code, `+t.when+`, `+t.rest+`, `+t.numbers+` FROM divisions d JOIN `+t.table+` s ON s.unit = d.parent WHERE d.level = ?`, level)
		}
		if t.table != "steps" { // a step has the one before it in its key
			_ = do(`INSERT OR IGNORE INTO ` + t.table + ` WITH here AS (SELECT s.* FROM ` + t.table + ` s JOIN divisions d ON d.code = s.unit AND d.level = 'city'),
				every AS (SELECT * FROM here WHERE indicator <> 'work:waiting' GROUP BY ` + t.rest + `)
				SELECT unit, w.` + t.when + `, ` + t.rest + `, ` + t.numbers + ` FROM (SELECT DISTINCT ` + t.when + ` FROM here) w, every`)
		}
	}
	// What is read row by row: all that is dated after today, and what waits in the township that is opened.
	for k := 1; k < denser; k++ {
		_ = do(`INSERT INTO contributions (indicator, grp, unit, day, entity, key, value, apart)
			SELECT indicator, grp, unit, day, entity || ?1, key, value, apart FROM contributions WHERE apart = 1 AND day > date('now') AND length(entity) = 32`, fmt.Sprint("+", k))
		_ = do(`INSERT INTO records (id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, feeds, counted, body, sent)
			SELECT id || ?1, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, feeds, counted, body, sent FROM records
			WHERE state IN ('submitted', 'amended') AND unit IN (SELECT code FROM divisions WHERE ?2 IN (code, parent)) AND length(id) = 32`, fmt.Sprint("+", k), demo.Township)
	}
	_ = do(`UPDATE days SET value = value * ?1, entries = entries * ?1`, denser)
	return do(`UPDATE totals SET value = value * ?1, entries = entries * ?1`, denser)
}
