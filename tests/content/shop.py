"""A small shop of its own for tests: every file as text, to be changed at one place and loaded."""

from collections.abc import Mapping
from pathlib import Path

from bot.content import load
from bot.content.notice_texts import DETAILS
from bot.content.texts import COMMANDS, TEXTS
from bot.errors import ContentError

FAQS = """\
entries:
  opening_hours:
    title: Opening hours
    topics: [hours]
    phrasings: [when are you open, what are your opening hours]
    answer: We are open from 9 to 5.
  parking:
    title: Parking
    phrasings: [where can I park, is there a car park]
    answer: Behind the house.
  hello:
    title: Hello
    kind: smalltalk
    phrasings: [hello, good morning]
    answer: Hello!
"""

FLOWS = """\
flows:
  refund:
    title: Refund
    phrasings: [I want my money back]
    steps:
      ask_order:
        ask: number
        type: order
        say: Which order?
      sure:
        confirm: Refund {{ number }}?
        yes: done
        no: kept
      done:
        end: refunded
        say: Done.
      kept:
        end: kept
policies:
  window:
    rule: 30 days.
    why: It is the law.
    alternatives: [{value: credit, label: Credit, say: Store credit.}]
    window: {days: 30, from: now, because: Too late.}
"""

CHECK_IN = """\
flows:
  check_in:
    title: How did it go?
    steps:
      ask_fixed: {ask: fixed, type: yes_no, say: "Is it resolved? {{ about }}"}
      over: {end: done, say: Thank you.}
"""

HANDOFF = """\
voice: {company: Pine, bot: Pip, zone: Europe/London}
suggestions: [hello]
limits: {misses: 2, check: 0}
hours:
  office:
    zone: Europe/London
    week: {mon: ["09:00-17:00"], tue: ["09:00-12:00", "13:00-17:00"]}
queues:
  care: {name: our care team, hours: office, first_response: 2h}
agents:
  dana: {name: Dana}
  sam: {name: Sam, role: supervisor}
wishes:
  person:
    title: Talk to a person
    queue: care
    reason: Asked for a person
    phrasings: [talk to a person]
"""

LEVELS = """\
levels:
  high: {priority: 2, first_response: 1h, resolve: 8h}
  normal: {priority: 3, first_response: 2h, next_response: 2h, resolve: 24h}
"""

PROMISES = """\
promises:
  commitments: ["I'll"]
  breaks: [why]
  joins: [and]
  vague: []
  not_after: [since]
  not_before: [ago]
  spans:
    - within {n} {unit}
  numbers: {"1": [one], "2": [two]}
  ranges: [to]
  units: {minute: [minutes], hour: [hours, hour], day: [days], business_day: [], week: [weeks]}
  clock_leads: [by]
  times: ["{h}:{min}", "{h} {half}"]
  halves: {am: [am], pm: [pm]}
  named_times: {"12:00": [noon]}
  parts: [{until: "12:00", words: [morning], alone: [this morning]}]
  day_leads: [by, "on"]
  day_before: [before]
  ends: [end of day]
  days:
    today: [today]
    tomorrow: [tomorrow]
    day_after_tomorrow: []
    next_business_day: []
    this_week: []
    next_week: []
    weekday: ["{weekday}"]
    next_weekday: []
    date: ["{d} {month}"]
  ordinals: [th]
  weekdays: [[monday], [tuesday], [wednesday], [thursday], [friday], [saturday], [sunday]]
  months: [[jan], [feb], [mar], [apr], [may], [jun], [jul], [aug], [sep], [oct], [nov], [dec]]
"""

ANSWERS = """\
answers:
  numbers: {"1": [one], "2": [two]}
  ordinals: {"1": [first], "-1": [last]}
  money: {GBP: ["£"]}
  all: [all of it]
  but: [except]
  dont_know: [no idea]
"""

MOOD = """\
mood:
  cues:
    - {means: upset, weight: 1, words: [annoyed]}
abuse: {ladder: [boundary]}
tone: {avoid: []}
identity: {by: none}
"""

DECISIONS = """\
goodwill:
  caps:
    agent: {per_case: 10, per_customer: 20}
needed_by: {soon: 3d, urgent: 1d}
ending:
  steps:
    - {id: notice, text: Write to them}
"""

COMMAND_WORDS = {"cancel": "stop it", "back": "go back", "restart": "start over", "yes": "yes", "no": "no"}


def _button(name: str) -> str:
    """Return what people press to act on a case by these words, and what it is called; nothing for all other texts."""
    if name == "ui_case":
        return "'Case {{ case }}'"
    act = name.removeprefix("ui_act_")
    special = {"counter": "Counter-offer", "unpromise": "No promise", "words": "'{{ act }}: a word, if you like'"}
    return "" if act == name else special.get(act, act.replace("_", " ").capitalize())


def texts() -> str:
    """Return a file with every house text and command."""
    details = " ".join(f"{{% if {name} %}}{{{{ {name} }}}}{{% endif %}}" for name in sorted(DETAILS))
    said = "".join(f"  {name}: {_button(name) or name}\n" for name in TEXTS if name != "notice_details")
    said += f'  notice_details: "{details}"\n'
    words = "".join(f'  "{name}": ["{COMMAND_WORDS.get(name, "it " + name)}"]\n' for name in sorted(COMMANDS))
    return f"texts:\n{said}commands:\n{words}"


ALARMS = """\
alarms:
  safety: {messages: [the lamp burned my hand, I got an electric shock], harmless: [does the lamp get hot]}
  legal: {messages: [my lawyer will write to you]}
"""


def files() -> dict[str, str | bytes]:
    """Return the whole shop, path to text."""
    return {
        "faqs/shop.yaml": FAQS,
        "flows/refund.yaml": FLOWS,
        "flows/check_in.yaml": CHECK_IN,
        "handoff/team.yaml": HANDOFF,
        "handoff/texts.yaml": texts(),
        "handoff/levels.yaml": LEVELS,
        "handoff/paths.yaml": "paths:\n  usual: {missed: [owner, team]}\n",
        "handoff/waiting.yaml": "impatient: [how long still]\n",
        "handoff/promises.yaml": PROMISES,
        "handoff/answers.yaml": ANSWERS,
        "handoff/mood.yaml": MOOD,
        "handoff/alarms.yaml": ALARMS,
        "handoff/decisions.yaml": DECISIONS,
    }


def write(folder: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, text in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def problems(folder: Path) -> list[str]:
    """Return what loading a folder finds wrong."""
    try:
        load(folder)
    except ContentError as error:
        return [str(problem) for problem in error.problems]
    return []
