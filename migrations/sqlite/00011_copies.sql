-- +goose Up

-- What is durable of a log: its last number that a verified copy off site has (SPEC S21), NULL where none has any.
-- It stands beside through, so that a receipt finds both in one row.
ALTER TABLE logs ADD COLUMN durable INTEGER;

-- One row a backup that was made and passed its checks, the latest few hundred. A copy counts as off site once somebody
-- gives back its hash, computed where the copy lies.
CREATE TABLE copies (
  hash      TEXT PRIMARY KEY,      -- SHA-256 of the file, hex
  at        INTEGER NOT NULL,      -- UTC milliseconds: it has everything that was acknowledged before
  place     INTEGER NOT NULL,      -- it has the ledger up to this line
  bytes     INTEGER NOT NULL,
  replayed  INTEGER NOT NULL,      -- 1: its log was replayed and agrees with its data
  confirmed INTEGER,               -- UTC milliseconds; NULL while nobody has seen it off site
  lies      TEXT NOT NULL DEFAULT '' -- where, in the words of who confirmed it
) STRICT, WITHOUT ROWID;

-- What was rejected lately, for those who look after its authors: few lines of many.
CREATE INDEX ledger_rejected ON ledger (seq) WHERE account <> '' AND instr(outcome, '"outcome":"rejected"') > 0;
