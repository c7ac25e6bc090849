"""The items of the table of histories: what happened, what was told of it, and what remains to be told."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store.connection import SCHEMA, Instant, Json, Table


class HistoryItem(Table):
    """history: pings `P#<n>`, their bodies `B#<n>`, those of them that waited in the queue `K#<request>` and flips
    `F#<moment>` of a check; results of a probe `R#<id>` and their sums `D#<day>`; `I#<moment>` series of a
    rule that began or ceased to breach; silences that are over `S#<end>#<id>`; `V#<moment>` results of a command for
    an entity; `C#` a figure that a command counts on from; `T#` a trial run, `T#e#<entity>`
    what it found. What has many facts keeps them in `data`."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    expires = NumberAttribute()
    kind = UnicodeAttribute(null=True)
    at = Instant(null=True)
    rid = UnicodeAttribute(null=True)
    exitstatus = NumberAttribute(null=True)
    scheme = UnicodeAttribute(null=True)
    remote_addr = UnicodeAttribute(null=True)
    method = UnicodeAttribute(null=True)
    ua = UnicodeAttribute(null=True)
    has_body = BooleanAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False, null=True)
    old = UnicodeAttribute(null=True)
    new = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    before = Instant(null=True)
    details = Json(null=True)
    quiet = BooleanAttribute(null=True)
    silenced = BooleanAttribute(null=True)
    data = Json(null=True)


class NotificationItem(Table):
    """history: the delivery log of a channel, `N#<flip>#<check>#<reminder>`: what it was told, or how that failed."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    expires = NumberAttribute()
    check = UnicodeAttribute()
    flip = Instant()
    new = UnicodeAttribute()
    reminder = NumberAttribute(null=True)
    state = UnicodeAttribute()
    attempts = NumberAttribute(null=True)
    attempt = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)
    at = Instant(null=True)
    next_at = Instant(null=True)


class CursorItem(Table):
    """history: `G#<channel>` of a check, what that channel was told of it; next to the newest flips, so that one query
    reads both. `by` names the last writer. It does not expire: what a channel has heard last is remembered."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    by = UnicodeAttribute()
    data = Json()


class DebtItem(Table):
    """history: `O#<check>` of a channel, a check of which the channel has not been told what it should have been."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    project = UnicodeAttribute()
    since = Instant()


class TallyItem(Table):
    """history: `O` of a channel, how much it was told; next to what it is owed, so that one query reads both."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    delivered = NumberAttribute(null=True)
    failed = NumberAttribute(null=True)
    given_up = NumberAttribute(null=True)
    expires = NumberAttribute()


class AttemptsItem(Table):
    """history: `A#<minute>` of `source#<address>`, how many requests with unknown keys came from there."""

    class Meta:
        noun = "history"
        table_name = "history"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    n = NumberAttribute()
    expires = NumberAttribute()
