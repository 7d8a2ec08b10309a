-- +goose Up

-- One row, with a number that grows whenever anything changes by which it is decided who calls and what she may do. The
-- server asks for it at each request, and for the rest only when it has grown: a session that is ended, an account that
-- is closed and a seat that is taken away hold from the next request, whichever program did it.
-- docs/decisions/0024-what-a-request-costs.md.
CREATE TABLE standing (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  n   INTEGER NOT NULL
) STRICT;
INSERT INTO standing (one, n) VALUES (1, 1);

-- A session that begins is not known yet; its tokens say nothing of who may call.
-- +goose StatementBegin
CREATE TRIGGER standing_session_changed AFTER UPDATE OF id, account, device, ended ON sessions BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER standing_session_gone AFTER DELETE ON sessions BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER standing_account_changed AFTER UPDATE ON accounts BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER standing_account_gone AFTER DELETE ON accounts BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd

-- An account without a seat is not in actors: the first seat counts too.
-- +goose StatementBegin
CREATE TRIGGER standing_actor_new AFTER INSERT ON actors BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER standing_actor_changed AFTER UPDATE ON actors BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER standing_actor_gone AFTER DELETE ON actors BEGIN UPDATE standing SET n = n + 1; END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER standing_session_changed;
DROP TRIGGER standing_session_gone;
DROP TRIGGER standing_account_changed;
DROP TRIGGER standing_account_gone;
DROP TRIGGER standing_actor_new;
DROP TRIGGER standing_actor_changed;
DROP TRIGGER standing_actor_gone;
DROP TABLE standing;
