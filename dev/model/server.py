"""The routes: models, chat completions, health."""

import asyncio
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from dev.model import wire
from dev.model.answer import Answer, answer
from dev.model.guard import ModerationRequest, results, verdict
from dev.model.request import GUARD, MODELS, ChatRequest, ChosenTool
from dev.model.sample import SchemaError
from dev.model.usage import PrefixCache, report

LARGEST_BODY = 64 * 1024 * 1024
CONTEXT = 131_072  # tokens
_decoder = msgspec.json.Decoder(ChatRequest)


class RequestError(Exception):
    """A request the server does not carry out, with the answer to give."""

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = wire.error(message, param=param, code=code)


class ModelServer:
    def __init__(self, delay: float) -> None:
        """`delay` is the time between two streamed tokens, in seconds."""
        self._delay = delay
        self._cache = PrefixCache()

    def application(self) -> web.Application:
        application = web.Application(client_max_size=LARGEST_BODY, middlewares=[explain])
        application.router.add_get("/healthz", self.health)
        application.router.add_get("/v1/models", self.models)
        application.router.add_get("/v1/models/{name}", self.model)
        application.router.add_post("/v1/chat/completions", self.chat)
        application.router.add_post("/v1/moderations", self.moderations)
        return application

    async def health(self, request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [wire.model(name) for name in (*MODELS, GUARD)]})

    async def model(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        _check_model(name)
        return web.json_response(wire.model(name))

    async def chat(self, request: web.Request) -> web.StreamResponse:
        asked = _read(await request.read())
        prompt = self._cache.count(asked)
        if prompt.tokens > CONTEXT:
            text = f"The prompt has {prompt.tokens} tokens; the context holds {CONTEXT}."
            raise RequestError(400, text, param="messages", code="context_length_exceeded")
        said = verdict(asked) if asked.model == GUARD else answer(asked)
        usage = report(prompt, said.billed)
        if not asked.stream:
            return web.json_response(wire.completion(asked.model, said, usage))
        return await self._stream(request, asked.model, said, usage if asked.wants_usage_chunk() else None)

    async def moderations(self, request: web.Request) -> web.Response:
        try:
            asked = msgspec.json.decode(await request.read(), type=ModerationRequest)
        except msgspec.DecodeError as error:
            raise RequestError(400, f"Invalid request: {error}.") from error
        return web.json_response({"id": "modr-1", "model": asked.model or GUARD, "results": results(asked)})

    async def _stream(self, request: web.Request, name: str, said: Answer, usage: Any) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            for chunk in wire.chunks(name, said, usage):
                await response.write(b"data: " + msgspec.json.encode(chunk) + b"\n\n")
                await asyncio.sleep(self._delay)
            await response.write(b"data: [DONE]\n\n")
        except ConnectionResetError:
            pass  # the caller has heard enough
        return response


@web.middleware
async def explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal as JSON with `error.message`."""
    try:
        response = await handler(request)
    except RequestError as refused:
        return web.json_response(refused.body, status=refused.status)
    except SchemaError as unfit:
        return web.json_response(wire.error(f"Invalid schema: {unfit}."), status=400)
    except web.HTTPException as failure:
        return web.json_response(wire.error(f"{failure.reason}: {request.path}"), status=failure.status)
    return response


def _read(body: bytes) -> ChatRequest:
    try:
        asked = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise RequestError(400, f"Invalid request: {error}.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RequestError(400, "The body is not valid JSON.") from error
    _check_model(asked.model)
    _check_choices(asked)
    return asked


def _check_model(name: str) -> None:
    if name not in (*MODELS, GUARD):
        raise RequestError(404, f"The model {name!r} does not exist.", param="model", code="model_not_found")


def _check_choices(asked: ChatRequest) -> None:
    names = {tool.function.name for tool in asked.tools or []}
    if asked.tool_choice not in (None, "none") and not names:
        raise RequestError(400, "tool_choice needs tools.", param="tool_choice")
    if isinstance(asked.tool_choice, ChosenTool) and asked.tool_choice.function.name not in names:
        raise RequestError(400, "tool_choice names a function that is not in tools.", param="tool_choice")
    form = asked.response_format
    if form and form.type == "json_schema" and not form.json_schema:
        raise RequestError(400, "response_format of type json_schema needs json_schema.", param="response_format")
