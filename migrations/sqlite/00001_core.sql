-- +goose Up

-- One row a fact about the whole store: server_epoch, catalogue (hash in force).
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a unit of the administrative divisions, in the order of import.
CREATE TABLE divisions (
  place  INTEGER PRIMARY KEY,
  code   TEXT NOT NULL UNIQUE,
  name   TEXT NOT NULL,
  level  TEXT NOT NULL,
  parent TEXT NOT NULL            -- '' for the topmost
) STRICT;

-- One row an account that has or had a seat. body: the actor as JSON (seats, past units).
CREATE TABLE actors (
  account TEXT PRIMARY KEY,
  body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a seat held now. Answers: who reviews at this unit (SPEC R4).
CREATE TABLE seats (
  unit    TEXT NOT NULL,
  role    TEXT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (unit, role, account)
) STRICT, WITHOUT ROWID;

-- One row an epoch: the log of one installation for one account.
CREATE TABLE logs (
  epoch   TEXT PRIMARY KEY,
  account TEXT NOT NULL,
  device  TEXT NOT NULL,
  through INTEGER NOT NULL,       -- last number in the ledger
  chain   TEXT NOT NULL           -- hash of that line
) STRICT, WITHOUT ROWID;

-- One row a line that ever arrived, with its exact bytes. Never changed, but for
-- the outcome of a parked line when it is replayed; never deleted.
CREATE TABLE ledger (
  seq      INTEGER PRIMARY KEY,   -- place in the whole ledger
  epoch    TEXT NOT NULL,
  n        INTEGER NOT NULL,
  hash     TEXT NOT NULL,
  bytes    BLOB NOT NULL,
  entity   TEXT NOT NULL,         -- '' for the server's own lines and unreadable ones
  account  TEXT NOT NULL,
  received INTEGER NOT NULL,      -- UTC milliseconds
  outcome  TEXT NOT NULL          -- JSON
) STRICT;
-- A retry finds its stored receipt (S2).
CREATE UNIQUE INDEX ledger_by_number ON ledger (epoch, n);
-- The history of one record.
CREATE INDEX ledger_by_entity ON ledger (entity, seq) WHERE entity <> '';

-- One row a ledger line that waits for a cause (S8).
CREATE TABLE parked (
  epoch     TEXT NOT NULL,
  n         INTEGER NOT NULL,
  seq       INTEGER NOT NULL,
  entity    TEXT NOT NULL,
  waits_for TEXT NOT NULL,
  PRIMARY KEY (epoch, n)
) STRICT, WITHOUT ROWID;
-- Released by cause, in the ledger's order.
CREATE INDEX parked_by_cause ON parked (waits_for, seq);
-- Does anything of this record wait?
CREATE INDEX parked_by_entity ON parked (entity, seq);

-- One row a record: entry, household or person. body: the whole record as JSON;
-- the columns beside it are only what queries ask for.
CREATE TABLE records (
  id        TEXT PRIMARY KEY,
  type      TEXT NOT NULL,
  unit      TEXT NOT NULL,
  form      TEXT NOT NULL,        -- '' for a register
  state     TEXT NOT NULL,
  urgent    INTEGER NOT NULL,
  occurred  TEXT NOT NULL,        -- of the content; '' where there is none
  household TEXT NOT NULL,        -- these three of the approved content while it counts, else ''
  counted_on TEXT NOT NULL,       -- its occurred_on
  due_on    TEXT NOT NULL,        -- the day it asks for another entry
  body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- What waits for a decision, counted by unit and form without reading a record.
CREATE INDEX records_waiting ON records (occurred, unit, form) WHERE state IN ('submitted', 'amended');
-- Urgent entries that wait.
CREATE INDEX records_urgent ON records (unit) WHERE urgent = 1 AND state IN ('submitted', 'amended');
-- Counted entries about a household in a span of days: was its follow-up kept?
CREATE INDEX records_by_household ON records (household, form, counted_on) WHERE household <> '';
-- What asks for another entry about this household.
CREATE INDEX records_due ON records (household, form, due_on) WHERE due_on <> '';

-- One row an earlier content of a record, by its hash: what a patch's trunk names.
CREATE TABLE versions (
  id      TEXT NOT NULL,
  version TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (id, version)
) STRICT, WITHOUT ROWID;

-- One row a feed, with the last place given out in it (S10).
CREATE TABLE feeds (
  feed TEXT PRIMARY KEY,
  head INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a record in a feed, at the place of its last change there. view: 0 whole, 1 stub, 2 gone.
CREATE TABLE feed_rows (
  feed   TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  entity TEXT NOT NULL,
  type   TEXT NOT NULL,
  view   INTEGER NOT NULL,
  PRIMARY KEY (feed, seq)
) STRICT, WITHOUT ROWID;
-- The record's old place, when it moves.
CREATE UNIQUE INDEX feed_rows_by_entity ON feed_rows (entity, feed);

-- One row what one approved record adds to one figure. The primary key serves
-- the way from a figure down to its entries: unit by unit, day by day.
CREATE TABLE contributions (
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,        -- '' the whole
  unit      TEXT NOT NULL,
  day       TEXT NOT NULL,
  entity    TEXT NOT NULL,
  key       TEXT NOT NULL,        -- '' but for distinct counts
  value     INTEGER NOT NULL,
  PRIMARY KEY (indicator, grp, unit, day, entity, key)
) STRICT, WITHOUT ROWID;
-- A record's own contributions, when it changes.
CREATE INDEX contributions_by_entity ON contributions (entity);

-- One row a sum or count of one figure in one month, for a unit with all below it.
-- month: months since year 0. A page of figures reads one unit's months in order.
CREATE TABLE totals (
  unit      TEXT NOT NULL,
  month     INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  value     INTEGER NOT NULL,
  PRIMARY KEY (unit, month, indicator, grp)
) STRICT, WITHOUT ROWID;

-- One row a month in which a key of a distinct count stands, with the number of contributions.
CREATE TABLE key_months (
  unit      TEXT NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  key       TEXT NOT NULL,
  month     INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (unit, indicator, grp, key, month)
) STRICT, WITHOUT ROWID;

-- One row how many keys stand in month and stood last in prev (0: never) before
-- it: see docs/decisions/0001-distinct-steps.md.
CREATE TABLE steps (
  unit      TEXT NOT NULL,
  month     INTEGER NOT NULL,
  indicator TEXT NOT NULL,
  grp       TEXT NOT NULL,
  prev      INTEGER NOT NULL,
  n         INTEGER NOT NULL,
  PRIMARY KEY (unit, month, indicator, grp, prev)
) STRICT, WITHOUT ROWID;
