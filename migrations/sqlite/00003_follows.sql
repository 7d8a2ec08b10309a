-- +goose Up

-- The entry that this one follows (of the approved content once there is one), '' for none.
ALTER TABLE records ADD COLUMN follows TEXT NOT NULL DEFAULT '';
UPDATE records SET follows = coalesce(
  CASE WHEN json_type(body, '$.approved') = 'object' THEN coalesce(json_extract(body, '$.approved.follows'), '') END,
  json_extract(body, '$.content.follows'), '') WHERE type = 'entry';
-- What goes along when an entry joins another case.
CREATE INDEX records_following ON records (follows) WHERE follows <> '';
