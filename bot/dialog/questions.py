"""A step's question: how it is asked, and how it is asked again.

What it offers is in `collected`, what becomes of the answer in `steps`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialog.casebook import CHECK_IN
from bot.dialog.collected import Asking, options
from bot.dialog.effects import Choice, Field, Form, Source
from bot.dialog.flow import Ask, Confirm, FormStep, Offer, Step, Wording
from bot.dialog.markup import Marked, plain
from bot.dialog.scene import Scene
from bot.dialog.template import counted
from bot.dialog.values import Hint

ALL = "everything"  # the button that picks all things of a list
_WAY_OUT = 2  # from this failure on, the ways out are said
_ASKING = ("answer_several_orders", "answer_address_part")  # say themselves what is asked
_NO_TRY = ("answer_why",)  # nothing was tried, so "I couldn't find a number in that" is no way to ask again


def ref(scene: Scene, step: Step) -> str:
    """Return the name of a step with its flow's."""
    return f"{scene.talk.frames[-1].flow}.{step.id}"


def pose(scene: Scene, step: Asking, why: Hint | None = None) -> None:
    """Ask, and say first what was found in words that came earlier, or why it was none; a read-back tells it itself."""
    frame = scene.talk.frames[-1]
    name = ref(scene, step)
    greeted = frame.flow == CHECK_IN and frame.posed == step.id and step.again  # it greets once
    words: list[str] = [scene.word(f"flow:{name}/again", greeted) if greeted else scene.word(f"flow:{name}", step.text)]
    found = [each for each in frame.found if not (each.startswith("#") and each in words[0])]  # an order that it names
    if found and not isinstance(step, Confirm):
        words.insert(0, _text(scene, "understood", found=found))
    if why:
        words.insert(0, _text(scene, why.key, **why.values))
    asked = frame.asked if not isinstance(step, Ask) or step.slot in frame.asked else (*frame.asked, step.slot)
    if isinstance(step, Offer) and step.refuses and frame.posed != step.id:
        scene.refused(policy_of(frame.slots, step))
    scene.change_frame(found=(), posed=step.id, asked=asked)
    _say(scene, step, words, f"{name}/again" if greeted else name)


def policy_of(slots: Mapping[str, Any], step: Offer) -> str:
    """Return the policy whose no a step tells; nothing where a person said it by no rule."""
    verdict = slots.get(step.refuses)
    return str(verdict.get("policy", "")) if isinstance(verdict, dict) else ""


def ask_again(scene: Scene, step: Asking, why: Wording | Hint | None = None) -> None:
    """Say why an answer was none, ask once more in other words, and name the ways out when it is not the first time.

    What stands right above is not said again; the buttons are there all the same.
    """
    failures = scene.talk.frames[-1].failures
    name = f"{ref(scene, step)}/again"
    words: list[str] = []
    if isinstance(why, Wording) and (failures < _WAY_OUT or len(why.variants) > 1):
        words = [scene.word(f"flow:{ref(scene, step)}/otherwise", why)]
    else:
        words = [_text(scene, why.key, **why.values)] if isinstance(why, Hint) else []
        if isinstance(why, Hint) and why.key in _NO_TRY:
            words.append(scene.word(f"flow:{ref(scene, step)}", step.text))
        elif not (isinstance(why, Hint) and why.key in _ASKING):
            words += _again(scene, step, name, failures)
    if failures >= _WAY_OUT:
        words.append(_text(scene, "way_out"))
    fresh = [each for each in words if not scene.echoes(each)]
    _say(scene, step, fresh or words, name, person=failures >= _WAY_OUT)


def _again(scene: Scene, step: Asking, name: str, failures: int) -> list[str]:
    """Return the step's own re-ask; where it has none that was not said yet, that of its type with the question."""
    own = step.again
    if own and (failures < _WAY_OUT or len(own.variants) > 1):
        words = scene.word(f"flow:{name}", own)
        if not scene.echoes(words):
            return [words]
    kind = step.type if isinstance(step, Ask) else type(step).__name__.removesuffix("Step").lower()
    return [_text(scene, f"again_{kind}"), scene.word(f"flow:{ref(scene, step)}", step.text)]


def _text(scene: Scene, key: str, **more: Any) -> Marked:
    return scene.word(key, scene.catalog.texts[key], **more)


def _say(scene: Scene, step: Asking, words: Sequence[str], name: str, *, person: bool = False) -> None:
    choices = _choices(scene, step)
    if person:
        choices.append(scene.choice_text("person", "choice_person"))
    scene.say(
        ("\n\n" if any("\n" in each for each in words) else " ").join(words),
        Source(kind="flow", id=name, at=step.text.at),
        choices=choices,
        form=_form(scene, step) if isinstance(step, FormStep) else None,
        whole=isinstance(step, Confirm),
    )


def _choices(scene: Scene, step: Asking) -> list[Choice]:
    if isinstance(step, Confirm) or (isinstance(step, Ask) and step.type == "yes_no"):
        return [scene.choice_text("yes", "choice_yes"), scene.choice_text("no", "choice_no")]
    choices = [scene.choice(option.value, counted(option.quantity, option.label)) for option in options(scene, step)]
    if isinstance(step, Ask) and step.type in ("choices", "items") and len(choices) > 1:
        choices.append(scene.choice_text(ALL, "choice_all"))
    return choices


def _form(scene: Scene, step: FormStep) -> Form:
    return Form(
        id=f"{scene.turn_id}/form",
        title=plain(scene.fill(step.title)),
        fields=tuple(
            Field(id=f.slot, label=plain(scene.fill(f.label)), required=f.required, long=f.long) for f in step.fields
        ),
    )
