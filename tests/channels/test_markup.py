"""Texts of others: shown as they are, whatever they look like to a service."""

from __future__ import annotations

import re

import pytest

from chalicelib.channels import markup
from tests.cases import each
from tests.channels.samples import HOSTILE

ZWSP = "\u200b"


@each("text", ["@everyone", "hi @all", "(@here)", "@**all**", "x\n@channel"])
def test_nobody_is_called(text: str) -> None:
    assert markup.uncalled(text) == text.replace("@", f"@{ZWSP}")


@pytest.mark.parametrize("text", ["ops@example.org", "a @ b", "@", "5@"])
def test_an_address_of_mail_and_a_lone_sign_stay_as_they_are(text: str) -> None:
    assert markup.uncalled(text) == text


@each(
    ("name", "shown"),
    [
        ("evil.example", f"evil.{ZWSP}example"),
        ("http://evil.example/x", f"http:{ZWSP}//evil.{ZWSP}example/x"),
        ("@everyone", f"@{ZWSP}everyone"),
        ("<!channel>", f"<{ZWSP}!channel>"),
        ("<users/all>", f"<{ZWSP}users/all>"),
        ("Nightly backup. It runs", "Nightly backup. It runs"),
        ("3 < 4, a: b", "3 < 4, a: b"),
    ],
)
def test_a_name_is_neither_an_address_nor_a_call(name: str, shown: str) -> None:
    assert markup.inert(name) == shown
    assert markup.inert(name).replace(ZWSP, "") == name


@each(
    ("text", "shown"),
    [
        ("[click](http://evil.example)", r"\[click\]\(http://evil.example\)"),
        ("**bold** _it_ ~~no~~ `x`", r"\*\*bold\*\* \_it\_ \~\~no\~\~ \`x\`"),
        ("<http://a.example|click>", r"\<http://a.example\|click\>"),
        ("<!channel> <@U123>", rf"\<\!channel\> \<@{ZWSP}U123\>"),
        ("![x](y)", r"\!\[x\]\(y\)"),
        ("# title", r"\# title"),
        ("- one\n1. two\n+ three", "\\- one\n1\\. two\n\\+ three"),
        (":fire: :100: at 10:00:01", r"\:fire: \:100: at 10:00:01"),
        (r"C:\temp", r"C:\\temp"),
        ("see https://runbooks.example/a_b?c=d_e#f", "see https://runbooks.example/a_b?c=d_e#f"),
    ],
)
def test_markdown_is_shown_as_it_was_written(text: str, shown: str) -> None:
    assert markup.markdown(text) == shown


@each("text", HOSTILE.values())
def test_what_is_escaped_reads_as_before(text: str) -> None:
    assert re.sub(r"\\(.)", r"\1", markup.markdown(text), flags=re.DOTALL).replace(ZWSP, "") == text


@pytest.mark.parametrize("text", ["a```b", "``````", "```\n@all\n```", "`" * 7])
def test_a_block_of_code_cannot_be_ended_by_its_text(text: str) -> None:
    block = markup.fenced(text)
    assert "```" not in block.removeprefix("```\n").removesuffix("\n```")


def test_a_piece_of_code_cannot_be_ended_by_its_text() -> None:
    assert markup.code("a`b`@all") == "`aˋbˋ@all`"


def test_html_is_shown_as_it_was_written() -> None:
    assert markup.html("<b>\"x\" & 'y'</b>") == "&lt;b&gt;&quot;x&quot; &amp; &#x27;y&#x27;&lt;/b&gt;"
