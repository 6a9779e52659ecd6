"""Frontdesk: a customer-support bot for communities on Slack and Discord.

One idea carries the house: the engine decides, the shell does. What to answer, which step comes next and when a human
is owed is a pure function of what happened, what is known and what time it is. Sockets, databases, clocks and retries
are a thin shell around it.

    platform ──event──▶ inbox ──load──▶ engine ──▶ Turn(dossier, effects) ──commit──▶ outbox ──▶ platform
                          ▲                                                   ├──▶ connector ──result──┐
                          │                                                   └──▶ deadlines ──due─────┤
                          └────────────────────────────────────────────────────────────────────────────┘

The map, from the inside out (a test walks the imports and holds every arrow to point inwards):

    knowledge/    PURE  normalising, matching, confidence: which entry is this about?
    desk/         PURE  cases, queues, opening hours, roles, and the floor that all share
    dialog/       PURE  events, effects, the dossier, flows, repairs; `engine.advance` is the heart
    ports.py            the seams: Store, Channel, Connector, Clock
    actions.py          what flows may ask of the order system, and the shape of an order: content is checked against it
    content/            YAML → Catalog; every problem with file:line, all at once
    runtime/            accept, take turns, commit together, deliver, wake at deadlines
    store/              SQL: schema, migrations, statements; SQLite
    channels/           slack/, discord/, console/ and web/ (the playground): translate and show, nothing else
    connectors/         outside systems: orders (the demo shop's, Shopify's, others by a mapping), help desks, webhooks
    secrets.py          tokens that hide themselves, and the sieve for all output
    config.py           config.yaml and the environment → Settings
    tokens.py           the environment and files → tokens
    app.py              the composition root: the only place that knows concrete adapters
    platforms.py        settings and tokens → the channels that `run` serves
    rehearsal.py        conversation tests: scripts played on the whole bot
    trying.py           `frontdesk try` and `frontdesk eval`
    calibrating.py      `frontdesk calibrate`: how sure the bot has to be, by labelled messages
    cli/                the command line
    errors.py           the error tree

Content is not code: the folders faqs/, flows/ and handoff/ beside this package belong to a shop's admins.
"""

import os

# One message is too little work for several cores: numpy's threads would spend more on waiting than on working. It
# reads this when it is first imported; whoever has set it keeps it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
