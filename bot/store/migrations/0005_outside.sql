-- Errands to outside desks (webhooks, a help desk), in the order in which things happened; one that is done is deleted.
-- `id` is the same for every desk and on every attempt; from `since` on it is counted when one is given up.
CREATE TABLE errands (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    desk TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    customer TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    since TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'given_up')),
    detail TEXT NOT NULL DEFAULT '',
    UNIQUE (desk, id)
);
CREATE INDEX errands_pending ON errands (seq) WHERE status = 'pending';

-- By which id an outside desk keeps our case.
CREATE TABLE desk_cases (
    desk TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    theirs TEXT NOT NULL,
    PRIMARY KEY (desk, case_number)
) WITHOUT ROWID;

-- What tells this database's cases from another's, where several report to one desk.
INSERT INTO settings (name, value) VALUES ('instance', lower(hex(randomblob(6))));
