"""What a hostile or broken receiver can cost: seconds that are counted, and 64 KiB."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

import pytest

from notifications.failure import DeliveryError
from notifications.webhooks import guard, transport
from notifications.webhooks.guard import Target

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"


@contextmanager
def peer(answer: Callable[[socket.socket], None]) -> Iterator[Target]:
    """Serve one connection by a function that gets its socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                connected, _ = server.accept()
                with connected, suppress(OSError):
                    answer(connected)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Target("hooks.example.com", server.getsockname()[1], "/", False, (ip_address("127.0.0.1"),))
    thread.join(5)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"_CONNECT": 0.5, "_READ": 0.5, "_TOTAL": 1.0}.items():
        monkeypatch.setattr(transport, name, seconds)


def code_of(target: Target) -> str:
    with pytest.raises(DeliveryError) as caught:
        transport.post(target, {}, b"{}")
    assert not caught.value.permanent
    return caught.value.code


def test_who_takes_the_event_and_never_answers_is_left_after_one_read() -> None:
    with peer(lambda connected: time.sleep(3)) as target:
        began = time.monotonic()
        assert code_of(target) == "timeout"
    assert time.monotonic() - began < 5


def test_who_answers_byte_by_byte_is_cut_off_when_the_time_is_over() -> None:
    def drip(connected: socket.socket) -> None:
        while True:
            connected.sendall(b"H")
            time.sleep(0.1)

    began = time.monotonic()
    with peer(drip) as target:
        assert code_of(target) in {"unreachable", "timeout"}
    assert 0.9 < time.monotonic() - began < 5


def test_of_an_endless_body_64_kib_are_read_and_the_status_counts() -> None:
    sent = 0

    def flood(connected: socket.socket) -> None:
        nonlocal sent
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connected.sendall(HEAD)
        while True:
            sent += connected.send(b"x" * 4096)

    with peer(flood) as target:
        assert transport.post(target, {}, b"{}") == 200
    assert sent < 16 * 1024 * 1024  # what the sockets' buffers hold beside the 64 KiB, and no gigabyte


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x00" * 100_000])
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    def speak(connected: socket.socket) -> None:
        connected.recv(65536)
        connected.sendall(answer)

    with peer(speak) as target:
        assert code_of(target) == "unreachable"


def test_a_name_that_does_not_resolve_in_time_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def slow(*args: Any, **kwargs: Any) -> list[Any]:
        done.wait(5)
        return []

    monkeypatch.setattr(guard, "_PATIENCE", 0.2)
    monkeypatch.setattr("notifications.webhooks.guard.socket.getaddrinfo", slow)
    with pytest.raises(guard.Forbidden) as caught:
        guard.check("https://hooks.example.com/")
    done.set()
    assert caught.value.code == "no-address"


def test_names_that_nobody_waits_for_any_more_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the names of one customer, who lets them hang, would hold up everybody's for as long as they come."""
    done, asked = threading.Event(), list[str]()

    def hang(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        done.wait(10)
        return []

    monkeypatch.setattr(guard, "_PATIENCE", 0.2)
    monkeypatch.setattr("notifications.webhooks.guard.socket.getaddrinfo", hang)
    with ThreadPoolExecutor(20) as customers:
        found = list(customers.map(_code, [f"https://hang-{n}.example.com/" for n in range(20)]))
    assert found == ["no-address"] * 20
    held_up = len(asked)
    done.set()
    _code("https://next.example.com/")
    assert held_up < 20
    assert asked[held_up:] == ["next.example.com"]


def _code(url: str) -> str:
    with pytest.raises(guard.Forbidden) as caught:
        guard.check(url)
    return caught.value.code
