"""Texts are cut to what a service takes, in the unit in which it counts, and never within an escape."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from chalicelib.channels import markup, texts, words
from tests.cases import each
from tests.channels.samples import check, news

UNITS: dict[str, Callable[[str], int]] = {"characters": len, "UTF-16 units": texts.utf16, "bytes": texts.utf8}


@each(
    ("text", "lengths"), [("abc", (3, 3, 3)), ("é", (1, 1, 2)), ("文", (1, 1, 3)), ("😀", (1, 2, 4)), ("", (0, 0, 0))]
)
def test_each_unit_counts_in_its_own_way(text: str, lengths: tuple[int, ...]) -> None:
    assert tuple(measure(text) for measure in UNITS.values()) == lengths


@each("shape", [str, markup.html, markup.markdown, markup.fenced])
@each("char", ["x", "é", "文", "😀", "<", "*", "`"])
def test_a_text_is_cut_until_its_shape_fits_and_no_shorter(char: str, shape: Callable[[str], str]) -> None:
    text = f"a{char}" * 100
    cuts = ["", *(shape(words.shortened(text, length)) for length in range(1, len(text)))]
    for measure, limit in product(UNITS.values(), (12, 100, 101)):
        longest = max((cut for cut in cuts if measure(cut) <= limit), key=measure)
        assert measure(texts.fitting(text, limit, measure, shape)) == measure(longest)
        assert texts.fitting(text, limit, measure, shape) in cuts


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert texts.fitting("a < b", 8, shape=markup.html) == "a &lt; b"
    assert texts.fitting("", 0) == ""


def test_plain_text_holds_title_reason_facts_and_link() -> None:
    assert texts.plain(news(), 1_000).splitlines() == [
        "“Nightly backup” is DOWN.",
        "It reported a failure (exit status 3).",
        "",
        "Description: Dumps the database.",
        "Project: Warehouse",
        "Tags: prod db",
        "Period: 1 day",
        "Grace time: 1 hour",
        "Total pings: 1,234 since 2026-08-01",
        "Last ping: Failed (exit status 3), 2026-11-21 02:15:07 UTC",
        "Last ping body: No space left on device",
        "",
        news().url,
    ]


def test_of_what_does_not_fit_whole_facts_are_left_out_and_the_link_stands() -> None:
    told = texts.plain(news(), 300)
    assert len(told) <= 300
    assert told.startswith("“Nightly backup” is DOWN.\nIt reported a failure (exit status 3).\n\nDescription: Dumps")
    assert told.endswith(f"\n\n{news().url}")
    assert "Last ping body" not in told


def test_one_long_value_leaves_room_for_the_others() -> None:
    told = texts.plain(news(check=check(desc="x" * 50_000)), 2_048, texts.utf8)
    assert "Project: Warehouse" in told
    assert told.count("x") < 1_100


def test_a_title_and_a_link_may_be_left_out() -> None:
    told = texts.plain(news(), 1_000, titled=False, linked=False)
    assert told.startswith("It reported a failure")
    assert news().url not in told


def test_in_markdown_without_escapes_all_texts_of_others_stand_in_code() -> None:
    told = texts.coded(news(check=check(name="@all [x](y)`z`", desc="```\n@all")), 5_000)
    head, *block, foot = told.split("\n")
    assert head == "`@all [x](y)ˋzˋ` is DOWN."
    assert (block[0], block[-1]) == ("```", "```")
    assert not [line for line in block[1:-1] if "```" in line]
    assert foot == f"[Open the check]({news().url})"


@pytest.mark.parametrize("limit", [500, 700, 5_000])
def test_code_is_cut_within_its_block(limit: int) -> None:
    told = texts.coded(news(check=check(desc="x" * 900), body=b"y" * 900), limit)
    assert len(told) <= limit
    assert told.count("```") == 2
