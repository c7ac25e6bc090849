"""Texts of others made harmless for services that read markup: shown as they are, they format nothing and call nobody,
and a link in them leads where it says.

Where a service has no escape for a character, an invisible one (zero width space) stands behind it.
"""

from __future__ import annotations

import html as _html
import re

_BREAK = "\u200b"
_CALL = re.compile(r"(?<!\w)@(?=[\w*])")
_ADDRESS = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)(?=//)|@(?=\w)|<(?=[\w!@#/])")
# An address without a character in it that Markdown could read.
_PLAIN_ADDRESS = re.compile(r"(https?://[\w./?=&%#;,+-]+)")
_MARKDOWN = re.compile(r"[\\`*_\[\]()<>#~|!]|(?<!\d):(?=[\w+-]+:)")
_LIST = re.compile(r"^(\s*\d*)([-+=.)])(?=\s)", re.MULTILINE)
_FENCE = re.compile(r"`{3,}")


def html(text: str) -> str:
    """Text within HTML."""
    return _html.escape(text)


def uncalled(text: str) -> str:
    """Text without mentions: an @ that a name follows calls nobody. An address of mail stays as it is."""
    return _CALL.sub(f"@{_BREAK}", text)


def inert(text: str) -> str:
    """A name that looks like an address of the web or of mail, or like a mention, and is none."""
    return _ADDRESS.sub(lambda match: match[0] + _BREAK, text)


def markdown(text: str) -> str:
    """Text within Markdown that knows escapes. Addresses stay as they are, for with escapes they lead elsewhere."""
    parts = _PLAIN_ADDRESS.split(text)
    return "".join(part if number % 2 else _escaped(part) for number, part in enumerate(parts))


def _escaped(text: str) -> str:
    text = _MARKDOWN.sub(r"\\\g<0>", text)
    return uncalled(_LIST.sub(r"\1\\\2", text))


def code(text: str) -> str:
    """A piece of a line as code, which its text cannot end: a letter that looks alike stands for a backtick."""
    return f"`{text.replace('`', 'ˋ')}`"


def fenced(text: str) -> str:
    """A block of code, which its text cannot end."""
    inside = _FENCE.sub(lambda match: _BREAK.join(match[0]), text)
    return f"```\n{inside}\n```"
