"""What anything takes on the simulated AWS, wherever something is simulated. Seconds."""

from __future__ import annotations

STORE_CALL = 0.005
QUEUE_CALL = 0.020
SEND_CALL = 0.080
START = 0.100
# So many functions run at the same time, of the whole account.
EXECUTIONS = 10
# Lambda reads so many batches of a queue at once when messages come, and so many more with every second that they last
# (AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings").
AT_FIRST, MORE = 5, 5
# USD for a second of a function with 512 MB.
SECOND = 0.5 * 0.0000166667
# Our own part of judging a rule at one moment, on the function that does it: about twice of what it takes here.
JUDGING = 0.003
