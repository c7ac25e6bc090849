"""The table of metric series. Its traffic bypasses PynamoDB's items, which cost more than the calls themselves; the
model says what there is, for the template and for tests."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.store.connection import SCHEMA, Table


class SeriesItem(Table):
    """series: the points of a series, `owner` being `<project>#<series>`, and the names of a project's series.

    `P#<last>#<request>` the points of one request within one hour, `C#<hour>` all points of a closed hour in one item,
    `M#<hour>` its minutes, `H#<day>` the hours of a closed day, `L#<last>#<request>` points that came when their hour
    was no longer kept point by point; moments are in seconds since 1970. Under `names#<project>` each series has an
    item with when it was first and last seen, and the paces at which it was seen to send.
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
    first = NumberAttribute(null=True)
    last = NumberAttribute(null=True)
    paces = UnicodeAttribute(null=True)
