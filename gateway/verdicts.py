"""What a moderation says of a text, however the model server says it: a Llama Guard's words, or an endpoint's JSON.

A Llama Guard answers `safe`, or `unsafe` and on the next line the codes of its hazards, such as `S1,S10`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from gateway.errors import UpstreamError

HAZARDS = {
    "S1": "violent-crimes", "S2": "non-violent-crimes", "S3": "sex-crimes", "S4": "child-exploitation",
    "S5": "defamation", "S6": "specialized-advice", "S7": "privacy", "S8": "intellectual-property",
    "S9": "indiscriminate-weapons", "S10": "hate", "S11": "self-harm", "S12": "sexual-content", "S13": "elections",
    "S14": "code-interpreter-abuse",
}  # fmt: skip
_OPENAI = {
    "harassment": ("S5",), "harassment/threatening": (), "hate": ("S10",), "hate/threatening": (),
    "illicit": ("S2", "S9", "S14"), "illicit/violent": ("S9",), "self-harm": ("S11",), "self-harm/intent": (),
    "self-harm/instructions": (), "sexual": ("S3", "S4", "S12"), "sexual/minors": ("S4",), "violence": ("S1",),
    "violence/graphic": (),
}  # fmt: skip
_UNSAFE = re.compile(r"unsafe(?:\s+(S\d{1,2}(?:\s*,\s*S\d{1,2})*))?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one text: whether it is flagged, in which of the server's categories, and all of OpenAI's with scores."""

    flagged: bool
    names: tuple[str, ...]
    categories: Mapping[str, bool] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)

    def as_native(self) -> dict[str, Any]:
        return {"flagged": self.flagged, "flagged_categories": list(self.names)}

    def as_openai(self) -> dict[str, Any]:
        """Return a result with each of OpenAI's categories, and with the names that may not be among them."""
        categories = {name: bool(self.categories.get(name)) for name in {**_OPENAI, **self.categories}}
        scores = {name: self.scores.get(name, float(is_flagged)) for name, is_flagged in categories.items()}
        inputs = {name: ["text"] for name in categories}
        return {
            "flagged": self.flagged,
            "categories": categories,
            "category_scores": scores,
            "category_applied_input_types": inputs,
            "flagged_categories": list(self.names),
        }


class _Result(Struct):
    flagged: bool
    flagged_categories: list[str] | None = None
    categories: dict[str, bool | None] | None = None
    category_scores: dict[str, float | None] | None = None


class _Results(Struct):
    results: Annotated[list[_Result], Meta(min_length=1)]
    usage: Any = None


_decoder = msgspec.json.Decoder(_Results)


def of_guard(text: str) -> Verdict:
    """Return what a Llama Guard said, or raise UpstreamError for anything else."""
    said = text.strip()
    if said == "safe":
        return Verdict(False, ())
    match = _UNSAFE.fullmatch(said)
    if match is None:
        raise _invalid()
    codes = [code.strip() for code in (match[1] or "").split(",") if code]
    categories = {name: any(code in codes for code in hazards) for name, hazards in _OPENAI.items()}
    return Verdict(True, tuple(HAZARDS.get(code, code.lower()) for code in codes), categories)


def of_endpoint(body: bytes, expected: int) -> tuple[list[Verdict], Any]:
    """Return an endpoint's verdicts and its usage, if it reports any."""
    try:
        answer = _decoder.decode(body)
    except (ValueError, RecursionError):
        raise _invalid() from None
    if len(answer.results) != expected:
        raise _invalid()
    return [_verdict(result) for result in answer.results], answer.usage


def _verdict(result: _Result) -> Verdict:
    categories = {name: bool(value) for name, value in (result.categories or {}).items()}
    names = result.flagged_categories
    if names is None:
        names = [name for name, value in categories.items() if value]
    scores = {name: value for name, value in (result.category_scores or {}).items() if value is not None}
    return Verdict(result.flagged, tuple(names), categories, scores)


def _invalid() -> UpstreamError:
    return UpstreamError("The model server's verdict makes no sense.", "invalid_answer", False)
