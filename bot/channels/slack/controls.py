"""What people press, choose, send, command → events, or an answer on the spot.

Opening a form and browsing are pure queries on committed state; only what is sent is an event.
"""

import json
import logging
from collections.abc import Mapping
from typing import Any

import aiohttp
from msgspec.structs import replace

from bot.channels import deskacts, deskcommand, noticeform
from bot.channels.casework import (
    LOOKS,
    POST_WORDED,
    WORDED,
    agent_of,
    post_event,
    prefilled,
    staff_event,
    suggested_words,
)  # fmt: skip
from bot.channels.decisions import COUNTER, sent
from bot.channels.looking import refused
from bot.channels.slack import blocks, glancing, topics
from bot.channels.slack.access import SlackAccess
from bot.channels.slack.incoming import Ears
from bot.channels.slack.places import Places, Where, accounts, is_dm, person
from bot.channels.slack.render import mrkdwn
from bot.channels.slack.workspace import Workspace
from bot.channels.words import label, word
from bot.dialog import overview, waiting
from bot.dialog.effects import Form
from bot.dialog.events import (
    ActMistyped,
    CaseResolved,
    CaseSnoozed,
    ChoicePressed,
    Event,
    FormSubmitted,
    MessageReceived,
)
from bot.dialog.overview import Overview
from bot.dialog.state import Dossier, meant, was_offered
from bot.errors import FrontdeskError, StoreError
from bot.ports import Shop

log = logging.getLogger("frontdesk.slack")

SHORTCUT = "help_with_this"
MYCASES = "/mycases"
LINKING = "/link"
_HERE = "\ue000"
_ERROR = 300  # characters below a field of a form

Body = Mapping[str, Any]
Ack = dict[str, Any] | None


class Controls:
    """Takes interactions. What fails is told to whoever pressed, and to nobody else."""

    def __init__(self, access: SlackAccess, shop: Shop, places: Places, ears: Ears) -> None:
        self._support = access.support_ids
        self._shop = shop
        self._places = places
        self._ears = ears
        self.glances = glancing.Glances(shop)

    async def take(self, space: Workspace, body: Body) -> Ack:
        """Do what an interaction or a command asks for; return what goes with the acknowledgement."""
        if body.get("command") == MYCASES:
            return await self._my_cases(space, body)
        if body.get("command") == LINKING:
            return await self._link(space, body)
        if "command" in body:
            said = str(body.get("text") or "").strip()
            if body["command"] == glancing.COMMAND:
                own = deskcommand.own_act(said)
                return await (self._own_act(space, body, *own) if own else self.glances.command(space, body))
            return await self._help(said)
        try:
            match body.get("type"):
                case "block_actions":
                    await self._pressed(space, body, body["actions"][0])
                case "view_submission":
                    return await self._sent(space, body)
                case "message_action" if body.get("callback_id") == SHORTCUT:
                    await self._help_with(space, body)
        except (FrontdeskError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("an interaction failed: %s", error if isinstance(error, StoreError) else type(error).__name__)
            return await self._failed(space, body)
        return None

    async def _failed(self, space: Workspace, body: Body) -> Ack:
        """Tell whoever pressed that it did not work; a form stays open, with what they typed."""
        if body.get("type") == "view_submission":
            return _complaint(body, label(self._shop.catalog, "ui_trouble", 150))
        await self._tell(space, body, "ui_trouble")
        return None

    # --- presses ------------------------------------------------------------------------------------------------------

    async def _pressed(self, space: Workspace, body: Body, action: Body) -> None:
        name, _, rest = str(action.get("action_id") or "").partition("/")
        chosen = action.get("selected_option") or {}
        value = str(action.get("value") or chosen.get("value") or "")
        text = str((action.get("text") or chosen.get("text") or {}).get("text") or "")
        match name:
            case blocks.CHOICE | blocks.CHOOSE:
                await self._choice(space, body, value, text)
            case blocks.FORM:
                await self._open_form(space, body, value, text)
            case blocks.MINE:
                await self._own_case(space, body, value)
            case blocks.CASE:
                number, _, words = value.partition(" ")
                await self._case(space, body, rest, int(number), text, words)
            case blocks.POST:
                await self._post(space, body, rest, value)
            case blocks.SNIPPET:
                await self._snippet(space, body, value)
            case blocks.NOTICE:
                await self._open_notice(space, body, value)
            case blocks.PANEL:
                await self._open(space, body, blocks.ask_view(self._shop.catalog, _channel(body)))
            case glancing.REFRESH | glancing.CATEGORY:
                await self.glances.refresh(space, _user(body), value)
            case glancing.PAGE:
                await self.glances.turn(space, _user(body), body["view"], value)
            case blocks.TOPICS:
                await _answer(space, body, topics.topic_page(self._shop.catalog, value))
            case blocks.TOPIC:
                name = await space.name(_user(body))
                now = self._shop.clock.now()
                await _answer(space, body, topics.answer_page(self._shop.catalog, value, now, name))

    async def _choice(self, space: Workspace, body: Body, choice: str, text: str) -> None:
        customer = person(space.team, _user(body))
        if not was_offered(await self._dossier(customer), choice):
            await self._tell(space, body, "ui_not_yours")
            return
        pressed = ChoicePressed(
            key=_key(space, body),
            customer=customer,
            at=self._shop.clock.now(),
            place=_where(space, body).place,
            name=await space.name(_user(body)),
            choice=choice,
            label=text,
        )
        await self._shop.accept(pressed)

    async def _open_form(self, space: Workspace, body: Body, form_id: str, text: str) -> None:
        dossier = await self._dossier(person(space.team, _user(body)))
        form = _form(dossier, form_id)
        if form:
            await self._open(space, body, blocks.form_view(form, self._shop.catalog, _where(space, body).place))
        else:  # one of an earlier turn is for the engine to answer
            await self._choice(space, body, form_id, text)

    async def _case(self, space: Workspace, body: Body, do: str, number: int, text: str, words: str) -> None:
        agent = agent_of(self._shop.catalog, *accounts(space.team, _user(body)))
        case = await self._shop.store.case(number)
        if not agent:
            await self._tell(space, body, "ui_not_staff")
        elif case is None:
            await self._tell(space, body, "ui_trouble")
        elif refusal := refused(self._shop, agent, case, do):
            await self._whisper(space, body, refusal)
        elif do in LOOKS:
            await self.glances.open(space, str(body["trigger_id"]), agent, case)
        elif do in WORDED:
            await self._open(space, body, blocks.case_view(case, do, text, self._shop.catalog))
        else:
            await self._shop.accept(self._staff(space, body, do, words, agent, number, case.customer))

    async def _snippet(self, space: Workspace, body: Body, value: str) -> None:
        """Open the form of a reply with a snippet in it, to be changed before it is sent."""
        number, _, id = value.partition("/")
        agent = agent_of(self._shop.catalog, *accounts(space.team, _user(body)))
        case = await self._shop.store.case(int(number))
        if not agent or case is None:
            await self._tell(space, body, "ui_trouble" if agent else "ui_not_staff")
            return
        if refusal := refused(self._shop, agent, case, "reply"):
            await self._whisper(space, body, refusal)
            return
        catalog, words = self._shop.catalog, prefilled(self._shop, case, id, agent)
        await self._open(
            space, body, blocks.case_view(case, "reply", label(catalog, "ui_act_reply", blocks.TITLE), catalog, words)
        )

    def _staff(self, space: Workspace, body: Body, do: str, text: str, agent: str, number: int, customer: str) -> Event:
        now = self._shop.clock.now()
        return staff_event(do, text, key=_key(space, body), customer=customer, at=now, agent=agent, case=number)

    async def _post(self, space: Workspace, body: Body, do: str, about: str) -> None:
        """Take a press on what stands in a staff room by itself."""
        agent = agent_of(self._shop.catalog, *accounts(space.team, _user(body)))
        common = {"key": _key(space, body), "at": self._shop.clock.now(), "agent": agent}
        if not agent:
            await self._tell(space, body, "ui_not_staff")
        elif do in POST_WORDED:
            begun = await suggested_words(self._shop, about) if do == "edit" else ""
            await self._open(space, body, blocks.post_view(about, do, begun, self._shop.catalog))
        elif event := post_event(about, do, "", **common):
            await self._shop.accept(event)

    async def _open(self, space: Workspace, body: Body, view: blocks.Block) -> None:
        """Open a form; at once, since Slack allows it only for moments."""
        await space.write("views.open", trigger_id=body["trigger_id"], view=view)

    # --- forms --------------------------------------------------------------------------------------------------------

    async def _sent(self, space: Workspace, body: Body) -> Ack:
        view = body["view"]
        kept = json.loads(view.get("private_metadata") or "{}")
        values = {
            name: str(typed.get("value") or (typed.get("selected_option") or {}).get("value") or "")
            for name, inputs in view["state"]["values"].items()
            for typed in inputs.values()
        }
        match view.get("callback_id"):
            case blocks.FORM:
                return await self._form_sent(space, body, kept, values)
            case blocks.MINE:
                return await self._own_case_sent(space, body, str(kept["choice"]), values)
            case blocks.CASE:
                return await self._words_sent(space, body, kept, values)
            case blocks.POST:
                return await self._post_sent(space, body, kept, values.get(blocks.WORDS, ""))
            case blocks.NOTICE:
                return await self._notice_sent(space, body, noticeform.line(str(kept["kind"]), values))
            case blocks.ASK:
                await self._asked(space, body, str(kept.get("channel") or ""), values.get(blocks.WORDS, ""))
        return None

    async def _form_sent(self, space: Workspace, body: Body, kept: Body, values: dict[str, str]) -> Ack:
        customer = person(space.team, _user(body))
        if not was_offered(await self._dossier(customer), str(kept["form"])):
            return _complaint(body, label(self._shop.catalog, "ui_not_yours", 150))
        filled = FormSubmitted(
            key=_key(space, body),
            customer=customer,
            at=self._shop.clock.now(),
            place=str(kept["place"]),
            name=await space.name(_user(body)),
            form=str(kept["form"]),
            values=values,
        )
        await self._shop.accept(filled)
        return None

    async def _words_sent(self, space: Workspace, body: Body, kept: Body, values: dict[str, str]) -> Ack:
        outcome = values.get(blocks.OUTCOME, "")
        text = sent(values) if kept["do"] == COUNTER else values.get(blocks.WORDS, "")
        agent = agent_of(self._shop.catalog, *accounts(space.team, _user(body)))
        case = await self._shop.store.case(int(kept["case"]))
        if not agent or case is None:
            return _complaint(body, label(self._shop.catalog, "ui_not_staff" if case else "ui_trouble", 150))
        acted = self._staff(space, body, str(kept["do"]), text, agent, case.number, case.customer)
        if isinstance(acted, ActMistyped):
            how = label(
                self._shop.catalog, f"staff_how_{acted.do}", 150, case=case.number, agent=agent, said=acted.text
            )
            return _complaint(body, how)
        if isinstance(acted, CaseSnoozed) and (why := waiting.unfit(self._shop.catalog, case, acted, acted.at)):
            name = self._shop.catalog.agents[agent].name
            return _complaint(body, label(self._shop.catalog, why, _ERROR, case=case.number, agent=name, said=text))
        await self._shop.accept(replace(acted, outcome=outcome) if isinstance(acted, CaseResolved) else acted)
        return None

    async def _post_sent(self, space: Workspace, body: Body, kept: Body, text: str) -> Ack:
        agent = agent_of(self._shop.catalog, *accounts(space.team, _user(body)))
        common = {"key": _key(space, body), "at": self._shop.clock.now(), "agent": agent}
        event = post_event(str(kept["about"]), str(kept["do"]), text, **common)
        if not agent or event is None:
            return _complaint(body, label(self._shop.catalog, "ui_trouble" if agent else "ui_not_staff", 150))
        await self._shop.accept(event)
        return None

    async def _notice_sent(self, space: Workspace, body: Body, line: str) -> Ack:
        agent = self.glances.agent(space, _user(body))
        catalog = self._shop.catalog
        wrong = noticeform.amiss(catalog, agent, line, _ERROR) if agent else label(catalog, "ui_not_staff", _ERROR)
        if wrong:
            return _complaint(body, wrong, noticeform.TO)
        notice = deskcommand.NOTICE
        await deskacts.act(self._shop, agent, notice, line, key=_key(space, body), at=self._shop.clock.now())
        return None

    async def _open_notice(self, space: Workspace, body: Body, name: str) -> None:
        agent = self.glances.agent(space, _user(body))
        kind = noticeform.asked(self._shop.catalog, agent, name) if agent else None
        if kind:
            await self._open(space, body, blocks.notice_view(kind, self._shop.catalog))
        else:
            await self._tell(space, body, "ui_trouble" if agent else "ui_not_staff")

    async def _asked(self, space: Workspace, body: Body, channel: str, text: str) -> None:
        """Take the question from the panel's form: it becomes the first message of a private talk."""
        at = await self._private(space, _user(body))
        now = self._shop.clock.now()
        asked = MessageReceived(
            key=_key(space, body),
            customer=person(space.team, _user(body)),
            at=now,
            place=at.place,
            name=await space.name(_user(body)),
            text=text,
        )
        await self._begin(space, asked)
        if channel and channel != at.channel:
            await self._started(space, channel, _user(body))

    # --- the shortcut on a message ------------------------------------------------------------------------------------

    async def _help_with(self, space: Workspace, body: Body) -> None:
        """Take a message on which somebody asks for help: in its thread if it is their own in a support channel."""
        user, message, channel = _user(body), body["message"], _channel(body)
        own = message.get("user") == user and channel in self._support
        at = _where(space, body) if own else await self._private(space, user)
        ts = str(message["ts"])
        heard = await self._ears.message(space, at, person(space.team, user), {**message, "user": user})
        heard = replace(
            heard,
            key=_key(space, body),
            at=self._shop.clock.now(),
            messages=(at.message(ts),) if own else (),
        )
        await self._begin(space, heard)
        if at.channel != channel:
            await self._started(space, channel, user, str(body.get("response_url") or ""))

    async def _private(self, space: Workspace, user: str) -> Where:
        answer = await space.write("conversations.open", users=user)
        return Where(space.team, str(answer["channel"]["id"]))

    async def _begin(self, space: Workspace, event: MessageReceived) -> None:
        await self._shop.accept(event)
        self._places.add(event.customer, event.place)

    async def _started(self, space: Workspace, channel: str, user: str, url: str = "") -> None:
        """Tell where the talk goes on: in the DM with the bot."""
        told = mrkdwn(word(self._shop.catalog, "ui_started", place=_HERE)).replace(_HERE, f"<@{space.bot}>")
        if url:
            await _respond(space, url, {"text": told, "response_type": "ephemeral", "replace_original": False})
        else:
            await space.whisper(channel, user, told)

    # --- /help --------------------------------------------------------------------------------------------------------

    async def _help(self, query: str) -> Ack:
        """Answer the command with its acknowledgement, so that nothing can overtake it."""
        page = topics.found_page(self._shop.catalog, query) if query else topics.first_page(self._shop.catalog)
        return {"response_type": "ephemeral", "text": blocks.fallback(page), "blocks": page}

    # --- /desk --------------------------------------------------------------------------------------------------------

    async def _own_act(self, space: Workspace, body: Body, do: str, text: str) -> Ack:
        """Do what an agent says of themselves, and answer only them."""
        agent = self.glances.agent(space, str(body["user_id"]))
        told = word(self._shop.catalog, "ui_not_staff")
        form = await self._notice_form(space, body, agent, text) if agent and do == deskcommand.NOTICE else None
        if form is not None:
            return form
        if agent:
            key = f"slack:{space.team}/command/{body['trigger_id']}"
            told = await deskacts.act(self._shop, agent, do, text, key=key, at=self._shop.clock.now())
        return {"response_type": "ephemeral", "text": mrkdwn(told)}

    async def _notice_form(self, space: Workspace, body: Body, agent: str, text: str) -> Ack:
        """Open the form of a notice that is only named, offer all where none is; None for one that is typed in full."""
        catalog = self._shop.catalog
        if kind := noticeform.asked(catalog, agent, text):
            try:
                await self._open(space, body, blocks.notice_view(kind, catalog))
            except (FrontdeskError, aiohttp.ClientError, OSError, TimeoutError) as error:
                log.warning("a form was not opened: %s", type(error).__name__)
                return {"response_type": "ephemeral", "text": mrkdwn(word(catalog, "ui_trouble"))}
            return {}
        kinds = [] if text else noticeform.kinds(catalog, agent)
        page = blocks.notice_kinds(kinds, catalog) if kinds else []
        return {"response_type": "ephemeral", "text": blocks.fallback(page), "blocks": page} if page else None

    # --- /mycases -----------------------------------------------------------------------------------------------------

    async def own_cases(self, space: Workspace, user: str) -> Overview:
        """Return a customer's cases as they may see them."""
        dossier = await self._dossier(person(space.team, user))
        return overview.of(dossier, self._shop.catalog, self._shop.clock.now())

    async def _my_cases(self, space: Workspace, body: Body) -> Ack:
        """Answer the command with its acknowledgement, which only its author sees."""
        try:
            page = blocks.own_cases(await self.own_cases(space, str(body["user_id"])))
        except StoreError as error:
            log.warning("a command failed: %s", error)
            page = [blocks.section(mrkdwn(word(self._shop.catalog, "ui_trouble")))]
        return {"response_type": "ephemeral", "text": blocks.fallback(page), "blocks": page}

    async def _own_case(self, space: Workspace, body: Body, value: str) -> None:
        """Open the form in which something is added, or a closing confirmed."""
        catalog = self._shop.catalog
        found = meant(value, (await self._dossier(person(space.team, _user(body)))).cases)
        if found is None or not found[1].open:
            await self._tell(space, body, "mycases_over")
            return
        do, case = found
        owner = catalog.agents.get(case.assignee)
        question = word(catalog, f"mycases_{do}", case=case.number, owner=owner.name if owner else "")
        chosen = overview.choice("add" if do == "add" else "really", case, catalog)
        await self._open(space, body, blocks.own_case_view(chosen, question, catalog, words=do == "add"))

    async def _own_case_sent(self, space: Workspace, body: Body, choice: str, values: dict[str, str]) -> Ack:
        """Take what was added, or that a case shall be closed; what comes of it is said where the case is."""
        customer = person(space.team, _user(body))
        found = meant(choice, (await self._dossier(customer)).cases)
        if found is None:
            return None
        common: dict[str, Any] = {
            "key": _key(space, body),
            "customer": customer,
            "at": self._shop.clock.now(),
            "place": found[1].place,
            "name": await space.name(_user(body)),
        }
        if values:
            await self._shop.accept(FormSubmitted(form=choice, values=values, **common))
        else:
            label = overview.choice(found[0], found[1], self._shop.catalog).label
            await self._shop.accept(ChoicePressed(choice=choice, label=label, **common))
        return None

    async def _link(self, space: Workspace, body: Body) -> Ack:
        """Take the command, with a code or without, into the private talk."""
        user = str(body["user_id"])
        text = " ".join([LINKING, str(body.get("text") or "").strip()]).strip()
        try:
            at = await self._private(space, user)
            said = MessageReceived(
                key=f"slack:{space.team}/i/{body['trigger_id']}",
                customer=person(space.team, user),
                at=self._shop.clock.now(),
                place=at.place,
                name=await space.name(user),
                text=text,
            )
            await self._begin(space, said)
        except (FrontdeskError, aiohttp.ClientError, OSError, TimeoutError) as error:
            log.warning("a command failed: %s", type(error).__name__)
            return {"response_type": "ephemeral", "text": mrkdwn(word(self._shop.catalog, "ui_trouble"))}
        told = mrkdwn(word(self._shop.catalog, "ui_started", place=_HERE)).replace(_HERE, f"<@{space.bot}>")
        return {"response_type": "ephemeral", "text": told}

    # --- both ---------------------------------------------------------------------------------------------------------

    async def _dossier(self, customer: str) -> Dossier:
        return (await self._shop.store.dossiers([customer]))[customer][1]

    async def _tell(self, space: Workspace, body: Body, text: str) -> None:
        """Show whoever pressed a house text."""
        await self._whisper(space, body, word(self._shop.catalog, text))

    async def _whisper(self, space: Workspace, body: Body, text: str) -> None:
        """Show a text (neutral markup) to whoever pressed, and to nobody else."""
        if channel := _channel(body):
            await space.whisper(channel, _user(body), mrkdwn(text), _thread(body))


def _user(body: Body) -> str:
    return str(body["user"]["id"])


def _channel(body: Body) -> str:
    return str((body.get("channel") or body.get("container") or {}).get("id") or "")


def _thread(body: Body) -> str:
    return str((body.get("message") or {}).get("thread_ts") or (body.get("container") or {}).get("thread_ts") or "")


def _where(space: Workspace, body: Body) -> Where:
    """Return the place of the message on which somebody acted."""
    channel = _channel(body)
    ts = str((body.get("message") or body.get("container") or {}).get("ts") or "")
    return Where(space.team, channel) if is_dm(channel) else Where(space.team, channel, _thread(body) or ts)


def _key(space: Workspace, body: Body) -> str:
    return f"slack:{space.team}/i/{body['trigger_id']}"


def _form(dossier: Dossier, form: str) -> Form | None:
    return next((talk.form for talk in dossier.conversations if talk.form and talk.form.id == form), None)


def _complaint(body: Body, text: str, below: str = "") -> Ack:
    """Return what is wrong, to stand below a field of the form: the first where none is named."""
    first = next(block["block_id"] for block in body["view"]["blocks"] if block["type"] == "input")
    return {"response_action": "errors", "errors": {below or first: text}}


async def _answer(space: Workspace, body: Body, page: list[blocks.Block]) -> None:
    """Turn the page that only this person sees."""
    shown = {"replace_original": True, "text": blocks.fallback(page), "blocks": page}
    await _respond(space, str(body["response_url"]), shown)


async def _respond(space: Workspace, url: str, message: Mapping[str, Any]) -> None:
    session = space.client.session
    assert session
    async with session.post(url, json=message) as answer:
        if answer.status != 200:
            log.warning("an answer to an interaction was refused: status %d", answer.status)
