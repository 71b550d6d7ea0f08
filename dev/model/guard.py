"""A Llama Guard that knows a few words: as a chat that answers with codes, and as an endpoint for moderation."""

from msgspec import Struct

from dev.model import tokens
from dev.model.answer import Answer
from dev.model.request import ChatRequest, text_of

_WORDS = {"S1": ("kill", "murder"), "S9": ("bomb", "poison gas"), "S10": ("hate them all",), "S11": ("hurt myself",)}
_CATEGORIES = {"S1": "violence", "S9": "illicit", "S10": "hate", "S11": "self-harm"}


class ModerationRequest(Struct):
    input: str | list[str]
    model: str | None = None


def hazards(text: str) -> list[str]:
    """Return the codes of what a text is about."""
    said = text.lower()
    return [code for code, words in _WORDS.items() if any(word in said for word in words)]


def verdict(request: ChatRequest) -> Answer:
    found = hazards("\n".join(map(text_of, request.messages)))
    pieces = tokens.split("unsafe\n" + ",".join(found) if found else "safe")
    return Answer(pieces, len(pieces), "stop")


def results(request: ModerationRequest) -> list[dict[str, object]]:
    texts = [request.input] if isinstance(request.input, str) else request.input
    return [_result(hazards(text)) for text in texts]


def _result(found: list[str]) -> dict[str, object]:
    categories = {name: code in found for code, name in _CATEGORIES.items()}
    scores = {name: float(value) for name, value in categories.items()}
    return {"flagged": bool(found), "categories": categories, "category_scores": scores}
