"""A neighbour: another project, which is made, used and deleted again, also while requests in it are under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from tests.walk.acts import told
from tests.walk.faults import SKEW, Plan
from tests.walk.leftovers import left
from tests.walk.scene import Neighbour, Scene, basic

# So many acts follow one another where one is meant.
ACTS = 3


def _present(scene: Scene) -> Neighbour | None:
    return next((one for one in scene.neighbours if one.deleted is None), None)


def use_project(scene: Scene, random: Random) -> None:
    """Something is done in the neighbour's project, which is made first."""
    neighbour = _present(scene) or _make(scene)
    for _ in range(random.randint(1, ACTS)):
        random.choice(_ACTS)(scene, random, neighbour)


def delete_project(scene: Scene, random: Random) -> None:
    neighbour = _present(scene)
    if neighbour:
        _delete(scene, neighbour, scene.world.plan())


def meanwhile(scene: Scene, random: Random) -> bool:
    """What happens between two calls of something else: a project that is being used is deleted, and the other way
    round. Whether anything did."""
    neighbour = _present(scene)
    if neighbour is None or random.random() < 0.5:
        return False
    if neighbour.leaving or random.random() < 0.7:
        random.choice(_ACTS)(scene, random, neighbour)
    else:
        _delete(scene, neighbour, Plan())
    return True


def _make(scene: Scene) -> Neighbour:
    name = f"neighbour{len(scene.neighbours) + 1}x"
    made = json.loads(_administered(scene, "project", "create", "--name", name, "--json")[1])
    receiver = scene.world.outside.add(f"{name}@example.org", name)
    neighbour = Neighbour(made["code"], name, made, receiver)
    scene.neighbours.append(neighbour)
    scene.tell(f"project {name} is made")
    if len(scene.neighbours) == 1:
        _watch(scene)
    return neighbour


def _watch(scene: Scene) -> None:
    """Notes the codes of a neighbour's checks as they are written."""
    table = next(table for name, table in scene.world.dynamo.tables.items() if name.endswith("-checks"))

    def wrote(_before: Any, after: Any) -> None:
        owner = after and next((one for one in scene.neighbours if after[table.schema.hash]["S"] == one.code), None)
        if owner:
            owner.codes.add(after[table.schema.range]["S"])

    table.watches.append(wrote)


def _administered(scene: Scene, *command: str, plan: Plan | None = None) -> tuple[int, str]:
    """A command of the administrator: (exit code, what it says); 1 where its process died."""
    found = scene.world.invoke("admin", lambda: scene.session.administered(*command), plan or Plan()).answer
    return found if isinstance(found, tuple) else (1, "no answer")


def _delete(scene: Scene, neighbour: Neighbour, plan: Plan) -> None:
    neighbour.leaving = True
    code, words = _administered(scene, "project", "delete", neighbour.code, "--yes", plan=plan)
    scene.tell(f"project {neighbour.name} is deleted: {words.splitlines()[0] if code else 'done'}")
    listed = json.loads(_administered(scene, "project", "list", "--json")[1])
    if neighbour.deleted is None and neighbour.code not in {one["code"] for one in listed}:
        neighbour.deleted = scene.world.now
    elif code == 0 and neighbour.deleted is None:
        scene.breaks("gone", f"project {neighbour.name} is listed after it was deleted")
    neighbour.leaving = False


# What is done in it


def _asked(scene: Scene, neighbour: Neighbour, method: str, url: str, body: Any, headers: dict[str, str]) -> Any:
    """A request in the project. Once that is deleted no answer is good."""
    before = neighbour.deleted
    answer, _ = scene.ask(method, url, body, scene.world.plan(), headers)
    scene.tell(f"{neighbour.name}: {method} {url.split('?')[0]}: {told(answer)}")
    if before is not None and scene.world.now - before > SKEW and answer is not None and answer.status < 300:
        scene.breaks("gone", f"{method} {url} is answered {answer.status} in {neighbour.name}, which was deleted")
    return answer


def _json(scene: Scene, neighbour: Neighbour, method: str, url: str, body: Any) -> Any:
    return _asked(scene, neighbour, method, url, body, {"x-api-key": neighbour.keys["api_key"]})


def _graphite(scene: Scene, neighbour: Neighbour, method: str, url: str, body: Any) -> Any:
    return _asked(scene, neighbour, method, url, body, basic(neighbour.keys["api_key"]))


def _new_name(scene: Scene, neighbour: Neighbour) -> str:
    scene.names += 1
    return f"{neighbour.name}-{scene.names}"


def _add_channel(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    settings = {"address": f"{neighbour.name}@example.org"}
    body = {"kind": "email", "name": _new_name(scene, neighbour), "settings": settings}
    answer = _json(scene, neighbour, "POST", "/api/v3/channels/", body)
    if answer is not None and answer.status == 201:
        neighbour.channels.add(answer.json["id"])


def _add_heartbeat(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    name = _new_name(scene, neighbour)
    body = {"name": name, "slug": name, "timeout": 60, "grace": 60, "unique": ["name"], "channels": "*"}
    answer = _json(scene, neighbour, "POST", "/api/v3/checks/", body)
    if answer is not None and answer.status in (200, 201):
        neighbour.checks.add(answer.json["uuid"])


def _add_device(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    site = f"http://127.0.0.1:{scene.session.sites.port}/t/0"
    body = {"FullName": _new_name(scene, neighbour), "URL": site, "Frequency": 60}
    headers = {"alertra-api-key": neighbour.keys["api_key"]}
    _asked(scene, neighbour, "POST", "/v1.1/devices", body, headers)


def _add_rule(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    name = _new_name(scene, neighbour)
    criteria = {"type": "above", "above_value": 5}
    body = {"name": name, "metric": f"{neighbour.name}.*", "alert_criteria": criteria}
    answer = _graphite(scene, neighbour, "POST", "/v2/alerts/", body)
    if answer is not None and answer.status == 201:
        mute = {"duration": 30}
        _graphite(scene, neighbour, "POST", f"/v2/alerts/{answer.json['id']}/muted/", mute)


def _send_points(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    at = int(scene.world.now) - random.choice((0, 60, 7_200, 100_000))
    line = f"{neighbour.name}.{random.choice('ab')} {random.randint(1, 9)} {at}\n"
    _graphite(scene, neighbour, "POST", "/api/v1/sink", line)


def _ping(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    url = f"/ping/{neighbour.keys['ping_key']}/{_new_name(scene, neighbour)}?create=1"
    if neighbour.checks and random.random() < 0.5:
        url = f"/ping/{random.choice(sorted(neighbour.checks))}/{random.choice(('fail', '0'))}"
    _asked(scene, neighbour, "POST", url, neighbour.name * 20, {"user-agent": neighbour.name})


def _rotate(scene: Scene, random: Random, neighbour: Neighbour) -> None:
    """Who is not told the new keys asks for others."""
    code, words = _rotated(scene, random, neighbour, scene.world.plan())
    if code and neighbour.deleted is None:
        code, words = _rotated(scene, random, neighbour, Plan())
    if code == 0:
        neighbour.keys = json.loads(words)


def _rotated(scene: Scene, random: Random, neighbour: Neighbour, plan: Plan) -> tuple[int, str]:
    kept = random.choice(((), ("--keep-old",)))
    code, words = _administered(scene, "key", "rotate", neighbour.code, *kept, "--json", plan=plan)
    scene.tell(f"{neighbour.name}: keys are rotated: {words.splitlines()[0] if code else 'done'}")
    return code, words


_ACTS: tuple[Callable[[Scene, Random, Neighbour], None], ...] = (
    *(_add_channel, _add_heartbeat, _add_heartbeat, _add_device, _add_rule),
    *(_send_points, _send_points, _ping, _ping, _rotate),
)


# What is promised


def judge(scene: Scene) -> None:
    """Of what was deleted nothing is left; of what was not, everything."""
    for neighbour in scene.neighbours:
        if neighbour.deleted is None:
            _is_whole(scene, neighbour)
        else:
            _is_gone(scene, neighbour, neighbour.deleted)


def _is_whole(scene: Scene, neighbour: Neighbour) -> None:
    for url, known in (("checks", neighbour.checks), ("channels", neighbour.channels)):
        answer, _ = scene.ask("GET", f"/api/v3/{url}/", None, None, {"x-api-key": neighbour.keys["api_key"]})
        assert answer is not None
        there = answer.text
        missing = [code for code in known if code not in there]
        if missing:
            scene.breaks("gone", f"{neighbour.name} was not deleted and lacks the {url} {missing}: {answer.status}")


def _is_gone(scene: Scene, neighbour: Neighbour, deleted: float) -> None:
    late = [message.at for message in neighbour.receiver.received if message.at > deleted + SKEW]
    if late:
        scene.breaks("gone", f"{neighbour.name} was deleted at {deleted:.1f} and tells somebody at {late}")
    for words in left(scene, {neighbour.code, neighbour.name, *neighbour.codes}):
        scene.breaks("gone", f"of {neighbour.name}, which was deleted, is left: {words}")
