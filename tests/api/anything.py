"""Whatever a client may send, for the tests that nothing is a fault of ours."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some

# One house serves all examples of a test: what one leaves behind only makes the next one harder.
careful = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

TEXT = some.text(some.characters(codec=None), max_size=30)
SCALAR = some.none() | some.booleans() | some.integers() | some.floats() | TEXT
VALUE = some.recursive(SCALAR, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(TEXT, inner, max_size=3))
