"""Names for people."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TargetError
from tests.cases import each
from tests.languages.graphite.scene import Values, made

STORED: dict[str, Values] = {"n.web1.cpu": [1.0], "n.web2.cpu": [2.0], "disk.used;dc=ams;host=a": [3.0]}
TAGGED = "seriesByTag('dc=ams')"


@each(
    ("target", "names"),
    [
        ("alias(n.web1.cpu,'CPU of web 1')", ["CPU of web 1"]),
        ("aliasByNode(n.*.cpu,1)", ["web1", "web2"]),
        ("aliasByNode(n.*.cpu,-1,1)", ["cpu.web1", "cpu.web2"]),
        ("aliasByNode(n.*.cpu,1,9,-9)", ["web1..", "web2.."]),
        ("aliasByNode(scale(n.*.cpu,2),1)", ["web1", "web2"]),
        ("aliasByNode(sumSeries(n.*.cpu),1)", ["*"]),
        ("aliasByNode(sumSeries(n.{web1,web2}.cpu),1)", ["{web1,web2}"]),
        ("aliasByNode(divideSeries(n.web1.cpu,n.web2.cpu),1)", ["web1"]),
        ("aliasByNode(alias(n.web1.cpu,'p.q'),1)", ["q"]),
        (f"aliasByNode({TAGGED},'host',1)", ["a.used"]),
        (f"aliasByTags({TAGGED},'host','name')", ["a.disk.used"]),
        (f"aliasByTags({TAGGED},'rack','dc')", [".ams"]),
        (f"aliasByTags({TAGGED},0)", ["disk"]),
        ("aliasByMetric(scale(n.web1.cpu,2))", ["cpu"]),
        (r"aliasSub(n.*.cpu,'^n\.web(\d)','host-\1')", ["host-1.cpu", "host-2.cpu"]),
        (r"aliasSub(n.*.cpu,'(?P<which>\d).*','\g<which>')", ["n.web1", "n.web2"]),
        ("aliasSub(n.*.cpu,'WEB','x')", ["n.web1.cpu", "n.web2.cpu"]),
        ("upper(n.*.cpu)", ["N.WEB1.CPU", "N.WEB2.CPU"]),
        ("upper(n.*.cpu,0,-1,99,-99)", ["N.web1.cpU", "N.web2.cpU"]),
        ("lower(upper(n.*.cpu),2)", ["N.wEB1.CPU", "N.wEB2.CPU"]),
        ("lower(upper(n.*.cpu))", ["n.web1.cpu", "n.web2.cpu"]),
        ("substr(n.*.cpu,1)", ["web1.cpu", "web2.cpu"]),
        ("substr(n.*.cpu,1,2)", ["web1", "web2"]),
        ("substr(n.*.cpu,-2,-1)", ["web1", "web2"]),
        ("substr(n.web1.cpu,7)", [""]),
        ("substr(scale(n.*.cpu,2))", ["n.web1.cpu", "n.web2.cpu"]),
        ("substr(alias(n.web1.cpu,'a)b(c.d'),1)", [""]),
    ],
)
def test_series_get_names(target: str, names: list[str]) -> None:
    assert list(made(target, STORED)) == names


def test_functions_around_an_alias_know_the_series_as_before() -> None:
    assert list(made("sumSeries(aliasByNode(n.*.cpu,0))", STORED)) == ["sumSeries(n.*.cpu)"]
    assert list(made("scale(alias(n.web1.cpu,'x'),2)", STORED)) == ["scale(x,2)"]


@each(("search", "replacement"), [("(", ""), (r"web(\d)", r"\2"), (r"(a+)+$", ""), ("a" * 501, ""), ("(a|b)(?P<a", "")])
def test_an_expression_that_cannot_be_used_is_refused(search: str, replacement: str) -> None:
    with pytest.raises(TargetError, match=r"aliasSub: search and replace cannot be used: .+ at position 21"):
        made(f"aliasSub(n.web1.cpu,'{search}','{replacement}')", STORED)
