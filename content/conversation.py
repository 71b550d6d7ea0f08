"""An opened exchange as people read it: messages in their order, each made of parts. Nothing is fetched or run.

What clients send has no fixed form; whatever is not understood is shown as its JSON, so nothing is left out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from content.opening import Opened

_LONG = 1200  # characters from which a part is folded
_LINES = 16
_FIRST = 80  # characters of a folded part that are shown


class Kind(StrEnum):
    TEXT = "text"
    JSON = "json"
    IMAGE = "image"
    CALL = "call"


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """A piece of a message. `title` names a tool or an image's type; `size` is that of an image, in bytes."""

    kind: Kind
    text: str = ""
    title: str = ""
    size: int = 0

    @property
    def is_long(self) -> bool:
        return len(self.text) > _LONG or self.text.count("\n") > _LINES

    @property
    def beginning(self) -> str:
        """Return how a folded part begins, on one line."""
        return " ".join(self.text[: 2 * _FIRST].split())[:_FIRST]

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True, repr=False)
class Message:
    role: str
    parts: tuple[Part, ...]
    name: str = ""  # of who speaks, or the id of the tool call that this answers


@dataclass(frozen=True, slots=True, repr=False)
class Conversation:
    """`parameters` are the other members of the request, such as temperature and tools."""

    messages: tuple[Message, ...]
    answer: Message | None
    parameters: tuple[tuple[str, Part], ...]


def read(opened: Opened) -> Conversation:
    """Return the conversation; one that is no JSON is one message with its text."""
    request, response = _members(opened.request), _members(opened.response)
    said = request.get("messages") if request else None
    if not isinstance(said, list):
        said, request = [], {"": opened.request} if request is None else request
    rest = {name: value for name, value in (request or {}).items() if name != "messages" or not said}
    return Conversation(
        messages=tuple(_message(each) for each in said),
        answer=_message(response) if response is not None else _plain("assistant", opened.response),
        parameters=tuple((_shown(name), _value(value)) for name, value in rest.items()),
    )


def _members(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(role: str, text: str) -> Message | None:
    return Message(role, (Part(Kind.TEXT, text),)) if text else None


def _message(said: object) -> Message:
    if not isinstance(said, dict):
        return Message("", (_value(said),))
    parts = [*_content(said.get("content")), *_calls(said.get("tool_calls"))]
    known = {"role", "content", "tool_calls", "tool_call_id", "name"}
    parts += [
        Part(Kind.JSON, _pretty(value), title=_shown(str(name))) for name, value in said.items() if name not in known
    ]
    return Message(_text(said.get("role")), tuple(parts), _text(said.get("name") or said.get("tool_call_id")))


def _content(content: object) -> Iterator[Part]:
    for each in content if isinstance(content, list) else [content]:
        if each is None or each == "":
            continue
        yield _part(each) if isinstance(each, dict) else _value(each)


def _part(part: dict[str, Any]) -> Part:
    text = part.get("text")
    if isinstance(text, str) and set(part) <= {"type", "text"}:
        return Part(Kind.TEXT, _shown(text))
    image = part.get("image_url")
    url = image.get("url") if isinstance(image, dict) else image
    return _image(url) if isinstance(url, str) else Part(Kind.JSON, _pretty(part))


def _image(url: str) -> Part:
    """Return an image by its type and size; one that is elsewhere by its address, which nobody follows."""
    if not url.startswith("data:"):
        return Part(Kind.IMAGE, _shown(url))
    head, _, data = url[5:].partition(",")
    size = len(data) * 3 // 4 - data[-2:].count("=") if head.endswith(";base64") else len(data)
    return Part(Kind.IMAGE, title=_shown(head.partition(";")[0][:_FIRST]), size=max(size, 0))


def _calls(calls: object) -> Iterator[Part]:
    for call in calls if isinstance(calls, list) else [] if calls is None else [calls]:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            yield Part(Kind.CALL, _arguments(function.get("arguments")), title=_text(function.get("name")))
        else:
            yield Part(Kind.JSON, _pretty(call))


def _arguments(arguments: object) -> str:
    if not isinstance(arguments, str):
        return _pretty(arguments)
    found = _members(arguments)
    return _shown(arguments) if found is None else _pretty(found)


def _value(value: object) -> Part:
    return Part(Kind.TEXT, _shown(value)) if isinstance(value, str) else Part(Kind.JSON, _pretty(value))


def _text(value: object) -> str:
    return "" if value is None else _shown(value) if isinstance(value, str) else _pretty(value)


def _pretty(value: object) -> str:
    try:
        return _shown(json.dumps(value, indent=2, ensure_ascii=False))
    except RecursionError:
        return "…"


def _shown(text: str) -> str:
    """Return text that a page can hold: JSON can name half a character, UTF-8 can't."""
    return text.encode("utf-8", "replace").decode()
