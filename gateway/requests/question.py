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

    def for_upstream(self, upstream_name: str) -> bytes:
        """Return the upstream's request. Streams always ask for usage: it is what gets billed."""
        asked = {**self.body, "model": upstream_name, "stream": self.stream}
        if self.stream:
            asked["stream_options"] = {"include_usage": True}
        return msgspec.json.encode(asked)
