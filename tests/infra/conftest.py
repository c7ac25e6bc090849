"""moto as it is, to hold what makes it quick against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra import emulated


@pytest.fixture
def plain_aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    with emulated.aws():
        yield
