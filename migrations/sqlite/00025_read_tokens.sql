-- +goose Up

-- One row a token by which another program reads totals: of a unit and of all below it, and nothing else. Of the token only
-- its hash is kept. A row is never deleted: the audit names its id. docs/decisions/0051-read-tokens.md.
CREATE TABLE read_tokens (
    id         TEXT PRIMARY KEY,             -- 32 hex digits, no part of the token
    token      TEXT NOT NULL UNIQUE,         -- hash; the index serves every request that comes with one
    unit       TEXT NOT NULL,
    name       TEXT NOT NULL,                -- what it is for, as whoever made it calls it
    account    TEXT NOT NULL,                -- who made it
    made_at    INTEGER NOT NULL,             -- UTC milliseconds, as all below
    expires_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL DEFAULT 0,   -- when it was revoked; 0: it was not
    used_at    INTEGER NOT NULL DEFAULT 0    -- when it was last used, to ten minutes; 0: never
) STRICT, WITHOUT ROWID;

-- Serves the page of a manager: the tokens of her units.
CREATE INDEX read_tokens_by_unit ON read_tokens (unit);

-- +goose Down
DROP TABLE read_tokens;
