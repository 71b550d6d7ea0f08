"""The most that a call can cost: what is set aside before it runs.

A token has at least one byte, so a prompt has at most as many tokens as bytes, and some for what the template writes
around each message, tool call and part, and into JSON, which it indents. An answer has as many as the caller allows; if
they say nothing, the upstream is told the number that is held.
"""

from collections.abc import Mapping
from typing import Any

from gateway import estimate

_TOKENS_A_MESSAGE = 16
_TOKENS_A_PART = 2
_TOKENS_AN_IMAGE = 4096
_TOKENS_A_BYTE_OF_JSON = 2
_TOKENS_A_TEMPLATE = 256  # system text that a model's own template adds


def prompt_tokens(request: Mapping[str, Any]) -> int:
    """Return the most tokens that an OpenAI-shaped request can have."""
    found = estimate.measure(request)
    text = found.text + _TOKENS_A_BYTE_OF_JSON * found.json
    around = _TOKENS_A_MESSAGE * found.messages + _TOKENS_A_PART * found.parts + _TOKENS_AN_IMAGE * found.images
    return text + around + _TOKENS_A_TEMPLATE


def completion_tokens(request: Mapping[str, Any], most: int) -> int:
    """Return the most tokens that an answer can have: what the caller allows, else `most`."""
    asked = request.get("max_tokens")
    return most if asked is None else int(asked)
