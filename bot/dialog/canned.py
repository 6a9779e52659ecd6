"""Looked for in a case's thread: ready-made replies, which are sent when nothing is left to fill in, and answers."""

from msgspec import structs

from bot.desk import snippets as rules
from bot.desk.case import Case
from bot.desk.snippets import Snippet
from bot.desk.team import Agent
from bot.dialog import answering, caring, casebook, knowhow, snippets
from bot.dialog.events import AgentReplied, EntryWanted, SnippetWanted
from bot.dialog.markup import Marked, escape
from bot.dialog.scene import Scene

_LISTED = 12


def want(scene: Scene, case: Case, agent: Agent, event: SnippetWanted) -> None:
    """Show the snippets that are meant; a single one as it would be sent, or send it."""
    code, _, besides = event.query.partition(" send ")
    if besides.strip() and (meant := rules.find(scene.catalog.snippets.values(), code)) and len(meant) == 1:
        scene.rule("snippet_unclear")
        scene.alert(case, "staff_snippet_how", agent=agent.name, code=meant[0].id, words=besides)
        return
    found = _found(scene, case, event.query)
    if not found:
        scene.rule("no_snippet")
        scene.alert(case, "staff_no_snippet", agent=agent.name, query=event.query)
    elif len(found) > 1 or not event.query.strip():
        scene.rule("snippets_listed")
        lines = [f"- {escape(each.id)}: {escape(each.title)}" for each in found[:_LISTED]]
        more = max(0, len(found) - _LISTED)
        scene.alert(case, "staff_snippets", agent=agent.name, snippets=Marked("\n".join(lines)), more=more)
    else:
        _one(scene, case, agent, event, found[0])


def _one(scene: Scene, case: Case, agent: Agent, event: SnippetWanted, snippet: Snippet) -> None:
    text = snippets.filled(scene.catalog, snippet, case, casebook.called(scene, case, agent.id), scene.now)
    gaps = "; ".join(rules.gaps(text))
    told = {"agent": agent.name, "code": snippet.id, "title": snippet.title, "text": text, "gaps": gaps}
    if not event.send:
        scene.rule("snippet_shown")
        scene.alert(case, "staff_snippet", **told)
    elif gaps:
        scene.rule("snippet_has_gaps")
        scene.alert(case, "staff_snippet_gaps", **told)
    elif casebook.may_act(scene, case, agent) and not caring.withholds(scene, case, agent, text):
        reply = AgentReplied(
            key=event.key, customer=event.customer, at=event.at, agent=agent.id, case=case.number, text=text
        )
        answering.reply(scene, case, agent, reply)


def _found(scene: Scene, case: Case, query: str) -> list[Snippet]:
    """Return the snippets that a query means, the next best first where it says nothing."""
    every = scene.catalog.snippets
    if query.strip():
        return list(rules.find(every.values(), query))
    ranked = snippets.suggested(scene.catalog, case, scene.talk, scene.now)
    return [every[each.id] for each in ranked]


def look_up(scene: Scene, case: Case, event: EntryWanted) -> None:
    """Show staff the entry that is meant, and what else it could have been."""
    found = knowhow.look_up(scene.catalog, event.query, scene.now, case.name)
    scene.rule("entry_shown" if found else "no_entry")
    if found:
        scene.alert(case, "staff_entry", **structs.asdict(found))
    else:
        scene.alert(case, "staff_no_entry", query=event.query)
