-- +goose Up

-- With the id in it what has waited longest in a unit is the beginning of a range, however much waits there.
DROP INDEX records_undecided;
CREATE INDEX records_undecided ON records (unit, sent, id) WHERE state IN ('submitted', 'amended');

-- +goose Down
DROP INDEX records_undecided;
CREATE INDEX records_undecided ON records (unit, sent) WHERE state IN ('submitted', 'amended');
