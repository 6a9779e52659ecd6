"""What a turn's effects make of the floor, which all customers share: the next turn sees it so."""

from collections.abc import Iterable

from bot.desk import floor as floors
from bot.desk.floor import Floor
from bot.dialog.effects import Effect, NoteFact, OpenCase, UpdateCase


def touches(effects: Iterable[Effect]) -> bool:
    """Tell whether effects change what is shared."""
    return any(isinstance(effect, NoteFact | OpenCase | UpdateCase) for effect in effects)


def after(floor: Floor, effects: Iterable[Effect]) -> Floor:
    """Return the floor as it is after these effects."""
    for effect in effects:
        match effect:
            case NoteFact():
                floor = floors.noted(floor, effect.name, effect.value)
            case OpenCase() | UpdateCase():
                floor = floors.shown(floor, effect.case)
            case _:
                pass
    return floor
