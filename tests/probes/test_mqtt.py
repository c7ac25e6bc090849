"""MQTT's packets, said by the tests; the broker itself is in tests/real."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.core.errors import Invalid
from chalicelib.probes import mqtt
from tests.cases import each
from tests.channels.servers import speaking
from tests.probes.servers import odd
from tests.probes.servers.scene import probe


@each(
    ("code", "who", "ok", "text"),
    [
        (0, {}, True, "MQTT connection accepted"),
        (0, {"user": "me", "password": "x"}, True, "MQTT connection accepted"),
        (5, {}, True, "MQTT broker wants a login"),
        (5, {"user": "me"}, False, "login refused"),
        (3, {}, False, "broker is not available"),
        (99, {}, False, "broker refuses (99)"),
    ],
)
def test_what_a_broker_says_to_who_comes(code: int, who: dict[str, Any], ok: bool, text: str) -> None:
    with speaking(odd.saying(b"", bytes([0x20, 2, 0, code]), polite=False)) as port:
        outcome = probe(mqtt, port=port, **who)
    assert (outcome.ok, outcome.text) == (ok, text)


def test_another_server_is_a_failure() -> None:
    with speaking(odd.saying(b"SSH-2.0-x\r\n")) as port:
        assert probe(mqtt, port=port).text == 'expected an MQTT CONNACK, got "SS"'
    with pytest.raises(Invalid, match="user"):
        mqtt.clean({"host": "a.org", "password": "x"})


def test_a_long_name_has_a_long_length() -> None:
    assert [mqtt._length(number) for number in (0, 127, 128, 16_383, 16_384)] == [
        b"\x00",
        b"\x7f",
        b"\x80\x01",
        b"\xff\x7f",
        b"\x80\x80\x01",
    ]
