"""Every class of problem: where it is, what it is, and how to mend it, word for word."""

import re
from pathlib import Path

import pytest

from bot.content import fields, load, models
from tests.content import shop


def found(folder: Path, file: str, old: str = "", new: str = "", **more: str) -> list[str]:
    """Load the shop with `old` replaced by `new` in one file."""
    files = shop.files()
    text = files[file]
    assert isinstance(text, str)
    assert old in text, old
    files[file] = text.replace(old, new, 1) if old else new
    return shop.problems(shop.write(folder, {**files, **more}))


def in_flow(folder: Path, steps: str, top: str = "") -> list[str]:
    """Load the shop with these steps in a flow of its own; the first step is on line 6."""
    lines = "".join(f"      {line}\n" for line in steps.strip("\n").split("\n"))
    flow = f"# a flow\nflows:\n  visit:\n    title: Visit\n    steps:\n{lines}{top}"
    late = "policies:\n  late: {rule: R, why: W, alternatives: [{value: v, label: L, say: S}],\n"
    late += "    exclusions: [{if: number == '1', because: No ones.}]}\n"
    return shop.problems(shop.write(folder, {**shop.files(), "flows/late.yaml": late, "flows/visit.yaml": flow}))


def test_the_shop_of_these_tests_is_sound(tmp_path: Path) -> None:
    catalog = load(shop.write(tmp_path, shop.files()))
    assert {"opening_hours", "parking", "hello"} == catalog.entries.keys()
    assert {"refund", "check_in"} == catalog.flows.keys()


# --- keys and values --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "faqs/shop.yaml",
            "    answer: We",
            "    anwser: x\n    answer: We",
            "faqs/shop.yaml:6: 'anwser' is not a key here. Did you mean 'answer'?",
        ),
        (
            "faqs/shop.yaml",
            "entries:",
            "entires: {}\nentries:",
            "faqs/shop.yaml:1: 'entires' is not a key here. Did you mean 'entries'?",
        ),
        (
            "faqs/shop.yaml",
            "    answer: We",
            "    xyzzy: 1\n    answer: We",
            "faqs/shop.yaml:6: 'xyzzy' is not a key here. Remove it, or check its indentation.",
        ),
        (
            "faqs/shop.yaml",
            "    title: Parking\n",
            "",
            "faqs/shop.yaml:7: 'title' is missing in entries.parking. Add 'title: …'.",
        ),
        (
            "faqs/shop.yaml",
            "  parking:",
            "  Parking Space:",
            "faqs/shop.yaml:7: 'Parking Space' cannot be a name. "
            "Use a-z, 0-9 and _, beginning with a letter, at most 48.",
        ),
        (
            "faqs/shop.yaml",
            "title: Parking",
            "title: 404",
            "faqs/shop.yaml:8: entries.parking.title should be text, and is a number (404). Put it in quotes.",
        ),
        (
            "faqs/shop.yaml",
            "title: Parking",
            "title: true",
            "faqs/shop.yaml:8: entries.parking.title should be text, and is true or false (true). Put it in quotes.",
        ),
        (
            "faqs/shop.yaml",
            "title: Parking",
            "title:",
            "faqs/shop.yaml:8: entries.parking.title should be text, and is nothing. Write a text.",
        ),
        (
            "faqs/shop.yaml",
            "title: Parking",
            "title: [a]",
            "faqs/shop.yaml:8: entries.parking.title should be text, and is a list. Write a text.",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            "answer: {a: b}",
            "faqs/shop.yaml:10: entries.parking.answer should be text, and is a group of keys. Write a text.",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            "answer:\n      - a\n      - 5",
            "faqs/shop.yaml:12: entries.parking.answer.1 should be text, and is a number (5). Put it in quotes.",
        ),
        (
            "faqs/shop.yaml",
            "phrasings: [where can I park, is there a car park]",
            "phrasings: where can I park",
            "faqs/shop.yaml:9: entries.parking.phrasings should be a list, and is the text 'where can I park'. "
            "Write each on a line of its own, beginning with '- '.",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            "answer: A\n    links: [{label: L, url: javascript:alert(1)}]",
            "faqs/shop.yaml:11: entries.parking.links.0.url is 'javascript:alert(1)', which does not have the right "
            "form. Begin it with https://, http:// or mailto:, and leave no spaces in it.",
        ),
        (
            "handoff/team.yaml",
            "zone: Europe/London}",
            "zone: Mars/Base}",
            "handoff/team.yaml:1: 'Mars/Base' is not a time zone. Use a name such as Europe/London.",
        ),
        (
            "handoff/team.yaml",
            "bot: Pip",
            "bot: Pip, locale: en_ZZZ",
            "handoff/team.yaml:1: 'en_ZZZ' is not a locale that we know. Use one such as en_GB, en_US or de_DE.",
        ),
        (
            "handoff/team.yaml",
            "bot: Pip",
            "bot: Pip, locale: English",
            "handoff/team.yaml:1: voice.locale is 'English', which does not have the right form. "
            "Use one such as en_GB, en_US or de_DE.",
        ),
        (
            "handoff/team.yaml",
            "agents:",
            "triage: [{when: wishes == 1, category: a, priority: 1, why: b}]\nagents:",
            "handoff/team.yaml:10: 'wishes' is not known when a case is opened. Did you mean 'wish'?",
        ),
        (
            "handoff/team.yaml",
            "agents:",
            "triage: [{when: wish ==, category: a, priority: 1, why: b}]\nagents:",
            "handoff/team.yaml:10: 'wish ==' is no condition: unexpected 'end of template'. "
            'Write one such as wish == "safety".',
        ),
        (
            "handoff/team.yaml",
            "{name: Dana",
            '{accounts: ["discord:42"], name: Dana',
            "handoff/team.yaml:11: agents.dana.accounts.0 is 'discord:42', which does not have the right form. "
            "Write it as slack:U0123ABCD or discord:80351110224678912.",
        ),
        (
            "handoff/team.yaml",
            "bot: Pip",
            "bot: Pip, currency: pounds",
            "handoff/team.yaml:1: voice.currency is 'pounds', which does not have the right form. "
            "Use three capital letters such as GBP or EUR.",
        ),
        (
            "handoff/team.yaml",
            "    zone: Europe/London\n",
            "    zone: ../../etc/passwd\n",
            "handoff/team.yaml:6: '../../etc/passwd' is not a time zone. Use a name such as Europe/London.",
        ),
        (
            "handoff/team.yaml",
            '"09:00-17:00"',
            '"9-17"',
            "handoff/team.yaml:7: hours.office.week.mon.0 is '9-17', which does not have the right form. "
            "Write it as 09:00-17:30.",
        ),
        (
            "handoff/team.yaml",
            '"09:00-17:00"',
            '"09:00-09:00"',
            "handoff/team.yaml:7: mon opens and closes at 09:00. Write 00:00-24:00 for the whole day.",
        ),
        (
            "handoff/team.yaml",
            '"09:00-17:00"',
            '"17:00-09:30"',
            "handoff/team.yaml:7: mon closes at 09:30 on the next day, after tue opens at 09:00. "
            "Let one end where the other begins.",
        ),
        (
            "handoff/team.yaml",
            '"13:00-17:00"]',
            '"13:00-02:00"], mon: ["00:00-24:00"], sun: ["23:00-01:00"]',
            "handoff/team.yaml:7: 'mon' is here a second time; the first is on line 7. Rename or remove one of them.",
        ),
        (
            "handoff/team.yaml",
            'mon: ["09:00-17:00"]',
            'mon: ["00:30-17:00"], sun: ["23:00-01:00"]',
            "handoff/team.yaml:7: sun closes at 01:00 on the next day, after mon opens at 00:30. "
            "Let one end where the other begins.",
        ),
        (
            "handoff/team.yaml",
            '"13:00-17:00"',
            '"11:00-17:00"',
            "handoff/team.yaml:7: tue has openings that overlap at 11:00. Join them.",
        ),
        (
            "handoff/team.yaml",
            "mon:",
            "monday:",
            "handoff/team.yaml:7: hours.office.week.monday: input should be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' "
            "or 'sun' (given: monday).",
        ),
        (
            "handoff/team.yaml",
            "first_response: 2h",
            "first_response: soon",
            "handoff/team.yaml:9: queues.care.first_response: 'soon' is not a duration; expected one such as 15m, 26h "
            "or 3d (given: soon).",
        ),
        (
            "handoff/team.yaml",
            "first_response: 2h",
            "first_response: 30s",
            "handoff/team.yaml:9: queues.care.first_response: '30s' is not between 1m and 366d (given: 30s).",
        ),
        (
            "handoff/team.yaml",
            "first_response: 2h",
            "first_response: 999999w",
            "handoff/team.yaml:9: queues.care.first_response: '999999w' is not between 1m and 366d (given: 999999w).",
        ),
        (
            "handoff/team.yaml",
            "first_response: 2h",
            "first_response: 15",
            "handoff/team.yaml:9: queues.care.first_response: '15' is not a duration; expected one such as 15m, 26h "
            "or 3d (given: 15).",
        ),
        (
            "handoff/team.yaml",
            "role: supervisor",
            "role: boss",
            "handoff/team.yaml:12: agents.sam.role: input should be 'agent', 'supervisor' or 'admin' (given: boss).",
        ),
        (
            "handoff/team.yaml",
            "misses: 2",
            "misses: 0",
            "handoff/team.yaml:3: limits.misses: input should be greater than or equal to 1 (given: 0).",
        ),
    ],
)
def test_a_wrong_key_or_value_is_told_with_its_line_and_its_fix(
    tmp_path: Path, file: str, old: str, new: str, problem: str
) -> None:
    assert found(tmp_path, file, old, new) == [problem]


HOURS = """\
hours:
  night:
    zone: Europe/London
    week: {fri: ["18:00-02:00"], sat: ["10:00-14:00"]}
    holidays: GB-ENG
    closed: [2026-12-24]
    open:
      2026-12-25: ["10:00-12:00"]
levels:
  low:
    priority: 4
    first_response: 4h
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "GB-ENG",
            "GB-ENK",
            "5: 'GB-ENK' is not a region of GB whose holidays we know. Did you mean 'GB-ENG'?",
        ),
        (
            "GB-ENG",
            "GX-ENG",
            "5: 'GX-ENG' is not a country or region whose holidays we know. Did you mean 'GB-ENG'?",
        ),
        (
            "GB-ENG",
            "SG-X",
            "5: 'SG-X' is not a region of SG whose holidays we know. Write SG alone.",
        ),
        (
            "GB-ENG",
            "England",
            "5: hours.night.holidays is 'England', which does not have the right form. "
            "Use a country or region such as GB-ENG, US-CA or DE.",
        ),
        (
            "closed: [2026-12-24]",
            "closed: [2026-12-25]",
            "8: 2026-12-25 is among the dates that are open and those that are closed. Keep one of them.",
        ),
        (
            "closed: [2026-12-24]",
            "closed: [2026-02-31]",
            "6: hours.night.closed.0: input should be a valid date or datetime, day value is outside expected range "
            "(given: 2026-02-31).",
        ),
        (
            "2026-12-25: [",
            "Christmas: [",
            "8: hours.night.open.Christmas: input should be a valid date or datetime, input is too short "
            "(given: Christmas).",
        ),
        (
            '["10:00-12:00"]',
            "[]",
            "8: hours.night.open.2026-12-25: list should have at least 1 item after validation, not 0 (given: []).",
        ),
        (
            '["10:00-12:00"]',
            '["10:00-12:00", "11:00-13:00"]',
            "8: 2026-12-25 has openings that overlap at 11:00. Join them.",
        ),
        (
            '["10:00-12:00"]',
            '["12:00-12:00"]',
            "8: 2026-12-25 opens and closes at 12:00. Write 00:00-24:00 for the whole day.",
        ),
        (
            '2026-12-25: ["10:00-12:00"]',
            '2027-01-09: ["01:00-03:00"]',
            "8: 2027-01-08 closes at 02:00 on the next day, after 2027-01-09 opens at 01:00. "
            "Let one end where the other begins.",
        ),
        (
            '2026-12-25: ["10:00-12:00"]',
            '2027-01-08: ["18:00-10:30"]',
            "8: 2027-01-08 closes at 10:30 on the next day, after 2027-01-09 opens at 10:00. "
            "Let one end where the other begins.",
        ),
        (
            "    priority: 4\n",
            "",
            "10: 'priority' is missing in levels.low. Add 'priority: …'.",
        ),
        (
            "priority: 4",
            "priority: 9",
            "11: levels.low.priority: input should be less than or equal to 5 (given: 9).",
        ),
        (
            "priority: 4",
            "priority: 3",
            "10: level 'low' has priority 3, and so has 'normal'. Give each priority one level.",
        ),
        (
            "first_response: 4h",
            "first_response: 48h\n    resolve: 36h",
            "10: level 'low' resolves in 36h, and answers first in 48h. Give resolve at least as much time.",
        ),
        (
            "first_response: 4h",
            "first_response: a while",
            "12: levels.low.first_response: 'a while' is not a duration; expected one such as 15m, 26h or 3d "
            "(given: a while).",
        ),
        (
            "first_response: 4h",
            "first_response: 4h\n    at_risk: 100",
            "13: levels.low.at_risk: input should be less than or equal to 99 (given: 100).",
        ),
        (
            "first_response: 4h",
            "first_response: 4h\n    next_respons: 4h",
            "13: 'next_respons' is not a key here. Did you mean 'next_response'?",
        ),
    ],
)
def test_what_is_wrong_with_hours_and_levels_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in HOURS
    files = {**shop.files(), "handoff/x.yaml": HOURS.replace(old, new, 1)}
    told = [
        each for each in shop.problems(shop.write(tmp_path, files)) if "resolves" in problem or "resolves" not in each
    ]
    assert told == [f"handoff/x.yaml:{problem}"]


def test_a_level_that_is_slower_than_a_less_urgent_one_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "handoff/levels.yaml", "first_response: 1h", "first_response: 3h") == [
        "handoff/levels.yaml:2: level 'high' has more time for first_response than 'normal', which is less urgent. "
        "Exchange them, or give it less."
    ]


def test_the_priority_that_every_case_begins_with_has_to_have_a_level(tmp_path: Path) -> None:
    assert found(tmp_path, "handoff/levels.yaml", "priority: 3", "priority: 4") == [
        "handoff/levels.yaml:2: there is no level of priority 3, which every case begins with. "
        "Give one of them priority: 3."
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "- within {n} {unit}",
            "- within {number} {unit}",
            "9: 'within {number} {unit}' in spans uses {number}, which it cannot. There are: {n}, {unit}.",
        ),
        (
            "- within {n} {unit}",
            "- within {n}",
            "9: 'within {n}' in spans has no {unit} in it. Add it, or remove the line.",
        ),
        (
            "- within {n} {unit}",
            "- within {n} to {n} {unit}",
            "9: 'within {n} to {n} {unit}' in spans uses {n} twice. Keep one of them.",
        ),
        (
            "tomorrow: [tomorrow]",
            'tomorrow: ["in {n} {unit}"]',
            "23: 'in {n} {unit}' in tomorrow uses {n}, which it cannot. Write the words themselves.",
        ),
        (
            'date: ["{d} {month}"]',
            'date: ["the {d}"]',
            "30: 'the {d}' in date has no {d} and {month} or {d} and {mm} or {nth} in it. Add it, or remove the line.",
        ),
        ("week: [weeks]", "week: [days]", "12: 'days' stands for two of units. Keep it in one place."),
        ("[tuesday]", "[Monday]", "32: 'Monday' stands for two of weekdays. Keep it in one place."),
        ("joins: [and]", 'joins: ["*"]', "4: '*' in joins has no words. Remove it."),
        (
            ", [sunday]]",
            "]",
            "32: promises.weekdays: list should have at least 7 items after validation, not 6 (given: [['monday'], "
            "['tuesday'], ['wednesday'], ['thursday'], ['fr…).",
        ),
        ("  vague: []\n", "", "1: 'vague' is missing in promises. Add 'vague: …'."),
        (
            '"12:00": [noon]',
            '"12h": [noon]',
            "16: '12h' cannot be a name. Write it as 17:30.",
        ),
        (
            '"1": [one]',
            'one: ["1"]',
            '10: \'one\' cannot be a name. Use a number in quotes, such as "2" or "0.5".',
        ),
    ],
)
def test_what_is_wrong_with_the_words_of_promises_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    told = found(tmp_path, "handoff/promises.yaml", old, new)
    assert f"handoff/promises.yaml:{problem}" in told
    assert len(told) == 1 + ("{n} {unit}' in tomorrow" in problem)


# --- references -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        (
            "handoff/team.yaml",
            "hours: office",
            "hours: offise",
            "handoff/team.yaml:9: queue 'care' keeps hours 'offise', which are not there. Did you mean 'office'?",
        ),
        (
            "handoff/team.yaml",
            "hours: office",
            "hours: office, agents: [dna, 'slack:U0123ABCD']",
            "handoff/team.yaml:9: queue 'care' is worked by 'dna', who is not there. Did you mean 'dana'?",
        ),
        (
            "handoff/team.yaml",
            "queue: care",
            "queue: car",
            "handoff/team.yaml:14: 'person' goes to queue 'car', which is not there. Did you mean 'care'?",
        ),
        (
            "handoff/team.yaml",
            "queues:",
            "default_queue: main\nqueues:",
            "handoff/team.yaml:8: there is no queue 'main'. There are: care.",
        ),
        (
            "faqs/shop.yaml",
            "    answer: Behind",
            "    flow: refnud\n    answer: Behind",
            "faqs/shop.yaml:7: 'parking' offers flow 'refnud', which is not there. Did you mean 'refund'?",
        ),
        (
            "handoff/texts.yaml",
            "  handoff: handoff",
            "  handof: x\n  handoff: handoff",
            "handoff/texts.yaml:LINE: 'handof' is not a text that we use. Did you mean 'handoff'?",
        ),
        (
            "handoff/texts.yaml",
            "commands:\n",
            "commands:\n  cancle: [halt]\n",
            "handoff/texts.yaml:LINE: 'cancle' is not a command. Did you mean 'cancel'?",
        ),
        (
            "handoff/texts.yaml",
            "  handoff: handoff\n",
            '  handoff: "Case {{ csae }}"\n',
            "handoff/texts.yaml:LINE: text 'handoff' uses 'csae', which is never set here. Did you mean 'case'?",
        ),
        (
            "handoff/texts.yaml",
            "  handoff: handoff\n",
            '  handoff: "Case {{ case }"\n',
            "handoff/texts.yaml:LINE: text 'handoff' is not a valid template: unexpected '}'. Check the braces.",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            'answer: "{{ compny }}"',
            "faqs/shop.yaml:7: the answer of 'parking' uses 'compny', which is never set here. Did you mean 'company'?",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            'answer: "{{ policy.windov.rule }}"',
            "faqs/shop.yaml:7: the answer of 'parking' uses policy 'windov', which is not there. "
            "Did you mean 'window'?",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            'answer: "{{ policy.window.window.dais }}"',
            "faqs/shop.yaml:7: the answer of 'parking' uses 'dais' of the window of policy 'window', which is not for "
            "texts. Did you mean 'days'?",
        ),
        (
            "faqs/shop.yaml",
            "answer: Behind the house.",
            'answer: "{{ policy.window.whys }}"',
            "faqs/shop.yaml:7: the answer of 'parking' uses 'whys' of policy 'window', which it does not have. "
            "Did you mean 'why'?",
        ),
        (
            "handoff/team.yaml",
            "wishes:",
            'snippets:\n  s: {title: S, text: "{{ ordr }}"}\nwishes:',
            "handoff/team.yaml:14: snippet 's' uses 'ordr', which is never set here. Did you mean 'order'?",
        ),
    ],
)
def test_what_is_not_there_is_told_with_what_is(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    text = shop.files()[file]
    assert isinstance(text, str)
    after = new.split("\n").index(next(line for line in new.split("\n") if line not in old.split("\n")))
    line = text[: text.index(old)].count("\n") + 1 + after
    assert found(tmp_path, file, old, new) == [problem.replace("LINE", str(line))]


# --- said twice -------------------------------------------------------------------------------------------------------


def test_an_id_may_be_used_once_even_across_files_and_kinds(tmp_path: Path) -> None:
    again = "entries:\n  refund:\n    title: R\n    phrasings: [about refunds]\n    answer: A\n"
    assert shop.problems(shop.write(tmp_path, {**shop.files(), "faqs/x.yaml": again})) == [
        "flows/refund.yaml:2: 'refund' is already defined at faqs/x.yaml:2. Rename one of them."
    ]


@pytest.mark.parametrize(
    ("twice", "problem"),
    [
        ("Is there a CAR park?!", "'Is there a CAR park?!' is also a phrasing of 'parking' at faqs/shop.yaml:9."),
        ("i want my money back", "'I want my money back' is also a phrasing of 'again' at faqs/y.yaml:4."),
        ("Talk to a person.", "'talk to a person' is also a phrasing of 'again' at faqs/y.yaml:4."),
    ],
)
def test_a_phrasing_may_stand_once_whatever_its_capitals_and_signs(tmp_path: Path, twice: str, problem: str) -> None:
    again = f"entries:\n  again:\n    title: R\n    phrasings: ['{twice}']\n    answer: A\n"
    folder = shop.write(tmp_path, {**shop.files(), "faqs/y.yaml": again})
    (told,) = shop.problems(folder)
    assert told.split(": ", 1)[1] == problem + " Keep it in one place."


def test_a_phrasing_that_stands_twice_in_one_entry_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "faqs/shop.yaml", "[hello, good morning]", "[hello, Hello!]") == [
        "faqs/shop.yaml:14: 'Hello!' is already at faqs/shop.yaml:14. Keep it in one place."
    ]


def test_a_phrasing_without_words_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "faqs/shop.yaml", "good morning", "'?!'") == [
        "faqs/shop.yaml:14: the phrasing '?!' has no words. Remove it."
    ]


def test_a_phrasing_that_a_command_would_always_take_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "faqs/shop.yaml", "good morning", "Go back!") == [
        "faqs/shop.yaml:14: 'Go back!' is a command: it means 'back' before anything else is looked at. "
        "Remove it, here or there."
    ]


def test_a_word_may_mean_one_command(tmp_path: Path) -> None:
    text = shop.files()["handoff/texts.yaml"]
    assert isinstance(text, str)
    line = text[: text.index('  "cancel"')].count("\n") + 1
    assert found(tmp_path, "handoff/texts.yaml", '["stop it"]', '["stop it", "Go back."]') == [
        f"handoff/texts.yaml:{line}: 'Go back.' means 'cancel' and 'back'. Keep it in one place."
    ]


def test_a_setting_may_stand_once(tmp_path: Path) -> None:
    more = "voice: {company: A, bot: B}\nlimits: {}\ndefault_queue: care\n"
    assert found(
        tmp_path,
        "handoff/team.yaml",
        "queues:",
        "default_queue: care\nqueues:",
        **{"handoff/more.yaml": more},
    ) == [
        "handoff/team.yaml:1: 'voice' is already defined at handoff/more.yaml:1. Rename one of them.",
        "handoff/team.yaml:3: 'limits' is already defined at handoff/more.yaml:2. Rename one of them.",
        "handoff/team.yaml:8: 'default_queue' is already defined at handoff/more.yaml:3. Rename one of them.",
    ]


def test_a_key_may_stand_once(tmp_path: Path) -> None:
    assert found(tmp_path, "faqs/shop.yaml", "    answer: Behind the house.\n", "    answer: a\n    answer: b\n") == [
        "faqs/shop.yaml:11: 'answer' is here a second time; the first is on line 10. Rename or remove one of them."
    ]


# --- policies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["rule", "why", "alternatives"])
def test_a_policy_says_why_and_what_can_be_done_instead(tmp_path: Path, key: str) -> None:
    old = {
        "rule": "    rule: 30 days.\n",
        "why": "    why: It is the law.\n",
        "alternatives": "    alternatives: [{value: credit, label: Credit, say: Store credit.}]\n",
    }[key]
    assert found(tmp_path, "flows/refund.yaml", old, "") == [
        f"flows/refund.yaml:20: '{key}' is missing in policies.window. Add '{key}: …'."
    ]


def test_a_policy_without_a_single_alternative_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "flows/refund.yaml", "[{value: credit, label: Credit, say: Store credit.}]", "[]") == [
        "flows/refund.yaml:23: policies.window.alternatives: list should have at least 1 item after validation, not 0 "
        "(given: [])."
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("days: 30", "days: a month", "flows/refund.yaml:24: policies.window.window.days: input should be a valid "),
        ("from: now", "from: '(now'", "flows/refund.yaml:20: '(now' in policy 'window' cannot be understood: "),
        ("Too late.", "'{{ dayz'", "flows/refund.yaml:20: '{{ dayz' in policy 'window' cannot be understood: "),
        (
            "Store credit.}]",
            "X}, {value: credit, label: C, say: Y}]",
            "flows/refund.yaml:20: policy 'window' offers the value 'credit' twice.",
        ),
        ("because: Too", "when: x, because: Too", "flows/refund.yaml:24: 'when' is not a key here. "),
    ],
)
def test_what_is_wrong_in_a_policy_is_told(tmp_path: Path, old: str, new: str, problem: str) -> None:
    (told,) = found(tmp_path, "flows/refund.yaml", old, new)
    assert told[: len(problem)] == problem


# --- flows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "problems"),
    [
        pytest.param(
            "a: {say: Hello, then: confrim}\nconfirm: {end: done}",
            ["6: step 'a' goes to 'confrim', which is not a step of 'visit'. Did you mean 'confirm'?"],
            id="dangling jump",
        ),
        pytest.param(
            "a: {ask: x, say: X, type: choice, options: [{value: p, label: P, then: bb}, {value: q, label: Q}]}\n"
            "b: {end: done}",
            ["6: step 'a' goes to 'bb', which is not a step of 'visit'. Did you mean 'b'?"],
            id="dangling option",
        ),
        pytest.param(
            "a: {end: done}\nb: {say: Never, then: a}",
            ["7: step 'b' of 'visit' can never be reached. Lead to it, or remove it."],
            id="unreachable",
        ),
        pytest.param(
            "a: {say: Hello}",
            ["6: path never ends: nothing follows step 'a' of 'visit'. Add 'then: …', or an 'end' step after it."],
            id="runs out",
        ),
        pytest.param(
            "a: {ask: x, say: X}\nb: {ask: y, say: Y, then: a}",
            [
                "6: path never ends: from step 'a' no 'end' can be reached. Lead it to an end.",
                "7: path never ends: from step 'b' no 'end' can be reached. Lead it to an end.",
            ],
            id="never ends",
        ),
        pytest.param(
            "a: {say: X}\nb:\n  decide:\n    - {if: customer == 'x', then: c}\n    - else: a\nc: {end: done}",
            [
                "6: step 'a' of 'visit' can come back to itself without asking the customer anything. "
                "Put a question into the circle, or break it.",
                "7: step 'b' of 'visit' can come back to itself without asking the customer anything. "
                "Put a question into the circle, or break it.",
            ],
            id="circle without asking",
        ),
        pytest.param(
            "a: {call: find_order, args: {number: \"'1'\"}, results: {found: b, not_found: a}, failed: b}\n"
            "b: {end: done}",
            [
                "6: step 'a' of 'visit' can come back to itself without asking the customer anything. "
                "Put a question into the circle, or break it."
            ],
            id="a call in a circle with itself",
        ),
        pytest.param(
            "a:\n  decide:\n    - {if: customer == 'x', then: b}\nb: {end: done}",
            ["6: step 'a' has no 'else'. Add '- else: step' as the last branch."],
            id="no else",
        ),
        pytest.param(
            "a:\n  decide:\n    - else: b\n    - {if: customer == 'x', then: b}\n    - else: b\nb: {end: done}",
            ["6: step 'a' has an 'else' before its end. Move it to the end."],
            id="early else",
        ),
        pytest.param(
            "a:\n  decide:\n    - {if: customer == 'x'}\n    - else: b\nb: {end: done}",
            [
                "8: flows.visit.steps.a.decide.0: a branch has 'if' and 'then', or 'else' alone "
                "(given: {'if': \"customer == 'x'\"})."
            ],
            id="branch without then",
        ),
        pytest.param(
            "a: {handoff: cares, reason: R}",
            ["6: there is no queue 'cares'. Did you mean 'care'?"],
            id="unknown queue",
        ),
        pytest.param(
            "a: {approve: supervisor, queue: cares, subject: S, say: Wait, within: 4h, approved: b, declined: c}\n"
            "b: {end: done}\nc: {handoff: care, reason: R}",
            ["6: there is no queue 'cares'. Did you mean 'care'?"],
            id="unknown queue of an approval",
        ),
        pytest.param(
            "a: {flow: refnud}\nb: {end: done}",
            ["6: step 'a' calls flow 'refnud', which is not there. Did you mean 'refund'?"],
            id="unknown flow",
        ),
        pytest.param(
            "a: {check_in: 3d, about: A, before: now, begins: refnud}\nb: {end: done}",
            ["6: step 'a' begins flow 'refnud' later, which is not there. Did you mean 'refund'?"],
            id="unknown flow of a reminder",
        ),
        pytest.param(
            "a: {check_in: 3d, about: A, before: renews, begins: refund}\nb: {end: done}",
            ["6: step 'a' uses 'renews', which is never set in 'visit'."],
            id="unknown day of a reminder",
        ),
        pytest.param(
            "a: {flow: visit}\nb: {end: done}",
            ["6: step 'a' of 'visit' leads into 'visit' itself. Jump to a step instead, or hand over."],
            id="flow in itself",
        ),
        pytest.param(
            "a: {call: find_ordr, results: {found: b}, failed: b}\nb: {end: done}",
            ["6: there is no action 'find_ordr'. Did you mean 'find_order'?"],
            id="unknown action",
        ),
        pytest.param(
            "a: {call: find_order, args: {numbr: \"'1'\"}, results: {found: b, not_found: b}, failed: b}\n"
            "b: {end: done}",
            ["6: action 'find_order' takes no 'numbr'. Did you mean 'number'?"],
            id="unknown argument",
        ),
        pytest.param(
            "a: {call: find_order, args: {number: \"'1'\"}, results: {found: b}, failed: b}\nb: {end: done}",
            ["6: step 'a' says nothing about the result 'not_found'. Add 'not_found: …' to its results."],
            id="missing result",
        ),
        pytest.param(
            "a: {call: find_order, args: {number: \"'1'\"}, results: {found: b, not_found: b, fond: b}, failed: b}\n"
            "b: {end: done}",
            ["6: action 'find_order' never results in 'fond'. Did you mean 'found'?"],
            id="unknown result",
        ),
        pytest.param(
            'a: {say: "{{ oder }}"}\nb: {end: done}',
            ["6: step 'a' uses 'oder', which is never set in 'visit'."],
            id="unknown placeholder",
        ),
        pytest.param(
            "a:\n  decide:\n    - {if: customer == 'x', then: b}\n    - else: c\nb: {ask: order, say: Which?}\n"
            'c: {end: done, say: "{{ order }}"}',
            [
                "11: step 'c' uses 'order', which is not set on every way that leads here. "
                "Set it first, or test '… is defined'."
            ],
            id="slot unset on one way",
        ),
        pytest.param(
            "a: {call: find_order, args: {number: \"'1'\"}, into: order, results: {found: b, not_found: b}, "
            "failed: b}\n"
            'b: {end: done, say: "{{ order.status }}"}',
            [
                "7: step 'b' uses 'order', which is not set on every way that leads here. "
                "Set it first, or test '… is defined'."
            ],
            id="nothing came of a failed call",
        ),
        pytest.param(
            'a: {say: "{{ customer }"}\nb: {end: done}',
            ["6: '{{ customer }' in step 'a' cannot be understood: unexpected '}'. Check brackets, quotes and braces."],
            id="bad template",
        ),
        pytest.param(
            'a: {say: "{{ customer | shout }}"}\nb: {end: done}',
            [
                "6: '{{ customer | shout }}' in step 'a' cannot be understood: No filter named 'shout'. "
                "Check brackets, quotes and braces."
            ],
            id="unknown filter",
        ),
        pytest.param(
            "a:\n  decide:\n    - {if: customer ==, then: b}\n    - else: b\nb: {end: done}",
            [
                "6: 'customer ==' in step 'a' cannot be understood: unexpected 'end of template'. "
                "Check brackets, quotes and braces."
            ],
            id="bad condition",
        ),
        pytest.param(
            'a: {set: {x: "' + "(" * 240 + "1" + ")" * 240 + '"}}\nb: {end: done}',
            [
                "6: '" + "(" * 60 + "' in step 'a' cannot be understood: it is too long or too deeply nested. "
                "Check brackets, quotes and braces."
            ],
            id="condition nested too deeply",
        ),
        pytest.param(
            'a: {say: "{{ policy.windo.rule }}"}\nb: {end: done}',
            ["6: step 'a' uses policy 'windo', which is not there. Did you mean 'window'?"],
            id="unknown policy",
        ),
        pytest.param(
            "a: {policy: windo, allowed: b, refused: b}\nb: {end: done}",
            [
                "6: step 'a' goes by policy 'windo', which is not there. Did you mean 'window'?",
                "6: step 'a' of 'visit' comes from 'refused' to its end 'b' with no refusal between. Lead it "
                "through a 'refuse' step: it tells why, and what can be done instead.",
            ],
            id="unknown policy to go by",
        ),
        pytest.param(
            "a: {approve: supervisor, subject: S, say: X, within: 4h, approved: b, declined: c}\n"
            "b: {end: done}\nc: {say: No.}\nd: {end: declined}",
            [
                "6: step 'a' of 'visit' comes from 'declined' to its end 'd' with no refusal between. Lead it "
                "through a 'refuse' step: it tells why, and what can be done instead."
            ],
            id="bare no of a person",
        ),
        pytest.param(
            "a: {policy: late, allowed: b, refused: no}\nb: {end: done}\n"
            "no: {refuse: {feeling: F, wish: W, limit: L, instead: I, question: Q}, then: b}\n",
            [
                "6: step 'a' goes by policy 'late' (flows/late.yaml:2), which looks at 'number'; that is not set on "
                "every way that leads here. Set it first.",
            ],
            id="a fact that is missing",
        ),
        pytest.param(
            "a: {policy: window, each: x, allowed: b, refused: no}\nb: {end: done}\n"
            "no: {refuse: {feeling: F, wish: W, limit: L, instead: I, question: Q}, then: b}",
            [
                "6: flows.visit.steps.a: 'each' and 'some' go together: the things, and where to go when only some are "
                "allowed (given: {'policy': 'window', 'each': 'x', 'allowed': 'b', 'refused'…)."
            ],
            id="things of which only some may be allowed, and no way for that",
        ),
        pytest.param(
            "a: {policy: window, each: x, allowed: b, some: b, refused: no}\nb: {end: done}\n"
            "no: {refuse: {feeling: F, wish: W, limit: L, instead: I, question: Q}, then: b}",
            [
                "6: step 'a' of 'visit' comes from 'some' to its end 'b' with no refusal between. Lead it "
                "through a 'refuse' step: it tells why, and what can be done instead.",
                "6: step 'a' uses 'x', which is never set in 'visit'.",
            ],
            id="things that are nowhere",
        ),
        pytest.param(
            "a: {policy: window, allowed: b, refused: no}\nb: {end: done}\n"
            "no: {refuse: {wish: W, limit: L, instead: I, question: Q}, then: b}",
            ["8: 'feeling' is missing in flows.visit.steps.no.refuse. Add 'feeling: …'."],
            id="a refusal without a feeling",
        ),
        pytest.param(
            "a: {ask: x, type: choice, say: X}\nb: {end: done}",
            ["6: step 'a' asks for a choice and offers none. Add options."],
            id="choice of nothing",
        ),
        pytest.param(
            "a: {ask: x, say: X, check: x == '1'}\nb: {end: done}",
            ["6: step 'a' has a check and no 'otherwise'. Add what is said when it fails."],
            id="check without otherwise",
        ),
        pytest.param(
            "a: {offer: X, options: [{value: p, label: P}, {value: p, label: Q}]}\nb: {end: done}",
            ["6: step 'a' offers the value 'p' twice. Rename one of them."],
            id="option twice",
        ),
        pytest.param(
            "a: {offer: X, options: [{value: p, label: P}]}\nb: {end: done}",
            [
                "6: flows.visit.steps.a.options: list should have at least 2 items after validation, not 1 "
                "(given: [{'value': 'p', 'label': 'P'}])."
            ],
            id="offer without alternatives",
        ),
        pytest.param(
            "a: {ask: customer, say: X}\nb: {end: done}",
            ["6: step 'a' sets 'customer', which is a value of the house. Rename the slot."],
            id="slot hides a value",
        ),
        pytest.param(
            "a: {sya: Hello}\nb: {end: done}",
            ["6: flows.visit.steps.a is no step that we know. A step begins with say, ask, call, decide, end …"],
            id="unknown kind of step",
        ),
        pytest.param(
            "a:\n  say: X\n  thne: b\nb: {end: done}",
            ["8: 'thne' is not a key here. Did you mean 'then'?"],
            id="unknown key of a step",
        ),
        pytest.param(
            "a: [say, Hello]\nb: {end: done}",
            ["6: flows.visit.steps.a is no step that we know. A step begins with say, ask, call, decide, end …"],
            id="a step that is a list",
        ),
    ],
)
def test_a_flow_that_would_fail_customers_is_told_before_they_meet_it(
    tmp_path: Path, steps: str, problems: list[str]
) -> None:
    told = in_flow(tmp_path, steps)
    assert [each.split(" There are: ")[0] if "never set in" in each else each for each in told] == [
        f"flows/visit.yaml:{problem}" for problem in problems
    ]


def test_two_flows_that_are_part_of_each_other_are_told(tmp_path: Path) -> None:
    other = "  other:\n    title: Other\n    steps:\n      a: {flow: visit}\n      b: {end: done}\n"
    assert in_flow(tmp_path, "a: {flow: other}\nb: {end: done}", other) == [
        "flows/visit.yaml:6: step 'a' of 'visit' leads into 'visit' itself through 'other'. "
        "Jump to a step instead, or hand over.",
        "flows/visit.yaml:11: step 'a' of 'other' leads into 'other' itself through 'visit'. "
        "Jump to a step instead, or hand over.",
    ]


@pytest.mark.parametrize(
    "steps",
    [
        "a: {ask: x, say: X, then: c}\nb: {end: done}\nc: {decide: [{if: x == '1', then: a}, {else: b}]}",
        "a: {call: find_order, args: {number: \"'1'\"}, into: order, results: {found: b, not_found: c}, failed: c}\n"
        'b: {say: "{{ order.status }}"}\nc: {end: done, say: "{{ order if order is defined else \'\' }}"}',
        'a: {form: F, say: X, fields: [{slot: p, label: P}]}\nb: {end: done, say: "{{ p }}"}',
        "a: {set: {p: '1', q: p + 1}}\nb: {end: done, say: \"{{ q }}\"}",
        'a: {flow: refund}\nb: {end: done, say: "{{ number }}"}',
        'a: {say: "{% for each in policy.window.alternatives %}{{ each.say }}{% endfor %}"}\nb: {end: done}',
        'a: {ask: x, say: X, check: x|length > 2, otherwise: "{{ x }}?"}\nb: {end: done}',
        'a: {approve: supervisor, subject: S, say: "{{ promise }}", within: 4h, approved: b, declined: p}\n'
        'b: {end: done, say: "{{ decision.reason }}"}\np: {policy: window, allowed: c, refused: c}\n'
        "c: {refuse: {feeling: F, wish: W, limit: '{{ verdict.because }}', instead: I, question: Q}, then: b}",
        "a: {set: {number: '1'}}\nb: {policy: [window, late], allowed: d, refused: c}\nd: {end: done}\n"
        "c: {refuse: {feeling: F, wish: W, limit: L, instead: I, question: Q}, options: "
        "[{value: x, label: X, then: b}], then: d}",
    ],
)
def test_a_sound_flow_is_left_in_peace(tmp_path: Path, steps: str) -> None:
    assert in_flow(tmp_path, steps) == []


# --- flows that are a part of others ---------------------------------------------------------------------------------

_PART = """
  part:
    title: Part
    needs: [number]
    steps:
      z: {end: done, say: "{{ number }}"}
"""


def test_a_part_may_use_what_it_needs_and_whoever_calls_it_has_to_have_set_it(tmp_path: Path) -> None:
    assert in_flow(tmp_path, "a: {ask: number, say: N}\nb: {flow: part}\nc: {end: done}", _PART.lstrip("\n")) == []
    assert in_flow(tmp_path, "a: {flow: part}\nc: {end: done}", _PART.lstrip("\n")) == [
        "flows/visit.yaml:6: step 'a' calls flow 'part', which needs 'number'; that is not set on every way that leads "
        "here. Set it first."
    ]


def test_what_begins_later_knows_only_what_it_is_about(tmp_path: Path) -> None:
    steps = "a: {ask: number, say: N}\nb: {check_in: 3d, about: A, begins: part}\nc: {end: done}"
    assert in_flow(tmp_path, steps, _PART.lstrip("\n")) == [
        "flows/visit.yaml:7: step 'b' begins flow 'part' later, which needs more than 'about'. Say all that it needs "
        "to know in 'about'."
    ]


def test_what_runs_while_people_have_the_case_only_looks_things_up(tmp_path: Path) -> None:
    steps = (
        "    steps:\n      a: {ask: number, say: N}\n      b: {call: ACTION, args: {number: number}, "
        "results: RESULTS, failed: c}\n      c: {end: done}\n"
    )
    begins = "flows:\n  look:\n    title: L\n    while_waiting: yes\n"
    looks = steps.replace("ACTION", "find_order").replace("RESULTS", "{found: c, not_found: c}")
    changes = steps.replace("ACTION", "report_missing").replace("number: number", "number: number, reason: number")
    changes = changes.replace("RESULTS", "{accepted: c, refused: c}")
    assert shop.problems(shop.write(tmp_path / "1", {**shop.files(), "flows/look.yaml": begins + looks})) == []
    told = shop.problems(shop.write(tmp_path / "2", {**shop.files(), "flows/look.yaml": begins + changes}))
    assert [each for each in told if "while people" in each] == [
        "flows/look.yaml:7: step 'b' of 'look' changes something, and the flow runs while people have the case. "
        "Remove 'while_waiting': such a flow only looks things up.",
    ]


def test_customers_cannot_start_a_part(tmp_path: Path) -> None:
    files = {**shop.files(), "flows/part.yaml": f"flows:{_PART}    phrasings: [begin in the middle]\n"}
    files["faqs/more.yaml"] = "entries:\n  e: {title: E, phrasings: [what now], answer: A., flow: part}\n"
    assert shop.problems(shop.write(tmp_path, files)) == [
        "faqs/more.yaml:2: 'e' offers flow 'part', which needs 'number' and is a part of other flows only. "
        "Offer one of those.",
        "flows/part.yaml:2: flow 'part' needs 'number', which nobody has set when customers start it. "
        "Remove its phrasings and whatever else starts it, or ask for them.",
    ]


# --- all at once ------------------------------------------------------------------------------------------------------


def test_all_problems_come_in_one_run_by_file_and_line(tmp_path: Path) -> None:
    files = shop.files()
    broken = {
        "faqs/a.yaml": "entries:\n  a: {title: A, phrasings: [aa], answer: '{{ nobody }}'}\n  b: 5\n"
        "  c: {title: C, phrasings: [hello], answer: C, flow: refnud, ansewr: x}\n",
        "faqs/b.yaml": "entries:\n\tx: 1\n",
        "flows/x.yaml": "flows:\n  x:\n    title: X\n    steps:\n      a: {say: A, then: z}\n      b: {end: done}\n"
        "  y:\n    title: Y\n    steps:\n      a: {end: done, sya: x}\n",
        "handoff/x.yaml": "limits: {misses: 99}\ntexts: {unknwon: x}\n",
    }
    told = shop.problems(shop.write(tmp_path, {**files, **broken}))
    assert [each.split(": ", 1)[0] for each in told] == [
        "faqs/a.yaml:2",  # nobody
        "faqs/a.yaml:3",  # 5
        "faqs/a.yaml:4",  # ansewr
        "faqs/b.yaml:2",  # a tab
        "faqs/shop.yaml:14",  # hello is there twice
        "flows/x.yaml:5",  # z
        "flows/x.yaml:10",  # sya
        "handoff/x.yaml:1",  # 99
        "handoff/x.yaml:2",  # unknwon
    ]


def test_what_may_stand_in_a_file_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    files = shop.files()
    files["handoff/team.yaml"] = "queues: [\n"
    files["flows/visit.yaml"] = "flows:\n  visit:\n    title: V\n    steps:\n      a: {handoff: elsewhere, reason: R}\n"
    told = shop.problems(shop.write(tmp_path, files))
    assert [each.split(": ", 1)[0] for each in told] == ["handoff/team.yaml:2"]


def test_what_is_there_but_wrong_is_not_called_missing_too(tmp_path: Path) -> None:
    files = shop.files()
    assert isinstance(files["handoff/team.yaml"], str)
    files["handoff/team.yaml"] = files["handoff/team.yaml"].replace("first_response: 2h", "first_response: soon")
    files["flows/visit.yaml"] = (
        "flows:\n  visit:\n    title: V\n    steps:\n      a: {handoff: care, reason: R}\n"
        "  other:\n    title: V\n    steps:\n      a: {handoff: cares, reason: R}\n"
    )
    told = shop.problems(shop.write(tmp_path, files))
    assert [each.split(": ", 1)[0] for each in told] == ["flows/visit.yaml:9", "handoff/team.yaml:9"]


def test_a_file_with_thousands_of_problems_names_the_first_hundred(tmp_path: Path) -> None:
    many = "entries:\n" + "".join(f"  {number}: {number}\n" for number in range(20_000))
    told = shop.problems(shop.write(tmp_path, {**shop.files(), "faqs/many.yaml": many}))
    assert len(told) == 100
    assert told[0] == "faqs/many.yaml:2: '0' cannot be a name. Use a-z, 0-9 and _, beginning with a letter, at most 48."


def test_somebody_must_have_the_role_that_an_approval_waits_for(tmp_path: Path) -> None:
    steps = """
ask: {approve: admin, subject: A visit, say: One moment., within: 1h, approved: done, declined: by_hand}
by_hand: {handoff: care, reason: No}
done: {end: visited}
"""
    assert in_flow(tmp_path, steps) == [
        "flows/visit.yaml:6: step 'ask' of 'visit' waits for the role admin, which nobody has. "
        "Give somebody in handoff/ the role admin."
    ]


def test_every_form_that_a_text_must_have_is_explained() -> None:
    source = "".join(Path(str(each.__file__)).read_text(encoding="utf-8") for each in (fields, models))
    patterns = set(re.findall(r"StringConstraints\(pattern=([^,)]+)", source))
    assert {name for name in patterns if getattr(fields, name, "") not in fields.FORMS} == set()


def test_a_cue_may_stand_once_under_a_meaning(tmp_path: Path) -> None:
    assert found(tmp_path, "handoff/mood.yaml", "[annoyed]", "[annoyed, Annoyed!]") == [
        "handoff/mood.yaml:3: 'Annoyed!' means upset at handoff/mood.yaml:3 already. Keep it in one place."
    ]


def test_a_step_against_abuse_that_does_not_exist_is_told(tmp_path: Path) -> None:
    (told,) = found(tmp_path, "handoff/mood.yaml", "[boundary]", "[ban]")
    assert told.startswith("handoff/mood.yaml:4: ")
