"""What anything takes on the simulated AWS, wherever something is simulated. Seconds."""

from __future__ import annotations

STORE_CALL = 0.005
QUEUE_CALL = 0.020
START = 0.100
# So many functions run at the same time, of the whole account.
EXECUTIONS = 10
# USD for a second of a function with 512 MB.
SECOND = 0.5 * 0.0000166667
