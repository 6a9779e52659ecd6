"""Every SQL statement of the store, by name; no code.

Written for SQLite 3.34 and later (no RETURNING, no STRICT), so that the long-lived Linux distributions will do.
"""

# --- a batch, in the order in which it is written ---------------------------------------------------------------------

FIRE = "DELETE FROM deadlines WHERE customer = ? AND key = ? AND due = ?"

ACCEPT = "INSERT INTO inbox (key, account, customer, body, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"

# Changes no row when the stored version is not the one that the turn was computed on.
PUT_DOSSIER = """
INSERT INTO dossiers (customer, version, body)
SELECT ?1, ?2 + 1, ?3 WHERE ?2 = 0 OR EXISTS (SELECT 1 FROM dossiers WHERE customer = ?1)
ON CONFLICT (customer) DO UPDATE SET version = excluded.version, body = excluded.body
WHERE dossiers.version = ?2
"""

# Changes no row when another turn has consumed the event, or when it is another customer's by now.
CONSUME = "UPDATE inbox SET turn = ? WHERE id = ? AND customer = ? AND turn IS NULL"

PUT_TURN = "INSERT INTO turns (id, customer, at, event, trace) VALUES (?, ?, ?, ?, ?)"

SAY = """
INSERT INTO transcript (customer, conversation, case_number, who, kind, text, at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""

NOTE_ACT = """
INSERT INTO audit (at, who, role, act, case_number, rule, turn, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

PUT_FLOW = "INSERT INTO flows (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING"

SEND = "INSERT INTO outbox (id, turn, customer, place, body, at, due) VALUES (?, ?, ?, ?, ?, ?, ?)"

START_TIMER = """
INSERT INTO deadlines (customer, key, due, body) VALUES (?, ?, ?, ?)
ON CONFLICT (customer, key) DO UPDATE SET due = excluded.due, body = excluded.body
"""

CANCEL_TIMER = "DELETE FROM deadlines WHERE customer = ? AND key = ?"

# Changes no row when the number belongs to another customer's case.
PUT_CASE = """
INSERT INTO cases (number, customer, queue, status, assignee, priority, opened_at, promise, card, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (number) DO UPDATE SET
    queue = excluded.queue, status = excluded.status, assignee = excluded.assignee, priority = excluded.priority,
    promise = excluded.promise, body = excluded.body,
    card = CASE WHEN excluded.card = '' THEN cases.card ELSE excluded.card END
WHERE cases.customer = excluded.customer
"""

# Changes no row when the fact is not what the turn took it for.
PUT_FACT = """
INSERT INTO facts (name, value)
SELECT ?1, ?2 WHERE ?3 = '' OR EXISTS (SELECT 1 FROM facts WHERE name = ?1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE facts.value = ?3
"""

FORGET_FACT = "DELETE FROM facts WHERE name = ? AND value = ?"

MARK = """
UPDATE outbox SET attempts = attempts + 1, status = ?, platform_id = ?, detail = ?, due = coalesce(?, due)
WHERE seq = ?
"""

# --- reading ----------------------------------------------------------------------------------------------------------

DOSSIERS = """
SELECT asked.value, version, body FROM json_each(?) AS asked
LEFT JOIN accounts ON accounts.account = asked.value
JOIN dossiers ON dossiers.customer = coalesce(accounts.customer, asked.value)
"""

KNOWS = "SELECT 1 FROM inbox WHERE key = ?"

WAITING = "SELECT id, body, customer, account FROM inbox WHERE turn IS NULL ORDER BY id"

OUTGOING = """
SELECT seq, outbox.id, outbox.customer, place, body, trace, outbox.at, attempts
FROM outbox JOIN turns ON turns.id = outbox.turn
WHERE status = 'pending' ORDER BY seq
"""

DELIVERED = """
SELECT seq, outbox.id, outbox.customer, place, body, trace, outbox.at, attempts
FROM outbox JOIN turns ON turns.id = outbox.turn
WHERE status = 'delivered' ORDER BY seq DESC LIMIT ?
"""

DUE = "SELECT customer, body FROM deadlines WHERE due <= ? ORDER BY due, customer, key LIMIT ?"

NEXT_DUE = "SELECT min(due) FROM deadlines"

SCHEDULED = "SELECT customer, body FROM deadlines ORDER BY due, customer, key"

BOARD = "SELECT body FROM cases WHERE status <> 'resolved' ORDER BY priority, opened_at, number"

CASE = "SELECT body FROM cases WHERE number = ?"

FACTS = "SELECT name, value FROM facts"

QUEUED = """
SELECT number, queue, priority, opened_at,
    EXISTS (SELECT 1 FROM json_each(body, '$.flags') WHERE value = 'safety') AS danger,
    json_extract(body, '$.late') IS NOT NULL
FROM cases
WHERE status <> 'resolved' AND status = 'waiting' AND json_extract(body, '$.kind') = 'handoff'
ORDER BY danger DESC, priority, opened_at, number
"""

HELD = "SELECT body FROM cases WHERE status = 'owned' ORDER BY number"

WAITED = """
SELECT number, queue, json_extract(body, '$.waited') FROM cases
WHERE json_extract(body, '$.waited') IS NOT NULL ORDER BY number DESC LIMIT ?
"""

NEXT_CASE = "SELECT coalesce(max(number), 0) + 1 FROM cases"

CARD = "SELECT platform_id FROM cases JOIN outbox ON outbox.id = cases.card WHERE number = ?"

SHOWN = "SELECT platform_id FROM outbox WHERE id = ?"

EFFECT_OF = "SELECT id FROM outbox WHERE instr(' ' || platform_id || ' ', ' ' || ? || ' ') LIMIT 1"

POST_AT = """
SELECT body FROM outbox
WHERE instr(' ' || platform_id || ' ', ' ' || ? || ' ') AND json_extract(body, '$.type') = 'Post'
    AND json_extract(body, '$.about') <> ''
ORDER BY seq DESC LIMIT 1
"""

# The card that a case has now, or one that it had: in that one's thread too, agents may go on.
CASE_OF = """
SELECT number FROM cases JOIN outbox ON outbox.id = cases.card WHERE platform_id = ?1
UNION ALL
SELECT json_extract(body, '$.case.number') FROM outbox
WHERE platform_id = ?1 AND json_extract(body, '$.type') = 'OpenCase'
LIMIT 1
"""

# Times in a body may or may not have fractions of a second: seconds are enough.
PLACES = """
SELECT customer, place FROM (
    SELECT coalesce(nullif(json_extract(conversation.value, '$.account'), ''), customer) AS customer,
        json_extract(conversation.value, '$.place') AS place,
        json_extract(conversation.value, '$.active_at') AS active_at
    FROM dossiers, json_each(dossiers.body, '$.conversations') AS conversation
    UNION ALL
    SELECT coalesce(nullif(json_extract(conversation.value, '$.account'), ''), customer),
        json_extract(conversation.value, '$.home'), json_extract(conversation.value, '$.active_at')
    FROM dossiers, json_each(dossiers.body, '$.conversations') AS conversation
    UNION ALL
    SELECT customer, json_extract(suggestion.value, '$.talk.place'),
        json_extract(suggestion.value, '$.talk.active_at')
    FROM dossiers, json_each(dossiers.body, '$.suggestions') AS suggestion
)
WHERE substr(place, 1, length(?1)) = ?1 AND substr(active_at, 1, 19) >= ?2
GROUP BY customer, place ORDER BY max(active_at)
"""

DISPUTED = """
SELECT turns.at, json_extract(trace, '$.id'), transcript.text
FROM turns JOIN transcript ON transcript.customer = turns.customer AND transcript.at = turns.at
WHERE json_extract(trace, '$.rule') IN ('disputed', 'disputed_point') AND transcript.kind = 'customer' AND turns.at >= ?
ORDER BY turns.at, transcript.id
"""
HEARD = """
SELECT turns.id, inbox.at, json_extract(body, '$.place'), json_extract(body, '$.near'), json_extract(body, '$.scope'),
    json_extract(trace, '$.rated')
FROM inbox JOIN turns ON turns.id = inbox.turn
WHERE json_extract(body, '$.type') IN ('MessageReceived', 'ChoicePressed', 'FormSubmitted') AND inbox.at >= ?
ORDER BY inbox.id
"""
OBSERVED = "SELECT customer, json_each.value FROM dossiers, json_each(body, '$.standing.observed') ORDER BY customer"
REFUSED = "SELECT json_each.value FROM turns, json_each(trace, '$.refused') WHERE at >= ? ORDER BY turns.rowid"
TRACE = "SELECT trace FROM turns WHERE id = ?"

# The latest ones: the store turns them round.
SAID = "SELECT id, customer, conversation, case_number, who, kind, text, at FROM transcript"
_THEIRS = (
    "SELECT ?1 UNION SELECT account FROM accounts WHERE customer = (SELECT customer FROM accounts WHERE account = ?1)"
)
SAID_BY_CUSTOMER = f"{SAID} WHERE customer IN ({_THEIRS}) ORDER BY id DESC LIMIT ?2"
SAID_IN_CASE = f"{SAID} WHERE case_number = ? AND case_number > 0 ORDER BY id DESC LIMIT ?"
SAID_AT_ALL = f"{SAID} ORDER BY id DESC LIMIT ?"

# The whole talk of a case: its own lines, and those of its conversations from before it was opened.
TALK = """
SELECT id, customer, conversation, case_number, who, kind, text, at FROM transcript
WHERE id > ?2 AND (case_number = ?1 OR case_number = 0 AND conversation IN (
    SELECT conversation FROM transcript WHERE case_number = ?1 AND case_number > 0
    UNION SELECT json_extract(body, '$.conversation') FROM cases WHERE number = ?1
)) ORDER BY id LIMIT ?3
"""

SAID_BEFORE = """
SELECT id, customer, conversation, CASE WHEN case_number > 0 THEN case_number ELSE coalesce(
    (SELECT max(number) FROM cases WHERE json_extract(body, '$.conversation') = conversation), 0
) END, who, kind, text, at
FROM transcript WHERE id < ? ORDER BY id DESC LIMIT ?
"""

RESOLVED = """
SELECT body FROM cases WHERE status = 'resolved' AND substr(json_extract(body, '$.resolved_at'), 1, 19) >= ?
ORDER BY number
"""

FOLLOW_UPS = """
SELECT json_extract(body, '$.case'), due FROM json_each(?) AS one CROSS JOIN deadlines
    ON customer = json_extract(one.value, '$[0]') AND deadlines.key = json_extract(one.value, '$[1]')
"""

AUDIT = """
SELECT id, at, who, role, act, case_number, rule, turn, detail FROM audit
WHERE id > ?1 AND (?2 = 0 OR case_number = ?2) AND (?3 = '' OR who = ?3) AND at >= ?4 ORDER BY id LIMIT ?5
"""


# --- linked accounts --------------------------------------------------------------------------------------------------

LEAD = "SELECT customer FROM accounts WHERE account = ?"

PUT_ACCOUNT = """
INSERT INTO accounts (account, customer) VALUES (?, ?) ON CONFLICT (account) DO UPDATE SET customer = excluded.customer
"""

FORGET_ACCOUNT = "DELETE FROM accounts WHERE account = ?"

# Gives every event that waits to whose it is now.
REASSIGN = """
UPDATE inbox
SET customer = coalesce((SELECT accounts.customer FROM accounts WHERE accounts.account = inbox.account), account)
WHERE turn IS NULL AND account <> ''
"""

CODE = "SELECT account, until FROM codes WHERE hash = ?"

KEEP_CODE = "INSERT INTO codes (hash, account, until) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING"

FORGET_CODES = "DELETE FROM codes WHERE account = ?"

VOID_CODE = "DELETE FROM codes WHERE hash = ?"

LINKED = "SELECT result, other FROM links WHERE call = ?"

RECORD_LINK = "INSERT INTO links (call, action, account, other, result, at) VALUES (?, ?, ?, ?, ?, ?)"

DOSSIER_BODY = "SELECT body FROM dossiers WHERE customer = ?"

REWRITE_DOSSIER = """
INSERT INTO dossiers (customer, version, body) VALUES (?, 1, ?)
ON CONFLICT (customer) DO UPDATE SET version = version + 1, body = excluded.body
"""

REWRITE_CASE = "UPDATE cases SET body = ?2 WHERE number = ?1"

# --- errands to outside desks -----------------------------------------------------------------------------------------

PUT_ERRAND = """
INSERT INTO errands (id, desk, case_number, customer, kind, body, at, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""

ERRANDS = """
SELECT seq, id, desk, case_number, customer, kind, body, at, since, detail FROM errands
WHERE status = ? AND seq > ? ORDER BY seq
"""

MARK_ERRAND = "UPDATE errands SET status = ?, detail = ? WHERE seq = ?"

FINISH_ERRAND = "DELETE FROM errands WHERE seq = ?"

REVIVE_ERRANDS = """
UPDATE errands SET status = 'pending', since = ?1 WHERE status = 'given_up' AND (?2 = '' OR desk = ?2)
"""

FORGET_ERRANDS = "DELETE FROM errands WHERE desk = ?"

COUNT_ERRANDS = "SELECT desk, status, count(*), max(detail) FROM errands GROUP BY desk, status"

DESK_CASE = "SELECT theirs FROM desk_cases WHERE desk = ? AND case_number = ?"

PUT_DESK_CASE = """
INSERT INTO desk_cases (desk, case_number, theirs) VALUES (?, ?, ?)
ON CONFLICT (desk, case_number) DO UPDATE SET theirs = excluded.theirs
"""

# --- notices to many --------------------------------------------------------------------------------------------------

CUSTOMERS = """
SELECT customer, version, body FROM dossiers WHERE customer > ? AND substr(customer, 1, 6) <> 'staff:'
ORDER BY customer LIMIT ?
"""

HAS_AUDIENCE = "SELECT 1 FROM audiences WHERE notice = ? LIMIT 1"

PUT_PERSON = "INSERT INTO audiences (notice, customer, body) VALUES (?, ?, ?)"

NEXT_PERSON = "SELECT body FROM audiences WHERE notice = ? AND status = 'waiting' ORDER BY customer LIMIT 1"

GIVE = "UPDATE audiences SET status = 'given' WHERE notice = ? AND customer = ? AND status = 'waiting'"

TELL_PERSON = "UPDATE audiences SET status = ?, effect = ? WHERE notice = ? AND customer = ?"

COUNTS = """
SELECT audiences.status, coalesce(outbox.status, ''), count(*)
FROM audiences LEFT JOIN outbox ON outbox.id = audiences.effect AND audiences.effect <> ''
WHERE notice = ? GROUP BY 1, 2
"""

AUDIENCE_OF = """
SELECT audiences.body, audiences.status = 'told' AND coalesce(outbox.status, '') <> 'failed'
FROM audiences LEFT JOIN outbox ON outbox.id = audiences.effect AND audiences.effect <> '' WHERE notice = ?
ORDER BY audiences.customer
"""

# --- the rest ---------------------------------------------------------------------------------------------------------

FLOWS = "SELECT hash, body FROM flows"

FORGET_FLOWS = """
DELETE FROM flows WHERE hash NOT IN (
    SELECT json_extract(frame.value, '$.version')
    FROM dossiers, json_each(dossiers.body, '$.conversations') AS conversation,
        json_each(conversation.value, '$.frames') AS frame
    WHERE json_extract(frame.value, '$.version') IS NOT NULL
    UNION ALL
    SELECT json_extract(frame.value, '$.version')
    FROM dossiers, json_each(dossiers.body, '$.suggestions') AS suggestion,
        json_each(suggestion.value, '$.talk.frames') AS frame
    WHERE json_extract(frame.value, '$.version') IS NOT NULL
)
"""

SETTING = "SELECT value FROM settings WHERE name = ?"

SET = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

UNSET = "DELETE FROM settings WHERE name = ?"

DATA_VERSION = "PRAGMA data_version"
