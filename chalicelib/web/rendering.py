"""Pages of one look: their templates, their style, and the headers that keep everything else out."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.gateway import Reply

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
# What every page has, and what the reference of the API has besides.
STYLE, REFERENCE_STYLE = "page.css", "reference.css"


def page(template: str, values: dict[str, Any], status: int = 200) -> Reply:
    body = _environment().get_template(template).render(values)
    return Reply(status, body, content_type="text/html; charset=utf-8")


@cache
def headers(*styles: str, forms: str = "'none'") -> dict[str, str]:
    """A page needs nothing but its own styles, which are named by their hashes, and the picture in its head; one with a
    button sends it to `forms`."""
    digests = " ".join(f"'sha256-{_digest(name)}'" for name in styles)
    policy = f"default-src 'none'; style-src {digests}; img-src data:"
    return {
        "Content-Security-Policy": f"{policy}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _digest(name: str) -> str:
    return base64.b64encode(hashlib.sha256(_style(name).encode()).digest()).decode()


@cache
def _style(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    # Not at the top: most processes answer pings and never draw a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["styles"] = {name: Markup(_style(name)) for name in (STYLE, REFERENCE_STYLE)}
    return environment
