"""One request with its assembled answer, for the request log of a project that keeps one."""

from typing import Any

import msgspec

from gateway.answers import Said


class Transcript:
    """Holds a request and puts its answer together from pieces; only made if both will be kept."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._texts: list[str] = []
        self._calls: dict[int, dict[str, Any]] = {}

    def take(self, said: Said, *, whole: bool = False) -> None:
        """Add a piece, or a whole message, in which tool calls are told apart by their order."""
        if said.content:
            self._texts.append(said.content)
        for order, piece in enumerate(said.tool_calls or ()):
            empty = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
            call = self._calls.setdefault(order if whole else piece.index, empty)
            call["id"] = piece.id or call["id"]
            call["function"]["name"] += piece.function.name or ""
            call["function"]["arguments"] += piece.function.arguments or ""

    def request(self) -> str:
        """Return the body as the client sent it."""
        return self._body.decode()

    def response(self) -> str:
        """Return the JSON of the assistant's message."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self._texts)}
        if self._calls:
            message["tool_calls"] = [self._calls[index] for index in sorted(self._calls)]
        return msgspec.json.encode(message).decode()
