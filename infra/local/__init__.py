"""The whole system on one machine: `python -m infra.local`, or `make run`.

AWS is emulated in this process, the API stands behind a web server, clocks and queue pollers call the event functions
that app.py registers, and a page shows every message sent. Everything is kept in memory and gone when it stops.
"""


class CannotRun(Exception):
    """What this machine or the command line lacks; the text is one line for people."""
