"""A lean way to DynamoDB: kept connections, Signature Version 4 and JSON, in place of botocore's
client. What calls it and what it answers and raises is botocore's, so that the store takes either."""

from chalicelib.store.transport.making import client

__all__ = ["client"]
