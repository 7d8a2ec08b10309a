-- +goose Up

-- Urgent entries that waited when notices came (00019) were in the lists of township and county already. They are told to
-- nobody anew: at the first start of the new program all of them would be, at whatever hour, and two hours later to the
-- city. They count as told and as opened at this moment.
INSERT INTO urgent_cases (entity, unit, told_at, opened_at, raised_at)
  SELECT r.id, r.unit, strftime('%s', 'now') * 1000, strftime('%s', 'now') * 1000, 0 FROM records r
    WHERE r.urgent = 1 AND r.state IN ('submitted', 'amended')
  ON CONFLICT DO NOTHING;

-- One row a process that reminds, with its own clock: while it is night by any of them nobody is reminded (SPEC N18).
CREATE TABLE reminders_clocks (
  process TEXT PRIMARY KEY,     -- made at its start
  at      INTEGER NOT NULL,     -- UTC milliseconds by its clock
  beats   INTEGER NOT NULL      -- counted up each time that it looks: one that stands still has ended
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE reminders_clocks;
