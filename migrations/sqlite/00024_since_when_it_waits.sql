-- +goose Up

-- Since when an entry waits for a decision, UTC milliseconds; 0 where it does not. The index of what waits has it, so that a
-- city's backlog and its age are counted without reading an entry.
ALTER TABLE records ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
UPDATE records SET sent = coalesce(json_extract(body, '$.submitted_at'), 0) WHERE state IN ('submitted', 'amended');
DROP INDEX records_undecided;
-- What waits for a decision in a unit, and since when.
CREATE INDEX records_undecided ON records (unit, sent) WHERE state IN ('submitted', 'amended');

-- +goose Down
DROP INDEX records_undecided;
CREATE INDEX records_undecided ON records (unit) WHERE state IN ('submitted', 'amended');
ALTER TABLE records DROP COLUMN sent;
