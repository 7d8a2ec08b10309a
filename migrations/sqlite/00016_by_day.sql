-- +goose Up

-- What is counted on some days is found by the day: the entries that were done on them, and of what is dated by another
-- field (a petition's closing, a follow-up's due day) the contributions themselves. These are few, so that an index of all
-- contributions by day, a row for each of them, is not needed. docs/decisions/0039-figures-of-a-million-entries.md.

-- The counted entries of some days, and those dated after today.
CREATE INDEX records_by_day ON records (counted_on, unit) WHERE counted_on <> '';

-- apart: 1 where the contribution's day is not the one on which its entry was done, or was not when it was written. What
-- stands is left at 0: it is found by contributions_turning.
ALTER TABLE contributions ADD COLUMN apart INTEGER NOT NULL DEFAULT 0;
-- Entry by entry in the order of their rows, and then each by its key: left to itself SQLite goes through all contributions
-- and reads the list of an entry for every one of them, which takes minutes where this takes seconds.
CREATE TEMP TABLE moved AS
SELECT r.id AS entity, r.unit AS unit, json_extract(j.value, '$[0]') AS indicator, json_extract(j.value, '$[1]') AS grp,
  json_extract(j.value, '$[2]') AS day, json_extract(j.value, '$[3]') AS key
FROM records r CROSS JOIN json_each(r.counted) j
WHERE r.counted <> '[]' AND json_extract(j.value, '$[2]') <> r.counted_on;
UPDATE contributions SET apart = 1 WHERE (indicator, grp, unit, day, entity, key) IN (
  SELECT indicator, grp, unit, day, entity, key FROM temp.moved WHERE substr(key, 1, 1) <> '@');
DROP TABLE temp.moved;
-- They, by their days. It has all that is read of them.
CREATE INDEX contributions_apart ON contributions (day, unit, value) WHERE apart = 1;

-- +goose Down
DROP INDEX contributions_apart;
ALTER TABLE contributions DROP COLUMN apart;
DROP INDEX records_by_day;
