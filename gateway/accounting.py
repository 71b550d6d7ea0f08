"""The account of one accepted request: written exactly once, whichever way the call ends."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from content.exchanges import Exchange
from gateway.admission import Pass
from gateway.answers import Answer, Chunk
from gateway.meter import Meter, Usage
from gateway.requests.question import Question
from gateway.transcript import Transcript
from gateway.writer import Writer
from usage.calls import Call, Outcome


class Account:
    """Follows one call and hands its usage, and the exchange if it is kept, to the writer."""

    def __init__(self, *, id: UUID, admitted: Pass, question: Question, body: bytes, writer: Writer) -> None:
        self.id = id
        self.started_at = datetime.now(UTC)
        self._admitted = admitted
        self._caller = caller = admitted.caller
        self._question = question
        self._writer = writer
        self.meter = Meter(admitted.measured, model=(caller.organization_id, question.model))
        self._transcript = Transcript(body) if caller.retention_days > 0 else None
        self._settled = False

    def take_answer(self, answer: Answer) -> None:
        """Count a whole answer."""
        self.meter.take_answer(answer)
        if self._transcript:
            self._transcript.take(answer.choices[0].message, whole=True)

    def take_chunk(self, chunk: Chunk) -> None:
        """Count one event of a stream."""
        self.meter.take_chunk(chunk)
        if self._transcript:
            for choice in chunk.choices:
                self._transcript.take(choice.delta)

    def settle(self, status: int, outcome: Outcome) -> Usage:
        """Record the call and return its usage; only the first settlement of a call is recorded.

        Call it before the last byte of the answer goes out: what a client received, it is billed for.
        """
        # A failure that produced nothing costs nothing.
        failed = outcome is Outcome.FAILED and not self.meter.produced
        usage = Usage() if failed else self.meter.usage
        if not self._settled:
            self._settled = True
            self.meter.learn()
            self._writer.record(self._call(status, outcome, usage))
            self._admitted.settle(usage.prompt + usage.completion)
            if self._transcript:
                self._writer.keep(self._exchange(self._transcript))
        return usage

    def _call(self, status: int, outcome: Outcome, usage: Usage) -> Call:
        return Call(
            id=self.id,
            organization_id=self._caller.organization_id,
            project_id=self._caller.project_id,
            key_id=self._caller.key_id,
            model=self._question.model,
            started_at=self.started_at,
            status=status,
            outcome=outcome,
            prompt_tokens=usage.prompt,
            cached_tokens=usage.cached,
            completion_tokens=usage.completion,
            latency_ms=self.meter.elapsed_ms(),
            first_token_ms=self.meter.first_token_ms,
            estimated=usage.estimated,
            network=self._admitted.network,
            holds=self._admitted.share.holds,
            held=self._admitted.share.amount,
        )

    def _exchange(self, transcript: Transcript) -> Exchange:
        return Exchange(
            id=self.id,
            organization_id=self._caller.organization_id,
            project_id=self._caller.project_id,
            started_at=self.started_at,
            expires_at=self.started_at + timedelta(days=self._caller.retention_days),
            request=transcript.request(),
            response=transcript.response(),
        )
