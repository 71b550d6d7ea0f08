"""Requests in the Llama API's own shape, and how they read for an OpenAI-shaped upstream."""

from typing import Annotated, Any

from msgspec import Meta, Struct, to_builtins

from gateway.requests.decoding import convert, decode
from gateway.requests.parts import (
    ModelName,
    Share,
    SystemMessage,
    Temperature,
    TextPart,
    Tokens,
    Tool,
    ToolCall,
    ToolChoice,
    ToolMessage,
    UserMessage,
)
from gateway.requests.question import Question


class AssistantMessage(Struct, tag_field="role", tag="assistant", omit_defaults=True):
    """An earlier answer; its stop_reason says nothing to the model and is dropped."""

    content: str | TextPart | None = None
    tool_calls: list[ToolCall] | None = None

    def __post_init__(self) -> None:
        if self.content is None and not self.tool_calls:
            raise ValueError("An assistant message needs `content` or `tool_calls`")


class SchemaFormat(Struct):
    name: str
    schema: dict[str, Any]


class JsonSchema(Struct, tag_field="type", tag="json_schema"):
    json_schema: SchemaFormat


class PlainText(Struct, tag_field="type", tag="text"):
    pass


NativeMessages = Annotated[list[SystemMessage | UserMessage | ToolMessage | AssistantMessage], Meta(min_length=1)]


class NativeRequest(Struct, omit_defaults=True):
    """The body as llama-api-client sends it; unknown parameters are dropped."""

    messages: NativeMessages
    model: ModelName
    stream: bool = False
    max_completion_tokens: Tokens | None = None
    repetition_penalty: Annotated[float, Meta(gt=0)] | None = None
    response_format: JsonSchema | PlainText | None = None
    temperature: Temperature | None = None
    tool_choice: ToolChoice | None = None
    tools: list[Tool] | None = None
    top_k: Annotated[int, Meta(ge=0, le=2**31 - 1)] | None = None
    top_p: Share | None = None
    user: str | None = None


_RENAMED = {"max_completion_tokens": "max_tokens"}  # llama-cpp-python knows the older name only
_NOT_FORWARDED = {"model", "stream", "messages"}


def parse(body: bytes) -> Question:
    """Return the validated question, or raise a 400."""
    request = convert(decode(body), NativeRequest)
    asked: dict[str, Any] = {"messages": [plain_message(message) for message in request.messages]}
    for name, value in to_builtins(request).items():
        if name not in _NOT_FORWARDED:
            asked[_RENAMED.get(name, name)] = value
    return Question(model=request.model, stream=request.stream, wants_usage=True, body=asked)


def plain_message(message: Struct) -> dict[str, Any]:
    """Return a message as an OpenAI-shaped upstream reads it."""
    plain: dict[str, Any] = to_builtins(message)
    if isinstance(message, AssistantMessage):
        plain["content"] = message.content.text if isinstance(message.content, TextPart) else message.content
    return plain
