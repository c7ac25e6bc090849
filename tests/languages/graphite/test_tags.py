"""Choosing series by tags. Source: Graphite Tag Support, querying."""

from __future__ import annotations

import pytest

from chalicelib.languages.graphite import TagTest, TargetError, tag_query, tag_tests, tags_of
from tests.cases import each

TAGS = {"name": "disk.used", "datacenter": "dc1", "rack": "a1", "server": "web01"}


def test_the_tags_of_a_series_are_in_its_name() -> None:
    assert tags_of("disk.used;datacenter=dc1;rack=a1;server=web01") == TAGS
    assert tags_of("disk.used") == {"name": "disk.used"}
    assert tags_of("a;odd;b=c=d") == {"name": "a", "b": "c=d"}


def test_a_call_is_read_as_its_expressions() -> None:
    found = tag_tests("""seriesByTag( 'name=disk.used', "rack!=a2" ,'server=~web0\\d','dc!=~x=y')""")
    assert found == (
        TagTest("name", "=", "disk.used"),
        TagTest("rack", "!=", "a2"),
        TagTest("server", "=~", r"web0\d"),
        TagTest("dc", "!=~", "x=y"),
    )


def test_a_name_is_no_call() -> None:
    assert tag_tests("a.b") is None
    assert tag_query("a.b") is None


@each(
    ("expressions", "fits"),
    [
        ("'name=disk.used'", True),
        ("'name=disk'", False),
        ("'datacenter=dc1','rack=a1'", True),
        ("'datacenter=dc1','rack=a2'", False),
        ("'rack!=a2'", True),
        ("'rack!=a1'", False),
        ("'server=~web'", True),
        ("'server=~^web0[0-9]$'", True),
        ("'server=~eb01'", False),
        ("'server=~.*01'", True),
        ("'server=~web02|web01'", True),
        ("'server!=~web'", False),
        ("'server!=~db'", True),
        ("'state='", True),
        ("'state=x'", False),
        ("'state!='", False),
        ("'server!='", True),
        ("'state!=x','name=disk.used'", True),
    ],
)
def test_expressions_choose_series(expressions: str, fits: bool) -> None:
    query = tag_query(f"seriesByTag({expressions})")
    assert query is not None
    assert query[1](TAGS) is fits


def test_a_query_tells_the_one_name_that_it_asks_for() -> None:
    names = [tag_query(f"seriesByTag({text})") for text in ("'name=a','b=c'", "'name=~a'", "'name!=a'", "'b=c'")]
    assert [query and query[0] for query in names] == ["a", "", "", ""]


@each(
    ("text", "message"),
    [
        ("seriesByTag('a=~(')", r"seriesByTag: '\(' cannot be used: missing \)"),
        ("seriesByTag('a=~(b+)+')", "a repetition or a choice must not stand within a repetition"),
        ("seriesByTag('a')", "seriesByTag: 'a' is not of the form tag=value"),
        ("seriesByTag('=a')", "seriesByTag: '=a' is not of the form tag=value"),
        ("seriesByTag('a=b',)", "needs expressions in quotes"),
        ("seriesByTag('a=b' 'c=d')", "needs expressions in quotes"),
        ("seriesByTag()", "needs expressions in quotes"),
    ],
)
def test_a_call_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(TargetError, match=message):
        tag_query(text)
