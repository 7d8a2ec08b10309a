-- +goose Up

-- One row how many more keys of a figure stand in a unit, with all below it, at the end of a month than of the month before
-- it; the rows up to a month add up to how many stand at its end. month: months since year 0; a year's rows stand beside
-- them under month = -year, so that many years are few rows. docs/decisions/0033-the-other-measures.md.
CREATE TABLE standings (
  unit      TEXT NOT NULL,
  month     INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (unit, month, indicator, grp)
) STRICT, WITHOUT ROWID;

-- The keys that begin or cease to stand on some days: what is between a day and the end of its month. Their keys begin
-- with "@" (sync/totals/kind.go), and no other does.
CREATE INDEX contributions_turning ON contributions (day, indicator, grp, key) WHERE key >= '@' AND key < 'A';

-- +goose Down
DROP INDEX contributions_turning;
DROP TABLE standings;
