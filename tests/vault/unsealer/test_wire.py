"""On the wire: whatever somebody sends, the server lives on and gives nothing away."""

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec
import pytest
from django.db import connections

from tests.vault.unsealer.running import Thread, own, sealed, value
from vault.errors import VaultError
from vault.unsealer import Unsealer, socket_client, wire
from vault.unsealer.messages import Begin, Check, End, Seal, Value
from vault.unsealer.server import listen
from vault.unsealer.socket_client import Socket

pytestmark = pytest.mark.django_db(transaction=True)


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


def sent(thread: Thread, data: bytes) -> bytes:
    """Send bytes and return what comes back until the other side is silent."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(5)
        raw.connect(str(thread.socket))
        raw.sendall(data)
        raw.shutdown(socket.SHUT_WR)
        pieces = []
        with suppress(ConnectionResetError):  # closed with something of ours unread
            while piece := raw.recv(65536):
                pieces.append(piece)
    return b"".join(pieces)


def test_a_frame_is_four_bytes_of_length_then_messagepack() -> None:
    assert bytes(wire.encode(Check())) == b"\0\0\0\x07\x91\xa5Check"
    assert bytes(wire.encode(wire.Result(b"x" * 300))) == framed(msgspec.msgpack.encode(["Result", b"x" * 300]))
    refusal = VaultError("away", "Not now.", permanent=False)
    assert bytes(wire.encode(wire.Failure.of(refusal))) == framed(
        msgspec.msgpack.encode(["Failure", "away", "Not now.", False])
    )


def test_what_comes_back_is_read_as_it_was_sent_and_a_result_shows_nothing_of_itself() -> None:
    result = wire.answer_of(wire.encode(wire.Result([b"zoe@example.com"]))[4:])
    assert isinstance(result, wire.Result)
    assert (result.value, repr(result)) == ([b"zoe@example.com"], "<Result>")
    failure = wire.answer_of(wire.encode(wire.Failure("away", "Not now.", permanent=False))[4:])
    assert isinstance(failure, wire.Failure)
    error = failure.error()
    assert (error.code, error.message, error.permanent) == ("away", "Not now.", False)
    assert wire.request_of(wire.encode(Seal([]))[4:]) == Seal([])


@contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        other.settimeout(5)  # that who waits for ever fails
        yield one, other


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc1",
        b"GET / HTTP/1.1",
        msgspec.msgpack.encode(["Nothing", 1]),
        msgspec.msgpack.encode(["Seal", "no list"]),
        msgspec.msgpack.encode(["Begin", ["sms"]]),
        msgspec.msgpack.encode(["Open", b"", [["a.B.c", "no uuid", "no uuid", b""]]]),
        msgspec.msgpack.encode({"type": "Check"}),
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 2000,
    ],
)
def test_a_frame_that_is_no_request_is_answered_as_failed(thread: Thread, body: bytes) -> None:
    answer = wire.answer_of(bytearray(sent(thread, framed(body))[4:]))
    assert isinstance(answer, wire.Failure)
    assert (answer.code, answer.permanent) == ("failed", True)
    thread.client().check()


@pytest.mark.parametrize(
    "data", [b"", b"\0", framed(b"abc")[:-1], (2**32 - 1).to_bytes(4, "big"), b"GET / HTTP/1.1\r\n"]
)
def test_what_is_no_frame_is_not_answered(thread: Thread, data: bytes) -> None:
    assert sent(thread, data) == b""
    thread.client().check()


def test_requests_come_one_after_the_other(thread: Thread) -> None:
    request = framed(msgspec.msgpack.encode(["Check"]))
    assert sent(thread, request * 3) == bytes(wire.encode(wire.Result(None))) * 3
    nobody_waits = bytes(wire.encode(End(bytes(16))))
    assert sent(thread, nobody_waits + request + nobody_waits) == bytes(wire.encode(wire.Result(None)))


def test_what_is_more_than_a_frame_takes_is_refused_for_good(thread: Thread) -> None:
    """Away would make the gateway's writer try again for ever."""
    client = thread.client()
    with pytest.raises(VaultError, match="too-large") as failure:
        client.seal([value(bytes(wire.MOST))])
    assert failure.value.permanent
    client.check()


def test_an_answer_that_is_more_than_a_frame_takes_is_refused_for_good(thread: Thread) -> None:
    client = thread.client()
    plain = value(b"")
    small = [Value("content.StoredExchange.request", plain.pk, plain.tenant, b"") for _ in range(100)]
    assert len(client.seal(small)) == 100
    wire_most, wire.MOST = wire.MOST, 12_000
    try:
        assert len(wire.encode(Seal(small))) < wire.MOST
        with pytest.raises(VaultError, match="too-large"):
            client.seal(small)
    finally:
        wire.MOST = wire_most
    client.check()


def test_a_frame_of_just_the_most_is_taken_and_one_byte_more_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST", 10)
    with _pair() as (one, other):
        sender, receiver = wire.Frames(one), wire.Frames(other)
        sender.send(bytearray(framed(b"x" * 10)))
        assert receiver.receive() == b"x" * 10
        with pytest.raises(VaultError, match="too-large"):
            sender.send(bytearray(framed(b"x" * 11)))
        assert not receiver.has_more(0)
        one.sendall(framed(b"x" * 11))
        with pytest.raises(ValueError, match="too long"):
            receiver.receive()


@pytest.mark.parametrize("size", [1, 3, 4, 5, 9, 200])
def test_frames_arrive_whole_and_in_order_however_they_were_cut(size: int) -> None:
    bodies = [b"", b"a", b"bc" * 40, b"", b"d" * 7]
    stream = b"".join(map(framed, bodies))
    with _pair() as (one, other):
        receiver, found = wire.Frames(other), []
        for start in range(0, len(stream), size):
            one.sendall(stream[start : start + size])
        while receiver.has_more(0):
            found.append(bytes(receiver.receive()))
        assert found == bodies
        one.close()
        assert receiver.has_more(0)
        with pytest.raises(wire.Closed):
            receiver.receive()


def test_frames_that_no_single_read_takes_arrive_whole_and_in_order() -> None:
    bodies = [b"x" * 200_000, b"a", b"y" * 70_000, b"", b"z" * 65_532, b"end"]
    with _pair() as (one, other):
        sender = threading.Thread(target=one.sendall, args=(b"".join(map(framed, bodies)),), daemon=True)
        sender.start()
        receiver = wire.Frames(other)
        assert [bytes(receiver.receive()) for _ in bodies] == bodies
        sender.join(5)


NO_ANSWERS = [
    b"",
    framed(b"nonsense"),
    b"\xff\xff\xff\xff",
    framed(msgspec.msgpack.encode(["Result", "no list"])),
    framed(msgspec.msgpack.encode(["Result", [7]])),
]


@contextmanager
def _server(path: Path, *answers: bytes) -> Iterator[list[bytes]]:
    """Answer a request on each of so many connections; what comes behind it until their end is left in a list."""
    behind: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            for answer in answers:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(5)
                    wire.Frames(connection).receive()
                    connection.sendall(answer)
                    if answer not in NO_ANSWERS:
                        behind.append(connection.recv(1))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield behind
        thread.join(10)


def test_a_server_that_hangs_up_or_talks_nonsense_is_away(folder: Path) -> None:
    path = folder / "rude.sock"
    with _server(path, *NO_ANSWERS):
        client = Socket(path)
        for _ in NO_ANSWERS:
            with pytest.raises(VaultError, match="unsealer-away") as failure:
                client.call(Seal([]))
            assert not failure.value.permanent


def test_closing_ends_the_connection_with_the_scopes_that_are_open_on_it(folder: Path) -> None:
    path = folder / "plain.sock"
    with _server(path, bytes(wire.encode(wire.Result(b"token")))) as behind:
        client = Socket(path)
        one = value(b"x")
        assert client.call(Begin(own(one))) == b"token"
        client.close()
    assert behind == [b""]


def test_a_missing_server_is_noticed_at_once(folder: Path) -> None:
    began = time.monotonic()
    with pytest.raises(VaultError, match="unsealer-away"):
        Socket(folder / "nobody.sock").call(Seal([]))
    assert time.monotonic() - began < 2


def test_a_server_that_is_silent_is_away_after_a_while(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_client, "_PATIENCE", 0.2)
    with socket.socket(socket.AF_UNIX) as listener, ExitStack() as crowd:
        listener.bind(str(folder / "silent.sock"))
        listener.listen(0)
        client = Socket(folder / "silent.sock")
        with pytest.raises(VaultError, match="unsealer-away") as failure:
            client.call(Seal([]))  # it is let in, and not answered
        assert not failure.value.permanent
        with suppress(BlockingIOError):  # until nobody else is let in
            while True:
                caller = crowd.enter_context(socket.socket(socket.AF_UNIX))
                caller.settimeout(0)
                caller.connect(str(folder / "silent.sock"))
        with pytest.raises(VaultError, match="unsealer-away"):
            client.call(Seal([]))


def test_a_group_may_be_let_in(folder: Path) -> None:
    thread = Thread(folder / "group.sock", group=folder.group()).start()
    assert stat.S_IMODE(thread.socket.stat().st_mode) == 0o660
    thread.stop()


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(folder: Path) -> None:
    path = folder / "stale.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as second:
        listen(listener, path, "")
        with pytest.raises(VaultError, match="already-running"):
            listen(second, path, "")


def test_a_lost_database_connection_costs_one_request(thread: Thread) -> None:
    if connections["vault"].vendor != "postgresql":
        pytest.skip("a connection to a file is not lost")
    client = thread.client()
    one = sealed(client)
    client.begin(own(one))
    with connections["vault"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    outcomes = [_outcome(client, one) for _ in range(4)]
    assert outcomes.count(None) >= 2
    assert not any(error.permanent for error in outcomes if error)
    assert client.open(client.begin(own(one)), [one])


def _outcome(client: Unsealer, one: Value) -> VaultError | None:
    try:
        client.begin(own(one))
    except VaultError as error:
        return error
    return None


def test_a_forked_child_has_a_connection_of_its_own(thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    client = thread.client()
    one = sealed(client)
    token = client.begin(own(one))
    monkeypatch.setattr("vault.unsealer.socket_client.os.getpid", lambda: -1)
    with pytest.raises(VaultError, match="unsealer-away"):
        client.open(token, [one])
