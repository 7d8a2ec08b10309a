-- +goose Up

-- One row what is kept of a unit, with all below it, by the day: docs/decisions/0049-the-dashboard.md. Of an indicator what its
-- plain wholes add up to and how many contributions they are, of units above villages. Of '': how many entries count there
-- (value), and of the unit by itself how many that everybody may know of were done on that day (entries).
CREATE TABLE days (
  unit      TEXT NOT NULL,
  day       TEXT NOT NULL,
  indicator TEXT NOT NULL,
  value     INTEGER NOT NULL,
  entries   INTEGER NOT NULL,
  PRIMARY KEY (unit, day, indicator)
) STRICT, WITHOUT ROWID;

-- The units that each unit's numbers are written to: itself and all above it, up to the city.
CREATE TEMP TABLE above AS
WITH RECURSIVE up (unit, above) AS (
  SELECT code, code FROM divisions WHERE level <> 'province'
  UNION ALL
  SELECT up.unit, p.code FROM up JOIN divisions d ON d.code = up.above JOIN divisions p ON p.code = d.parent WHERE p.level <> 'province'
)
SELECT up.unit AS unit, up.above AS above, d.level = 'village' AS village FROM up JOIN divisions d ON d.code = up.above;
CREATE INDEX temp.above_by_unit ON above (unit);

-- What counts on a day in a unit by itself is added up first: the rows of the units above are made from a hundredth of it.
CREATE TEMP TABLE of_day AS
SELECT unit, day, indicator, sum(value) AS value, count(*) AS entries FROM contributions WHERE grp = '' AND key = '' GROUP BY 1, 2, 3;
INSERT INTO days (unit, day, indicator, value, entries)
SELECT a.above, c.day, c.indicator, sum(c.value), sum(c.entries) FROM temp.of_day c JOIN temp.above a ON a.unit = c.unit AND NOT a.village GROUP BY 1, 2, 3;
DROP TABLE temp.of_day;

CREATE TEMP TABLE done AS
SELECT unit, day, sum(value) AS value, sum(entries) AS entries FROM (
  SELECT unit, counted_on AS day, 1 AS value, 0 AS entries FROM records WHERE counted_on <> ''
  UNION ALL
  SELECT unit, occurred, 0, 1 FROM records
  WHERE type = 'entry' AND state IN ('submitted', 'returned', 'approved', 'amended') AND json_extract(body, '$.sensitive') IS NOT TRUE
) GROUP BY 1, 2;
INSERT INTO days (unit, day, indicator, value, entries)
SELECT a.above, d.day, '', sum(d.value), sum(iif(a.above = d.unit, d.entries, 0)) FROM temp.done d JOIN temp.above a ON a.unit = d.unit GROUP BY 1, 2;
DROP TABLE temp.done;
DELETE FROM days WHERE value = 0 AND entries = 0;

-- What waits, by the day on which it was sent.
INSERT INTO days (unit, day, indicator, value, entries)
SELECT a.above, date(coalesce(json_extract(r.body, '$.submitted_at'), 0) / 1000 + 28800, 'unixepoch'), 'work:waiting', 0, count(*)
FROM records r JOIN temp.above a ON a.unit = r.unit WHERE r.type = 'entry' AND r.state IN ('submitted', 'amended') GROUP BY 1, 2;
-- One unit's, without what else there is of its days.
CREATE INDEX days_waiting ON days (unit, day) WHERE indicator = 'work:waiting';

-- Numbers of the work itself are kept as totals are, under names that no indicator has, by the month in which an entry
-- arrived (work:conflicts by none). A day is Beijing's.
CREATE TEMP TABLE worked AS
SELECT unit, strftime('%Y', at) * 12 + strftime('%m', at) - 1 AS month, 'work:flagged' AS indicator, 0 AS value, 1 AS entries
FROM (SELECT unit, json_extract(body, '$.created_at') / 1000 + 28800 AS s, datetime(json_extract(body, '$.created_at') / 1000 + 28800, 'unixepoch') AS at FROM records
  WHERE type = 'entry' AND state IN ('submitted', 'returned', 'approved', 'amended') AND json_extract(body, '$.flags') IS NOT NULL)
UNION ALL
SELECT unit, 0, 'work:conflicts', 0, 1 FROM records WHERE json_extract(body, '$.conflicts') IS NOT NULL
UNION ALL
SELECT r.unit, strftime('%Y', datetime(json_extract(r.body, '$.created_at') / 1000 + 28800, 'unixepoch')) * 12
    + strftime('%m', datetime(json_extract(r.body, '$.created_at') / 1000 + 28800, 'unixepoch')) - 1,
  'work:decided', json_extract(CAST(l.bytes AS TEXT), '$.event') <> 'approve', 1
FROM ledger l JOIN records r ON r.id = l.entity
WHERE l.account <> '' AND l.entity <> '' AND json_extract(l.outcome, '$.outcome') = 'applied' AND instr(CAST(l.bytes AS TEXT), '"transition"') > 0
  AND iif(json_valid(CAST(l.bytes AS TEXT)), json_extract(CAST(l.bytes AS TEXT), '$.kind') = 'transition'
    AND json_extract(CAST(l.bytes AS TEXT), '$.event') IN ('approve', 'return', 'refuse'), 0);

INSERT INTO totals (unit, month, indicator, grp, value, entries)
SELECT a.above, w.month, w.indicator, '', sum(w.value), sum(w.entries) FROM temp.worked w JOIN temp.above a ON a.unit = w.unit GROUP BY 1, 2, 3;
INSERT INTO totals (unit, month, indicator, grp, value, entries)
SELECT a.above, -(w.month / 12), w.indicator, '', sum(w.value), sum(w.entries) FROM temp.worked w JOIN temp.above a ON a.unit = w.unit WHERE w.month >= 12 GROUP BY 1, 2, 3;
DROP TABLE temp.worked;
DROP TABLE temp.above;

-- +goose Down
DELETE FROM totals WHERE indicator LIKE 'work:%';
DROP TABLE days;
