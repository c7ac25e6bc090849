"""Texts of others made harmless for services that read markup: shown as they are, they link nowhere and call nobody.

Where a service has no escape for a character, an invisible one (zero width space) stands behind it.
"""

from __future__ import annotations

import html as _html
import re

_BREAK = "\u200b"
_CALL = re.compile(r"(?<!\w)@(?=[\w*])")
_ADDRESS = re.compile(r"(?<=\w)\.(?=\w)|(?<=:)(?=//)|@(?=\w)")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:])")
_FENCE = re.compile(r"`{3,}|~{3,}")


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
    """Text within Markdown that knows escapes: every character that means something is escaped."""
    return uncalled(_MARKDOWN.sub(r"\\\1", text))


def code(text: str) -> str:
    """A piece of a line as code, which its text cannot end."""
    return f"`{text.replace('`', 'ˋ')}`"


def fenced(text: str) -> str:
    """A block of code, which its text cannot end."""
    inside = _FENCE.sub(lambda match: _BREAK.join(match[0]), text)
    return f"```\n{inside}\n```"
