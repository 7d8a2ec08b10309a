-- +goose Up

-- Keys of a distinct count that stand in many places, as a newspaper that a thousand villages name: what their contributions
-- add up to at each unit with all below it, by month, as is asked for every one that is added. Of a household's or a
-- person's key that is found faster in contributions. Both tables may be emptied at any time: a key becomes wide again
-- when it is next counted. docs/decisions/0040-keys-that-stand-everywhere.md.
CREATE TABLE wide_keys (
  key       TEXT NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  PRIMARY KEY (key, indicator, grp)
) STRICT, WITHOUT ROWID;

CREATE TABLE wide_months (
  key       TEXT NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  unit      TEXT NOT NULL,
  month     INTEGER NOT NULL,   -- months since year 0
  n         INTEGER NOT NULL,
  PRIMARY KEY (key, indicator, grp, unit, month)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE wide_months;
DROP TABLE wide_keys;
