-- What customers share, by name, such as who is away and whose turn it is in a queue. Changed on condition only.
CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- How long customers waited until a person answered, of late.
CREATE INDEX cases_waited ON cases (number) WHERE json_extract(body, '$.waited') IS NOT NULL;
