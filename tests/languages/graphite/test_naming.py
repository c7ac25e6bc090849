"""Names within names."""

from __future__ import annotations

from chalicelib.languages.graphite.naming import key_of, nodes_of, path_of, short
from chalicelib.languages.graphite.series import Series
from tests.cases import each


@each(("number", "text"), [(2, "2"), (2.0, "2"), (2.50, "2.5"), (1e-5, "1e-05"), (1234567, "1.23457e+06")])
def test_a_number_has_no_needless_noughts(number: float, text: str) -> None:
    assert short(number) == text


@each(
    ("name", "path"),
    [
        ("a.b", "a.b"),
        ("scale(a.b,2)", "a.b"),
        ("sumSeries(scale(a.{b,c},2),d)", "a.{b,c}"),
        ("movingAverage(a.b,'1min')", "a.b"),
        ("divideSeries(a.b,c.d)", "a.b"),
        ("a.b;c=d", "a.b;c=d"),
        ("seriesByTag('name=a')", "seriesByTag('name=a')"),
        ("CPU of web 1", "CPU"),
        ("", ""),
    ],
)
def test_a_name_speaks_of_a_series_first(name: str, path: str) -> None:
    assert path_of(name) == path


def test_the_nodes_of_a_name_leave_its_tags_out() -> None:
    assert nodes_of("scale(disk.used;host=a.b,2)") == ["disk", "used"]


def test_a_key_is_made_of_nodes_and_tags() -> None:
    found = Series("disk.used;host=a", 0, 60, 60, [1.0])
    assert key_of(found, (1, "host", -2, 5, "rack")) == "used.a.disk.."
