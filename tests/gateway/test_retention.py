"""Prompts and answers: kept only where the project says so, whole, and for as long as it says."""

import json
from datetime import timedelta

import httpx
import pytest

from tests.gateway import upstream as model_server
from tests.gateway.conftest import House
from tests.gateway.fakes import OWNER, question
from tests.gateway.upstream import CALLS, begins

PATHS = ["/v1/chat/completions", "/compat/v1/chat/completions"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("stream", [False, True])
def test_an_exchange_is_kept_as_it_was_said(olivia: httpx.Client, house: House, path: str, stream: bool) -> None:
    body = json.dumps(question(stream=stream, temperature=0.5))
    answer = olivia.post(path, content=body)
    kept = house.rooms.only_exchange()
    assert str(kept.id) == answer.headers["x-request-id"]
    assert (kept.organization_id, kept.project_id) == (OWNER.organization_id, OWNER.project_id)
    assert kept.expires_at == kept.started_at + timedelta(days=7)
    assert kept.request == body
    assert json.loads(kept.response) == {"role": "assistant", "content": "Bonjour, Paris!"}


@pytest.mark.parametrize("stream", [False, True])
def test_tool_calls_are_kept(olivia: httpx.Client, house: House, stream: bool) -> None:
    house.upstream.behaviour = model_server.call_tools
    olivia.post(PATHS[0], json=question(stream=stream))
    (call,) = json.loads(house.rooms.only_exchange().response)["tool_calls"]
    assert call == {key: value for key, value in CALLS[0].items() if key != "index"}


def test_what_was_said_before_a_break_is_kept(olivia: httpx.Client, house: House) -> None:
    house.upstream.behaviour = begins(model_server.reset)
    olivia.post(PATHS[0], json=question(stream=True))
    assert json.loads(house.rooms.only_exchange().response)["content"] == "Bonjour, "


def test_nothing_is_kept_without_retention(mira: httpx.Client, house: House) -> None:
    mira.post(PATHS[0], json=question())
    house.rooms.only_call()
    assert not house.rooms.exchanges
