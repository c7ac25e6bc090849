"""What commands of a project may log in with. Encrypted as the table is; nobody but who runs commands reads it."""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from chalicelib.core.credentials import Credential
from chalicelib.core.errors import Missing
from chalicelib.store import directory
from chalicelib.store.connection import shared
from chalicelib.store.faults import Refused, translated
from chalicelib.store.models import CredentialItem

_CREDENTIAL = "credential#"


def of_project(project: str) -> list[Credential]:
    """All of them as they are at this moment, by name."""
    with translated():
        items = CredentialItem.query(project, CredentialItem.noun.startswith(_CREDENTIAL), consistent_read=True)
        return [_credential(item) for item in items]


def save(project: str, made: Credential) -> None:
    """Keeps a credential in the place of one that has its name. Raises Missing when the project is being deleted."""
    item = CredentialItem(
        project,
        _CREDENTIAL + made.name,
        kind=made.kind,
        hosts=list(made.hosts),
        user=made.user or None,
        password=made.password or None,
        tls=made.tls,
        verify=made.verify,
        created=made.created,
    )
    try:
        with translated(), TransactWrite(connection=shared()) as transaction:
            transaction.save(item)
            directory.require_open(transaction, project)
    except Refused:
        raise Missing("project") from None


def delete(project: str, name: str) -> None:
    """Raises Missing."""
    try:
        with translated():
            CredentialItem(project, _CREDENTIAL + name).delete(CredentialItem.project.exists())
    except Refused:
        raise Missing("credential") from None


def _credential(item: CredentialItem) -> Credential:
    return Credential(
        item.kind,
        tuple(item.hosts),
        item.noun.removeprefix(_CREDENTIAL),
        item.user or "",
        item.password or "",
        tls=bool(item.tls),
        verify=bool(item.verify),
        created=item.created,
    )
