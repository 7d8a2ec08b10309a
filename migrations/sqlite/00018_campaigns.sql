-- +goose Up

-- One row a campaign in force: a special action, or the targets of a year. It is written with the line of the server's
-- own log that says it, and holds what the newest such line says. docs/decisions/0042-campaigns.md.
CREATE TABLE campaigns (
  id       TEXT PRIMARY KEY,
  unit     TEXT NOT NULL,         -- that runs it
  state    TEXT NOT NULL,         -- running, closed
  start    TEXT NOT NULL,         -- days, both included
  deadline TEXT NOT NULL,
  body     TEXT NOT NULL          -- the campaign, JSON
) STRICT, WITHOUT ROWID;

-- One row a draft of one, which is in no log: nobody but the managers of its unit knows of it.
CREATE TABLE campaign_drafts (
  id         TEXT PRIMARY KEY,
  unit       TEXT NOT NULL,
  account    TEXT NOT NULL,       -- who wrote it last
  changed_at INTEGER NOT NULL,    -- UTC milliseconds
  body       TEXT NOT NULL        -- the draft, JSON
) STRICT, WITHOUT ROWID;
-- The drafts of a unit.
CREATE INDEX campaign_drafts_by_unit ON campaign_drafts (unit);

-- A unit's households: how many they are, by which targets are shared out, and which of them are missing in a campaign.
CREATE INDEX records_households ON records (unit) WHERE type = 'household';

-- +goose Down
DROP INDEX records_households;
DROP TABLE campaign_drafts;
DROP TABLE campaigns;
