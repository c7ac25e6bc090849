"""Documents that an owner wrote: entities, commands, alert definitions, downtimes, dashboards, groups of people. They
are kept as they came.

With every change of one by which something else is measured or judged, the project's inventory has another edition, in
the same transaction, so that whoever remembers it needs to read one number to know whether he still knows it. The
boards, which are Grafana's dashboards, have editions of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core.check import TICK
from chalicelib.core.errors import Invalid, Missing
from chalicelib.store import directory, numbers
from chalicelib.store.connection import Also, nothing, shared
from chalicelib.store.document_models import DocumentItem
from chalicelib.store.faults import translated
from chalicelib.store.models import DirectoryItem

Noun = Literal[
    "entity",
    "command",
    "alert",
    "downtime",
    "dashboard",
    "grafana",
    "group",
    "person",
    "board",
    "board model",
]
# The nouns whose documents have numbers.
NUMBERED: tuple[Noun, ...] = ("command", "alert", "dashboard", "board", "board model")
# What documents of some nouns make up together, and has another edition with every change of one of them.
Whole = Literal["inventory", "boards"]
WHOLES: dict[Noun, Whole] = {"entity": "inventory", "command": "inventory", "alert": "inventory", "board": "boards"}
# An item of DynamoDB holds 400 KB, with all that stands beside the document.
LIMIT = 350_000
# What a range key holds, in bytes.
KEY_MAX = 1_024


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is an id, or a number in digits. `modified` is when it was changed last, by the `author`; `code` belongs
    to an alert definition: the check as which it is evaluated, empty for a template that never was."""

    project: str
    noun: Noun
    name: str
    data: dict[str, Any]
    created: datetime
    modified: datetime
    author: str = ""
    code: str = ""

    @property
    def number(self) -> int:
        return int(self.name)

    def changed(self, data: dict[str, Any], now: datetime, author: str = "") -> Document:
        """The document with other content. No two states of a document share their moment."""
        return replace(self, data=data, modified=max(now, self.modified + TICK), author=author)


def get(project: str, noun: Noun, name: str | int) -> Document:
    """The document as it is at this moment. Raises Missing."""
    key = _key(noun, str(name))
    if not is_key(key):
        raise Missing(noun)
    with translated():
        try:
            return _document(DocumentItem.get(project, key, consistent_read=True))
        except DocumentItem.DoesNotExist:
            raise Missing(noun) from None


def of_project(project: str, noun: Noun) -> list[Document]:
    """All documents of a noun as they are at this moment: by number, or by id in the order of its bytes."""
    return list(following(project, noun))


def following(project: str, noun: Noun, after: str = "") -> Iterator[Document]:
    """The same from behind a name on, read as they are asked for.

    Page by page as raw items: ten thousand are read three times faster than through the model.
    """
    read = {name: attribute.deserialize for name, attribute in DocumentItem.get_attributes().items()}
    start: dict[str, Any] | None = {}
    # The least key behind a key is that with a zero, and behind all keys of a noun is its name with another sign.
    first = _key(noun, after) + "\0" if after else f"{noun}#"
    if not is_key(first):
        raise Invalid("after", f"must not be longer than {KEY_MAX} bytes")
    condition = DocumentItem.noun.between(first, f"{noun}$")
    while start is not None:
        with translated():
            page = DocumentItem._get_connection().query(
                project, condition, exclusive_start_key=start or None, consistent_read=True
            )
        for item in page["Items"]:
            found = {name: read[name](next(iter(value.values()))) for name, value in item.items() if name in read}
            found.pop("v")
            yield Document(**found | {"noun": noun, "name": _name(found["noun"])})
        start = page.get("LastEvaluatedKey")


def is_key(text: str) -> bool:
    """Whether there may be an item of this key."""
    return len(text.encode("utf-8", "replace")) <= KEY_MAX


def require_small(field: str, data: dict[str, Any], limit: int = LIMIT) -> None:
    """Raises Invalid for a document that takes more than it may; by default more than an item can hold."""
    if len(DocumentItem.data.serialize(data)) > limit:
        raise Invalid(field, f"must not take more than {limit} bytes of JSON")


def put(
    document: Document,
    before: Document | None = None,
    also: Also = nothing,
    *,
    edition: int | None = None,
    checks_at_most: int | None = None,
) -> None:
    """Keeps a new document, or one in the place of that which it was `before`; `also` adds to the transaction. Raises
    Refused when that has become another meanwhile, when there is one of this name already, when the project is being
    deleted or holds more checks than it may, or when the whole is of another edition than it is to be."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        add(transaction, document, before, edition)
        directory.require_open(transaction, document.project, checks_at_most)
        also(transaction)


def add(
    transaction: TransactWrite, document: Document, before: Document | None = None, edition: int | None = None
) -> None:
    """Adds to a transaction that which `put` does, but for asking whether the project is being deleted: others that
    add to it may do so already."""
    transaction.save(_item(document), condition=_unchanged(before))
    _another_edition(transaction, document, edition)


def lay(transaction: TransactWrite, document: Document) -> None:
    """Adds to a transaction that a document is kept, whatever there was. Another one of it guards both."""
    transaction.save(_item(document))


def _item(document: Document) -> DocumentItem:
    return DocumentItem(
        document.project,
        _key(document.noun, document.name),
        data=document.data,
        created=document.created,
        modified=document.modified,
        author=document.author or None,
        code=document.code or None,
    )


def drop(transaction: TransactWrite, document: Document) -> None:
    """Adds to a transaction that a document goes, if it is there. Another one of it guards both."""
    transaction.delete(DocumentItem(document.project, _key(document.noun, document.name)))


def delete(document: Document, also: Also = nothing, *, edition: int | None = None) -> None:
    """Removes a document; `also` adds to the transaction. Raises Refused when it has become another meanwhile or is
    gone, or when the whole is of another edition than it is to be."""
    with translated(), TransactWrite(connection=shared()) as transaction:
        remove(transaction, document, edition)
        also(transaction)


def remove(transaction: TransactWrite, document: Document, edition: int | None = None) -> None:
    """Adds to a transaction that which `delete` does."""
    item = DocumentItem(document.project, _key(document.noun, document.name))
    transaction.delete(item, condition=_unchanged(document))
    _another_edition(transaction, document, edition)


def edition(project: str, whole: Whole = "inventory") -> int:
    """Another number whenever a document of the whole has been changed, and not before."""
    with translated():
        try:
            return int(DirectoryItem.get(_edition_key(project, whole), consistent_read=True).made or 0)
        except DirectoryItem.DoesNotExist:
            return 0


def forget(project: str) -> None:
    """Removes what counts the documents, checks and channels of a project that is being deleted."""
    with translated(), DirectoryItem.batch_write() as batch:
        counted = (*NUMBERED, numbers.CHECK, numbers.CHANNEL)
        editions = (_edition_key(project, whole) for whole in get_args(Whole))
        for key in (*editions, *(numbers.key_of(project, noun) for noun in counted)):
            batch.delete(DirectoryItem(key))


def _unchanged(before: Document | None) -> Condition:
    if before is None:
        return DocumentItem.project.does_not_exist()
    return DocumentItem.modified == before.modified


def require_unchanged(transaction: TransactWrite, document: Document) -> None:
    """Adds to a transaction that the document still is what it was: Refused otherwise."""
    key = _key(document.noun, document.name)
    transaction.condition_check(DocumentItem, document.project, key, condition=_unchanged(document))


def _another_edition(transaction: TransactWrite, document: Document, edition: int | None) -> None:
    """Whoever has read the `edition` before what he decides on can ask that nothing has changed since."""
    if document.noun not in WHOLES:
        return
    item = DirectoryItem(_edition_key(document.project, WHOLES[document.noun]))
    actions: list[Action] = [DirectoryItem.made.add(1), DirectoryItem.project.set(document.project)]
    transaction.update(item, actions, condition=None if edition is None else _is_of(edition))


def _is_of(edition: int) -> Condition:
    return DirectoryItem.made == edition if edition else DirectoryItem.made.does_not_exist()


def _edition_key(project: str, whole: Whole) -> str:
    return f"{whole}#{project}"


def _key(noun: Noun, name: str) -> str:
    """Numbers in the order of numbers."""
    return f"{noun}#{int(name):010d}" if noun in NUMBERED else f"{noun}#{name}"


def _name(key: str) -> str:
    noun, _, name = key.partition("#")
    return str(int(name)) if noun in NUMBERED else name


def _document(item: DocumentItem) -> Document:
    noun: Any = item.noun.partition("#")[0]
    return Document(
        item.project,
        noun,
        _name(item.noun),
        item.data,
        item.created,
        item.modified,
        item.author or "",
        item.code or "",
    )
