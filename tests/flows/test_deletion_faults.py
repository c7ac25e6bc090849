"""What is unimportant after an important write neither fails the caller nor stops what follows it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from chalicelib.core.errors import Missing
from chalicelib.monitor.managing import checks as manage
from chalicelib.store import checks, directory
from tests.conftest import Story
from tests.flows.conftest import unavailable


def conflict() -> ClientError:
    return ClientError({"Error": {"Code": "TransactionConflictException", "Message": "busy"}}, "DeleteItem")


@pytest.fixture(params=[unavailable, conflict])
def untidied(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB refuses what removes an empty slug."""
    error: Callable[[], ClientError] = request.param
    original = BaseClient._make_api_call

    def failing(self: BaseClient, operation: str, arguments: dict[str, object]) -> object:
        if operation == "DeleteItem" and "slug#" in str(arguments):
            raise error()
        return original(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", failing)


@pytest.mark.usefixtures("untidied")
def test_a_check_whose_slug_cannot_be_tidied_is_deleted_with_its_history(story: Story) -> None:
    values = {"name": "Backups", "slug": "backups"}
    check = manage.create(story.services, story.keyring.project, values)
    manage.delete(story.services, check)

    assert story.queues.take("chores") == [{"do": "purge", "owner": check.code}]
    with pytest.raises(Missing):
        checks.get(check.project, check.code)


@pytest.mark.usefixtures("untidied")
def test_a_check_whose_old_slug_cannot_be_tidied_is_renamed_and_the_slug_is_free_again(story: Story) -> None:
    check = manage.create(story.services, story.keyring.project, {"name": "Backups", "slug": "backups"})
    changed = manage.change(story.services, check, {"slug": "nightly"})

    assert changed.slug == "nightly"
    assert directory.by_slug(check.project, "backups") == []
    again = manage.create(story.services, story.keyring.project, {"name": "Other", "slug": "backups"})
    assert directory.by_slug(check.project, "backups") == [again.code]
