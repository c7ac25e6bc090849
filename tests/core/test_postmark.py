"""What finds its message again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.core.postmark import Postmark, from_tags

AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
TEST = Postmark("p", "c", AT)
NEWS = Postmark("p", "c", AT, "k", AT, 3, "Abc")


@pytest.mark.parametrize("mark", [TEST, NEWS], ids=["test", "news"])
def test_a_postmark_comes_back_as_it_was(mark: Postmark) -> None:
    assert from_tags(mark.tags()) == mark


def test_no_tag_is_empty() -> None:
    assert "" not in TEST.tags().values()


@pytest.mark.parametrize("name", ["project", "channel", "sent"])
def test_without_one_of_what_it_needs_there_is_none(name: str) -> None:
    tags = NEWS.tags()
    del tags[name]
    assert from_tags(tags) is None


@pytest.mark.parametrize("wrong", [{"sent": "yesterday"}, {"flip": "9" * 40}, {"reminder": "x"}], ids=str)
def test_what_cannot_be_read_is_none(wrong: dict[str, str]) -> None:
    assert from_tags(NEWS.tags() | wrong) is None
