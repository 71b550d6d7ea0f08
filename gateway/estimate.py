"""Counting tokens when the upstream does not.

Rough on purpose and always flagged: about four bytes of text make a token, and a message costs a
few more for its role and separators. In a stream most servers send one token a piece.
"""

from collections.abc import Iterable, Mapping
from typing import Any

_BYTES_A_TOKEN = 4
_TOKENS_A_MESSAGE = 4


def text_tokens(size: int) -> int:
    """Return the tokens of a text of so many bytes."""
    return -(-size // _BYTES_A_TOKEN)


def prompt_tokens(messages: Iterable[Mapping[str, Any]]) -> int:
    """Return the tokens of OpenAI-shaped messages; images count nothing."""
    size = count = 0
    for message in messages:
        size += _content_bytes(message.get("content"))
        count += 1
    return text_tokens(size) + _TOKENS_A_MESSAGE * count


def _content_bytes(content: object) -> int:
    if isinstance(content, str):
        return len(content.encode())
    if isinstance(content, list):
        return sum(len(part["text"].encode()) for part in content if part.get("type") == "text")
    return 0
