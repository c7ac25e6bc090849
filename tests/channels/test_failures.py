"""Every way in which a receiver fails, over a real connection: what it means, and that none holds the sender up."""

from __future__ import annotations

import socket

import pytest

from chalicelib.channels import Outlet, webhook
from chalicelib.channels.sender import Sender
from chalicelib.core.errors import Undelivered
from tests.cases import each
from tests.channels.failures import FAILURES, Failure, Speak, takes_its_time
from tests.channels.samples import news
from tests.channels.servers import HERE, speaking


def heard(speak: Speak) -> Speak:
    """The receiver, which speaks when it has the whole request."""

    def run(connection: socket.socket) -> None:
        request = b""
        while not request.endswith(news().check.name.encode()):
            request += connection.recv(65_536)
        speak(connection)

    return run


def tell(port: int, sender: Sender) -> None:
    settings = webhook.clean({"url_down": f"http://127.0.0.1:{port}/secret", "body_down": "$NAME"})
    webhook.send(settings, [news()], Outlet(sender=sender))


@each("failure", FAILURES.values())
def test_a_failure_means_what_it_does_and_ends_in_time(failure: Failure) -> None:
    with speaking(heard(failure.speak)) as port, pytest.raises(Undelivered) as caught:
        tell(port, Sender(HERE, seconds=failure.seconds, clock=failure.clock()))
    error = caught.value
    assert (error.message, error.permanent, error.after) == (failure.message, failure.permanent, failure.after)


def test_a_receiver_that_is_slow_but_in_time_has_taken_the_news() -> None:
    with speaking(heard(takes_its_time)) as port:
        tell(port, Sender(HERE))
