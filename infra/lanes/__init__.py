"""Lanes: runs against real engines that one machine can hold.

`dynamodb_local` puts Amazon's own DynamoDB engine under any command; `ministack` deploys the packaged template on an
AWS emulator and walks one outage through it. A lane that cannot run here (no Java, no npm, no Python 3.12) exits with
77, the customary code for "skipped", and one line that says what is missing.
"""
