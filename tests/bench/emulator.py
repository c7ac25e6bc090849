"""The emulated AWS of the benches: moto's server, which counts the messages of a queue only when somebody asks. It does
so with every message that is sent or received otherwise, in time that grows with the queue: a storm would measure that.

    python -m tests.bench.emulator -H 127.0.0.1 -p PORT
"""

from __future__ import annotations

from moto.server import main
from moto.sqs.models import Queue

COUNTS = ("approximate_number_of_messages", "approximate_number_of_messages_delayed")


def cheap() -> None:
    for name in (*COUNTS, "approximate_number_of_messages_not_visible"):
        setattr(Queue, name, property(lambda _queue: 0))


if __name__ == "__main__":
    cheap()
    main()
