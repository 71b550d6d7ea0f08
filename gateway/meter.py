"""Metering: what one call consumed, by the upstream's own account if that is believable."""

import time
from collections.abc import Callable, Hashable

from msgspec import Struct

from gateway import estimate
from gateway.answers import Answer, Chunk
from gateway.estimate import Measure

_ABSURD = 10_000_000  # tokens


class Usage(Struct, frozen=True, gc=False):
    """Tokens of one call; the cached ones are part of the prompt's."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    estimated: bool = False

    def as_openai(self) -> dict[str, object]:
        """Return the usage object of an OpenAI-shaped answer."""
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


def reported_usage(raw: object) -> Usage | None:
    """Return the upstream's usage; None when it is missing, malformed, impossible or absurd."""
    if not isinstance(raw, dict):
        return None
    details = raw.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    prompt, completion = raw.get("prompt_tokens", -1), raw.get("completion_tokens", -1)
    if cached is None:
        cached = 0
    for count in (prompt, cached, completion):
        # type(), not isinstance(): a boolean is an int to Python, and no count.
        if type(count) is not int or not 0 <= count <= _ABSURD:
            return None
    return Usage(prompt, cached, completion) if cached <= prompt else None


class Meter:
    """Counts one call while its answer passes."""

    def __init__(self, measured: Measure, clock: Callable[[], float] = time.monotonic, *, model: Hashable = "") -> None:
        self._measured = measured
        self._model = model
        self._clock = clock
        self._started = clock()
        self._reported: Usage | None = None
        self._running: Usage | None = None  # what the upstream reported with a piece of the answer
        self._pieces = self._streamed = 0  # of a stream: its deltas, and their bytes
        self._produced = 0
        self.finished = False  # the model said why it stopped: nothing but usage can follow
        self.first_token_ms: int | None = None

    def take_answer(self, answer: Answer) -> None:
        """Count a whole answer."""
        self._reported = reported_usage(answer.usage)
        self._produced = estimate.text_tokens(answer.choices[0].message.size)
        self.finished = True

    def take_chunk(self, chunk: Chunk) -> None:
        """Count one event of a stream."""
        for choice in chunk.choices:
            if size := choice.delta.size:
                self._pieces += 1
                self._streamed += size
                self._produced = estimate.streamed_tokens(self._pieces, self._streamed)
                if self.first_token_ms is None:
                    self.first_token_ms = self.elapsed_ms()
            self.finished = self.finished or choice.finish_reason is not None
        if chunk.usage is not None:
            self._reported = reported_usage(chunk.usage)
            if chunk.choices:
                self._running = self._reported

    def elapsed_ms(self) -> int:
        """Return the milliseconds since the call began."""
        return int((self._clock() - self._started) * 1000)

    @property
    def produced(self) -> bool:
        """Whether the model wrote anything."""
        return self._produced > 0

    @property
    def usage(self) -> Usage:
        """The usage so far. A report is the last word once the model has finished; before, it tells of the prompt."""
        if self._reported and self.finished:
            return self._reported
        if (running := self._running) and running.prompt:
            return Usage(running.prompt, running.cached, max(running.completion, self._produced), estimated=True)
        prompt = estimate.prompt_tokens(self._measured, estimate.ratios.ratio(self._model))
        return Usage(prompt, 0, self._produced, estimated=True)

    def learn(self) -> None:
        """Let a call that is over, if its report is the last word, teach how the model counts."""
        if self._reported and self.finished:
            estimate.ratios.learn(self._model, self._measured, self._reported.prompt)
