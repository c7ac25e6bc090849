"""Grouping by parts of the name and by tags."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError, evaluate
from tests.cases import each
from tests.languages.graphite.scene import N, Values, made, world

STORED: dict[str, Values] = {
    "n.web1.cpu": [1.0, 2.0],
    "n.web1.mem": [10.0, N],
    "n.web2.cpu": [3.0, N],
    "used;dc=ams;host=a": [1.0, 1.0],
    "used;dc=ams;host=b": [2.0, 2.0],
    "free;dc=ams;host=b": [5.0, 5.0],
}
ALL_USED = "seriesByTag('name=used')"


@each(
    ("target", "found"),
    [
        ("groupByNode(n.*.*,1,'sum')", {"web1": [11, 2], "web2": [3, N]}),
        ("groupByNode(n.*.*,1)", {"web1": [5.5, 2], "web2": [3, N]}),
        ("groupByNode(n.*.*,-1,'maxSeries')", {"cpu": [3, 2], "mem": [10, N]}),
        ("groupByNode(scale(n.*.*,2),1,'sum')", {"web1": [22, 4], "web2": [6, N]}),
        ("groupByNode(n.*.*,9,'sum')", {"": [14, 2]}),
        ("groupByNodes(n.*.*,'sum',9,1)", {".web1": [11, 2], ".web2": [3, N]}),
        ("groupByNodes(n.*.*,'sum',2,0)", {"cpu.n": [4, 2], "mem.n": [10, N]}),
        ("groupByNodes(n.*.*,'sum')", {"": [14, 2]}),
        (f"groupByNodes({ALL_USED},'sum','host',0)", {"a.used": [1, 1], "b.used": [2, 2]}),
        ("sumSeriesWithWildcards(n.*.*,1)", {"n.cpu": [4, 2], "n.mem": [10, N]}),
        ("averageSeriesWithWildcards(n.*.*,1)", {"n.cpu": [2, 2], "n.mem": [10, N]}),
        ("multiplySeriesWithWildcards(n.*.*,1)", {"n.cpu": [3, N], "n.mem": [10, N]}),
        ("aggregateWithWildcards(n.*.*,'max',1,2)", {"n": [10, 2]}),
        ("sumSeriesWithWildcards(n.*.cpu)", {"n.web1.cpu": [1, 2], "n.web2.cpu": [3, N]}),
        ("sumSeriesWithWildcards(scale(n.*.*,2),1)", {"scale(n.cpu,2)": [8, 4], "scale(n.mem,2)": [20, N]}),
        (f"groupByTags({ALL_USED},'sum','dc')", {"used;dc=ams": [3, 3]}),
        (f"groupByTags({ALL_USED},'sum','name')", {"used": [3, 3]}),
        (f"groupByTags({ALL_USED},'sum','host','dc')", {"used;dc=ams;host=a": [1, 1], "used;dc=ams;host=b": [2, 2]}),
        ("groupByTags(seriesByTag('dc=ams'),'max','dc')", {"max;dc=ams": [5, 5]}),
        (
            "groupByTags(seriesByTag('dc=ams'),'max','name','dc')",
            {"used;dc=ams": [2, 2], "free;dc=ams": [5, 5]},
        ),
        ("group(n.*.cpu,n.web1.mem,x)", {"n.web1.cpu": [1, 2], "n.web2.cpu": [3, N], "n.web1.mem": [10, N]}),
    ],
)
def test_series_are_grouped(target: str, found: dict[str, Values]) -> None:
    assert made(target, STORED) == found


def test_functions_around_a_group_name_what_it_was_made_of() -> None:
    assert list(made("sumSeries(groupByNode(n.*.*,1,'max'))", STORED)) == ["sumSeries(maxSeries(n.*.*))"]


def test_a_group_by_tags_has_these_tags_alone() -> None:
    (found,) = evaluate(f"groupByTags({ALL_USED},'sum','dc')", world(STORED))
    assert found.tags == {"name": "used", "dc": "ams"}


def test_a_series_without_the_tag_cannot_be_grouped_by_it() -> None:
    with pytest.raises(TargetError, match=r"groupByTags: used;dc=ams;host=a has no tag rack"):
        made(f"groupByTags({ALL_USED},'sum','rack')", STORED)
