"""Documents that an owner wrote, and the place of commands on the wheel."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.store.connection import SCHEMA, Instant, Json, Table


class DocumentItem(Table):
    """definitions: a document that an owner wrote, `entity#<id>`, `command#<number>`, `alert#<number>`,
    `downtime#<uuid>`, `dashboard#<number>`, `grafana#<uid>`, `group#<name>`, `person#<address>`, `board#<number>` with
    what is listed of a dashboard of Grafana's API and `board model#<number>` with the dashboard itself. `data` is the
    document; `code` is the check that an alert definition is evaluated as."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    data = Json()
    created = Instant()
    modified = Instant()
    author = UnicodeAttribute(null=True)
    code = UnicodeAttribute(null=True)


class MemberItem(Table):
    """checks: what stands on the wheel and has no status, `m#<number>`: a command."""

    class Meta:
        noun = "checks"
        table_name = "checks"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    code = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    wheel = UnicodeAttribute()
    wheel_key = UnicodeAttribute()
