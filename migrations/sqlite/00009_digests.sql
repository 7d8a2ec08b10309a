-- +goose Up

-- What a feed is made of, in two numbers that any phone can compare with its own (S18): how many rows it has that are no
-- tombstones, and the sum of their hashes modulo 2^64, as a signed number. NULL: not counted yet; the server does so by
-- itself, a feed at a time.
ALTER TABLE feeds ADD COLUMN live INTEGER;
ALTER TABLE feeds ADD COLUMN digest INTEGER;
-- The place of the newest tombstone that was taken away (S19): a cursor before it is told to begin again.
ALTER TABLE feeds ADD COLUMN floor INTEGER NOT NULL DEFAULT 0;
-- What is still to be counted; empty soon after this program first starts.
CREATE INDEX feeds_uncounted ON feeds (num) WHERE digest IS NULL;

-- One row how far a feed was at a time (UTC milliseconds): tombstones up to there are no younger. So no row has a time of its own.
CREATE TABLE feed_marks (
  at   INTEGER NOT NULL,
  feed INTEGER NOT NULL,          -- num of feeds
  seq  INTEGER NOT NULL,
  PRIMARY KEY (at, feed)
) STRICT, WITHOUT ROWID;
-- A feed's newest mark.
CREATE INDEX feed_marks_by_feed ON feed_marks (feed, at);
-- Tombstones, in order: they are few among a feed's rows.
CREATE INDEX feed_rows_gone ON feed_rows (feed, seq) WHERE view = 2;
