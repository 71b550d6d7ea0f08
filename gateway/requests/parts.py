"""What native and OpenAI-shaped requests have in common: bounds, content parts, tools."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

ModelName = Annotated[str, Meta(min_length=1, max_length=200)]
Tokens = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Temperature = Annotated[float, Meta(ge=0, le=2)]
Share = Annotated[float, Meta(ge=0, le=1)]


class TextPart(Struct, tag_field="type", tag="text"):
    text: str


class ImageUrl(Struct, omit_defaults=True):
    # The model server fetches it; other schemes (file:) would read from that machine.
    url: Annotated[str, Meta(pattern=r"^(https?://|data:image/)")]
    detail: str | None = None


class ImagePart(Struct, tag_field="type", tag="image_url"):
    image_url: ImageUrl


Text = str | list[TextPart]
TextOrImages = str | Annotated[list[TextPart | ImagePart], Meta(min_length=1)]


class CalledFunction(Struct):
    name: str
    arguments: str


class ToolCall(Struct):
    id: str
    function: CalledFunction
    type: Literal["function"] = "function"


class Function(Struct, omit_defaults=True):
    name: Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Struct):
    type: Literal["function"]
    function: Function


class NamedFunction(Struct):
    name: str


class NamedTool(Struct):
    type: Literal["function"]
    function: NamedFunction


ToolChoice = Literal["none", "auto", "required"] | NamedTool


class SystemMessage(Struct, tag_field="role", tag="system", omit_defaults=True):
    content: Text
    name: str | None = None


class UserMessage(Struct, tag_field="role", tag="user", omit_defaults=True):
    content: TextOrImages
    name: str | None = None


class ToolMessage(Struct, tag_field="role", tag="tool"):
    content: Text
    tool_call_id: str
