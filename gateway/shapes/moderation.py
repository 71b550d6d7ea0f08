"""How verdicts read in both shapes."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from gateway.requests import moderations as requests
from gateway.requests.question import Question
from gateway.shapes.compat import CompatShape
from gateway.shapes.native import NativeShape
from gateway.shapes.shape import Heading, Shape
from gateway.verdicts import Verdict


class ModerationShape(Shape, Protocol):
    """A shape whose questions ask for verdicts."""

    def verdicts(self, verdicts: Sequence[Verdict], heading: Heading) -> bytes:
        """Return the answer: a result for each input."""


class NativeModeration(NativeShape):
    """The Llama API's own shape."""

    def parse(self, body: bytes) -> Question:
        return requests.parse_native(body)

    def verdicts(self, verdicts: Sequence[Verdict], heading: Heading) -> bytes:
        return msgspec.json.encode({"model": heading.model, "results": [each.as_native() for each in verdicts]})


class CompatModeration(CompatShape):
    """OpenAI's shape."""

    def parse(self, body: bytes) -> Question:
        return requests.parse_compat(body)

    def verdicts(self, verdicts: Sequence[Verdict], heading: Heading) -> bytes:
        results = [each.as_openai() for each in verdicts]
        return msgspec.json.encode({"id": f"modr-{heading.id}", "model": heading.model, "results": results})
