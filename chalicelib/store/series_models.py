"""The table of metric series. Its traffic bypasses PynamoDB's items, which cost more than the calls themselves; the
model says what there is, for the template and for tests."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store.connection import SCHEMA, Table


class SeriesItem(Table):
    """series: the points of a series, `owner` being `<project>#<series>`, and the names of a project's series. A series
    that was made again after it was deleted has an `edition`, which is part of its owner.

    `P#<last>#<request>` the points of one request within one hour, `C#<hour>` all points of an hour in one item,
    `M#<hour>` its minutes with the `requests` that they hold (`late`: sums of points that came when the others were no
    longer kept), `H#<day>` the hours of a day; with `~` behind, that the item lacks something. Moments are in seconds
    since 1970. Under `names#<project>` each series has an item with when it was first and last seen, and the paces at
    which it was seen to send; under `dirty#<project>` stands what is to be rolled up.
    """

    class Meta:
        noun = "series"
        table_name = "series"
        billing_mode = "PAY_PER_REQUEST"

    owner = UnicodeAttribute(hash_key=True)
    at_key = UnicodeAttribute(range_key=True)
    v = NumberAttribute(default=SCHEMA)
    expires = NumberAttribute()
    data = BinaryAttribute(legacy_encoding=False, null=True)
    late = BinaryAttribute(legacy_encoding=False, null=True)
    requests = BinaryAttribute(legacy_encoding=False, null=True)
    mark = UnicodeAttribute(null=True)
    first = NumberAttribute(null=True)
    last = NumberAttribute(null=True)
    paces = UnicodeAttribute(null=True)
    edition = UnicodeAttribute(null=True)
