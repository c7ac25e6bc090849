"""infra.forward: what a line becomes, what lies on disk, and what is sent when and how often."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from infra import forward
from infra.forward import Answer, Listener, Notices, Sender, Spool
from tests.cases import each
from tests.infra.sinks import PATIENCE, Sink, left, serving

AT = 1_795_262_400
LIMIT = 10_000_000


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    with serving(sink.handle) as sink.port:
        yield sink


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", LIMIT, Notices())


def sender_to(url: str, spool: Spool) -> Sender:
    """One that a test has take its turns; it waits for nothing."""
    post = partial(forward.post, url, lambda: "KEY\n")
    return Sender(spool, post, Notices(), wait=lambda _: False, jitter=lambda _, most: most)


@pytest.fixture
def sender(sink: Sink, spool: Spool) -> Sender:
    return sender_to(sink.url, spool)


# What a line becomes


@pytest.mark.parametrize("line", [b"a.b 1", b"a.b 1 -1", b"a.b 1 N", b" a.b\t1 \r"])
def test_a_line_without_a_time_gets_that_of_its_arrival(line: bytes) -> None:
    assert forward.stamped(line, AT + 0.7) == b"a.b 1 1795262400"


@each("line", [b"a.b 1 17", b"a;c=d 1e3 17.5", b"\xff\xfe\x00 1 17", b"much too many words", b"word"])
def test_a_line_that_needs_no_time_stays_as_it_is(line: bytes) -> None:
    assert forward.stamped(line, AT) == line


@each("line", [b"", b"\r", b"  ", b"a.b nan 17", b"a.b -NaN"])
def test_what_says_nothing_is_not_sent(line: bytes) -> None:
    assert forward.stamped(line, AT) == b""


# What comes over TCP


def heard(spool: Spool, *pieces: bytes, breaks_off: bool = False) -> None:
    """Has a listener take what one connection sends."""

    async def talk() -> None:
        done = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Listener(spool, Notices(), lambda: AT).serve(reader, writer)
            done.set()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if breaks_off:
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()
        await asyncio.wait_for(done.wait(), PATIENCE)
        server.close()

    asyncio.run(talk())


def test_lines_may_be_cut_anywhere(spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward, "READ", 3)
    heard(spool, b"first.li", b"ne 1\r", b"\n\r\n\nsecond", b" 2 17\nthird 3\n")
    assert left(tmp_path) == b"first.line 1 1795262400\nsecond 2 17\nthird 3 1795262400\n"


def test_a_last_line_without_its_end_is_taken(spool: Spool, tmp_path: Path) -> None:
    heard(spool, b"a 1 17\nb 2 17")
    assert left(tmp_path) == b"a 1 17\nb 2 17\n"


def test_half_a_line_of_a_connection_that_breaks_off_is_not_taken(spool: Spool, tmp_path: Path) -> None:
    heard(spool, b"b 2", breaks_off=True)
    assert left(tmp_path) == b""


@pytest.mark.parametrize("ending", [b"", b"\n", b"\nc 3 17\n"])
def test_an_overlong_line_is_dropped_and_the_connection_lives_on(
    spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, ending: bytes
) -> None:
    monkeypatch.setattr(forward, "READ", 1_500)
    heard(spool, b"a 1 17\n" + b"x" * 10_000 + b" 2 17" + ending)
    assert left(tmp_path) == b"a 1 17\n" + ending[1:]
    assert [record.message for record in caplog.records if record.name == "forward"] == ["overlong lines dropped (1)"]


# What lies on disk


def test_a_torn_last_line_is_discarded(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / f"{7:020d}.open").write_bytes(b"a 1 17\nb 2 1")
    spool = Spool(tmp_path / "spool", LIMIT, Notices())
    spool.append([b"c 3 17"])
    spool.seal()
    assert left(tmp_path) == b"a 1 17\nc 3 17\n"
    assert spool.oldest() == tmp_path / "spool" / f"{7:020d}.lines"


def test_a_file_with_nothing_but_a_torn_line_goes(tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / f"{7:020d}.open").write_bytes(b"b 2 1")
    assert Spool(tmp_path / "spool", LIMIT, Notices()).oldest() is None


def test_a_full_file_is_sealed(spool: Spool) -> None:
    spool.append([b"a 1 17"] * forward.LINES_MAX)
    assert spool.oldest() is None
    spool.append([b"b 1 17"])
    first = spool.oldest()
    assert first and first.read_bytes() == b"a 1 17\n" * forward.LINES_MAX


def test_of_a_full_spool_the_oldest_file_is_dropped_and_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path / "spool", 35, Notices())
    for number in range(6):
        spool.append([b"a %d 17" % number, b"b %d 17" % number])
        spool.seal()
    assert left(tmp_path) == b"a 4 17\nb 4 17\na 5 17\nb 5 17\n"
    assert caplog.messages == ["the spool is full, oldest lines dropped (2)"]


def test_what_cannot_be_written_is_told_and_what_comes_later_is_whole(
    spool: Spool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool.append([b"a 1 17"])
    (tmp_path / "spool").rename(tmp_path / "away")
    spool.append([b"b 2 17", b"c 3 17"])
    (tmp_path / "away").rename(tmp_path / "spool")
    spool.append([b"d 4 17"])
    assert left(tmp_path) == b"a 1 17\nd 4 17\n"
    assert caplog.messages[0].startswith("lines lost, the spool cannot be written (2): [Errno 2]")


# What is sent


def test_a_body_is_gzip_of_exactly_the_lines(spool: Spool, sender: Sender, sink: Sink, tmp_path: Path) -> None:
    spool.append([b"a 1 17", b"\xff\x0c\xfe 2 17"])
    assert sender.turn() == 0
    headers, body = sink.received.get_nowait()
    assert body == b"a 1 17\n\xff\x0c\xfe 2 17\n"
    assert (headers["content-type"], headers["content-encoding"]) == ("application/octet-stream", "gzip")
    assert headers["authorization"] == "Basic S0VZOg=="
    assert left(tmp_path) == b""


def test_nothing_is_sent_where_there_is_nothing(sender: Sender, sink: Sink) -> None:
    assert sender.turn() == 0
    assert sink.all() == []


def test_a_sink_that_refuses_connections_gets_everything_when_it_comes_up(spool: Spool, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    sink = Sink(port)
    sender = sender_to(sink.url, spool)
    spool.append([b"a 1 17"])
    assert sender.turn() > 0
    spool.append([b"b 2 17"])
    with serving(sink.handle, port):
        assert sender.turn() == 0
        assert sender.turn() == 0
    assert sink.all() == [b"a 1 17\n", b"b 2 17\n"]
    assert left(tmp_path) == b""


def test_a_sink_that_says_nothing_is_not_waited_for_for_ever(
    spool: Spool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forward, "PATIENCE", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        spool.append([b"a 1 17"])
        assert sender_to(f"http://127.0.0.1:{mute.getsockname()[1]}/", spool).turn() > 0
    assert left(tmp_path) == b"a 1 17\n"


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404, 429, 500, 503])
def test_what_was_not_taken_is_kept_and_sent_again_the_same(
    spool: Spool, sender: Sender, sink: Sink, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    sink.answers = [Answer(status, "why not"), Answer(202)]
    spool.append([b"a 1 17", b"b 2 17"])
    assert sender.turn() > 0
    assert left(tmp_path) == b"a 1 17\nb 2 17\n"
    assert sender.turn() == 0
    assert sink.all() == [b"a 1 17\nb 2 17\n"] * 2
    assert left(tmp_path) == b""
    assert caplog.messages == [f"the sink answered {status}, keeping all and trying on (1): why not"]
    assert (caplog.records[0].levelno == logging.ERROR) == (status < 429)


def test_an_answer_that_breaks_off_is_none(spool: Spool, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sender = sender_to(f"http://127.0.0.1:{listener.getsockname()[1]}/", spool)

        def hang_up() -> None:
            with listener.accept()[0] as connection:
                connection.recv(10)
                connection.sendall(b"nonsense\r\n\r\n")

        thread = threading.Thread(target=hang_up)
        thread.start()
        spool.append([b"a 1 17"])
        assert sender.turn() > 0
        thread.join(PATIENCE)
    assert left(tmp_path) == b"a 1 17\n"


def test_refused_lines_are_told_and_never_sent_again(
    spool: Spool, sender: Sender, sink: Sink, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sink.answers = [Answer(400, "1 lines were refused, 1 points were stored\nline 2: value is not a number: b x 17\n")]
    spool.append([b"a 1 17", b"b x 17"])
    assert sender.turn() == 0
    assert left(tmp_path) == b""
    told = "1 lines were refused, 1 points were stored line 2: value is not a number: b x 17"
    assert caplog.messages == [f"requests with lines that the sink refused (1): {told}"]


def test_what_is_too_large_is_halved_until_it_fits(spool: Spool, sender: Sender, sink: Sink, tmp_path: Path) -> None:
    sink.answers = [Answer(413), Answer(413), Answer(202)]
    spool.append([b"a 1 17", b"b 2 17", b"c 3 17", b"d 4 17"])
    assert sender.turn() == 0
    assert sink.all()[2:] == [b"a 1 17\n", b"b 2 17\n", b"c 3 17\nd 4 17\n"]
    assert left(tmp_path) == b""


def test_a_line_that_is_too_large_by_itself_holds_nobody_up(spool: Spool, sender: Sender, sink: Sink) -> None:
    sink.answers = [Answer(413), Answer(413), Answer(202)]
    spool.append([b"a 1 17", b"b 2 17"])
    assert sender.turn() == 0
    assert sink.all() == [b"a 1 17\nb 2 17\n", b"a 1 17\n", b"b 2 17\n"]


def test_pauses_grow_to_a_minute_and_begin_anew_after_a_success(spool: Spool, sender: Sender, sink: Sink) -> None:
    sink.answers = [Answer(500)]
    spool.append([b"a 1 17"])
    assert [sender.turn() for _ in range(9)] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    sink.answers = [Answer(202), Answer(500)]
    assert sender.turn() == 0
    spool.append([b"b 2 17"])
    assert sender.turn() == 1


def test_a_pause_is_as_long_as_the_sink_asks(spool: Spool, sender: Sender, sink: Sink) -> None:
    sink.answers = [Answer(429, wait=120), Answer(503, wait=1), Answer(503, wait=86_400)]
    spool.append([b"a 1 17"])
    assert [sender.turn() for _ in range(3)] == [120, 2, 3_600]


def test_a_long_outage_makes_full_files_rather_than_many(spool: Spool, sender: Sender, sink: Sink) -> None:
    sink.answers = [Answer(500)] * 5 + [Answer(202)]
    for number in range(5):
        spool.append([b"a %d 17" % number])
        sender.turn()
    sink.all()
    sender.turn()
    sender.turn()
    assert sink.all() == [b"a 0 17\n", b"a 1 17\na 2 17\na 3 17\na 4 17\n"]


def test_a_file_that_the_full_spool_dropped_meanwhile_holds_nobody_up(spool: Spool, sink: Sink, sender: Sender) -> None:
    spool.append([b"a 1 17"])
    spool.seal()
    oldest = spool.oldest()
    assert oldest
    post = sender.sink

    def slow(body: bytes) -> Answer:
        oldest.unlink(missing_ok=True)
        return post(body)

    sender.sink = slow
    assert sender.turn() == 0
    assert sink.all() == [b"a 1 17\n"]


def test_turns_come_at_whole_seconds_and_once_more_in_the_end(spool: Spool, sender: Sender, sink: Sink) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        if seconds:
            waited.append(seconds)
            spool.append([b"a %d 17" % len(waited)])
        return len(waited) == 3

    sender.wait = wait
    sender.run(lambda: AT + 0.75, 1.0)
    assert waited == [0.25, 0.25, 0.25]
    assert sink.all() == [b"a 1 17\n", b"a 2 17\n", b"a 3 17\n"]


def test_of_one_kind_of_event_the_log_has_a_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    moment = [0.0]
    notices = Notices(lambda: moment[0])
    for second in range(150):
        moment[0] = second
        notices.tell(logging.WARNING, "down", f"at {second}")
    notices.tell(logging.INFO, "up")
    moment[0] = 180
    notices.flush()
    assert caplog.messages == ["down (1): at 0", "down (60): at 60", "down (60): at 120", "up (1)", "down (29): at 149"]
