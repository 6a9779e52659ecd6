"""Care: in a legal matter the bot relays and tells how far things are; offers and decisions wait for those who may."""

import re
from collections.abc import Mapping

from bot.desk.case import Case
from bot.desk.team import Agent, by_name, may
from bot.dialog import casebook, escalating
from bot.dialog.catalog import Catalog
from bot.dialog.events import CareSwitched
from bot.dialog.scene import Scene
from bot.dialog.understand import names, understand
from bot.dialog.values.money import names_money
from bot.knowledge import normalise

_CLAUSES = re.compile(r"(?<=[.,;:!?])\s+|\n+|\s+(?:but|and|though|although)\s+")
_SHOWN = 140
_CLOSE = 4  # words from one denial to the next that takes it back
_READ = 10_000  # letters of an agent's words that are looked at
LIFTS = "supervisor"  # whose role may lift it, and decide meanwhile


def begins(scene: Scene, case: Case) -> Case:
    """Be careful in a case from now on, call its owner and the supervisors, and let staff know what that means."""
    if case.careful:
        return case
    scene.careful = True
    escalating.call(scene, scene.change_case(case.number, careful=True), "staff_careful")
    return scene.case(case.number) or case


def heard(scene: Scene, case: Case, text: str) -> Case:
    """Be careful in a case whose customer speaks of what the shop wants care with; return it as it is then."""
    meant = understand(text, scene.catalog)
    named = "legal" if scene.felt.legal else meant.id if meant.decision == "handoff" else ""
    wish = scene.catalog.wishes.get(named)
    return begins(scene, case) if wish and wish.careful else case


def switch(scene: Scene, case: Case, agent: Agent, event: CareSwitched) -> None:
    """Begin to be careful, which everybody may, or lift it, which only some roles may."""
    if event.on:
        scene.rule("careful")
        begins(scene, case)
    elif not may(agent, LIFTS):
        scene.rule("care_stays")
        scene.alert(case, "staff_role", agent=agent.name, role=LIFTS)
    else:
        scene.rule("care_lifted")
        lifted = scene.change_case(case.number, careful=False)
        scene.alert(lifted, "staff_care_lifted", agent=agent.name, reason=event.text)


def withholds(scene: Scene, case: Case, agent: Agent, text: str) -> bool:
    """Tell the agent that words which admit or offer something are not sent while a case needs care, if so."""
    careful = next((each for each in scene.open_cases() if each.careful), None)
    said = risky(scene.catalog, text) if careful and not may(agent, LIFTS) else ""
    if not careful or not said:
        return False
    scene.rule("care_withholds")
    people, _ = by_name(casebook.supervisors(scene))
    told = {"agent": agent.name, "careful": careful.number, "words": said, "people": people}
    scene.alert(case, "staff_care_withholds", **told)
    return True


def risky(catalog: Catalog, text: str) -> str:
    """Return the clause of a text that admits or offers something; empty if none does.

    Behind words that guard it ("we can't offer"), nothing does, but for what has such a word in it ("should not have").
    """
    words, lexicon, currency = catalog.commands, catalog.answers, catalog.voice.currency
    risks = (*words["admitting"], *words["offering"])
    for clause in _CLAUSES.split(text[:_READ]):
        said = f" {normalise(clause)} "
        bare = said[: _guarded(said, words)] + " "
        gives = bare.strip() == said.strip() and names((*words["giving"],), clause)
        plain = any(f" {each} " in (said if names((*words["guarding"],), each) else bare) for each in risks)
        if plain or _owns_up(bare, words) or (gives and names_money(clause, lexicon, currency)):
            return " ".join(clause.split())[:_SHOWN]
    return ""


def _guarded(said: str, words: Mapping[str, frozenset[str]]) -> int:
    """Return where a clause begins to be guarded; its length if it never is.

    Two words that deny, one close behind the other, say yes: "we can't deny", "we never disputed".
    """
    lists = ("affirming", "denying", "guarding")
    kinds = {phrase: kind for kind in reversed(lists) for phrase in words[kind]}
    found = re.finditer("|".join(rf"(?<= ){re.escape(each)}(?= )" for each in sorted(kinds, key=len)[::-1]), said)
    open_: list[re.Match[str]] = []
    for each in found if kinds else ():
        if kinds[each[0]] == "affirming":
            continue
        close = open_ and said.count(" ", open_[-1].end(), each.start()) <= _CLOSE
        if kinds[each[0]] == "denying" and close and kinds[open_[-1][0]] == "guarding":
            open_.pop()
        else:
            open_.append(each)
    return open_[0].start() - 1 if open_ else len(said)


def _owns_up(said: str, words: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether a clause makes a fault ours: "our own mistake", "the blame lies with us", "we bear the blame"."""
    lists = ("blame", "ours", "is_ours", "owning_up", "denying")  # one that denies stands here behind a guard
    blame, ours, is_ours, owning_up, denying = ("|".join(map(re.escape, words[name])) or "(?!)" for name in lists)
    before = rf" (?:{ours})(?: \w+){{0,2}} (?:{blame}) | (?:{owning_up}|{denying})(?: \w+){{0,3}} (?:{blame}) "
    return bool(re.search(rf"{before}| (?:{blame})(?: \w+){{0,4}} (?:{is_ours}) ", said))


def forbids(scene: Scene, case: Case, agent: Agent) -> bool:
    """Tell the agent that nothing may be offered or decided while one of the customer's cases needs care, if so."""
    careful = next((each for each in scene.open_cases() if each.careful), None)
    if careful is None or may(agent, LIFTS):
        return False
    scene.rule("care_forbids")
    scene.alert(case, "staff_care_forbids", agent=agent.name, careful=careful.number, role=LIFTS)
    return True
