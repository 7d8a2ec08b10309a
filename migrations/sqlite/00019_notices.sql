-- +goose Up

-- What is here tells people that something waits for them (SPEC N). It is beside the log and not in it: a server that was
-- lost makes a notice again under the same id, and what was read is read again at worst.

-- One row an account that was ever told something, or has ever read something: how far its inbox has come. A phone asks
-- from the number that it has; what it asks from it has received (N1).
CREATE TABLE inboxes (
  account  TEXT PRIMARY KEY,
  head     INTEGER NOT NULL,  -- number of the newest notice or read mark
  received INTEGER NOT NULL   -- the number up to which a phone has said that it has all
) STRICT, WITHOUT ROWID;

-- One row a notice in somebody's inbox.
CREATE TABLE notices (
  account     TEXT NOT NULL,
  num         INTEGER NOT NULL,      -- its place in that inbox
  id          TEXT NOT NULL UNIQUE,  -- 32 hex digits of what makes it this one: it is there once
  kind        TEXT NOT NULL,         -- reminder, message, urgent or raised
  at          INTEGER NOT NULL,      -- UTC milliseconds
  unit        TEXT NOT NULL,         -- the unit by which she was reached, '' where it is none
  ref         TEXT NOT NULL,         -- the message or the entry that it is about, '' where it is none
  params      TEXT NOT NULL,         -- JSON, by kind
  expires     INTEGER NOT NULL,      -- when it says nothing any more, 0 for never
  received_at INTEGER NOT NULL,      -- when a phone said that it has it, 0 while none has
  read_at     INTEGER NOT NULL,      -- when it was read, 0 while it was not
  PRIMARY KEY (account, num)
) STRICT, WITHOUT ROWID;

-- Who has received and read a message; whether somebody has read of an urgent case.
CREATE INDEX notices_by_ref ON notices (ref) WHERE ref <> '';
-- What is old goes.
CREATE INDEX notices_by_age ON notices (at);

-- One row what an account has read, so that her other phones know it: a notice, or what a phone has made itself of an entry
-- (entry:ID:VERSION:EVENT).
CREATE TABLE inbox_reads (
  account TEXT NOT NULL,
  id      TEXT NOT NULL,
  num     INTEGER NOT NULL,  -- place in the same count as notices
  at      INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX inbox_reads_by_num ON inbox_reads (account, num);

-- One row what was told: of a person and a day, and of a person and a campaign's mark (N4, N6). It is written with the
-- notice, so that nothing is told twice.
CREATE TABLE told (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a message of a reviewer or a manager to units below hers.
CREATE TABLE messages (
  id       TEXT PRIMARY KEY,     -- 32 hex digits, made by the phone: sent again it is the same one
  account  TEXT NOT NULL,        -- who sent it
  unit     TEXT NOT NULL,        -- the unit for which she did
  at       INTEGER NOT NULL,
  text     TEXT NOT NULL,
  campaign TEXT NOT NULL,        -- that it is about, '' for none
  units    TEXT NOT NULL,        -- JSON: codes of the units it went to
  roles    TEXT NOT NULL         -- JSON: the roles it went to
) STRICT, WITHOUT ROWID;

-- What somebody has sent, newest first.
CREATE INDEX messages_by_account ON messages (account, at);

-- One row an urgent entry of which somebody was told (N8).
CREATE TABLE urgent_cases (
  entity    TEXT PRIMARY KEY,
  unit      TEXT NOT NULL,
  told_at   INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,   -- when somebody who was told opened it, 0 while nobody has
  raised_at INTEGER NOT NULL    -- when the level above was told, 0 while it was not
) STRICT, WITHOUT ROWID;

-- Which may have to be raised: few.
CREATE INDEX urgent_cases_waiting ON urgent_cases (told_at) WHERE opened_at = 0 AND raised_at = 0;

-- One row a browser that wants to be told.
CREATE TABLE push_subscriptions (
  id       TEXT PRIMARY KEY,      -- of the endpoint
  account  TEXT NOT NULL,
  device   TEXT NOT NULL,
  endpoint TEXT NOT NULL,         -- https address at its push service: who knows it can only send what the key below seals
  p256dh   TEXT NOT NULL,         -- its public key, base64url
  auth     TEXT NOT NULL,         -- its secret, base64url
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where somebody is told.
CREATE INDEX push_subscriptions_by_account ON push_subscriptions (account);

-- One row what has still to leave this server: it goes when it was taken, when nobody is there to take it, and when it says
-- nothing any more (N10). Several processes work on it by leases.
CREATE TABLE push_outbox (
  id      TEXT PRIMARY KEY,       -- of notice and target
  channel TEXT NOT NULL,          -- push or webhook
  target  TEXT NOT NULL,          -- the subscription, '' for the webhook
  account TEXT NOT NULL,
  notice  TEXT NOT NULL,          -- id of the notice: once it is read nobody is disturbed by it
  kind    TEXT NOT NULL,          -- which names the template: nothing else of the notice leaves this server
  night   INTEGER NOT NULL,       -- 1: also in quiet hours
  due     INTEGER NOT NULL,       -- not before; UTC milliseconds
  expires INTEGER NOT NULL,       -- not after
  tries   INTEGER NOT NULL,
  lease   TEXT NOT NULL           -- who has it until it is due again, '' where nobody has
) STRICT, WITHOUT ROWID;

-- What is next.
CREATE INDEX push_outbox_due ON push_outbox (due);

-- +goose Down
DROP TABLE push_outbox;
DROP TABLE push_subscriptions;
DROP TABLE urgent_cases;
DROP TABLE messages;
DROP TABLE told;
DROP TABLE inbox_reads;
DROP TABLE notices;
DROP TABLE inboxes;
