"""What a caller asks, in the one shape that the rest of the gateway knows: OpenAI's."""

from typing import Any

from msgspec import Struct

from gateway.requests.asked import Asked, asked


class Question(Struct, frozen=True):
    """A validated request. `body` is OpenAI-shaped and lacks the model and how to stream."""

    model: str
    stream: bool
    wants_usage: bool  # whether a stream shall show its usage to the caller
    body: dict[str, Any]
    inputs: list[list[dict[str, Any]]] = []  # of a moderation: the messages of each

    __repr__ = object.__repr__  # shows nothing of what is asked

    def for_upstream(self, known_as: str, *, most: int | None = None) -> Asked:
        """Return the request for a model server. `most`: the tokens of an answer whose caller named no number."""
        body = self.body if most is None else {"max_tokens": most, **self.body}
        return asked(self.model, known_as, body, stream=self.stream)
