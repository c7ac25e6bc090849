"""One cold start, as a fresh Lambda process has it: import the application, answer the first request. Prints both
times.

Run as a module with the code of a check as its argument; the environment says where AWS is.
"""

from __future__ import annotations

import sys
import time

# Tests need it, and botocore would load it; the package that is deployed has none.
sys.modules["OpenSSL"] = None  # type: ignore[assignment]

began = time.perf_counter()
import app  # noqa: E402

imported = time.perf_counter()
event = {
    "requestContext": {
        "httpMethod": "GET",
        "resourcePath": "/ping/{first}",
        "path": f"/ping/{sys.argv[1]}",
        "identity": {},
    },
    "headers": {"host": "bench.example.org"},
    "pathParameters": {"first": sys.argv[1]},
    "stageVariables": {},
    "multiValueQueryStringParameters": None,
    "body": None,
}
answer = app.app(event, None)
answered = time.perf_counter()
assert answer["statusCode"] == 200, answer
print(f"{imported - began:.3f} {answered - imported:.3f}")
