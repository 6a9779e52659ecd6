"""Queues in which too many wait: supervisors are called once, and again only after it has been better."""

from bot.desk.floor import Floor
from bot.desk.team import Queue, by_name
from bot.dialog import casebook
from bot.dialog.scene import Scene
from bot.dialog.shared import after, touches

_CROWDED = "crowded"  # a fact: "crowded:care"


def watch(scene: Scene) -> None:
    """Look at the queues as they are after this turn."""
    watched = [queue for queue in scene.catalog.queues.values() if queue.alert_above is not None]
    if not watched or not touches(scene.effects):
        return
    floor = after(scene.floor, scene.effects)
    for queue in watched:
        _look(scene, queue, floor)


def _look(scene: Scene, queue: Queue, floor: Floor) -> None:
    fact, waiting = f"{_CROWDED}:{queue.id}", sum(each.queue == queue.id for each in floor.waiting)
    crowded = queue.alert_above is not None and waiting > queue.alert_above
    if crowded and not scene.fact(fact):
        people, _ = by_name(casebook.supervisors(scene))
        scene.alert_room(queue.id, "staff_crowded", team=queue.name, waiting=waiting, supervisors=people)
    scene.note_fact(fact, "yes" if crowded else "")
