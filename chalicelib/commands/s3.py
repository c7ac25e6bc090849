"""s3(): buckets and what lies in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, ClassVar

from chalicelib.commands import aws
from chalicelib.commands.base import CommandError, Context, text, whole
from chalicelib.commands.values import plain
from chalicelib.languages.conditions.exposed import Exposed

ITEMS_MAX = 10_000
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MISSING = ("404", "NoSuchKey", "NoSuchBucket", "NotFound")


def make(context: Context) -> Callable[..., Buckets]:
    def s3(region: object = None) -> Buckets:
        return Buckets(aws.client(context, "s3", region))

    return s3


def _named(bucket: object) -> str:
    """botocore takes more, such as addresses of access points elsewhere."""
    name = text(bucket, "bucket_name", 63)
    if not _BUCKET.fullmatch(name):
        raise CommandError("bucket_name is no name of a bucket")
    return name


def _asked(call: Callable[..., Any], **arguments: Any) -> Any:
    """The answer; None where what is asked for does not exist."""
    from botocore.exceptions import ClientError

    with aws.told("S3"):
        try:
            return call(**arguments)
        except ClientError as error:
            if str(error.response.get("Error", {}).get("Code", "")) in _MISSING:
                return None
            raise


class Buckets(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"get_object", "get_object_metadata", "list_bucket", "bucket_exists"})

    def __init__(self, client: Any) -> None:
        self._client = client

    def get_object(self, bucket_name: object, key: object) -> Object:
        answer = _asked(self._client.get_object, Bucket=_named(bucket_name), Key=text(key, "key", 1_024))
        return Object(None if answer is None else answer["Body"].read())

    def get_object_metadata(self, bucket_name: object, key: object) -> Metadata:
        answer = _asked(self._client.head_object, Bucket=_named(bucket_name), Key=text(key, "key", 1_024))
        return Metadata(None if answer is None else int(answer["ContentLength"]))

    def bucket_exists(self, bucket_name: object) -> bool:
        return _asked(self._client.head_bucket, Bucket=_named(bucket_name)) is not None

    def list_bucket(
        self, bucket_name: object, prefix: object, max_items: object = 100, recursive: object = True
    ) -> Listing:
        """What lies under a prefix; not `recursive`, without what lies below a further `/`."""
        most = whole(max_items, "max_items", 1, ITEMS_MAX)
        asked: dict[str, Any] = {"Bucket": _named(bucket_name), "Prefix": text(prefix, "prefix", 1_024)}
        if not recursive:
            asked["Delimiter"] = "/"
        found: list[dict[str, Any]] = []
        while len(found) < most:
            answer = _asked(self._client.list_objects_v2, MaxKeys=min(most - len(found), 1_000), **asked)
            if answer is None:
                raise CommandError("there is no bucket of this name")
            found += answer.get("Contents", [])
            if not answer.get("IsTruncated"):
                break
            asked["ContinuationToken"] = answer["NextContinuationToken"]
        return Listing(found)


class Metadata(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"exists", "size"})

    def __init__(self, size: int | None) -> None:
        self._size = size

    def exists(self) -> bool:
        return self._size is not None

    def size(self) -> int:
        """Bytes; -1 for what does not exist."""
        return -1 if self._size is None else self._size


class Object(Metadata):
    names: ClassVar[frozenset[str]] = Metadata.names | {"json", "text"}

    def __init__(self, content: bytes | None) -> None:
        super().__init__(None if content is None else len(content))
        self._content = content

    def text(self) -> str | None:
        return None if self._content is None else self._content.decode("utf-8", "replace")

    def json(self) -> Any:
        try:
            return None if self._content is None else json.loads(self._content)
        except (ValueError, RecursionError):
            raise CommandError("the object is not JSON") from None


class Listing(Exposed):
    names: ClassVar[frozenset[str]] = frozenset({"files"})

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self._found = found

    def files(self) -> list[dict[str, Any]]:
        """file_name, size in bytes, and last_modified of each."""
        return [
            {"file_name": one["Key"], "size": one["Size"], "last_modified": plain(one.get("LastModified"))}
            for one in self._found
        ]
