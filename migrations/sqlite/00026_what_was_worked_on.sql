-- +goose Up

-- One row a record that one of the numbers of work counts in its unit, so that the number opens to it:
-- docs/decisions/0052-numbers-of-work-open.md. n is how often: an entry may be sent back twice. month is the one in which an
-- entry arrived, 0 for work:conflicts, which stand in none. form is '' for a household or person.
CREATE TABLE worked (
  indicator TEXT NOT NULL,
  unit      TEXT NOT NULL,
  month     INTEGER NOT NULL,
  entity    TEXT NOT NULL,
  form      TEXT NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (indicator, unit, month, entity)
) STRICT, WITHOUT ROWID;

-- As 00023 counted them: a day is Beijing's.
INSERT INTO worked (indicator, unit, month, entity, form, n)
SELECT 'work:flagged', unit, strftime('%Y', at) * 12 + strftime('%m', at) - 1, id, form, 1
FROM (SELECT unit, id, form, datetime(json_extract(body, '$.created_at') / 1000 + 28800, 'unixepoch') AS at FROM records
  WHERE type = 'entry' AND state IN ('submitted', 'returned', 'approved', 'amended') AND json_extract(body, '$.flags') IS NOT NULL);

INSERT INTO worked (indicator, unit, month, entity, form, n)
SELECT 'work:conflicts', unit, 0, id, iif(type = 'entry', form, ''), 1 FROM records WHERE json_extract(body, '$.conflicts') IS NOT NULL;

CREATE TEMP TABLE decided AS
SELECT r.unit AS unit, strftime('%Y', datetime(json_extract(r.body, '$.created_at') / 1000 + 28800, 'unixepoch')) * 12
    + strftime('%m', datetime(json_extract(r.body, '$.created_at') / 1000 + 28800, 'unixepoch')) - 1 AS month, r.id AS id, r.form AS form,
  json_extract(CAST(l.bytes AS TEXT), '$.event') <> 'approve' AS back
FROM ledger l JOIN records r ON r.id = l.entity
WHERE l.account <> '' AND l.entity <> '' AND json_extract(l.outcome, '$.outcome') = 'applied' AND instr(CAST(l.bytes AS TEXT), '"transition"') > 0
  AND iif(json_valid(CAST(l.bytes AS TEXT)), json_extract(CAST(l.bytes AS TEXT), '$.kind') = 'transition'
    AND json_extract(CAST(l.bytes AS TEXT), '$.event') IN ('approve', 'return', 'refuse'), 0);
INSERT INTO worked (indicator, unit, month, entity, form, n)
SELECT 'work:decided', unit, month, id, form, count(*) FROM temp.decided GROUP BY 2, 3, 4, 5;
INSERT INTO worked (indicator, unit, month, entity, form, n)
SELECT 'work:returned', unit, month, id, form, count(*) FROM temp.decided WHERE back GROUP BY 2, 3, 4, 5;
DROP TABLE temp.decided;

-- +goose Down
DROP TABLE worked;
