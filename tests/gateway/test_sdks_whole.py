"""The rest of both SDKs' surface: asynchronous clients, retries, images, structured output, raw answers."""

import json

import openai
import pytest
from llama_api_client import AsyncLlamaAPIClient, LlamaAPIClient
from openai import AsyncOpenAI, OpenAI
from pydantic import BaseModel

from tests.gateway.conftest import House
from tests.gateway.fakes import MEMBER_KEY, MODEL
from tests.gateway.upstream import Behaviour, Exchange, answer, completion, says

ASKED = [{"role": "user", "content": "Where is the Louvre?"}]
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}}


def fails_first(times: int, then: Behaviour = answer) -> Behaviour:
    """Refuse a few times, as a busy server does."""

    async def behave(exchange: Exchange) -> None:
        await (says(429, {}, retry_after="0") if exchange.order <= times else then)(exchange)

    return behave


def test_both_sdks_try_again_and_succeed(house: House) -> None:
    house.upstream.behaviour = fails_first(2)
    native = LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1", max_retries=2)
    assert native.chat.completions.create(model=MODEL, messages=ASKED).completion_message.content.text  # type: ignore
    house.upstream.reset()
    house.upstream.behaviour = fails_first(2)
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1", max_retries=2)
    assert compat.chat.completions.create(model=MODEL, messages=ASKED).choices[0].message.content  # type: ignore
    assert len(house.upstream.requests) == 3


@pytest.mark.anyio
async def test_the_asynchronous_sdks_read_streams(house: House) -> None:
    async with AsyncLlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1") as native:
        stream = await native.chat.completions.create(model=MODEL, messages=ASKED, stream=True)  # type: ignore
        assert "".join([chunk.event.delta.text async for chunk in stream]) == "Bonjour, Paris!"
    async with AsyncOpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1") as compat:
        chunks = await compat.chat.completions.create(model=MODEL, messages=ASKED, stream=True)  # type: ignore
        assert "".join([chunk.choices[0].delta.content or "" async for chunk in chunks]) == "Bonjour, Paris!"


def test_images_reach_the_model_from_both(house: House) -> None:
    asked = [{"role": "user", "content": [{"type": "text", "text": "What is it?"}, IMAGE]}]
    native = LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1")
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1")
    native.chat.completions.create(model=MODEL, messages=asked)  # type: ignore
    compat.chat.completions.create(model=MODEL, messages=asked)  # type: ignore
    assert [request.body["messages"] for request in house.upstream.requests] == [asked, asked]


def test_structured_output_is_parsed_by_the_openai_sdk(house: House) -> None:
    class City(BaseModel):
        name: str

    house.upstream.behaviour = says(200, completion(json.dumps({"name": "Paris"})))
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1")
    parsed = compat.chat.completions.parse(model=MODEL, messages=ASKED, response_format=City)  # type: ignore
    assert parsed.choices[0].message.parsed == City(name="Paris")
    form = house.upstream.requests[0].body["response_format"]
    assert form["json_schema"]["schema"]["required"] == ["name"]


def test_the_stream_helper_of_the_openai_sdk_puts_the_answer_together(house: House) -> None:
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1")
    with compat.chat.completions.stream(model=MODEL, messages=ASKED) as stream:  # type: ignore
        assert stream.get_final_completion().choices[0].message.content == "Bonjour, Paris!"


def test_raw_answers_carry_their_headers(house: House) -> None:
    native = LlamaAPIClient(api_key=MEMBER_KEY, base_url=f"{house.url}/v1")
    raw = native.chat.completions.with_raw_response.create(model=MODEL, messages=ASKED)  # type: ignore
    assert raw.headers["x-request-id"] == raw.parse().id
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1")
    assert compat.models.with_raw_response.list().headers["x-request-id"]


def test_what_is_not_offered_is_an_error_of_the_sdk(house: House) -> None:
    compat = OpenAI(api_key=MEMBER_KEY, base_url=f"{house.url}/compat/v1", max_retries=0)
    with pytest.raises(openai.NotFoundError):
        compat.embeddings.create(model=MODEL, input="a")
