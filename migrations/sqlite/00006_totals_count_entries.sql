-- +goose Up

-- How many contributions a total is made of: a sum of one entry is withheld as its count would be (T8).
ALTER TABLE totals ADD COLUMN entries INTEGER NOT NULL DEFAULT 0;

-- The units that each unit's figures are written to: itself and all above it, up to the city.
CREATE TEMP TABLE above AS
WITH RECURSIVE up (unit, above) AS (
  SELECT code, code FROM divisions WHERE level <> 'province'
  UNION ALL
  SELECT up.unit, p.code FROM up JOIN divisions d ON d.code = up.above JOIN divisions p ON p.code = d.parent WHERE p.level <> 'province'
)
SELECT unit, above FROM up;

UPDATE totals SET entries = c.n FROM (
  SELECT a.above AS unit, substr(c.day, 1, 4) * 12 + substr(c.day, 6, 2) - 1 AS month, c.indicator, c.grp, count(*) AS n
  FROM contributions c JOIN temp.above a ON a.unit = c.unit WHERE c.key = '' GROUP BY 1, 2, 3, 4
) c WHERE totals.unit = c.unit AND totals.month = c.month AND totals.indicator = c.indicator AND totals.grp = c.grp;

-- What waits for a decision is kept as totals are, as entries of the indicator '' and the form as its group.
INSERT INTO totals (unit, month, indicator, grp, value, entries)
SELECT a.above, iif(r.occurred = '', 0, substr(r.occurred, 1, 4) * 12 + substr(r.occurred, 6, 2) - 1), '', r.form, 0, count(*)
FROM records r JOIN temp.above a ON a.unit = r.unit
WHERE r.type = 'entry' AND r.state IN ('submitted', 'amended') GROUP BY 1, 2, 4;
DROP TABLE temp.above;

DROP INDEX records_waiting;
-- What waits for a decision in a unit.
CREATE INDEX records_undecided ON records (unit) WHERE state IN ('submitted', 'amended');
