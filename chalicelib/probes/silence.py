"""What is said of a host that says nothing, and whether that was said."""

from __future__ import annotations

from chalicelib.net import lookups

_NO_ANSWER = "no answer within"


def timed_out(seconds: float) -> str:
    return f"{_NO_ANSWER} {seconds:g} s"


def is_silence(text: str) -> bool:
    """Whether the text of an outcome says that nothing was heard, from the host or from those who know where it is."""
    return text.startswith(_NO_ANSWER) or text == lookups.SILENT
