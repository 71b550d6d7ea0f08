"""The most that a call can cost: what is set aside before it runs.

A token has at least one byte, so a prompt has at most as many tokens as bytes, and some for what the template writes
around each message, tool call and part, and into JSON, which it indents. An answer has as many as the caller allows; if
they say nothing, the upstream is told the number that is held.
"""

from collections.abc import Mapping
from typing import Any

from gateway.estimate import Measure

_TOKENS_A_MESSAGE = 16
_TOKENS_A_PART = 2
_TOKENS_AN_IMAGE = 4096
_TOKENS_A_BYTE_OF_JSON = 2
_TOKENS_A_TEMPLATE = 256  # system text that a model's own template adds


def prompt_tokens(measured: Measure) -> int:
    """Return the most tokens that a request can have."""
    text = measured.text + _TOKENS_A_BYTE_OF_JSON * measured.json
    around = (
        _TOKENS_A_MESSAGE * measured.messages + _TOKENS_A_PART * measured.parts + _TOKENS_AN_IMAGE * measured.images
    )
    return text + around + _TOKENS_A_TEMPLATE


def completion_tokens(request: Mapping[str, Any], most: int) -> int:
    """Return the most tokens that an answer can have: what the caller allows, else `most`."""
    asked = request.get("max_tokens")
    return most if asked is None else int(asked)
