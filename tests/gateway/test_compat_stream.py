"""Chunks in OpenAI's shape: passed on nearly as they came, and never other than they would be if each were read."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.answers import read_chunk
from gateway.shapes.compat import CompatScript
from gateway.shapes.shape import Heading

HEADING = Heading(UUID(int=7), "ours", datetime.now(UTC), wants_usage=False)
OWN = {"id": f"chatcmpl-{UUID(int=7)}", "model": "ours"}
HEAD = {"id": "theirs", "object": "chat.completion.chunk", "created": 5, "model": "theirs"}
USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 0}}


def choices(text: str) -> list[dict[str, Any]]:
    return [{"index": 0, "delta": {"content": text}, "finish_reason": None}]


def shown(*chunks: dict[str, Any] | str) -> list[Any]:
    """Return what a client reads of these chunks."""
    script = CompatScript(HEADING)
    seen = []
    for one in chunks:
        data = (one if isinstance(one, str) else json.dumps(one, separators=(",", ":"))).encode()
        event = script.chunk(data, read_chunk(data))
        assert event.startswith(b"data: ")
        assert event.endswith(b"\n\n")
        assert event.count(b"\n") == 2
        seen.append(json.loads(event[6:]))
    return seen


def expected(chunk: dict[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in chunk.items() if name != "usage"}, **OWN}


TEXTS = st.text() | st.sampled_from(['],"usage":null}', '"choices":', ',"usage":{"a":1}}', "]}", '\\"usage\\":', "🦙"])
MORE = st.fixed_dictionaries({}, optional={"usage": st.sampled_from([None, USAGE]), "x": st.just({"usage": None})})


@given(st.lists(st.tuples(TEXTS, MORE), min_size=1, max_size=6), st.booleans(), st.booleans())
def test_every_chunk_is_as_if_it_had_been_read(parts: list[tuple[str, Any]], early: bool, changes: bool) -> None:
    chunks = []
    for number, (text, more) in enumerate(parts):
        head = {**HEAD, "created": number} if changes else HEAD
        whole = {**more, **head, "choices": choices(text)} if early else {**head, "choices": choices(text), **more}
        chunks.append(whole)
    assert shown(*chunks) == [expected(chunk) for chunk in chunks]


def test_spaces_between_members_do_no_harm() -> None:
    chunk = {**HEAD, "choices": choices("a")}
    assert shown(json.dumps(chunk), json.dumps(chunk)) == [expected(chunk)] * 2


@pytest.mark.parametrize("tail", [',"usage":null,"x":1', ',"x":{"usage":{"a":1}}', ',"x":[1]', ',"usage":{"a":[1]}'])
def test_what_follows_the_choices_is_passed_on(tail: str) -> None:
    plain = json.dumps({**HEAD, "choices": choices("a")}, separators=(",", ":"))
    odd = plain[:-1] + tail + "}"
    first, second = shown(plain, odd)
    assert {**second, "usage": None} == {**expected(json.loads(odd)), "usage": None}
    assert first == expected(json.loads(plain))
