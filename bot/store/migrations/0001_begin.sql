-- Times are UTC, ISO 8601 with microseconds: they sort as text. Bodies are JSON.

-- What happened, in order of acceptance. `key` names the happening, so that a repeated delivery is left out.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    turn TEXT
);
CREATE INDEX inbox_waiting ON inbox (id) WHERE turn IS NULL;

-- What is in progress for each customer; `version` counts its turns.
CREATE TABLE dossiers (
    customer TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
);

-- Why each turn went as it did.
CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    trace TEXT NOT NULL
);

-- What was said and noted.
CREATE TABLE transcript (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customer TEXT NOT NULL,
    conversation TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    who TEXT NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX transcript_customer ON transcript (customer, id);
CREATE INDEX transcript_case ON transcript (case_number, id) WHERE case_number > 0;

-- Effects on their way out. `due` is when the next attempt may start.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    turn TEXT NOT NULL REFERENCES turns (id),
    customer TEXT NOT NULL,
    place TEXT NOT NULL,
    body TEXT NOT NULL,
    at TEXT NOT NULL,
    due TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'delivered', 'failed')),
    platform_id TEXT NOT NULL DEFAULT '',
    detail TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_pending ON outbox (seq) WHERE status = 'pending';

CREATE TABLE deadlines (
    customer TEXT NOT NULL,
    key TEXT NOT NULL,
    due TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (customer, key)
) WITHOUT ROWID;
CREATE INDEX deadlines_due ON deadlines (due);

-- The board: a copy of each case as its dossier last had it. `card` is the effect that posted its card.
CREATE TABLE cases (
    number INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    queue TEXT NOT NULL,
    status TEXT NOT NULL,
    assignee TEXT NOT NULL,
    priority INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    promise TEXT,
    card TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX cases_open ON cases (priority, opened_at) WHERE status <> 'resolved';

-- Compiled flows that somebody is still in, by hash.
CREATE TABLE flows (
    hash TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
