"""One moderation: a call like any other, whose answer is a verdict on each of its inputs."""

from collections.abc import Sequence
from typing import Any

from gateway.answers import Answer, Choice, Said, read_answer
from gateway.completion import Completion
from gateway.errors import UpstreamError
from gateway.meter import Usage, reported_usage
from gateway.requests.asked import Asked, asked
from gateway.requests.moderations import for_endpoint, for_guard
from gateway.requests.question import Question
from gateway.shapes.moderation import ModerationShape
from gateway.verdicts import Verdict, of_endpoint, of_guard
from usage.calls import Outcome


class Moderation(Completion):
    """Asks a Llama Guard about one input after the other, or a server's endpoint about all of them."""

    def __init__(
        self, *, question: Question, verdict_shape: ModerationShape, known_as: str, at_endpoint: bool, **parts: Any
    ) -> None:
        super().__init__(**parts)
        self._question = question
        self._verdict_shape = verdict_shape
        self._known_as = known_as
        self._at_endpoint = at_endpoint

    async def _whole(self, asked: Asked) -> None:
        verdicts, usage = await (self._by_endpoint() if self._at_endpoint else self._by_guard())
        words = "\n".join("unsafe" if verdict.flagged else "safe" for verdict in verdicts)
        self._account.take_answer(Answer([Choice(Said(content=words))], usage))
        shown = self._verdict_shape.verdicts(verdicts, self._heading)
        self._account.settle(200, Outcome.COMPLETED)
        self._reply.json(200, shown)

    async def _by_endpoint(self) -> tuple[list[Verdict], Any]:
        inputs = self._question.inputs
        body = await self._upstream.complete(self._ask(for_endpoint(inputs), to_moderations=True))
        return of_endpoint(body, len(inputs))

    async def _by_guard(self) -> tuple[list[Verdict], Any]:
        answers: list[Answer] = []
        try:
            for messages in self._question.inputs:
                body = await self._upstream.complete(self._ask(for_guard(messages)))
                answers.append(read_answer(body))
        except UpstreamError:
            if answers:  # else an input at the end that fails would make all before it free
                self._count(answers)
            raise
        verdicts = [of_guard(answer.choices[0].message.content or "") for answer in answers]
        return verdicts, _together([reported_usage(answer.usage) for answer in answers])

    def _count(self, answers: Sequence[Answer]) -> None:
        """Count the answers there are, of a moderation that has no end."""
        usage = _together([reported_usage(answer.usage) for answer in answers])
        said = "\n".join(answer.choices[0].message.content or "" for answer in answers)
        self._account.take_answer(Answer([Choice(Said(content=said))], usage))

    def _ask(self, body: dict[str, Any], *, to_moderations: bool = False) -> Asked:
        return asked(self._question.model, self._known_as, body, to_moderations=to_moderations)


def _together(usages: Sequence[Usage | None]) -> dict[str, object] | None:
    """Return the sum of what was reported; None if anything is missing, so that all of it is estimated."""
    known = [usage for usage in usages if usage]
    if len(known) < len(usages):
        return None
    prompt, cached, completion = (
        sum(counts) for counts in zip(*((each.prompt, each.cached, each.completion) for each in known), strict=True)
    )
    return Usage(prompt, cached, completion).as_openai()
