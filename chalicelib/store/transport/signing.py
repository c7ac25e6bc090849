"""AWS Signature Version 4 of a POST with a JSON body (Signing AWS API requests, "Create a signed AWS API request"). The
key of a day is reckoned once."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from botocore.credentials import ReadOnlyCredentials

CONTENT_TYPE = "application/x-amz-json-1.0"


@dataclass(slots=True)
class Signer:
    """Signs requests to one service of one region at `host`, under the path "/"."""

    service: str
    region: str
    host: str
    _day: tuple[str, str] = field(default=("", ""), repr=False)
    _key: bytes = field(default=b"", repr=False)

    def headers(self, credentials: ReadOnlyCredentials, moment: datetime, target: str, body: bytes) -> dict[str, str]:
        """All headers of the request but those of the connection. `moment` is aware and UTC, `target` the operation as
        X-Amz-Target names it."""
        stamp = moment.strftime("%Y%m%dT%H%M%SZ")
        # In the order of their names, as they are signed.
        signed = {"content-type": CONTENT_TYPE, "host": self.host, "x-amz-date": stamp}
        if credentials.token:
            signed["x-amz-security-token"] = credentials.token
        signed["x-amz-target"] = target
        scope, names = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request", ";".join(signed)
        lines = "".join(f"{name}:{value}\n" for name, value in signed.items())
        request = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.new(self._key_of(credentials.secret_key, stamp[:8]), text.encode(), "sha256").hexdigest()
        given = f"Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return signed | {"authorization": f"AWS4-HMAC-SHA256 {given}"}

    def _key_of(self, secret: str, day: str) -> bytes:
        if self._day != (secret, day):
            key = f"AWS4{secret}".encode()
            for part in (day, self.region, self.service, "aws4_request"):
                key = hmac.new(key, part.encode(), "sha256").digest()
            # One thread may sign with the key of another's credentials only if both are the same.
            self._key, self._day = key, (secret, day)
            return key
        return self._key
