-- +goose Up

-- An account is invited when it has no password yet: password = '' matches nothing.

-- One row an account that was given an enrolment code; a new code replaces the one before. Of the code only hashes are
-- kept: token of the link in the QR code, digits (keyed with the secret 'enrol') of the six digits.
CREATE TABLE enrolments (
    account     TEXT PRIMARY KEY REFERENCES accounts (id),
    token       TEXT NOT NULL UNIQUE, -- the index serves who comes by the link
    digits      TEXT NOT NULL,
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    wrong       INTEGER NOT NULL DEFAULT 0, -- wrong digits so far; at five the digits are dead
    used_at     INTEGER NOT NULL DEFAULT 0, -- 0: not yet
    used_device TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- One row a thing that was done to an account: who opened, reset, closed, handed over. Only ever added to. by_account is
-- '' for whoever keeps the machine. detail is JSON: seats, another account, a phone; no name.
CREATE TABLE account_events (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    by_account TEXT NOT NULL,
    account    TEXT NOT NULL,
    what       TEXT NOT NULL,
    detail     TEXT NOT NULL
) STRICT;

-- Serves an account's page: what was done to it, newest first.
CREATE INDEX account_events_by_account ON account_events (account, seq);

-- Serves what each phone last did: the sessions of one account on one device.
CREATE INDEX sessions_by_device ON sessions (account, device);
DROP INDEX sessions_by_account;

-- +goose Down
CREATE INDEX sessions_by_account ON sessions (account);
DROP INDEX sessions_by_device;
DROP TABLE account_events;
DROP TABLE enrolments;
