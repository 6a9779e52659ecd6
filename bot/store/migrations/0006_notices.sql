-- Whom a notice to many is for, in the order in which they are told. `effect` told them, `body` names them and what it is about.
CREATE TABLE audiences (
    notice INTEGER NOT NULL,
    customer TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'given', 'told', 'left_out')),
    effect TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (notice, customer)
) WITHOUT ROWID;
CREATE INDEX audiences_waiting ON audiences (notice, customer) WHERE status = 'waiting';
