"""Counts a request's tokens, and which of them a server with a prefix cache would have had.

Cached are the messages that the previous request to the same model began with too, rounded down to
blocks of 16 tokens and never the whole prompt, as vLLM counts them.
"""

import hashlib
from dataclasses import dataclass, field

import msgspec

from dev.model import tokens
from dev.model.request import AssistantMessage, ChatRequest, Message, images_of, text_of

PER_MESSAGE = 4  # role and separators
PER_IMAGE = 256
PRIMING = 3  # the beginning of the answer
BLOCK = 16


@dataclass(frozen=True, slots=True)
class Prompt:
    tokens: int
    cached: int


@dataclass(slots=True)
class PrefixCache:
    """Digests and token counts of the messages last seen by each model; no text."""

    seen: dict[str, list[tuple[bytes, int]]] = field(default_factory=dict)

    def count(self, request: ChatRequest) -> Prompt:
        marks = [(_digest(message), _count(message)) for message in request.messages]
        total = sum(size for _, size in marks) + PRIMING + _count_tools(request)
        shared = 0
        for mark, before in zip(marks, self.seen.get(request.model, []), strict=False):
            if mark != before:
                break
            shared += mark[1]
        self.seen[request.model] = marks
        return Prompt(total, min(shared, total - 1) // BLOCK * BLOCK)


def report(prompt: Prompt, completion: int) -> dict[str, object]:
    return {
        "prompt_tokens": prompt.tokens,
        "completion_tokens": completion,
        "total_tokens": prompt.tokens + completion,
        "prompt_tokens_details": {"cached_tokens": prompt.cached},
    }


def _digest(message: Message) -> bytes:
    return hashlib.sha256(msgspec.json.encode(message)).digest()


def _count(message: Message) -> int:
    size = PER_MESSAGE + tokens.count(text_of(message)) + PER_IMAGE * images_of(message)
    if isinstance(message, AssistantMessage):
        calls = message.tool_calls or []
        size += sum(tokens.count(call.function.name) + tokens.count(call.function.arguments) for call in calls)
    return size


def _count_tools(request: ChatRequest) -> int:
    return tokens.count(msgspec.json.encode(request.tools).decode()) if request.tools else 0
