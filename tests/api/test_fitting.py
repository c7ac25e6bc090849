"""The check that every body which was accepted fits the document of the API."""

from __future__ import annotations

import pytest

from tests.api import fitting

DELETE = "/api/v1/metric/delete"


def accepted(query: str, body: bytes) -> None:
    fitting.answered("POST", f"{DELETE}{query}", body, 200, "application/json", '{"deleted": []}')


def test_a_body_that_fits_the_document_may_be_accepted() -> None:
    accepted("", b'{"pattern": "app.*"}')


@pytest.mark.parametrize("body", [b"null", b"[]", b'{"pattern": 1}'])
def test_a_body_that_does_not_fit_may_not_be_accepted_but_where_the_query_says_all_of_it(body: bytes) -> None:
    with pytest.raises(AssertionError, match="what was sent"):
        accepted("?page=1", body)
    accepted("?pattern=app", body)
