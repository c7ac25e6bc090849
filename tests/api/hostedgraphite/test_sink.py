"""The sink: lines in, in every form that senders have; what cannot be used is named and the rest is kept."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.api.hostedgraphite import sink
from chalicelib.languages.graphite.lines import LINES_MAX
from chalicelib.monitor.clocks import rollups
from chalicelib.monitor.intake.points import AHEAD
from chalicelib.monitor.services import Services
from chalicelib.store import directory, series_ages
from tests.api.client import Answer, Api
from tests.api.hostedgraphite.conftest import Caller, basic
from tests.conftest import Clock, Queues

pytestmark = pytest.mark.usefixtures("quiet")
SINK = "/api/v1/sink"


def values(graphite: Caller, target: str, since: str = "-1h") -> list[float]:
    """What is there of a target that means one series."""
    found = graphite.get(f"/render?target={target}&from={since}&until={int(graphite.clock.now.timestamp()) + 900}")
    assert found.status == 200, found.text
    return [value for one in found.json for value, _ in one["datapoints"] if value is not None]


def put(graphite: Caller, body: bytes, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return graphite.put(SINK, data=body, headers=named)


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "application/json", "x/y"])
def test_lines_are_taken_with_an_empty_answer_whatever_they_are_called(
    graphite: Caller, method: str, kind: str
) -> None:
    answer = graphite.call(method, SINK, data=b"web.load 1.5", headers={"Content-Type": kind})
    assert (answer.status, answer.text) == (202, "")
    assert values(graphite, "web.load") == [1.5]


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n", b"\n\n\n"])
def test_lines_end_in_any_way(graphite: Caller, ending: bytes) -> None:
    assert put(graphite, b"a.b 1\r\nc.d 2" + ending).status == 202
    assert values(graphite, "a.b") + values(graphite, "c.d") == [1, 2]


def test_the_key_is_the_user_name_with_and_without_a_colon(graphite: Caller, reader: Api, stranger: Api) -> None:
    for text in (graphite.key, f"{graphite.key}:", f"{graphite.key}:password", f"me:{graphite.key}"):
        assert graphite.call("PUT", SINK, data=b"a.b 1", key="", headers=basic(text)).status == 202
    assert graphite.call("PUT", SINK, data=b"c.d 1", key=reader.key).status == 403
    for key in ("", "nonsense"):
        refused = graphite.call("PUT", SINK, data=b"c.d 1", key=key)
        assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Basic realm="api"')
    assert graphite.call("PUT", SINK, data=b"c.d 1", key=stranger.key).status == 202
    assert values(graphite, "c.d") == []


def test_several_values_of_one_interval_are_all_kept(graphite: Caller, clock: Clock) -> None:
    now = int(clock.now.timestamp())
    assert graphite.send(*(f"a.b {value} {now + second}" for second, value in enumerate((4, 1, 7)))).status == 202
    assert graphite.send(f"a.b 8 {now}").status == 202
    found = {view: values(graphite, f"a.b:{view}") for view in ("avg", "sum", "min", "max", "obvs")}
    assert found == {"avg": [5], "sum": [20], "min": [1], "max": [8], "obvs": [4]}
    assert values(graphite, "a.b") == [5]


def test_the_same_lines_sent_again_count_once(graphite: Caller, clock: Clock) -> None:
    line = f"a.b 3 {int(clock.now.timestamp())}"
    for _ in range(3):
        assert graphite.send(line).status == 202
    assert values(graphite, "a.b:sum") == [3]


def test_points_without_a_time_are_of_now_and_count_each_time(graphite: Caller) -> None:
    for _ in range(2):
        assert put(graphite, b"a.b 3\na.b 4 -1").status == 202
    assert values(graphite, "a.b:sum") == [14]


def test_tags_belong_to_the_series_in_any_order(graphite: Caller) -> None:
    assert put(graphite, b"http.requests;host=a;code=503 1").status == 202
    assert put(graphite, b"http.requests;code=503;host=a 2").status == 202
    found = graphite.get("/api/v1/metric/search?pattern=http.requests").json
    assert found["results"] == ["http.requests;code=503;host=a"]


def test_points_are_taken_back_to_the_retention_and_ten_minutes_ahead(
    graphite: Caller, clock: Clock, services: Services
) -> None:
    oldest = int(series_ages.oldest(clock.now).timestamp())
    newest = int((clock.now + AHEAD).timestamp())
    assert timedelta(minutes=10) == AHEAD
    assert graphite.send(f"a.b 1 {oldest + 1}", f"a.b 2 {newest}").status == 202
    (project,) = directory.with_series()
    rollups.roll(services, project, ["a.b"], oldest // 3600 * 3600)
    long_ago = graphite.get(f"/render?target=a.b&from={oldest - 60}&until={oldest + 300}").json[0]["datapoints"]
    assert [value for value, _ in long_ago if value is not None] == [1]
    assert values(graphite, "a.b") == [2]
    for at, why in ((oldest - 1, "before what is kept"), (newest + 1, "in the future"), (10**12, "seconds since 1970")):
        refused = graphite.send(f"c.d 1 {at}")
        assert refused.status == 400
        assert "line 1" in refused.text and why in refused.text
    assert graphite.get("/api/v1/metric/search?pattern=c.d").json["results"] == []


def test_one_line_is_spoken_of_as_one(graphite: Caller) -> None:
    answer = put(graphite, b"a.b 1\na.c much")
    assert answer.text.startswith("1 line was refused, 1 point was stored\n")


def test_bad_lines_are_named_and_the_good_ones_kept(graphite: Caller) -> None:
    lines = [
        b"a.b 1",
        b"just.a.name",
        b"a.c much",
        b"a.d NaN",
        b"a.e inf",
        b"a.f 1e999",
        b"a.g 1 yesterday",
        b"a.h 1 2 3 4",
        b"a(b) 1",
        b"\xff\xfe\x00 1",
        b"a.i 1_0",
        b"a.j;k 1",
        b"a.k;x=1;x=2 1",
        b"",
        b"a.l 2",
    ]
    answer = put(graphite, b"\n".join(lines))
    assert (answer.status, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")
    assert answer.text.startswith("12 lines were refused, 2 points were stored\n")
    for number in range(2, 14):
        assert f"line {number}: " in answer.text
    assert "line 1:" not in answer.text and "line 15:" not in answer.text
    assert values(graphite, "a.b") + values(graphite, "a.l") == [1, 2]
    found = graphite.get("/api/v1/metric/search?pattern=*").json
    assert found["results"] == ["a.b", "a.l"]


def test_many_bad_lines_are_counted(graphite: Caller) -> None:
    answer = put(graphite, b"nonsense\n" * 500)
    assert (answer.status, answer.text.splitlines()[-1]) == (400, "and 480 more")


def test_what_comes_after_the_last_line_that_is_taken_is_refused_in_one_piece(graphite: Caller) -> None:
    answer = put(graphite, b"\n".join(b"a.b 1 %d" % (1795262000 + number % 30) for number in range(LINES_MAX + 50)))
    assert answer.status == 400
    assert f"line {LINES_MAX + 1}: more than {LINES_MAX} lines in one request" in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b" ", b"\0" * 100, bytes(range(256)) * 10, b"\x80" * 50_000, b"a" * 100_000, b"[" * 100_000]
)
def test_a_body_without_a_metric_is_refused_and_changes_nothing(
    graphite: Caller, contents: Callable[[], Any], body: bytes
) -> None:
    before = contents()
    answer = put(graphite, body)
    assert answer.status == 400
    assert "nothing was stored" in answer.text or "0 points were stored" in answer.text
    assert answer.text.isprintable() or all(line.isprintable() for line in answer.text.splitlines())
    assert contents() == before


def test_a_body_of_megabytes_is_refused(graphite: Caller, contents: Callable[[], Any]) -> None:
    before = contents()
    for body in (b"a.b 1\n" * 900_000, b"x" * 5_000_000, gzip.compress(b"a.b 1\n" * 900_000)):
        answer = put(graphite, body)
        assert (answer.status, "longer than 4000000 bytes" in answer.text) == (400, True)
    assert contents() == before


@pytest.mark.parametrize("headers", [{}, {"Content_Encoding": "gzip"}, {"Content_Encoding": "GZIP"}])
def test_packed_lines_are_unpacked_whether_or_not_they_say_so(graphite: Caller, headers: dict[str, str]) -> None:
    assert put(graphite, gzip.compress(b"a.b 1\nc.d 2"), **headers).status == 202
    assert values(graphite, "a.b") + values(graphite, "c.d") == [1, 2]


def test_every_part_of_a_packed_body_counts(graphite: Caller) -> None:
    assert put(graphite, gzip.compress(b"a.b 1\n") + gzip.compress(b"c.d 2\n")).status == 202
    assert values(graphite, "a.b") + values(graphite, "c.d") == [1, 2]


def test_a_packed_body_of_just_the_size_is_taken(graphite: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"a.b 1\n" * 20
    monkeypatch.setattr(sink, "SIZE", len(body))
    assert put(graphite, gzip.compress(body)).status == 202
    monkeypatch.setattr(sink, "SIZE", len(body) - 1)
    answer = put(graphite, gzip.compress(body))
    assert (answer.status, "when unpacked" in answer.text) == (400, True)


def test_a_bomb_is_not_unpacked(graphite: Caller, contents: Callable[[], Any]) -> None:
    before = contents()
    for filler in (b"\0", b"\n", b"a.b 1\n"):
        bomb = gzip.compress(filler * (60_000_000 // len(filler)))
        assert len(bomb) < 400_000
        answer = put(graphite, bomb, Content_Encoding="gzip")
        assert (answer.status, "longer than 4000000 bytes when unpacked" in answer.text) == (400, True)
    many = gzip.compress(b"") * 150_000
    assert put(graphite, many[:3_990_000]).status == 400
    assert contents() == before


@pytest.mark.parametrize("cut", [1, 2, 5, 12, -1, -8])
def test_a_packed_body_that_breaks_off_is_refused_whole(
    graphite: Caller, contents: Callable[[], Any], cut: int
) -> None:
    before = contents()
    packed = gzip.compress(b"".join(b"a.b%d %d\n" % (number, number) for number in range(200)))[:cut]
    answer = put(graphite, packed, Content_Encoding="gzip")
    assert (answer.status, answer.text.startswith("nothing was stored: the body is not valid gzip")) == (400, True)
    assert contents() == before


@pytest.mark.parametrize(
    "body", [b"a.b 1", b"", b"\x1f\x8b" + b"x" * 50, gzip.compress(b"a.b 1\n", mtime=0) + b"a.c 1\n"]
)
def test_what_is_said_to_be_packed_and_is_not_is_refused(graphite: Caller, body: bytes) -> None:
    answer = put(graphite, body, Content_Encoding="gzip")
    assert (answer.status, "not valid gzip" in answer.text) == (400, True)
    assert values(graphite, "a.b") == []


def test_the_zeros_that_some_packers_put_at_the_end_do_no_harm(graphite: Caller) -> None:
    assert put(graphite, gzip.compress(b"a.b 1\n") + b"\0" * 20).status == 202
    assert values(graphite, "a.b") == [1]


@pytest.mark.parametrize("value", ["1e308", "-1.7e308", "1e-320", "5e-324", "0.1", "-0.0", "1e126"])
def test_every_finite_value_is_kept_read_and_judged(graphite: Caller, value: str, queues: Queues) -> None:
    graphite.alert(
        name="Out", metric="a.b", alert_criteria={"type": "outside_bounds", "above_value": 1, "below_value": 0}
    )
    for _ in range(3):
        assert put(graphite, f"a.b {value}".encode()).status == 202
    queues.work()
    assert values(graphite, "a.b:max") == [float(value)]
    assert graphite.get("/v2/alerts/").status == 200
    assert graphite.get("/v2/alerts/history/").status == 200


def test_what_cannot_be_added_up_is_no_fault_of_ours(graphite: Caller, queues: Queues) -> None:
    alert = graphite.alert(metric="a.b")
    put(graphite, b"a.b 1.7e308\na.b 1.7e308\na.b 1.7e308")
    queues.work()
    for path in ("/render?target=a.b", "/render?target=a.b:sum", f"/v2/alerts/history/?id={alert}"):
        answer = graphite.get(path)
        assert answer.status == 200
        assert "Infinity" not in answer.text and "NaN" not in answer.text


def test_other_methods_are_refused(graphite: Caller) -> None:
    for method in ("GET", "DELETE", "PATCH"):
        assert graphite.call(method, SINK).status == 405
