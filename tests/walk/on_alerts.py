"""What owners do with alert definitions, and with downtimes of entities."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.walk.acts import certain, told
from tests.walk.faults import Plan
from tests.walk.heartbeat import State
from tests.walk.on_entities import NAMES, make_command
from tests.walk.park import INHERITED, Alert, Data
from tests.walk.scene import Scene
from tests.walk.things import Channel, Span, Thing

MOST, TEMPLATES = 3, 1
CONDITIONS = ("> 2", "> 5", "> 5")
FILTERS: tuple[list[Data], ...] = ([], [], [{"rack": "a"}], [{"id": list(NAMES[1:3])}, {"rack": "b"}])
EXCLUDED: tuple[list[Data], ...] = ([], [], [{"rack": "b"}], [{"id": NAMES[0]}])
# So many notifications name a channel of the project.
NAMED = 0.25
ACTIVE, INACTIVE = "ACTIVE", "INACTIVE"


def make_alert(scene: Scene, random: Random) -> None:
    park = scene.park
    template = random.random() < 0.3 and len(park.templates()) < TEMPLATES
    if not template and len(park.evaluated()) >= MOST:
        return
    make_command(scene, random)
    if not park.commands:
        return
    scene.names += 1
    name, parents = f"walk-{scene.names}.", [] if template else park.templates()
    parent = parents[0] if parents and random.random() < 0.6 else None
    data = _written(scene, random, parent)
    data |= {"name": name, "template": template, "team": "walk", "responsible_team": "walk", "status": ACTIVE}
    # A template stands in no list by which one without an answer could find it.
    answer, _ = scene.zmon("POST", "/alert-definitions", data, Plan() if template else scene.world.plan())
    scene.tell(f"{name} {_told(data)}{' is a template' if template else ''}: {told(answer)}")
    number = answer.json["id"] if answer is not None and answer.ok else _found(scene, name)
    if number is None:
        return
    if not (answer is not None and answer.ok):
        _insist(scene, number, data)
    park.alerts[number] = Alert(number, data, None if template else _added(scene, name))
    park.agree(scene)


def _written(scene: Scene, random: Random, parent: Alert | None) -> Data:
    """What a definition says: all, or of what it may inherit a part."""
    said: Data = {
        "entities": random.choice(FILTERS),
        "entities_exclude": random.choice(EXCLUDED),
        "condition": random.choice(CONDITIONS),
        "notifications": [_receiver(scene, random) for _ in range(random.choice((1, 1, 2)))],
        "check_definition_id": random.choice(list(scene.park.commands)),
    }
    if parent:
        said = {name: None if random.random() < 0.6 else value for name, value in said.items()}
    return {**said, "description": "walks", "priority": 1, "parent_id": parent.number if parent else None}


def _told(data: Data) -> str:
    said = {name: data[name] for name in (*INHERITED, "parent_id", "status") if data[name] is not None}
    return f"says {said}"


def _receiver(scene: Scene, random: Random) -> str:
    """The notification by which somebody new is told, or a channel of the project."""
    known = scene.open_channels()
    if known and random.random() < NAMED:
        channel = random.choice(known)
        text = f"notify_channel('{channel.name}')"
        scene.park.receivers[text] = channel
        return text
    scene.names += 1
    kind, whole = random.choice(("http", "email")), random.random() < 0.3
    name, repeat = f"to-{scene.names}-{kind}", random.choice((0, 0, 0, 300))
    address = {"http": str(9000 + scene.names), "email": f"{name}@example.org"}[kind]
    more = f"{', per_entity=False' if whole else ''}{f', repeat={repeat}' if repeat else ''}"
    called = {"http": f"notify_http('http://127.0.0.1:{address}/'{more})", "email": f"send_mail('{address}'{more})"}
    receiver = scene.world.outside.add(address, name)
    scene.channels.append(Channel(name, name, kind, receiver, repeat, hidden=True, whole=whole))
    scene.park.receivers[called[kind]] = scene.channels[-1]
    return called[kind]


def _found(scene: Scene, name: str) -> int | None:
    listed = scene.known("/checks/all-active-alert-definitions", "zmon")["alert_definitions"]
    return next((one["id"] for one in listed if one["name"] == name), None)


def _insist(scene: Scene, number: int, data: Data) -> None:
    """Who does not know whether all was done asks for it once more."""
    answer, _ = scene.zmon("PUT", f"/alert-definitions/{number}", data)
    scene.tell(f"{data['name']} once more: {told(answer)}")


def _added(scene: Scene, name: str) -> Thing:
    thing = Thing("alert", "", name, State(0, 0), scene.world.now)
    scene.add(thing, set())
    thing.code = thing.key
    return thing


def _pick(scene: Scene, random: Random) -> Alert | None:
    found, number = list(scene.park.alerts.values()), random.random()
    return found[int(number * len(found))] if found else None


def edit_alert(scene: Scene, random: Random) -> None:
    """Something of a definition becomes another, for those that inherit it too; or it is switched off, and on again."""
    alert = _pick(scene, random)
    if alert is None:
        return
    data = {**alert.written, **_change(scene, random, alert)}
    for thing in scene.alive("alert", "instance"):
        scene.part(thing)
    answer, invocation = scene.zmon("PUT", f"/alert-definitions/{alert.number}", data, scene.world.plan())
    scene.tell(f"{data['name']} now {_told(data)}: {told(answer)}")
    if not certain(answer, invocation):
        shown = scene.known(f"/alertDefinitionNode?id={alert.number}", "rest")
        data = {name: shown[name] for name in data}
    alert.written = data
    scene.park.agree(scene)


def _change(scene: Scene, random: Random, alert: Alert) -> Data:
    written, field = alert.written, random.choice(("status", "status", *INHERITED[:4]))
    if field == "status":
        return {} if alert.whole is None else {field: ACTIVE if written[field] == INACTIVE else INACTIVE}
    if field == "notifications":
        return {field: [*(written[field] or ())[1:], _receiver(scene, random)]}
    choices: dict[str, Any] = {"entities": FILTERS, "entities_exclude": EXCLUDED, "condition": CONDITIONS}
    return {field: random.choice(choices[field])}


def delete_alert(scene: Scene, random: Random) -> None:
    alert = _pick(scene, random)
    if alert is None:
        return
    things = [one for one in scene.things if alert.whole and one.parent is alert.whole]
    things += [alert.whole] if alert.whole else []
    for thing in things:
        thing.leaving = True
        scene.part(thing)
    url = f"/alert-definitions/{alert.number}"
    answer, invocation = scene.zmon("DELETE", url, None, scene.world.plan())
    scene.tell(f"{alert.written['name']} is deleted: {told(answer)}")
    gone = certain(answer, invocation) or scene.known(url, "zmon") is None
    for thing in things:
        thing.leaving = False
        thing.deleted = scene.world.now if gone else None
    if gone:
        del scene.park.alerts[alert.number]


def downtime(scene: Scene, random: Random) -> None:
    """A downtime of some entities, at all alerts or at one; or one is ended before its time."""
    park = scene.park
    if park.downtimes and random.random() < 0.5:
        end_downtime(scene, random.choice(list(park.downtimes)), scene.world.plan())
        return
    scene.names += 1
    minutes, names = random.choice((2, 4, 7)), sorted({random.choice(NAMES), random.choice(NAMES)})
    alerts = [alert.number for alert in park.evaluated() if random.random() < 0.5] if random.random() < 0.5 else []
    until = int(scene.world.now) + 60 * minutes
    comment = f"downtime-{scene.names}-"
    body = {"comment": comment, "entities": names, "alert_definitions": alerts, "end_time": until}
    answer, invocation = scene.zmon("POST", "/downtimes", body, scene.world.plan())
    scene.tell(f"{names} are in downtime at {alerts or 'all alerts'} for {minutes} min: {told(answer)}")
    if not certain(answer, invocation):
        # He does not know what is covered, and takes it back.
        for name in _ids(scene, comment):
            park.downtimes[name] = []
            end_downtime(scene, name)
        return
    _begin(scene, answer.json["id"], until)


def _begin(scene: Scene, name: str, until: float) -> None:
    """Notes what a downtime covers, as the API tells it."""
    covered = [one for one in scene.known("/downtimes", "rest") if one["group_id"] == name]
    things = [scene.park.instance(scene, scene.park.alerts[one["alert_id"]], one["entity"]) for one in covered]
    scene.park.downtimes[name] = [Span(scene.world.now, until) for _ in things]
    for thing, span in zip(things, scene.park.downtimes[name], strict=True):
        thing.silences.append(span)
    scene.tell(f"it covers {[thing.name for thing in things]}")


def _ids(scene: Scene, comment: str) -> list[str]:
    table = next(table for name, table in scene.world.dynamo.tables.items() if name.endswith("-definitions"))
    keys = [item[table.schema.range]["S"] for item in table.items.values() if comment in str(item)]
    return [key.partition("#")[2] for key in keys if key.startswith("downtime#")]


def end_downtime(scene: Scene, name: str, plan: Plan | None = None) -> None:
    """Who gets no answer asks again."""
    answer, invocation = scene.zmon("DELETE", f"/downtimes/{name}", None, plan)
    scene.tell(f"downtime {name[:8]} is ended: {told(answer)}")
    if not certain(answer, invocation):
        scene.zmon("DELETE", f"/downtimes/{name}")
    for span in scene.park.downtimes.pop(name):
        span.until = min(span.until or scene.world.now, scene.world.now)


def end_downtimes(scene: Scene) -> None:
    for name in list(scene.park.downtimes):
        end_downtime(scene, name)
