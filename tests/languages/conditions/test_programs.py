"""Commands and conditions as people write them, over stubs of what they call."""

from __future__ import annotations

from typing import Any, ClassVar

from chalicelib.languages.conditions import Exposed
from tests.cases import each
from tests.languages.conditions.scene import judged, value_of


class Answer(Exposed):
    names: ClassVar[frozenset[str]] = frozenset(
        {"code", "execute", "json", "llen", "prometheus", "results", "text", "time"}
    )

    def __init__(self, found: Any) -> None:
        self.found = found

    def code(self) -> int:
        return 200

    def time(self) -> float:
        return 0.25

    def text(self) -> str:
        return " OK\n"

    def json(self, raise_error: bool = True) -> Any:
        return self.found

    def prometheus(self) -> Any:
        return {
            "fs_free": [({"device": "rootfs"}, 25), ({"device": "tmp"}, 1)],
            "fs_size": [({"device": "rootfs"}, 100)],
        }

    def llen(self, key: str) -> int:
        return len(key)

    def execute(self, statement: str) -> Answer:
        return self

    def results(self) -> Any:
        return [{"id": 1, "n": 10}, {"id": 2, "n": 20}]


def http(url: str = "", timeout: float = 10, verify: bool = True) -> Answer:
    return Answer({"url": url, "requests": 7, "list": [{"people": 3, "stars": 5}]})


ENTITY = {"id": "e1", "url": "https://e1.example", "host": "h", "port": 1, "proto": "http", "ports": {"b": 9, "a": 8}}
NAMES: dict[str, Any] = {
    "entity": ENTITY,
    "http": http,
    "redis": lambda: Answer(0),
    "sql": lambda shards=None: Answer(0),
}

COMMANDS: list[tuple[str, Any]] = [
    ("http(entity['url'], timeout=4).time()", 0.25),
    ("http('/', verify=False, timeout=4).code()", 200),
    ("http('/heartbeat').text().strip() == 'OK'", True),
    ("http('/x').json(raise_error=False)['list'][0]['people']", 3),
    ("redis().llen('jobs:waiting')", 12),
    ("sql(shards={'d': entity['host'] + ':' + str(entity['port']) + '/x'}).execute('SELECT 1').results()[1]['n']", 20),
    ("{row['id']: row['n'] for row in sql().execute('SELECT id, n FROM t').results()}", {1: 10, 2: 20}),
    ("# how many\n{k: v for k, v in {'a': 1, 'b': 2}.iteritems() if v > 1}", {"b": 2}),
    ("{'a': 1}.keys()[0]", "a"),
    ("(lambda x, y: x * y)(x=6, y=7)", 42),
    (
        "Try(lambda: http('/')['nothing'], lambda e: {'error': str(e)})",
        {"error": "'Answer' object is not subscriptable"},
    ),
    (
        "def check():\n    first = http('/').json()['list'][0]\n"
        "    return {'people': first['people'], 'stars': first['stars']}",
        {"people": 3, "stars": 5},
    ),
    (
        "def check():\n    port = sorted(entity['ports'].values())[0]\n"
        "    found = http('{}://{}:{}/m'.format(entity['proto'], entity['host'], port)).json()\n"
        "    found['more'] = {'GET': {'200': {'count': 0}}}\n    return [found['url'], found['more']]",
        ["http://h:8/m", {"GET": {"200": {"count": 0}}}],
    ),
    (
        "def check():\n    page = http(':9100/metrics').prometheus()\n"
        "    free = sum([pair[1] for pair in page['fs_free'] if pair[0]['device'] == 'rootfs'])\n"
        "    size = sum([pair[1] for pair in page['fs_size'] if pair[0]['device'] == 'rootfs'])\n"
        "    return {'used_percent': round(100 - (free / size * 100), 2)}",
        {"used_percent": 75.0},
    ),
    (
        "def check():\n    name = entity['host']\n    kind = 'classic'\n    if entity.get('elb') == 'application':\n"
        "        kind = 'new'\n    elif name:\n        kind = 'old'\n    return kind",
        "old",
    ),
]


@each(("text", "value"), COMMANDS)
def test_a_command_comes_to_its_value(text: str, value: Any) -> None:
    assert value_of(text, **NAMES) == value


SERIES = (6, 13, 14, 12, 5)
CONDITIONS: list[tuple[str, Any, bool]] = [
    (">10", 11, True),
    ("  > 10", 11, True),
    ("== 'OK'", "OK", True),
    ("False", 1, False),
    ("value not in [200, 400, 404]", 500, True),
    ("not in [200, 400, 404]", 500, True),
    ("not in [200, 400, 404]", 200, False),
    ("in(1, 2)", 2, True),
    ("is not None", 2, True),
    ("'error-message' in value", "an error-message", True),
    ("capture(length=value) > 100", 5, False),
    ("capture(used=value['m']/(1024*1024)) > capture(limit=10)", {"m": 11 * 1024 * 1024}, True),
    ('["a"] > 1', {"a": 2}, True),
    ("[v for v in value if v > 3]", [1, 4], True),
    ("[v for v in value if v > 3] != []", [1, 2], False),
    ("[] == value", [], True),
    ("'err' not in value\nand\ncapture(x=len(value)) > 1", "ab", True),
    ("> 5\nand value < 10", 7, True),
    ("monotonic(data=[v.get('some', 0) for v in [{'some': 3}, {}]])", 1, True),
    ("value['a'] is None or value['a'] > 3", {"a": None}, True),
    ("value > 3", None, False),
    ("not value > 3", None, True),
    ("capture(dashboard=(lambda d: 'A' if d else d)(dict(value)))", {"x": 1}, True),
    ("filter(lambda v: v > 3, value)", [1, 2], False),
    ("jsonpath_flat_filter(value, \"timers.*.*.'m1.rate'\")", {"timers": {"/a/": {"t": {"m1.rate": 12}}}}, True),
]


@each(("text", "value", "alert"), CONDITIONS)
def test_a_condition_has_its_verdict(text: str, value: Any, alert: bool) -> None:
    verdict = judged(text, value, SERIES)
    assert (verdict.is_alert, verdict.error) == (alert, None)
