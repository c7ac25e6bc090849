"""A badge as a picture: the label on grey, the status beside it on its colour."""

from __future__ import annotations

import unicodedata
from html import escape

from chalicelib.channels.words import one_line
from chalicelib.monitor.views.badges import Badge

COLOURS = {"up": "#4c1", "late": "#fe7d37", "down": "#e05d44"}
PADDING = 10
LABEL_MAX = 60

# How wide a letter of Verdana (and of DejaVu Sans, its like) is at 11 pixels; 7 pixels where nothing is said.
_WIDTHS = {
    letter: width
    for width, letters in {
        3: "',.IJijl",
        4: " !()-/:;[\\]ft|",
        5: '"r',
        6: "*?FL_`cksz",
        8: "ABCDHNRUVXZ",
        9: "#&+<=>GMOQ^w~",
        10: "%",
        11: "@Wm…",
    }.items()
    for letter in letters
}
_USUAL, _WIDE = 7, 11
# What XML cannot hold at all, even escaped, and one_line leaves.
_NO_CHARACTERS = str.maketrans("\ufffe\uffff", "\ufffd\ufffd")

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" viewBox="0 0 {width} 20" role="img" \
aria-labelledby="title">
<title id="title">{label}: {status}</title>
<clipPath id="round"><rect width="{width}" height="20" rx="3"/></clipPath>
<g clip-path="url(#round)">
<path fill="#555" d="M0 0h{left}v20H0z"/>
<path fill="{colour}" d="M{left} 0h{right}v20H{left}z"/>
</g>
<g aria-hidden="true" fill="#fff" font-family="Verdana,Geneva,'DejaVu Sans',sans-serif" font-size="11">
{texts}
</g>
</svg>
"""
# Drawn twice: the shadow keeps white letters readable on the light colours. The given length makes the text fill its
# half in whatever font the reader has.
_TEXT = """\
<text x="{x}" y="15" textLength="{length}" fill="#000" fill-opacity=".35">{text}</text>
<text x="{x}" y="14" textLength="{length}">{text}</text>"""


def svg(badge: Badge) -> str:
    """The badge as an SVG document, 20 pixels high, that a screen reader can read out."""
    label = one_line(badge.label, LABEL_MAX).translate(_NO_CHARACTERS)
    left, right = (width_of(text) + 2 * PADDING for text in (label, badge.status))
    return _SVG.format(
        width=left + right,
        left=left,
        right=right,
        colour=COLOURS[badge.status],
        label=escape(label),
        status=badge.status,
        texts="\n".join([_text(PADDING, label), _text(left + PADDING, badge.status)]),
    )


def _text(x: int, text: str) -> str:
    return _TEXT.format(x=x, length=width_of(text), text=escape(text))


def width_of(text: str) -> int:
    """About how many pixels the text needs."""
    return sum(_WIDTHS.get(letter) or _unlisted(letter) for letter in text)


def _unlisted(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else _USUAL
