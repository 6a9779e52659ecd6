"""Each word is recorded once, with who said it and in which case."""

from bot.dialog.effects import Effect, TellStaff
from bot.dialog.events import AgentReplied, Event, NoteAdded
from bot.dialog.state import Dossier
from bot.ports import Batch
from bot.store.sqlite import SqliteStore
from bot.store.transcript import entries
from tests.store.records import AT, accept, case, message, say, taken, talk


def lines(event: Event, *effects: Effect, dossier: Dossier | None = None) -> list[tuple[str, str, str, int]]:
    turn = taken(event, 1, *effects, dossier=dossier).turn
    return [(entry.who, entry.kind, entry.text, entry.case) for entry in entries(event, turn)]


def tell(kind: str, text: str, author: str = "") -> TellStaff:
    return TellStaff(place="staff:care", case=7, kind=kind, author=author, text=text)  # type: ignore[arg-type]


def test_what_customer_and_bot_say() -> None:
    said = lines(message(text="hello"), say("hi"), tell("customer", "hello"), tell("bot", "hi"))
    assert said == [("customer", "customer", "hello", 0), ("bot", "bot", "hi", 0)]


def test_what_an_agent_says_is_theirs_and_belongs_to_the_case() -> None:
    event = AgentReplied(key="k", customer="ana", at=AT, agent="eve", case=7, text="let me see")
    said = lines(event, say("let me see", author="eve"), tell("agent", "let me see"), dossier=talk(case=7))
    assert said == [("eve", "agent", "let me see", 7)]


def test_a_note_is_recorded_once_though_staff_are_shown_it() -> None:
    event = NoteAdded(key="k", customer="ana", at=AT, agent="eve", case=7, text="careful")
    said = lines(event, tell("note", "careful", "eve"), tell("alert", "late"))
    assert said == [("eve", "note", "careful", 7), ("bot", "alert", "late", 7)]


def test_the_case_is_found_by_its_conversation() -> None:
    dossier = Dossier(customer="ana", cases=(case(3), case(4, status="resolved"), case(5, conversation="c9")))
    assert lines(message(), dossier=dossier) == [("customer", "customer", "hello", 3)]


async def test_it_is_read_by_customer_by_case_or_whole_and_the_latest_are_kept(store: SqliteStore) -> None:
    for number, name in enumerate(("ana", "bob", "ana"), 1):
        event = message(name, text=f"m{number}", key=f"k{number}")
        (row,) = await accept(store, event)
        dossier = talk(name, f"c{number}", case=number if name == "bob" else 0)
        version = (await store.dossiers([name]))[name][0]
        await store.commit(Batch(turns=[taken(event, row, version=version, id=f"c{number}.1", dossier=dossier)]))

    async def texts(customer: str = "", case: int = 0, limit: int = 500) -> list[str]:
        return [said.text for said in await store.transcript(customer, case, limit)]

    assert await texts() == ["m1", "m2", "m3"]
    assert await texts(limit=2) == ["m2", "m3"]
    assert await texts("ana") == ["m1", "m3"]
    assert await texts(case=2) == ["m2"]
    assert (await store.transcript())[0].at == AT
