"""Metrics and tags: searching the series of a project, deleting them, and looking at what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.api.client import Api
from tests.api.hostedgraphite.conftest import Caller
from tests.conftest import Clock, Queues

pytestmark = pytest.mark.usefixtures("quiet")
SEARCH, DELETE = "/api/v1/metric/search", "/api/v1/metric/delete/"
TAGGED = ("http.requests;code=200;host=a", "http.requests;code=503;host=a", "http.requests;code=503;host=b")


@pytest.fixture
def series(graphite: Caller) -> tuple[str, ...]:
    names = ("web1.cpu", "web1.load", "web2.load", *TAGGED)
    assert graphite.send(*(f"{name} 1" for name in names)).status == 202
    return names


def found(graphite: Caller, pattern: str, **more: object) -> dict[str, Any]:
    answer = graphite.get(f"{SEARCH}?{urlencode({'pattern': pattern, **more})}")
    assert answer.status == 200, answer.text
    return dict(answer.json)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web1.load", ["web1.load"]),
        ("web*.load", ["web1.load", "web2.load"]),
        ("web?.{cpu,load}", ["web1.cpu", "web1.load", "web2.load"]),
        ("web[13].*", ["web1.cpu", "web1.load"]),
        ("*.load", ["web1.load", "web2.load"]),
        ("http.requests", sorted(TAGGED)),
        (TAGGED[1], [TAGGED[1]]),
        ("nothing.*", []),
        ("test", []),
    ],
)
def test_a_search_finds_what_its_pattern_means(
    graphite: Caller, series: tuple[str, ...], pattern: str, names: list[str]
) -> None:
    assert found(graphite, pattern) == {
        "results": names,
        "metrics_matched": len(names),
        "total_metrics": len(series),
        "next_page": False,
    }


def test_a_star_or_no_pattern_finds_everything(graphite: Caller, series: tuple[str, ...]) -> None:
    assert found(graphite, "*")["results"] == sorted(series)
    assert graphite.get(SEARCH).json["results"] == sorted(series)


def test_a_search_has_pages_of_a_hundred(graphite: Caller) -> None:
    graphite.send(*(f"w.{number:03d} 1" for number in range(201)))
    pages = [found(graphite, "w.*", page=page) for page in (1, 2, 3, 4)]
    assert [len(page["results"]) for page in pages] == [100, 100, 1, 0]
    assert [page["next_page"] for page in pages] == [2, 3, False, False]
    assert {page["metrics_matched"] for page in pages} == {201}
    assert [name for page in pages for name in page["results"]] == [f"w.{number:03d}" for number in range(201)]


def test_times_are_told_when_they_are_asked_for_and_choose(graphite: Caller, clock: Clock) -> None:
    graphite.send("a.old 1")
    between = int(clock.move(hours=3).timestamp())
    clock.move(hours=3)
    graphite.send("a.new 1")
    both = found(graphite, "a.*", with_times="true")
    assert dict(zip(both["results"], both["times"], strict=True)) == {
        "a.new": int(clock.now.timestamp()),
        "a.old": between - 3 * 3600,
    }
    assert "times" not in found(graphite, "a.*") and "times" not in found(graphite, "a.*", with_times="0")
    assert found(graphite, "a.*", only_updated_after=between)["results"] == ["a.new"]
    assert found(graphite, "a.*", only_updated_before=between)["results"] == ["a.old"]


FORMS: list[Callable[[str], tuple[bytes, str]]] = [
    lambda pattern: (urlencode({"pattern": pattern}).encode(), "application/x-www-form-urlencoded"),
    lambda pattern: (json.dumps({"pattern": pattern}).encode(), "application/json"),
]


@pytest.mark.parametrize("form", FORMS, ids=["form", "json"])
def test_series_are_deleted_with_their_points(
    graphite: Caller, series: tuple[str, ...], queues: Queues, form: Callable[[str], tuple[bytes, str]]
) -> None:
    body, kind = form("web*.load")
    answer = graphite.call("POST", DELETE, data=body, headers={"Content-Type": kind})
    assert (answer.status, answer.json) == (200, {"deleted": ["web1.load", "web2.load"]})
    queues.work()
    assert found(graphite, "web*.*")["results"] == ["web1.cpu"]
    graphite.send("web1.load 5")
    (one,) = graphite.get(f"/render?target=web1.load&from=-1h&until={int(graphite.clock.now.timestamp()) + 60}").json
    assert [value for value, _ in one["datapoints"] if value is not None] == [5]


def test_the_pattern_of_what_to_delete_may_stand_in_the_query(graphite: Caller, series: tuple[str, ...]) -> None:
    assert graphite.post(f"{DELETE}?pattern=web1.cpu").json == {"deleted": ["web1.cpu"]}
    assert graphite.post(f"{DELETE}?pattern=web1.cpu").json == {"deleted": []}


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"pattern": ""}', b'{"pattern": 5}', b"pattern=", b"[", b"\xff", b"x=*"]
)
def test_without_a_pattern_nothing_is_deleted(graphite: Caller, series: tuple[str, ...], body: bytes) -> None:
    answer = graphite.call("POST", DELETE, data=body)
    assert (answer.status, answer.json["field"]) == (400, "pattern")
    assert found(graphite, "*")["total_metrics"] == len(series)


@pytest.mark.parametrize(
    "pattern",
    ["{a,b}" * 11, "{" * 2_000, "[" * 2_000, "*" * 2_000, "{a,b" * 500 + "}" * 500, "[z-a]", "[!]", "a\0b", "é"],
)
def test_no_pattern_is_a_fault_of_ours(graphite: Caller, series: tuple[str, ...], pattern: str) -> None:
    for answer in (
        graphite.get(f"{SEARCH}?pattern={quote(pattern)}"),
        graphite.post(DELETE, {"pattern": pattern}),
        graphite.post("/tags/delSeries", {"path": pattern}),
    ):
        assert answer.status == 200 or (answer.status, answer.json["field"]) in ((400, "pattern"), (400, "path"))
    assert set(series) - set(found(graphite, "*")["results"]) in (
        set(),
        {"web1.cpu", "web1.load", "web2.load", *TAGGED},
    )


def test_a_body_of_megabytes_is_refused(graphite: Caller, series: tuple[str, ...]) -> None:
    for body in (
        b"pattern=" + b"w" * 5_000_000,
        b"a=1&" * 1_250_000 + b"pattern=*",
        b'{"pattern": "' + b"*" * 5_000_000,
    ):
        for path, field in ((DELETE, "pattern"), ("/tags/delSeries", "path")):
            answer = graphite.call("POST", path, data=body)
            assert answer.status == 400, answer.text
            assert answer.json["field"] in ("body", field)
    assert found(graphite, "*")["total_metrics"] == len(series)


def test_tags_and_their_values(graphite: Caller, series: tuple[str, ...]) -> None:
    assert graphite.get("/api/v1/tags").json == [{"tag": "code"}, {"tag": "host"}, {"tag": "name"}]
    assert graphite.get("/api/v1/tags?filter=^co&limit=5").json == [{"tag": "code"}]
    for root in ("/tags", "/api/v1/tags"):
        assert graphite.get(f"{root}/code").json == {
            "tag": "code",
            "values": [{"value": "200", "count": 1}, {"value": "503", "count": 2}],
        }
        assert graphite.get(f"{root}/code?filter=5&limit=1").json["values"] == [{"value": "503", "count": 2}]
    assert graphite.get("/tags/nothing").json == {"tag": "nothing", "values": []}


def test_a_filter_is_a_regular_expression(graphite: Caller, series: tuple[str, ...]) -> None:
    assert graphite.get("/tags?filter=.*o[ds]").json == [{"tag": "code"}, {"tag": "host"}]
    for bad in ("(", "(a%2B)%2B", "a" * 600):
        answer = graphite.get(f"/tags/nothing?filter={bad}")
        assert (answer.status, answer.json["field"]) == (400, "filter"), bad


def test_series_are_found_by_their_tags(graphite: Caller, series: tuple[str, ...]) -> None:
    def tagged(*expressions: str) -> list[str]:
        query = urlencode([("expr", one) for one in expressions])
        answer = graphite.get(f"/tags/findSeries?{query}")
        assert answer.status == 200, answer.text
        assert graphite.get(f"/api/v1/tags/findSeries?{query}").json == answer.json
        return list(answer.json)

    assert tagged("name=http.requests") == sorted(TAGGED)
    assert tagged("name=http.requests", "code=503", "host!=a") == [TAGGED[2]]
    assert tagged("code=~5..") == sorted(TAGGED[1:])
    assert tagged("code=it's") == []


@pytest.mark.parametrize(
    "query", ["", "expr=", "expr=code", "expr=code=~(", "expr=a='\"", "expr=code=~(a%2B)%2B(", "limit=0&expr=a=b"]
)
def test_a_wrong_question_for_tags_is_refused(graphite: Caller, series: tuple[str, ...], query: str) -> None:
    answer = graphite.get(f"/tags/findSeries?{query}")
    assert answer.status == 400
    assert answer.json["field"] in ("expr", "limit")


def test_a_series_is_deleted_by_its_path(graphite: Caller, series: tuple[str, ...]) -> None:
    assert graphite.post("/tags/delSeries", {"path": TAGGED[0]}).json is True
    assert graphite.post("/api/v1/tags/delSeries", {"path": TAGGED[0]}).json is False
    assert found(graphite, "http.requests")["results"] == sorted(TAGGED[1:])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        *((f"page={value}", "page") for value in ("0", "-1", "x", "1.5", "9" * 30, "٣")),
        *((f"only_updated_after={value}", "only_updated_after") for value in ("-1", "yesterday", "1e9", "9" * 30)),
        ("only_updated_before=NaN", "only_updated_before"),
    ],
)
def test_a_wrong_search_is_refused_by_the_name_of_its_parameter(graphite: Caller, query: str, field: str) -> None:
    answer = graphite.get(f"{SEARCH}?{query}")
    assert (answer.status, answer.json["field"]) == (400, field)


RENDER = [
    ("", "target"),
    ("target=", "target"),
    ("target=sumSeries(", "target"),
    (f"target={'scale(' * 1000}a{',1)' * 1000}", "target"),
    ("&".join(["target=a"] * 21), "target"),
    ("target=a&format=png", "format"),
    ("target=a&from=yesterdayish", "from"),
    ("target=a&from=-1h&until=-2h", "from"),
    ("target=a&from=99999999999999", "from"),
    ("target=a&until=-", "until"),
    ("target=timeFunction('x')&from=0", "target"),
    ("target=timeFunction('x')&from=0&until=99999999999", "target"),
    ("target=randomWalk('x')&from=0&until=99999999999", "target"),
    ("target=movingAverage(a,'90000d')", "target"),
    ("target=timeShift(a,'9999999999d')", "target"),
]


@pytest.mark.parametrize(("query", "field"), RENDER, ids=lambda value: value[:50])
def test_what_cannot_be_rendered_is_refused_by_the_name_of_its_parameter(
    graphite: Caller, query: str, field: str
) -> None:
    graphite.send("a 1")
    answer = graphite.get(f"/render?{query.replace(' ', '%20')}")
    assert (answer.status, answer.json["field"]) == (400, field), answer.text[:200]


def test_what_cannot_be_computed_is_refused_by_the_name_of_its_parameter(graphite: Caller) -> None:
    graphite.send("a.b 1", "a.c 2")
    until = int(graphite.clock.now.timestamp()) + 60
    answer = graphite.get(f"/render?target=removeBetweenPercentile(a.*,inf)&from=-1h&until={until}")
    assert (answer.status, answer.json["field"]) == (400, "target"), answer.text[:200]


@pytest.mark.parametrize(
    "target",
    ["scale(a,1e308)", "pow(a,1e9)", "divideSeries(a,b)", "logarithm(b)", "squareRoot(scale(a,-1))", "invert(b)"],
)
def test_what_arithmetic_cannot_hold_is_no_value(graphite: Caller, queues: Queues, target: str) -> None:
    graphite.send("a 1e300", "b 0")
    answer = graphite.get(f"/render?target={quote(target)}&from=-1h")
    assert answer.status == 200, answer.text
    assert "Infinity" not in answer.text and "NaN" not in answer.text
    alert = graphite.alert(metric=target)
    queues.work()
    assert graphite.shown(alert)["status"] in ("healthy", "alerting")
    assert "Infinity" not in graphite.get("/v2/alerts/history/").text


def test_a_key_sees_its_own_projects_series_alone(
    graphite: Caller, series: tuple[str, ...], stranger: Api, reader: Api
) -> None:
    other = Caller(stranger, stranger.key, graphite.clock)
    assert found(other, "*")["total_metrics"] == 0
    assert other.get("/api/v1/tags").json == []
    assert other.post(DELETE, {"pattern": "*"}).json == {"deleted": []}
    assert graphite.post(DELETE, {"pattern": "*"}, key=reader.key).status == 403
    assert graphite.get(SEARCH, key=reader.key).json["total_metrics"] == len(series)


@pytest.mark.parametrize("name", ["10.20", "123", "none", "True", "k=v.b", "a.b;y=2;x=1", ".c..d.", "1e400"])
def test_every_name_that_the_sink_takes_can_be_read_by_itself_and_within_a_function(
    graphite: Caller, name: str
) -> None:
    assert graphite.send(f"{name} 5").status == 202
    for target in (name, f"sumSeries({name})", f"{name}|scale(1)"):
        (found,) = graphite.get(f"/render?target={quote(target)}&from=-1min&until=%2B1min").json
        assert [value for value, _ in found["datapoints"] if value is not None] == [5]
