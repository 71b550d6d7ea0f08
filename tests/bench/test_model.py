"""The model server of the benchmark takes requests however the network cuts them, and its streams end as ours must."""

from bench.gateway.model import EVENTS, events, request, whole
from gateway.answers import read_answer
from gateway.sse import DONE, EventReader

LENGTH = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


def test_a_request_is_taken_once_it_is_complete() -> None:
    for sent in (LENGTH, CHUNKED):
        assert all(request(sent[:length]) is None for length in range(len(sent)))
        taken = request(sent + LENGTH)
        assert taken is not None
        assert b"hello" in taken[0]
        assert taken[1] == LENGTH


def test_the_gateway_understands_its_answers() -> None:
    assert read_answer(whole().partition(b"\r\n\r\n")[2]).usage["completion_tokens"] == 60
    unframed = [each.partition(b"\r\n")[2].removesuffix(b"\r\n") for each in events()]
    read = EventReader().feed(b"".join(unframed))
    assert len(read) == EVENTS
    assert read[-1] == DONE
