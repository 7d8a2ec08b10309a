-- +goose Up

-- One row an attachment that a phone has begun to send: a photo, a signature or a voice note that a field of a record
-- names by its id. Its bytes lie in a file of that name beside the database (server/attachment), never in it: a database of
-- photos would be slow to copy, and the log, from which all else follows, does not need them. The row is no part of the log
-- either: which record an attachment belongs to is said by the record's content, and what is here by this row.
CREATE TABLE attachments (
  id         TEXT PRIMARY KEY,       -- 32 hex digits, made by the phone: sent again it is the same one
  entity     TEXT NOT NULL,          -- the record
  field      TEXT NOT NULL,
  kind       TEXT NOT NULL,          -- photo, signature or voice: the type of the field when it was begun
  account    TEXT NOT NULL,          -- who sends it
  unit       TEXT NOT NULL,          -- of the record
  length     INTEGER NOT NULL,       -- bytes that the phone sends
  received   INTEGER NOT NULL,       -- bytes of them that are safe on the disk
  state      TEXT NOT NULL,          -- coming, ready, or broken: all came, and it is not what it should be
  type       TEXT NOT NULL,          -- media type of the file that is kept, '' until it is ready
  size       INTEGER NOT NULL,       -- bytes of that file
  hash       TEXT NOT NULL,          -- SHA-256 of that file, hex
  thumbnail  INTEGER NOT NULL,       -- bytes of the small picture beside it, 0 where there is none; it can be made again
  created_at INTEGER NOT NULL,       -- UTC milliseconds
  touched_at INTEGER NOT NULL,       -- when its last bytes came
  unnamed_at INTEGER NOT NULL        -- since when no record names it, 0 while one does; after 30 days it goes
) STRICT, WITHOUT ROWID;

-- How many a record has already.
CREATE INDEX attachments_by_entity ON attachments (entity);
-- How many somebody has begun lately, and how many of them she has not brought to an end.
CREATE INDEX attachments_by_account ON attachments (account, created_at);
-- What is coming still: few of many.
CREATE INDEX attachments_coming ON attachments (account) WHERE state = 'coming';

-- +goose Down
DROP TABLE attachments;
