-- +goose Up

-- One row a report that somebody writes, of a unit and a span of days. One that is signed off stands in the ledger, whole;
-- this row then only lists it. docs/decisions/0047-reports.md.
CREATE TABLE reports (
  id         TEXT PRIMARY KEY,
  unit       TEXT NOT NULL,
  first_day  TEXT NOT NULL,
  last_day   TEXT NOT NULL,
  title      TEXT NOT NULL,       -- of its newest version
  version    INTEGER NOT NULL,    -- the newest, from 1
  signed     INTEGER NOT NULL,    -- 1 where it stands in the ledger
  account    TEXT NOT NULL,       -- who made it
  changed_at INTEGER NOT NULL     -- UTC milliseconds
) STRICT, WITHOUT ROWID;
-- The reports of a unit.
CREATE INDEX reports_by_unit ON reports (unit);

-- One row a version of one: none is ever written over.
CREATE TABLE report_versions (
  report  TEXT NOT NULL,
  version INTEGER NOT NULL,
  account TEXT NOT NULL,
  at      INTEGER NOT NULL,       -- UTC milliseconds
  what    TEXT NOT NULL,          -- made, edited, overridden, renewed
  counted INTEGER NOT NULL,       -- the version whose counts it has
  body    TEXT NOT NULL,          -- the document, JSON
  PRIMARY KEY (report, version)
) STRICT, WITHOUT ROWID;

-- One row a snapshot of figures that a report was written from, as it was counted: exact, for nobody in particular.
CREATE TABLE report_counts (
  report  TEXT NOT NULL,
  version INTEGER NOT NULL,
  body    BLOB NOT NULL,          -- JSON, gzip
  PRIMARY KEY (report, version)
) STRICT, WITHOUT ROWID;

-- One row an entry that its reviewer has marked as a typical case (典型案例), told without names.
CREATE TABLE report_cases (
  entity  TEXT PRIMARY KEY,
  unit    TEXT NOT NULL,
  form    TEXT NOT NULL,
  day     TEXT NOT NULL,          -- on which it was done
  text    TEXT NOT NULL,
  account TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The cases of a report's units.
CREATE INDEX report_cases_by_unit ON report_cases (unit, day);

-- One row what a township or a county sends for the report of those above it: what went well (亮点), what is lacking (不足).
CREATE TABLE report_notes (
  id      TEXT PRIMARY KEY,
  unit    TEXT NOT NULL,
  kind    TEXT NOT NULL,          -- highlight, lacking
  day     TEXT NOT NULL,          -- on which it was sent
  text    TEXT NOT NULL,
  account TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The notes of a report's units.
CREATE INDEX report_notes_by_unit ON report_notes (unit, day);

-- One row a figure of a span before the program was there, as it was reported then (往年填报数).
CREATE TABLE report_past (
  unit      TEXT NOT NULL,
  first_day TEXT NOT NULL,
  last_day  TEXT NOT NULL,
  figure    TEXT NOT NULL,        -- visits, visits/purposes=policy
  value     INTEGER NOT NULL,     -- in the steps of the figure
  account   TEXT NOT NULL,
  at        INTEGER NOT NULL,
  PRIMARY KEY (unit, first_day, last_day, figure)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE report_past;
DROP TABLE report_notes;
DROP TABLE report_cases;
DROP TABLE report_counts;
DROP TABLE report_versions;
DROP TABLE reports;
