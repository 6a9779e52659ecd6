-- Accounts that belong to a customer who has several; one that is not here is its own customer. What is stored names the
-- account; whose event it is, is looked up when it is accepted, and again when accounts are linked or unlinked.
CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    customer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX accounts_customer ON accounts (customer);

-- One-time codes, hashed: typed by another account before `until`, one links it with `account`.
CREATE TABLE codes (
    hash TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    until TEXT NOT NULL
) WITHOUT ROWID;

-- What was asked for by code or command, once for each call, and what came of it.
CREATE TABLE links (
    call TEXT PRIMARY KEY,
    action TEXT NOT NULL,
    account TEXT NOT NULL,
    other TEXT NOT NULL,
    result TEXT NOT NULL,
    at TEXT NOT NULL
) WITHOUT ROWID;

ALTER TABLE inbox ADD COLUMN account TEXT NOT NULL DEFAULT '';
UPDATE inbox SET account = customer WHERE turn IS NULL;
