"""Every mistake in a request is a 400 that names the field; none reaches the upstream or the usage."""

import json
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import House
from tests.gateway.fakes import MODEL, question
from tests.gateway.upstream import answers

NATIVE, COMPAT = "/v1/chat/completions", "/compat/v1/chat/completions"
USER = {"role": "user", "content": "a"}


def with_message(message: object) -> dict[str, object]:
    return question(messages=[message])


BOTH: list[tuple[Any, str]] = [
    ([], "body"),
    ({"messages": [USER]}, "model"),
    ({"model": MODEL}, "messages"),
    (question(model=""), "model"),
    (question(model=5), "model"),
    (question(messages=[]), "messages"),
    (question(messages="hello"), "messages"),
    (question(messages=[5]), "messages[0]"),
    (with_message({"role": "wizard", "content": "a"}), "messages[0].role"),
    (with_message({"content": "a"}), "messages[0].role"),
    (with_message({"role": "user"}), "messages[0].content"),
    (with_message({"role": "user", "content": None}), "messages[0].content"),
    (with_message({"role": "user", "content": 5}), "messages[0].content"),
    (with_message({"role": "user", "content": []}), "messages[0].content"),
    (with_message({"role": "user", "content": [{"type": "smell"}]}), "messages[0].content[0].type"),
    (with_message({"role": "user", "content": [{"type": "text"}]}), "messages[0].content[0].text"),
    (with_message({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]}),
     "messages[0].content[0].image_url.url"),
    (with_message({"role": "tool", "content": "a"}), "messages[0].tool_call_id"),
    (with_message({"role": "assistant", "content": None}), "messages[0]"),
    (question(stream="yes"), "stream"),
    (question(stream=1), "stream"),
    (question(temperature=2.1), "temperature"),
    (question(temperature=-0.1), "temperature"),
    (question(temperature=True), "temperature"),
    (question(top_p=1.5), "top_p"),
    (question(tools=[{"type": "function", "function": {"name": "not a name"}}]), "tools[0].function.name"),
    (question(tool_choice="perhaps"), "tool_choice"),
    *((question(max_completion_tokens=bad), "max_completion_tokens") for bad in (0, -1, True, 1.5, 1.0, "5", 2**40)),
]  # fmt: skip
COMPAT_ONLY: list[tuple[Any, str]] = [
    *((question(max_tokens=bad), "max_tokens") for bad in (0, -1, True, 1.5, "5")),
    (question(n=2), "n"),
    (question(n=0), "n"),
    (question(n=True), "n"),
    (question(stream_options={"include_usage": 5}), "stream_options.include_usage"),
    # What a server would look for after each token, list with each token, or write into the prompt.
    (question(stop=["x"] * 17), "stop"),
    (question(stop=[5]), "stop[0]"),
    (question(logit_bias={str(token): 1 for token in range(301)}), "logit_bias"),
    (question(logprobs=True, top_logprobs=21), "top_logprobs"),
    (question(top_logprobs=True), "top_logprobs"),
    (question(logprobs=5), "logprobs"),
    (question(reasoning_effort="x" * 21), "reasoning_effort"),
]


@pytest.mark.parametrize(("asked", "param"), BOTH)
@pytest.mark.parametrize("path", [NATIVE, COMPAT])
def test_a_wrong_field_is_named(mira: httpx.Client, house: House, path: str, asked: object, param: str) -> None:
    response = mira.post(path, json=asked)
    assert response.status_code == 400, response.text
    body = response.json()
    assert (body["detail"] if path == NATIVE else body["error"]["message"]).startswith(f"{param}: ")
    assert not house.upstream.requests


@pytest.mark.parametrize(("asked", "param"), COMPAT_ONLY)
def test_a_wrong_openai_parameter_is_named(mira: httpx.Client, asked: object, param: str) -> None:
    response = mira.post(COMPAT, json=asked)
    assert response.status_code == 400
    assert response.json()["error"]["param"] == param


BROKEN = [
    b"", b"{", b"nonsense", b"\xff\xfe{}", b'{"model": "\xff"}', b'{"a": NaN}', b'{"temperature": Infinity}',
    b'{"temperature": 1e999}', b'{"a": "\\ud800"}', b"{} {}", b"[" * 30_000, b'{"a":' * 10_000,
    json.dumps(question()).encode()[:-1] + b',"tools":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("path", [NATIVE, COMPAT])
def test_a_broken_body_is_refused(mira: httpx.Client, house: House, path: str, body: bytes) -> None:
    assert mira.post(path, content=body).status_code == 400
    assert not house.upstream.requests
    assert not house.rooms.calls


@pytest.mark.parametrize("path", [NATIVE, COMPAT])
@pytest.mark.parametrize("depth", [200, *range(940, 1000, 3), 1100])
def test_nesting_that_can_hardly_be_read_is_never_a_crash(mira: httpx.Client, path: str, depth: int) -> None:
    schema = b'{"a":' * depth + b"{}" + b"}" * depth
    tool = b'{"type":"function","function":{"name":"f","parameters":' + schema + b"}}"
    body = json.dumps(question()).encode()[:-1] + b',"tools":[' + tool + b"]}"
    assert mira.post(path, content=body).status_code in {200, 400}


def test_a_null_is_as_good_as_nothing_in_openai_s_shape(mira: httpx.Client) -> None:
    nothing = dict.fromkeys(("stream", "n", "max_tokens", "temperature", "top_p", "tools", "stream_options"))
    assert mira.post(COMPAT, json=question(**nothing)).status_code == 200


def test_the_last_of_two_equal_members_counts_everywhere(mira: httpx.Client, house: House) -> None:
    body = b'{"model":"nope","model":"' + MODEL.encode() + b'","messages":[{"role":"user","content":"a"}]}'
    assert mira.post(COMPAT, content=body).status_code == 200
    assert house.upstream.requests[0].body["model"] == "smollm2"


def test_a_long_wrong_value_is_not_sent_back_whole(mira: httpx.Client) -> None:
    response = mira.post(NATIVE, json=with_message({"role": "x" * 50_000, "content": "a"}))
    assert response.status_code == 400
    assert len(response.content) < 1000


@pytest.mark.parametrize("path", [NATIVE, COMPAT])
def test_an_unknown_model_is_not_found(mira: httpx.Client, house: House, path: str) -> None:
    assert mira.post(path, json=question(model="gpt-5")).status_code == 404
    assert not house.rooms.calls


@pytest.mark.parametrize("depth", range(880, 1000))
def test_what_was_taken_can_be_estimated_and_settled_however_deep_it_is(
    mira: httpx.Client, house: House, depth: int
) -> None:
    house.upstream.behaviour = answers(None)  # reports no usage, so the request is measured at the end
    schema = b'{"a":' * depth + b"{}" + b"}" * depth
    tool = b'{"type":"function","function":{"name":"f","parameters":' + schema + b"}}"
    answer = mira.post(COMPAT, content=json.dumps(question()).encode()[:-1] + b',"tools":[' + tool + b"]}")
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert house.rooms.only_call().estimated
