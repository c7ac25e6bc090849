"""The tables, each grouped by life and load. The deployed template is held against these classes.

Attribute names are the core's; absent means the default, so that a quiet check stays below one kilobyte (one write
unit).
"""

from __future__ import annotations

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.store.connection import SCHEMA, Instant, Json, Span, Table
from chalicelib.store.document_models import DocumentItem, MemberItem
from chalicelib.store.history_models import (
    AttemptsItem,
    CursorItem,
    DebtItem,
    HistoryItem,
    NotificationItem,
    TallyItem,
)
from chalicelib.store.series_models import SeriesItem


class DueIndex(GlobalSecondaryIndex["CheckItem"]):
    """Live deadlines only: the attributes go with the deadline. Eventually consistent, so it only nominates."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    due_shard = UnicodeAttribute(hash_key=True)
    due = Instant(range_key=True)


class WheelIndex(GlobalSecondaryIndex["CheckItem"]):
    """What is looked at in a fixed period: set once, so that scheduling writes nothing. Nominates too."""

    class Meta:
        index_name = "wheel"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    wheel = UnicodeAttribute(hash_key=True)
    wheel_key = UnicodeAttribute(range_key=True)


class CheckItem(Table):
    """checks: the hot state of everything with a status. `r0` to `r7` are the requests that were counted last, newest
    first, in attributes of their own, so that a write can shift them without having read them."""

    class Meta:
        noun = "checks"
        table_name = "checks"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    code = UnicodeAttribute(range_key=True)
    due_index = DueIndex()
    wheel_index = WheelIndex()
    v = NumberAttribute(default=SCHEMA)
    created = Instant()
    kind = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    nickname = UnicodeAttribute(null=True)
    slug = UnicodeAttribute(null=True)
    tags = UnicodeAttribute(null=True)
    desc = UnicodeAttribute(null=True)
    schedule_kind = UnicodeAttribute(null=True)
    timeout = NumberAttribute()
    grace = NumberAttribute()
    schedule = UnicodeAttribute(null=True)
    tz = UnicodeAttribute(null=True)
    manual_resume = BooleanAttribute(null=True)
    methods = UnicodeAttribute(null=True)
    filters = Json(null=True)
    channels = UnicodeSetAttribute(null=True)
    badge = UnicodeAttribute(null=True)
    page = NumberAttribute(null=True)
    page_off = BooleanAttribute(null=True)
    period = NumberAttribute(null=True)
    spec = Json(null=True)
    master = UnicodeAttribute(null=True)
    remind = NumberAttribute(null=True)
    silences = Json(null=True)
    suspicion = Json(null=True)
    last_result = UnicodeAttribute(null=True)
    breaching = Json(null=True)
    met = UnicodeAttribute(null=True)
    judged = Instant(null=True)
    error = UnicodeAttribute(null=True)
    value = Json(null=True)
    quiet = BooleanAttribute(null=True)
    holds = UnicodeSetAttribute(null=True)
    wheel = UnicodeAttribute(null=True)
    wheel_key = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    since = Instant(null=True)
    last_ping = Instant(null=True)
    last_start = Instant(null=True)
    last_start_rid = UnicodeAttribute(null=True)
    last_duration = Span(null=True)
    runs_from = Instant(null=True)
    runs_ended = Json(null=True)
    n_pings = NumberAttribute()
    r0 = UnicodeAttribute(null=True)
    r1 = UnicodeAttribute(null=True)
    r2 = UnicodeAttribute(null=True)
    r3 = UnicodeAttribute(null=True)
    r4 = UnicodeAttribute(null=True)
    r5 = UnicodeAttribute(null=True)
    r6 = UnicodeAttribute(null=True)
    r7 = UnicodeAttribute(null=True)
    due = Instant(null=True)
    away = Json(null=True)
    due_shard = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)
    edition = NumberAttribute()
    version = NumberAttribute()
    extra = Json(null=True)


class SatelliteItem(Table):
    """checks: what stands beside a rule, `t#<rule>#<number>`: series that breach, [name, since, value] each."""

    class Meta:
        noun = "checks"
        table_name = "checks"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    code = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    series = Json()


class DirectoryItem(Table):
    """directory: from what a request carries to what it means.

    `key#<hash>` a project's key, `check#<uuid>` and `unique#<unique key>` a check's owner, `slug#<project>#<slug>`
    the checks of that slug, `project#<code>` the project itself with its count of checks, `closed` if it is being
    deleted, `badge#<badge key>` the project of a badge, `badge#<uuid>` the check of one,
    `name#<project>#<kind>#<name>` the check that alone may have a name, `number#<project>#<noun>` how many numbers were
    given (`made`), `number#<project>#check#<number>` the check of a number, `numbered` that everything has one,
    `inventory#<project>` how often its documents were changed (`made`), `wheel` the periods in which anything is looked
    at, `until` when all of it was handed out, and over how many partitions it is spread: the numbers that were set
    (`shards`), and the one that was found by looking (`made`); `sweep` when the deadlines were looked at, or not.
    """

    class Meta:
        noun = "directory"
        table_name = "directory"
        billing_mode = "PAY_PER_REQUEST"

    key = UnicodeAttribute(hash_key=True)
    v = NumberAttribute(default=SCHEMA)
    project = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    codes = UnicodeSetAttribute(null=True)
    access = UnicodeAttribute(null=True)
    hint = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    created = Instant(null=True)
    limit = NumberAttribute(null=True)
    checks = NumberAttribute(null=True)
    made = NumberAttribute(null=True)
    keys = UnicodeSetAttribute(null=True)
    badge = UnicodeAttribute(null=True)
    secret = UnicodeAttribute(null=True)
    closed = Instant(null=True)
    until = Instant(null=True)
    deletions = NumberAttribute(null=True)
    tests = NumberAttribute(null=True)
    tests_from = Instant(null=True)
    away_since = Instant(null=True)
    away_until = Instant(null=True)
    away_told = Instant(null=True)
    shards = NumberSetAttribute(null=True)


class ChannelItem(Table):
    """definitions: what an owner sets up and rarely changes; `noun` is `channel#<uuid>`."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    kind = UnicodeAttribute()
    name = UnicodeAttribute()
    created = Instant()
    settings = Json()
    remind = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    mended = Instant(null=True)
    resolves = BooleanAttribute(null=True)
    default = BooleanAttribute(null=True)
    hidden = BooleanAttribute(null=True)
    whole = BooleanAttribute(null=True)
    number = NumberAttribute(null=True)
    stopped = UnicodeSetAttribute(null=True)
    waiting = UnicodeSetAttribute(null=True)
    extra = Json(null=True)
    bounced = Json(null=True)


class RecipientItem(Table):
    """definitions: `recipient#<mark>`, whether who has an address or number has `confirmed` that he wants news, and how
    often he was `asked` since `asked_from`."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    confirmed = Instant(null=True)
    asked = NumberAttribute(null=True)
    asked_from = Instant(null=True)


class SubscriptionItem(Table):
    """definitions: `subscription#<code>`, what a rule reads, for who takes points in; a copy that may be missing."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    patterns = Json()


class MuteItem(Table):
    """definitions: a scheduled mute, `mute#<uuid>`; its checks carry copies of it as silences."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    name = UnicodeAttribute()
    created = Instant()
    data = Json()


class CredentialItem(Table):
    """definitions: `credential#<name>`, what commands may log in with at `hosts`."""

    class Meta:
        noun = "definitions"
        table_name = "definitions"
        billing_mode = "PAY_PER_REQUEST"

    project = UnicodeAttribute(hash_key=True)
    noun = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    kind = UnicodeAttribute()
    hosts = Json()
    created = Instant(null=True)
    user = UnicodeAttribute(null=True)
    password = UnicodeAttribute(null=True)
    tls = BooleanAttribute(null=True)
    verify = BooleanAttribute(null=True)

    def __repr__(self) -> str:
        """Without the password."""
        return f"CredentialItem({self.project}, {self.noun})"


class OutboxDueIndex(GlobalSecondaryIndex["OutboxItem"]):
    """What is to be looked at at some time; what waits for something else is not in it. Nominates."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()
        billing_mode = "PAY_PER_REQUEST"

    shard = UnicodeAttribute(hash_key=True)
    due = Instant(range_key=True)


class LineItem(Table):
    """directory: `pace#<sender>`, the line of those who wait for a sender that has refused too many messages."""

    class Meta:
        noun = "directory"
        table_name = "directory"
        billing_mode = "PAY_PER_REQUEST"

    key = UnicodeAttribute(hash_key=True)
    v = NumberAttribute(default=SCHEMA)
    free = Instant()
    interval = Span()
    first = NumberAttribute(null=True)
    end = NumberAttribute(null=True)
    least = Span(null=True)
    asking = Instant(null=True)


class OutboxItem(Table):
    """outbox: somebody may have to be told of `subject`: a check; `end#...` a conversation that has ended and wants a
    last word, which `data` holds; `channel#<code>` a channel that works again, with what it is owed;
    `instances#<code>` a check whose instances may be told now.

    `mark` changes whenever there may be more to tell. Up to `held`, flips came while their check's master was down.
    """

    class Meta:
        noun = "outbox"
        table_name = "outbox"
        billing_mode = "PAY_PER_REQUEST"

    shard = UnicodeAttribute(hash_key=True)
    subject = UnicodeAttribute(range_key=True)
    due_index = OutboxDueIndex()
    v = NumberAttribute(default=SCHEMA)
    project = UnicodeAttribute()
    mark = UnicodeAttribute()
    due = Instant(null=True)
    held = Instant(null=True)
    data = Json(null=True)


# Of the models of one table the last has its indexes.
MODELS: tuple[type[Table], ...] = (
    *(SatelliteItem, MemberItem, CheckItem, LineItem, DirectoryItem, ChannelItem, RecipientItem),
    *(SubscriptionItem, MuteItem, CredentialItem, DocumentItem),
    *(HistoryItem, NotificationItem, CursorItem, DebtItem, TallyItem, AttemptsItem, OutboxItem, SeriesItem),
)

# Tables whose items DynamoDB may delete by itself after `expires` (seconds since 1970). It is late: readers filter.
EXPIRING = ("history", "series")
