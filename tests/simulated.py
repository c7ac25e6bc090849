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
# The same of a look.
LOOKING = 0.002
# What the clock calls while all executions are at work is called again after so many seconds, then after twice as many,
# and so on up to the most (AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous
# invocation").
CALLED_AGAIN, AT_MOST = 1.0, 300.0
