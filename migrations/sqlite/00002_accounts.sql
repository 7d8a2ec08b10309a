-- +goose Up

-- An account is a person who signs in. password is a PHC string of argon2id. An account is never deleted, because the
-- log names it; active = 0 closes it. Its seats are in the log.
CREATE TABLE accounts (
    id          TEXT PRIMARY KEY,
    login       TEXT NOT NULL UNIQUE, -- lower case; the index serves signing in
    name        TEXT NOT NULL,
    password    TEXT NOT NULL,
    active      INTEGER NOT NULL DEFAULT 1,
    must_change INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- A session is one sign-in on one device. used and next are hashes of the refresh token used last and of its successor;
-- no token is kept in the clear.
CREATE TABLE sessions (
    id          TEXT PRIMARY KEY,
    account     TEXT NOT NULL REFERENCES accounts (id),
    device      TEXT NOT NULL,
    device_name TEXT NOT NULL,
    used        TEXT NOT NULL,
    next        TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    used_at     INTEGER NOT NULL,
    ended       INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Serves ending all sessions of an account whose password was reset.
CREATE INDEX sessions_by_account ON sessions (account);

-- A secret is a key of this installation: access signs access tokens, refresh derives refresh tokens.
CREATE TABLE secrets (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE secrets;
DROP TABLE sessions;
DROP TABLE accounts;
