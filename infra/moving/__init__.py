"""Moving in: what other monitors watch, read from what they hand out and made here.

Each module reads the documents of one monitor into `wanted.Found`, and knows nothing of what is here; `making` makes
it.
"""

from __future__ import annotations

from collections.abc import Callable

from infra.moving import gatus, healthchecks, kuma
from infra.moving.wanted import Found

# What reads the text of each source.
SOURCES: dict[str, Callable[[str], Found]] = {
    "healthchecks": healthchecks.read,
    "uptime-kuma": kuma.read,
    "gatus": gatus.read,
}
