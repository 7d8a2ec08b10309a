-- +goose Up
-- Files of feeds for phones that have nothing of them yet lie beside the database (server/snapshots). Whether such a file
-- may still be given to anybody is said here, in the transaction that takes a record away from the feed's readers.

-- narrowed: the feed's last place when a row that was whole in it was last taken out or made a stub; 0 where that never was.
-- A file made before that place is withdrawn (S20).
ALTER TABLE feeds ADD COLUMN narrowed INTEGER NOT NULL DEFAULT 0;
