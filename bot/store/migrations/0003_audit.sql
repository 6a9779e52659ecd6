-- Who did what, and by which rule it was taken or refused. Ids, numbers and names of acts; nobody's words.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    act TEXT NOT NULL,
    case_number INTEGER NOT NULL,
    rule TEXT NOT NULL,
    turn TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_case ON audit (case_number, id) WHERE case_number > 0;
CREATE INDEX audit_who ON audit (who, id);

-- A case's whole talk, from before it was opened; whose case a conversation became; what was solved in a shift.
CREATE INDEX transcript_conversation ON transcript (conversation, id);
CREATE INDEX cases_conversation ON cases (json_extract(body, '$.conversation'));
CREATE INDEX cases_resolved ON cases (substr(json_extract(body, '$.resolved_at'), 1, 19)) WHERE status = 'resolved';
