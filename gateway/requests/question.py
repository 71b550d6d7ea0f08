"""What a caller asks, in the one shape that the rest of the gateway knows: OpenAI's."""

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True, repr=False)
class Question:
    """A validated request. `body` is OpenAI-shaped and lacks the model and how to stream."""

    model: str
    stream: bool
    wants_usage: bool  # whether a stream shall show its usage to the caller
    body: dict[str, Any]

    def for_upstream(self, upstream_name: str, *, most: int | None = None) -> bytes:
        """Return the upstream's request. Streams always ask for usage: it is what gets billed.

        `most`: the tokens that an answer may have whose caller named no number.
        """
        asked = {**self.body, "model": upstream_name, "stream": self.stream}
        if most is not None:
            asked.setdefault("max_tokens", most)
        if self.stream:
            asked["stream_options"] = {"include_usage": True}
        return msgspec.json.encode(asked)
