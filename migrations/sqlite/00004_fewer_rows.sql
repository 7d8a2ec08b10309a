-- +goose Up
-- Fewer and smaller rows for the same facts: docs/decisions/0007-speed.md says what each was worth.

-- One row a feed, with the last place given out in it (S10). num stands for it in feed_rows.
CREATE TABLE feeds_new (
  num  INTEGER PRIMARY KEY,
  feed TEXT NOT NULL UNIQUE,
  head INTEGER NOT NULL
) STRICT;
INSERT INTO feeds_new (feed, head) SELECT feed, head FROM feeds ORDER BY feed;

-- One row a record: entry, household or person, in the order in which they came: what is written together lies together.
-- body: the record as JSON, without what follows from the rest (server/store/sqlite/body.go); the columns beside it are
-- what queries ask for, and what its next change must take out again.
CREATE TABLE records_new (
  num       INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  type      TEXT NOT NULL,
  unit      TEXT NOT NULL,
  form      TEXT NOT NULL,        -- '' for a register
  state     TEXT NOT NULL,
  urgent    INTEGER NOT NULL,
  occurred  TEXT NOT NULL,        -- of the content; '' where there is none
  household TEXT NOT NULL,        -- these three of the approved content while it counts, else ''
  counted_on TEXT NOT NULL,       -- its occurred_on
  due_on    TEXT NOT NULL,        -- the day it asks for another entry
  follows   TEXT NOT NULL,        -- the entry that it follows (of the approved content once there is one), '' for none
  feeds     TEXT NOT NULL,        -- its rows in feed_rows, as JSON: [[feed, seq], …]
  counted   TEXT NOT NULL,        -- its rows in contributions, as JSON: [[indicator, grp, day, key, value], …]
  body      TEXT NOT NULL
) STRICT;
INSERT INTO records_new (id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows, feeds, counted, body)
SELECT id, type, unit, form, state, urgent, occurred, household, counted_on, due_on, follows,
  (SELECT json_group_array(json_array(n.num, f.seq)) FROM feed_rows f JOIN feeds_new n ON n.feed = f.feed WHERE f.entity = r.id),
  (SELECT json_group_array(json_array(c.indicator, c.grp, c.day, c.key, c.value)) FROM contributions c WHERE c.entity = r.id),
  body
FROM records r ORDER BY json_extract(body, '$.created_at'), id;

-- One row a record in a feed, at the place of its last change there. view: 0 whole, 1 stub, 2 gone.
CREATE TABLE feed_rows_new (
  feed   INTEGER NOT NULL,        -- num of feeds
  seq    INTEGER NOT NULL,
  record INTEGER NOT NULL,        -- num of records
  view   INTEGER NOT NULL,
  PRIMARY KEY (feed, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO feed_rows_new (feed, seq, record, view)
SELECT n.num, f.seq, r.num, f.view FROM feed_rows f JOIN feeds_new n ON n.feed = f.feed JOIN records_new r ON r.id = f.entity;

DROP TABLE feed_rows;
DROP TABLE feeds;
DROP TABLE records;
ALTER TABLE feeds_new RENAME TO feeds;
ALTER TABLE records_new RENAME TO records;
ALTER TABLE feed_rows_new RENAME TO feed_rows;

-- What waits for a decision, counted by unit and form without reading a record.
CREATE INDEX records_waiting ON records (occurred, unit, form) WHERE state IN ('submitted', 'amended');
-- Urgent entries that wait.
CREATE INDEX records_urgent ON records (unit) WHERE urgent = 1 AND state IN ('submitted', 'amended');
-- Counted entries about a household in a span of days: was its follow-up kept?
CREATE INDEX records_by_household ON records (household, form, counted_on) WHERE household <> '';
-- What asks for another entry about this household.
CREATE INDEX records_due ON records (household, form, due_on) WHERE due_on <> '';
-- What goes along when an entry joins another case.
CREATE INDEX records_following ON records (follows) WHERE follows <> '';

-- A record knows its own contributions now.
DROP INDEX contributions_by_entity;
-- Where and when a key of a distinct count stands: it says what key_months said for every unit above as well.
CREATE INDEX contributions_by_key ON contributions (key, indicator, grp, unit, day) WHERE key <> '';
DROP TABLE key_months;
