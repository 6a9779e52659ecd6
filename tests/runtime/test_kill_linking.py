"""The bot is killed while accounts are linked and unlinked: they are one customer's or two, never anything between.

What stands in the database is looked at between each kill and the next start; then the bot is left to finish.
`FRONTDESK_SOAK_KILLS` and `FRONTDESK_SOAK_SEED` are those of test_kill.
"""

import asyncio
import random
import re
import signal
from collections import Counter, defaultdict
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.dialog.accounts import accounts_of
from bot.dialog.state import Dossier
from bot.store.sqlite import SqliteStore
from tests.runtime.test_kill import KILLS, SEED, Bot, Platform, run

CODE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b")
LINKED, TOLD, APART, WRONG = (
    "belong together now",
    "Another account has just been linked",
    "apart again",
    "doesn't work",
)
ROUNDS = max(6, KILLS // 2)


class Places(Platform):
    """What was shown, by place: what is said in linked accounts belongs to both."""

    def __init__(self) -> None:
        super().__init__(random.Random(SEED), faults=0.0)
        self.shown: dict[str, list[str]] = defaultdict(list)

    async def _show(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["id"] not in self._ids:
            self._ids.add(body["id"])
            self.shown[body["place"]].append(body["text"])
            async with self._stirred:
                self._stirred.notify_all()
        return web.Response(text=f"p-{body['id']}")

    def told(self, account: str, text: str) -> int:
        """Count how often somebody was told something."""
        return sum(text in line for line in self.shown[account])


class Trial:
    """A bot, its platform and database, and people who write."""

    def __init__(self, bot: Bot, platform: Places, http: aiohttp.ClientSession, database: Path) -> None:
        self.platform = platform
        self.found: Counter[str] = Counter()
        self._bot = bot
        self._http = http
        self._database = database
        self._chance = random.Random(SEED)

    async def says(self, account: str, text: str) -> None:
        self.platform.messages += 1
        body = {"id": f"m{self.platform.messages}", "customer": account, "do": "say", "text": text}
        await self.platform.send(self._http, "do", body)

    async def idle(self) -> None:
        await self.platform.send(self._http, "idle", {})

    async def killed_while(self, doing: str, accounts: tuple[str, ...], *saying: tuple[str, str]) -> None:
        """Kill the bot at some instant while people write, look at what it has left, and let it finish."""
        writing = asyncio.gather(*(self.says(account, text) for account, text in saying))
        await asyncio.sleep(self._chance.uniform(0.0, 0.03))
        assert await self._bot.end(signal.SIGKILL) == -signal.SIGKILL
        linked = len((await self.stored(accounts))[accounts[0]].accounts) > 1
        self.found[f"{'linked' if linked else 'apart'} while {doing}"] += 1
        await self._bot.start()
        await writing
        await self.idle()

    async def stored(self, accounts: tuple[str, ...]) -> dict[str, Dossier]:
        """Return the dossier of each account: a whole one, in which each case is once, and as it is on the board."""
        store = await SqliteStore.open(str(self._database))
        try:
            found = {account: dossier for account, (_, dossier) in (await store.dossiers(accounts)).items()}
            board = {case.number: case for case in await store.board() if case.customer in accounts}
        finally:
            await store.close()
        for account, dossier in found.items():
            assert account in accounts_of(dossier), f"{account} has the dossier of {dossier.customer}; seed {SEED}"
            assert all(found[each] == dossier for each in accounts_of(dossier)), f"half linked: {account}; seed {SEED}"
        cases = [
            case for dossier in {each.customer: each for each in found.values()}.values() for case in dossier.cases
        ]
        assert len(cases) == len({case.number for case in cases}), f"a case is in two dossiers; seed {SEED}"
        assert {case.number: case for case in cases if case.open} == board, f"seed {SEED}"
        return found


async def test_killed_while_accounts_are_linked_and_unlinked_they_are_linked_or_not_and_a_code_works_once(
    tmp_path: Path,
) -> None:
    platform = Places()
    async with run(tmp_path, platform) as (bot, http, _):
        trial = Trial(bot, platform, http, tmp_path / "desk.db")
        for round in range(ROUNDS):
            await link_and_unlink(trial, *(f"web:{name}{round}" for name in "abc"))
        print(f"{2 * ROUNDS} kills, after which accounts were {dict(trial.found)}; seed {SEED}")


async def link_and_unlink(trial: Trial, ana: str, ben: str, cora: str) -> None:
    told, everybody = trial.platform.told, (ana, ben, cora)
    for account in everybody:
        await trial.says(account, "I want to talk to a person")
    await trial.says(ana, "link my account")
    await trial.idle()
    (code,) = (code for line in trial.platform.shown[ana] for code in CODE.findall(line))

    await trial.killed_while("linking", everybody, (ben, code), (cora, code))
    first, second = (ben, cora) if told(ben, LINKED) else (cora, ben)
    assert [told(each, LINKED) for each in (first, second, ana)] == [1, 0, 0]
    assert [told(each, WRONG) for each in (first, second)] == [0, 1]
    assert told(ana, TOLD) == 1
    dossiers = await trial.stored(everybody)
    assert {*dossiers[ana].accounts} == {ana, first}
    assert dossiers[second].accounts == ()

    await trial.killed_while("unlinking", everybody, (first, "unlink my account"))
    assert [told(each, APART) for each in (ana, first, second)] == [1, 1, 0]
    dossiers = await trial.stored(everybody)
    assert [dossiers[each].accounts for each in everybody] == [(), (), ()]
    assert [[case.customer for case in dossiers[each].cases] for each in everybody] == [[each] for each in everybody]
    await trial.says(second, code)
    await trial.idle()
    assert told(second, WRONG) == 2
