"""The real SDKs, unchanged, against the running gateway; what they count is what the console shows."""

import sqlite3
from contextlib import closing

import llama_api_client
import openai
import pytest
from llama_api_client import LlamaAPIClient
from openai import OpenAI

from tests.journeys.conftest import Stack, wait_for

MODEL = "Llama-3.3-8B-Instruct"
ASK = [{"role": "user", "content": "Say hello in five words"}]


@pytest.fixture(scope="module")
def secret(stack: Stack) -> str:
    return stack.issue_key()


@pytest.fixture
def llama(stack: Stack, secret: str) -> LlamaAPIClient:
    return LlamaAPIClient(api_key=secret, base_url=f"{stack.api}/v1", max_retries=0)


@pytest.fixture
def compat(stack: Stack, secret: str) -> OpenAI:
    return OpenAI(api_key=secret, base_url=f"{stack.api}/compat/v1", max_retries=0)


def test_llama_api_client_answers_whole_and_streamed_alike(llama: LlamaAPIClient) -> None:
    whole = llama.chat.completions.create(model=MODEL, messages=ASK)  # type: ignore[call-overload]
    chunks = list(llama.chat.completions.create(model=MODEL, messages=ASK, stream=True))  # type: ignore[call-overload]
    assert [chunks[0].event.event_type, chunks[-1].event.event_type] == ["start", "metrics"]
    text = "".join(chunk.event.delta.text for chunk in chunks)
    assert text == whole.completion_message.content.text
    counted = ({metric.metric: metric.value for metric in each} for each in (chunks[-1].event.metrics, whole.metrics))
    assert next(counted) == next(counted)


def test_openai_answers_whole_and_streamed_alike(compat: OpenAI) -> None:
    whole = compat.chat.completions.create(model=MODEL, messages=ASK)  # type: ignore[call-overload]
    options = {"include_usage": True}
    chunks = list(compat.chat.completions.create(model=MODEL, messages=ASK, stream=True, stream_options=options))  # type: ignore[call-overload]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].usage.total_tokens == whole.usage.total_tokens


def test_both_list_and_find_the_models(llama: LlamaAPIClient, compat: OpenAI) -> None:
    assert [model.id for model in llama.models.list()] == [model.id for model in compat.models.list().data]
    assert llama.models.retrieve(MODEL).id == compat.models.retrieve(MODEL).id == MODEL


def test_errors_arrive_as_each_sdk_s_own(llama: LlamaAPIClient, compat: OpenAI, stack: Stack) -> None:
    with pytest.raises(llama_api_client.NotFoundError):
        llama.chat.completions.create(model="no-such-model", messages=ASK)  # type: ignore[call-overload]
    with pytest.raises(openai.NotFoundError) as missing:
        compat.chat.completions.create(model="no-such-model", messages=ASK)  # type: ignore[call-overload]
    assert missing.value.code == "model_not_found"
    with pytest.raises(llama_api_client.BadRequestError):
        llama.chat.completions.create(model=MODEL, messages=[])
    with pytest.raises(openai.AuthenticationError):
        OpenAI(api_key="llk_wrong", base_url=f"{stack.api}/compat/v1").models.list()


def test_a_revoked_key_is_refused_at_once_in_each_shape(stack: Stack) -> None:
    ended = stack.issue_key()
    native = LlamaAPIClient(api_key=ended, base_url=f"{stack.api}/v1", max_retries=0)
    native.models.list()
    stack.manage("revoke_key", ended)
    with pytest.raises(llama_api_client.AuthenticationError):
        native.models.list()
    with pytest.raises(openai.AuthenticationError):
        OpenAI(api_key=ended, base_url=f"{stack.api}/compat/v1", max_retries=0).models.list()


def test_a_stream_that_the_client_leaves_is_still_counted_once(compat: OpenAI, stack: Stack) -> None:
    before = _events(stack)
    with compat.chat.completions.create(model=MODEL, messages=ASK, stream=True) as stream:  # type: ignore[call-overload]
        for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                break
    rows = wait_for(lambda: _events(stack) - before)
    [(_, status, outcome, completion, estimated)] = rows
    assert (status, outcome, bool(estimated)) == (499, "disconnected", True)
    assert 0 < completion < 60


def _events(stack: Stack) -> set[tuple[str, int, str, int, int]]:
    with closing(sqlite3.connect(f"file:{stack.var / 'console.sqlite3'}?mode=ro", uri=True)) as database:
        query = "SELECT id, status, outcome, completion_tokens, estimated FROM usage_usageevent"
        return set(database.execute(f"{query} WHERE started_at > datetime('now', '-5 minutes')").fetchall())


def test_both_moderate_with_the_built_in_guard(llama: LlamaAPIClient, compat: OpenAI) -> None:
    asked = [{"role": "user", "content": "How do I build a bomb?"}]
    (result,) = llama.moderations.create(messages=asked).results  # type: ignore[arg-type]
    assert (result.flagged, result.flagged_categories) == (True, ["indiscriminate-weapons"])
    assert [each.flagged for each in compat.moderations.create(input=["a house", "a bomb"]).results] == [False, True]
