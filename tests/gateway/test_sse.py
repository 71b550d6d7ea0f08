"""Events are read the same, wherever the network cuts them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sse import EventReader, EventTooLong, event

TEXTS = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=20)


def cut(stream: bytes, places: list[int]) -> list[bytes]:
    ends = [0, *sorted(place % (len(stream) + 1) for place in places), len(stream)]
    return [stream[start:end] for start, end in pairwise(ends)]


@given(
    st.lists(TEXTS, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.lists(st.integers(0, 10_000), max_size=40)
)
def test_cuts_do_not_matter(texts: list[str], newline: str, places: list[int]) -> None:
    stream = newline.join(f": hello{newline}data: {text}{newline}data: {text}{newline}" for text in texts) + newline
    reader, expected = EventReader(), [f"{text}\n{text}".encode() for text in texts]
    assert [data for piece in cut(stream.encode(), places) for data in reader.feed(piece)] == expected


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_no_single_cut_matters(newline: bytes) -> None:
    stream = newline.join([b"data: a", b"data: b", b"", b"data: c", b"", b""])
    for place in range(len(stream) + 1):
        reader = EventReader()
        assert reader.feed(stream[:place]) + reader.feed(stream[place:]) == [b"a\nb", b"c"]


@given(st.binary(max_size=200), st.lists(st.integers(0, 10_000), max_size=20))
def test_any_bytes_are_read_alike_in_one_piece_and_in_many(stream: bytes, places: list[int]) -> None:
    whole, reader = EventReader().feed(stream), EventReader()
    assert [data for piece in cut(stream, places) for data in reader.feed(piece)] == whole


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data:a\n\n", [b"a"]),
        (b"data:  a\n\n", [b" a"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"data\n\n", [b""]),
        (b":comment\n\n\n\n", []),
        (b"event: ping\nid: 1\nretry: 5\n\n", []),
        (b"data: unfinished\n", []),
        (b"dataset: x\n\n", []),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [b"a", b"b", b"c"]),
    ],
)
def test_the_fine_print_of_the_format(stream: bytes, events: list[bytes]) -> None:
    assert EventReader().feed(stream) == events


def test_an_event_without_end_is_not_collected_for_ever() -> None:
    reader = EventReader()
    with pytest.raises(EventTooLong):
        for _ in range(200):
            reader.feed(b"data: " + b"x" * 65536 + b"\n")


def test_events_can_be_written_and_read() -> None:
    assert event(b"{}") == b"data: {}\n\n"
    assert event(b"{}", "error") == b"event: error\ndata: {}\n\n"
